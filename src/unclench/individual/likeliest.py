"""The likeliest deviates under measured levels: Newton's method, with all slopes from the columns of one call.

The logarithm of a level is far straighter in the deviates than the level is. Each look at the model therefore gives
logarithms and their slopes; the top of that straight copy is found at once, and the next look is taken there. Three
looks are the rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.individual.measured import Measured
from unclench.values import EngineError

Array = NDArray[np.float64]
# (deviates, columns), standard normal before anything was seen -> (levels, columns), logarithms of true levels
Predict = Callable[[Array], Array]

STEP = 1e-3  # of the differences, in standard deviations
NEAR = (
    0.03  # standard deviations: a way so short is gone along the copy and is the last; it misses the top by some 1e-4
)
MOST = 40
SETTLED = 1e-3  # standard deviations: a last step of Newton's on the copy, whose error is its square
ROUNDING = 1e-7  # of the log-posterior
LEAST_PRIOR = 0.1  # of the prior's own bend of 1
LEAST_HELD = 1.0  # information of the logarithm of a level, where its true bend is less or of the wrong sign


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The model as seen from one place."""

    at: Array  # (deviates,)
    logs: Array  # (levels,), logarithms of the true levels there
    slopes: Array  # (levels, deviates), of the logarithms by the deviates

    @classmethod
    def of(cls, at: Array, logs: Array) -> Look:
        """From the levels of `around(at)`."""
        size = at.size
        return cls(at, logs[:, 0], (logs[:, 1 : size + 1] - logs[:, size + 1 : 2 * size + 1]) / (2.0 * STEP))


@dataclass(frozen=True, slots=True, eq=False)
class Likeliest:
    """The top of the posterior, and what it looks like there."""

    deviates: Array  # (deviates,)
    logs: Array  # (levels,), of the true levels
    told: Array  # (levels, deviates): slopes of the levels in standard deviations of their errors


def around(at: Array) -> Array:
    """(deviates, 1 + 2 deviates): a place, and a step up and down along each deviate."""
    size = at.size
    moves = np.zeros((size, 2 * size + 1))
    moves[:, 1 : size + 1], moves[:, size + 1 :] = STEP * np.eye(size), -STEP * np.eye(size)
    found: Array = at[:, None] + moves
    return found


def likeliest(predict: Predict, measured: Measured, look: Look) -> Likeliest:
    """Climb from where the first look was taken to the top.

    Raises
    ------
    EngineError
        where the top is not reached.
    """
    height, bend = _height(measured, look), np.zeros((look.at.size, look.at.size))
    for _ in range(MOST):
        there = _top_of_copy(measured, look, bend)
        if _far(there, look.at) < NEAR:
            logs = look.logs + look.slopes @ (there - look.at)
            _, _, held = measured.bends(logs)
            return Likeliest(there, logs, np.sqrt(np.maximum(-held, 0.0))[:, None] * look.slopes)
        fresh = Look.of(there, predict(around(there)))
        # Too far for the copy to hold: half the way.
        while (risen := _height(measured, fresh)) < height - ROUNDING and _far(there, look.at) >= NEAR:
            there = 0.5 * (there + look.at)
            fresh = Look.of(there, predict(around(there)))
        bend = _learnt_bend(measured, look, fresh, bend)
        look, height = fresh, risen
    raise EngineError(
        where="the likeliest parameters",
        found=f"no top after {MOST} looks",
        need="levels that a person can have",
        fix="Check times, doses, values and units of the levels.",
    )


def _far(one: Array, other: Array) -> float:
    return float(np.abs(one - other).max(initial=0.0))


def _height(measured: Measured, look: Look) -> float:
    """Log-posterior, without the constant of the prior."""
    return measured.bends(look.logs)[0] - 0.5 * float(look.at @ look.at)


def _learnt_bend(measured: Measured, look: Look, fresh: Look, bend: Array) -> Array:
    """What two looks tell of the second derivatives that the copy leaves out: a symmetric update of rank one."""
    way, (_, pull, _) = fresh.at - look.at, measured.bends(fresh.logs)
    missed = (fresh.slopes - look.slopes).T @ pull - bend @ way
    size = float(missed @ way)
    if abs(size) < 1e-6 * float(np.sqrt((missed @ missed) * (way @ way))) or size == 0.0:
        return bend
    found: Array = bend + np.outer(missed, missed) / size
    return found


def _top_of_copy(measured: Measured, look: Look, bend: Array) -> Array:
    """The top of the posterior if the logarithms of all levels were straight in the deviates, but for `bend`."""
    slopes, best, height, step, share = look.slopes, look.at, -np.inf, np.zeros_like(look.at), 1.0
    one = np.eye(best.size)
    # A bend that would leave no top is not believed.
    if bend.any() and np.linalg.eigvalsh(one - bend)[0] < LEAST_PRIOR:
        bend = np.zeros_like(bend)
    for _ in range(2 * MOST):
        there = best + share * step
        away = there - look.at
        risen, pull, bends = measured.bends(look.logs + slopes @ away)
        risen += 0.5 * float(away @ bend @ away) - 0.5 * float(there @ there)
        if risen < height - ROUNDING:
            share *= 0.5
            if share * np.abs(step).max() < SETTLED:
                break
            continue
        best, height, share = there, risen, 1.0
        # Far from the top a level may bend the other way: then its slope alone must lead.
        held = np.maximum(-bends, LEAST_HELD)
        uphill = slopes.T @ pull + bend @ away - best
        step = np.asarray(np.linalg.solve(one - bend + slopes.T @ (held[:, None] * slopes), uphill), dtype=np.float64)
        if np.abs(step).max(initial=0.0) < SETTLED:
            return best + step
    return best
