"""What one regimen does to a patient and to people like them: levels in, an effect course out.

The levels are plain arrays of unbound ng/mL, one column per person and the typical person last; nothing here asks where
they came from. Two kinds of difference are drawn at once and told apart afterwards: how people differ, and what studies
leave open. Nothing here calls a level safe, and an antagonist has no dose here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from unclench.knowledge.load import knowledge
from unclench.models import breathing, effects
from unclench.simulation import effects_bands as bands
from unclench.simulation import effects_drivers
from unclench.simulation import effects_model as model
from unclench.simulation.effect_course import Driver, EffectCourse, EffectCurve, EffectNumber
from unclench.simulation.effects_draws import (
    Cause,
    CoMedication,
    Crowd,
    PastUse,
    adaptation_load,
    crowd_of,
    equal_in_adaptation,
    relative_load,
    start_of,
)
from unclench.simulation.effects_levels import checked, kinetic_causes
from unclench.simulation.effects_model import Start, Structure
from unclench.simulation.effects_numbers import PERCENT, Answered, Lines, answers
from unclench.simulation.effects_words import back_pain, sentences
from unclench.simulation.parameters import Numbers
from unclench.values import Answer, Regimen

Array = NDArray[np.float64]

__all__ = ["CoMedication", "PastUse", "foresee"]

SEED = 20261122
OPIOID_ONLY = frozenset({"opioid_slope", "kappa", "event_sedation", "event_opioid", "event_together"})


def foresee(
    *,
    regimen: Regimen,
    t_h: Array,
    unbound_ng_ml: Mapping[str, Array],
    age_y: Array,
    history: Sequence[PastUse] = (),
    co_medication: Sequence[CoMedication] = (),
    opioid: Answer = Answer.NO,
    alcohol: Answer = Answer.NO,
    indication: str = "",
    causes: Sequence[Cause] | None = None,
    seed: int = SEED,
) -> EffectCourse:
    """Effects over the times given.

    `t_h` (times,): hours after midnight of day 1, rising; levels count as lines between them. `unbound_ng_ml`: by
    analyte (diazepam, nordazepam, temazepam, oxazepam), each (times, people), the typical person last. `age_y`
    (people,). `history`: use before the first time, oldest first. `opioid`, `alcohol`: cannot-say is answered as yes,
    and said. `indication`: as in the appraisal. `causes`: why levels differ between people;
    left out, they are read from the levels. Raises EngineError for levels that cannot be.
    """
    checked(t_h, unbound_ng_ml, age_y)
    numbers = Numbers(knowledge(), {})
    fixed = model.structure(numbers)
    people = age_y.size - 1
    crowd = crowd_of(numbers, age_y, seed=seed, skip=_unasked(unbound_ng_ml, opioid))
    others, other_causes = relative_load(co_medication, t_h, numbers, seed=seed, people=people)
    load = model.load_of(unbound_ng_ml, crowd.constants, fixed)
    equal = np.zeros_like(t_h)[:, None] if others is None else equal_in_adaptation(others, numbers)
    load = model.delayed(t_h, load if others is None else load + others, crowd.constants)
    start = start_of(history, crowd, fixed, others=0.0 if others is None else others[0], adapting=equal[0])
    drive = _drive(t_h, adaptation_load(unbound_ng_ml, crowd, fixed, others=equal), crowd, start, numbers)
    lines = _lines(t_h, load, drive, crowd, fixed, start, numbers, opioid=opioid, alcohol=alcohol)
    asked = answers(regimen, t_h, lines, crowd, numbers)
    all_causes = (*kinetic_causes(t_h, unbound_ng_ml, causes), *other_causes, *crowd.causes)
    told, drivers = _told(asked, all_causes)
    return EffectCourse(
        regimen=regimen,
        curves=_curves(t_h, lines),
        numbers=(*told, *back_pain(numbers, indication)),
        drivers=drivers,
        says=sentences(numbers, indication=indication, opioid=opioid, alcohol=alcohol, others=bool(co_medication)),
        people=people,
        assumed=_assumed(numbers, age_y, fixed, history),
        facts=tuple(numbers.used),
    )


def _unasked(unbound_ng_ml: Mapping[str, Array], opioid: Answer) -> frozenset[str]:
    """Constants that cannot matter here."""
    absent = {"temazepam": "kt", "oxazepam": "ko", "nordazepam": "kn"}
    names = {constant for analyte, constant in absent.items() if analyte not in unbound_ng_ml}
    return frozenset(names) | (OPIOID_ONLY if opioid is Answer.NO else frozenset())


def _drive(t_h: Array, load: Array, crowd: Crowd, start: Start, numbers: Numbers) -> Array:
    """Everyone's withdrawal drive over time, over that of the reference."""
    drive = model.drive_over(t_h, load, tau_on_d=crowd.tau_on_d, tau_off_d=crowd.tau_off_d, start=start.adaptation)
    return drive / numbers.value("PD-W-REFERENCE", "1")


