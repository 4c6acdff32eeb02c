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

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float64]

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


def clearance_at(
    shares: Shares, activity: float, partly: Iterable[tuple[Block, Levels, Levels]]
) -> NDArray[np.float64]:
    """`clearance` at many hours at once: each perpetrator with how much of its inhibition and induction is there."""
    closed: list[Levels | float] = [1.0, 1.0]
    opened: list[Levels | float] = [1.0, 1.0]
    factor: Levels | float = 1.0
    for block, inhibition, induction in partly:
        for place, rate in enumerate((block.cyp3a4, block.cyp2c19)):
            if rate > 0:
                closed[place] = closed[place] * (1.0 - rate * inhibition)
            elif rate < 0:
                opened[place] = opened[place] - rate * induction
        if block.factor != 1.0:
            factor = factor * block.factor ** (inhibition if block.factor > 1 else induction)
    total = shares.cyp3a4 * closed[0] * opened[0] + shares.cyp2c19 * activity * closed[1] * opened[1] + shares.other
    return np.asarray(total / factor, dtype=np.float64)


def inhibitor_level(at_h: Levels, began_h: float, ended_h: float, off_half_life_h: float) -> Levels:
    """How much of an inhibitor's effect is there: all at once, and gone with the perpetrator."""
    there = np.where(at_h >= began_h, 1.0, 0.0)
    return there * _remaining(at_h, ended_h, off_half_life_h)


def inducer_level(
    at_h: Levels, began_h: float, ended_h: float, on_half_life_h: float, off_half_life_h: float
) -> Levels:
    """How much of an inducer's effect is there: enzyme turns over into it, and out of it."""
    if math.isinf(began_h):
        reached = np.ones_like(at_h)
    else:
        reached = 1.0 - np.exp2(-np.maximum(np.minimum(at_h, ended_h) - began_h, 0.0) / on_half_life_h)
    return reached * _remaining(at_h, ended_h, off_half_life_h)


def _remaining(at_h: Levels, ended_h: float, half_life_h: float) -> Levels:
    if math.isinf(ended_h):
        return np.ones_like(at_h)
    return np.exp2(-np.maximum(at_h - ended_h, 0.0) / half_life_h)
