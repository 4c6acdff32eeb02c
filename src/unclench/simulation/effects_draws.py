"""Who is simulated: constants that studies leave open, how people differ, and what was taken before today.

Each simulated person carries one draw of the constants and one set of personal deviations; the typical person, last,
carries the middle of both. What each answer hangs on is read from the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.engine import draw
from unclench.models import adaptation, receptor, tolerance
from unclench.simulation import effects_model as model
from unclench.simulation.effects_constants import UNSURE, Constants, Unsure, drawn, spread
from unclench.simulation.effects_model import Person, Start, Structure
from unclench.simulation.parameters import Numbers
from unclench.simulation.sample import Z90

Array = NDArray[np.float64]

PERSON, KNOWLEDGE = "person", "knowledge"
SENSITIVE = "CAUSE-SENSITIVE"
ADAPTS = "CAUSE-ADAPTS"
DOSE_OCCUPANCY = "CAUSE-DOSE-OCCUPANCY"
LATE_ADAPTS = "CAUSE-LATE-ADAPTS"
TABLES = "CAUSE-TABLES"
# Only the fit needs these.
SILENT = frozenset({"eeg_most", "delta"})


@dataclass(frozen=True, slots=True, eq=False)
class PastUse:
    """Some days of use before the first time, at one daily average of the unbound levels. Oldest first."""

    days: float
    unbound_ng_ml: Mapping[str, Array]  # (people,), the typical person last


@dataclass(frozen=True, slots=True)
class Equal:
    """Milligrams of another drug that tables call equal to 10 mg of diazepam, and how fast that drug goes."""

    mg: float
    low_mg: float
    high_mg: float
    half_life_h: float


@dataclass(frozen=True, slots=True)
class CoMedication:
    """Another benzodiazepine by mouth: a relative load only, never a level. Hours after midnight of day 1."""

    drug: str
    mg_per_day: float
    from_h: float = -np.inf
    to_h: float = np.inf
    equal: Equal | None = None  # None: the numbers of the model (PD-EQ-, PD-HALF-)


@dataclass(frozen=True, slots=True, eq=False)
class Cause:
    """One input of the draws: in words, whose it is, and its deviates (people,) without the typical person."""

    name: str
    kind: str
    deviates: Array


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Everyone simulated, the typical person last."""

    constants: Constants
    person: Person
    tau_on_d: Array
    tau_off_d: Array
    withdrawal_load: Array  # multiple of the load, for adaptation only: keeps the wide range of the ED50
    late_counted: Array  # share of the load of nordazepam and its oxazepam that adaptation counts
    alcohol_extra: Array
    causes: tuple[Cause, ...]


def crowd_of(numbers: Numbers, age_y: Array, *, seed: int, skip: frozenset[str]) -> Crowd:
    """Draw everyone. `skip`: names of constants that no answer can hang on here."""
    people = age_y.size - 1
    constants, deviates = drawn(numbers.known, seed=seed, people=people)
    causes = [
        Cause(numbers.known.say(each.cause), KNOWLEDGE, deviates[index, :-1])
        for index, each in enumerate(UNSURE)
        if each.name not in skip | SILENT
    ]
    for each in UNSURE:
        numbers.used[each.row] = None

    def own(purpose: str, cause: str, kind: str = PERSON) -> Array:
        plain = np.append(draw.normal(seed, purpose, people), 0.0)
        causes.append(Cause(numbers.known.say(cause), kind, plain[:-1]))
        return plain

    person = Person(
        age_y=age_y,
        sedation=np.exp(constants.sensitivity_sd * own("sensitivity to sedation", SENSITIVE)),
        muscle=np.exp(numbers.log_sd("PD-A50-MUSCLE") * own("sensitivity of reflexes", SENSITIVE)),
        breathing=np.exp(numbers.log_sd("PD-A50-BREATH") * own("sensitivity of breathing", SENSITIVE)),
    )
    tau_off = _lognormal(numbers, "PD-TAU-OFF", own("loss of adaptation", ADAPTS))
    slow = np.append(draw.uniform(seed, "slow to lose adaptation", people), 1.0) < numbers.value("PD-SLOW-SHARE", "1")
    return Crowd(
        constants=constants,
        person=person,
        tau_on_d=_lognormal(numbers, "PD-TAU-ON", own("adaptation", ADAPTS)),
        tau_off_d=np.where(slow, np.maximum(numbers.value("PD-TAU-SLOW", "d"), tau_off), tau_off),
        withdrawal_load=np.exp(_further_ed50(numbers) * own("dose and occupancy", DOSE_OCCUPANCY, KNOWLEDGE)),
        late_counted=_late_counted(numbers, own("late metabolites in adaptation", LATE_ADAPTS, KNOWLEDGE)),
        alcohol_extra=_alcohol_extra(numbers, seed=seed, people=people),
        causes=tuple(causes),
    )


def _lognormal(numbers: Numbers, row: str, deviates: Array) -> Array:
    return numbers.value(row, "d") * np.exp(numbers.log_sd(row) * deviates)


def _further_ed50(numbers: Numbers) -> float:
    """Log-SD that the wide range of the ED50 needs beyond what affinity already carries."""
    low, high = numbers.range("PD-ED50")
    numbers.used["PD-ED50"] = None
    whole = np.log(high / low) / (2.0 * Z90)
    affinity = spread(numbers.known).sd[[each.name for each in UNSURE].index("kd")]
    return float(np.sqrt(max(whole**2 - affinity**2, 0.0)))


