"""The search for the doses of a taper: the smallest peak of the withdrawal drive for a length, over unsure people.

What is made small is the average of the worst fifth of the draws of the highest drive, because how occupancy follows
the dose, and how fast a body recovers, are not known of this person. Every published schedule of the same length, held
to the same caps and products, is among the beginnings, so that the result is never worse than any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.engine.falling import Steps
from unclench.planning.taper_ladder import HAIR, Flags, Ladder, Places
from unclench.planning.taper_shapes import shapes
from unclench.simulation.taper_model import Falling

Array = NDArray[np.float64]

ED50S_MG = (3.0, 6.0, 12.0, 25.0, 50.0, 150.0)
EDGES = (0.5, 1.0, 2.0)
ROUNDS = 24
BLOCKS = (1, 2, 3, 5)
MANY_SLOTS = 32
TOGETHER = 8
WORTH = 2e-4  # a smaller gain is not worth another round
EVENNESS = 0.01  # of the worst fifth, at most given up for cuts that do not grow
EVEN_ROUNDS = 12
TRIED = 64
FIRST_STRIDE, LAST_STRIDE = 0.1, 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Judges rows of doses over slots: the mean of the worst draws of the highest drive, in % of the reference.

    Counted from the first slot on: what earlier doses did is past, and would hide every difference between rows.
    """

    people: Falling
    steps: Steps
    from_day: int
    worst_share: float

    def peaks(self, doses_mg: Array) -> Array:
        """(series, columns) for doses (series, slots)."""
        edge = np.zeros((doses_mg.shape[0], 1))
        changes = np.diff(np.concatenate([edge, doses_mg, edge], axis=1), axis=1)
        return self.people.highest(self.steps, changes, from_day=self.from_day)

    def worst(self, doses_mg: Array) -> Array:
        """(series,)"""
        return worst_fifth(self.peaks(doses_mg)[:, :-1], self.worst_share)


def worst_fifth(peaks: Array, share: float) -> Array:
    """(series,): mean of the highest share of the draws (series, people)."""
    count = max(round(share * peaks.shape[1]), 1)
    mean: Array = np.partition(peaks, -count, axis=1)[:, -count:].mean(axis=1)
    return mean


