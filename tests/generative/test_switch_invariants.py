"""What holds of every switch: never above the cautious end, one falls while the other rises, nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.knowledge import knowledge
from unclench.knowledge.equivalence import drugs_with_equivalent, equivalence
from unclench.planning.switch import FINEST, Reason, plan_switch
from unclench.values import RegimenError

FACTS = knowledge()
ON = date(2026, 11, 22)
GRIDS = (
    tuple(Decimal(mg) for mg in (2, *range(4, 41))),  # whole tablets
    tuple(Decimal(halves) / 2 for halves in range(2, 81) if halves != 3),  # and halves
    tuple(Decimal(tenths) / 10 for tenths in range(1, 401)),  # a liquid
    (Decimal(10), Decimal(5)),
)
REASONS = (Reason("Care.", "POP-01", stops=False), Reason("Stop.", "CI-06", stops=True))


@st.composite
def switches(draw: st.DrawFn):
    drug = draw(st.sampled_from(drugs_with_equivalent(FACTS)))
    equal = equivalence(FACTS, drug)
    assert equal is not None
    # From a tenth to five times what equals 10 mg: below what products make, and above 40 mg.
    share = draw(st.integers(10, 500))
    mg = (Decimal(str(equal.cautious_mg)) * share / 100).quantize(Decimal("0.0001"))
    asked = {
        "make": draw(st.sampled_from(GRIDS)),
        "weeks": draw(st.sampled_from((None, 1, 2))),
        "doses_per_day": draw(st.integers(1, 8)),
        "against": draw(st.sampled_from(((), (), REASONS[:1], REASONS))),
    }
    return equal, mg, asked, plan_switch(FACTS, drug, mg, on=ON, **asked)


@pytest.mark.verifies("P6")
@given(switches())
def test_every_switch(case) -> None:
    equal, mg, asked, found = case
    cautious = equal.cautious_diazepam_mg(mg)
    stops = any(reason.stops for reason in asked["against"])
    high = equal.diazepam_mg(float(mg), equal.guideline_low_mg) > FACTS.limit("HIGH-DOSE", "mg/d")
    makeable = [dose for dose in asked["make"] if dose <= cautious]

    assert bool(found.hold) is (stops or high or not makeable)
    if found.hold:
        assert (found.days, found.to_mg) == ((), None)
        return
    assert found.to_mg == max(makeable)
    assert found.to_mg <= cautious
    assert found.low_mg <= float(cautious) * (1 + 1e-9)
    assert float(found.to_mg) <= found.high_mg * (1 + 1e-9)


@pytest.mark.verifies("P6")
@given(switches())
def test_the_crossover(case) -> None:
    _, mg, asked, found = case
    if not found.days:
        return
    days, goal = found.days, found.to_mg
    gap = max((b - a for a, b in pairwise(sorted(asked["make"]))), default=goal)
    length = (1 if asked["weeks"] == 1 and not asked["against"] else 2) * 7

    assert [day.on for day in days] == [ON + timedelta(days=index) for index in range(len(days))]
    assert days[0].other_mg < mg
    for before, after in pairwise(days):
        assert after.other_mg <= before.other_mg
        assert after.diazepam_mg >= before.diazepam_mg
    assert (days[-1].other_mg, days[-1].diazepam_mg) == (0, goal)
    for day in days:
        # What is gone of the other drug stands there as diazepam, to the next dose that can be made and no further.
        replaced = goal * (1 - day.other_mg / mg)
        tolerance = FINEST * goal / mg
        assert day.diazepam_mg == 0 or day.diazepam_mg in asked["make"]
        assert replaced - tolerance <= day.diazepam_mg <= min(goal, replaced + max(gap, min(asked["make"])) + tolerance)
    last_change = next(day.on for day in days if day.other_mg == 0)
    assert last_change < ON + timedelta(days=length)
    assert found.first_cut_on == last_change + timedelta(days=int(FACTS.limit("SWITCH-SETTLE-DAYS", "d")))


@pytest.mark.verifies("P6")
@given(st.text(max_size=40), st.decimals(allow_nan=True, allow_infinity=True))
def test_anything_else_is_refused_in_words(drug: str, mg: Decimal) -> None:
    if drug in drugs_with_equivalent(FACTS):
        return
    with pytest.raises(RegimenError) as refused:
        plan_switch(FACTS, drug, mg, on=ON, make=GRIDS[0])
    assert refused.value.fix
