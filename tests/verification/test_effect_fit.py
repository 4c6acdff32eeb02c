"""Rows of effect are those of the fit to the kinetics as they are now; the sampler finds a posterior that is known."""

from __future__ import annotations

import numpy as np
import pytest

from scripts import effect_adaptation, fit_effects
from scripts.effect_observations import OBSERVED
from scripts.effect_predictions import predictions
from unclench.knowledge import knowledge
from unclench.simulation.effects_constants import FITTED, UNSURE, Constants
from unclench.simulation.parameters import Numbers
from unclench.simulation.sample import Z90


@pytest.fixture(scope="module")
def fitted() -> tuple[np.ndarray, np.ndarray]:
    scaled, weights, effective = fit_effects.sample(*fit_effects.prior())
    assert effective > 0.03
    mean, root = fit_effects.moments(scaled, weights)
    return mean, np.sqrt(np.diag(root @ root.T))


@pytest.mark.verifies("M8")
def test_rows_are_those_of_the_fit(fitted: tuple[np.ndarray, np.ndarray]) -> None:
    """Fails after a change of kinetics until `make fit-effects` has run."""
    mean, sd = fitted
    for i, each in enumerate(FITTED):
        row = knowledge().parameter(each.row)
        width = (each.onto(row.high) - each.onto(row.low)) / (2.0 * Z90)
        assert abs(each.onto(row.value) - mean[i]) < 0.15 * sd[i], each.row
        assert width == pytest.approx(sd[i], rel=0.1), each.row


@pytest.mark.verifies("M8")
def test_rows_of_adaptation_are_those_of_the_fit() -> None:
    numbers = Numbers(knowledge(), {})
    middle = Constants(**{each.name: np.array([numbers.value(each.row, each.unit)]) for each in UNSURE})
    for key, found in effect_adaptation.adaptation_rows(middle, fit_effects.number).items():
        row = knowledge().parameter(key)
        assert found == pytest.approx((row.value, row.low, row.high), rel=0.02), key


def test_sampler_finds_a_normal_posterior(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prior N(0, 1) in four dimensions, and one figure of the sum of the first two: the answer is on paper."""
    monkeypatch.setattr(fit_effects, "log_likelihood", lambda x: -0.5 * ((x[0] + x[1] - 1.2) / 0.3) ** 2)
    scaled, weights, effective = fit_effects.sample(np.zeros(4), np.ones(4))
    mean, root = fit_effects.moments(scaled, weights)
    found = root @ root.T
    gain = 1.0 / (2.0 + 0.09)
    expected = np.eye(4)
    expected[:2, :2] -= gain

    assert effective > 0.3
    assert mean == pytest.approx([1.2 * gain, 1.2 * gain, 0.0, 0.0], abs=0.03)
    assert np.abs(found - expected).max() < 0.04


def test_every_figure_has_a_prediction_that_varies() -> None:
    middle, sd = fit_effects.prior()
    scaled = middle[:, None] + sd[:, None] * np.random.default_rng(1).standard_normal((middle.size, 50))
    found, drowsy = predictions(fit_effects.constants_of(scaled))

    assert len(found) == len(OBSERVED)
    for seen, predicted in zip(OBSERVED, found, strict=True):
        assert predicted.shape == (50,), seen.id
        assert np.all(np.isfinite(predicted)), seen.id
        assert np.ptp(predicted) > 0, seen.id
    assert np.all((drowsy > 0) & (drowsy < 1))
