"""One person's model as plain numbers: what any other tool needs to run the same course, and nothing of who it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Body, Exposure
from unclench.knowledge.load import knowledge
from unclench.simulation.clearance import Spans, spans_of
from unclench.simulation.parameters import Numbers
from unclench.simulation.people import METABOLITES, People, people_like
from unclench.simulation.person_effects import PersonEffects, person_effects
from unclench.simulation.routes import check_route
from unclench.simulation.sample import Sample
from unclench.values import DAY_H, EngineError, Regimen, RegimenError

Array = NDArray[np.float64]

TYPICAL = -1  # the last column of people is the typical person
FEWEST_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class Depot:
    """Where a dose waits to be absorbed: it arrives after the lag, and `f` of it goes into the blood at rate `ka`."""

    name: str
    ka_per_h: float
    lag_h: float
    f: float


@dataclass(frozen=True, slots=True)
class DoseSeries:
    """Equal doses at equal distances. `depot`: which one they go to; None: straight into the blood.

    `over_h` above 0: an infusion of that length.
    """

    first_h: float
    every_h: float
    times: int
    mg: float
    depot: int | None = 0
    over_h: float = 0.0


@dataclass(frozen=True, slots=True)
class Formation:
    """How much of a metabolite (mg) is formed from each mg of an analyte that is cleared. Numbers of `analytes`."""

    parent: int
    daughter: int
    mg_per_mg: float


@dataclass(frozen=True, slots=True)
class ClearanceChange:
    """From this time on the clearance of each analyte is this multiple of its own."""

    from_h: float
    multiples: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PersonModel:
    """A body, its medicines' effect on clearance over time, and every dose.

    Time is in hours from midnight of the first day of doses; day 1 of the regimen begins at `day_one_h`, which is above
    0 where diazepam was taken before. The first analyte is the medicine itself; its first volume is sampled.
    """

    analytes: tuple[str, ...]
    volumes_l: tuple[float, ...]
    exchange_l_per_h: tuple[float, ...]
    metabolite_volumes_l: tuple[float, ...]
    clearance_l_per_h: tuple[float, ...]
    formed: tuple[Formation, ...]
    unbound: tuple[float, ...]
    depots: tuple[Depot, ...]
    doses: tuple[DoseSeries, ...]
    changes: tuple[ClearanceChange, ...]  # the first holds from the start
    day_one_h: float
    end_h: float  # the end of the last day with doses
    facts: tuple[str, ...]  # rows of the parameters
    effects: PersonEffects | None = None
    extrapolated: bool = False  # the body lies outside the people that the model rests on

    def __post_init__(self) -> None:
        amounts = (*self.volumes_l, *self.metabolite_volumes_l, *self.clearance_l_per_h)
        if not all(0 < each < float("inf") for each in amounts):
            raise EngineError(
                where="one person's model",
                found=f"volumes and clearances {amounts}",
                need="numbers above 0",
                fix="Correct what is known of the body.",
            )


def person_model(
    *,
    body: Body,
    exposure: Exposure,
    regimen: Regimen,
    existing: Regimen | None,
    on: date,
    seed: int,
    person: int = TYPICAL,
    patient: str = "",
    fed: bool = False,
    with_effects: bool = True,
) -> PersonModel:
    """The model of the typical person like this patient, or of one of those drawn with this seed (0, 1, 2...).

    Doses taken before go the way of the regimen (its route and form), as they do in our own simulation.

    Raises
    ------
    EngineError
        when no such person can be drawn.
    RegimenError
        for a route or form that the model does not know, or when present use does not end before the regimen begins.
    """
    if existing is not None and existing.last_day >= on:
        raise RegimenError(
            where="existing use",
            found=f"doses until {existing.last_day}",
            need=f"doses that end before {on}",
            fix="Count doses from that day on in the regimen.",
        )
    check_route(regimen)
    # A longer sample begins with the shorter: person 7 is the same among 8 people and among a thousand.
    numbers = Numbers(knowledge(), {}, Sample(seed, max(person + 1, FEWEST_PEOPLE), patient))
    crowd = people_like(body, numbers, route=regimen.route, form=regimen.form, fed=fed)
    spans = spans_of(exposure, crowd, metabolites=len(METABOLITES))
    day_one_h = (on - existing.start).days * DAY_H if existing else 0.0
    doses = (*(series_of(existing, 0.0) if existing else ()), *series_of(regimen, day_one_h))
    effects = _effects(numbers, crowd, seed, person) if with_effects else None
    found = _assembled(spans, person, doses, day_one_h, regimen, tuple(numbers.used))
    return replace(found, effects=effects, extrapolated=bool(crowd.extrapolated))


def _effects(numbers: Numbers, crowd: People, seed: int, person: int) -> PersonEffects:
    """Constants of effect are drawn for people and the typical person, without those who differ by what is unsure."""
    people = crowd.sample.people
    ages_y = np.append(crowd.age_y[:people], crowd.age_y[-1])
    return person_effects(numbers, ages_y, seed=seed, person=person)


def _assembled(
    spans: Spans, person: int, doses: tuple[DoseSeries, ...], day_one_h: float, regimen: Regimen, facts: tuple[str, ...]
) -> PersonModel:
    crowd = spans.people
    kinetics, absorption = crowd.disposition, crowd.absorption
    depot = Depot(f"{regimen.route} {regimen.form}", *_of(person, absorption.ka_per_h, absorption.lag_h, absorption.f))
    if absorption.direct:
        doses = tuple(replace(series, depot=None) for series in doses)
    last_dosing_day = max(at for at, _ in regimen.timed()) // DAY_H
    return PersonModel(
        analytes=("diazepam", *METABOLITES),
        volumes_l=_of(person, *kinetics.volumes_l),
        exchange_l_per_h=_of(person, *kinetics.exchange_l_per_h),
        metabolite_volumes_l=_of(person, *kinetics.metabolite_v_l),
        clearance_l_per_h=_of(person, kinetics.cl_l_per_h, *kinetics.metabolite_cl_l_per_h),
        formed=tuple(_formations(crowd, person)),
        unbound=tuple(map(float, kinetics.unbound)),
        depots=() if absorption.direct else (depot,),
        doses=doses,
        changes=_changes(spans, person, day_one_h),
        day_one_h=day_one_h,
        end_h=day_one_h + (last_dosing_day + 1) * DAY_H,
        facts=facts,
    )


def _of(person: int, *arrays: Array) -> tuple[float, ...]:
    """One person's number of each array."""
    return tuple(float(array[person]) for array in arrays)


