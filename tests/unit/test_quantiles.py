"""Order statistics equal those of NumPy, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from unclench.engine.quantiles import monte_carlo_error, quantiles_in_place

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


def test_the_error_of_a_percentile_is_that_of_many_samples() -> None:
    """Against the spread of the percentile over samples drawn again, and it shrinks with the root of their size."""
    rng = np.random.default_rng(5)
    errors = []
    for count in (500, 2000, 8000):
        many = np.sort(rng.lognormal(sigma=0.4, size=(300, count)), axis=1)
        true = np.quantile(many, 0.95, axis=1).std()
        found = monte_carlo_error(many, 0.95)
        assert found.shape == (300,)
        assert found.mean() == pytest.approx(true, rel=0.15)
        errors.append(found.mean())
    slope = np.polyfit(np.log([500, 2000, 8000]), np.log(errors), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.05)


def test_the_error_at_the_end_of_a_tiny_sample_stays_inside_it() -> None:
    assert 0 <= float(monte_carlo_error(np.array([1.0, 2.0, 4.0]), 0.95)) <= 1.5
