"""The shape of what a regimen will do, in JSON."""

from __future__ import annotations

from typing import Literal

from unclench.report.schema_types import StandingName, Strict, Text


class EffectCurveOut(Strict, frozen=True):
    """One effect over time in `unit`, thinned so that peaks and troughs stay. Hours count from midnight of day 1."""

    effect: str
    name: Text
    unit: str
    t_h: tuple[float, ...]
    typical: tuple[float, ...]
    p05: tuple[float, ...]
    p25: tuple[float, ...]
    p50: tuple[float, ...]
    p75: tuple[float, ...]
    p95: tuple[float, ...]


class DriverOut(Strict, frozen=True):
    """What an answer hangs on: the share of its variance that one input carries."""

    cause: Text
    share: float
    kind: Literal["person", "knowledge"]


class EffectNumberOut(Strict, frozen=True):
    """One answer about effect: in a sentence, and as a number in `unit` with its 90 % interval.

    `unsure_share` of the variance is what better studies could remove; the rest is differences between people.
    `monte_carlo_error` is that of the wider end of the interval, in `unit`.
    """

    id: str
    name: Text
    says: Text
    unit: str
    typical: float
    low: float
    high: float
    standing: StandingName
    unsure_share: float
    monte_carlo_error: float
    hangs_on: tuple[DriverOut, ...]


class EffectsOut(Strict, frozen=True):
    """What the regimen that is shown will do. Estimates; none of the levels or effects is called safe."""

    of: Literal["proposed-regimen", "current-use"]
    numbers: tuple[EffectNumberOut, ...]
    curves: tuple[EffectCurveOut, ...]
    says: tuple[Text, ...]
    people: int
    assumed: tuple[Text, ...]
