"""Somebody whose slow recovery only the ratings tell of: the rest goes slower, and that is better for this person."""

from __future__ import annotations

import pytest

from scripts.benefit_of_learning import FAST_D, person


@pytest.mark.verifies("M9")
def test_a_slow_recovery_that_was_learnt_lowers_the_true_peak() -> None:
    found = person(152, 28)
    assert found.tau_off_d > FAST_D
    assert (found.without.decision, found.learnt.decision) == ("go-on", "slower")
    assert found.learnt.days > found.without.days
    assert found.learnt.peak < 0.8 * found.without.peak
