"""Alternate days in a whole taper: only when asked, only where the load hardly swings, never at the cost of a taper."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from tests.taper_people import ON, takes
from unclench.planning.taper import plan_taper
from unclench.planning.taper_wish import Wish

pytestmark = pytest.mark.verifies("P5")


def planned(mg=10, products=("tablets",), **more):
    return plan_taper(takes(mg), Wish(quick=True, products=products, **more))


def turns(taper):
    """Pairs of neighbouring days of which the later has more."""
    return [(one.mg, two.mg) for one, two in pairwise(taper.days) if two.mg > one.mg]


def test_they_are_opt_in():
    assert turns(planned()) == []
    assert Decimal("1.5") not in {step.mg for step in planned().schedule.steps}


def test_the_mean_of_two_days_is_the_step_and_the_swing_is_said():
    taper = planned(alternate_days=True)
    assert set(turns(taper)) == {(Decimal(1), Decimal(2))}
    by_day = dict(zip((day.on for day in taper.days), taper.schedule.daily(), strict=False))
    pairs = [day.mg for day in taper.days if by_day.get(day.on) == Decimal("1.5")]
    assert pairs
    assert set(map(sum, zip(pairs[::2], pairs[1::2], strict=True))) == {Decimal(3)}
    assert any("swings by 41 %" in note for note in taper.supply.notes)
    assert all(proof.holds for proof in taper.proofs)
    assert any("mean of two days" in proof.say for proof in taper.proofs)


@pytest.mark.parametrize("pace", ["fast", "usual"])
@pytest.mark.parametrize("weeks", [None, 21, 24, 27])
def test_they_never_cost_a_taper(pace, weeks):
    """Steps of an odd number of days cannot take turns: then it goes without."""
    with_them = planned(alternate_days=True, pace=pace, weeks=weeks)
    assert with_them.days[0].on == ON
    assert with_them.days[-1].mg == 0
    assert all(proof.holds for proof in with_them.proofs)


def test_beside_a_liquid_they_change_nothing():
    asked, plain = planned(products=(), alternate_days=True), planned(products=())
    assert asked.days == plain.days


def test_a_taper_without_turns_says_nothing_of_means():
    assert not any("mean of two days" in proof.say for proof in planned().proofs)