def _late_counted(numbers: Numbers, deviates: Array) -> Array:
    """Apart from the other constants, so that their draws stay as they are."""
    row = Unsure("late_counted", "PD-LATE-ADAPTS", "1", "logit", LATE_ADAPTS)
    low, high = (float(row.onto(end)) for end in numbers.range(row.row))
    middle = float(row.onto(numbers.value(row.row, row.unit)))
    return row.back(middle + (high - low) / (2.0 * Z90) * deviates)


def _alcohol_extra(numbers: Numbers, *, seed: int, people: int) -> Array:
    """What diazepam and alcohol do beyond their sum: nothing in most people, and in the typical one."""
    chosen = draw.uniform(seed, "alcohol adds more", people) < numbers.value("PD-ALCOHOL-EXTRA-SHARE", "1")
    return np.append(np.where(chosen, numbers.value("PD-ALCOHOL-EXTRA", "1"), 0.0), 0.0)


def adaptation_coefficients(crowd: Crowd, fixed: Structure) -> dict[str, Array]:
    """By analyte, (columns,): what one unbound ng/mL adds to the load that adaptation follows."""
    counted = model.as_adaptation_counts(model.load_per_ng_ml(crowd.constants, fixed), crowd.late_counted)
    return {analyte: each * crowd.withdrawal_load for analyte, each in counted.items()}


def adaptation_load(
    unbound_ng_ml: Mapping[str, Array], crowd: Crowd, fixed: Structure, *, others: Array | float = 0.0
) -> Array:
    """The load whose share of receptors adaptation follows. `others`: as `equal_in_adaptation` gives it.

    The same site and the same loads as for every effect; only what stays after diazepam has gone counts less. The delay
    between plasma and site is minutes, and adaptation takes days: it is left out.
    """
    total: Array = model.summed(unbound_ng_ml, adaptation_coefficients(crowd, fixed)) + others * crowd.withdrawal_load
    return total


def equal_in_adaptation(others: Array, numbers: Numbers) -> Array:
    """The relative load of other benzodiazepines as adaptation counts it.

    A dose that tables call equal to diazepam stays equal: it weighs as much as that diazepam and its metabolites do.
    """
    of_diazepam = numbers.value("PD-ED50", "mg/d") * numbers.value("PD-LOAD-PER-MG", "d/mg")
    return others / of_diazepam


def start_of(
    history: Sequence[PastUse], crowd: Crowd, fixed: Structure, *, others: Array | float, adapting: Array | float
) -> Start:
    """Tolerance and adaptation after what was taken before, none where nothing was.

    `others`: the load of other benzodiazepines, and `adapting`: the same as adaptation counts it.
    """
    size = crowd.tau_on_d.size
    held, adapted = np.zeros((3, size)), np.zeros(size)
    for past in history:
        load = model.load_of(past.unbound_ng_ml, crowd.constants, fixed) + others
        held = tolerance.after_use(
            held,
            level=tolerance.drive(load, half=fixed.drive_half),
            rates=model.tolerance_rates(crowd.constants),
            days=past.days,
        )
        adapted = adaptation.adapted_after(
            adapted,
            level=receptor.occupancy(adaptation_load(past.unbound_ng_ml, crowd, fixed, others=adapting)),
            tau_on_d=crowd.tau_on_d,
            tau_off_d=crowd.tau_off_d,
            days=past.days,
        )
    return Start(tolerance=held, adaptation=adapted)


def relative_load(
    taken: Sequence[CoMedication], t_h: Array, numbers: Numbers, *, seed: int, people: int
) -> tuple[Array | None, tuple[Cause, ...]]:
    """(times, people + 1): what other benzodiazepines add, as the load of the diazepam that tables call equal.

    The average of a day: it comes and goes with the drug's own half-life, and never is a level.
    """
    total: Array | None = None
    causes: list[Cause] = []
    for one in taken:
        by = one.equal or _equal_of(numbers, one.drug)
        deviates = np.append(draw.normal(seed, f"equivalence {one.drug}", people), 0.0)
        causes.append(Cause(numbers.known.say(TABLES), KNOWLEDGE, deviates[:-1]))
        equal = by.mg * np.exp(np.log(by.high_mg / by.low_mg) / (2.0 * Z90) * deviates)
        steady = 10.0 * one.mg_per_day / equal * numbers.value("PD-LOAD-PER-MG", "d/mg")
        there = _there(t_h, one, by.half_life_h)
        added = there[:, None] * steady
        total = added if total is None else total + added
    return total, tuple(causes)


def _equal_of(numbers: Numbers, drug: str) -> Equal:
    row = f"PD-EQ-{drug.upper()}"
    return Equal(numbers.value(row, "mg"), *numbers.range(row), numbers.value(f"PD-HALF-{drug.upper()}", "h"))


def _there(t_h: Array, one: CoMedication, half_life_h: float) -> Array:
    """Share of the steady load that is there."""
    came = -np.expm1(-np.log(2.0) * np.maximum(np.minimum(t_h, one.to_h) - one.from_h, 0.0) / half_life_h)
    left: Array = came * np.exp2(-np.maximum(t_h - one.to_h, 0.0) / half_life_h)
    return left