def _lines(
    t_h: Array,
    load: Array,
    drive: Array,
    crowd: Crowd,
    fixed: Structure,
    start: Start,
    numbers: Numbers,
    *,
    opioid: Answer,
    alcohol: Answer,
) -> Lines:
    """Everyone's effects over time."""
    constants = crowd.constants
    ran = model.run(t_h, load, constants, crowd.person, fixed, start.tolerance)
    impaired = effects.impairment_g_per_l(ran.sedation, most=constants.impair_most)
    with_alcohol = slope = events = None
    if alcohol is not Answer.NO:
        with_alcohol = effects.with_alcohol_g_per_l(
            impaired, alcohol_g_per_l=numbers.value("PD-ALCOHOL-REFERENCE", "g/L"), extra=crowd.alcohol_extra
        )
    if opioid is not Answer.NO:
        slope = breathing.slope_together(ran.co2_slope, of_opioid=constants.opioid_slope, weight=constants.kappa)
        events = breathing.event_log_odds(
            ran.sedation,
            opioid=1.0,
            by_sedation=constants.event_sedation,
            by_opioid=constants.event_opioid,
            together=constants.event_together,
        ) - np.maximum(constants.event_opioid, 0.0)
    return Lines(
        effects=ran,
        drowsy=effects.drowsy_probability(ran.sedation, on_placebo=fixed.drowsy_placebo, slope=constants.drowsy_slope),
        impaired=impaired,
        with_alcohol=with_alcohol,
        slope_together=slope,
        event_log_odds=events,
        drive=drive,
    )


def _curves(t_h: Array, lines: Lines) -> tuple[EffectCurve, ...]:
    """One curve per effect, percentages where the effect is a share."""
    shown: list[tuple[str, str, float, Array]] = [
        ("occupancy", "%", PERCENT, lines.effects.occupancy),
        ("muscle", "%", PERCENT, lines.effects.reflex),
        ("sedation", "%", PERCENT, lines.effects.sedation),
        ("drowsy", "%", PERCENT, lines.drowsy),
        ("impairment", "g/L", 1.0, lines.impaired),
        ("co2-slope", "%", PERCENT, lines.effects.co2_slope),
    ]
    if lines.slope_together is not None and lines.event_log_odds is not None:
        shown.append(("co2-slope-together", "%", PERCENT, lines.slope_together))
        shown.append(("event-together", "odds ratio", 1.0, np.exp(lines.event_log_odds)))
    shown.append(("withdrawal-drive", "% of reference", PERCENT, lines.drive))
    return tuple(bands.curve(effect, unit, t_h, values, times) for effect, unit, times, values in shown)


def _told(asked: Sequence[Answered], causes: Sequence[Cause]) -> tuple[tuple[EffectNumber, ...], tuple[Driver, ...]]:
    """Intervals, their errors, what better studies could remove, and what each answer hangs on."""
    low, high, error = bands.intervals(np.stack([one.values[:-1] for one in asked]))
    linked = np.stack([one.link(one.values[:-1]) for one in asked])
    found = effects_drivers.shares(np.stack([cause.deviates for cause in causes]), linked)
    unsure = effects_drivers.unsure_shares(causes, found)
    told = tuple(
        EffectNumber(
            id=one.id,
            name=knowledge().say(f"{one.id}-NAME"),
            typical=float(one.values[-1]),
            low=float(low[index]),
            high=float(high[index]),
            unit=one.unit,
            standing=one.standing,
            monte_carlo_error=float(error[index]),
            unsure_share=float(unsure[index]),
        )
        for index, one in enumerate(asked)
    )
    return told, effects_drivers.drivers([one.id for one in asked], causes, found)


def _assumed(numbers: Numbers, age_y: Array, fixed: Structure, history: Sequence[PastUse]) -> tuple[str, ...]:
    """What stood in for what is not known."""
    found = []
    if age_y[-1] < fixed.age_low_y or age_y[-1] > fixed.age_high_y:
        found.append(numbers.known.say("EFF-AGE-OUTSIDE", low=f"{fixed.age_low_y:g}", high=f"{fixed.age_high_y:g}"))
    if not history:
        found.append(numbers.known.say("EFF-NO-HISTORY"))
    return tuple(found)
