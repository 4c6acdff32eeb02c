"""Regimens, a body and its medicines in; courses with intervals out. The one place where they meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from unclench.appraisal.findings import Appraisal, Body, Exposure
from unclench.engine.linear import March
from unclench.knowledge.load import knowledge
from unclench.models import pk
from unclench.simulation.clearance import Spans, spans_of
from unclench.simulation.course import Course
from unclench.simulation.existing import advance, begin
from unclench.simulation.parameters import Numbers
from unclench.simulation.people import people_like
from unclench.simulation.routes import check_route
from unclench.simulation.sample import Sample
from unclench.simulation.summary import Walked, courses_of
from unclench.simulation.timeline import Marks, Stop, marks_of, stops_of, washout_steps
from unclench.simulation.watch import Watch
from unclench.values import DAY_H, Regimen, RegimenError

SEED = 20261122
FEWEST = 2
PEOPLE = 640  # and a quarter more who differ only by what studies leave unsure


def simulate(
    appraisal: Appraisal, regimens: Sequence[Regimen], *, seed: int = SEED, people: int = PEOPLE
) -> tuple[Course, ...]:
    """Simulate regimens for an appraised patient, on top of what is taken already."""
    return simulate_courses(
        body=appraisal.body,
        exposure=appraisal.exposure,
        regimens=regimens,
        existing=appraisal.current_use.regimen,
        on=appraisal.on,
        seed=seed,
        people=people,
        patient=appraisal.patient_ref,
    )


def typical_peaks(appraisal: Appraisal, regimens: Sequence[Regimen]) -> tuple[float, ...]:
    """The typical person's highest level (ng/mL) under each regimen: that person is the same however many are drawn."""
    return tuple(course.peak_ng_ml.typical for course in simulate(appraisal, regimens, people=FEWEST))


def simulate_courses(
    *,
    body: Body,
    exposure: Exposure,
    regimens: Sequence[Regimen],
    existing: Regimen | None,
    on: date,
    seed: int = SEED,
    people: int = PEOPLE,
    patient: str = "",
    fed: bool = False,
) -> tuple[Course, ...]:
    """One course per regimen. Time zero is midnight of `on`, the day on which every regimen starts.

    Raises
    ------
    RegimenError
        for a route or form that the model does not know, routes that differ, or a start on another day.
    """
    if not regimens:
        return ()
    walked = walk(
        body=body,
        exposure=exposure,
        regimens=regimens,
        existing=existing,
        on=on,
        numbers=Numbers(knowledge(), {}, Sample(seed, people, patient)),
        fed=fed,
    )
    return courses_of(walked, regimens, background=existing is not None)


def walk(
    *,
    body: Body,
    exposure: Exposure,
    regimens: Sequence[Regimen],
    existing: Regimen | None,
    on: date,
    numbers: Numbers,
    fed: bool = False,
    metabolites: int = 1,
    keep: bool = False,
) -> Walked:
    """Draw the people and walk them through all regimens at once."""
    for regimen in (*regimens, *([existing] if existing else [])):
        _check(regimen, regimens[0], on, is_existing=regimen is existing)
    first = regimens[0]
    crowd = people_like(body, numbers, route=first.route, form=first.form, fed=fed)
    spans = spans_of(exposure, crowd, metabolites=metabolites)
    past = None
    if existing is not None and (existing.route, existing.form) != (first.route, first.form):
        earlier = people_like(body, numbers, route=existing.route, form=existing.form)
        past = spans_of(exposure, earlier, metabolites=metabolites)
    marks = [marks_of(regimen) for regimen in regimens]
    begun = begin(spans, existing, on, scale=pk.NG_ML_PER_MG_L, past=past)
    watch = _walk(begun, spans, regimens, marks, numbers=numbers, keep=keep)
    return Walked(watch, spans, numbers)


def _check(regimen: Regimen, first: Regimen, on: date, *, is_existing: bool) -> None:
    check_route(regimen)
    if (regimen.route, regimen.form) != (first.route, first.form) and not is_existing:
        raise RegimenError(
            where="regimens",
            found=f"{first.route} {first.form} and {regimen.route} {regimen.form}",
            need="one route and form",
            fix="Simulate each route by itself.",
        )
    if regimen.start != on and not is_existing:
        raise RegimenError(
            where="a regimen",
            found=f"start {regimen.start}",
            need=f"start {on}",
            fix="Start on the day of the question.",
        )


def _walk(
    march: March,
    spans: Spans,
    regimens: Sequence[Regimen],
    marks: Sequence[Marks],
    *,
    numbers: Numbers,
    keep: bool,
) -> Watch:
    """Walk all regimens at once through the course and the washout, noting what is asked for."""
    march.fan_out(len(regimens))
    due: dict[float, list[float]] = {}
    for index, regimen in enumerate(regimens):
        for at, mg in regimen.timed():
            due.setdefault(at, [0.0] * len(regimens))[index] += float(mg) * pk.NG_ML_PER_MG_L
    for at in sorted(due):
        march.give(at, due[at])
    watch = Watch(march, marks, numbers.value("PK-GONE-FRACTION", "1"), spans.people.sample.people, keep)
    for stop in stops_of(regimens, marks):
        _visit(watch, spans, stop)
    _wash_out(watch, spans, longest_h=numbers.value("PK-WASHOUT-DAYS", "d") * DAY_H)
    return watch


def _visit(watch: Watch, spans: Spans, stop: Stop) -> None:
    advance(watch.march, spans, stop.at_h)
    if stop.shown:
        watch.look(show=True)
    elif stop.peaks:
        watch.look_for_peak(stop.peaks)
    watch.note_areas()


def _wash_out(watch: Watch, spans: Spans, *, longest_h: float) -> None:
    """After the last dose of all: drawn until the typical person is clear of it, followed until everyone is."""
    until = max(mark.last_dose_h for mark in watch.marks)
    wanted = {at for mark in watch.marks for at in (*mark.edges, mark.end_h) if at > until}
    steps = washout_steps(until)
    # Not before a day has passed: the last dose may still be on its way while earlier ones have long gone.
    show, last_needed = True, max((until + DAY_H, *wanted))
    for at in sorted(set(steps) | wanted):
        if at > last_needed and watch.clear():
            break
        advance(watch.march, spans, at)
        watch.look(show=show)
        watch.note_areas()
        show = show and not (at >= last_needed and (watch.typical_gone() or at - until >= longest_h))
    watch.flush()
