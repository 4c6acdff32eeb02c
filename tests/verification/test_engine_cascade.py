"""The compiled cascade against its slow twins, at the worst point; and what must hold of any linear system."""

from __future__ import annotations

import dataclasses
import math
import resource
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.verification.cascade_twin import crowd, rate_matrix, twin_levels, worst
from unclench.engine.cascade import Cascade, Doses, levels, percentiles, summaries
from unclench.engine.linear import Chain, March, modes_of
from unclench.values import EngineError

Array = NDArray[np.float64]
TIMES = np.array([0.0, 0.3, 1.0, 2.0, 5.9, 6.0, 6.1, 7.0, 8.0, 12.0, 14.0, 15.0, 24.0, 25.0, 26.0, 27.0, 60.0, 200.0])
DAY = Doses([0.0, 6.0, 14.0, 24.0], [5.0, 2.0, 5.0, 10.0])
RATES = st.floats(0.01, 6.0)


def changed(cascade: Cascade, **values: Any) -> Cascade:
    return dataclasses.replace(cascade, **values)


@pytest.mark.verifies("M1")
@pytest.mark.parametrize("bodies", [1, 2, 3])
@pytest.mark.parametrize("daughters", [0, 1, 2, 3])
def test_every_size_matches_the_matrix_exponential(bodies: int, daughters: int) -> None:
    system = crowd(70, bodies=bodies, daughters=daughters)
    found = levels([(0.0, system)], DAY, TIMES)
    assert found.shape == (1 + daughters, TIMES.size, 70)
    for p in (0, 33, 69):
        assert worst(found[..., p], twin_levels([(0.0, system)], DAY, TIMES, p)) < 1e-9


def regimens(people: int) -> dict[str, Doses]:
    rng = np.random.default_rng(5)
    return {
        "lag": Doses([0, 6, 6, 14], [5.0, 1.0, 2.0, 5.0], lag_h=rng.uniform(0, 1, people)),
        "bolus": Doses([0, 0, 6.5], [5.0, 3.0, 2.0], [True, False, True]),
        "infusions": Doses(
            [0, 1.5, 14, 20], [5.0, 5.0, 2.0, 3.0], [True, True, False, True], [2.0, 1.0, 0.0, 0.02], 0.3
        ),
        "table": Doses(rng.uniform(0, 40, (6, people)), rng.uniform(0, 5, (6, people)), np.arange(6) % 2, 0.0, 0.1),
        "unsorted": Doses([14, 0, 6], [1.0, 2.0, 3.0]),
    }


@pytest.mark.verifies("M1")
@pytest.mark.parametrize("name", list(regimens(1)))
def test_every_kind_of_dose_and_spans_match_both_twins(name: str) -> None:
    doses, spans = regimens(70)[name], [(0.0, crowd(70)), (7.0, crowd(70, seed=8)), (15.5, crowd(70, seed=9))]
    for story in (spans[:1], spans):
        found = levels(story, doses, TIMES)
        for p in (0, 69):
            assert worst(found[..., p], twin_levels(story, doses, TIMES, p)) < 1e-9
    assert worst(found[..., 5], twin_levels(spans, doses, TIMES, 5, by_solver=True)) < 1e-8


@given(
    rates=st.lists(RATES, min_size=5, max_size=5),
    volumes=st.lists(st.floats(5, 200), min_size=6, max_size=6),
    # A share is none, or one that could be told: where rates meet, accuracy is that of the largest amount.
    shares=st.lists(st.just(0.0) | st.floats(1e-4, 1), min_size=5, max_size=5),
)
def test_any_system_matches_its_twin(rates: list[float], volumes: list[float], shares: list[float]) -> None:
    system = one_person(rates, volumes, shares)
    found = levels([(0.0, system)], DAY, TIMES)[..., 0]
    assert worst(found, twin_levels([(0.0, system)], DAY, TIMES, 0)) < 1e-9


def one_person(rates: list[float], volumes: list[float], shares: list[float]) -> Cascade:
    passed = np.zeros((3, 3, 1))
    passed[0, 1], passed[0, 2], passed[1, 2] = shares[2:]
    v = np.array(volumes)[:, None]
    return Cascade(
        [rates[0]], [1.0], v[:3], 0.1 * v[:2], rates[1] * v[0], np.array([[shares[0]], [1 - shares[0]], [shares[1]]]),
        passed, np.array(rates[2:])[:, None] * v[3:], v[3:],
    )  # fmt: skip


