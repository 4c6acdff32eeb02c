"""What is known of the withdrawal model without data: its identity, its anchors, and its first course."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.stats import norm

from unclench.models import adaptation

FINE = np.linspace(0.0, 240.0, 4801)


def drive(effect: np.ndarray, *, tau_off: float, start: float, days: np.ndarray = FINE) -> np.ndarray:
    found = adaptation.adapted(
        days, effect[:, None], tau_on_d=np.array([175.0]), tau_off_d=np.array([tau_off]), start=np.array([start])
    )
    return adaptation.withdrawal_drive(found, effect[:, None])[:, 0]


@pytest.mark.verifies("M7")
@settings(max_examples=12, deadline=None)
@given(
    drops=st.lists(st.floats(0.01, 1.0), min_size=1, max_size=8),
    gaps=st.lists(st.floats(0.5, 9.0), min_size=8, max_size=8),
    tau_off=st.floats(3.0, 20.0),
)
def test_area_of_the_drive_is_the_same_for_every_course_that_only_falls(
    drops: list[float], gaps: list[float], tau_off: float
) -> None:
    """Slower spreads the same area over more days: that is why the peak is what a taper changes."""
    levels = np.concatenate([[0.6], 0.6 * (1.0 - np.cumsum(drops) / sum(drops))])
    corners = np.concatenate([[0.0], np.cumsum(gaps[: len(drops)])])
    effect = np.interp(FINE, corners, levels)
    area = np.trapezoid(drive(effect, tau_off=tau_off, start=0.6), FINE)

    assert area == pytest.approx(tau_off * 0.6, rel=2e-3)


def test_the_smallest_peak_of_a_taper_of_fixed_length_is_the_known_one() -> None:
    """A small first drop, a straight line in the effect, a small last drop: A0 tau / (T + tau)."""
    length, tau, full = 100.0, 7.0, 0.6
    first = full * tau / (length + tau)
    effect = np.where(length > FINE, full - first - first / tau * FINE, 0.0)
    found = drive(effect, tau_off=tau, start=full)

    assert found.max() == pytest.approx(first, rel=0.02)


def two_pools(t_d: np.ndarray, hours: tuple[float, float] = (43.0, 75.0), weight: float = 0.8) -> np.ndarray:
    """The older candidate model's load after an abrupt stop of 20 mg a day: parent, and metabolite fed by it."""
    k1, k2 = (np.log(2.0) * 24.0 / half for half in hours)
    ran = solve_ivp(
        lambda _, x: [-k1 * x[0], k2 * (x[0] - x[1])], (0.0, t_d[-1]), [20.0, 20.0], t_eval=t_d, rtol=1e-10, atol=1e-12
    )
    return weight * ran.y[0] + (1.0 - weight) * ran.y[1]


@pytest.mark.verifies("M7")
def test_an_abrupt_stop_after_two_years_has_the_course_that_the_candidate_model_was_fitted_to() -> None:
    """With the candidate's own loads (ED50 30 mg a day): peak on day 5.9, 62 % of it at day 2, 10 % at day 28."""
    days = np.linspace(0.0, 60.0, 6001)
    load = two_pools(days) / 30.0
    effect = load / (1.0 + load)
    start = float(
        adaptation.adapted_after(
            np.zeros(1), level=effect[:1], tau_on_d=np.array([175.0]), tau_off_d=np.array([7.0]), days=730.0
        )[0]
    )
    found = drive(effect, tau_off=7.0, start=start, days=days)
    peak = found.max()

    assert days[found.argmax()] == pytest.approx(5.9, abs=0.3)
    assert found[200] / peak == pytest.approx(0.62, abs=0.04)
    assert found[2800] / peak == pytest.approx(0.10, abs=0.02)


def test_longer_use_leaves_more_to_lose() -> None:
    after = [
        float(
            adaptation.adapted_after(
                np.zeros(1), level=np.array([0.4]), tau_on_d=np.array([175.0]), tau_off_d=np.array([7.0]), days=days
            )[0]
        )
        for days in (7.0, 28.0, 120.0, 730.0)
    ]

    assert after == sorted(after)
    assert after[-1] < 0.4


def test_half_dose_is_one_over_the_load_of_a_milligram() -> None:
    per_mg = 0.04
    dose = float(adaptation.half_dose_mg_per_day(per_mg))

    assert dose * per_mg / (1.0 + dose * per_mg) == pytest.approx(0.5)


def test_share_reaching_withdrawal_is_close_to_the_normal_curve() -> None:
    peaks = np.geomspace(0.005, 2.0, 300)
    found = adaptation.share_reaching(peaks, half=0.2, log_sd=0.5)

    assert np.abs(found - norm.cdf(np.log(peaks / 0.2) / 0.5)).max() < 0.01
    assert float(adaptation.share_reaching(np.zeros(1), half=0.2, log_sd=0.5)[0]) == 0.0