def _formations(crowd: People, person: int) -> Iterator[Formation]:
    """What is formed of what, where anything is: from diazepam first, then from one metabolite to the next."""
    for daughter, share in enumerate(_of(person, *crowd.formed), start=1):
        if share > 0:
            yield Formation(0, daughter, share)
    for parent, row in enumerate(crowd.passed_on, start=1):
        for daughter, share in enumerate(_of(person, *row), start=1):
            if share > 0:
                yield Formation(parent, daughter, share)


def _changes(spans: Spans, person: int, day_one_h: float) -> tuple[ClearanceChange, ...]:
    """The spans in the time of the model. What ended before its first day is left out."""
    first = spans.at(-day_one_h)
    return tuple(
        ClearanceChange(
            max(start + day_one_h, 0.0), tuple(float(each[person]) for each in spans.multiples_of_each(first + index))
        )
        for index, start in enumerate(spans.starts_h[first:])
    )


def series_of(regimen: Regimen, begin_h: float) -> tuple[DoseSeries, ...]:
    """Every dose of a regimen, in as few series as its days allow. Doses at one instant are one dose."""
    days: dict[tuple[float, float], list[int]] = {}
    day = 0
    for phase in regimen.phases:
        at_clock: dict[float, float] = {}
        for dose in phase.doses:
            at_clock[dose.clock_h] = at_clock.get(dose.clock_h, 0.0) + float(dose.mg)
        for key in at_clock.items():
            days.setdefault(key, []).extend(range(day, day + phase.days))
        day += phase.days
    found = [
        DoseSeries(begin_h + first * DAY_H + clock_h, step * DAY_H, times, mg)
        for (clock_h, mg), taken in days.items()
        for first, step, times in even_runs(taken)
    ]
    return tuple(sorted(found, key=lambda one: (one.first_h, one.mg)))


def even_runs(days: Iterable[int]) -> list[tuple[int, int, int]]:
    """Rising days as (first, step, how many): each run is taken as far as its first step holds."""
    runs: list[tuple[int, int, int]] = []
    for day in days:
        if runs:
            first, step, times = runs[-1]
            if times == 1 or day == first + step * times:
                runs[-1] = (first, day - first if times == 1 else step, times + 1)
                continue
        runs.append((day, 1, 1))
    return runs
