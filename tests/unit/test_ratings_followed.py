"""From a diary to the people of the rest of a taper, with this project's own kinetics."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from tests.factories import BODY
from unclench.appraisal.findings import Exposure
from unclench.individual.diary_file import Diary, DiaryDay
from unclench.individual.followed import followed
from unclench.individual.ratings import RatingsLearnt, learn_ratings, rated_days
from unclench.knowledge import knowledge
from unclench.models import receptor
from unclench.simulation.parameters import Numbers
from unclench.simulation.taper_model import Falling, falling
from unclench.values import Dose, EngineError, Phase, Regimen

UNTIL = date(2026, 11, 22)
PLAIN = Exposure((), (), 1.0, 1.0, 1.0, 0.0)
TAKEN = (*[Decimal(20)] * 14, *[Decimal(18)] * 14, *[Decimal(16)] * 14)


def regimen(phases: list[tuple[int, Decimal]], until: date) -> Regimen:
    days = sum(length for length, _ in phases)
    halves = [(length, Dose(mg / 2, 8.0), Dose(mg / 2, 22.0)) for length, mg in phases]
    return Regimen(until - timedelta(days=days), tuple(Phase(length, (one, two)) for length, one, two in halves))


def people(on: date, phases: list[tuple[int, Decimal]]) -> Falling:
    return falling(body=BODY, exposure=PLAIN, on=on, history=regimen(phases, on), seed=7, people=200)


def diary(ratings: list[float]) -> Diary:
    first = UNTIL - timedelta(days=len(TAKEN))
    days = enumerate(zip(TAKEN, ratings, strict=True))
    return Diary(tuple(DiaryDay(first + timedelta(days=at), mg, rating, None) for at, (mg, rating) in days), UNTIL)


@pytest.fixture(scope="module")
def then() -> Falling:
    return people(UNTIL - timedelta(days=len(TAKEN)), [(700, Decimal(20))])


@pytest.fixture(scope="module")
def now() -> Falling:
    return people(UNTIL, [(714, Decimal(20)), (14, Decimal(18)), (14, Decimal(16))])


def learnt(then: Falling, ratings: list[float]) -> RatingsLearnt:
    kept = diary(ratings)
    return learn_ratings(
        then.load(np.array(kept.daily(Decimal(20)), dtype=np.float64)),
        adaptation=then.adaptation,
        tau_on_d=then.tau_on_d,
        ratings=rated_days(kept),
        numbers=Numbers(knowledge(), {}),
        seed=7,
    )


def test_days_without_a_dose_have_the_one_before():
    days = (DiaryDay(date(2026, 11, 18), None, 1.0, None), DiaryDay(date(2026, 11, 20), Decimal(8), None, None))
    assert Diary(days, UNTIL).daily(Decimal(10)) == (Decimal(10), Decimal(10), Decimal(8), Decimal(8))


@pytest.mark.verifies("M9")
def test_following_the_diary_arrives_where_the_history_does(then: Falling, now: Falling):
    """The same people walked to today by the diary's loads and by their history: the same adaptation."""
    load = then.load(np.array(TAKEN, dtype=np.float64))
    share = receptor.occupancy(load)
    state = then.adaptation.copy()
    for day in share:
        tau = np.where(state > day, then.tau_off_d, then.tau_on_d)
        state = day + (state - day) * np.exp(-1.0 / tau)
    assert state == pytest.approx(now.adaptation, abs=0.012)


@pytest.mark.verifies("M9")
def test_draws_keep_kinetics_adaptation_and_recovery_together(then: Falling, now: Falling):
    found = learnt(then, [1.0] * 14 + [3.0] * 14 + [4.0] * 14)
    rest = followed(now, found)
    assert rest.columns == 201
    at = found.column[17]
    assert np.array_equal(rest.amounts[:, 17], now.amounts[:, at])
    assert rest.tau_on_d[17] == now.tau_on_d[at]
    assert rest.tau_off_d[17] == found.tau_off_d[17]
    assert rest.tau_off_d[-1] == found.tau_off_d[found.middlemost]
    hold = np.full(28, 16.0)
    assert rest.load(hold)[:, 17] == pytest.approx(now.load(hold)[:, at])
    assert rest.levels(hold)[0, :, 17] == pytest.approx(now.levels(hold)[0, :, at])
    # Adaptation of a draw is that of its own recovery time, walked a day at a time.
    share = receptor.occupancy(then.load(np.array(TAKEN, dtype=np.float64)))[:, at]
    state = float(then.adaptation[at])
    for day in share:
        tau = found.tau_off_d[17] if state > day else then.tau_on_d[at]
        state = day + (state - day) * float(np.exp(-1.0 / tau))
    assert rest.adaptation[17] == pytest.approx(state, rel=1e-12)


@pytest.mark.verifies("M9")
def test_marked_ratings_expect_more_of_the_same_cut_than_calm_ones(then: Falling, now: Falling):
    """Felt is what is compared: the drive of a cut over the threshold of the same draw."""
    rise = [1.0] * 14 + [4.0, 5.0] * 7 + [6.0, 5.0] * 7
    felt = []
    for ratings in ([0.0, 1.0] * 21, rise):
        found = learnt(then, ratings)
        rest = followed(now, found)
        drive = rest.drive(np.full(28, 14.0))[:, :-1].max(axis=0) * rest.reference / 100.0
        felt.append(np.median(drive / found.threshold[: drive.size]))
    assert felt[1] > 2.0 * felt[0]


def test_people_of_another_load_are_refused(now: Falling, then: Falling):
    found = learnt(then, [1.0] * 42)
    with pytest.raises(EngineError, match="draws"):
        followed(now, found, count=5000)
