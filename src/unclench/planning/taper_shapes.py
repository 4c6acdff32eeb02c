"""Shapes of a taper, before any rule: published schedules as written, and linear, proportional, equal-effect falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows_stopping import Pace, TaperBand
from unclench.models.adaptation import doses_of_effect
from unclench.planning.taper_plan import Step

Array = NDArray[np.float64]

DIGITS = 4
PERCENT = Decimal(100)
LONGEST_STEPS = 400
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Published:
    """One published way to taper from a dose, as written: not yet held to caps or products."""

    id: str
    name: str
    steps: tuple[Step, ...]
    facts: tuple[str, ...]

    @property
    def weeks(self) -> float:
        return sum(step.days for step in self.steps) / DAYS_A_WEEK

    def daily(self) -> Array:
        return np.array([float(step.mg) for step in self.steps for _ in range(step.days)])


def published(facts: Knowledge, from_mg: Decimal) -> tuple[Published, ...]:
    """Every published schedule from this dose. The first cut is made on day 0."""
    by_id: dict[str, list[TaperBand]] = {}
    for row in facts.table("taper_bands"):
        by_id.setdefault(row.schedule, []).append(row)
    return tuple(_published(key, bands, from_mg) for key, bands in by_id.items())


def _published(key: str, bands: Sequence[TaperBand], from_mg: Decimal) -> Published:
    mg, steps = from_mg, list[Step]()
    while len(steps) < LONGEST_STEPS:
        band = next(row for row in bands if row.above_mg < mg <= row.upto_mg)
        size = Decimal(f"{band.step:g}")
        of = {"mg": PERCENT, "current": mg, "initial": from_mg}[band.kind]
        mg = round(mg - size * of / PERCENT, DIGITS)
        if mg <= 0 or mg < Decimal(f"{band.ends_below_mg:g}"):
            break
        steps.append(Step(band.interval_days, mg))
    return Published(key, bands[0].name, tuple(steps), tuple(row.id for row in bands))


def paced(pace: Pace, from_mg: Decimal, rungs: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """The dose after each cut of a pace: a share of the present dose or its smallest cut, at the nearest rung."""
    mg, found = from_mg, list[Decimal]()
    share, least = Decimal(f"{pace.share_percent:g}") / PERCENT, Decimal(f"{pace.least_cut_mg:g}")
    while len(found) < LONGEST_STEPS:
        wanted = mg - max(share * mg, least)
        lower = [rung for rung in rungs if 0 < rung < mg]
        if wanted <= 0 or not lower:
            break
        mg = min(lower, key=lambda rung: (abs(rung - wanted), rung))
        found.append(mg)
    return tuple(found)


def stretched(daily: Array, slots: int) -> Array:
    """(slots,): a course of doses read at the middle of as many equal parts."""
    at = (np.arange(slots) + 0.5) / slots * daily.size
    read: Array = daily[np.minimum(at.astype(np.int64), daily.size - 1)]
    return read


def linear(from_mg: float, slots: int) -> Array:
    """(slots,): equal cuts of the dose."""
    left: Array = from_mg * (1.0 - np.arange(1, slots + 1) / (slots + 1))
    return left


def proportional(from_mg: float, slots: int, last_mg: float) -> Array:
    """(slots,): equal shares of the present dose, down to `last_mg`."""
    left: Array = from_mg * (last_mg / from_mg) ** (np.arange(1, slots + 1) / slots)
    return left


def equal_effect(from_mg: float, slots: int, ed50_mg: float, *, edge: float = 1.0) -> Array:
    """(slots,): equal cuts of a saturating effect with half of it at `ed50_mg`; the first and last cut times `edge`.

    A first and last cut of another size is what the smallest peak of a given length asks for (models.adaptation).
    """
    sizes = np.ones(slots + 1)
    sizes[[0, -1]] *= edge
    left: Array = 1.0 - np.cumsum(sizes)[:-1] / sizes.sum()
    return doses_of_effect(left, from_mg=from_mg, half_dose_mg=ed50_mg)


def shapes(
    from_mg: float, slots: int, last_mg: float, ed50s_mg: Sequence[float], edges: Sequence[float]
) -> list[Array]:
    """The families from which a search begins."""
    found = [linear(from_mg, slots), proportional(from_mg, slots, last_mg)]
    found += [equal_effect(from_mg, slots, ed50, edge=edge) for ed50 in ed50s_mg for edge in edges]
    return found
