"""What one regimen does, hour by hour: values only. Every curve and number carries its interval and its standing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.values import Regimen, Standing

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class EffectCurve:
    """One effect over time. All arrays have the shape of `t_h` (hours after midnight of day 1).

    `effect` is one of: occupancy, muscle, sedation, drowsy, impairment, co2-slope, co2-slope-together,
    event-together, withdrawal-drive. The band holds differences between people and what studies leave unsure.
    """

    effect: str
    unit: str
    t_h: Array
    typical: Array
    p05: Array
    p25: Array
    p50: Array
    p75: Array
    p95: Array


@dataclass(frozen=True, slots=True)
class EffectNumber:
    """One answer about effect. `id` names the row of `statements` that words it."""

    id: str
    name: str
    typical: float
    low: float  # 5th and 95th percentile of people like this patient, the parameters' own uncertainty included
    high: float
    unit: str
    standing: Standing
    monte_carlo_error: float  # of the wider end of the interval, in the same unit
    unsure_share: float  # 0..1: part of the (log or logit) variance that better studies could remove


@dataclass(frozen=True, slots=True)
class Driver:
    """What an answer hangs on most: the share of its variance that one input carries."""

    answer: str  # id of the number
    cause: str  # in words: "how fast this person clears diazepam"
    share: float
    kind: str  # person | knowledge


@dataclass(frozen=True, slots=True, eq=False)
class EffectCourse:
    """What the regimen that is shown does to one patient and people like them."""

    regimen: Regimen
    curves: tuple[EffectCurve, ...]
    numbers: tuple[EffectNumber, ...]
    drivers: tuple[Driver, ...]
    says: tuple[str, ...]  # sentences from rows: not identified, unvalidated, no benefit shown, never safe
    people: int
    assumed: tuple[str, ...]
    facts: tuple[str, ...]
