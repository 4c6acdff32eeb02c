"""What the drug does to one person, as plain numbers: constants of the equations of effect, nothing of who it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.simulation import effects_model as model
from unclench.simulation.effects_draws import Crowd, crowd_of
from unclench.simulation.effects_model import MIN_PER_H, Structure
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.values import DAY_H

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """An effect that rises with the load: the most of it, the load of half of that, and how steep it is."""

    most: float
    half: float
    steepness: float


@dataclass(frozen=True, slots=True)
class PersonEffects:
    """One person's constants. The drug alone: no opioid, alcohol or other sedative."""

    half_ng_ml: tuple[float, ...]  # by analyte: the unbound level that alone holds half of the receptors
    ke0_per_h: float
    drive_half: float  # load at which what makes tolerance grow is half of its most
    tolerance_per_h: tuple[float, float, float]  # rates of the fast, the slow and the slowest filter
    h_fast: float  # by how much full tolerance raises the load of half effect: sedation
    h_slow: float
    h_muscle: float
    h_breath: float
    reflex: Curve
    sedation: Curve
    breathing: Curve
    tone_carry: float
    drowsy_placebo: float
    drowsy_slope: float
    impairment_g_per_l: float  # the most
    withdrawal_load: float  # multiple of the load, for adaptation alone
    late_counted: float  # share of the load of nordazepam and its oxazepam that adaptation counts
    tau_on_h: float
    tau_off_h: float


def person_effects(numbers: Numbers, ages_y: Array, *, seed: int, person: int) -> PersonEffects:
    """The constants of one column of the people: the typical person is the last of `ages_y`."""
    fixed = model.structure(numbers)
    crowd = crowd_of(numbers, ages_y, seed=seed, skip=frozenset())
    constants = crowd.constants
    rates = model.tolerance_rates(constants)[:, person]

    def own(values: Array) -> float:
        return float(np.broadcast_to(values, ages_y.shape)[person])

    return PersonEffects(
        half_ng_ml=_halves(crowd, fixed, person),
        ke0_per_h=own(np.log(2.0) * MIN_PER_H / constants.ke0_half_min),
        drive_half=fixed.drive_half,
        tolerance_per_h=(float(rates[0]), float(rates[1]), float(rates[2])),
        h_fast=own(constants.h_fast),
        h_slow=own(constants.h_slow),
        h_muscle=own(constants.h_muscle),
        h_breath=own(constants.h_breath),
        reflex=Curve(
            own(constants.emax_muscle), own(constants.a50_muscle * crowd.person.muscle), own(constants.g_muscle)
        ),
        sedation=Curve(1.0, own(model.half_sedation(constants, crowd.person, fixed)), own(constants.g_sedation)),
        breathing=Curve(
            own(constants.co2_most), own(constants.a50_breath * crowd.person.breathing), own(constants.g_breath)
        ),
        tone_carry=own(constants.tone_carry),
        drowsy_placebo=fixed.drowsy_placebo,
        drowsy_slope=own(constants.drowsy_slope),
        impairment_g_per_l=own(constants.impair_most),
        withdrawal_load=own(crowd.withdrawal_load),
        late_counted=own(crowd.late_counted),
        tau_on_h=own(crowd.tau_on_d) * DAY_H,
        tau_off_h=own(crowd.tau_off_d) * DAY_H,
    )


def _halves(crowd: Crowd, fixed: Structure, person: int) -> tuple[float, ...]:
    """By analyte: the unbound ng/mL whose load is 1."""
    one = np.ones_like(crowd.constants.kd)
    return tuple(1.0 / float(model.load_of({name: one}, crowd.constants, fixed)[person]) for name in ANALYTES)
