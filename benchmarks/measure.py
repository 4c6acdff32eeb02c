"""Time something and its peer side by side: alternating runs, so that a busy machine slows both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

RUNS = 15
Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds, median and fastest; and the peer that ran in between."""

    what: str
    median_ms: float
    fastest_ms: float
    peer: str
    peer_median_ms: float
    peer_fastest_ms: float
    bar: str
    kept: str

    @property
    def ratio(self) -> float:
        """Ours over the peer's, of the medians: 2 is twice as long."""
        return self.median_ms / self.peer_median_ms


def side_by_side(
    what: str, work: Work, peer: str, other: Work, *, bar_ms: float | None = None, bar_ratio: float | None = None
) -> Measured:
    """Runs of each in turn, after one of each that is not counted. A bar is for the median, or for the ratio."""
    ours, theirs = timed(work, other, RUNS)
    median, peer_median = statistics.median(ours), statistics.median(theirs)
    bar, kept = "", ""
    if bar_ms is not None:
        bar, kept = f"{bar_ms:g} ms", "yes" if median <= bar_ms else "no"
    elif bar_ratio is not None:
        bar, kept = f"{bar_ratio:g} x the peer", "yes" if median <= bar_ratio * peer_median else "no"
    return Measured(what, median, min(ours), peer, peer_median, min(theirs), bar, kept)


def timed(work: Work, other: Work, runs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each run of both."""
    work()
    other()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for act, times in zip((work, other), taken, strict=True):
            gc.collect()
            start = time.perf_counter()
            act()
            times.append((time.perf_counter() - start) * 1e3)
    return taken
