"""What is said of learning from levels: how little, how contradictory, how rough."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from unclench.individual.learnt import Learnt
from unclench.individual.measured import Level
from unclench.knowledge.load import Knowledge

Array = NDArray[np.float64]


def chance_above(total: float, count: int) -> float:
    """Chance that the squares of so many standard normal numbers sum to more than this."""
    half = 0.5 * total
    term = math.exp(-half)
    if count % 2:
        found, term, order = math.erfc(math.sqrt(half)), term * math.sqrt(half) / math.gamma(1.5), 1.5
    else:
        found, order = 0.0, 1.0
    for _ in range(count // 2):
        found, term, order = found + term, term * half / order, order + 1.0
    return min(found, 1.0)


def contradicts(away: Array, surprise: float, known: Knowledge) -> bool:
    """Whether the levels cannot well be those of a person like this, taking these doses."""
    far = float(np.abs(away).max()) > known.limit("LEVELS-AWAY", "SD")
    return far or surprise < known.limit("LEVELS-SURPRISE", "1")


def words_of(
    *,
    levels: tuple[Level, ...],
    true: Array,
    away: Array,
    surprise: float,
    parameters: tuple[Learnt, ...],
    effective: float,
    draws: int,
    known: Knowledge,
) -> tuple[str, ...]:
    """Sentences, the most urgent first."""
    says = [
        _far(level, expected, known)
        for level, expected, off in zip(levels, map(float, true), map(float, away), strict=True)
        if abs(off) > known.limit("LEVELS-AWAY", "SD")
    ]
    if surprise < (limit := known.limit("LEVELS-SURPRISE", "1")):
        says.append(known.say("LEVELS-CONTRADICT", one_in=f"{1 / limit:,.0f}"))
    if effective < known.limit("LEVELS-EFFECTIVE", "1") * draws:
        says.append(known.say("LEVELS-ROUGH", effective=f"{effective:.0f}", draws=draws))
    if max(one.moved for one in parameters) < known.limit("LEVELS-LITTLE", "1"):
        says.append(known.say("LEVELS-LITTLE-LEARNT"))
    elif len(levels) == 1:
        says.append(known.say("LEVELS-FEW"))
    below = sum(level.below for level in levels)
    if below:
        says.append(known.say("LEVELS-BELOW-USED", count=below))
    says.append(known.say("LEVELS-ERROR", factor=f"{math.exp(known.parameter('PK-RESIDUAL').value):.2g}"))
    return tuple(says)


def _far(level: Level, expected: float, known: Knowledge) -> str:
    blanks = {
        "where": level.where,
        "value": f"{level.ng_ml:.3g}",
        "analyte": level.analyte,
        "expected": f"{expected:.3g}",
    }
    if level.below:
        return known.say("LEVELS-FAR-BELOW", **blanks)
    return known.say("LEVELS-FAR", times=f"{level.ng_ml / expected:.2g}", **blanks)
