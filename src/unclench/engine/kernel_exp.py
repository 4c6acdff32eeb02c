"""exp(-x) and its mean, written so that a loop over people becomes vector instructions.

The library function is called once per number; this one is arithmetic only, so four or eight numbers go at once.
Against correct rounding it errs by at most 2 units in the last place (tests/verification/test_engine_exponential.py).
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from unclench.engine.compiled import intrinsic, part

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
# Adding 1.5 * 2^52 rounds to a whole number, and leaves that number in the low bits.
ROUNDER = 6755399441055744.0
LARGEST = 708.0
SERIES_BELOW = 0.0625
THIRD, SEVENTH = 1.0 / 3.0, 1.0 / 7.0


@intrinsic
def bits_of(typing_context: Any, number: Any) -> Any:
    """The 64 bits of a float64, as an integer."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), build


@intrinsic
def float_of(typing_context: Any, bits: Any) -> Any:
    """The float64 that has these bits."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), build


@part
def exp_minus(x: float) -> float:
    """exp(-x) for x >= 0; beyond 708 it stays at exp(-708), which is 3e-308."""
    x = x if x < LARGEST else LARGEST
    rounded = ROUNDER - x * LOG2_E
    power = rounded - ROUNDER
    r = (-x - power * LN2_HIGH) - power * LN2_LOW
    p = 1.6059043836821613e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 0.0001984126984126984
    p = p * r + 0.001388888888888889
    p = p * r + 0.008333333333333333
    p = p * r + 0.041666666666666664
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * float_of((bits_of(rounded) << 52) + (1023 << 52))


@part
def mean_of_exp_minus(x: float, left: float) -> float:
    """(1 - exp(-x)) / x, where `left` is exp(-x); a series where the difference would lose digits."""
    s = 1.0 - x * THIRD * (
        1.0 - x * 0.25 * (1.0 - x * 0.2 * (1.0 - x * (0.5 * THIRD) * (1.0 - x * SEVENTH * (1.0 - x * 0.125))))
    )
    series = 1.0 - 0.5 * x * s if x < SERIES_BELOW else 0.0
    return series if x < SERIES_BELOW else (1.0 - left) / x
