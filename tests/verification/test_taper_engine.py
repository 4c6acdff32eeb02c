"""The model of days that tapers are judged by, against slow obvious twins and against the model of hours."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.taper_people import ON, takes
from unclench.appraisal.findings import ClearanceSegment, Exposure
from unclench.engine import falling as engine
from unclench.knowledge import knowledge
from unclench.models import pk
from unclench.planning.taper_start import dosed, past_use
from unclench.simulation.clearance import spans_of
from unclench.simulation.existing import advance, begin
from unclench.simulation.foresee import foresee
from unclench.simulation.parameters import Numbers
from unclench.simulation.people import METABOLITES, people_like
from unclench.simulation.sample import Sample
from unclench.simulation.simulate import simulate
from unclench.simulation.taper_model import falling
from unclench.values import DAY_H

pytestmark = pytest.mark.verifies("P5", "M7")
SEED, PEOPLE, CLOCK = 5, 12, (8.0, 22.0)
DOSES = np.array([20.0] * 10 + [15.0] * 10 + [9.0] * 14 + [0.0] * 30)
APPRAISAL = takes(20, 14.0, age=50)
CHANGED = Exposure(
    (), (ClearanceSegment(-np.inf, 1.0, 1.0), ClearanceSegment(17 * DAY_H, 0.4, 1.0)), 1.0, 1.0, 1.0, 0.2
)


def people_falling(exposure=APPRAISAL.exposure, *, history=True):
    return falling(
        body=APPRAISAL.body,
        exposure=exposure,
        on=ON,
        history=past_use(APPRAISAL) if history else None,
        seed=SEED,
        people=PEOPLE,
        clock_h=CLOCK,
    )


def test_a_day_at_a_time_is_the_sum_over_doses():
    """Every dose by itself, from its own hour on: what is left of it at each midnight and on average over each day."""
    found = people_falling(history=False)
    span = found.spans[0]
    lag = spans_of(APPRAISAL.exposure, crowd(), metabolites=len(METABOLITES)).people.absorption.lag_h
    lag = lag[np.r_[0:PEOPLE, lag.size - 1]]
    levels = np.zeros((DOSES.size, found.columns))
    for day, mg in enumerate(DOSES):
        for clock in CLOCK:
            at = day * DAY_H + clock + lag
            for later in range(day, DOSES.size):
                begins, ends = later * DAY_H, (later + 1) * DAY_H
                since, until = np.maximum(begins - at, 0.0), ends - at
                area = (np.exp(-span.modes.rates * since) - np.exp(-span.modes.rates * until)) / span.modes.rates
                each = mg / 2 * pk.NG_ML_PER_MG_L * span.modes.given * area / DAY_H
                levels[later] += (found.weights[0] * each).sum(axis=0)
    np.testing.assert_allclose(found.load(DOSES), levels, rtol=1e-9, atol=1e-12)


def crowd():
    return people_like(APPRAISAL.body, Numbers(knowledge(), {}, Sample(SEED, PEOPLE, "")))


def test_the_following_state_solves_its_equation():
    rng = np.random.default_rng(1)
    days, columns = 40, 5
    share = np.repeat(rng.uniform(0.0, 0.8, (days // 4, columns)), 4, axis=0)
    rise, fall, start = rng.uniform(0.05, 0.5, columns), rng.uniform(0.02, 0.3, columns), rng.uniform(0.0, 0.9, columns)
    found = engine.tracked(share, rise_per_day=rise, fall_per_day=fall, start=start)
    for column in range(columns):
        state = start[column]
        for day in range(days):
            target = share[day, column]

            def flow(_, a, target=target, column=column):
                return (target - a) * np.where(target > a, rise[column], fall[column])

            run = solve_ivp(flow, (0.0, 1.0), [state], t_eval=[0.5, 1.0], rtol=1e-9, atol=1e-12)
            assert found[day, column] == pytest.approx(run.y[0, 0] - target, abs=1e-7)
            state = run.y[0, 1]


def test_the_judge_of_the_search_is_the_model():
    """Single precision and responses to steps, against doses walked one by one; once with a change of clearance."""
    for exposure in (APPRAISAL.exposure, CHANGED):
        found = people_falling(exposure)
        known = np.concatenate([np.full(5, 20.0), np.zeros(95)])
        begins = [5, 19, 33, 47, 61]
        rows = np.array([[18.0, 12.0, 7.0, 1.0], [20.0, 5.0, 5.0, 0.5], [10.0, 9.0, 8.0, 7.0]])
        edge = np.zeros((rows.shape[0], 1))
        quick = found.highest(found.steps(known, begins), np.diff(np.hstack([edge, rows, edge]), axis=1))
        for row, peaks in zip(rows, quick, strict=True):
            doses = known.copy()
            for mg, begin_day, end in zip(row, begins, begins[1:], strict=False):
                doses[begin_day:end] = mg
            np.testing.assert_allclose(peaks, found.drive(doses).max(axis=0), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("exposure", [APPRAISAL.exposure, CHANGED], ids=["as it is", "with a change of clearance"])
def test_levels_of_days_are_those_of_hours(exposure):
    """The average of each day against the same people walked by the hour, a change of clearance on the way included.

    A day may carry what absorption delays past midnight: no more than 1 % of the level.
    """
    found = people_falling(exposure)
    spans = spans_of(exposure, crowd(), metabolites=len(METABOLITES))
    march = begin(spans, past_use(APPRAISAL), ON, scale=pk.NG_ML_PER_MG_L)
    for day, mg in enumerate(DOSES):
        for clock in CLOCK:
            march.give(day * DAY_H + clock, (mg / 2 * pk.NG_ML_PER_MG_L,))
    keep = np.r_[0:PEOPLE, march.levels().shape[-1] - 1]
    hourly = np.empty((2, DOSES.size, keep.size))
    step = 0.25
    for day in range(DOSES.size):
        seen = []
        for quarter in range(int(DAY_H / step)):
            advance(march, spans, day * DAY_H + (quarter + 0.5) * step)
            seen.append(march.levels()[:2, 0][:, keep])
        hourly[:, day] = np.mean(seen, axis=0)
    daily = found.levels(DOSES)[:2]
    high = hourly > 0.01 * hourly.max(axis=1, keepdims=True)
    np.testing.assert_allclose(daily[high], hourly[high], rtol=0.01)


def test_no_product_of_the_search_is_so_large_that_it_is_spread_over_threads():
    """On a busy machine the threads of one product wait for each other a thousand times as long as it takes."""
    columns, unthreaded = 201, 4 * 65536
    assert engine.CACHED_ROWS * engine.AT_ONCE * columns <= unthreaded


def test_how_many_are_judged_at_once_changes_nothing(monkeypatch):
    found = people_falling()
    known = np.concatenate([np.full(5, 20.0), np.zeros(60)])
    changes = np.random.default_rng(3).uniform(-5.0, 5.0, (9, 3))
    steps = found.steps(known, [5, 19, 33])
    whole = found.highest(steps, changes)
    monkeypatch.setattr(engine, "CACHED_ROWS", 2)
    monkeypatch.setattr(engine, "AT_ONCE", 2)
    np.testing.assert_allclose(found.highest(steps, changes), whole, rtol=1e-4, atol=1e-4)


def test_a_change_of_clearance_does_not_jump():
    """The same rates again are no change: two equal spans are one."""
    same = Exposure(
        (), (ClearanceSegment(-np.inf, 1.0, 1.0), ClearanceSegment(17 * DAY_H, 1.0 + 1e-9, 1.0)), 1.0, 1.0, 1.0, 0.0
    )
    one, two = people_falling(same), people_falling(Exposure((), (), 1.0, 1.0, 1.0, 0.0))
    assert len(one.spans) == 2
    np.testing.assert_allclose(one.load(DOSES), two.load(DOSES), rtol=1e-5)


def test_the_drive_of_days_is_that_of_hours_for_an_abrupt_stop():
    """The peak after two more days at the old dose and nothing then: days against effects by the hour."""
    regimen = dosed(ON, [Decimal(20)] * 2, CLOCK)
    (course,) = simulate(APPRAISAL, (regimen,), seed=SEED, people=100)
    hours = foresee(APPRAISAL, course, seed=SEED)
    assert hours is not None
    curve = next(one for one in hours.effects.curves if one.effect == "withdrawal-drive")
    found = falling(
        body=APPRAISAL.body,
        exposure=APPRAISAL.exposure,
        on=ON,
        history=APPRAISAL.current_use.regimen,
        seed=SEED,
        people=PEOPLE,
        clock_h=CLOCK,
    )
    drive = found.drive(np.array([20.0] * 2 + [0.0] * 42))[:, -1]
    assert drive.max() == pytest.approx(float(curve.typical.max()), rel=0.05)
    assert float(drive.argmax()) == pytest.approx(float(curve.t_h[curve.typical.argmax()]) / DAY_H, abs=2.0)
    assert ON + timedelta(days=2) == regimen.last_day + timedelta(days=1)
