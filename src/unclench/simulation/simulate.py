"""Regimens, a body and its medicines in; courses with intervals out. The one place where they meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Appraisal, Body, Exposure
from unclench.engine.quantiles import quantiles_in_place
from unclench.knowledge.load import knowledge
from unclench.models import pk
from unclench.simulation.clearance import Spans, spans_of
from unclench.simulation.course import Course, Curve, Span
from unclench.simulation.existing import DAY_H, advance, begin
from unclench.simulation.parameters import Numbers
from unclench.simulation.people import people_like
from unclench.simulation.timeline import Marks, Stop, marks_of, stops_of, washout_steps
from unclench.simulation.watch import Watch
from unclench.values import Regimen, RegimenError

Array = NDArray[np.float64]

SEED = 20261122
PEOPLE = 1000


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
    fed: bool = False,
) -> tuple[Course, ...]:
    """One course per regimen. Time zero is midnight of `on`, the day on which every regimen starts."""
    if not regimens:
        return ()
    for regimen in (*regimens, *([existing] if existing else [])):
        _check(regimen, on, is_existing=regimen is existing)
    numbers = Numbers(knowledge(), {})
    crowd = people_like(body, numbers, seed=seed, people=people, fed=fed)
    spans = spans_of(exposure, crowd)
    marks = [marks_of(regimen) for regimen in regimens]
    watch = _walk(spans, regimens, marks, existing=existing, on=on, numbers=numbers)
    summary = _Summary(watch, spans, numbers)
    return tuple(
        summary.course(index, regimen, background=existing is not None) for index, regimen in enumerate(regimens)
    )


def _check(regimen: Regimen, on: date, *, is_existing: bool) -> None:
    if regimen.route != "oral":
        raise RegimenError(
            where="a regimen", found=f"route {regimen.route}", need="oral", fix="Only oral doses can be simulated."
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
    watch = Watch(march, marks, numbers.value("PK-GONE-FRACTION", "1"))
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


class _Summary:
    """Puts the notes of a walk into courses."""

    def __init__(self, watch: Watch, spans: Spans, numbers: Numbers) -> None:
        self._watch, self._spans, self._numbers = watch, spans, numbers
        self._times = np.array(watch.times)
        self._typical = np.stack(watch.typical)  # (times, 2, series)
        self._ranges = np.concatenate(watch.ranges, axis=1)  # (shares, times, 2, series)
        self._steady: dict[int, Span] = {}
        self._steady_share = numbers.value("PK-STEADY-FRACTION", "1")

    def course(self, index: int, regimen: Regimen, *, background: bool) -> Course:
        watch, mark = self._watch, self._watch.marks[index]
        span = self._spans.at(mark.last_dose_h)
        modes = self._spans.modes(span)
        assumed = self._spans.people.assumed
        first, first_end, last, last_end = (watch.areas[edge, index] for edge in mark.edges)
        return Course(
            regimen=regimen,
            curves=self._curves(index),
            peak_ng_ml=_span(watch.peak[0, index], "ng/mL"),
            nordazepam_peak_ng_ml=_span(watch.peak[1, index], "ng/mL"),
            end_ng_ml=self._at(mark.end_h, index),
            accumulation=_span((last_end - last) / (first_end - first), "ratio"),
            steady_state_days=self._steady_days(span),
            half_life_h=_span(pk.half_life_h(modes.body_rates.min(axis=0)), "h"),
            nordazepam_half_life_h=_span(pk.half_life_h(modes.rates[-1]), "h"),
            gone_days=_span(watch.gone_h(index) / DAY_H, "d"),
            background_ng_ml=self._at(0.0, index) if background else None,
            people=watch.peak.shape[-1] - 1,
            assumed=(*assumed, knowledge().say("SIM-AS-NEEDED")) if regimen.as_needed else assumed,
            blood_peak_ug_l=_span(watch.peak[0, index] / self._numbers.value("PK-PLASMA-BLOOD", "ratio"), "ug/L"),
            facts=tuple(self._numbers.used),
        )

    def _curves(self, index: int) -> tuple[Curve, ...]:
        kinetics = self._spans.people.disposition
        made = []
        for analyte, (name, fraction) in enumerate((("diazepam", kinetics.fu), ("nordazepam", kinetics.fun))):
            typical, ranges = self._typical[:, analyte, index], self._ranges[:, :, analyte, index]
            for kind, share in (("total", 1.0), ("unbound", fraction)):
                lines = [pk.unbound(line, share) for line in (typical, *ranges)]
                made.append(Curve(name, kind, "ng/mL", self._times, *lines))
        return tuple(made)

    def _at(self, hours: float, index: int) -> Span:
        """Diazepam at a time that is shown."""
        where = int(np.searchsorted(self._times, hours))
        ranges = self._ranges[:, where, 0, index]
        return Span(float(self._typical[where, 0, index]), float(ranges[0]), float(ranges[-1]), "ng/mL")

    def _steady_days(self, span: int) -> Span:
        if span not in self._steady:
            modes = self._spans.modes(span)
            rates = modes.rates[:-1]
            areas = modes.weights[0, :-1] * modes.given[:-1] / rates
            hours = pk.hours_to_steady_state(self._steady_share, rates=rates, areas=areas)
            self._steady[span] = _span(hours / DAY_H, "d")
        return self._steady[span]


def _span(values: Array, unit: str) -> Span:
    """The typical person, who is last, and the middle 90 % of the others."""
    low, high = quantiles_in_place(values[:-1].copy(), (0.05, 0.95))
    return Span(typical=float(values[-1]), low=float(low), high=float(high), unit=unit)
