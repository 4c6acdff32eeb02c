"""What ratings teach, against slow twins and simulated people: likelihood, posterior, coverage, ranks, shrinkage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermegauss
from scipy import stats

from scripts.calibrate_ratings import BINS, PEOPLE, calibration, learn
from tests import ratings_factory as factory
from unclench.individual import ratings_model as model
from unclench.individual.ratings import Rated

PRIOR = factory.PRIOR


def slow_log_likelihood(person: model.Person, at: int, mean: np.ndarray, rated: Rated) -> float:
    """One person, one day at a time, with SciPy's t."""
    total = 0.0
    for index, (day, rating) in enumerate(zip(rated.day, rated.rating, strict=True)):
        expected = mean[day]
        if index:
            before = rated.day[index - 1]
            expected += person.carry[at] ** (day - before) * (rated.rating[index - 1] - mean[before])
        low = -np.inf if rating < 0.5 else rating - 0.5
        high = np.inf if rating > 9.5 else rating + 0.5
        swing = stats.t(4, loc=expected, scale=person.noise[at])
        total += np.log(swing.cdf(high) - swing.cdf(low))
    return total


@pytest.mark.verifies("M9")
def test_the_likelihood_is_that_of_the_slow_twin() -> None:
    world = factory.world(columns=7, days_each=5)
    columns = factory.columns_of(world)
    rng = np.random.default_rng(4)
    for _ in range(6):
        _, _, rated = factory.somebody(world, PRIOR, rng, fewest=3)
        people = model.person_of(PRIOR, columns, model.prior_points(PRIOR, columns, rng, 6))
        fast = model.log_likelihood(people, columns, rated.day, rated.rating, PRIOR)
        slow = [slow_log_likelihood(people, at, factory.means(people, at, world, PRIOR), rated) for at in range(6)]
        assert fast == pytest.approx(slow, rel=1e-9, abs=1e-9)


def test_the_closed_form_of_t_is_that_of_scipy() -> None:
    x = np.concatenate([-np.geomspace(1e-9, 60.0, 200), [0.0], np.geomspace(1e-9, 60.0, 200)])
    assert model.t4(x) == pytest.approx(stats.t(4).cdf(x), abs=3e-16, rel=1e-9)


def test_the_prior_is_a_density() -> None:
    """Its integral over the logarithm of the recovery time is 1, and draws follow it."""
    at = np.linspace(-6.0, 12.0, 20001)
    points = np.zeros((at.size, model.UNKNOWNS + 1))
    points[:, model.TAU] = at
    one = factory.columns_of(factory.world(columns=1, days_each=3))
    points[:, model.THRESHOLD] = PRIOR.threshold.at - one.log_drive[0]
    rest = (model.UNKNOWNS - 1) * 0.5 * np.log(2.0 * np.pi) + np.log(PRIOR.threshold.sd)
    density = np.exp(model.log_prior(PRIOR, one, points) + rest)
    assert np.trapezoid(density, at) == pytest.approx(1.0, abs=1e-6)

    drawn = model.prior_points(PRIOR, one, np.random.default_rng(1), 20000)[:, model.TAU]
    below = np.cumsum(density) * (at[1] - at[0])
    assert stats.kstest(drawn, lambda x: np.interp(x, at, below)).pvalue > 0.001


# The dense twin: every unknown on a grid of its own, one column, no sampling.


@dataclass(frozen=True)
class Moments:
    mean: np.ndarray
    sd: np.ndarray


def by_quadrature(world: factory.World, rated: Rated) -> Moments:
    """Posterior means and SDs of log tau and the standardised threshold, baseline, noise and carry."""
    tau, z_base = np.linspace(-1.5, 6.5, 33), np.linspace(-3.6, 3.6, 37)
    w_base = np.exp(-0.5 * z_base**2)  # the best known of them: its grid must be finer than Hermite's
    z_threshold, w_threshold = hermegauss(13)
    z_noise, w_noise = hermegauss(9)
    z_carry, w_carry = hermegauss(7)
    grids = np.meshgrid(tau, z_threshold, z_base, z_noise, z_carry, indexing="ij")
    points = np.zeros((grids[0].size, model.UNKNOWNS + 1))
    for unknown, grid in enumerate(grids):
        points[:, unknown] = grid.ravel()
    column = factory.columns_of(world)
    points[:, model.THRESHOLD] = (
        PRIOR.threshold.at + PRIOR.threshold.sd * points[:, model.THRESHOLD] - column.log_drive[0]
    )
    weights = np.ones(1)
    w_tau = sum(
        share * stats.norm(one.at, one.sd).pdf(tau)
        for share, one in ((1.0 - PRIOR.slow_share, PRIOR.tau), (PRIOR.slow_share, PRIOR.tau_slow))
    )
    for part in (w_tau, w_threshold, w_base, w_noise, w_carry):
        weights = np.multiply.outer(weights, part).ravel()
    told = np.empty(points.shape[0])
    for first in range(0, told.size, 20000):
        part = slice(first, first + 20000)
        person = model.person_of(PRIOR, column, points[part])
        told[part] = model.log_likelihood(person, column, rated.day, rated.rating, PRIOR)
    weights = weights * np.exp(told - told.max())
    weights /= weights.sum()
    known = np.stack([grid.ravel() for grid in grids], axis=1)
    mean = weights @ known
    return Moments(mean, np.sqrt(weights @ (known - mean) ** 2))


