"""Regimens, a body and its medicines in; courses with intervals out. The one place where they meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Appraisal, Body, Exposure
from unclench.knowledge.load import knowledge
from unclench.models import pk
from unclench.simulation.clearance import Spans, spans_of
from unclench.simulation.course import Course, Curve, Span
from unclench.simulation.existing import DAY_H, advance, begin
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.simulation.people import People, people_like
from unclench.simulation.routes import check_route
from unclench.simulation.sample import Sample
from unclench.simulation.spans import span_of
from unclench.simulation.timeline import Marks, Stop, marks_of, stops_of, washout_steps
from unclench.simulation.watch import Watch
from unclench.values import Regimen, RegimenError

Array = NDArray[np.float64]

SEED = 20261122
PEOPLE = 800  # and a quarter more who differ only by what studies leave unsure


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
    summary = Summary(walked)
    return tuple(
        summary.course(index, regimen, background=existing is not None) for index, regimen in enumerate(regimens)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """A walk that is over: its notes, and all that it was made with."""

    watch: Watch
    spans: Spans
    numbers: Numbers

    @property
    def people(self) -> People:
        return self.spans.people


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
    marks = [marks_of(regimen) for regimen in regimens]
    watch = _walk(spans, regimens, marks, existing=existing, on=on, numbers=numbers, keep=keep)
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
    spans: Spans,
    regimens: Sequence[Regimen],
    marks: Sequence[Marks],
    *,
    existing: Regimen | None,
    on: date,
    numbers: Numbers,
    keep: bool,
) -> Watch:
    """Walk all regimens at once through the course and the washout, noting what is asked for."""
    march = begin(spans, existing, on, scale=pk.NG_ML_PER_MG_L)
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


class Summary:
    """Puts the notes of a walk into courses."""

    def __init__(self, walked: Walked) -> None:
        watch, self._spans, self._numbers = walked.watch, walked.spans, walked.numbers
        self._watch = watch
        self._times = np.array(watch.times)
        self._typical = np.stack(watch.typical)  # (times, analytes, series)
        self._ranges = np.concatenate(watch.ranges, axis=1)  # (shares, times, analytes, series)
        self._unsure = np.concatenate(watch.unsure, axis=1)  # (2, times, analytes, series)
        self._steady: dict[int, Span] = {}
        self._steady_share = self._numbers.value("PK-STEADY-FRACTION", "1")

    def course(self, index: int, regimen: Regimen, *, background: bool) -> Course:
        watch, mark = self._watch, self._watch.marks[index]
        span = self._spans.at(mark.last_dose_h)
        modes = self._spans.modes(span)
        people = self._spans.people
        first, first_end, last, last_end = (watch.areas[edge, index] for edge in mark.edges)
        nordazepam_rate = modes.rates[modes.feeding.stop]
        return Course(
            regimen=regimen,
            curves=self._curves(index),
            peak_ng_ml=self._span(watch.peak[0, index], "ng/mL"),
            nordazepam_peak_ng_ml=self._span(watch.peak[1, index], "ng/mL"),
            end_ng_ml=self._at(mark.end_h, index),
            accumulation=self._span((last_end - last) / (first_end - first), "ratio"),
            steady_state_days=self._steady_days(span),
            half_life_h=self._span(pk.half_life_h(modes.body_rates.min(axis=0)), "h"),
            nordazepam_half_life_h=self._span(pk.half_life_h(nordazepam_rate), "h"),
            gone_days=self._span(watch.gone_h(index) / DAY_H, "d"),
            background_ng_ml=self._at(0.0, index) if background else None,
            people=people.sample.people,
            assumed=(*people.assumed, knowledge().say("SIM-AS-NEEDED")) if regimen.as_needed else people.assumed,
            extrapolated=people.extrapolated,
            blood_peak_ug_l=self._span(watch.peak[0, index] / self._numbers.value("PK-PLASMA-BLOOD", "ratio"), "ug/L"),
            facts=tuple(self._numbers.used),
        )

    def _span(self, values: Array, unit: str) -> Span:
        return span_of(values, unit, self._spans.people.sample.people)

    def _curves(self, index: int) -> tuple[Curve, ...]:
        fractions = self._spans.people.disposition.unbound
        made = []
        for analyte in range(self._typical.shape[1]):
            lines = (
                self._typical[:, analyte, index],
                *self._ranges[:, :, analyte, index],
                *self._unsure[:, :, analyte, index],
            )
            for kind, share in (("total", 1.0), ("unbound", fractions[analyte])):
                shared = [pk.unbound(line, share) for line in lines]
                made.append(Curve(ANALYTES[analyte], kind, "ng/mL", self._times, *shared))
        return tuple(made)

    def _at(self, hours: float, index: int) -> Span:
        """Diazepam at a time that is shown."""
        where = int(np.searchsorted(self._times, hours))
        ranges, unsure = self._ranges[:, where, 0, index], self._unsure[:, where, 0, index]
        return Span(
            float(self._typical[where, 0, index]),
            float(ranges[0]),
            float(ranges[-1]),
            "ng/mL",
            sure_low=float(unsure[0]),
            sure_high=float(unsure[1]),
        )

    def _steady_days(self, span: int) -> Span:
        if span not in self._steady:
            modes = self._spans.modes(span)
            body = modes.feeding
            rates = modes.rates[body]
            areas = modes.weights[0, body] * modes.given[body] / rates
            hours = pk.hours_to_steady_state(self._steady_share, rates=rates, areas=areas)
            self._steady[span] = self._span(hours / DAY_H, "d")
        return self._steady[span]
