"""Levels after long series of equal doses, in closed form: a series is a geometric sum, however long it is.

The same system as in `linear.py`, for those who ask for levels at a few times only and do not want to walk there.
People are the last axis of every array.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.engine.linear import Modes, reproject

Array = NDArray[np.float64]

# A dose whose delay ends at the very time that is asked for has arrived: less than a microsecond is rounding.
ROUNDING_H = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Doses at equal distances; each array has one number per series."""

    first_h: Array
    every_h: Array
    times: Array
    amount: Array

    def arrived(self, at_h: float, lag_h: Array) -> Array:
        """(series, people): how many doses have reached each person by then."""
        since = at_h - lag_h - self.first_h[:, None] + ROUNDING_H
        counted: Array = np.clip(np.floor(since / self.every_h[:, None]) + 1.0, 0.0, self.times[:, None])
        return counted

    def left(self, at_h: float, lag_h: Array, rates: Array, before: Array, by_then: Array) -> Array:
        """(modes, people): what is left of those doses that arrived after `before` of them, per unit of each mode."""
        last_h = lag_h + self.first_h[:, None] + self.every_h[:, None] * (by_then - 1.0)
        fresh = np.exp(-rates * np.maximum(at_h - last_h, 0.0)[:, None])
        step = rates * self.every_h[:, None, None]
        count = (by_then - before)[:, None]
        total = fresh * (np.expm1(-step * count) / np.expm1(-step))
        summed: Array = np.einsum("s,smp->mp", self.amount, total)
        return summed


def levels_after(spans: Sequence[tuple[float, Modes]], lag_h: Array, series: Series, times_h: Sequence[float]) -> Array:
    """(analytes, times, people): amount per litre. `spans`: from when modes hold, and the modes; in order.

    Before the first span nothing is in the body. `times_h` rise.
    """
    weights = spans[0][1].weights
    out = np.empty((weights.shape[0], len(times_h), weights.shape[2]))
    start_h, modes = spans[0]
    state, before = np.zeros_like(modes.rates), series.arrived(start_h, lag_h)
    place = 0
    for end_h, later in (*spans[1:], (np.inf, None)):
        while place < len(times_h) and times_h[place] < end_h:
            amounts, _ = _amounts(modes, lag_h, series, state, before, start_h, times_h[place])
            np.einsum("amp,mp->ap", modes.weights, amounts, out=out[:, place])
            place += 1
        if later is None or place == len(times_h):
            break
        amounts, before = _amounts(modes, lag_h, series, state, before, start_h, end_h)
        state = reproject(amounts[None], modes, later)[0]
        start_h, modes = end_h, later
    return out


def _amounts(
    modes: Modes, lag_h: Array, series: Series, state: Array, before: Array, start_h: float, at_h: float
) -> tuple[Array, Array]:
    """(modes, people) at a time within one span, and how many doses of each series have arrived by then."""
    by_then = series.arrived(at_h, lag_h)
    left = series.left(at_h, lag_h, modes.rates, before, by_then)
    kept = state * np.exp(-modes.rates * (at_h - start_h)) if np.any(state) else state
    return kept + modes.given * left, by_then
