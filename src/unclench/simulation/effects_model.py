"""The equations of effect put together for one set of constants per person: the one place that knows their order.

The fit of the constants and the answers for a patient both come through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.models import adaptation, breathing, effects, receptor, tolerance
from unclench.models.population import MolarMasses
from unclench.simulation import effects_times as times
from unclench.simulation.effects_constants import Constants
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.values import DAY_H, EngineError

Array = NDArray[np.float64]

MIN_PER_H = 60.0
# What stays after diazepam has gone: nordazepam, and the oxazepam that is formed from it.
LATE = frozenset({"nordazepam", "oxazepam"})


@dataclass(frozen=True, slots=True)
class Structure:
    """Numbers of the model that are not drawn."""

    masses: MolarMasses
    drive_half: float
    age_from_y: float
    age_low_y: float
    age_high_y: float
    drowsy_placebo: float


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """How each person differs: multiples of half-effect loads, and age."""

    age_y: Array
    sedation: Array | float = 1.0
    muscle: Array | float = 1.0
    breathing: Array | float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Where tolerance (3, people) and adaptation (people,) stand at the first time."""

    tolerance: Array
    adaptation: Array


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Everything over time, (times, people) each."""

    load: Array
    occupancy: Array
    reflex: Array
    sedation: Array
    co2_slope: Array
    tolerance: Array  # (times, 3, people)
    sedation_shift: Array


def structure(numbers: Numbers) -> Structure:
    """Read the numbers that are not drawn."""
    return Structure(
        masses=numbers.molar_masses(),
        drive_half=numbers.value("PD-DRIVE-HALF", "1"),
        age_from_y=numbers.value("PD-AGE-FROM", "a"),
        age_low_y=numbers.value("PD-AGE-LOW", "a"),
        age_high_y=numbers.value("PD-AGE-HIGH", "a"),
        drowsy_placebo=numbers.value("PD-DROWSY-PLACEBO", "1"),
    )


def load_per_ng_ml(constants: Constants, fixed: Structure) -> dict[str, Array]:
    """By analyte, (people,): the load of one unbound ng/mL."""
    one = np.ones_like(constants.kd)
    ratios = zip(ANALYTES, (one, constants.kn, constants.kt, constants.ko), strict=True)
    return {
        analyte: receptor.load(
            receptor.nanomolar(one, molar_mass_g_per_mol=getattr(fixed.masses, analyte)), kd_nm=constants.kd * ratio
        )
        for analyte, ratio in ratios
    }


def as_adaptation_counts(per_ng_ml: Mapping[str, Array], late: Array | float) -> dict[str, Array]:
    """The same where adaptation counts this much of the analytes that stay after diazepam has gone."""
    return {analyte: each * late if analyte in LATE else each for analyte, each in per_ng_ml.items()}


def load_of(unbound_ng_ml: Mapping[str, Array], constants: Constants, fixed: Structure) -> Array:
    """Sum of the loads of all analytes that are given, without delay. Shapes as given, people last."""
    return summed(unbound_ng_ml, load_per_ng_ml(constants, fixed))


def summed(unbound_ng_ml: Mapping[str, Array], per_ng_ml: Mapping[str, Array]) -> Array:
    """Levels by analyte times the load of each ng/mL."""
    total: Array | None = None
    for analyte, levels in unbound_ng_ml.items():
        if analyte not in per_ng_ml:
            raise EngineError(
                where="effect",
                found=f"an analyte {analyte!r}",
                need=", ".join(ANALYTES),
                fix="Leave it out, or give its affinity a row.",
            )
        added = levels * per_ng_ml[analyte]
        total = added if total is None else total + added
    if total is None:
        raise EngineError(
            where="effect", found="no analyte", need="at least diazepam", fix="Give unbound levels by analyte."
        )
    return total


def tolerance_rates(constants: Constants) -> Array:
    """(3, people) in 1/h."""
    return tolerance.rates_per_h(
        half_times_h=(constants.t_fast_h, constants.t_slow_d * DAY_H, constants.t_slowest_d * DAY_H)
    )


def delayed(t_h: Array, loads: Array, constants: Constants) -> Array:
    """Loads at the site of effect."""
    return receptor.at_the_site(t_h, loads, ke0_per_h=np.log(2.0) * MIN_PER_H / constants.ke0_half_min)


def run(t_h: Array, load: Array, constants: Constants, person: Person, fixed: Structure, start: Array) -> Effects:
    """All effects of a load at the site. `start`: tolerance at the first time, (3, people)."""
    held = tolerance.states(
        t_h, tolerance.drive(load, half=fixed.drive_half), rates=tolerance_rates(constants), start=start
    )
    shift = tolerance.sedation_shift(held[:, 0], held[:, 1], h_fast=constants.h_fast, h_slow=constants.h_slow)
    muscle_shift = tolerance.slow_shift(held[:, 2], h=constants.h_muscle)
    breath_shift = tolerance.slow_shift(held[:, 2], h=constants.h_breath)
    return Effects(
        load=load,
        occupancy=receptor.occupancy(load),
        reflex=effects.reflex_excess_removed(
            load,
            most=constants.emax_muscle,
            half=constants.a50_muscle * person.muscle,
            shift=muscle_shift,
            steepness=constants.g_muscle,
        ),
        sedation=effects.sedation(
            load, half=half_sedation(constants, person, fixed), shift=shift, steepness=constants.g_sedation
        ),
        co2_slope=breathing.co2_slope(
            load,
            most_lost=constants.co2_most,
            half=constants.a50_breath * person.breathing,
            shift=breath_shift,
            steepness=constants.g_breath,
        ),
        tolerance=held,
        sedation_shift=shift,
    )


def half_sedation(constants: Constants, person: Person, fixed: Structure) -> Array:
    """Load of half of sedation at this person's age, without tolerance."""
    age = effects.age_shift(
        person.age_y,
        per_year=constants.age_per_y,
        from_y=fixed.age_from_y,
        low_y=fixed.age_low_y,
        high_y=fixed.age_high_y,
    )
    half: Array = constants.a50_sedation * age * person.sedation
    return half


def drive_over(t_h: Array, load: Array, *, tau_on_d: Array, tau_off_d: Array, start: Array) -> Array:
    """Withdrawal drive at every time, from the average load of each day.

    Not hour by hour: adaptation is lost some thirty times faster than it is gained, so it would sink to the trough
    between two doses, and every evening on an unchanged dose would count as withdrawal.
    """
    middle_h, means = times.day_means(t_h, load)
    days, share = np.append(t_h[0], middle_h) / DAY_H, receptor.occupancy(means[np.r_[0, : means.shape[0]]])
    adapted = adaptation.adapted(days, share, tau_on_d=tau_on_d, tau_off_d=tau_off_d, start=start)
    return times.along(days * DAY_H, adaptation.withdrawal_drive(adapted, share), t_h)
