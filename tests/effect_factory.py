"""Made-up effect courses for tests of reports: the right shape, bands in order, no evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.consultation_factory import consultation, hostile_consultation, levels, regimen
from unclench.consult import Consultation
from unclench.knowledge import knowledge
from unclench.planning.shown import shown
from unclench.simulation.effect_course import Driver, EffectCourse, EffectCurve, EffectNumber
from unclench.values import Regimen, Standing

WITH_EFFECTS = ("not-first-line", "usable-with-changes", "reasonable", "continuing")
PROJECT, DERIVED, READ = Standing.PROJECT, Standing.DERIVED, Standing.READ


def load(given: Regimen, t_h: np.ndarray) -> np.ndarray:
    """Something that rises and falls as a receptor load does."""
    parent = levels(given, 0.018, 1.2, 20.0, t_h)
    return (parent + levels(given, 0.009, 0.02, 8.0, t_h)) / 800


def effect_curve(effect: str, given: Regimen) -> EffectCurve:
    """A curve of this effect, with bands around it."""
    t_h = np.linspace(0, (given.days + 14) * 24, (given.days + 14) * 24 + 1)
    a = load(given, t_h)
    unit, low, high = "1", 0.5, 1.9
    match effect:
        case "muscle":
            middle = 0.6 * a**1.5 / (0.33**1.5 + a**1.5)
        case "drowsy":
            unit, middle = "probability", 0.10 + 0.5 * a**2 / (0.3**2 + a**2)
            low, high = 0.6, 1.5
        case "impairment":
            unit, middle, low, high = "g/L", 1.5 * a, 0.3, 2.6
        case "co2-slope" | "co2-slope-together":
            depth = 0.5 if effect == "co2-slope" else 0.8
            middle, low, high = 1 - depth * a**2 / (0.38**2 + a**2), 0.8, 1.05
        case "event-together":
            unit, middle = "probability", 0.02 + 0.2 * a
        case "withdrawal-drive":
            unit, middle = (
                "scale 0 to 10",
                np.where(t_h > given.days * 24, 2 * np.exp(-(((t_h / 24 - given.days - 6) / 4) ** 2)), 0),
            )
        case _:
            middle = a / (1 + a)
    bands = [
        np.clip(middle * share, 0, 1.0 if unit in ("1", "probability") else None)
        for share in (low, 0.9, 1.0, 1.1, high)
    ]
    return EffectCurve(effect, unit, t_h, middle, *bands)


def number(key: str, typical: float, low: float, high: float, unit: str, **more: object) -> EffectNumber:
    made = EffectNumber(key, key.lower(), typical, low, high, unit, PROJECT, abs(high - low) / 50, 0.4)
    return replace(made, **more)  # type: ignore[arg-type]


def numbers() -> tuple[EffectNumber, ...]:
    return (
        number("EFF-TONE-FIRST", 0.17, 0.05, 0.38, "1"),
        number("EFF-TONE-LAST", 0.29, 0.09, 0.52, "1"),
        number("EFF-LOW-BACK-PAIN", 1.22, 0.78, 1.9, "ratio", standing=DERIVED, unsure_share=0.95),
        number("EFF-DROWSY-FIRST", 0.24, 0.12, 0.45, "probability"),
        number("EFF-DROWSY-LAST", 0.28, 0.11, 0.52, "probability"),
        number("EFF-DROWSY-PLACEBO", 0.10, 0.07, 0.14, "probability", standing=READ, unsure_share=1.0),
        number("EFF-IMPAIRED-FIRST", 0.34, 0.09, 0.88, "g/L"),
        number("EFF-IMPAIRED-MORNING", 0.21, 0.05, 0.6, "g/L"),
        number("EFF-IMPAIRED-LAST", 0.45, 0.12, 1.21, "g/L"),
        number("EFF-STATED-LEVEL", 0.2, 0.2, 0.2, "g/L", monte_carlo_error=0.0, unsure_share=0.0),
        number("EFF-HOURS-BACK", 11.0, 2.0, 31.0, "h"),
        number("EFF-CO2-ALONE", 0.83, 0.61, 0.95, "1"),
        number("EFF-CO2-TOGETHER", 0.52, 0.3, 0.8, "1", name="the opioid (oxycodone)"),
        number("EFF-EVENT-TOGETHER", 0.12, 0.02, 0.41, "probability", name="the opioid (oxycodone)", unsure_share=0.8),
        number("EFF-TOLERANCE-SEDATION", 1.5, 1.1, 2.3, "ratio"),
        number("EFF-TOLERANCE-MUSCLE", 1.1, 1.0, 1.4, "ratio"),
        number("EFF-WITHDRAWAL-PEAK", 2.0, 0.5, 5.2, "of 10"),
        number("EFF-WITHDRAWAL-DAY", 6.0, 3.0, 14.0, "d"),
        number("EFF-OCCUPANCY-PEAK", 0.31, 0.15, 0.52, "1"),
        number("EFF-METABOLITE-SHARE", 0.55, 0.41, 0.68, "1"),
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
    """What this regimen does, with or without an opioid or alcohol beside it."""
    given = given or regimen()
    effects = ["occupancy", "muscle", "sedation", "drowsy", "impairment", "co2-slope", "withdrawal-drive"]
    if together:
        effects += ["co2-slope-together", "event-together"]
    kept = tuple(one for one in numbers() if together or "TOGETHER" not in one.id)
    says = ("EFF-STRENGTH", "EFF-WITHDRAWAL-UNVALIDATED")
    return EffectCourse(
        regimen=given,
        curves=tuple(effect_curve(effect, given) for effect in effects),
        numbers=kept,
        drivers=tuple(one for one in drivers() if one.answer in {two.id for two in kept}),
        says=(*(knowledge().say(key) for key in says), "A sentence of the model that stands nowhere else."),
        people=1000,
        assumed=("Sensitivity is that of a healthy adult of this age.",),
        facts=(*says, *(one.id for one in kept)),
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
