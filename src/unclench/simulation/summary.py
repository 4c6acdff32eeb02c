"""From the notes of a walk to courses: curves, and numbers with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.knowledge.load import knowledge
from unclench.models import pk
from unclench.simulation.clearance import Spans
from unclench.simulation.course import Course, Curve, Span
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.simulation.people import People
from unclench.simulation.spans import spans_of_all
from unclench.simulation.watch import Watch
from unclench.values import DAY_H, Regimen

Array = NDArray[np.float64]

# The numbers of a course that have one value per person, and their units.
UNITS = {
    "peak_ng_ml": "ng/mL",
    "nordazepam_peak_ng_ml": "ng/mL",
    "blood_peak_ug_l": "ug/L",
    "accumulation": "ratio",
    "steady_state_days": "d",
    "half_life_h": "h",
    "nordazepam_half_life_h": "h",
    "gone_days": "d",
}


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """A walk that is over: its notes, and all that it was made with."""

    watch: Watch
    spans: Spans
    numbers: Numbers

    @property
    def people(self) -> People:
        return self.spans.people


def courses_of(
    walked: Walked,
    regimens: Sequence[Regimen],
    *,
    background: bool,
    numbers: Sequence[Mapping[str, Array]] | None = None,
) -> tuple[Course, ...]:
    """One course per regimen of the walk. `background`: something was there before the first dose.

    `numbers`: what `numbers_of` found, where somebody has asked already.
    """
    summary = _Summary(walked)
    values = numbers_of(walked) if numbers is None else numbers
    spans = iter(
        spans_of_all(
            [one[name] for one in values for name in UNITS],
            [unit for _ in values for unit in UNITS.values()],
            walked.people.sample.people,
        )
    )
    return tuple(
        summary.course(index, regimen, {name: next(spans) for name in UNITS}, background=background)
        for index, regimen in enumerate(regimens)
    )


def numbers_of(walked: Walked) -> list[dict[str, Array]]:
    """Every number of `UNITS`, one per column, of each regimen of a walk."""
    summary = _Summary(walked)
    return [summary.values(index) for index in range(len(walked.watch.marks))]


class _Summary:
    """Reads the notes of one walk."""

    def __init__(self, walked: Walked) -> None:
        watch, self._spans, self._numbers = walked.watch, walked.spans, walked.numbers
        self._watch = watch
        self._times = np.array(watch.times)
        self._typical = np.stack(watch.typical)  # (times, analytes, series)
        self._ranges = np.concatenate(watch.ranges, axis=1)  # (shares, times, analytes, series)
        self._unsure = np.concatenate(watch.unsure, axis=1)  # (2, times, analytes, series)
        self._steady: dict[int, Array] = {}
        self._steady_share = self._numbers.value("PK-STEADY-FRACTION", "1")

    def values(self, index: int) -> dict[str, Array]:
        """Every number of `UNITS`, (columns,)."""
        watch, mark = self._watch, self._watch.marks[index]
        span = self._spans.at(mark.last_dose_h)
        modes = self._spans.modes(span)
        first, first_end, last, last_end = (watch.areas[edge, index] for edge in mark.edges)
        return {
            "peak_ng_ml": watch.peak[0, index],
            "nordazepam_peak_ng_ml": watch.peak[1, index],
            "blood_peak_ug_l": watch.peak[0, index] / self._numbers.value("PK-PLASMA-BLOOD", "ratio"),
            "accumulation": (last_end - last) / (first_end - first),
            "steady_state_days": self._steady_days(span),
            "half_life_h": pk.half_life_h(modes.body_rates.min(axis=0)),
            "nordazepam_half_life_h": pk.half_life_h(modes.rates[modes.feeding.stop]),
            "gone_days": watch.gone_h(index) / DAY_H,
        }

    def course(self, index: int, regimen: Regimen, spans: dict[str, Span], *, background: bool) -> Course:
        people = self._spans.people
        return Course(
            regimen=regimen,
            curves=self._curves(index),
            end_ng_ml=self._at(self._watch.marks[index].end_h, index),
            background_ng_ml=self._at(0.0, index) if background else None,
            people=people.sample.people,
            assumed=(*people.assumed, knowledge().say("SIM-AS-NEEDED")) if regimen.as_needed else people.assumed,
            extrapolated=people.extrapolated,
            facts=tuple(self._numbers.used),
            **spans,  # type: ignore[arg-type]  # the keys are those of UNITS
        )

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

    def _steady_days(self, span: int) -> Array:
        if span not in self._steady:
            modes = self._spans.modes(span)
            body = modes.feeding
            rates = modes.rates[body]
            areas = modes.weights[0, body] * modes.given[body] / rates
            hours = pk.hours_to_steady_state(self._steady_share, rates=rates, areas=areas)
            self._steady[span] = hours / DAY_H
        return self._steady[span]
