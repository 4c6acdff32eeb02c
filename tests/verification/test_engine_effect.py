"""Effect and tolerance against a tight solver, and the order of the method as measured."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from tests.verification.cascade_twin import crowd, events_of, rate_matrix, worst
from unclench.engine.cascade import Doses, levels
from unclench.engine.nonlinear import Effect, effects
from unclench.values import EngineError

Array = NDArray[np.float64]
DAY = Doses([0.0, 6.0, 14.0, 24.0], [5.0, 5.0, 5.0, 5.0])
TIMES = np.arange(0.0, 49.0)


def effect_of(people: int, **values: float) -> Effect:
    usual = {"ke0_per_h": 1.5, "emax": 1.0, "ec50": 0.15, "gamma": 1.0, "kon_per_h": 0.02, "koff_per_h": 0.02} | values
    rng = np.random.default_rng(4)
    spread = {name: value * np.exp(0.3 * rng.standard_normal(people)) for name, value in usual.items()}
    return Effect(**(spread | {"gamma": np.full(people, usual["gamma"])}))


def twin(system: Any, doses: Doses, times: Array, effect: Effect, p: int) -> Array:
    """(2, times): effect and tolerance of one person by DOP853."""
    matrix, size = rate_matrix(system, p), rate_matrix(system, p).shape[0]
    ke0 = float(np.asarray(effect.ke0_per_h)[p])
    emax, ec50, gamma, kon, koff = effect.packed[:, p]
    volume = np.asarray(system.volumes_l)[0, p]

    def answer(site: float, tolerance: float) -> float:
        site = max(site, 0.0)
        return float(emax * site**gamma / ((ec50 * (1 + tolerance)) ** gamma + site**gamma))

    def slope(_: float, y: Array) -> Array:
        rest = [ke0 * (y[1] / volume - y[size]), kon * answer(y[size], y[size + 1]) - koff * y[size + 1]]
        return np.concatenate([matrix @ y[:size], rest])

    state, now, found, events = np.zeros(size + 2), float(times[0]), {}, events_of([(0.0, system)], doses, p)
    for stop in sorted({*times.tolist(), *(event[0] for event in events)}):
        if stop > now:
            state = solve_ivp(slope, (now, stop), state, method="DOP853", rtol=1e-12, atol=1e-15).y[:, -1]
        now = stop
        while events and events[0][0] <= now:
            _, _, kind, what = events.pop(0)
            place = {"depot": 0, "bolus": 1, "inflow": size - 1}[kind]
            state[place] += what * (np.asarray(system.entering)[p] if kind == "depot" else 1.0)
        found[stop] = (answer(state[size], state[size + 1]), state[size + 1])
    return np.array([found[time] for time in times.tolist()]).T


@pytest.mark.parametrize(
    ("doses", "values", "bound"),
    [
        (DAY, {}, 1e-8),
        (Doses(DAY.at_h, DAY.amount, lag_h=np.linspace(0, 0.7, 70)), {}, 1e-6),
        (Doses([0.0, 6.0, 14.0], [5.0, 5.0, 5.0], [True, True, False], [2.0, 0.0, 0.0]), {}, 1e-6),
        (DAY, {"gamma": 2.0, "kon_per_h": 0.3, "koff_per_h": 0.2}, 1e-6),
    ],
    ids=["doses", "lag", "infusion", "steep and fast"],
)
def test_effect_and_tolerance_match_a_tight_solver(doses: Doses, values: dict[str, float], bound: float) -> None:
    system, effect = crowd(70), effect_of(70, **values)
    found = effects([(0.0, system)], doses, TIMES, effect)
    assert worst(found[:4], levels([(0.0, system)], doses, TIMES)) < 1e-9
    for p in (0, 69):
        assert worst(found[4:, :, p], twin(system, doses, TIMES, effect, p)) < bound


def test_a_person_in_whom_rates_meet_keeps_the_same_accuracy() -> None:
    system = crowd(3)
    ke0 = np.asarray(system.depot_per_h)
    effect = dataclasses.replace(effect_of(3), ke0_per_h=ke0)
    found = effects([(0.0, system)], DAY, TIMES, effect)
    assert worst(found[4:, :, 1], twin(system, DAY, TIMES, effect, 1)) < 1e-7


def test_the_order_is_that_of_five_gauss_nodes() -> None:
    """Halve a long step: the order rises towards the 10 that it is for a smooth site."""
    system, times = crowd(5), np.array([48.0])
    effect = effect_of(5)
    one = Doses([0.0], [5.0])
    exact = effects([(0.0, system)], one, times, effect, longest_step_h=0.25)[5]
    errors = []
    for step in (12.0, 6.0, 3.0):
        found = effects([(0.0, system)], one, times, effect, longest_step_h=step)[5]
        errors.append(float(np.max(np.abs(found - exact) / exact)))
    orders = np.diff(-np.log2(errors))
    assert np.all(orders > 4.0)
    assert orders[-1] > 7.0


def test_no_tolerance_is_the_plain_curve_and_more_tolerance_is_less_effect() -> None:
    system = crowd(5)
    usual = effect_of(5)
    without = dataclasses.replace(usual, kon_per_h=np.zeros(5))
    plain = effects([(0.0, system)], DAY, TIMES, without)
    assert np.all(plain[5] == 0.0)
    assert np.all(effects([(0.0, system)], DAY, TIMES, usual)[4] <= plain[4] + 1e-15)
    assert np.all((plain[4] >= 0.0) & (plain[4] < np.asarray(without.emax)))


def test_an_effect_that_cannot_be_is_refused() -> None:
    for name in ("ke0_per_h", "ec50", "gamma", "koff_per_h", "emax"):
        with pytest.raises(EngineError, match=name):
            dataclasses.replace(effect_of(3), **{name: np.array([1.0, 0.0, 1.0])})
    with pytest.raises(EngineError):
        effects([(0.0, crowd(3))], DAY, TIMES, effect_of(2))
    with pytest.raises(EngineError):
        effects([(0.0, crowd(3))], DAY, TIMES, effect_of(3), longest_step_h=0.0)
