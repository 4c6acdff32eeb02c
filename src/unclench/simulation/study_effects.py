"""What an arm would have felt or breathed: the effect model on the levels of the people of a virtual study.

Constants of effect are drawn once per replicate, sensitivity once per person. Only the measures named here have an
equation; every other endpoint is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unclench.engine import draw
from unclench.knowledge.load import Knowledge
from unclench.models import effects
from unclench.simulation import effects_model as model
from unclench.simulation.effects_constants import UNSURE, Constants, drawn
from unclench.simulation.effects_model import Effects, Person
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.simulation.study_arm import Arm
from unclench.simulation.study_model import kinetics_of
from unclench.simulation.study_people import MOST_LEVELS, Group, check_size, group_of
from unclench.simulation.study_text import refuse
from unclench.simulation.study_values import Measured
from unclench.values import DAY_H, RecordError

Array = NDArray[np.float64]

# Endpoints in words, where a table has no column `measure`.
WORDS = (
    (r"co2 response slope|co2.slope", "co2_slope_ratio"),
    (r"drowsiness|somnolence|drowsy", "drowsy"),
    (r"bac equivalence|alcohol equivalent", "alcohol_equivalent"),
    (r"eeg amplitude 13", "eeg_beta_points"),
)
TIMED = ("co2_slope_ratio", "alcohol_equivalent")
# Hours at which a single dose is followed, and points a day of a course.
SINGLE_H = (
    0.0,
    0.02,
    0.05,
    0.1,
    0.17,
    0.25,
    0.33,
    0.42,
    0.5,
    0.67,
    0.75,
    1.0,
    1.25,
    1.5,
    2.0,
    3.0,
    4.0,
    6.0,
    8.0,
    12.0,
)
POINTS_A_DAY = 4
# A bound of memory: each point is held some twenty times.
MOST_EFFECT_POINTS = 10_000_000
G_PER_L_PER_PERCENT = 10.0


@dataclass(frozen=True, slots=True)
class EffectArm:
    """An arm with one observation of effect."""

    arm: Arm
    measure: str
    time_h: float | None
    observed: float | None


def measure_of(row: Mapping[str, str]) -> str:
    """Which effect a row observed.

    Raises
    ------
    RecordError
        for an endpoint without an equation.
    """
    named = (row.get("measure") or "").strip()
    known = tuple(dict.fromkeys(measure for _, measure in WORDS))
    if named in known:
        return named
    endpoint = (row.get("endpoint") or "").lower()
    if not named:
        for pattern, measure in WORDS:
            if re.search(pattern, endpoint):
                return measure
    raise refuse("measure", named or endpoint, "one of: " + ", ".join(known), "This endpoint has no equation.")


def effect_of(subject: EffectArm, known: Knowledge, *, seed: int, replicates: int) -> tuple[Array, Group]:
    """The effect of everybody, (replicates, people): what the study would have averaged."""
    arm = subject.arm
    group = group_of(arm, known, seed=seed, replicates=replicates)
    times = _times(subject)
    check_size("time_h", group.draws.columns * times.size, MOST_EFFECT_POINTS, "points of all curves")
    levels = group.draws.columns * times.size * len(arm.doses or ())
    check_size("regimen", levels, MOST_LEVELS, "doses at all points of all curves")
    numbers = Numbers(known, {})
    fixed = model.structure(numbers)
    constants = _constants(group, known, seed)
    person = _person(group, numbers, constants)
    load = model.load_of(_unbound(arm, group, known, times), constants, fixed)
    load = model.delayed(times, load, constants)
    ran = model.run(times, load, constants, person, fixed, np.zeros((3, group.draws.columns)))
    values = _value(subject, times, ran, constants, group, fixed.drowsy_placebo)
    return values.reshape(replicates, -1), group


def _times(subject: EffectArm) -> Array:
    if subject.measure in TIMED and subject.time_h is None:
        raise RecordError(where="time_h", found="no time", need="hours after the dose", fix="Give the time.")
    doses = subject.arm.doses
    if not doses:
        raise RecordError(where="regimen", found="no end of the course", need="doses in time", fix="Give the regimen.")
    end = doses[-1][0]
    if end < DAY_H:
        last = subject.time_h if subject.time_h is not None else SINGLE_H[-1]
        return np.unique([*(at for at in SINGLE_H if at <= last), last])
    spread = np.linspace(0.0, end + DAY_H, round((end / DAY_H + 1) * POINTS_A_DAY) + 1)
    # The very hour that was observed is one of them: a quarter of a day away is another level.
    return np.union1d(spread, [subject.time_h]) if subject.measure in TIMED and subject.time_h is not None else spread


def _constants(group: Group, known: Knowledge, seed: int) -> Constants:
    """One draw per replicate, the same for its people."""
    found, _ = drawn(known, seed=seed, people=group.draws.replicates)
    each = {one.name: np.repeat(getattr(found, one.name)[:-1], group.draws.n) for one in UNSURE}
    return Constants(**each)


def _person(group: Group, numbers: Numbers, constants: Constants) -> Person:
    draws = group.draws
    return Person(
        age_y=group.age_y,
        sedation=np.exp(constants.sensitivity_sd * draws.normal("sensitivity to sedation")),
        muscle=np.exp(numbers.log_sd("PD-A50-MUSCLE") * draws.normal("sensitivity of reflexes")),
        breathing=np.exp(numbers.log_sd("PD-A50-BREATH") * draws.normal("sensitivity of breathing")),
    )


def _unbound(arm: Arm, group: Group, known: Knowledge, times: Array) -> dict[str, Array]:
    """(times, columns) of each analyte that the dose brings."""
    names = ANALYTES if arm.given == "diazepam" else (arm.given,)
    found = {}
    for name in names:
        measured = Measured(arm, kinetics_of(replace(arm, analyte=name), group, known), group.weight_kg, 1.0)
        total = np.stack([measured.level(float(at), "effect") for at in times])
        found[name] = total * group.disposition.unbound[ANALYTES.index(name)]
    return found


def _value(
    subject: EffectArm, times: Array, ran: Effects, constants: Constants, group: Group, on_placebo: float
) -> Array:
    at = -1 if subject.time_h is None else int(np.argmin(np.abs(times - subject.time_h)))
    if subject.measure == "co2_slope_ratio":
        slope: Array = ran.co2_slope[at]
        return slope
    if subject.measure == "alcohol_equivalent":
        impaired = effects.impairment_g_per_l(ran.sedation[at], most=constants.impair_most)
        percent: Array = impaired / G_PER_L_PER_PERCENT
        return percent
    if subject.measure == "eeg_beta_points":
        points: Array = constants.eeg_most * ran.sedation.max(axis=0)
        return points
    chance = effects.drowsy_probability(ran.sedation, on_placebo=on_placebo, slope=constants.drowsy_slope)
    last_day = times >= times[-1] - DAY_H
    share = chance[last_day].mean(axis=0) if last_day.sum() > 1 else chance.max(axis=0)
    # A study counts people, so it has the scatter of counting.
    drowsy: Array = (draw.uniform(group.draws.seed, "who is drowsy", share.size, group.draws.key) < share) * 1.0
    return drowsy
