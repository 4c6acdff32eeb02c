"""How far the effective load swings when days differ, so that alternate days are used only where that is acceptable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike

from unclench.knowledge.load import Knowledge
from unclench.planning.dispense_units import plain

DAY_H = 24.0
PER_DAY = 1440  # looked at every minute, so that the trough just before a dose is not missed
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Alternation:
    """One day's tablets and the next one's, over and over. Swings are in % of the mean load."""

    mg: Decimal
    high_mg: Decimal
    low_mg: Decimal
    swing: float
    daily_swing: float  # of the same mean taken every day


def swing(cycle_mg: ArrayLike, *, parent_half_h: float, metabolite_half_h: float, parent_share: float) -> float:
    """Highest less lowest effective load of an endless cycle of single daily doses, in % of its mean.

    Two pools: each dose is at once in the first, which feeds the second; both in units of the daily dose that would
    hold them there. The load is the weighed mean of the two. Absorption is left out, which only makes the swing larger.
    """
    doses = np.asarray(cycle_mg, dtype=float)
    k1, k2 = np.log(2) / parent_half_h, np.log(2) / metabolite_half_h
    step_h = DAY_H / PER_DAY
    kept1, kept2 = np.exp(-k1 * step_h), np.exp(-k2 * step_h)
    # What one dose of 1 mg leaves behind, summed over all its repeats, one cycle apart.
    count = len(doses) * PER_DAY
    first = k1 * DAY_H * kept1 ** np.arange(count)
    fed = k1 * k2 * DAY_H / (k2 - k1)
    over1, over2 = 1 - kept1**count, 1 - kept2**count
    second = fed * (kept1 ** np.arange(count) / over1 - kept2 ** np.arange(count) / over2)
    one = parent_share * first / over1 + (1 - parent_share) * second
    load = sum(mg * np.roll(one, day * PER_DAY) for day, mg in enumerate(doses))
    return float(PERCENT * np.ptp(load) / np.mean(load))


def alternation(mg: Decimal, tablets: Iterable[Decimal], facts: Knowledge) -> Alternation | None:
    """The nearest two doses with this mean, never a day of nothing; None where even they swing too much."""
    there = set(tablets)
    pairs = [(high, plain(2 * mg - high)) for high in there if high > mg and 2 * mg - high in there]
    if not pairs:
        return None
    high, low = min(pairs)
    constants = {
        "parent_half_h": facts.limit("DISP-SWING-PARENT-HALF", "h"),
        "metabolite_half_h": facts.limit("DISP-SWING-METABOLITE-HALF", "h"),
        "parent_share": facts.limit("DISP-SWING-PARENT-SHARE", "1"),
    }
    found = swing([float(high), float(low)], **constants)
    if found > facts.limit("DISP-SWING-MOST", "%"):
        return None
    return Alternation(mg, high, low, found, swing([float(mg)], **constants))
