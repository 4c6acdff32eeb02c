"""Whatever falls can be counted out: any start, products, country, intakes and falling doses."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.knowledge import knowledge
from unclench.planning.dispense import (
    can_be_dispensed,
    can_change_form_at,
    dispensed,
    forms,
    reachable,
    stock_of,
)
from unclench.planning.taper_plan import Schedule, Step
from unclench.values import RegimenError

pytestmark = pytest.mark.verifies("P5")
ON = date(2026, 11, 23)
HOURS = {1: (22.0,), 2: (8.0, 22.0), 3: (8.0, 14.0, 22.0), 4: (8.0, 12.0, 18.0, 22.0)}
CHOICES = (
    (),
    ("tablets",),
    ("2",),
    ("2,5",),
    ("5", "10"),
    ("liquid",),
    ("no-halves",),
    ("2", "liquid"),
    ("no-halves", "tablets"),
)
STOCKS = st.tuples(st.sampled_from(("us", "uk")), st.sampled_from(CHOICES)).map(
    lambda chosen: stock_of(knowledge(), *chosen)
)


@st.composite
def tapers(draw):
    """A stock, the number of intakes, and a schedule of doses that the stock reaches."""
    stock, intakes = draw(STOCKS), draw(st.integers(1, 4))
    doses = reachable(stock, Decimal(draw(st.integers(3, 40))), intakes)
    chosen = draw(st.lists(st.sampled_from(doses), min_size=1, max_size=9))
    steps = tuple(Step(draw(st.integers(1, 30)), mg) for mg in sorted(chosen, reverse=True))
    return stock, intakes, Schedule(ON, steps[0].mg, steps)


def tablets_of(stock):
    return {row.id for row in stock.tablets}


@given(tapers())
def test_the_units_of_every_day_sum_to_its_dose_and_no_piece_is_smaller_than_a_half(case):
    stock, intakes, schedule = case
    try:
        days, _ = dispensed(schedule, stock, HOURS[intakes], knowledge())
    except RegimenError:
        assert not can_be_dispensed(schedule, stock, intakes, knowledge())
        return
    assert tuple(day.mg for day in days) == (*schedule.daily(), Decimal(0))
    assert [day.on for day in days] == [ON + timedelta(days=count) for count in range(schedule.days + 1)]
    assert days[-1].intakes == ()
    for day in days:
        hours = [intake.clock_h for intake in day.intakes]
        assert hours == sorted(hours)
        assert set(hours) <= set(HOURS[intakes])
        amounts = [sum(unit.mg for unit in intake.units) for intake in day.intakes]
        assert sum(amounts) == day.mg
        assert amounts == sorted(amounts)
        for unit in (unit for intake in day.intakes for unit in intake.units):
            assert unit.count > 0
            if unit.product in tablets_of(stock):
                assert unit.count % Decimal("0.5") == 0
                assert stock.halves or unit.count % 1 == 0
            else:
                assert unit.count % Decimal("0.1") == 0


@given(tapers())
def test_forms_change_once_between_cuts_and_never_mix(case):
    stock, intakes, schedule = case
    if not can_be_dispensed(schedule, stock, intakes, knowledge()):
        return
    days, _ = dispensed(schedule, stock, HOURS[intakes], knowledge())
    used = [{unit.product in tablets_of(stock) for unit in day.units} for day in days[:-1]]
    assert all(len(kinds) == 1 for kinds in used)
    changes = [index for index, (one, other) in enumerate(pairwise(used)) if one != other]
    assert len(changes) <= 1
    for index in changes:
        assert used[index] == {True}
        assert days[index].mg == days[index + 1].mg
        assert can_change_form_at(stock, days[index].mg, intakes)
    for day, kinds in zip(days, used, strict=False):
        assert ("tablet" if kinds == {True} else "solution") in forms(stock, day.mg, intakes)


@given(tapers(), st.integers(1, 30))
def test_prescriptions_hold_what_their_days_take_and_no_more(case, interval):
    stock, intakes, schedule = case
    if not can_be_dispensed(schedule, stock, intakes, knowledge()):
        return
    days, supply = dispensed(schedule, stock, HOURS[intakes], knowledge(), supply_days=interval)
    assert supply.interval_days == interval
    assert supply.total_mg == sum(schedule.daily())
    covered = [
        part.from_on + timedelta(days=count)
        for part in supply.prescriptions
        for count in range((part.to_on - part.from_on).days + 1)
    ]
    assert covered == [day.on for day in days[:-1]]
    totals = Counter()
    for part in supply.prescriptions:
        taken = Counter()
        for day in days:
            if part.from_on <= day.on <= part.to_on:
                taken.update({unit.product: unit.count for unit in day.units})
        assert (part.to_on - part.from_on).days < interval
        assert {line.product: line.count for line in part.lines} == {
            product: count.to_integral_value(ROUND_CEILING) if product in tablets_of(stock) else count
            for product, count in taken.items()
        }
        totals.update({line.product: line.count for line in part.lines})
    assert {line.product: line.count for line in supply.lines} == dict(totals)


def halves_of(days):
    return sum(unit.count % 1 != 0 for day in days for intake in day.intakes for unit in intake.units)


@given(tapers())
def test_a_strength_less_would_not_do_or_would_need_more_halves(case):
    """Three strengths only where no two make every dose of tablets; two only where one cannot, or needs more halves."""
    stock, intakes, schedule = case
    if not can_be_dispensed(schedule, stock, intakes, knowledge()):
        return
    days, _ = dispensed(schedule, stock, HOURS[intakes], knowledge())
    on_tablets = [day for day in days if {unit.product for unit in day.units} & tablets_of(stock)]
    used = sorted({unit.product for day in on_tablets for unit in day.units})
    if len(used) < 2:
        return
    steps = tuple(Step(1, day.mg) for day in on_tablets)
    for fewer in combinations([row.id for row in stock.tablets], len(used) - 1):
        smaller = stock_of(knowledge(), stock.jurisdiction, (*fewer, *(() if stock.halves else ("no-halves",))))
        if any("10" in name for name in fewer) and not any("10" in name for name in used):
            continue  # 10 mg tablets are no way to save a strength
        if all("tablet" in forms(smaller, step.mg, intakes) for step in steps):
            assert len(used) == 2
            other, _ = dispensed(Schedule(ON, steps[0].mg, steps), smaller, HOURS[intakes], knowledge())
            assert halves_of(other) > halves_of(on_tablets) or tens(other) > tens(on_tablets)


def tens(days):
    return sum(unit.count for day in days for unit in day.units if unit.mg_each == 10)


@given(STOCKS, st.integers(1, 4), st.integers(1, 40))
def test_reachable_doses_fall_and_each_can_be_dispensed_alone(stock, intakes, most):
    doses = reachable(stock, Decimal(most), intakes)
    assert all(high > low > 0 for high, low in pairwise(doses))
    for mg in doses:
        assert mg <= most
        assert forms(stock, mg, intakes)
        assert mg <= 10 or mg % Decimal("0.5") == 0
        days, _ = dispensed(Schedule(ON, mg, (Step(1, mg),)), stock, HOURS[intakes], knowledge())
        assert sum(unit.mg for unit in days[0].units) == mg


@given(STOCKS, st.integers(1, 4), st.decimals("0.01", "50", places=2))
def test_a_dose_that_nothing_makes_is_refused_and_the_nearest_are_named(stock, intakes, mg):
    if forms(stock, mg, intakes):
        return
    with pytest.raises(RegimenError, match="make exactly") as refused:
        dispensed(Schedule(ON, mg, (Step(7, mg),)), stock, HOURS[intakes], knowledge())
    near = [
        Decimal(word)
        for word in refused.value.fix.replace("mg", "").split()
        if word[0].isdigit()
        for word in [word.rstrip(".,")]
    ]
    for dose in near:
        assert forms(stock, dose, intakes)
        assert dose != mg


@given(
    st.sampled_from(("us", "uk")),
    st.integers(1, 4),
    st.lists(st.integers(1, 60), min_size=1, max_size=6),
    st.integers(1, 20),
)
def test_alternate_days_keep_the_mean_and_never_leave_a_day_out(country, intakes, halves, weeks):
    stock = stock_of(knowledge(), country, ("2", "tablets", "no-halves"))
    steps = tuple(Step(2 * weeks, Decimal(mg) / 2) for mg in sorted(halves, reverse=True))
    schedule = Schedule(ON, steps[0].mg, steps)
    try:
        days, _ = dispensed(schedule, stock, HOURS[intakes], knowledge(), alternate=True)
    except RegimenError:
        return
    assert sum(day.mg for day in days) == sum(schedule.daily())
    for one, other, meant in zip(days[:-1:2], days[1::2], schedule.daily()[::2], strict=True):
        assert one.mg + other.mg == 2 * meant
        assert one.mg >= other.mg > 0
