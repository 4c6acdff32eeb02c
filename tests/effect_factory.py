"""Made-up effect courses for tests of reports: the right shape, bands in order, no evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.consultation_factory import consultation, hostile_consultation, levels, regimen
from unclench.consult import Consultation
from unclench.planning.shown import shown
from unclench.simulation.effect_course import Driver, EffectCourse, EffectCurve, EffectNumber
from unclench.values import Regimen, Standing

WITH_EFFECTS = ("not-first-line", "usable-with-changes", "reasonable", "continuing")
PROJECT, DERIVED = Standing.PROJECT, Standing.DERIVED


def load(given: Regimen, t_h: np.ndarray) -> np.ndarray:
    """Something that rises and falls as a receptor load does."""
    parent = levels(given, 0.018, 1.2, 20.0, t_h)
    return (parent + levels(given, 0.009, 0.02, 8.0, t_h)) / 800


def effect_curve(effect: str, given: Regimen) -> EffectCurve:
    """A curve of this effect, with bands around it."""
    t_h = np.linspace(0, (given.days + 14) * 24, (given.days + 14) * 24 + 1)
    a = load(given, t_h)
    unit, low, high = "%", 0.5, 1.9
    match effect:
        case "muscle":
            middle = 60 * a**1.5 / (0.33**1.5 + a**1.5)
        case "drowsy":
            middle, low, high = 10 + 50 * a**2 / (0.3**2 + a**2), 0.6, 1.5
        case "impairment":
            unit, middle, low, high = "g/L", 1.5 * a, 0.3, 2.6
        case "co2-slope" | "co2-slope-together":
            depth = 50 if effect == "co2-slope" else 80
            middle, low, high = 100 - depth * a**2 / (0.38**2 + a**2), 0.8, 1.05
        case "event-together":
            unit, middle = "odds ratio", 1 + 6 * a
        case "withdrawal-drive":
            after = t_h / 24 - given.days
            unit, middle = "% of reference", np.where(after > 0, 20 * np.exp(-(((after - 6) / 4) ** 2)), 0)
        case _:
            middle = 100 * a / (1 + a)
    most = 100.0 if unit == "%" else None
    bands = [np.clip(middle * share, 0, most) for share in (low, (1 + low) / 2, 1.0, (1 + high) / 2, high)]
    return EffectCurve(effect, unit, t_h, middle, *bands)


def number(key: str, name: str, typical: float, low: float, high: float, unit: str, **more: object) -> EffectNumber:
    made = EffectNumber(key, name, typical, low, high, unit, PROJECT, abs(high - low) / 50, 0.4)
    return replace(made, **more)  # type: ignore[arg-type]


def numbers() -> tuple[EffectNumber, ...]:
    return (
        number("EFF-OCCUPANCY", "Receptors held at the most", 31.0, 15.0, 52.0, "%"),
        number("EFF-REFLEX-PEAK", "Reflex excess removed, at the most", 29.0, 9.0, 52.0, "%"),
        number("EFF-REFLEX-MEAN", "Reflex excess removed, over a full day", 21.0, 6.0, 44.0, "%"),
        number("EFF-TONE-PEAK", "Resting tone removed, at the most", 12.0, 2.0, 38.0, "%"),
        number("EFF-BACK-PAIN", "Low back pain", 0.2, -0.244, 0.644, "log-odds", standing=DERIVED, unsure_share=1.0),
        number("EFF-DROWSY-DAY-1", "Chance of drowsiness, first day", 24.0, 12.0, 45.0, "%"),
        number("EFF-DROWSY-PEAK", "Chance of drowsiness, at its highest", 33.0, 14.0, 58.0, "%"),
        number("EFF-DROWSY-STEADY", "Chance of drowsiness, later", 28.0, 9.0, 52.0, "%", standing=DERIVED),
        number("EFF-IMPAIRED-PEAK", "Impairment at the most, as alcohol in blood", 0.34, 0.09, 0.88, "g/L"),
        number("EFF-NEXT-MORNING", "Impairment on the worst next morning, as alcohol in blood", 0.21, 0.05, 0.6, "g/L"),
        number("EFF-IMPAIRED-ALCOHOL", "Impairment with alcohol, as alcohol in blood", 0.86, 0.59, 1.5, "g/L"),
        number("EFF-BACK-UNDER", "Hours from the last dose until impairment is small", 11.0, 2.0, 31.0, "h"),
        number("EFF-CO2-SLOPE", "Response of breathing to CO2, at its lowest", 83.0, 61.0, 95.0, "%"),
        number("EFF-CO2-TOGETHER", "Response of breathing to CO2 with the opioid", 52.0, 30.0, 80.0, "%"),
        number("EFF-EVENT-TOGETHER", "Odds of low oxygen", 2.4, 0.6, 11.0, "odds ratio", unsure_share=0.8),
        number("EFF-TOLERANCE-END", "Tolerance of sedation at the end, times", 1.5, 1.1, 2.3, "ratio"),
        number("EFF-WITHDRAWAL-PEAK", "Withdrawal drive at the most", 20.0, 5.0, 52.0, "% of reference"),
    )  # fmt: skip


def drivers() -> tuple[Driver, ...]:
    causes = (
        ("how sensitive this person is", 0.42, "person"),
        ("how strongly the active metabolite acts", 0.23, "knowledge"),
        ("how fast this person clears diazepam", 0.15, "person"),
        ("the unbound share in blood", 0.05, "person"),
    )
    return tuple(Driver(one.id, *cause) for one in numbers() for cause in causes)


def effect_course(given: Regimen | None = None, *, together: bool = False) -> EffectCourse:
    """What this regimen does, with or without an opioid and alcohol beside it."""
    given = given or regimen()
    effects = ["occupancy", "muscle", "sedation", "drowsy", "impairment", "co2-slope", "withdrawal-drive"]
    if together:
        effects += ["co2-slope-together", "event-together"]
    kept = tuple(one for one in numbers() if together or not one.id.endswith(("TOGETHER", "ALCOHOL")))
    return EffectCourse(
        regimen=given,
        curves=tuple(effect_curve(effect, given) for effect in effects),
        numbers=kept,
        drivers=tuple(one for one in drivers() if one.answer in {two.id for two in kept}),
        says=("A sentence of the model that belongs to no subject.",),
        people=1000,
        assumed=("Sensitivity is that of a healthy adult of this age.",),
        facts=(),
    )


def with_effects(kind: str = "usable-with-changes", *, together: bool = True) -> Consultation:
    """One of WITH_EFFECTS, with a made-up effect course of the regimen that is shown."""
    return foreseeing(consultation(kind), together=together)


def foreseeing(one: Consultation, *, together: bool = False) -> Consultation:
    """The same consultation with a made-up effect course, where one has something to show."""
    course = shown(one.appraisal, one.courses, one.plan)
    return replace(one, effects=effect_course(course.regimen, together=together)) if course is not None else one


def hostile_effects(text: str) -> Consultation:
    """Hostile text also where an effect course names a medicine, a cause or what stood in for what is not known."""
    made = effect_course(together=True)
    spoilt = replace(
        made,
        numbers=tuple(replace(one, name=text) for one in made.numbers),
        drivers=tuple(replace(one, cause=text) for one in made.drivers),
        says=(text,),
        assumed=(text,),
    )
    return replace(hostile_consultation(text), effects=spoilt)
