"""Everyone like this patient on the morning of a taper, in daily means: what any falling doses would do to them.

The same people, kinetics, effect and adaptation as everywhere else (`people`, `effects_draws`, `models.adaptation`);
only the averaging differs. A taper is judged over months by states that move over days, so the average of a day is
enough: tests hold it against the model of hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Body, Exposure
from unclench.engine import falling as engine
from unclench.engine.falling import Daily, Steps
from unclench.knowledge.load import knowledge
from unclench.models import pk, receptor
from unclench.simulation import effects_model as model
from unclench.simulation.clearance import Spans, spans_of
from unclench.simulation.effects_draws import (
    CoMedication,
    Crowd,
    PastUse,
    adaptation_coefficients,
    crowd_of,
    equal_in_adaptation,
    relative_load,
    start_of,
)
from unclench.simulation.existing import begin, looks_back
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.simulation.people import METABOLITES, people_like
from unclench.simulation.sample import NOTHING_LEARNT, Deviates, Sample
from unclench.simulation.simulate import SEED
from unclench.values import DAY_H, Regimen

Array = NDArray[np.float64]

PEOPLE = 200
CLOCK_H = (8.0, 22.0)
PERCENT = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Falling:
    """People like this patient at midnight of day 0, the typical one last. Loads are those that adaptation follows."""

    spans: tuple[Daily, ...]
    amounts: Array  # (modes, columns), ng per mL times L: levels come out in ng/mL
    weights: tuple[Array, ...]  # for each span (modes, columns): load of a unit of mode
    analytes: tuple[tuple[Array, ...], ...]  # for each span and analyte (modes, columns): ng/mL of a unit of mode
    adaptation: Array  # (columns,)
    tau_on_d: Array
    tau_off_d: Array
    others: Array | None  # (days, columns): loads of other benzodiazepines, as far as they are followed
    reference: float  # the drive that is called 100 %
    facts: tuple[str, ...]
    assumed: tuple[str, ...]

    @property
    def columns(self) -> int:
        return int(self.adaptation.size)

    def like(self, columns: NDArray[np.intp], tau_off_d: Array) -> Falling:
        """People drawn again from these, each with another recovery time; the typical one recovers as the middle do."""
        which = np.append(columns, self.columns - 1)
        return replace(
            self,
            spans=tuple(engine.drawn(span, which) for span in self.spans),
            amounts=self.amounts[:, which],
            weights=tuple(weight[:, which] for weight in self.weights),
            analytes=tuple(tuple(weight[:, which] for weight in span) for span in self.analytes),
            adaptation=self.adaptation[which],
            tau_on_d=self.tau_on_d[which],
            tau_off_d=np.append(tau_off_d, np.median(tau_off_d)),
            others=None if self.others is None else self.others[:, which],
        )

    def load(self, doses_mg: Array) -> Array:
        """(..., days, columns) from the dose of each day, (..., days)."""
        given = np.asarray(doses_mg, dtype=np.float64) * pk.NG_ML_PER_MG_L
        found = engine.weighed(self.spans, self.amounts, np.atleast_2d(given), self.weights)
        if self.others is not None:
            found += _first(self.others, found.shape[-2])
        shaped: Array = found.reshape(*given.shape, self.columns)
        return shaped

    def steady_load(self, span: int) -> Array:
        """(columns,): the load of 1 mg a day for ever, under the rates of one span."""
        held, weight = self.spans[span], self.weights[span]
        found: Array = (weight * (held.mean_given + held.given * held.mean_kept / (1.0 - held.kept))).sum(axis=0)
        return found

    def levels(self, doses_mg: Array) -> Array:
        """(analytes, days, columns) in ng/mL."""
        given = np.asarray(doses_mg, dtype=np.float64)[None] * pk.NG_ML_PER_MG_L
        by_analyte = zip(*self.analytes, strict=True)
        return np.stack([engine.weighed(self.spans, self.amounts, given, weights)[0] for weights in by_analyte])

    def above(self, share: Array) -> Array:
        """(..., days, columns): how far adaptation stands above the effect, in % of the reference; negative: below."""
        found: Array = engine.tracked(
            share, rise_per_day=1.0 / self.tau_on_d, fall_per_day=1.0 / self.tau_off_d, start=self.adaptation
        )
        found *= PERCENT / self.reference
        return found

    def drive(self, doses_mg: Array) -> Array:
        """(..., days, columns): withdrawal drive, in % of the reference."""
        return np.maximum(self.above(receptor.occupancy(self.load(doses_mg))), 0.0)

    def steps(self, known_mg: Array, begins: Sequence[int]) -> Steps:
        """What a search needs: the loads of settled doses, and those of 1 mg a day from each beginning on."""
        days = known_mg.size
        return engine.steps_of(
            self.spans,
            self.amounts,
            self.weights,
            begins=begins,
            known=known_mg,
            unit=pk.NG_ML_PER_MG_L,
            others=None if self.others is None else _first(self.others, days),
        )

    def highest(self, steps: Steps, changes_mg: Array, *, from_day: int = 0) -> Array:
        """(series, columns): highest drive from a day on, % of the reference, for changes at each beginning."""
        found = engine.highest(
            steps,
            changes_mg,
            rise_per_day=1.0 / self.tau_on_d,
            fall_per_day=1.0 / self.tau_off_d,
            start=self.adaptation,
            from_day=from_day,
        )
        return found * (PERCENT / self.reference)


def _first(others: Array, days: int) -> Array:
    """So many days of them, the last one repeated where they end before."""
    if others.shape[0] >= days:
        return others[:days]
    return np.concatenate([others, np.repeat(others[-1:], days - others.shape[0], axis=0)])


def falling(
    *,
    body: Body,
    exposure: Exposure,
    on: date,
    history: Regimen | None,
    others: Sequence[CoMedication] = (),
    seed: int = SEED,
    people: int = PEOPLE,
    patient: str = "",
    days: int = 1,
    clock_h: Sequence[float] = CLOCK_H,
    given: Deviates = NOTHING_LEARNT,
) -> Falling:
    """The people at midnight of `on`, with `history` behind them (doses until the day before).

    `others`: other benzodiazepines, followed for `days`. `clock_h`: when the daily dose is taken, in equal parts.
    `given`: what measured levels taught. `exposure` counts from midnight of `on`.
    Raises RegimenError for a history that reaches beyond the day before `on`.
    """
    sample = Sample(seed, people, patient, given)
    numbers = Numbers(knowledge(), {}, sample)
    crowd_like = people_like(body, numbers)
    spans = spans_of(exposure, crowd_like, metabolites=len(METABOLITES))
    keep = np.r_[0:people, sample.columns - 1]
    fixed = model.structure(numbers)
    crowd = crowd_of(numbers, crowd_like.age_y[keep], seed=seed, skip=frozenset())
    at_h = np.arange(days, dtype=np.float64) * DAY_H
    loads, _ = relative_load(others, at_h, numbers, seed=seed, people=people)
    follows = _coefficients(crowd, fixed, crowd_like.disposition.unbound)
    adapting = None if loads is None else equal_in_adaptation(loads, numbers)
    walked = _daily(spans, keep, clock_h)
    start = start_of(
        _history(spans, history, on, keep),
        crowd,
        fixed,
        others=0.0 if loads is None else loads[0],
        adapting=0.0 if adapting is None else adapting[0],
    )
    by_span = tuple(tuple(span.modes.weights) for span in walked)
    return Falling(
        spans=walked,
        amounts=_amounts(spans, history, on, keep),
        weights=tuple(sum(k * weight for k, weight in zip(follows, span, strict=True)) for span in by_span),
        analytes=by_span,
        adaptation=start.adaptation,
        tau_on_d=crowd.tau_on_d,
        tau_off_d=crowd.tau_off_d,
        others=None if adapting is None else adapting * crowd.withdrawal_load,
        reference=numbers.value("PD-W-REFERENCE", "1"),
        facts=tuple(numbers.used),
        assumed=crowd_like.assumed,
    )


def _coefficients(crowd: Crowd, fixed: model.Structure, unbound: Sequence[float]) -> tuple[Array, ...]:
    """For each analyte (columns,): what one ng/mL, bound and unbound, adds to the load that adaptation follows."""
    per_unbound = adaptation_coefficients(crowd, fixed)
    return tuple(per_unbound[name] * unbound[at] for at, name in enumerate(ANALYTES))


def _daily(spans: Spans, keep: Array, clock_h: Sequence[float]) -> tuple[Daily, ...]:
    """The spans that hold from day 0 on, each from the midnight nearest to its change."""
    lag = spans.people.absorption.lag_h[keep]
    found: list[Daily] = []
    for index in range(spans.at(0.0), len(spans.starts_h)):
        from_day = max(round(spans.starts_h[index] / DAY_H), 0) if np.isfinite(spans.starts_h[index]) else 0
        modes = spans.modes(index)
        kept = type(modes)(**{name: np.ascontiguousarray(getattr(modes, name)[..., keep]) for name in _ARRAYS})
        found.append(engine.daily(from_day, kept, lag, clock_h))
    return tuple(found)


_ARRAYS = ("rates", "given", "weights", "vectors", "body_by_depot", "chained")


def _amounts(spans: Spans, history: Regimen | None, on: date, keep: Array) -> Array:
    """What the history has left in the body at midnight, by mode."""
    march = begin(spans, history, on, scale=pk.NG_ML_PER_MG_L)
    return np.ascontiguousarray(march.amounts[0][:, keep])


def _history(spans: Spans, history: Regimen | None, on: date, keep: Array) -> tuple[PastUse, ...]:
    """The history in pieces, oldest first, for what it has taught the body."""
    if history is None:
        return ()
    fractions = spans.people.disposition.unbound
    return tuple(
        PastUse(days, {name: pk.unbound(levels[at][keep], fractions[at]) for at, name in enumerate(ANALYTES)})
        for days, levels in looks_back(spans, history, on, scale=pk.NG_ML_PER_MG_L)
    )
