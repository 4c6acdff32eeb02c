"""Measured levels as values, and how likely they are where the model says something else."""

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
    """The levels as columns of numbers, each with the standard deviation of its error."""

    ng_ml: Array  # (levels, 1)
    floor: Array  # standard deviation that is left where the level is nothing
    below: NDArray[np.bool_]
    share: float  # standard deviation as a share of the true level
    any_below: bool

    @classmethod
    def of(cls, levels: Sequence[Level], *, share: float, of_lloq: float) -> Measured:
        def column(values: list[float]) -> Array:
            return np.array(values)[:, None]

        return cls(
            column([level.ng_ml for level in levels]),
            column([of_lloq * level.lloq_ng_ml for level in levels]),
            np.array([[level.below] for level in levels]),
            share,
            any(level.below for level in levels),
        )

    def sd(self, true: Array) -> Array:
        """Of the error of each level, where this is the true one. Never nothing: nobody is below 1e-6 ng/mL for sure."""
        spread: Array = np.sqrt((self.share * true) ** 2 + self.floor**2 + 1e-12)
        return spread

    def of_each(self, true: Array) -> Array:
        """(levels, columns): log-likelihood of each; one under the limit counts by how likely that is (method M3)."""
        away = (self.ng_ml - true) / (sd := self.sd(true))
        found: Array = -0.5 * away * away - np.log(sd) - HALF_LOG_TAU
        return np.where(self.below, log_below(away), found) if self.any_below else found

    def log_likelihood(self, true: Array) -> Array:
        """(columns,) from (levels, columns)."""
        total: Array = self.of_each(true).sum(axis=0)
        return total

    def bends(self, logs: Array) -> tuple[float, Array, Array]:
        """Log-likelihood, and slope and bend of it by the logarithm of each true level, (levels,) each."""
        down, middle, up = self.of_each(np.exp(logs[:, None] + ASIDE)).T
        return float(middle.sum()), (up - down) / (2.0 * STEP), (up + down - 2.0 * middle) / (STEP * STEP)

    def away(self, true: Array) -> Array:
        """(levels, columns): how many standard deviations each level lies from the true one; 0 for one that agrees."""
        found: Array = (self.ng_ml - true) / self.sd(true)
        return np.where(self.below, np.minimum(found, 0.0), found)


def log_below(z: Array) -> Array:
    """Logarithm of the chance that a standard normal number is below z. Far out by the leading terms of its series."""
    near = np.maximum(z, -20.0)
    log_near = np.log(0.5 * _erfc(-near / math.sqrt(2.0)).astype(np.float64))
    far = np.minimum(z, -20.0)
    log_far = -0.5 * far * far - np.log(-far) - HALF_LOG_TAU + np.log1p(-1.0 / (far * far))
    found: Array = np.where(z < -20.0, log_far, log_near)
    return found
