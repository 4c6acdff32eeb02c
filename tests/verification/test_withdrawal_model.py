"""What is known of the withdrawal model without data: its identity, its anchors, and its first course."""

from __future__ import annotations

from collections.abc import Sequence

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
    first = float(adaptation.smallest_peak(full, tau_off_d=tau, days=length))
    effect = np.where(length > FINE, full - first - first / tau * FINE, 0.0)
    found = drive(effect, tau_off=tau, start=full)

    assert found.max() == pytest.approx(first, rel=0.02)


def two_pools(t_d: np.ndarray, doses: Sequence[tuple[float, float]] = ((0.0, 0.0),), weight: float = 0.8) -> np.ndarray:
    """The older candidate model's load, mg a day: parent, and metabolite fed by it, from 20 mg a day at steady state.

    `doses`: day and mg a day from then on. Half-lives 43 and 75 h.
    """
    k1, k2 = (np.log(2.0) * 24.0 / half for half in (43.0, 75.0))
    x1, x2 = np.full(t_d.size, 20.0), np.full(t_d.size, 20.0)
    previous = 20.0
    for day, mg in doses:
        since, step = np.maximum(t_d - day, 0.0), previous - mg
        one, two = np.exp(-k1 * since), np.exp(-k2 * since)
        x1 -= step * (1.0 - one)
        x2 -= step * (1.0 - (k2 * one - k1 * two) / (k2 - k1))
        previous = mg
    return weight * x1 + (1.0 - weight) * x2


def test_two_pools_in_closed_form_are_those_of_the_equations() -> None:
    days, k1, k2 = np.linspace(0.0, 40.0, 81), np.log(2.0) * 24.0 / 43.0, np.log(2.0) * 24.0 / 75.0
    ran = solve_ivp(
        lambda t, x: [k1 * ((8.0 if t < 10.0 else 3.0) - x[0]), k2 * (x[0] - x[1])],
        (0.0, 40.0),
        [20.0, 20.0],
        t_eval=days,
        rtol=1e-10,
        atol=1e-12,
        max_step=0.05,
    )

    assert np.abs(two_pools(days, ((0.0, 8.0), (10.0, 3.0))) - 0.8 * ran.y[0] - 0.2 * ran.y[1]).max() < 1e-3


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


def steps(every_d: float, *doses: float) -> tuple[tuple[float, float], ...]:
    return tuple((every_d * at, mg) for at, mg in enumerate(doses))


def shrinking(every_d: float, share: float) -> tuple[tuple[float, float], ...]:
    """So much of the current dose less each time, and none once 1 mg is reached."""
    doses = [20.0 * (1.0 - share)]
    while doses[-1] * (1.0 - share) > 1.0:
        doses.append(doses[-1] * (1.0 - share))
    return steps(every_d, *doses, 0.0)


@pytest.mark.verifies("M7")
@pytest.mark.parametrize(
    ("doses", "weeks", "expected"),
    [
        (steps(7, 15, 10, 5, 0), 3, 0.72),
        (steps(14, 15, 10, 5, 0), 6, 0.53),
        (steps(7, 18, 16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), 14, 0.22),
        (steps(14, *range(19, -1, -1)), 38, 0.14),
        (steps(14, *range(19, 4, -1), 4.5, 4, 3.5, 3, 2.5, 2, 1.5, 1, 0.5, 0), 48, 0.10),
        (shrinking(14, 0.10), 56, 0.11),
        (shrinking(28, 0.05), 232, 0.10),
    ],
    ids=["25 % a week", "25 % a fortnight", "CKS fast", "1 mg a fortnight", "CKS slow", "10 % of current", "5 %"],
)
def test_peaks_of_schedules_are_those_of_the_candidate_model(doses, weeks: float, expected: float) -> None:
    """Its own parameters, 1,500 people with slow ones among them: the median peak over that of an abrupt stop."""
    assert doses[-1] == (weeks * 7, 0)
    rng, people = np.random.default_rng(4), 1500
    on = 175.0 * np.exp(0.5 * rng.standard_normal(people))
    off = np.where(rng.random(people) < 0.13, 90.0, 7.0 * np.exp(0.8 * rng.standard_normal(people)))

    def peak(after: Sequence[tuple[float, float]]) -> float:
        days = np.arange(0.0, after[-1][0] + 60.0, 0.5)
        load = two_pools(days, after) / 30.0
        effect = np.repeat((load / (1.0 + load))[:, None], people, axis=1)
        start = adaptation.adapted_after(np.zeros(people), level=effect[0], tau_on_d=on, tau_off_d=off, days=730.0)
        found = adaptation.adapted(days, effect, tau_on_d=on, tau_off_d=off, start=start)
        return float(np.median(adaptation.withdrawal_drive(found, effect).max(axis=0)))

    assert peak(doses) / peak(((0.0, 0.0),)) == pytest.approx(expected, abs=0.02)


@pytest.mark.verifies("M7")
@pytest.mark.parametrize(
    ("half", "doses"),
    [
        (5.0, "12.86 8.89 6.36 4.62 3.33 2.35 1.58 0.95 0.43 0"),
        (10.0, "15 11.43 8.75 6.67 5 3.64 2.5 1.54 0.71 0"),
        (30.0, "16.88 14.12 11.67 9.47 7.5 5.71 4.09 2.61 1.25 0"),
        (100.0, "17.65 15.38 13.21 11.11 9.09 7.14 5.26 3.45 1.69 0"),
    ],
)
def test_doses_that_take_away_equal_shares(half: float, doses: str) -> None:
    """20 mg in ten steps."""
    found = adaptation.equal_effect_doses(20.0, steps=10, half_dose_mg=half)
    share = np.concatenate([[20.0], found]) / (half + np.concatenate([[20.0], found]))

    assert found == pytest.approx([float(each) for each in doses.split()], abs=0.0051)
    assert np.diff(share) == pytest.approx(np.diff(share)[0])
    assert found[-1] == 0.0


@pytest.mark.verifies("M7")
@pytest.mark.parametrize(
    ("tau_off", "weeks"),
    [(7.0, (4, 9, 19, 32)), (14.0, (8, 18, 38, 65)), (30.0, (17, 39, 81, 139)), (90.0, (51, 116, 244, 416))],
)
def test_weeks_that_a_peak_needs(tau_off: float, weeks: tuple[int, ...]) -> None:
    """For a peak of 20, 10, 5 and 3 % of the adaptation there is."""
    peaks = np.array([0.2, 0.1, 0.05, 0.03])
    days = adaptation.days_for_peak(1.0, tau_off_d=tau_off, peak=peaks)

    assert tuple(np.round(days / 7.0).astype(int)) == weeks
    assert adaptation.smallest_peak(1.0, tau_off_d=tau_off, days=days) == pytest.approx(peaks)


def test_a_peak_above_the_adaptation_needs_no_days() -> None:
    assert adaptation.days_for_peak(0.3, tau_off_d=7.0, peak=0.4) == 0.0
    assert adaptation.smallest_peak(0.3, tau_off_d=7.0, days=0.0) == pytest.approx(0.3)


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
