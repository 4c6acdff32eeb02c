"""The written budget of cards is kept on a small draw of the invented population."""

from __future__ import annotations

import pytest

from scripts.alert_budget import LOUD, counted, table
from scripts.alert_population import diazepam_orders


@pytest.mark.verifies("O6", "W2")
@pytest.mark.point(85)
def test_the_budget_is_kept() -> None:
    found = counted(150, 400)

    assert [one.name for one in found if not one.within] == [], table(found)
    selected, signed, others, charts = found
    assert signed.per_thousand(*LOUD) == selected.per_thousand(*LOUD)
    assert signed.tiers["critical"] < signed.tiers["warning"]
    assert others.per_thousand("nothing") > 900
    assert charts.per_thousand("nothing") > 900


@pytest.mark.verifies("O6")
def test_the_population_is_the_same_every_time() -> None:
    assert [one.record for one in diazepam_orders(5)] == [one.record for one in diazepam_orders(5)]
