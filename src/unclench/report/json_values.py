"""Numbers as JSON can hold them."""

from __future__ import annotations

import math
from decimal import Decimal

from unclench.report import wording as words
from unclench.simulation.course import Array
from unclench.values import EngineError


def finite(value: float | Decimal) -> float:
    """Four significant digits. JSON has no infinity, and a number that is none must not look like one."""
    if not math.isfinite(value):
        raise EngineError(
            where="the report", found=str(value), need="a number", fix="Report this as a fault of unclench."
        )
    return words.significant(float(value))


def array(values: Array) -> tuple[float, ...]:
    return tuple(finite(value) for value in values.tolist())