@pytest.mark.verifies("M1")
@pytest.mark.parametrize("apart", [0.0, 1e-15, 1e-12, 1e-9, 1e-7, 1e-5, 1e-4, 1e-3, 1e-2])
@pytest.mark.parametrize("meeting", ["depot and daughter", "two daughters", "three daughters", "all", "body"])
def test_rates_that_meet_or_nearly_meet_lose_nothing(apart: float, meeting: str) -> None:
    near = 0.4 * (1.0 + apart * np.arange(5))
    rates = {
        "depot and daughter": [near[1], 0.1, near[0], 0.9, 0.02],
        "two daughters": [2.0, 0.1, near[0], near[1], 0.02],
        "three daughters": [2.0, 0.1, near[0], near[1], near[2]],
        "all": list(near),
        "body": [near[0], near[0], 0.7, 0.1, 0.02],
    }[meeting]
    system = one_person(rates, [40.0, 45.0, 70.0, 60.0, 70.0, 60.0], [0.7, 0.3, 0.5, 1.0, 1.0])
    if meeting in ("all", "body"):  # a body of one compartment, whose rate is then the loss alone
        system = changed(system, volumes_l=np.array([[40.0]]), exchange_l_per_h=np.zeros((0, 1)))
    if meeting == "body":
        system = changed(system, depot_per_h=[0.4 * (1 + apart)])
    found = levels([(0.0, system)], DAY, TIMES)[..., 0]
    assert worst(found, twin_levels([(0.0, system)], DAY, TIMES, 0)) < 1e-9
    ours = summaries([(0.0, system)], DAY, 200.0)
    grid = levels([(0.0, system)], DAY, np.linspace(0, 200, 20001))
    assert np.all(ours.cmax >= grid.max(axis=1) * (1 - 1e-12))
    assert np.allclose(ours.cmax, grid.max(axis=1), rtol=1e-4)
    assert np.allclose(ours.last[:, 0], found[:, -1], rtol=1e-9)


@pytest.mark.verifies("M1")
def test_what_goes_in_comes_out() -> None:
    """All that enters is lost through the first compartment; a daughter's area is what is formed over its loss."""
    system = crowd(200)
    total = 0.93 * 22.0
    found = summaries([(0.0, system)], DAY, 100.0)
    assert np.allclose(found.auc_inf[0] * np.asarray(system.loss_l_per_h), total, rtol=1e-11)
    formed, loss = np.asarray(system.formed), np.asarray(system.daughter_loss_l_per_h)
    assert np.allclose(found.auc_inf[1:3] * loss[:2], total * formed[:2], rtol=1e-9)
    assert np.allclose(found.auc_inf[3] * loss[2], total, rtol=1e-9)


def test_doses_add_up_and_time_and_unit_do_not_matter() -> None:
    system, times = crowd(70), np.linspace(0, 100, 57)
    whole = levels([(0.0, system)], DAY, times)
    parts = [
        levels([(0.0, system)], Doses([at], [mg]), times)
        for at, mg in zip(DAY.at_h, DAY.amount, strict=True)  # type: ignore[arg-type]
    ]
    assert worst(sum(parts), whole) < 1e-12  # type: ignore[arg-type]
    later = levels([(1000.0, system)], Doses(np.asarray(DAY.at_h) + 1000.0, DAY.amount), times + 1000.0)
    assert worst(later, whole) < 1e-9
    minutes = changed(
        system,
        depot_per_h=np.asarray(system.depot_per_h) / 60,
        exchange_l_per_h=np.asarray(system.exchange_l_per_h) / 60,
        loss_l_per_h=np.asarray(system.loss_l_per_h) / 60,
        daughter_loss_l_per_h=np.asarray(system.daughter_loss_l_per_h) / 60,
    )
    assert worst(levels([(0.0, minutes)], Doses(np.asarray(DAY.at_h) * 60, DAY.amount), times * 60), whole) < 1e-9


