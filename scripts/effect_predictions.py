"""What a set of constants says about each observation: the model of the product, run as in the study."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scripts import effect_kinetics as kinetics
from scripts.effect_observations import (
    CLORAZEPATE_MG,
    GH_NODES,
    KINETIC_SPREAD,
    LOSSIUS_DAYS,
    LOSSIUS_NG_ML,
)
from unclench.knowledge import knowledge
from unclench.models import breathing, effects, receptor, tolerance
from unclench.simulation import effects_model as model
from unclench.simulation.effects_constants import Constants
from unclench.simulation.parameters import Numbers

Array = NDArray[np.float64]

YOUNG, MIDDLE_AGED = 25.0, 40.0
IN_CELLS_NM, GABA_SHIFT_NM = 34.0, 1000.0  # functional EC50 of 25.5 nM over 0.75, and the level of that study
INFUSED = ((0.25, 6.0), (0.5, 3.0), (0.75, 2.0))  # share of the largest effect, hours


@dataclass(frozen=True, slots=True)
class Arms:
    """Levels of the arms, simulated once."""

    oral: tuple[kinetics.Levels, kinetics.Levels, kinetics.Levels]  # 2, 5, 10 mg
    steady: kinetics.Levels
    gross: kinetics.Levels
    forster: kinetics.Levels
    fixed: model.Structure
    open_at_rest: float
    gating: tuple[float, float, float]
    unbound: tuple[float, float]
    spread: float  # log-SD between people of what sedation needs
    breath_spread: float  # of what breathing needs


@cache
def arms() -> Arms:
    numbers = Numbers(knowledge(), {})
    single = tuple(kinetics.oral(mg).between(kinetics.CLOCK_H, kinetics.CLOCK_H + 12.0) for mg in (2.0, 5.0, 10.0))
    steady = kinetics.steady()
    fine = np.concatenate([[0.0], np.geomspace(0.2 / 60, 0.5, 60)])
    return Arms(
        oral=(single[0], single[1], single[2]),
        steady=steady.between(0.0, 24.0 * kinetics.STEADY_DAYS),
        gross=kinetics.intravenous(0.4, fine),
        forster=kinetics.intravenous(0.3, fine),
        fixed=model.structure(numbers),
        open_at_rest=numbers.value("PD-OPEN-EC20", "1"),
        gating=(numbers.value("PD-L0", "1"), numbers.value("PD-KG", "uM"), numbers.value("PD-C", "1")),
        unbound=kinetics.unbound_fractions(),
        spread=float(np.hypot(numbers.value("PD-SENSITIVITY-SPREAD", "log-SD"), KINETIC_SPREAD)),
        breath_spread=float(np.hypot(numbers.log_sd("PD-A50-BREATH"), KINETIC_SPREAD)),
    )


def predictions(constants: Constants) -> tuple[list[Array], Array]:
    """One array of draws per observation, in the order of OBSERVED, and the share drowsy in Lossius's study."""
    on = arms()
    most, half = receptor.hyperbola(open_at_rest=on.open_at_rest, delta=constants.delta)
    l0, kg, c = on.gating
    shift = receptor.gaba_shift(constants.delta, l0=l0, kg=kg, c=c, agonist=GABA_SHIFT_NM / IN_CELLS_NM)
    eeg, loads = _single_doses(constants)
    over_half, drowsy_lossius = _nordazepam_alone(constants, CLORAZEPATE_MG[0])
    _, drowsy_clorazepate = _nordazepam_alone(constants, CLORAZEPATE_MG[1])
    found = [most, shift, constants.kd * half, receptor.occupancy(loads[2]), *eeg]
    found += _challenges(constants)
    found += [over_half, drowsy_clorazepate, _steady(constants), np.exp(60.0 * constants.age_per_y)]
    found += _intravenous(constants)
    return found, drowsy_lossius


def _single_doses(constants: Constants) -> tuple[list[Array], list[Array]]:
    """Mean over people of the peak EEG rise, and the typical peak load, after 2, 5 and 10 mg."""
    on, nobody = arms(), np.zeros((3, constants.kd.size))
    eeg, loads = [], []
    for levels in on.oral:
        load = _load(levels, constants)
        ran = model.run(levels.t_h, load, constants, _people(constants, YOUNG), on.fixed, nobody)
        half = model.half_sedation(constants, _people(constants, YOUNG), on.fixed)
        peaks = [
            weight
            * effects.sedation(load, half=half * more, shift=ran.sedation_shift, steepness=constants.g_sedation).max(
                axis=0
            )
            for more, weight in _people_like(on.spread)
        ]
        eeg.append(constants.eeg_most * np.sum(peaks, axis=0))
        loads.append(load.max(axis=0))
    return eeg, loads


