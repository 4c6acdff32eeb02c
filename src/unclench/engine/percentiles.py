"""Percentiles of a population of any size in one pass and in bounded memory.

People go through in chunks, and their levels are counted in bins of equal ratio; no level is kept. 256 bins to the
doubling are 0.39 % wide at most; a percentile is put inside its bin by its rank there, so that it errs by less than a
bin from the sample's own, and by far less where people are many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from unclench.engine.cascade import DAUGHTER, VOLUME, Array, Doses, Progress, Spans
from unclench.engine.kernel_count import BINS, FINE, count_levels
from unclench.engine.run import checked_times, levels_of, problem, threaded
from unclench.values import EngineError

Counts = NDArray[np.uint32]
CHUNK = 4096
# The counts of so many numbers (160 MB) are held at once; more times go in several passes.
MOST_COUNTS = 40_000_000


def run_percentiles(
    spans: Spans, doses: Doses, times_h: ArrayLike, percents: Sequence[float], threads: int | None,
    progress: Progress | None,
) -> Array:  # fmt: skip
    """See `unclench.engine.cascade.percentiles`."""
    asked, times = problem(spans, doses), checked_times(times_h)
    wanted = np.asarray(percents, dtype=np.float64)
    if wanted.ndim != 1 or not np.all((wanted > 0) & (wanted < 100)):
        raise EngineError(
            where="percents", found=f"{wanted.tolist()}", need="numbers between 0 and 100", fix="Leave the ends out."
        )
    if asked.people == 0:
        raise EngineError(where="percentiles", found="no people", need="at least one", fix="Give a population.")
    analytes = 1 + asked.daughters
    found = np.empty((analytes, times.size, wanted.size))
    top = _top(asked.par, asked.doses[1].sum(axis=0).max(initial=0.0), asked.daughters)
    share = max(1, MOST_COUNTS // (analytes * BINS))
    for first in range(0, times.size, share):
        part = np.ascontiguousarray(times[first : first + share])
        counts = np.zeros((analytes, part.size, BINS), dtype=np.uint32)
        room = np.empty((analytes, part.size, min(CHUNK, asked.people)))
        for at in range(0, asked.people, CHUNK):
            people = min(CHUNK, asked.people - at)
            chunk = room if people == room.shape[2] else np.empty((analytes, part.size, people))
            at_h, amount, into, duration, lag = asked.doses
            cut = slice(at, at + people) if at_h.shape[1] > 1 else slice(None)
            cells = (
                np.ascontiguousarray(at_h[:, cut]),
                np.ascontiguousarray(amount[:, cut]),
                np.ascontiguousarray(into[:, cut]),
                np.ascontiguousarray(duration[:, cut]),
                np.ascontiguousarray(lag[at : at + people]),
            )
            some = replace(asked, par=np.ascontiguousarray(asked.par[:, :, at : at + people]), doses=cells)
            levels_of(some, part, chunk, threads, None)

            def rows(
                start: int, stop: int, chunk: Array = chunk, people: int = people, counts: Counts = counts
            ) -> None:
                count_levels(chunk, people, start, stop, top, counts)

            threaded(rows, analytes * part.size, threads, None)
            if progress:
                progress((first + part.size * (at + people) / asked.people) / times.size)
        found[:, first : first + share] = _read(counts, wanted, top)
    return found


def _top(par: Array, total: float, daughters: int) -> NDArray[np.int64]:
    """The bin just above the highest level that could be, per analyte: all that was given or formed, in one volume."""
    rows = [VOLUME, *(DAUGHTER + 3 * d + 2 for d in range(daughters))]
    most = max(1.0, float(par[:, 1].max()))
    highest = np.array([16.0 * most * max(total, 1e-300) / par[:, row].min() for row in rows])
    return (highest.view(np.int64) >> (52 - FINE)) + 1


def _read(counts: NDArray[np.uint32], wanted: Array, top: NDArray[np.int64]) -> Array:
    """(analytes, times, percents): the levels below which these shares of the people lie."""
    summed = np.cumsum(counts, axis=2, dtype=np.int64)
    found = np.empty((*counts.shape[:2], wanted.size))
    for a in range(counts.shape[0]):
        edges = ((np.arange(BINS + 1) + top[a] - BINS) << (52 - FINE)).view(np.float64)
        for j in range(counts.shape[1]):
            rank = wanted / 100.0 * (summed[a, j, -1] - 1)
            at = np.searchsorted(summed[a, j], rank, side="right")
            inside = (rank + 0.5 - (summed[a, j, at] - counts[a, j, at])) / counts[a, j, at]
            found[a, j] = np.where(at == 0, 0.0, edges[at] + np.clip(inside, 0.0, 1.0) * (edges[at + 1] - edges[at]))
    return found
