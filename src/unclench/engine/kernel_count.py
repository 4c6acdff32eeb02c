"""Counting levels in bins of equal ratio, read off the bits of the number: its power of two and the next eight bits."""

from __future__ import annotations

from typing import Any

from unclench.engine.compiled import Array, kernel
from unclench.engine.kernel_exp import bits_of

# 256 bins to the doubling, 40 doublings: from the highest level down to 1e-12 of it.
FINE, DOUBLINGS = 8, 40
BINS = DOUBLINGS << FINE


@kernel("void(float64[:,:,::1], int64, int64, int64, int64[::1], uint32[:,:,::1])")
def count_levels(levels: Array, people: int, first: int, last: int, top: Any, counts: Any) -> None:
    """Add the first `people` of rows first to last (analyte by analyte) to the counts; bin 0 holds the smallest."""
    times = levels.shape[1]
    for place in range(first, last):
        a, j = place // times, place % times
        lowest = top[a] - BINS
        for p in range(people):
            at = (bits_of(max(levels[a, j, p], 0.0)) >> (52 - FINE)) - lowest
            counts[a, j, min(max(at, 0), BINS - 1)] += 1
