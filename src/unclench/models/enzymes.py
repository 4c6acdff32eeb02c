"""How other medicines change the clearance of diazepam and nordazepam: the static enzyme model, and its course in time.

With shares f of clearance, fraction blocked IR (negative: induced) and genotype activity g, in units of the clearance
of a normal metaboliser who takes nothing else:

    clearance = (f_3A4 * left_3A4 + f_2C19 * g * left_2C19 + f_other) / factor

`left` is what remains of an enzyme. No gut term: diazepam is absorbed almost whole, so hepatic IR values belong here.
Pure functions of named numbers; nothing here knows a drug.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

# An enzyme is never closed completely: a scaled IR of 1 or more would say so.
MOST_BLOCKED = 0.99


@dataclass(frozen=True, slots=True)
class Shares:
    """What part of clearance each route carries in a normal metaboliser."""

    cyp3a4: float
    cyp2c19: float
    other: float


@dataclass(frozen=True, slots=True)
class Block:
    """What one perpetrator does: fraction of each enzyme blocked, and a factor on exposure that no enzyme explains."""

    cyp3a4: float = 0.0
    cyp2c19: float = 0.0
    factor: float = 1.0


def left(blocked: Iterable[float]) -> float:
    """What remains of one enzyme: inhibitors multiply what they leave, inducers add up."""
    rates = list(blocked)
    induced = 1.0 + sum(-rate for rate in rates if rate < 0)
    return induced * math.prod(1.0 - rate for rate in rates if rate > 0)


def clearance(shares: Shares, activity: float, blocks: Iterable[Block]) -> float:
    """Clearance as a multiple of that of a normal metaboliser who takes no perpetrator."""
    acting = list(blocks)
    total = (
        shares.cyp3a4 * left(block.cyp3a4 for block in acting)
        + shares.cyp2c19 * activity * left(block.cyp2c19 for block in acting)
        + shares.other
    )
    return total / math.prod(block.factor for block in acting)


def auc_ratio(shares: Shares, activity: float, blocks: Iterable[Block]) -> float:
    """Exposure with the perpetrators over exposure without them, in the same person."""
    return clearance(shares, activity, ()) / clearance(shares, activity, blocks)


def rescaled(block: Block, shares: Shares, measured: float) -> Block:
    """The same perpetrator, its IRs scaled so that alone, in a normal metaboliser, it gives the measured ratio.

    What the enzymes cannot explain (no IR known, the other direction, or more than a closed enzyme) becomes a factor.
    """
    weight = shares.cyp3a4 * block.cyp3a4 + shares.cyp2c19 * block.cyp2c19
    scale = (1.0 - 1.0 / measured) / weight if weight else 0.0
    if scale <= 0.0:
        return Block(factor=measured)
    most = max(block.cyp3a4, block.cyp2c19)
    if scale * most > MOST_BLOCKED:
        scale = MOST_BLOCKED / most
    return Block(block.cyp3a4 * scale, block.cyp2c19 * scale, measured * (1.0 - scale * weight))


def inhibitor_level(at_h: float, began_h: float, ended_h: float, off_half_life_h: float) -> float:
    """How much of an inhibitor's effect is there: all at once, and gone with the perpetrator."""
    if at_h < began_h:
        return 0.0
    if at_h <= ended_h:
        return 1.0
    return 0.0 if math.isinf(at_h) else 2.0 ** (-(at_h - ended_h) / off_half_life_h)


def inducer_level(at_h: float, began_h: float, ended_h: float, on_half_life_h: float, off_half_life_h: float) -> float:
    """How much of an inducer's effect is there: enzyme turns over into it, and out of it."""
    if at_h <= began_h and not math.isinf(began_h):
        return 0.0
    until = min(at_h, ended_h)
    reached = 1.0 if math.isinf(until) or math.isinf(began_h) else 1.0 - 2.0 ** (-(until - began_h) / on_half_life_h)
    if at_h <= ended_h:
        return reached
    return 0.0 if math.isinf(at_h) else reached * 2.0 ** (-(at_h - ended_h) / off_half_life_h)