def test_agrees_with_the_engine_of_one_patient() -> None:
    """The NumPy chain takes the same arrays in the same order."""
    system = crowd(50, bodies=3)
    names = [each.name for each in dataclasses.fields(system) if each.init]
    chain = Chain(*(np.asarray(getattr(system, name)) for name in names))
    march = March(modes_of(chain), np.full(50, 0.2), series=1, start_h=0.0)
    found = levels([(0.0, system)], Doses(DAY.at_h, DAY.amount, lag_h=0.2), TIMES)
    for at, mg in zip(DAY.at_h, DAY.amount, strict=True):  # type: ignore[arg-type]
        march.give(at, (mg,))
    other = np.empty_like(found)
    for j, at in enumerate(TIMES):
        march.advance(float(at))
        other[:, j] = march.levels()[:, 0]
    assert worst(found, other, 1e-4) < 1e-6


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), bodies=st.integers(1, 3), kind=st.sampled_from(list(regimens(1))))
def test_the_peak_is_the_true_one_and_the_time_above_is_exact(seed: int, bodies: int, kind: str) -> None:
    system = crowd(3, bodies=bodies, seed=seed, cv=0.8)
    spans = [(0.0, system), (9.0, changed(system, loss_l_per_h=0.5 * np.asarray(system.loss_l_per_h)))]
    doses, grid = regimens(3)[kind], np.linspace(0.0, 48.0, 9601)
    fine = levels(spans, doses, grid)
    limit = 0.5 * fine.max(axis=1)
    found = summaries(spans, doses, 48.0, limit)
    assert np.all(found.cmax >= fine.max(axis=1) * (1 - 1e-9))
    at_peak = levels(spans, doses, found.tmax.ravel()).reshape(4, -1, 3)
    reached = np.stack([np.diagonal(at_peak[a].reshape(4, 3, 3)[a], axis1=0, axis2=1) for a in range(4)])
    assert np.allclose(reached, found.cmax, rtol=1e-9)
    assert np.allclose(found.hours_above, (fine >= limit[:, None]).mean(axis=1) * 48.0, atol=0.05)
    assert np.allclose(found.last, fine[:, -1], rtol=1e-8)
    assert np.allclose(found.auc_0_t, np.trapezoid(fine, grid, axis=1), rtol=2e-3)


def test_percentiles_of_many_are_those_of_the_sample() -> None:
    system, times = crowd(9000), np.array([0.0, 1.0, 5.0, 30.0, 300.0])
    found = percentiles([(0.0, system)], DAY, times, [5, 50, 95])
    expected = np.percentile(levels([(0.0, system)], DAY, times), [5, 50, 95], axis=2).transpose(1, 2, 0)
    assert np.all(found[:, 0] == 0.0)
    assert np.allclose(found, expected, rtol=0.004)


def test_ten_thousand_doses_and_times_in_any_order() -> None:
    system, at = crowd(5), np.arange(10_000) * 8.0
    times = np.array([80_000.0, 4.0, 40_000.0, 4.0, -1.0])
    found = levels([(0.0, system)], Doses(at, np.full(at.size, 5.0)), times)
    assert np.all(found[:, 4] == 0.0)
    assert np.array_equal(found[:, 1], found[:, 3])
    early = levels([(0.0, system)], Doses(at[:300], np.full(300, 5.0)), np.array([8.0 * 300]))
    steady = levels([(0.0, system)], Doses(at[:5000], np.full(5000, 5.0)), np.array([8.0 * 5000]))
    assert np.allclose(found[:, 2], steady[:, 0] + levels([(0.0, system)], Doses([40_000.0], [5.0]), [40_000.0])[:, 0])
    assert np.all(early[1] < steady[1, 0] * 1.001)


