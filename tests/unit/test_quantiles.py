"""Order statistics equal those of NumPy, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from unclench.engine.quantiles import quantiles_in_place

SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@pytest.mark.parametrize("count", [2, 3, 7, 200, 1000, 1001])
def test_same_as_numpy(count: int) -> None:
    values = np.random.default_rng(count).lognormal(size=(11, 3, count))
    expected = np.quantile(values, SHARES, axis=-1)
    assert np.array_equal(quantiles_in_place(values.copy(), SHARES), expected)


def test_part_of_a_larger_array_is_sorted_where_it_lies() -> None:
    whole = np.random.default_rng(1).random((4, 9))
    last = whole[:, -1].copy()
    expected = np.quantile(whole[:, :-1], SHARES, axis=-1)
    assert np.array_equal(quantiles_in_place(whole[:, :-1], SHARES), expected)
    assert np.array_equal(whole[:, -1], last)


def test_equal_people_have_one_value() -> None:
    assert np.array_equal(quantiles_in_place(np.full((2, 5), 3.25), SHARES), np.full((7, 2), 3.25))
