"""The draws of one simulation: who is who among the columns, and one stream per seed, patient and purpose.

Columns: people first, each with an own deviation and an own draw of what studies leave unsure; then people who are
typical but for that draw of what is unsure; the typical person last. Comparing the second group with the first tells
how much of a band better studies could remove, and how much is difference between people.

What was learnt of one person enters here: deviates that are given take the place of their stream, and the same model
of people then draws people as this person may be. The typical person becomes the likeliest one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
UNSURE = "unsure "  # before the id of a row: the purpose whose stream draws what studies leave unsure of it


class Deviates(Mapping[str, Array]):
    """Standard normal deviates by purpose, at least one for each of the people, and one for the typical person.

    `sex` alone is 1 for a woman, 0 for a man. Two of them are equal only if they are the same: they are never compared
    number by number.
    """

    __slots__ = ("_block", "_centre", "_places")

    def __init__(self, people: Mapping[str, Array] | None = None, centre: Mapping[str, float] | None = None) -> None:
        names, rows = tuple(people or {}), list((people or {}).values())
        shapes = sorted({np.shape(row) for row in rows})
        block = np.array(rows, dtype=np.float64) if len(shapes) == 1 else np.zeros((len(rows), 0, 0))
        middle = np.array([(centre or {}).get(name, 0.5 if name == "sex" else 0.0) for name in names])
        if names and (block.ndim != 2 or not (np.isfinite(block).all() and np.isfinite(middle).all())):
            raise EngineError(
                where="deviates",
                found=f"{len(names)} purposes, shapes {shapes}",
                need="the same number of finite numbers for each purpose",
                fix="Give the draws of learning as they are.",
            )
        block.setflags(write=False)
        self._places = {name: place for place, name in enumerate(names)}
        self._block, self._centre = block, middle

    def __getitem__(self, name: str) -> Array:
        row: Array = self._block[self._places[name]]
        return row

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def count(self) -> int:
        """For how many people there are deviates."""
        return int(self._block.shape[1])

    def centre(self, name: str) -> float:
        """That of the typical person."""
        return float(self._centre[self._places[name]])

    def columns(self, people: int, unsure: int) -> dict[str, Array]:
        """By purpose, one number for each column of a sample.

        The second group is at the centre, but for what studies leave unsure: there it repeats the first of the people.
        """
        out = np.repeat(self._centre[:, None], people + unsure + 1, axis=1)
        out[:, :people] = self._block[:, :people]
        of_studies = [place for name, place in self._places.items() if name.startswith(UNSURE)]
        out[of_studies, people : people + unsure] = self._block[of_studies, :unsure]
        out.setflags(write=False)
        return dict(zip(self._places, out, strict=True))


NOTHING_LEARNT = Deviates()


@dataclass(frozen=True, slots=True)
class Sample:
    """The draws of one seed for one patient. Every array has one number per column."""

    seed: int
    people: int
    patient: str = ""
    given: Deviates = NOTHING_LEARNT

    def __post_init__(self) -> None:
        if self.people < 2:
            raise EngineError(
                where="simulation", found=f"{self.people} people", need="at least 2", fix="Ask for more people."
            )
        if self.given and self.given.count < self.people:
            raise EngineError(
                where="deviates",
                found=f"{self.given.count} for each purpose",
                need=f"one for each of {self.people} people",
                fix="Ask learning for as many draws.",
            )

    @property
    def unsure(self) -> int:
        return max(self.people // UNSURE_PER_PEOPLE, FEWEST_UNSURE)

    @property
    def columns(self) -> int:
        return self.people + self.unsure + 1

    def normal(self, purpose: str) -> Array:
        """Deviations of people from the typical one: 0 beyond the people."""
        if purpose in self.given:
            return self._learnt(purpose)
        out = np.zeros(self.columns)
        out[: self.people] = draw.normal(self.seed, purpose, self.people, self.patient)
        return out

    def _learnt(self, purpose: str) -> Array:
        return _laid_out(self.given, self.people, self.unsure)[purpose].copy()

    def around(self, purpose: str, centre: float, log_sd: float) -> Array:
        """A lognormal spread around a value."""
        return centre * np.exp(log_sd * self.normal(purpose))

    def sexes(self) -> Array:
        """1 for a woman, 0 for a man; the typical person is half way."""
        if "sex" in self.given:
            return self._learnt("sex")
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
        asked = (self.seed, self.people, self.unsure, self.given)
        found = _fitted_deviations(*asked, known).get(key)
        return _own_deviation(*asked, key) if found is None else found


@lru_cache(maxsize=256)
def _deviation(seed: int, key: str, count: int) -> Array:
    """By parameter, not by patient: what studies leave unsure is the same for everybody, and is drawn once."""
    drawn = np.append(draw.normal(seed, f"unsure {key}", count), 0.0)
    drawn.setflags(write=False)
    return drawn


@lru_cache(maxsize=8)
def _laid_out(given: Deviates, people: int, unsure: int) -> dict[str, Array]:
    return given.columns(people, unsure)


def _own_deviation(seed: int, people: int, unsure: int, given: Deviates, key: str) -> Array:
    """Before what was estimated together is drawn together: as it was learnt, or else from its stream."""
    if UNSURE + key in given:
        return _laid_out(given, people, unsure)[UNSURE + key]
    return _deviation(seed, key, people + unsure)


@lru_cache(maxsize=8)
def _fitted_deviations(seed: int, people: int, unsure: int, given: Deviates, known: Knowledge) -> dict[str, Array]:
    """The same for parameters that were estimated together."""
    names, root = correlated(known)
    if not names:
        return {}
    # Not by BLAS, whose threads cost more here than the product.
    drawn = np.stack([_own_deviation(seed, people, unsure, given, name) for name in names])
    together = np.einsum("ij,jc->ic", root, drawn)
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
def correlated(known: Knowledge) -> tuple[tuple[str, ...], Array]:
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
