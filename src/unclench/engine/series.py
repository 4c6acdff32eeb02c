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
MOST_AT_ONCE = 2_000_000  # numbers of one array: more times are taken in turn


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Doses at equal distances; each array has one number per series."""

    first_h: Array
    every_h: Array
    times: Array
    amount: Array

    def arrived(self, at_h: Array, lag_h: Array) -> Array:
        """(times, series, people): how many doses have reached each person by then."""
        since = at_h[:, None, None] - (self.first_h[:, None] + lag_h - ROUNDING_H)
        counted: Array = np.clip(np.floor(since / self.every_h[:, None]) + 1.0, 0.0, self.times[:, None])
        return counted

    def left(self, at_h: Array, lag_h: Array, rates: Array, before: Array, by_then: Array) -> Array:
        """(times, modes, people): what is left of doses that arrived after `before` of them, per unit of each mode."""
        last_h = self.first_h[:, None] + lag_h + self.every_h[:, None] * (by_then - 1.0)
        since = np.maximum(at_h[:, None, None] - last_h, 0.0)
        step = -rates * self.every_h[:, None, None]
        summed = np.expm1(step * (by_then - before)[:, :, None]) / np.expm1(step)
        summed *= np.exp(-rates * since[:, :, None])
        found: Array = np.einsum("s,tsmp->tmp", self.amount, summed)
        return found


def levels_after(spans: Sequence[tuple[float, Modes]], lag_h: Array, series: Series, times_h: Array) -> Array:
    """(analytes, times, people): amount per litre. `spans`: from when modes hold, and the modes; in order.

    Nothing is in the body when the first span begins. `times_h` rise.
    """
    start_h, modes = spans[0]
    state, before = np.zeros_like(modes.rates), np.zeros((1, series.first_h.size, lag_h.size))
    found = []
    for end_h, later in (*spans[1:], (np.inf, None)):
        inside = times_h[(times_h >= start_h) & (times_h < end_h)]
        many = max(MOST_AT_ONCE // (series.first_h.size * modes.rates.size), 1)
        for first in range(0, inside.size, many):
            amounts, _ = _amounts(modes, lag_h, series, state, before, start_h, inside[first : first + many])
            found.append(np.einsum("amp,tmp->atp", modes.weights, amounts))
        if later is None or times_h[-1] < end_h:
            break
        amounts, before = _amounts(modes, lag_h, series, state, before, start_h, np.array([end_h]))
        state = reproject(amounts, modes, later)[0]
        start_h, modes = end_h, later
    return np.concatenate(found, axis=1)


def _amounts(
    modes: Modes, lag_h: Array, series: Series, state: Array, before: Array, start_h: float, at_h: Array
) -> tuple[Array, Array]:
    """(times, modes, people) within one span, and how many doses of each series have arrived by then."""
    by_then = series.arrived(at_h, lag_h)
    amounts = modes.given * series.left(at_h, lag_h, modes.rates, before, by_then)
    if np.any(state):
        amounts += state * np.exp(-modes.rates * (at_h - start_h)[:, None, None])
    return amounts, by_then
