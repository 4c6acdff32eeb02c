"""Stated doses in one patient as JSON for a live page. Every sentence is that of the reports, every curve has words."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from unclench.consult import Simulation
from unclench.planning.stated import above_limits
from unclench.report import schema_live as out
from unclench.report import wording as words
from unclench.report.drawing import kept_points
from unclench.report.effect_plots import told
from unclench.report.effect_tables import named, ordered, when
from unclench.report.effects import Subject, references, subjects
from unclench.report.json_taper import made_with_out
from unclench.report.json_values import arrays, finite
from unclench.report.levels import NumberLine, level_drivers, numbers
from unclench.report.plots import summary_of as levels_told
from unclench.report.quantities import scale
from unclench.report.subjects import SUBJECTS
from unclench.simulation.course import Course, Curve
from unclench.simulation.effect_course import EffectCourse, EffectCurve
from unclench.values import Jurisdiction

LEVELS = "levels"
SUMMED = ("diazepam", "nordazepam")
BUCKETS = 90


def simulated_json(simulation: Simulation, what_if: tuple[str, ...] = ()) -> bytes:
    """The bytes of one simulation, on one line. `what_if`: how the patient differs from the record."""
    return msgspec.json.encode(to_live(simulation, what_if))


def to_live(simulation: Simulation, what_if: tuple[str, ...] = ()) -> out.LiveOut:
    """The simulation as plain values of the published shape."""
    appraisal, regimen, course, made = (
        simulation.appraisal,
        simulation.regimen,
        simulation.course,
        simulation.made_with,
    )
    broken = above_limits(appraisal)
    effects, law = simulation.effects, appraisal.jurisdiction
    told_of = subjects(effects, law, drawn=False) if effects is not None else ()
    return out.LiveOut(
        jurisdiction=law.value,
        on=appraisal.on.isoformat(),
        not_reviewed=" ".join(words.statements("not-reviewed")),
        verdict=appraisal.verdict.value if appraisal.verdict is not None else None,
        verdict_words=words.VERDICTS[appraisal.verdict],
        because=_texts(appraisal.verdict_because),
        provided_that=_texts(appraisal.provided_that),
        patient=words.person(appraisal.body),
        regimen=words.regimen_words(regimen),
        days=regimen.days,
        total_mg=float(regimen.total_mg),
        max_mg_per_day=float(regimen.max_mg_per_day),
        dose_times_h=tuple(at for at, _ in regimen.timed()),
        above_limits=tuple(
            out.LiveFinding(one.rule, words.clean(one.title), words.clean(one.say), one.effect.value)
            for one in appraisal.findings
            if one.rule in broken
        ),
        curves=(*_levels(course), *(_effects(effects, law) if effects else ())),
        numbers=(*(_level_number(line) for line in numbers(course, law)), *_numbers(told_of)),
        notes=tuple(_notes(course, told_of)),
        what_if=_texts(what_if),
        assumed=_texts((*course.assumed, *(effects.assumed if effects else ()))),
        extrapolated=_texts(course.extrapolated),
        people=course.people,
        facts=tuple(sorted({*appraisal.facts, *course.facts, *(effects.facts if effects else ())})),
        seed=made.seed,
        made_with=made_with_out(made),
    )


def _texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(words.clean(text) for text in texts)


def _levels(course: Course) -> Iterator[out.LiveCurve]:
    for curve in course.curves:
        if curve.kind == "total":
            said = levels_told(course, curve.analyte) if curve.analyte in SUMMED else _highest(curve)
            yield _curve(curve, curve.analyte, LEVELS, words.capital(curve.analyte), curve.unit, 1.0, said)


def _highest(curve: Curve) -> str:
    """Where a level is highest, for the analytes whose peak no consultation sums up."""
    at = int(curve.typical.argmax())
    low, high = words.number(float(curve.p05[at])), words.number(float(curve.p95[at]))
    return (
        f"{words.capital(curve.analyte)} is highest on {when(float(curve.t_h[at]))}, at "
        f"{words.number(float(curve.typical[at]))} {curve.unit} ({low} to {high})."
    )


def _effects(course: EffectCourse, law: Jurisdiction) -> Iterator[out.LiveCurve]:
    held = references()
    for curve in ordered(course):
        shown = scale(curve.unit, law)
        value, name = held.get(curve.effect, (None, ""))
        made = _curve(
            curve, curve.effect, subject_of(curve.effect), named(curve), shown.unit, shown.factor, told(curve, law)
        )
        yield (
            made
            if value is None
            else msgspec.structs.replace(made, reference=finite(value * shown.factor), reference_name=name)
        )


def subject_of(effect: str) -> str:
    """The subject under which an effect is told; none for what no report draws."""
    return next(
        (plan.key for plan in SUBJECTS if any(effect in effects for effects, _ in plan.drawings)),
        "breathing" if effect.startswith("co2") else "",
    )


def _curve(
    curve: Curve | EffectCurve, key: str, subject: str, name: str, unit: str, factor: float, said: str
) -> out.LiveCurve:
    kept = kept_points(curve.t_h, curve.typical, BUCKETS)

    bands = (curve.typical, curve.p05, curve.p25, curve.p75, curve.p95)
    t_h, typical, p05, p25, p75, p95 = arrays(curve.t_h[kept], *(line[kept] * factor for line in bands))
    return out.LiveCurve(key, subject, name, unit, said, t_h, typical, p05, p25, p75, p95)


def _level_number(line: NumberLine) -> out.LiveNumber:
    return out.LiveNumber(
        id="",
        subject=LEVELS,
        name=line.name,
        says=f"{line.name}: {line.typical} {line.unit} ({line.interval}).",
        typical=f"{line.typical} {line.unit}",
        interval=line.interval,
        mark="",
    )


def _numbers(told: tuple[Subject, ...]) -> Iterator[out.LiveNumber]:
    for subject in told:
        for line in subject.answers:
            yield out.LiveNumber(line.id, subject.key, line.name, line.says, line.typical, line.interval, line.mark)


def _notes(course: Course, told: tuple[Subject, ...]) -> Iterator[out.LiveNotes]:
    yield out.LiveNotes(LEVELS, _texts((*words.statements("curves"), *level_drivers(course))))
    for subject in told:
        if subject.notes:
            yield out.LiveNotes(subject.key, _texts(subject.notes))
