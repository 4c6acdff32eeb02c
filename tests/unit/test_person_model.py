"""One person's model: doses in few series, only what is needed of the past, and refusals."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.appraisal.findings import Body, ClearanceSegment, Exposure
from unclench.consult import made_with
from unclench.report.sbml import MAX_SERIES, to_sbml
from unclench.simulation.person import PersonModel, even_runs, person_model, series_of
from unclench.values import Answer, Dose, EngineError, Phase, Regimen, RegimenError

ON = date(2026, 11, 22)
BODY = Body(40.0, "male", 70.0, 178.0, 43.0, "none", Answer.NO, "NM", Answer.NO)
NO_CHANGE = Exposure(changes=(), segments=(), ratio=1.0, low=1.0, high=1.0, log_sd=0.0)
PHASES = st.lists(
    st.builds(
        Phase,
        days=st.integers(1, 9),
        doses=st.lists(
            st.builds(Dose, mg=st.sampled_from([Decimal(2), Decimal(5)]), clock_h=st.sampled_from([0.0, 8.0, 22.0])),
            max_size=4,
        ).map(lambda doses: tuple(sorted(doses, key=lambda dose: dose.clock_h))),
    ),
    min_size=1,
    max_size=6,
).filter(lambda phases: any(phase.doses for phase in phases))


def model(regimen: Regimen, exposure: Exposure = NO_CHANGE, existing: Regimen | None = None) -> PersonModel:
    return person_model(body=BODY, exposure=exposure, regimen=regimen, existing=existing, on=ON, seed=1)


def night(days: int, start: date = ON) -> Regimen:
    return Regimen(start, (Phase(days, (Dose(Decimal(5), 22.0),)),))


@given(phases=PHASES)
def test_series_hold_every_dose_and_no_other(phases: list[Phase]) -> None:
    regimen = Regimen(ON, tuple(phases))
    wanted: dict[float, float] = {}
    for at, mg in regimen.timed():
        wanted[at + 3.0] = wanted.get(at + 3.0, 0.0) + float(mg)
    found: dict[float, float] = {}
    for series in series_of(regimen, 3.0):
        for turn in range(series.times):
            at = series.first_h + turn * series.every_h
            assert at not in found
            found[at] = series.mg
    assert found == wanted


def test_even_days_are_one_run() -> None:
    assert even_runs(range(1000)) == [(0, 1, 1000)]
    assert even_runs([0, 7, 14, 21]) == [(0, 7, 4)]
    assert even_runs([0, 1, 2, 9, 10]) == [(0, 1, 3), (9, 1, 2)]


def test_the_past_is_part_of_the_model_and_what_ended_before_it_is_not() -> None:
    exposure = dataclasses.replace(
        NO_CHANGE,
        segments=(
            ClearanceSegment(-inf, 1.0, 1.0),
            ClearanceSegment(-1000.0, 0.5, 0.5),
            ClearanceSegment(-48.0, 0.7, 0.8),
            ClearanceSegment(24.0, 1.0, 1.0),
        ),
    )
    found = model(night(3), exposure, night(10, ON - timedelta(days=10)))
    assert found.day_one_h == 240.0
    assert [change.from_h for change in found.changes] == [0.0, 192.0, 264.0]
    assert found.changes[0].multiples[0] == 0.5
    assert [series.first_h for series in found.doses] == [22.0, 262.0]
    assert found.end_h == 240.0 + 72.0


def test_a_drawn_person_does_not_depend_on_how_many_are_drawn() -> None:
    settings = {"body": BODY, "exposure": NO_CHANGE, "regimen": night(2), "existing": None, "on": ON, "seed": 3}
    third = person_model(**settings, person=2)
    assert third != person_model(**settings, person=5)
    assert third == person_model(**settings, person=2)
    assert third.clearance_l_per_h != person_model(**settings).clearance_l_per_h


def test_present_use_that_overlaps_is_refused() -> None:
    with pytest.raises(RegimenError, match="existing use"):
        model(night(3), existing=night(10, ON - timedelta(days=5)))


@pytest.mark.parametrize("value", [0.0, -1.0, inf, float("nan")])
def test_a_volume_or_clearance_that_cannot_be_is_refused(value: float) -> None:
    with pytest.raises(EngineError, match="above 0"):
        dataclasses.replace(model(night(1)), volumes_l=(value, 10.0, 70.0))


def test_too_many_uneven_doses_are_refused() -> None:
    found = model(night(1))
    many = tuple(dataclasses.replace(found.doses[0], first_h=float(at)) for at in range(MAX_SERIES + 1))
    with pytest.raises(RegimenError, match="at most"):
        to_sbml(dataclasses.replace(found, doses=many), made_with())