@pytest.mark.verifies("M9")
@pytest.mark.parametrize("who", [0, pytest.param(1, marks=pytest.mark.night), pytest.param(2, marks=pytest.mark.night)])
def test_the_posterior_is_that_of_the_dense_twin(who: int) -> None:
    """Few enough ratings that nodes of a quadrature resolve the posterior."""
    world = factory.world(columns=1, days_each=5)
    rng = np.random.default_rng(who)
    _, person, _ = factory.somebody(world, PRIOR, rng)
    days = np.arange(0, 25, 3)
    rated = factory.rates(person, 0, factory.means(person, 0, world, PRIOR), days, rng)
    exact = by_quadrature(world, rated)
    found = learn(world, rated, draws=20000)

    middles = (PRIOR.threshold, PRIOR.noise)
    z_threshold, z_noise = (
        (np.log(draws) - one.at) / one.sd for draws, one in zip((found.threshold, found.noise), middles, strict=True)
    )
    z_base, z_carry = (
        (np.log(share / (1.0 - share)) - one.at) / one.sd
        for share, one in ((found.baseline / model.TOP, PRIOR.baseline), (found.carry, PRIOR.carry))
    )
    drawn = np.stack([np.log(found.tau_off_d), z_threshold, z_base, z_noise, z_carry])
    error = exact.sd / np.sqrt(found.effective)
    assert np.abs(drawn.mean(axis=1) - exact.mean).max() < 4.0 * error.max()
    assert drawn.std(axis=1) == pytest.approx(exact.sd, rel=0.12)


@pytest.mark.verifies("M9")
@pytest.mark.parametrize("people", [60, pytest.param(PEOPLE, marks=pytest.mark.night)])
def test_simulated_people_are_found_as_often_as_the_intervals_say(people: int) -> None:
    """Coverage within three binomial standard errors, and even ranks of the truth among the draws.

    Baseline and swing are learnt well, recovery time and threshold a little; the sampler is not starved; and people of
    the model itself seldom look as if they contradicted it.
    """
    found = calibration(people)
    assert found.faults == []
    assert found.chi_squares.max() < stats.chi2.isf(0.001 / found.chi_squares.size, BINS - 1)
    tau, threshold, baseline, noise, _ = found.moved
    assert baseline > 0.5
    assert noise > 0.6
    assert 0.1 < tau < 0.6
    assert 0.03 < threshold < 0.5
    assert found.effective[0] > 200
    assert found.doubted <= 0.05


def test_nothing_rated_teaches_nothing() -> None:
    world = factory.world(columns=20, days_each=4)
    found = learn(world, Rated(np.zeros(0, dtype=np.intp), np.zeros(0)), draws=20000)
    assert found.rated == 0
    assert not found.trusted
    for one in found.parameters:
        assert one.posterior == pytest.approx(one.prior, rel=0.12)
        assert abs(one.moved) < 0.08


def test_same_ratings_same_draws_and_another_patient_others() -> None:
    world = factory.world(columns=30, days_each=6)
    _, _, rated = factory.somebody(world, PRIOR, np.random.default_rng(2))
    one, two, other = (learn(world, rated, patient=name).tau_off_d for name in ("a", "a", "b"))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def steady(days: int, rating: float) -> np.ndarray:
    return np.full(days, rating) + np.tile([0.0, 1.0, 0.0, 0.0, 1.0], days // 5 + 1)[:days]


@pytest.mark.verifies("M9")
def test_one_bad_day_hardly_moves_what_is_learnt() -> None:
    world = factory.world()
    calm = steady(60, 1.0)
    bad = calm.copy()
    bad[40] = 10.0
    days = np.arange(60)
    before, after = (learn(world, Rated(days, ratings)) for ratings in (calm, bad))
    for name in ("tau_off_d", "threshold", "baseline"):
        one, two = (np.quantile(np.log(getattr(found, name)), [0.25, 0.5, 0.75]) for found in (before, after))
        assert np.abs(one - two).max() < 0.35 * (one[2] - one[0]) + 0.05, name
    assert after.trusted


@pytest.mark.verifies("M9")
def test_slow_recovery_is_recognised() -> None:
    """Ratings that climb with every cut and do not come back: the slow become likelier."""
    world = factory.world()
    people = model.Person(*(np.array([value]) for value in (90.0, 0.03, 0.5, 0.6, 0.2)), column=np.array([5]))
    mean = factory.means(people, 0, world, PRIOR)
    rated = factory.rates(people, 0, mean, np.arange(60), np.random.default_rng(0))
    found = learn(world, rated)
    assert found.slow > 3.0 * PRIOR.slow_share
    assert np.median(found.tau_off_d) > 20.0


@pytest.mark.verifies("M9")
def test_what_contradicts_or_is_too_little_is_said() -> None:
    world = factory.world(doses=(20.0, 20.0, 20.0, 20.0))
    days = np.arange(48)
    rising = np.r_[steady(24, 1.0), steady(24, 6.0)]
    assert "RATE-RISE-UNCUT" in learn(world, Rated(days, rising)).doubts
    assert "RATE-NO-CUT" in learn(world, Rated(days, steady(48, 1.0))).doubts
    cut = factory.world()
    few = learn(cut, Rated(np.array([3, 30, 50]), np.array([1.0, 2.0, 1.0])))
    assert few.doubts == ("RATE-SPARSE",)
    wild = np.where(np.random.default_rng(1).random(60) < 0.5, 0.0, 10.0)
    assert "RATE-NOISY" in learn(cut, Rated(np.arange(60), wild)).doubts
    # Bad before the first cut and well after every cut: the wrong way round.
    reversed_course = np.r_[steady(12, 8.0), steady(48, 0.0)]
    assert "RATE-CONTRADICT" in learn(cut, Rated(np.arange(60), reversed_course)).doubts