def _people_like(spread: float) -> list[tuple[float, float]]:
    """How much more load people need for half of an effect, and the share of people at each node."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(GH_NODES)
    return [
        (float(np.exp(spread * node)), float(weight / weights.sum()))
        for node, weight in zip(nodes, weights, strict=True)
    ]


def _load(levels: kinetics.Levels, constants: Constants) -> Array:
    lines = {name: line[:, None] for name, line in levels.unbound.items()}
    return model.delayed(levels.t_h, model.load_of(lines, constants, arms().fixed), constants)


def _people(constants: Constants, age_y: float) -> model.Person:
    return model.Person(age_y=np.full(constants.kd.size, age_y))


def _steady(constants: Constants) -> Array:
    """Share drowsy in the fourth week of 20 mg a day."""
    on = arms()
    levels = on.steady
    load = _load(levels, constants)
    nobody = np.zeros((3, constants.kd.size))
    ran = model.run(levels.t_h, load, constants, _people(constants, MIDDLE_AGED), on.fixed, nobody)
    day = levels.t_h >= levels.t_h[-1] - 24.0
    return _drowsy(load[day], ran.sedation_shift[day], constants)


def _drowsy(load: Array, shift: Array, constants: Constants) -> Array:
    """Average over people of the chance of drowsiness from the mean sedation of a day."""
    on = arms()
    half = model.half_sedation(constants, _people(constants, MIDDLE_AGED), on.fixed)
    share = np.zeros_like(constants.kd)
    for more, weight in _people_like(on.spread):
        sedated = effects.sedation(load, half=half * more, shift=shift, steepness=constants.g_sedation).mean(axis=0)
        share += weight * effects.drowsy_probability(
            sedated, on_placebo=on.fixed.drowsy_placebo, slope=constants.drowsy_slope
        )
    return share


def _nordazepam_alone(constants: Constants, mg: float) -> tuple[Array, Array]:
    """Clorazepate for ten days: load over the half-effect load of the reflex, and share drowsy."""
    on = arms()
    level = np.full((1, constants.kd.size), LOSSIUS_NG_ML * mg / CLORAZEPATE_MG[0] * on.unbound[1])
    load = model.load_of({"nordazepam": level}, constants, on.fixed)
    held = tolerance.after_use(
        np.zeros((3, constants.kd.size)),
        level=tolerance.drive(load, half=on.fixed.drive_half),
        rates=model.tolerance_rates(constants),
        days=LOSSIUS_DAYS,
    )
    shift = tolerance.sedation_shift(held[0], held[1], h_fast=constants.h_fast, h_slow=constants.h_slow)
    reflex = constants.a50_muscle * tolerance.slow_shift(held[2], h=constants.h_muscle)
    return load[0] / reflex, _drowsy(load, shift[None], constants)


def _challenges(constants: Constants) -> list[Array]:
    """Effect of a challenge after an infusion, over that after placebo, where the challenge has half of the effect."""
    left = []
    for share, hours in INFUSED:
        load = constants.a50_sedation * (share / (1.0 - share)) ** (1.0 / constants.g_sedation)
        drive = tolerance.drive(load, half=arms().fixed.drive_half)
        fast = drive * -np.expm1(-np.log(2.0) / constants.t_fast_h * hours)
        shift = tolerance.sedation_shift(fast, np.zeros_like(fast), h_fast=constants.h_fast, h_slow=0.0)
        left.append(2.0 / (1.0 + shift**constants.g_sedation))
    return left


def _intravenous(constants: Constants) -> list[Array]:
    """Mean over people of the CO2 slope 3, 25 and 30 min after 0.4 mg/kg, and 5 min after 0.3 mg/kg."""
    on = arms()
    found = []
    for levels, minutes in ((on.gross, (3.0, 25.0, 30.0)), (on.forster, (5.0,))):
        plain = model.load_of({name: line[:, None] for name, line in levels.unbound.items()}, constants, on.fixed)
        plain[0] = 0.0  # the site is empty at the injection
        load = model.delayed(levels.t_h, plain, constants)
        for minute in minutes:
            at = np.array([[np.interp(minute / 60.0, levels.t_h, load[:, i]) for i in range(load.shape[1])]])
            slopes = [
                weight
                * breathing.co2_slope(
                    at,
                    most_lost=constants.co2_most,
                    half=constants.a50_breath * more,
                    shift=1.0,
                    steepness=constants.g_breath,
                )
                for more, weight in _people_like(on.breath_spread)
            ]
            found.append(np.sum(slopes, axis=0)[0])
    return found
