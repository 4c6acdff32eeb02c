"""Whatever a person brings: doses on leaflet and calendar are those of the plan, and without a plan there are none."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generative.people import people, typed
from tests.unit.test_leaflet import AMOUNT, words
from unclench.consult import consult
from unclench.planning.course_days import course_days
from unclench.report.calendar_course import dated_course
from unclench.report.leaflet import COURSE, INSTEAD, SEEN_FIRST, leaflet
from unclench.values import Jurisdiction, RegimenError


@pytest.mark.verifies("O7", "P1")
@settings(max_examples=25)
@given(people(), st.sampled_from(list(Jurisdiction)))
def test_doses_are_those_of_the_plan(person: dict[str, Any], law: Jurisdiction) -> None:
    found = consult(typed(person), on=date(2026, 11, 22), jurisdiction=law)
    plan = found.plan
    days = course_days(plan)
    try:
        made = leaflet(found)
    except RegimenError:
        assert plan.regimen is None
        return
    assert (plan.regimen is not None) == (made.kind == COURSE)
    if plan.regimen is None:
        assert days == ()
        assert made.doses == ()
        assert made.kind not in (INSTEAD, SEEN_FIRST) or AMOUNT.search(words(made)) is None
        return
    planned = [dose for phase in plan.regimen.phases for _ in range(phase.days) for dose in (phase.doses,)]
    assert [
        tuple((one.clock_h, sum((unit.mg for unit in one.units), Decimal(0))) for one in day.intakes) for day in days
    ] == [tuple((dose.clock_h, dose.mg) for dose in doses) for doses in planned]
    counted: Counter[str] = Counter()
    for unit in (unit for day in days for unit in day.units):
        counted[unit.product] += unit.count
    assert plan.supply is not None
    assert counted == Counter({line.product: line.count for line in plan.supply.lines})
    assert [day.mg for day in dated_course(plan)] == [day.mg for day in days]
    if not plan.regimen.as_needed:
        assert sum(int(line.length.split()[0]) for line in made.doses) == plan.regimen.days
    elif any(planned):
        assert any("in 24 hours" in line for line in made.dose_notes)
