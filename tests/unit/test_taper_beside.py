"""What stands beside a taper: plain shapes as long as it, published schedules, other paces, and stopping at once."""

from __future__ import annotations

import pytest

from tests.taper_people import takes
from unclench.planning.taper import plan_taper
from unclench.planning.taper_wish import Wish

pytestmark = pytest.mark.verifies("P5")
PLAIN = {"LINEAR", "PROPORTIONAL", "EQUAL-EFFECT"}


def test_the_plain_shapes_are_as_long_keep_the_caps_and_can_be_made():
    beside = {one.id: one for one in plan_taper(takes(20)).compared}
    assert beside.keys() >= PLAIN | {"ABRUPT", "GUIDE-SCOTLAND", "PACE-SLOW", "PACE-FAST"}
    for key in PLAIN:
        assert beside[key].weeks == beside["CHOSEN"].weeks
        assert beside[key].meets_caps
        assert beside[key].makeable


def test_a_quick_plan_has_stopping_at_once_alone_beside_it():
    assert {one.id for one in plan_taper(takes(20), Wish(quick=True)).compared} == {"CHOSEN", "ABRUPT"}