def test_a_table_of_ten_thousand_doses_for_each_person_stays_in_bounded_room() -> None:
    """Each at own times and of an own size: what one gets is what one would get alone."""
    people, events = 70, 10_000
    system, at = crowd(people), np.arange(events) * 8.0
    own = np.linspace(2.0, 10.0, people)
    table = Doses(at[:, None] + np.linspace(0.0, 1.0, people), np.ones((events, 1)) * own)
    times, limits = np.array([8.0, 40_000.0, 80_000.0]), np.full(4, np.inf)
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = levels([(0.0, system)], table, times)
    summed = summaries([(0.0, system)], table, 80_000.0, limits)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - resident) / 1024 < 400
    for p in (0, 69):
        shared = Doses(at + np.linspace(0.0, 1.0, people)[p], np.full(events, own[p]))
        assert worst(found[..., p], levels([(0.0, system)], shared, times)[..., p]) < 1e-9
        assert np.allclose(summed.auc_inf[0, p] * np.asarray(system.loss_l_per_h)[p], 0.93 * own[p] * events)


def test_nobody_and_no_time_give_nothing() -> None:
    nobody = crowd(0)
    assert levels([(0.0, nobody)], DAY, TIMES).shape == (4, TIMES.size, 0)
    assert levels([(0.0, crowd(3))], DAY, []).shape == (4, 0, 3)
    assert np.all(levels([(0.0, crowd(3))], Doses([], []), TIMES) == 0.0)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize(
    "name",
    ["depot_per_h", "volumes_l", "exchange_l_per_h", "loss_l_per_h", "daughter_loss_l_per_h", "daughter_volume_l"],
)
def test_a_rate_or_volume_that_cannot_be_is_refused_with_its_person(name: str, bad: float) -> None:
    system = crowd(4)
    values = np.array(getattr(system, name))
    values[..., 2] = bad
    with pytest.raises(EngineError, match=rf"{name}.*person 2"):
        changed(system, **{name: values})


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
@pytest.mark.parametrize("name", ["entering", "formed"])
def test_a_share_that_cannot_be_is_refused(name: str, bad: float) -> None:
    system = crowd(4)
    values = np.array(getattr(system, name))
    values[..., 1] = bad
    with pytest.raises(EngineError, match="person 1"):
        changed(system, **{name: values})


@pytest.mark.parametrize(
    "make",
    [
        lambda: Doses([math.nan], [1.0]),
        lambda: Doses([0.0], [-1.0]),
        lambda: Doses([0.0], [math.inf]),
        lambda: Doses([0.0], [1.0], lag_h=math.nan),
        lambda: Doses([0.0], [1.0], False, 2.0),
        lambda: levels([], DAY, TIMES),
        lambda: levels([(0.0, crowd(2)), (0.0, crowd(2))], DAY, TIMES),
        lambda: levels([(0.0, crowd(2)), (5.0, crowd(3))], DAY, TIMES),
        lambda: levels([(1.0, crowd(2))], DAY, TIMES),
        lambda: levels([(0.0, crowd(2))], DAY, [math.nan]),
        lambda: levels([(0.0, crowd(2))], Doses([0.0, 1.0], [1.0]), TIMES),
        lambda: levels([(0.0, crowd(2))], Doses(np.zeros((1, 3)), np.ones((1, 3))), TIMES),
        lambda: levels([(0.0, crowd(2))], DAY, TIMES, out=np.empty((1, 1, 1))),
        lambda: levels([(0.0, crowd(2))], DAY, TIMES, threads=0),
        lambda: summaries([(0.0, crowd(2))], DAY, math.nan),
        lambda: summaries([(0.0, crowd(2))], DAY, 10.0, [math.nan] * 4),
        lambda: percentiles([(0.0, crowd(2))], DAY, TIMES, [0]),
        lambda: changed(crowd(2), passed_on=np.ones((3, 3, 2))),
    ],
)
def test_what_has_no_right_answer_is_refused(make: Any) -> None:
    with pytest.raises(EngineError):
        make()


def test_threads_and_a_given_array_change_nothing() -> None:
    system, out = crowd(3000), np.empty((4, TIMES.size, 3000))
    first = levels([(0.0, system)], DAY, TIMES, threads=1)
    again = levels([(0.0, system)], DAY, TIMES, out=out, threads=3)
    assert again is out
    assert np.array_equal(first, out)


def test_mass_never_appears() -> None:
    """The twin itself: no column of the rates adds up to more than nothing."""
    matrix = rate_matrix(crowd(1), 0)[:-1, :-1]
    assert np.all(matrix.sum(axis=0) <= 1e-12)
