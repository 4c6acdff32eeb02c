"""Levels of people like this patient at the times of measurement, whoever they are: the population's own model.

`Asked` draws people with given deviates through `people_like` and `spans_of`, as every simulation does. The top of the
posterior is sought on a copy that is taken from it: around one person the logarithm of every kinetic parameter is all
but straight in the deviates, so that a step costs a dozen columns and no reading of rows. What is drawn in the end is
drawn from the model itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Body, Exposure
from unclench.engine.linear import Chain, March, few_eigen, modes_of_each
from unclench.engine.series import Series, levels_after
from unclench.individual.likeliest import STEP, around
from unclench.individual.measured import Level
from unclench.knowledge.load import Knowledge, knowledge
from unclench.models.pk import NG_ML_PER_MG_L
from unclench.simulation.clearance import Spans, spans_of
from unclench.simulation.existing import advance, walk_phase
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.simulation.people import people_like
from unclench.simulation.routes import check_route
from unclench.simulation.sample import UNSURE, Deviates, Sample
from unclench.values import DAY_H, Phase, RecordError, Regimen, RegimenError

Array = NDArray[np.float64]

# The deviates of people that diazepam and nordazepam may tell of. Those of later metabolites stay as they are drawn.
OF_PEOPLE = (
    "clearance",
    "central volume",
    "tissue volume",
    "nordazepam clearance",
    "nordazepam volume",
    "absorption",
    "lag",
    "bioavailability",
    "nordazepam formed",
    "interaction",
    "age",
    "weight",
    "height",
    "sex",  # a woman below 0, a man above; half way at 0
)
FOLLOWED = ANALYTES[:2]
LOWEST = float(np.log(1e-9))  # ng/mL: in place of the logarithm of nothing
MOST_SUMMED = 1_000_000  # numbers under one exponential: for more than these a march is quicker than sums
NOTHING = 1e-12  # in place of a delay of 0, whose logarithm is asked for


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Whose levels, after which doses, at which times. Deviates come in the order of `names`."""

    body: Body
    exposure: Exposure
    route: str
    form: str
    fed: bool
    series: Series
    stretches: tuple[tuple[float, Phase], ...]  # the same doses as stretches of equal days; none where some overlap
    levels: tuple[Level, ...]  # in order of time
    seed: int
    patient: str
    known: Knowledge
    names: tuple[str, ...]
    used: dict[str, None] = field(default_factory=dict)  # rows that were read

    @property
    def times_h(self) -> Array:
        return np.array([level.at_h for level in self.levels])

    def given(self, deviates: Array, centre: Array | None = None) -> Deviates:
        """(deviates, columns) as a sample takes them; `centre`: those of the typical person."""
        people = dict(zip(self.names, deviates, strict=True))
        middle = {} if centre is None else dict(zip(self.names, map(float, centre), strict=True))
        sex, middle_sex = people.pop("sex"), middle.pop("sex", 0.0)
        if self.body.sex is None:
            people["sex"] = 0.5 - 0.5 * np.sign(sex)
            middle["sex"] = 0.5 - 0.5 * float(np.sign(middle_sex))
        return Deviates(people, middle)

    def crowd(self, deviates: Array) -> Spans:
        """One person for each column of deviates; others beyond them."""
        sample = Sample(self.seed, deviates.shape[1], self.patient, self.given(deviates))
        people = people_like(
            self.body, Numbers(self.known, self.used, sample), route=self.route, form=self.form, fed=self.fed
        )
        return spans_of(self.exposure, people)

    def predict(self, spans: Spans, count: int) -> Array:
        """(levels, columns), logarithms of ng/mL, of the first columns."""
        starts = self.starts(spans)
        modes = [(start, spans.modes(index)) for start, index in starts]
        asked = len(starts) * len(self.levels) * self.series.first_h.size * modes[0][1].rates.size
        if asked > MOST_SUMMED and self.stretches:
            return self.of_each(self._walked(spans))[:, :count]
        found = levels_after(modes, spans.people.absorption.lag_h, self.series, self.times_h)
        return self.of_each(found)[:, :count]

    def _walked(self, spans: Spans) -> Array:
        """(analytes, levels, columns) by a march through all doses: quicker where stretches of days are many."""
        begin_h, looks, found = self.stretches[0][0], list(self.times_h), []
        march = March(spans.modes(spans.at(begin_h)), spans.people.absorption.lag_h, series=1, start_h=begin_h)

        def look_until(end_h: float) -> None:
            while looks and looks[0] < end_h:
                advance(march, spans, looks.pop(0))
                found.append(march.levels()[:, 0].copy())

        for start_h, phase in self.stretches:
            look_until(start_h)
            advance(march, spans, start_h)
            left = phase.days
            while left and looks:
                midnight = march.now_h
                free = min(left, int((looks[0] - midnight) // DAY_H))
                if free > 0:
                    walk_phase(march, spans, replace(phase, days=free), NG_ML_PER_MG_L)
                    left -= free
                    continue
                for dose in phase.doses:
                    march.give(midnight + dose.clock_h, (NG_ML_PER_MG_L * float(dose.mg),))
                look_until(midnight + DAY_H)
                advance(march, spans, midnight + DAY_H)
                left -= 1
        look_until(np.inf)
        return np.stack(found, axis=1)

    def near(self, deviates: Array) -> Near:
        """The copy of the model around one person."""
        columns, size = around(deviates), deviates.size
        columns[self.names.index("sex")] = deviates[self.names.index("sex")]
        spans = self.crowd(columns)
        logs = _logs(spans, [index for _, index in self.starts(spans)])[:, : 2 * size + 1]
        middle, up, down = logs[:, :1], logs[:, 1 : size + 1], logs[:, size + 1 :]
        left, sizes, rows = np.linalg.svd((up - down) / (2.0 * STEP), full_matrices=False)
        kept = sizes > 1e-9 * sizes[0]
        return Near(
            asked=self,
            spans=spans,
            at=deviates,
            logs=middle,
            slopes=(left * sizes)[:, kept],
            bends=(up + down - 2.0 * middle) / (2.0 * STEP * STEP),
            directions=rows[kept].T,
        )

    def starts(self, spans: Spans) -> list[tuple[float, int]]:
        """The spans from the first dose to the last level; the first begins an hour before that dose."""
        first_h = float(self.series.first_h.min()) - 1.0
        first, last = spans.at(first_h), spans.at(self.levels[-1].at_h)
        return [(max(spans.starts_h[index], first_h), index) for index in range(first, last + 1)]

    def of_each(self, found: Array) -> Array:
        analytes = [FOLLOWED.index(level.analyte) for level in self.levels]
        with np.errstate(divide="ignore"):
            return np.maximum(np.log(np.maximum(found[analytes, np.arange(len(self.levels))], 0.0)), LOWEST)


def ask(
    *,
    body: Body,
    exposure: Exposure,
    taken: Sequence[Regimen],
    on: date,
    measured: Sequence[Level],
    seed: int,
    patient: str,
    fed: bool,
) -> Asked:
    """What is asked, checked.

    Raises
    ------
    RecordError
        for no level, or one before the first dose.
    RegimenError
        for no doses, or doses of several routes or forms.
    """
    ways = sorted({(regimen.route, regimen.form) for regimen in taken})
    if len(ways) != 1:
        raise RegimenError(
            where="doses before the levels",
            found=", ".join(f"{route} {form}" for route, form in ways) or "none",
            need="doses of one route and form",
            fix="Give the doses that were taken before the levels.",
        )
    for regimen in taken:
        check_route(regimen)
    stretches = _stretches(taken, on)
    series = _series(stretches)
    first_h = float(series.first_h.min())
    if not measured:
        raise RecordError(where="levels", found="none", need="at least one level", fix="Leave the file out.")
    for level in measured:
        if level.at_h <= first_h:
            raise RecordError(
                where=level.where,
                found=f"a level {first_h - level.at_h:.1f} h before the first dose",
                need="a level after a dose",
                fix="Correct its time, or the doses that were taken.",
            )
    known = knowledge()
    unsure = [row.id for row in known.table("parameters") if row.scale]
    return Asked(
        body=body,
        exposure=exposure,
        route=ways[0][0],
        form=ways[0][1],
        fed=fed,
        series=series,
        stretches=stretches if all(_after(*pair) for pair in pairwise(stretches)) else (),
        levels=tuple(sorted(measured, key=lambda level: (level.at_h, level.analyte))),
        seed=seed,
        patient=patient,
        known=known,
        names=(*OF_PEOPLE, *(UNSURE + key for key in unsure)),
    )


def _stretches(taken: Sequence[Regimen], on: date) -> tuple[tuple[float, Phase], ...]:
    """Every phase with the midnight on which it begins, in hours from that of `on`; in order."""
    found = []
    for regimen in taken:
        midnight = (regimen.start - on).days * DAY_H
        for phase in regimen.phases:
            found.append((midnight, phase))
            midnight += phase.days * DAY_H
    return tuple(sorted(found, key=lambda each: each[0]))


def _after(one: tuple[float, Phase], other: tuple[float, Phase]) -> bool:
    return other[0] >= one[0] + one[1].days * DAY_H


def _series(stretches: Sequence[tuple[float, Phase]]) -> Series:
    """One series for each dose of each stretch."""
    rows = [
        (midnight + dose.clock_h, DAY_H, phase.days, NG_ML_PER_MG_L * float(dose.mg))
        for midnight, phase in stretches
        for dose in phase.doses
    ]
    return Series(*np.array(rows, dtype=np.float64).T)


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Levels of people near one person, by the directions in which any kinetic parameter moves.

    Across these directions everybody stays as that person is.
    """

    asked: Asked
    spans: Spans
    at: Array  # (deviates,) of that person
    logs: Array  # (parameters, 1) of that person
    slopes: Array  # (parameters, directions)
    bends: Array  # (parameters, deviates), half the second derivative along each deviate
    directions: Array  # (deviates, directions), orthonormal

    def predict(self, along: Array) -> Array:
        """(levels, columns), logarithms of ng/mL, from (directions, columns)."""
        centre = self.directions.T @ self.at
        values = np.exp(self.logs + self.slopes @ (along - centre[:, None]))
        starts = self.asked.starts(self.spans)
        modes = modes_of_each(_chains(values, self.spans, len(starts)), few_eigen)
        spans = [(start, each) for (start, _), each in zip(starts, modes, strict=True)]
        return self.asked.of_each(levels_after(spans, values[1], self.asked.series, self.asked.times_h))

    def bent(self, deviates: Array) -> float:
        """How far the copy may be wrong about the logarithm of any parameter of another person, by its bends."""
        away = deviates - self.at
        return float(np.max(np.abs(self.bends @ (away * away))))


def _logs(spans: Spans, indexes: Sequence[int]) -> Array:
    """(parameters, columns): logarithms of everything that levels of diazepam and nordazepam follow."""
    people = spans.people
    kinetics, entering = people.disposition, people.absorption
    multiples = [spans.multiples_of_each(index)[:2] for index in indexes]
    rows = [
        entering.ka_per_h[None],
        np.maximum(entering.lag_h, NOTHING)[None],
        entering.f[None],
        people.formed[:1],
        kinetics.metabolite_v_l[:1],
        kinetics.volumes_l,
        kinetics.exchange_l_per_h,
        *(np.stack([kinetics.cl_l_per_h * one, kinetics.metabolite_cl_l_per_h[0] * two]) for one, two in multiples),
    ]
    found: Array = np.log(np.concatenate(rows))
    return found


def _chains(values: Array, spans: Spans, count: int) -> list[Chain]:
    """A chain for each span, from the parameters in the order of `_logs`."""
    size = spans.people.disposition.volumes_l.shape[0]
    first_loss = 4 + 2 * size
    columns = values.shape[1]
    return [
        Chain(
            depot_per_h=values[0],
            entering=values[2],
            volumes_l=values[5 : 5 + size],
            exchange_l_per_h=values[5 + size : first_loss],
            loss_l_per_h=values[first_loss + 2 * index],
            formed=values[3:4],
            passed_on=np.zeros((1, 1, columns)),
            daughter_loss_l_per_h=values[first_loss + 2 * index + 1 : first_loss + 2 * index + 2],
            daughter_volume_l=values[4:5],
            direct=spans.people.absorption.direct,
        )
        for index in range(count)
    ]
