"""Order statistics over people, equal to those of `np.quantile` with its linear rule.

A full sort is used: with the vector sort of NumPy it is several times faster than selecting five ranks by partition
(see docs/decisions/0001-numpy-kernel.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def quantiles_in_place(values: Array, shares: Sequence[float]) -> Array:
    """(shares, ...) of the last axis. The values are sorted in place: hand over an array that is not needed again."""
    values.sort(axis=-1)
    count = values.shape[-1]
    found = np.empty((len(shares), *values.shape[:-1]))
    for index, share in enumerate(shares):
        rank = share * (count - 1)
        below = min(int(rank), max(count - 2, 0))
        part = rank - below
        low, high = values[..., below], values[..., min(below + 1, count - 1)]
        # The nearer end is the anchor, as in NumPy, so that equal inputs give equal bits.
        found[index] = high - (high - low) * (1.0 - part) if part >= 0.5 else low + (high - low) * part
    return found


def monte_carlo_error(in_order: Array, share: float) -> Array:
    """Standard error of a quantile of values sorted along the last axis.

    From the ranks within one binomial standard error of its own.
    Distribution-free; at an end of the sample the ranks that exist are used.
    """
    count = in_order.shape[-1]
    rank, off = share * (count - 1), np.sqrt(count * share * (1.0 - share))
    low, high = max(int(np.floor(rank - off)), 0), min(int(np.ceil(rank + off)), count - 1)
    error: Array = (in_order[..., high] - in_order[..., low]) / 2.0
    return error
