"""The small equations of kinetics."""

from __future__ import annotations

import numpy as np
import pytest

from unclench.models import pk

ONE = np.ones((1, 1))


@pytest.mark.verifies("M1")
def test_half_life() -> None:
    assert pk.half_life_h(np.array([np.log(2.0) / 48.0])) == pytest.approx([48.0])


@pytest.mark.verifies("M1")
def test_one_compartment_reaches_nine_tenths_after_three_and_a_third_half_lives() -> None:
    found = pk.hours_to_steady_state(0.9, rates=0.02 * ONE, areas=ONE)
    assert found == pytest.approx([np.log(10.0) / 0.02], rel=1e-6)


@pytest.mark.verifies("M1")
def test_share_of_steady_state_is_the_share_of_the_area() -> None:
    rates, areas = np.array([[1.5], [0.5], [0.02]]), np.array([[-2.0], [4.0], [30.0]])
    hours = pk.hours_to_steady_state(0.9, rates=rates, areas=areas)
    assert pk.share_of_steady_state(hours, rates=rates, areas=areas) == pytest.approx([0.9], abs=1e-6)
    grid = np.linspace(0.0, float(hours[0]), 200_001)
    curve = (areas * rates * np.exp(-rates * grid)).sum(axis=0)
    assert np.trapezoid(curve, grid) / areas.sum() == pytest.approx(0.9, abs=1e-5)
