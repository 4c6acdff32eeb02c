"""Shares of variance from the draws, against Sobol indices by SALib on the same functions."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import sobol as analyze
from SALib.sample import sobol as sampling
from scipy.stats import norm

from unclench.models import effects
from unclench.simulation import effects_drivers as drivers

NAMES = ("load", "half", "steepness", "fast", "slow", "slope", "silent")


def drowsiness(deviates: np.ndarray) -> np.ndarray:
    """Log-odds of drowsiness from seven independent deviates (7, draws): the product's own equations."""
    load, half, steep, fast, slow, slope, _ = deviates
    sedated = effects.sedation(
        0.6 * np.exp(0.35 * load),
        half=0.26 * np.exp(0.4 * half),
        shift=(1.0 + 0.6 * effects.expit(fast)) * (1.0 + 0.6 * effects.expit(slow)),
        steepness=2.0 * np.exp(0.2 * steep),
    )
    return effects.logit(effects.drowsy_probability(sedated, on_placebo=0.1, slope=1.7 * np.exp(0.2 * slope)))


@pytest.fixture(scope="module")
def by_sobol() -> tuple[np.ndarray, np.ndarray]:
    """First-order and total indices."""
    problem = {"num_vars": len(NAMES), "names": list(NAMES), "bounds": [[0.0, 1.0]] * len(NAMES)}
    points = np.clip(sampling.sample(problem, 4096, calc_second_order=False, seed=7), 1e-6, 1 - 1e-6)
    found = analyze.analyze(problem, drowsiness(norm.ppf(points).T), calc_second_order=False, seed=7)
    return np.asarray(found["S1"]), np.asarray(found["ST"])


@pytest.mark.verifies("M8")
def test_shares_of_many_draws_are_the_indices_of_sobol(by_sobol: tuple[np.ndarray, np.ndarray]) -> None:
    deviates = np.random.default_rng(2).standard_normal((len(NAMES), 20000))
    found = drivers.shares(deviates, drowsiness(deviates)[None])[:, 0]
    first, total = by_sobol

    assert np.abs(found - first).max() < 0.03
    assert np.all(found < total + 0.03)


@pytest.mark.verifies("M8")
def test_shares_of_a_usual_sample_name_the_same_causes(by_sobol: tuple[np.ndarray, np.ndarray]) -> None:
    """250 people: each share within 0.15, the largest among the true three, and what does nothing nearly nothing."""
    first, _ = by_sobol
    for seed in range(12):
        deviates = np.random.default_rng(seed).standard_normal((len(NAMES), 250))
        found = drivers.shares(deviates, drowsiness(deviates)[None])[:, 0]
        assert np.abs(found - first).max() < 0.15
        assert found.argmax() in np.argsort(first)[-3:]
        assert found[-1] < 0.04


def shapley(correlation: np.ndarray, with_answer: np.ndarray) -> np.ndarray:
    """Shapley shares of a linear answer with correlated inputs, by all orders of three inputs."""
    from itertools import permutations

    def explained(chosen: tuple[int, ...]) -> float:
        if not chosen:
            return 0.0
        rows = list(chosen)
        part = with_answer[rows]
        return float(part @ np.linalg.solve(correlation[np.ix_(rows, rows)], part))

    found, orders = np.zeros(3), list(permutations(range(3)))
    for order in orders:
        for place, one in enumerate(order):
            found[one] += explained(order[: place + 1]) - explained(order[:place])
    return found / len(orders)


def test_correlated_inputs_share_what_they_share() -> None:
    rng = np.random.default_rng(9)
    root = np.linalg.cholesky(np.array([[1.0, 0.6, 0.0], [0.6, 1.0, -0.3], [0.0, -0.3, 1.0]]))
    inputs = root @ rng.standard_normal((3, 50000))
    answer = inputs[0] + 0.5 * inputs[1] + 0.8 * inputs[2] + 0.3 * rng.standard_normal(50000)
    sample = np.corrcoef(np.vstack([inputs, answer]))
    expected = shapley(sample[:3, :3], sample[:3, 3])

    assert np.abs(drivers.shares(inputs, answer[None])[:, 0] - expected).max() < 0.03


def test_an_answer_that_does_not_vary_hangs_on_nothing() -> None:
    inputs = np.random.default_rng(1).standard_normal((4, 250))

    assert np.all(drivers.shares(inputs, np.full((1, 250), 3.0)) == 0.0)
