"""Delay, tolerance and adaptation against slow twins (SciPy, tight), the worst point compared."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from unclench.models import adaptation, filters, receptor, tolerance

TIMES = np.concatenate([[0.0], np.cumsum(np.tile([0.01, 0.2, 1.0, 3.0, 11.0], 4))])


def twin(times: np.ndarray, inputs: np.ndarray, rate: float, start: float) -> np.ndarray:
    """x' = k (u - x) stepped from corner to corner of the input."""
    found = [start]
    for (t0, t1), (u0, u1) in zip(pairwise(times), pairwise(inputs), strict=True):
        step = solve_ivp(
            lambda t, x, t0=t0, t1=t1, u0=u0, u1=u1: rate * (u0 + (u1 - u0) * (t - t0) / (t1 - t0) - x),
            (t0, t1),
            [found[-1]],
            rtol=1e-11,
            atol=1e-13,
            method="LSODA",
        )
        found.append(float(step.y[0, -1]))
    return np.array(found)


@pytest.mark.verifies("M7")
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), rates=st.lists(st.floats(1e-4, 30.0), min_size=3, max_size=3))
def test_filter_agrees_with_a_slow_twin(seed: int, rates: list[float]) -> None:
    inputs = np.random.default_rng(seed).random((TIMES.size, 2))
    found = filters.filtered(
        TIMES, inputs, rates_per_h=np.repeat(np.array(rates)[:, None], 2, axis=1), start=np.full((3, 2), 0.3)
    )

    worst = max(
        np.abs(found[:, k, p] - twin(TIMES, inputs[:, p], rate, 0.3)).max()
        for k, rate in enumerate(rates)
        for p in range(2)
    )
    assert worst < 1e-8


def test_filter_of_a_smooth_input_is_of_second_order() -> None:
    """Exact for lines, so its error is that of following a curve by lines: halving the step quarters it."""
    rate, errors = 0.4, []
    exact = quad(lambda s: rate * np.exp(-rate * (12.0 - s)) * np.sin(s), 0.0, 12.0, epsabs=1e-13)[0]
    for steps in (60, 120, 240, 480):
        times = np.linspace(0.0, 12.0, steps + 1)
        found = filters.filtered(times, np.sin(times)[:, None], rates_per_h=np.array([rate]), start=np.zeros(1))
        errors.append(abs(found[-1, 0] - exact))
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))

    assert np.all(np.abs(orders - 2.0) < 0.1)


@given(z=st.floats(0.0, 1e-3))
def test_mean_decay_keeps_its_digits_near_zero(z: float) -> None:
    series = 1.0 - z / 2 + z**2 / 6 - z**3 / 24 + z**4 / 120

    assert filters.mean_decay(np.array([z]))[0] == pytest.approx(series, rel=1e-11)


def test_delay_is_one_filter_whichever_ligand_comes_first() -> None:
    one, other = np.random.default_rng(1).random((2, TIMES.size, 3))
    at = np.full(3, 20.0)
    together = receptor.at_the_site(TIMES, one + other, ke0_per_h=at)
    apart = receptor.at_the_site(TIMES, one, ke0_per_h=at) + receptor.at_the_site(TIMES, other, ke0_per_h=at)

    assert np.abs(together - apart).max() < 1e-12


def test_use_before_today_is_the_filter_of_a_constant() -> None:
    rates = tolerance.rates_per_h(half_times_h=(np.array([1.5]), np.array([120.0]), np.array([480.0])))
    times = np.linspace(0.0, 240.0, 400)
    walked = tolerance.states(times, np.full((400, 1), 0.6), rates=rates, start=np.zeros((3, 1)))
    told = tolerance.after_use(np.zeros((3, 1)), level=np.array([0.6]), rates=rates, days=10.0)

    assert np.abs(walked[-1] - told).max() < 1e-11


def adaptation_twin(days: np.ndarray, effect: np.ndarray, on: float, off: float, start: float) -> np.ndarray:
    """The same equation, stepped finely: its right side has a kink where adaptation meets the effect, but no jump."""
    found = [start]
    for (t0, t1), (e0, e1) in zip(pairwise(days), pairwise(effect), strict=True):

        def slope(t: float, y: np.ndarray, t0: float = t0, t1: float = t1, e0: float = e0, e1: float = e1) -> list:
            gap = e0 + (e1 - e0) * (t - t0) / (t1 - t0) - y[0]
            return [gap / (on if gap > 0 else off)]

        ran = solve_ivp(slope, (t0, t1), [found[-1]], rtol=1e-9, atol=1e-11, max_step=(t1 - t0) / 40)
        found.append(float(ran.y[0, -1]))
    return np.array(found)


@pytest.mark.verifies("M7")
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), on=st.floats(30.0, 300.0), off=st.floats(2.0, 30.0), start=st.floats(0.0, 0.8))
def test_adaptation_agrees_with_a_slow_twin_that_steps_finely(seed: int, on: float, off: float, start: float) -> None:
    rng = np.random.default_rng(seed)
    days, effect = np.cumsum(rng.uniform(0.2, 9.0, 14)), rng.random(14) * 0.8
    found = adaptation.adapted(
        days, effect[:, None], tau_on_d=np.array([on]), tau_off_d=np.array([off]), start=np.array([start])
    )

    assert np.abs(found[:, 0] - adaptation_twin(days, effect, on, off, start)).max() < 1e-7


def test_adaptation_in_balance_falls_at_the_speed_of_losing_it() -> None:
    """At exactly zero difference the direction of the effect decides which time constant holds."""
    days = np.array([0.0, 5.0, 6.0, 20.0])
    effect = np.array([0.4, 0.4, 0.0, 0.0])
    found = adaptation.adapted(
        days, effect[:, None], tau_on_d=np.array([175.0]), tau_off_d=np.array([7.0]), start=np.array([0.4])
    )

    assert np.abs(found[:, 0] - adaptation_twin(days, effect, 175.0, 7.0, 0.4)).max() < 1e-9
