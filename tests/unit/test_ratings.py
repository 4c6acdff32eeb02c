"""Learning from ratings with this project's own kinetics, and the people that the rest of a taper is planned on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from tests.factories import BODY
from unclench.appraisal.findings import Exposure
from unclench.individual.diary_file import Diary, DiaryDay
from unclench.individual.ratings import Rated, RatingsLearnt, learn_ratings, rated_days
from unclench.knowledge import knowledge
from unclench.simulation.parameters import Numbers
from unclench.simulation.taper_model import Falling, falling
from unclench.values import Dose, EngineError, Phase, Regimen

UNTIL = date(2026, 11, 22)
PLAIN = Exposure((), (), 1.0, 1.0, 1.0, 0.0)
TAKEN = (*[Decimal(20)] * 14, *[Decimal(18)] * 14, *[Decimal(16)] * 14)
DOSES = np.array(TAKEN, dtype=np.float64)


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


def learnt(then: Falling, ratings: list[float], *, seed: int = 7) -> RatingsLearnt:
    kept = diary(ratings)
    return learn_ratings(
        then.load(DOSES),
        adaptation=then.adaptation,
        tau_on_d=then.tau_on_d,
        ratings=rated_days(kept),
        numbers=Numbers(knowledge(), {}),
        seed=seed,
    )


@pytest.mark.verifies("M9")
def test_marked_ratings_expect_more_of_the_next_cut_than_calm_ones(then: Falling):
    """Felt is what is compared: the drive of the next cut over the threshold of the same draw."""
    felt = []
    for ratings in ([0.0, 1.0] * 21, [1.0] * 14 + [4.0, 5.0] * 7 + [6.0, 5.0] * 7):
        found = learnt(then, ratings)
        rest = then.like(found.column[:200], found.tau_off_d[:200])
        drive = rest.drive(np.r_[DOSES, np.full(28, 14.0)])[DOSES.size :, :-1].max(axis=0) * rest.reference / 100.0
        felt.append(np.median(drive / found.threshold[:200]))
    assert felt[1] > 2.0 * felt[0]


@pytest.mark.verifies("M9")
@pytest.mark.parametrize(
    "ratings",
    [
        [0.0] * 42,
        [10.0] * 42,
        [1.0] * 14 + [4.0, 5.0] * 7 + [6.0, 5.0] * 7,
        [0.0] * 20 + [9.0] * 22,
        [*map(float, "111210111211011234454433222122355665644432")],
    ],
)
def test_two_seeds_agree_however_hard_the_ratings_are_to_explain(then: Falling, ratings: list[float]):
    one, two = (learnt(then, ratings, seed=seed) for seed in (7, 8))
    assert min(one.effective, two.effective) > 300
    for name in ("tau_off_d", "threshold", "baseline"):
        first, second = (np.log(getattr(found, name)) for found in (one, two))
        assert abs(first.mean() - second.mean()) < 0.3 * first.std(), name


@pytest.mark.verifies("M9")
def test_days_without_a_load_and_ratings_out_of_order_are_refused(then: Falling):
    with pytest.raises(EngineError, match="a load for every rated day"):
        learn_ratings(
            then.load(DOSES[:10]),
            adaptation=then.adaptation,
            tau_on_d=then.tau_on_d,
            ratings=rated_days(diary([1.0] * 42)),
            numbers=Numbers(knowledge(), {}),
            seed=7,
        )
    for day, rating in (([3, 2], [1.0, 1.0]), ([2, 2], [1.0, 1.0]), ([1, 2], [1.0, 11.0]), ([1], [1.0, 2.0])):
        with pytest.raises(EngineError, match="days rising"):
            Rated(np.array(day, dtype=np.intp), np.array(rating))
