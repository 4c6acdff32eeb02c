"""Streams of random numbers: repeatable, independent of each other, and what they say they are."""

from __future__ import annotations

import numpy as np

from unclench.engine import draw

MANY = 40_000


def test_same_seed_and_purpose_give_the_same_numbers() -> None:
    assert np.array_equal(draw.normal(1, "clearance", 50), draw.normal(1, "clearance", 50))
    assert not np.array_equal(draw.normal(1, "clearance", 50), draw.normal(2, "clearance", 50))
    assert not np.array_equal(draw.normal(1, "clearance", 50), draw.normal(1, "volume", 50))


def test_a_longer_sample_begins_with_the_shorter() -> None:
    assert np.array_equal(draw.normal(1, "clearance", 900)[:50], draw.normal(1, "clearance", 50))


def test_shape_of_the_normal_draws() -> None:
    drawn = draw.normal(3, "clearance", MANY)
    assert abs(drawn.mean()) < 0.02
    assert abs(drawn.std() - 1.0) < 0.02


def test_correlation_is_the_one_asked_for() -> None:
    one, other = draw.normal(3, "one", MANY), draw.normal(3, "other", MANY)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.02
    mixed = draw.correlated(one, other, 0.3)
    assert abs(np.corrcoef(one, mixed)[0, 1] - 0.3) < 0.02
    assert abs(mixed.std() - 1.0) < 0.02


def test_uniform_stays_in_its_range() -> None:
    drawn = draw.uniform(3, "sex", MANY)
    assert 0.0 <= drawn.min() <= drawn.max() < 1.0
    assert abs(drawn.mean() - 0.5) < 0.02
