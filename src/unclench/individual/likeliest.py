"""The likeliest deviates under measured levels: Newton's method with expected information, all slopes in one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.individual.measured import Measured
from unclench.values import EngineError

Array = NDArray[np.float64]
# (deviates, columns), standard normal before anything was seen -> (levels, columns), true levels in ng/mL
Predict = Callable[[Array], Array]

STEP = 1e-3  # of the differences, in standard deviations
MOST = 40
LEAST_SHARE = 1.0 / 1024.0


@dataclass(frozen=True, slots=True, eq=False)
class Likeliest:
    """The top of the posterior, and what it looks like there."""

    deviates: Array  # (deviates,)
    log_posterior: float  # without the constant of the prior
    true: Array  # (levels,), ng/mL
    slopes: Array  # (levels, deviates), ng/mL per standard deviation
    known: Array  # (levels,), information that each level holds of its true value


def log_posterior(measured: Measured, deviates: Array, true: Array) -> Array:
    """(columns,): log-likelihood and log-prior, the latter without its constant."""
    found: Array = measured.log_likelihood(true) - 0.5 * np.einsum("dc,dc->c", deviates, deviates)
    return found


def likeliest(predict: Predict, measured: Measured, start: Array, *, within: float = 1e-5) -> Likeliest:
    """Climb from `start` to the top, within so many standard deviations of the prior.

    Raises
    ------
    EngineError
        where no step leads up, or the top is not reached.
    """
    size = start.size
    moves = np.concatenate([np.zeros((size, 1)), STEP * np.eye(size), -STEP * np.eye(size)], axis=1)
    now, step, share, best = start, np.zeros(size), 1.0, -np.inf
    for _ in range(MOST):
        there = now + share * step
        columns = there[:, None] + moves
        true = predict(columns)
        height = float(log_posterior(measured, columns[:, :1], true[:, :1])[0])
        # Below the last place by more than rounding: the step was too long.
        if not height >= best - 1e-9 * max(1.0, abs(best)):
            if share <= LEAST_SHARE:
                break
            share *= 0.5
            continue
        now, best = there, height
        slopes = (true[:, 1 : size + 1] - true[:, size + 1 :]) / (2.0 * STEP)
        pull, known = measured.slopes(true[:, 0])
        bend = np.eye(size) + np.einsum("ld,l,le->de", slopes, known, slopes)
        step, share = np.linalg.solve(bend, slopes.T @ pull - now), 1.0
        if float(np.max(np.abs(step), initial=0.0)) < within:
            return Likeliest(now, best, true[:, 0], slopes, known)
    raise EngineError(
        where="the likeliest parameters",
        found=f"no top after {MOST} steps",
        need="levels that a person can have",
        fix="Check times, doses, values and units of the levels.",
    )
