"""What a regimen will do, as JSON: numbers in the units of the model, beside the sentence that a reader gets."""

from __future__ import annotations

from typing import Any

from unclench.consult import Consultation
from unclench.report import schema_effects as out
from unclench.report import wording as words
from unclench.report.drawing import kept_points
from unclench.report.effect_tables import named, ordered
from unclench.report.effects import answer
from unclench.report.json_values import arrays, finite
from unclench.simulation.effect_course import Driver, EffectCourse, EffectCurve, EffectNumber
from unclench.values import Jurisdiction


def effects_out(consultation: Consultation) -> out.EffectsOut | None:
    """The effects of a consultation, or None where nothing is simulated."""
    course, jurisdiction = consultation.effects, consultation.appraisal.jurisdiction
    if course is None:
        return None
    return out.EffectsOut(
        of="proposed-regimen" if consultation.plan.chosen is not None else "current-use",
        numbers=tuple(_number(number, course, jurisdiction) for number in course.numbers),
        curves=tuple(_curve(curve) for curve in ordered(course)),
        says=tuple(words.clean(say) for say in course.says),
        people=course.people,
        assumed=tuple(words.clean(text) for text in course.assumed),
    )


def _number(number: EffectNumber, course: EffectCourse, jurisdiction: Jurisdiction) -> out.EffectNumberOut:
    return out.EffectNumberOut(
        id=number.id,
        name=words.clean(number.name),
        says=words.clean(answer(number, course, jurisdiction).says),
        unit=number.unit,
        typical=finite(number.typical),
        low=finite(number.low),
        high=finite(number.high),
        standing=number.standing.value,
        unsure_share=finite(number.unsure_share),
        monte_carlo_error=finite(number.monte_carlo_error),
        hangs_on=tuple(
            _driver(one) for one in sorted(course.drivers, key=lambda one: -one.share) if one.answer == number.id
        ),
    )


def _driver(one: Driver) -> out.DriverOut:
    kind: Any = one.kind
    return out.DriverOut(words.clean(one.cause), finite(one.share), kind)


def _curve(curve: EffectCurve) -> out.EffectCurveOut:
    kept = kept_points(curve.t_h, curve.typical)
    lines = (curve.t_h, curve.typical, curve.p05, curve.p25, curve.p50, curve.p75, curve.p95)
    return out.EffectCurveOut(curve.effect, named(curve), curve.unit, *arrays(*(line[kept] for line in lines)))
