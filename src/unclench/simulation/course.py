"""What simulation hands on: one course per regimen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.simulation.effect_course import Driver
from unclench.values import Regimen

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A concentration over time for this patient: the typical one, and the middle 50 % and 90 % of people like them.

    All arrays have the shape of `t_h` (hours after midnight of day 1). ng/mL.
    """

    analyte: str  # diazepam | nordazepam | temazepam | oxazepam
    kind: str  # total | unbound
    unit: str
    t_h: Array
    typical: Array
    p05: Array
    p25: Array
    p50: Array
    p75: Array
    p95: Array
    sure_low: Array | None = None  # the middle 90 % for the typical person, from what studies leave unsure alone
    sure_high: Array | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A number with the middle 90 % of people like this patient, what studies leave unsure included.

    `sure_low` and `sure_high`: the middle 90 % for the typical person, from what studies leave unsure alone.
    `unsure_share`: the part of the variance (of the logarithm) that better studies could remove.
    `monte_carlo_error`: of `high`, from drawing no more people than were drawn.
    """

    typical: float
    low: float
    high: float
    unit: str
    sure_low: float | None = None
    sure_high: float | None = None
    unsure_share: float | None = None
    monte_carlo_error: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One regimen simulated for one body and its medicines, through the whole course and washout."""

    regimen: Regimen
    curves: tuple[Curve, ...]  # of each analyte followed, total and unbound
    peak_ng_ml: Span  # highest diazepam of the course
    nordazepam_peak_ng_ml: Span
    end_ng_ml: Span  # diazepam at the end of the last dosing day
    accumulation: Span  # average diazepam of the last day against the first, ratio
    steady_state_days: Span  # until 90 % of steady state, if it went on
    half_life_h: Span
    nordazepam_half_life_h: Span
    gone_days: Span  # after the last dose, until diazepam and nordazepam together are under 5 % of their peak
    background_ng_ml: Span | None  # diazepam at the start from existing use
    people: int
    assumed: tuple[str, ...]  # what stood in for what is not known
    facts: tuple[str, ...]  # parameter rows used
    drivers: tuple[Driver, ...] = ()  # what its numbers hang on, by the names of the fields
    extrapolated: tuple[str, ...] = ()  # what of this body lies outside the people that the model rests on
    blood_peak_ug_l: Span | None = None  # highest diazepam in whole blood, as laws on driving count it
