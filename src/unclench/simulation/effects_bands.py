"""From everyone's lines to the typical line, bands and intervals, with the Monte Carlo error of the interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.engine.quantiles import monte_carlo_error, quantiles_in_place
from unclench.simulation.effect_course import EffectCurve

Array = NDArray[np.float64]

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


def curve(effect: str, unit: str, t_h: Array, lines: Array, times: float) -> EffectCurve:
    """A curve from so many times (times, people), the typical person last."""
    p05, p25, p50, p75, p95 = times * quantiles_in_place(lines[:, :-1].copy(), SHARES)
    return EffectCurve(effect, unit, t_h, times * lines[:, -1], p05, p25, p50, p75, p95)


def intervals(answers: Array) -> tuple[Array, Array, Array]:
    """5th and 95th percentile of (answers, people), and the standard error of the less certain end."""
    ordered = answers.copy()
    low, high = quantiles_in_place(ordered, (SHARES[0], SHARES[-1]))
    errors = (monte_carlo_error(ordered, share) for share in (SHARES[0], SHARES[-1]))
    return low, high, np.maximum(*errors)
