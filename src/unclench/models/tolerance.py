"""Tolerance: each effect moves its own half-effect load upwards, at its own speed and by its own amount.

Three first-order filters of one saturating drive. Fast and slow tolerance of sedation multiply; that of muscle and of
breathing share the slowest. Memory has no slow tolerance and is not modelled as an effect.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.models.filters import filtered, held

Array = NDArray[np.float64]


def drive(load: Array, *, half: float) -> Array:
    """What makes tolerance grow: 0 without drug, towards 1 at high loads."""
    share: Array = load / (load + half)
    return share


def rates_per_h(*, half_times_h: tuple[Array, Array, Array]) -> Array:
    """(3, people): rates of the fast, the slow and the slowest filter."""
    rates: Array = np.log(2.0) / np.stack(np.broadcast_arrays(*half_times_h))
    return rates


def states(t_h: Array, drives: Array, *, rates: Array, start: Array) -> Array:
    """(times, 3, people): the filters at every time, exact for a drive that is a line between points."""
    return filtered(t_h, drives, rates_per_h=rates, start=start)


def after_use(start: Array, *, level: Array, rates: Array, days: float) -> Array:
    """(3, people): the filters after so many days at one average drive: what use before today leaves."""
    return held(start, level=level, rates_per_h=rates, hours=24.0 * days)


def sedation_shift(fast: Array, slow: Array, *, h_fast: Array | float, h_slow: Array | float) -> Array:
    """By how much the half-effect load of sedation has risen; 1 without tolerance."""
    shift: Array = (1.0 + h_fast * fast) * (1.0 + h_slow * slow)
    return shift


def slow_shift(slowest: Array, *, h: Array | float) -> Array:
    """By how much the half-effect load of muscle or of breathing has risen; 1 without tolerance."""
    shift: Array = 1.0 + h * slowest
    return shift
