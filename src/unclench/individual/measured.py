"""Measured levels as values, and how likely they are where the model says something else.

The error of a level is lognormal: times and doses that are not quite as written, and what the model leaves out, make a
level wrong by a factor. The assay adds its own, which does not shrink with the level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.values import RecordError

Array = NDArray[np.float64]

HALF_LOG_TAU = 0.5 * math.log(2.0 * math.pi)
STEP = 1e-3
ASIDE = np.array([-STEP, 0.0, STEP])
_erfc = np.frompyfunc(math.erfc, 1, 1)


@dataclass(frozen=True, slots=True)
class Level:
    """One measured level in plasma. Where `below`, it is only known to lie under `ng_ml`.

    `at_h`: hours after midnight of the day of the question, so below 0 on the days before.
    """

    at_h: float
    analyte: str  # diazepam | nordazepam
    ng_ml: float
    lloq_ng_ml: float = 0.0  # 0: not stated
    below: bool = False
    where: str = "a level"  # the row it came from

    def __post_init__(self) -> None:
        if not (math.isfinite(self.at_h) and 0 < self.ng_ml < math.inf and 0 <= self.lloq_ng_ml < math.inf):
            raise RecordError(
                where=self.where,
                found=f"{self.ng_ml} ng/mL at {self.at_h} h",
                need="a level above 0 at a known time",
                fix="Correct the row; write a level that was not found as < and the assay's limit.",
            )


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The levels as columns of numbers, with what is needed of their errors."""

    logs: Array  # (levels, 1), of ng/mL
    floor: Array  # (levels, 1): standard deviation of the assay where the level is nothing, ng/mL
    below: NDArray[np.bool_]  # (levels, 1)
    log_sd: float
    any_below: bool

    @classmethod
    def of(cls, levels: Sequence[Level], *, log_sd: float, of_lloq: float) -> Measured:
        return cls(
            np.log([[level.ng_ml] for level in levels]),
            np.array([[of_lloq * level.lloq_ng_ml] for level in levels]),
            np.array([[level.below] for level in levels]),
            log_sd,
            any(level.below for level in levels),
        )

    def sd(self, logs: Array) -> Array:
        """Standard deviation of the logarithm of each level, (levels, columns), where this is that of the true one."""
        assay = self.floor * np.exp(-logs)
        found: Array = np.sqrt(self.log_sd**2 + np.log1p(assay * assay))
        return found

    def of_each(self, logs: Array) -> Array:
        """(levels, columns): log-likelihood of each; one under the limit counts by how likely that is (method M3)."""
        away = (self.logs - logs) / (sd := self.sd(logs))
        found: Array = -0.5 * away * away - np.log(sd) - HALF_LOG_TAU
        return np.where(self.below, log_below(away), found) if self.any_below else found

    def log_likelihood(self, logs: Array) -> Array:
        """(columns,) from logarithms of true levels, (levels, columns)."""
        total: Array = self.of_each(logs).sum(axis=0)
        return total

    def bends(self, logs: Array) -> tuple[float, Array, Array]:
        """Log-likelihood, and slope and bend of it by the logarithm of each true level, (levels,) each."""
        down, middle, up = self.of_each(logs[:, None] + ASIDE).T
        return float(middle.sum()), (up - down) / (2.0 * STEP), (up + down - 2.0 * middle) / (STEP * STEP)

    def away(self, logs: Array) -> Array:
        """(levels,): standard deviations from the true one; 0 for a level under the limit that may be."""
        found: Array = ((self.logs - logs[:, None]) / self.sd(logs[:, None]))[:, 0]
        return np.where(self.below[:, 0], np.minimum(found, 0.0), found)


def log_below(z: Array) -> Array:
    """Logarithm of the chance that a standard normal number is below z. Far out by the leading terms of its series."""
    near = np.maximum(z, -20.0)
    log_near = np.log(0.5 * np.asarray(_erfc(-near / math.sqrt(2.0)), dtype=np.float64))
    far = np.minimum(z, -20.0)
    log_far = -0.5 * far * far - np.log(-far) - HALF_LOG_TAU + np.log1p(-1.0 / (far * far))
    found: Array = np.where(z < -20.0, log_far, log_near)
    return found
