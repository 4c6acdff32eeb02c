"""Numbers as JSON can hold them."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np

from unclench.report import wording as words
from unclench.simulation.course import Array
from unclench.values import EngineError

EXACT_POWERS = 22


def finite(value: float | Decimal) -> float:
    """Four significant digits. JSON has no infinity, and a number that is none must not look like one."""
    if not math.isfinite(value):
        raise EngineError(
            where="the report", found=str(value), need="a number", fix="Report this as a fault of unclench."
        )
    return words.significant(float(value))


def array(values: Array) -> tuple[float, ...]:
    """The same for many numbers."""
    return arrays(values)[0]


def arrays(*lines: Array) -> tuple[tuple[float, ...], ...]:
    """The same for lines of one length, at once: all numbers that share a power of ten are rounded together."""
    out = np.array(lines, dtype=float)
    if not np.isfinite(out).all():
        finite(float(out[~np.isfinite(out)][0]))
    with np.errstate(divide="ignore"):
        powers = np.floor(np.log10(np.abs(out)))
    for power in np.unique(powers[np.isfinite(powers)]).tolist():
        of_power = powers == power
        # Beyond what a float can hold exactly a power of ten would be off: such numbers are rounded as text.
        decimals = int(words.SIGNIFICANT - 1 - power)
        if abs(decimals) <= EXACT_POWERS:
            out[of_power] = np.round(out[of_power], decimals)
        else:
            out[of_power] = [words.significant(value) for value in out[of_power].tolist()]
    return tuple(map(tuple, out.tolist()))
