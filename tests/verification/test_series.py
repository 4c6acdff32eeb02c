"""Geometric sums of doses against the matrix exponential, dose by dose, and against the march."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.verification.linear_twin import levels
from unclench.engine.linear import Chain, March, modes_of
from unclench.engine.series import Series, levels_after

PEOPLE = 6


def chain(seed: int, *, direct: bool = False) -> Chain:
    rng = np.random.default_rng(seed)

    def about(*centres: float) -> np.ndarray:
        return np.array(centres)[:, None] * np.exp(0.3 * rng.standard_normal((len(centres), PEOPLE)))

    return Chain(
        depot_per_h=about(1.5)[0],
        entering=np.full(PEOPLE, 0.9),
        volumes_l=about(12, 13, 60),
        exchange_l_per_h=about(14, 9),
        loss_l_per_h=about(1.5)[0],
        formed=about(0.8, 0.1),
        passed_on=np.zeros((2, 2, PEOPLE)) + np.array([[0, 0.7], [0, 0]])[..., None],
        daughter_loss_l_per_h=about(0.9, 5),
        daughter_volume_l=about(75, 90),
        direct=direct,
    )


def changed(one: Chain) -> Chain:
    return replace(one, loss_l_per_h=0.4 * one.loss_l_per_h, daughter_loss_l_per_h=1.5 * one.daughter_loss_l_per_h)


SERIES = Series(
    first_h=np.array([8.0, 22.0, 8.0 + 5 * 24]), every_h=np.full(3, 24.0), times=np.array([5.0, 4.0, 3.0]),
    amount=np.array([10.0, 5.0, 2.5]),
)  # fmt: skip
DOSES = sorted(
    (first + 24.0 * turn, amount)
    for first, times, amount in zip(SERIES.first_h, SERIES.times, SERIES.amount, strict=True)
    for turn in range(int(times))
)
TIMES = np.array([7.0, 8.1, 9.0, 30.0, 60.5, 70.0, 129.9, 176.0, 200.0, 400.0])


@pytest.mark.verifies("M9")
@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize("change_h", [None, 60.25])
def test_geometric_sums_are_the_matrix_exponential(*, direct: bool, change_h: float | None) -> None:
    lag_h = np.zeros(PEOPLE) if direct else np.random.default_rng(2).uniform(0.05, 1.5, PEOPLE)
    one = chain(1, direct=direct)
    spans = [(0.0, one)] + ([] if change_h is None else [(change_h, changed(one))])
    found = levels_after([(start, modes_of(each)) for start, each in spans], lag_h, SERIES, TIMES)
    exact = levels(spans, lag_h, DOSES, list(TIMES)).transpose(1, 0, 2)
    assert np.max(np.abs(found - exact)) < 1e-9 * exact.max()


@pytest.mark.verifies("M9")
def test_fourteen_months_are_those_of_the_march() -> None:
    """Dose by dose through 420 days, with a change of rates on the way and a level just after a dose."""
    one, lag_h = chain(3), np.random.default_rng(4).uniform(0.05, 1.5, PEOPLE)
    spans = [(0.0, modes_of(one)), (3000.3, modes_of(changed(one)))]
    long = Series(np.array([8.0, 22.0]), np.full(2, 24.0), np.full(2, 420.0), np.array([10.0, 5.0]))
    times = np.array([2500.0, 3000.5, 8000.25, 10000.0, 10071.0])
    march = March(spans[0][1], lag_h, series=1, start_h=0.0)
    walked, due = [], [*((at, "look") for at in times), (3000.3, "change")]
    doses = sorted((first + 24.0 * day, mg) for first, mg in ((8.0, 10.0), (22.0, 5.0)) for day in range(420))
    for at, what in sorted(due):
        while doses and doses[0][0] <= at:
            march.give(doses[0][0], (doses[0][1],))
            march.advance(doses.pop(0)[0])
        march.advance(at)
        if what == "change":
            march.change(spans[1][1])
        else:
            walked.append(march.levels()[:, 0].copy())
    found = levels_after(spans, lag_h, long, times)
    assert found == pytest.approx(np.stack(walked, axis=1), rel=1e-9)


@pytest.mark.verifies("M9")
def test_many_times_are_taken_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    lag_h, modes = np.full(PEOPLE, 0.3), modes_of(chain(5))
    whole = levels_after([(0.0, modes)], lag_h, SERIES, TIMES)
    monkeypatch.setattr("unclench.engine.series.MOST_AT_ONCE", 1)
    assert np.array_equal(levels_after([(0.0, modes)], lag_h, SERIES, TIMES), whole)
