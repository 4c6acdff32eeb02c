"""The engine against its slow twin, at the worst point."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from tests.verification.linear_twin import levels, rate_matrix
from unclench.engine.linear import Chain, March, modes_of, modes_of_each, symmetric_eigen

Array = NDArray[np.float64]
DOSES = ((8.0, 5.0), (14.0, 2.0), (22.0, 5.0), (32.0, 5.0), (46.0, 10.0), (56.0, 2.0))
TIMES = (8.2, 8.5, 9.0, 10.0, 13.9, 14.0, 14.1, 15.0, 22.0, 23.0, 31.0, 33.0, 46.0, 46.3, 47.0, 60.0, 96.0, 240.0)


def typical() -> Chain:
    one = np.ones(1)
    return Chain(
        depot_per_h=1.5 * one,
        entering=0.95 * one,
        volumes_l=np.array([[10.5], [11.5], [72.0]]),
        exchange_l_per_h=np.array([[15.0], [6.6]]),
        loss_l_per_h=1.5 * one,
        formed=np.array([[0.808], [0.127], [0.0]]),
        passed_on=_passed_on(0.847 * one, 0.05 * one),
        daughter_loss_l_per_h=np.array([[0.9], [4.9], [6.05]]),
        daughter_volume_l=np.array([[80.0], [98.0], [49.0]]),
    )


def _passed_on(first: Array, second: Array) -> Array:
    """The third daughter is fed by the first and by the second."""
    out = np.zeros((3, 3, first.size))
    out[0, 2], out[1, 2] = first, second
    return out


def only(chain: Chain, daughters: int) -> Chain:
    return dataclasses.replace(
        chain,
        formed=chain.formed[:daughters],
        passed_on=chain.passed_on[:daughters, :daughters],
        daughter_loss_l_per_h=chain.daughter_loss_l_per_h[:daughters],
        daughter_volume_l=chain.daughter_volume_l[:daughters],
    )


def crowd(people: int, *, compartments: int = 3, seed: int = 7) -> tuple[Chain, Array]:
    rng = np.random.default_rng(seed)

    def around(centre: float, log_sd: float) -> Array:
        return centre * np.exp(log_sd * rng.standard_normal(people))

    chain = Chain(
        depot_per_h=around(1.5, 0.7),
        entering=rng.uniform(0.7, 1.0, people),
        volumes_l=np.stack([around(centre, 0.6) for centre in (10.5, 11.5, 72.0)[:compartments]]),
        exchange_l_per_h=np.array([around(centre, 0.6) for centre in (15.0, 6.6)[: compartments - 1]]).reshape(
            -1, people
        ),
        loss_l_per_h=around(1.5, 0.5),
        formed=np.stack([rng.uniform(0.3, 1.0, people), rng.uniform(0.0, 0.3, people), rng.uniform(0, 0.1, people)]),
        passed_on=_passed_on(rng.uniform(0.3, 1.0, people), rng.uniform(0.0, 0.3, people)),
        daughter_loss_l_per_h=np.stack([around(centre, 0.5) for centre in (0.9, 4.9, 6.05)]),
        daughter_volume_l=np.stack([around(centre, 0.5) for centre in (80.0, 98.0, 49.0)]),
    )
    return chain, around(0.2, 0.5)


def marched(
    spans: Sequence[tuple[float, Chain]], lag: Array, doses: Sequence[tuple[float, float]], times: Sequence[float]
) -> Array:
    march = March(modes_of(spans[0][1]), lag, series=1, start_h=spans[0][0])
    for at, amount in doses:
        march.give(at, (amount,))
    changes, out = list(spans[1:]), []
    for at in times:
        while changes and changes[0][0] <= at:
            start, chain = changes.pop(0)
            march.advance(start)
            march.change(modes_of(chain))
        march.advance(at)
        out.append(march.levels()[:, 0].copy())
    return np.stack(out)


def worst(found: Array, expected: Array) -> float:
    """Largest error relative to the level, or to a millionth of the peak where the level is next to nothing."""
    floor = 1e-6 * expected.max(axis=0, keepdims=True)
    return float(np.max(np.abs(found - expected) / np.maximum(expected, floor)))


@pytest.mark.verifies("M1")
def test_typical_person_matches_the_matrix_exponential() -> None:
    lag = np.array([0.2])
    expected = levels([(0.0, typical())], lag, DOSES, TIMES)
    assert worst(marched([(0.0, typical())], lag, DOSES, TIMES), expected) < 1e-8


@pytest.mark.verifies("M1")
def test_typical_person_matches_a_tight_solver() -> None:
    chain, times = typical(), np.array([0.5, 1.0, 2.0, 6.0, 24.0, 72.0])
    matrix = rate_matrix(chain, 0)
    start = np.array([9.5, *[0.0] * 6])
    solved = solve_ivp(
        lambda _, state: matrix @ state, (0.0, 72.0), start, method="DOP853", t_eval=times, rtol=1e-12, atol=1e-14
    )
    expected = np.stack([solved.y[1] / 10.5, *(solved.y[4:] / chain.daughter_volume_l)], axis=1)[..., None]
    found = marched([(0.0, chain)], np.zeros(1), ((0.0, 10.0),), times.tolist())
    assert worst(found, expected) < 1e-8


@pytest.mark.verifies("M1")
@pytest.mark.verifies("M8")
@pytest.mark.parametrize("compartments", [1, 2, 3])
@pytest.mark.parametrize("daughters", [0, 1, 3])
@pytest.mark.parametrize("direct", [False, True], ids=["by depot", "straight in"])
def test_random_people_match_the_matrix_exponential(compartments: int, daughters: int, direct: bool) -> None:
    whole, lag = crowd(9, compartments=compartments)
    chain = dataclasses.replace(only(whole, daughters), direct=direct)
    expected = levels([(0.0, chain)], lag, DOSES, TIMES)
    assert worst(marched([(0.0, chain)], lag, DOSES, TIMES), expected) < 1e-6


@pytest.mark.verifies("M2")
def test_changing_clearance_matches_the_matrix_exponential() -> None:
    chain, lag = crowd(40, seed=11)
    spans = [(0.0, chain)]
    for start, multiple in ((8.1, 0.6), (22.05, 0.4), (60.0, 1.0), (200.0, 3.0)):
        slower = dataclasses.replace(
            chain,
            loss_l_per_h=chain.loss_l_per_h * multiple,
            daughter_loss_l_per_h=chain.daughter_loss_l_per_h / multiple,
        )
        spans.append((start, slower))
    expected = levels(spans, lag, DOSES, TIMES)
    assert worst(marched(spans, lag, DOSES, TIMES), expected) < 1e-6


@pytest.mark.parametrize(
    ("depot", "daughter", "limit"),
    [(0.25, 80.0, 1e-6), (1.5, 3.6, 1e-6), (1.5, 0.6, 1e-6), (0.25, 3.6, 5e-4)],
    ids=["depot meets body", "daughter meets body", "daughter meets depot", "all three meet"],
)
def test_equal_rates_are_safe(depot: float, daughter: float, limit: float) -> None:
    one = np.ones(1)
    column = np.ones((1, 1))
    chain = Chain(
        depot * one, one, 6.0 * column, np.empty((0, 1)), 1.5 * one, column, np.zeros((1, 1, 1)), 0.9 * column,
        daughter * column,
    )  # fmt: skip
    expected = levels([(0.0, chain)], 0 * one, ((0.0, 10.0),), TIMES[:16])
    assert worst(marched([(0.0, chain)], 0 * one, ((0.0, 10.0),), TIMES[:16]), expected) < limit


def test_four_equal_rates_are_safe() -> None:
    """Depot, body and two daughters in a row, all at 0.25 per hour."""
    one, column = np.ones(1), np.ones((2, 1))
    passed_on = np.zeros((2, 2, 1))
    passed_on[0, 1] = 0.9
    chain = Chain(
        0.25 * one, one, np.array([[6.0]]), np.empty((0, 1)), 1.5 * one, np.array([[0.8], [0.1]]), passed_on,
        2.0 * column, 8.0 * column,
    )  # fmt: skip
    expected = levels([(0.0, chain)], 0 * one, ((0.0, 10.0),), TIMES[:16])
    assert worst(marched([(0.0, chain)], 0 * one, ((0.0, 10.0),), TIMES[:16]), expected) < 5e-3


def test_equal_compartments_are_safe() -> None:
    one = np.ones(1)
    chain = dataclasses.replace(
        typical(), volumes_l=np.array([[10.0], [20.0], [20.0]]), exchange_l_per_h=np.array([[5.0], [5.0]])
    )
    expected = levels([(0.0, chain)], 0.2 * one, DOSES, TIMES)
    assert worst(marched([(0.0, chain)], 0.2 * one, DOSES, TIMES), expected) < 1e-8


def test_eigenmodes_rebuild_the_matrix() -> None:
    rng = np.random.default_rng(3)
    square = rng.standard_normal((4, 4, 50))
    matrix = np.einsum("ijp,kjp->ikp", square, square)
    values, vectors = symmetric_eigen(matrix)
    assert np.allclose(np.einsum("ijp,jp,kjp->ikp", vectors, values, vectors), matrix, atol=1e-12)
    assert np.allclose(np.sort(values, axis=0).T, np.linalg.eigvalsh(np.moveaxis(matrix, -1, 0)), atol=1e-12)


def test_taking_chains_apart_together_changes_nothing() -> None:
    first, _ = crowd(9, seed=1)
    second, _ = crowd(9, seed=2)
    for one, together in zip((first, second), modes_of_each([first, second]), strict=True):
        alone = modes_of(one)
        for field in dataclasses.fields(alone):
            assert np.allclose(getattr(alone, field.name), getattr(together, field.name), rtol=1e-10, atol=1e-14)


@pytest.mark.verifies("M1")
def test_mass_balance() -> None:
    """All that entered leaves: the whole area times clearance is the dose that entered."""
    chain, lag = crowd(50)
    march = March(modes_of(chain), lag, series=1, start_h=0.0)
    march.give(8.0, (10.0,))
    march.advance(20_000.0)
    assert np.allclose(march.area(0) * chain.loss_l_per_h, 10.0 * chain.entering, rtol=1e-9)


def test_area_matches_a_fine_trapezoid_across_a_change() -> None:
    chain, lag = crowd(5)
    slower = modes_of(dataclasses.replace(chain, loss_l_per_h=0.5 * chain.loss_l_per_h))
    march = March(modes_of(chain), lag, series=1, start_h=0.0)
    march.give(1.0, (10.0,))
    grid, seen = np.arange(0.0, 40.0, 0.002), []
    for at in grid:
        march.advance(float(at))
        if at == grid[10_000]:
            march.change(slower)
        seen.append(march.levels()[0, 0].copy())
    assert np.allclose(march.area(0), np.trapezoid(np.stack(seen), grid, axis=0), rtol=1e-5)


@pytest.mark.verifies("M1")
def test_whole_days_in_one_stride_equal_days_one_by_one() -> None:
    chain, lag = crowd(30)
    pattern = [(8.0, (5.0,)), (23.9, (2.0,))]
    stride = March(modes_of(chain), lag, series=1, start_h=0.0)
    stride.give(-0.05, (3.0,))
    stride.repeat(times=40, period_h=24.0, pattern=pattern)
    stride.advance(24.0 * 40 + 8.0)
    steps = March(modes_of(chain), lag, series=1, start_h=-0.05)
    steps.give(-0.05, (3.0,))
    for day in range(40):
        for at, amounts in pattern:
            steps.give(24.0 * day + at, amounts)
    steps.advance(24.0 * 40 + 8.0)
    assert np.allclose(stride.levels(), steps.levels(), rtol=1e-10)


@pytest.mark.verifies("M1")
def test_superposition_and_linearity() -> None:
    chain, lag = crowd(20)
    march = March(modes_of(chain), lag, series=4, start_h=0.0)
    march.give(1.0, (4.0, 8.0, 0.0, 4.0))
    march.give(9.0, (0.0, 0.0, 6.0, 6.0))
    for at in (1.1, 1.5, 3.0, 9.1, 10.0, 50.0):
        march.advance(at)
        one, double, other, both = np.moveaxis(march.levels(), 1, 0)
        assert np.array_equal(double, 2.0 * one)
        # The latest daughter begins as a difference of near equals: its rounding is that of the largest level.
        assert np.allclose(one + other, both, rtol=1e-12, atol=1e-12 * both.max())


def test_stops_on_the_way_change_nothing() -> None:
    chain, lag = crowd(20)
    straight = marched([(0.0, chain)], lag, DOSES, [100.0])
    stopping = marched([(0.0, chain)], lag, DOSES, [*np.arange(0.0, 100.0, 0.37).tolist(), 100.0])
    assert np.allclose(straight[-1], stopping[-1], rtol=1e-9)
