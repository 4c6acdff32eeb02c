"""What the patient's calendar says: every dose of every day, whole weeks, marks where something changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.taper_factory import (
    MADE,
    ON,
    START,
    alternate_days,
    held,
    schedule,
    step_down,
    taper,
    two_years,
    with_switch,
)
from unclench.knowledge import knowledge
from unclench.planning.taper_plan import Intake, Taper, TaperDay, Unit
from unclench.report.calendar_sheet import Sheet, Week, calendar_sheet
from unclench.report.calendar_words import clock, take
from unclench.values import Jurisdiction, RegimenError

MADE_UP = {
    "long": taper,
    "us": lambda: taper(jurisdiction=Jurisdiction.US),
    "step-down": step_down,
    "two years": two_years,
    "alternate days": alternate_days,
    "switch": with_switch,
}


def sheet(given: Taper, jurisdiction: Jurisdiction = Jurisdiction.UK) -> Sheet:
    return calendar_sheet(given, ON, jurisdiction, MADE)


def weeks(given: Sheet) -> list[Week]:
    return [week for leaf in given.leaves for week in leaf.weeks]


def units(*parts: tuple[str, str, str]) -> tuple[Unit, ...]:
    return tuple(Unit(product, Decimal(each), Decimal(count)) for product, each, count in parts)


@pytest.mark.verifies("O7")
@pytest.mark.parametrize(
    ("parts", "what", "box"),
    [
        ([("UK-TABLET-5", "5", "1")], "1 tablet of 5 mg", "5 mg"),
        ([("UK-TABLET-5", "5", "2")], "2 tablets of 5 mg", "10 mg"),
        ([("UK-TABLET-2", "2", "0.5")], "half a tablet of 2 mg", "1 mg"),
        ([("UK-TABLET-2", "2", "1.5")], "1 and a half tablets of 2 mg", "3 mg"),
        (
            [("UK-TABLET-2", "2", "0.5"), ("UK-TABLET-5", "5", "1")],
            "1 tablet of 5 mg and half a tablet of 2 mg",
            "6 mg",
        ),
        ([("UK-TABLET-2", "2", "1"), ("UK-TABLET-2", "2", "1")], "2 tablets of 2 mg", "4 mg"),
        ([("US-SOLUTION-1", "1", "2.5")], "2.5 mL of 1 mg/mL oral solution (2.5 mg)", "2.5 mL"),
        ([("UK-SOLUTION-2-IN-5", "0.4", "1.25")], "1.25 mL of 2 mg/5 mL oral solution (0.5 mg)", "1.25 mL"),
        (
            [("US-TABLET-2", "2", "1"), ("US-SOLUTION-1", "1", "0.5")],
            "1 tablet of 2 mg and 0.5 mL of 1 mg/mL oral solution (0.5 mg)",
            "2.5 mg",
        ),
    ],
)
def test_what_to_take_is_said_in_tablets_or_ml(parts: list[tuple[str, str, str]], what: str, box: str) -> None:
    said = take(Intake(22.0, units(*parts)))
    assert (said.what, said.box) == (what, box)


@pytest.mark.parametrize("count", ["0.25", "1.75", "0", "-1"])
def test_nobody_is_told_to_quarter_a_tablet(count: str) -> None:
    with pytest.raises(RegimenError, match="whole tablets and halves"):
        take(Intake(8.0, units(("UK-TABLET-2", "2", count))))


@pytest.mark.parametrize(
    ("hour", "said"),
    [(0.0, "12 midnight"), (8.0, "8 am"), (11.5, "11:30 am"), (12.0, "12 noon"), (12.25, "12:15 pm"), (22.0, "10 pm")],
)
def test_times_are_said_as_people_say_them(hour: float, said: str) -> None:
    assert clock(hour) == said


def counted(given: Sheet, first: date) -> dict[date, list[tuple[str, str, str]]]:
    """Every box on the sheet by its date, read back from the table as a reader would."""
    found: dict[date, list[tuple[str, str, str]]] = {}
    for number, week in enumerate(weeks(given)):
        for index, day in enumerate(week.days):
            on = first + timedelta(days=7 * number + index)
            assert day.date == f"{on.day} {on:%b}"
            assert day.weekday == f"{on:%a}"
            found[on] = [(f"{row.part} {row.at}".strip(), row.what, row.boxes[index]) for row in week.rows]
            found[on] = [row for row in found[on] if row[2]]
    return found


@pytest.mark.verifies("O7", "P5")
@pytest.mark.parametrize("kind", MADE_UP)
def test_every_dose_of_every_day_is_on_the_sheet_and_nothing_else(kind: str) -> None:
    given = MADE_UP[kind]()
    first = given.days[0].on if given.switch is None else given.switch.days[0].on
    found = counted(sheet(given), first)
    for day in given.days:
        meant = [(f"{one.part} {one.at}", one.what, one.box) for one in (take(intake) for intake in day.intakes)]
        assert sorted(found.pop(day.on)) == sorted(meant)
    crossing = {} if given.switch is None else {day.on: day for day in given.switch.days}
    for on, boxes in found.items():
        if on in crossing:
            amounts = {"diazepam": crossing[on].diazepam_mg, "lorazepam": crossing[on].other_mg}
            told = [(what.partition(":")[0], box) for _, what, box in boxes]
            assert told == [(name, f"{mg:f} mg") for name, mg in amounts.items() if mg]
        else:
            assert boxes == []
            assert on > given.days[-1].on


@pytest.mark.parametrize("kind", MADE_UP)
def test_weeks_are_whole_and_four_make_a_leaf(kind: str) -> None:
    made = sheet(MADE_UP[kind]())
    numbered = weeks(made)
    assert [week.name for week in numbered] == [f"Week {number}" for number in range(1, len(numbered) + 1)]
    assert all(len(week.days) == 7 for week in numbered[:-1])
    assert all(len(leaf.weeks) == 4 for leaf in made.leaves[:-1])


def marks(given: Iterable[Week], text: str) -> int:
    return sum(day.mark == text for week in given for day in week.days)


@pytest.mark.verifies("O7")
def test_each_cut_is_marked_on_its_day_and_told_above_its_week() -> None:
    given = taper()
    made = weeks(sheet(given))
    assert marks(made, "New dose") == len(given.cuts) - 1
    assert marks(made, "No dose") == 1
    told = [note for week in made for note in week.notes if note.startswith("New dose from")]
    assert told[0] == "New dose from Tue 24 Nov: 19 mg a day."
    assert len(told) == len(given.cuts) - 1


def test_doses_that_take_turns_are_one_step_with_boxes_on_their_days() -> None:
    made = sheet(alternate_days())
    first = made.leaves[0].weeks[0]
    assert first.a_day == "2 mg or 1 mg a day"
    assert marks(weeks(made), "New dose") == 1
    assert [row.boxes for row in first.rows] == [
        ("2 mg", "", "2 mg", "", "2 mg", "", "2 mg"),
        ("", "1 mg", "", "1 mg", "", "1 mg", ""),
    ]
    assert first.rows[1].days == "Wed 25 Nov, Fri 27 Nov, Sun 29 Nov"
    assert [step.a_day for step in made.plan] == ["2 mg or 1 mg a day", "No dose"]


def test_a_day_without_a_dose_on_the_way_is_not_the_end() -> None:
    given = alternate_days()
    days = tuple(replace(day, mg=Decimal(0), intakes=()) if day.mg == 1 else day for day in given.days)
    made = sheet(replace(given, days=days))
    assert marks(weeks(made), "No dose") == 1
    assert made.leaves[0].weeks[0].a_day == "2 mg or 0 mg a day"
    assert made.leaves[0].weeks[0].rows[0].boxes == ("2 mg", "", "2 mg", "", "2 mg", "", "2 mg")
    longer = replace(given, days=(*given.days, TaperDay(given.days[-1].on + timedelta(days=1), Decimal(0), ())))
    assert weeks(sheet(longer)) == weeks(sheet(given))


def test_a_change_to_liquid_at_the_same_dose_is_marked() -> None:
    given = taper(schedule("4", (14,), from_mg=5))
    liquid = Unit("UK-SOLUTION-2-IN-5", Decimal("0.4"), Decimal(10))
    later = START + timedelta(days=7)
    days = tuple(
        TaperDay(day.on, day.mg, (Intake(22.0, (liquid,)),)) if later <= day.on < given.days[-1].on else day
        for day in given.days
    )
    made = weeks(sheet(replace(given, days=days)))
    assert [day.mark for day in made[1].days] == ["New way", *[""] * 6]
    assert made[1].notes[0].startswith("Same dose from Tue 1 Dec")
    assert marks(made, "New way") == 1


def test_the_same_tablets_at_other_times_are_marked() -> None:
    given = taper(schedule("10", (14,), from_mg=12))
    later = START + timedelta(days=7)
    turned = tuple(
        replace(day, intakes=(Intake(8.0, day.intakes[1].units), Intake(22.0, day.intakes[0].units)))
        if later <= day.on < given.days[-1].on
        else day
        for day in given.days
    )
    made = weeks(sheet(replace(given, days=turned)))
    assert [day.mark for day in made[1].days] == ["New way", *[""] * 6]
    assert marks(made, "New way") == 1


def test_the_next_supply_and_another_medicine_stand_in_their_week() -> None:
    made = weeks(sheet(taper()))
    assert "Have your next supply ready for Tue 22 Dec." in made[4].notes
    assert not any("supply" in note for note in made[0].notes)


@pytest.mark.parametrize(("given", "days"), [(taper, 28), (step_down, 14)])
def test_ratings_go_on_after_the_last_dose(given, days: int) -> None:
    made = weeks(sheet(given()))
    shown = sum(len(week.days) for week in made)
    assert shown == len(given().days) - 1 + days
    assert any(f"for {days // 7} more weeks" in note for week in made for note in week.notes)


def test_rules_are_those_that_this_plan_needs() -> None:
    long, short = sheet(taper()), sheet(step_down())
    assert any("Half a tablet" in rule for rule in long.rules)
    assert any("Liquid" in rule for rule in long.rules)
    assert any("all at once" in rule for rule in long.rules)
    assert not any("all at once" in rule for rule in short.rules)
    whole = sheet(taper(schedule("10 5", (7, 7), from_mg=15)))
    assert not any("Liquid" in rule for rule in whole.rules)
    assert any("lorazepam" in rule for rule in sheet(with_switch()).rules)


@pytest.mark.verifies("P4")
def test_without_days_it_says_do_not_stop_and_why() -> None:
    made = sheet(held())
    assert made.title == "Do not stop diazepam yet"
    assert made.leaves == ()
    assert made.plan == ()
    assert made.held[0].startswith("Do not stop diazepam")
    assert made.held_because == ("Do not stop. Continue the present dose until seen.", "Within two weeks.")
    assert made.now
    assert not any("number" in line for line in made.call), "without pages to rate on, no number to look at"


def test_a_plan_on_one_leaf_is_not_told_twice() -> None:
    short = sheet(step_down())
    assert len(short.leaves) == 1
    assert short.plan == ()
    crossing, first, *_ = sheet(with_switch()).plan
    assert (crossing.a_day, len(crossing.what)) == ("", 2)
    assert first.a_day == "19 mg a day"


def test_a_dose_that_changes_each_day_is_told_by_the_rows_alone() -> None:
    assert weeks(sheet(with_switch()))[0].a_day == ""
    assert weeks(sheet(with_switch()))[1].a_day == "19 mg a day"


def test_no_need_of_steps_is_no_reason_to_hold() -> None:
    made = sheet(replace(held(), need="none", hold="", urgency=""))
    assert "Do not stop" not in made.title
    assert made.held == (knowledge().say("CAL-NONE"),)


@pytest.mark.parametrize(("jurisdiction", "number"), [(Jurisdiction.UK, "999"), (Jurisdiction.US, "911")])
def test_the_number_to_call_is_that_of_the_country(jurisdiction: Jurisdiction, number: str) -> None:
    made = sheet(taper(jurisdiction=jurisdiction), jurisdiction)
    assert number in made.emergency
    assert number in made.foot
    other = {"999", "911"} - {number}
    assert not other & set(f"{made.emergency} {made.foot}".replace(".", " ").split())


def test_a_missing_day_is_refused() -> None:
    given = taper()
    with pytest.raises(RegimenError, match="every day once"):
        sheet(replace(given, days=(*given.days[:5], *given.days[6:])))


def test_a_product_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Exception, match="no row 'UK-TABLET-3'"):
        take(Intake(8.0, units(("UK-TABLET-3", "3", "1"))))


def test_every_sentence_of_the_calendar_is_used(root) -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (root / "src/unclench/report").glob("*.py"))
    rows = [row for row in knowledge().table("statements") if row.id.startswith("CAL-")]
    made = [sheet(taper()), sheet(step_down(), Jurisdiction.US), sheet(with_switch()), sheet(held())]
    made.append(sheet(replace(held(), need="none")))
    said = "\n".join(str(one) for one in made)
    assert [row.id for row in rows if row.id not in code and row.text.split("{")[0] not in said] == []
