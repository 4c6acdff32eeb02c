"""The draws of one simulation: who is who among the columns, and one stream per seed, patient and purpose.

Columns: people first, each with an own deviation and an own draw of what studies leave unsure; then people who are
typical but for that draw of what is unsure; the typical person last. Comparing the second group with the first tells
how much of a band better studies could remove, and how much is difference between people.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from unclench.engine import draw
from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows import Parameter
from unclench.models.population import shift_logit
from unclench.values import EngineError, KnowledgeError

Array = NDArray[np.float64]

UNSURE_PER_PEOPLE = 4  # one of the second group for so many of the first
FEWEST_UNSURE = 2
# Half the width of a 90 % interval, in standard deviations.
Z90 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Sample:
    """The draws of one seed for one patient. Every array has one number per column."""

    seed: int
    people: int
    patient: str = ""

    def __post_init__(self) -> None:
        if self.people < 2:
            raise EngineError(
                where="simulation", found=f"{self.people} people", need="at least 2", fix="Ask for more people."
            )

    @property
    def unsure(self) -> int:
        return max(self.people // UNSURE_PER_PEOPLE, FEWEST_UNSURE)

    @property
    def columns(self) -> int:
        return self.people + self.unsure + 1

    def normal(self, purpose: str) -> Array:
        """Deviations of people from the typical one: 0 beyond the people."""
        out = np.zeros(self.columns)
        out[: self.people] = draw.normal(self.seed, purpose, self.people, self.patient)
        return out

    def around(self, purpose: str, centre: float, log_sd: float) -> Array:
        """A lognormal spread around a value."""
        return centre * np.exp(log_sd * self.normal(purpose))

    def sexes(self) -> Array:
        """1 for a woman, 0 for a man; the typical person is half way."""
        out = np.full(self.columns, 0.5)
        out[: self.people] = draw.uniform(self.seed, "sex", self.people, self.patient) < 0.5
        return out

    def same(self, value: float) -> Array:
        return np.full(self.columns, float(value))

    def doubt(self, row: Parameter, known: Knowledge) -> Array:
        """The row's value as studies leave it: drawn within its interval, and as it is for the typical person."""
        return apply_doubt(row, self.deviation(row.id, known))

    def deviation(self, key: str, known: Knowledge) -> Array:
        """How many standard deviations of its estimate each column's draw of a parameter is away."""
        found = _fitted_deviations(self.seed, self.people + self.unsure, known).get(key)
        return _deviation(self.seed, key, self.people + self.unsure) if found is None else found


@lru_cache(maxsize=256)
def _deviation(seed: int, key: str, count: int) -> Array:
    """By parameter, not by patient: what studies leave unsure is the same for everybody, and is drawn once."""
    drawn = np.append(draw.normal(seed, f"unsure {key}", count), 0.0)
    drawn.setflags(write=False)
    return drawn


@lru_cache(maxsize=8)
def _fitted_deviations(seed: int, count: int, known: Knowledge) -> dict[str, Array]:
    """The same for parameters that were estimated together."""
    names, root = _correlated(known)
    if not names:
        return {}
    # Not by BLAS, whose threads cost more here than the product.
    together = np.einsum("ij,jc->ic", root, np.stack([_deviation(seed, name, count) for name in names]))
    together.setflags(write=False)
    return dict(zip(names, together, strict=True))


def apply_doubt(row: Parameter, deviation: Array) -> Array:
    """A parameter moved by so many standard deviations of its estimate, on its own scale."""
    if not row.scale:
        return np.full(deviation.shape, row.value)
    if row.low is None or row.high is None:
        raise KnowledgeError(
            where=f"parameters {row.id}", found="a scale without a range", need="low and high", fix="Give both."
        )
    if row.scale == "plain":
        return row.value + deviation * (row.high - row.low) / (2 * Z90)
    if row.scale == "log":
        moved: Array = row.value * np.exp(deviation * np.log(row.high / row.low) / (2 * Z90))
        return moved
    width = np.log(row.high / (1 - row.high)) - np.log(row.low / (1 - row.low))
    return shift_logit(row.value, deviation * width / (2 * Z90))


@cache
def _correlated(known: Knowledge) -> tuple[tuple[str, ...], Array]:
    """The parameters that were estimated together, and a root of their correlation matrix."""
    pairs = known.table("parameter_correlations")
    names = tuple(sorted({name for pair in pairs for name in (pair.first, pair.second)}))
    matrix = np.eye(len(names))
    for pair in pairs:
        first, second = names.index(pair.first), names.index(pair.second)
        matrix[first, second] = matrix[second, first] = pair.correlation
    # Rounded correlations may leave an eigenvalue a hair below zero.
    values, vectors = np.linalg.eigh(matrix)
    return names, vectors * np.sqrt(np.maximum(values, 0.0))