def judge(people: Falling, known_mg: Array, begins: Sequence[int], days: int, worst_share: float) -> Judge:
    """A judge of slots that begin on these days, the last beginning being that of nothing, followed for `days`.

    `known_mg`: doses of the days before the first slot, which are settled.
    """
    settled = np.concatenate([known_mg, np.zeros(days - known_mg.size)])
    return Judge(people, people.steps(settled, begins), begins[0], worst_share)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A row of places on the ladder, and its worst fifth."""

    places: Places
    worst: float


def search(judge: Judge, ladder: Ladder, targets: Sequence[Array], *, rounds: int = ROUNDS) -> Found | None:
    """The best row found. `targets`: dose curves (slots,) to begin from. None: no row keeps the caps in this length."""
    begun = {places.tobytes(): places for target in targets if (places := ladder.fitted(target)) is not None}
    if not begun:
        return None
    rows = np.stack(list(begun.values()))
    judged = judge.worst(ladder.mg[rows])
    best = int(judged.argmin())
    found = _improved(judge, ladder, Found(rows[best], float(judged[best])), rounds)
    # An even taper is easier to follow, and a hair of the criterion is not worth cuts that grow and shrink by turns;
    # but no beginning may become better than the end.
    return _evened(judge, ladder, found, max(found.worst, min(found.worst * (1.0 + EVENNESS), float(judged.min()))))


def beginnings(ladder: Ladder, slots: int) -> list[Array]:
    """The families: linear, proportional, and equal effect over the wide range of the ED50."""
    last = float(min(ladder.caps.last_mg, ladder.from_mg))
    return shapes(float(ladder.from_mg), slots, last, ED50S_MG, EDGES)


def _improved(judge: Judge, ladder: Ladder, found: Found, rounds: int) -> Found:
    """Move single slots and blocks a rung up or down while that helps; several good moves at once where they agree."""
    for _ in range(rounds):
        moves = _moves(ladder, found.places)
        if not moves.shape[0]:
            break
        judged = judge.worst(ladder.mg[found.places + moves])
        order = np.argsort(judged, kind="stable")[:TOGETHER]
        joined = np.cumsum(moves[order[judged[order] < found.worst]], axis=0)
        rows = np.concatenate([found.places + moves[order[:1]], found.places + np.sign(joined)])
        rows = rows[_stays(ladder, rows)]
        again = judge.worst(ladder.mg[rows])
        better = int(again.argmin())
        gain = found.worst - float(again[better])
        if gain <= 0.0:
            break
        found = Found(rows[better], float(again[better]))
        if gain < WORTH * found.worst:
            break
    return found


def _evened(judge: Judge, ladder: Ladder, found: Found, most: float) -> Found:
    """The same with cuts that grow less on the way down, where the worst fifth stays at `most`."""
    for _ in range(EVEN_ROUNDS):
        moves = _moves(ladder, found.places)
        if not moves.shape[0]:
            break
        rows = found.places + moves
        rough = roughness(ladder, rows)
        order = np.argsort(rough, kind="stable")
        order = order[rough[order] < roughness(ladder, found.places[None])[0] - HAIR][:TRIED]
        if not order.size:
            break
        judged = judge.worst(ladder.mg[rows[order]])
        fine = np.flatnonzero(judged <= most)
        if not fine.size:
            break
        found = Found(rows[order[fine[0]]], float(judged[fine[0]]))
    return found


def roughness(ladder: Ladder, rows: Places) -> Array:
    """(series,): by how much cuts grow from one to the next, in mg, in all; the last one, to nothing, aside."""
    start = np.full((rows.shape[0], 1), float(ladder.from_mg))
    cuts = -np.diff(np.concatenate([start, ladder.mg[rows]], axis=1), axis=1)
    grown: Array = np.maximum(np.diff(cuts, axis=1), 0.0).sum(axis=1)
    return grown


def _stays(ladder: Ladder, rows: Places) -> Flags:
    kept: Flags = np.asarray(((rows >= 0) & (rows < ladder.bottom)).all(axis=1))
    inside = kept.copy()
    kept[inside] = ladder.allowed(rows[inside])
    return kept


def _moves(ladder: Ladder, places: Places) -> Places:
    """(moves, slots): every allowed change of a block of neighbouring slots by one rung."""
    slots = places.size
    found = []
    # Long tapers are searched more coarsely: moves grow with the square of the slots, and each costs more.
    apart = 1 + slots // MANY_SLOTS
    for length in sorted({*(min(block * apart, slots) for block in BLOCKS), slots}):
        for first in range(0, slots - length + 1, apart):
            for way in (-1, 1):
                move = np.zeros(slots, dtype=np.int64)
                move[first : first + length] = way
                found.append(move)
    for first in range(1, slots, apart):
        move = np.zeros(slots, dtype=np.int64)
        move[first:] = -1
        found.append(move)
        found.append(-move)
    moves = np.stack(found)
    kept: Places = moves[_stays(ladder, places + moves)]
    return kept


def unconstrained(judge: Judge, from_mg: float, begin: Array, *, rounds: int = ROUNDS) -> float:
    """The smallest worst fifth found for doses of any size that only fall, without caps or products.

    A pattern search by the same judge: single doses and all from one on move by strides that halve when none helps.
    """
    doses, stride = begin.copy(), FIRST_STRIDE
    best = float(judge.worst(doses[None])[0])
    slots = doses.size
    moved = np.concatenate([np.eye(slots), np.tri(slots)[1:], np.tri(slots).T[1:]])
    for _ in range(rounds):
        ways = np.concatenate([1.0 - stride * moved, 1.0 + stride * moved])
        judged = judge.worst(_falling(doses * ways, from_mg))
        order = np.argsort(judged, kind="stable")[:TOGETHER]
        joined = np.cumprod(ways[order[judged[order] < best]], axis=0)
        if not joined.shape[0]:
            stride /= 2.0
            if stride < LAST_STRIDE:
                break
            continue
        rows = _falling(doses * joined, from_mg)
        again = judge.worst(rows)
        best, doses = float(again.min()), rows[int(again.argmin())]
    return best


def _falling(rows: Array, from_mg: float) -> Array:
    lowered: Array = np.minimum(np.minimum.accumulate(rows, axis=1), from_mg)
    return lowered
