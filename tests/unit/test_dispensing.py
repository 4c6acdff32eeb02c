"""Dispensing: what is refused and how, what is said, and that what goes wrong elsewhere cannot go wrong here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from unclench.knowledge import knowledge
from unclench.planning.dispense import (
    alternating,
    can_be_dispensed,
    can_change_form_at,
    dispensed,
    forms,
    reachable,
    stock_of,
)
from unclench.planning.dispense_stock import Stock
from unclench.planning.dispense_supply import averages_mg, held_mg, said
from unclench.planning.dispense_swing import swing
from unclench.planning.dispense_units import plain
from unclench.planning.taper_plan import Schedule, Step, Unit
from unclench.values import Jurisdiction, RegimenError, Standing

pytestmark = pytest.mark.verifies("P5")
ON = date(2026, 11, 23)
TWICE = (8.0, 22.0)
FACTS = knowledge()


def falling(*steps, start=None):
    """(days, mg), ..."""
    made = tuple(Step(days, Decimal(mg)) for days, mg in steps)
    return Schedule(ON, Decimal(start) if start else made[0].mg, made)


def given(*steps, where="us", wanted=(), hours=TWICE, **more):
    return dispensed(falling(*steps), stock_of(FACTS, where, wanted), hours, FACTS, **more)


def notes(*steps, **more):
    return " ".join(given(*steps, **more)[1].notes)


@pytest.mark.parametrize(
    ("wanted", "tablets", "liquid", "halves"),
    [
        ((), ("US-TABLET-2", "US-TABLET-5", "US-TABLET-10"), "US-SOLUTION-1", True),
        (("tablets",), ("US-TABLET-2", "US-TABLET-5", "US-TABLET-10"), None, True),
        (("5,2",), ("US-TABLET-2", "US-TABLET-5"), None, True),
        (("5", "2 mg", "liquid"), ("US-TABLET-2", "US-TABLET-5"), "US-SOLUTION-1", True),
        (("Liquid",), (), "US-SOLUTION-1", True),
        (("no-halves",), ("US-TABLET-2", "US-TABLET-5", "US-TABLET-10"), "US-SOLUTION-1", False),
        (("us-concentrate-5", "us-tablet-10"), ("US-TABLET-10",), "US-CONCENTRATE-5", True),
    ],
)
def test_a_stock_is_what_is_asked_for(wanted, tablets, liquid, halves):
    stock = stock_of(FACTS, "us", wanted)
    assert tuple(row.id for row in stock.tablets) == tablets
    assert (stock.liquid.id if stock.liquid else None) == liquid
    assert stock.halves is halves


@pytest.mark.parametrize(
    "wanted",
    ["3", "2.5", "1mg", "UK-TABLET-2", "capsules", "liquid,us-concentrate-5", "\x1b[31mred", "-2", "1e1", "٢"],
)
def test_a_product_that_does_not_exist_here_is_refused_with_what_does(wanted):
    with pytest.raises(RegimenError, match=r"US has tablets of 2, 5 and 10 mg, and US-SOLUTION-1") as refused:
        stock_of(FACTS, "us", (wanted,))
    assert "\x1b" not in str(refused.value)


def test_the_concentrate_and_what_is_unconfirmed_are_never_chosen_automatically():
    for where in Jurisdiction:
        for wanted in ((), ("liquid",), ("tablets", "liquid")):
            stock = stock_of(FACTS, where, wanted)
            assert stock.liquid.form == "solution"
            assert all(row.standing is not Standing.UNVERIFIED for row in (*stock.tablets, stock.liquid))
    with pytest.raises(RegimenError, match="confirmed"):
        stock_of(FACTS, "uk", ("UK-SUSPENSION-5-IN-5",))


def test_a_stock_of_nothing_is_refused():
    with pytest.raises(RegimenError, match="tablets or a liquid"):
        Stock(Jurisdiction.US, (), None, True)


@pytest.mark.parametrize("hours", [(), (8.0, 8.0), (24.0,), (-1.0, 8.0), (float("nan"),)])
def test_hours_that_cannot_be_are_refused(hours):
    with pytest.raises(RegimenError, match="hours of the clock"):
        given((7, 2), hours=hours)


@pytest.mark.parametrize(("where", "days"), [("us", 0), ("us", -3), ("us", 31), ("uk", 31)])
def test_a_supply_longer_than_allowed_is_refused(where, days):
    with pytest.raises(RegimenError, match="1 to 30 days"):
        given((7, 2), where=where, supply_days=days)


@pytest.mark.parametrize(
    ("mg", "near"),
    [("5.25", "5 mg and 5.5 mg"), ("0.05", "0.1 mg"), ("1.25", "1.2 mg and 1.3 mg"), ("300", "80 mg")],
)
def test_a_dose_that_nothing_makes_names_the_nearest(mg, near):
    with pytest.raises(RegimenError, match="make exactly, taken twice a day") as refused:
        given((7, mg))
    assert refused.value.fix == f"The nearest: {near}."


def test_hours_are_taken_in_the_order_of_the_clock():
    days, _ = given((7, 3), wanted=("2",), hours=(22.0, 8.0))
    assert [(intake.clock_h, intake.units[0].count) for intake in days[0].intakes] == [
        (8.0, Decimal("0.5")),
        (22.0, Decimal(1)),
    ]


def test_the_form_changes_in_the_middle_of_the_step_before():
    days, supply = given((14, 3), (14, 2), (14, "1.5"))
    products = [{unit.product for unit in day.units} for day in days]
    assert products[20] == {"US-TABLET-2"}
    assert products[21] == {"US-SOLUTION-1"}
    assert days[20].mg == days[21].mg == 2
    assert "On 14 Dec 2026 the tablets change to the oral solution, at the same 2 mg" in " ".join(supply.notes)


def test_the_form_changes_earlier_where_the_step_before_is_too_short_or_the_liquid_cannot_make_it():
    days, _ = given((14, 3), (1, 2), (14, "1.5"))
    assert [day.mg for day in days if "US-SOLUTION-1" in {unit.product for unit in day.units}][:8] == [*[3] * 7, 2]
    assert not can_change_form_at(stock_of(FACTS, "uk"), Decimal("2.5"), 2)
    with pytest.raises(RegimenError, match="no step of two days before it that both make"):
        given((14, 3), (14, "2.5"), (14, "1.6"), where="uk")


def test_no_change_back_to_tablets():
    with pytest.raises(RegimenError, match="none back"):
        given((14, 3), (14, "2.6"), (14, "2.5"), where="uk")


def test_where_the_liquid_cannot_be_reached_half_tablets_serve_below_2_mg():
    days, supply = given((14, "2.5"), (14, 1), where="uk")
    assert {unit.product for day in days for unit in day.units} == {"UK-TABLET-2", "UK-TABLET-5"}
    assert "From 1 mg down" in " ".join(supply.notes)


def test_it_may_begin_with_the_liquid_and_then_says_how():
    assert "It begins with the oral solution" in notes((14, 4), wanted=("liquid",))
    assert "It begins with the oral solution" in notes((14, "1.5"), (14, 1))


def test_ten_mg_tablets_only_for_the_number_of_tablets():
    _, few = given((14, 20), (14, 10), wanted=("tablets",))
    assert {line.product for line in few.lines} == {"US-TABLET-5"}
    _, many = given((14, 60), (14, 30), wanted=("tablets",))
    assert "US-TABLET-10" in {line.product for line in many.lines}
    assert "most often sold on" in " ".join(many.notes)


def test_what_a_half_holds_is_shown_by_product_by_day_and_on_average():
    days, supply = given((14, 3), wanted=("2",), where="uk")
    assert supply.half_tablet_mg == (("UK-TABLET-2", 0.76, 1.21),)
    assert held_mg(days[0], FACTS) == pytest.approx((2.76, 3.21))
    assert averages_mg(days[0], FACTS) == pytest.approx((3 - 0.0571, 3))
    told = " ".join(supply.notes)
    assert "A half of a 2 mg tablet held 0.76 to 1.21 mg when 1 mg was meant." in told
    assert "UK: halving a 2 mg tablet is off-licence" in told
    assert "Never quarters" in told


def test_halves_that_were_not_measured_say_so():
    told = notes((14, "2.5"), wanted=("5",))
    assert "Halves of the diazepam 5 mg tablet were not measured" in told
    assert "project estimate, not measured" in told
    assert "off-licence" not in told
    uk = notes((14, "2.5"), wanted=("5",), where="uk")
    assert "the diazepam 5 mg tablet has a score line depends on the maker" in uk
    assert "halving a 2 mg tablet" not in uk


def test_nothing_is_said_of_halves_or_liquid_where_there_are_none():
    told = notes((14, 4), wanted=("2",))
    assert "half" not in told
    assert "solution" not in told
    assert held_mg(given((14, 4))[0][0], FACTS) == (4.0, 4.0)


def test_half_tablets_are_rounded_up_in_each_supply_and_what_is_left_is_said():
    _, supply = given((14, 1), wanted=("2",), supply_days=7)
    assert [[line.count for line in part.lines] for part in supply.prescriptions] == [[4], [4]]
    assert supply.total_mg == 14
    assert "2 mg are left over" in " ".join(supply.notes)


def test_a_liquid_is_written_in_ml_and_mg():
    assert said(Unit("UK-SOLUTION-2-IN-5", Decimal("0.4"), Decimal("2.5")), FACTS) == "2.5 mL (1 mg)"
    assert said(Unit("UK-TABLET-2", Decimal(2), Decimal("1.5")), FACTS) == "1.5 x 2 mg"
    assert "oral syringe marked at every 0.1 mL" in notes((14, 1))


def test_each_country_has_its_limits_of_supply():
    us, uk = notes((14, 4)), notes((14, 4), where="uk")
    assert "at most 5 refills and no fill later than 6 months" in us
    assert "28 days" in uk
    assert "30 days" in uk
    assert "FP10MDA" in uk
    assert "FP10MDA" not in us
    for key in ("REFILLS-US", "REFILL-MONTHS-US", "VALID-UK", "SUPPLY-MOST-UK", "INSTALMENT-UK"):
        assert FACTS.get("limits", f"DISP-{key}").standing is Standing.READ


def test_alternate_days_are_opt_in_and_within_the_swing():
    with pytest.raises(RegimenError):
        given((14, "1.5"), wanted=("2",))
    days, supply = given((14, "1.5"), wanted=("2",), alternate=True)
    assert [day.mg for day in days[:4]] == [2, 1, 2, 1]
    assert "swings by 41 % of its mean, against 31 %" in " ".join(supply.notes)
    with pytest.raises(RegimenError, match="make exactly"):
        given((14, "0.5"), wanted=("2",), alternate=True)
    with pytest.raises(RegimenError, match="for 7 days, on alternate days"):
        given((7, "1.5"), wanted=("2",), alternate=True)
    stock = stock_of(FACTS, "us", ("2",))
    assert Decimal("1.5") in reachable(stock, Decimal(4), 1, alternate=True)
    assert Decimal("0.5") not in reachable(stock, Decimal(4), 1, alternate=True)
    assert alternating(stock, Decimal(2)) is None or alternating(stock, Decimal(2)).low_mg > 0


@pytest.mark.parametrize(("cycle", "percent"), [((1.5,), 31), ((2, 1), 41), ((1, 0), 62)])
def test_the_swing_of_the_evidence(cycle, percent):
    found = swing(cycle, parent_half_h=43, metabolite_half_h=75, parent_share=0.8)
    assert round(found) == percent


def test_a_day_without_a_dose_ends_it():
    days, _ = given((2, 1))
    assert (days[-1].on, days[-1].mg, days[-1].intakes) == (date(2026, 11, 25), 0, ())


def test_numbers_have_no_zeros_at_their_end():
    assert [str(plain(Decimal(text))) for text in ("2.50", "20", "2E+1", "0.040", "14.0")] == [
        "2.5", "20", "20", "0.04", "14",
    ]  # fmt: skip


def test_a_search_can_ask_quickly():
    stock = stock_of(FACTS, "uk")
    assert can_be_dispensed(falling((14, 3), (14, 2), (14, "1.6")), stock, 2, FACTS)
    assert not can_be_dispensed(falling((14, 3), (14, "2.5"), (14, "1.6")), stock, 2, FACTS)
    assert forms(stock, Decimal(2), 2) == ("tablet", "solution")
    assert forms(stock, Decimal("2.5"), 2) == ("tablet",)
    assert forms(stock, Decimal("1.6"), 2) == ("solution",)
    assert forms(stock, Decimal("0.01"), 2) == ()


# What published software lists for these doses, from 20 mg in its standard pace: 3 mg for 5.5, 9 mg for 6.5, and more.
MIS_SUMMED = ("5.5", "6.5", "7.5", "8.5", "9.5", "10.5", "11.5", "13.5", "15.5", "17.5", "18.5", "19.5")


@pytest.mark.parametrize("intakes", [(22.0,), TWICE, (8.0, 14.0, 22.0)])
@pytest.mark.parametrize("mg", MIS_SUMMED)
def test_the_doses_that_others_sum_wrongly_are_exact(mg, intakes):
    days, supply = given((14, mg), wanted=("tablets",), hours=intakes)
    assert all(sum(unit.mg_each * unit.count for unit in day.units) == Decimal(mg) for day in days[:-1])
    assert sum(line.count * line.strength_mg for line in supply.lines) - supply.total_mg < 10
    # One and a half tablets are written as such, and dispensed as such.
    for day in days[:-1]:
        for unit in (unit for intake in day.intakes for unit in intake.units):
            assert said(unit, FACTS).split(" x ")[0] == f"{unit.count:f}".rstrip("0").rstrip(".") or unit.count % 1 == 0


def test_two_stocks_do_not_share_their_strengths():
    narrow = given((14, 10), wanted=("2",))[1]
    given((14, 10), wanted=("5",))
    assert given((14, 10), wanted=("2",))[1] == narrow


def test_three_strengths_where_no_two_make_every_dose():
    _, supply = given((14, 35), (14, 22), (14, "7.5"), wanted=("tablets",), hours=(22.0,))
    assert [line.product for line in supply.lines] == ["US-TABLET-2", "US-TABLET-5", "US-TABLET-10"]
