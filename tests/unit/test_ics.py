"""The calendar file: strict form, every dose at its hour, and nothing that a hostile text could add."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from tests.hostile import HOSTILE
from tests.strict_ics import occurrences, read
from tests.taper_factory import MADE, ON, alternate_days, held, hostile, step_down, taper, two_years, with_switch
from unclench.planning.taper_plan import Taper
from unclench.report.calendar_words import take
from unclench.report.ics import even_runs, fold, text, to_ics
from unclench.values import Jurisdiction

MADE_UP = {
    "long": taper,
    "step-down": step_down,
    "two years": two_years,
    "alternate days": alternate_days,
    "switch": with_switch,
    "held": held,
}


def made(given: Taper) -> bytes:
    return to_ics(given, ON, Jurisdiction.UK, MADE)


@pytest.mark.verifies("O7", "P5")
@pytest.mark.parametrize("kind", MADE_UP)
def test_every_dose_comes_once_at_its_hour_and_every_cut_on_its_day(kind: str) -> None:
    given = MADE_UP[kind]()
    calendar = read(made(given))
    doses: Counter[tuple[datetime, str]] = Counter()
    whole_days: list[tuple[date, str]] = []
    for event in calendar.parts:
        for at in occurrences(event):
            if isinstance(at, datetime):
                doses[at, event.lines["SUMMARY"].partition(": ")[2]] += 1
            else:
                whole_days.append((at, event.lines["SUMMARY"]))
    meant = Counter(
        (datetime.combine(day.on, time()) + timedelta(hours=intake.clock_h), take(intake).what)
        for day in given.days
        for intake in day.intakes
    )
    assert doses == meant
    cut_days = [on for on, said in whole_days if said.startswith(("New dose", "Last step"))]
    assert cut_days == [cut.on for cut in given.cuts]


@pytest.mark.verifies("O7")
def test_another_reader_finds_the_same() -> None:
    from icalendar import Calendar

    calendar = Calendar.from_ical(made(taper()))
    events = calendar.walk("VEVENT")
    assert len(events) == len(read(made(taper())).parts)
    assert not any(event.errors for event in events)
    first = next(event for event in events if "RRULE" in event)
    assert str(first["SUMMARY"]) == "Diazepam 6 mg: 1 tablet of 5 mg and half a tablet of 2 mg"
    assert first["DTSTART"].dt == datetime.fromisoformat("2026-11-24T08:00")
    assert first["RRULE"] == {"FREQ": ["DAILY"], "COUNT": [14]}


def test_names_are_unique_and_stay_while_the_words_stay() -> None:
    ids = [event.lines["UID"] for event in read(made(two_years())).parts]
    assert len(ids) == len(set(ids))
    again = {event.lines["UID"] for event in read(made(two_years())).parts}
    assert again == set(ids)
    assert not again & {event.lines["UID"] for event in read(made(taper())).parts}


@pytest.mark.verifies("O7")
def test_same_input_same_bytes_and_no_clock() -> None:
    assert made(taper()) == made(taper())
    assert {event.lines["DTSTAMP"] for event in read(made(taper())).parts} == {"20261124T000000Z"}


def test_it_reminds_and_keeps_to_itself() -> None:
    for event in read(made(taper())).parts:
        assert event.lines["CLASS"] == "PRIVATE"
        assert [part.name for part in event.parts] == ([] if event.dated else ["VALARM"])


@pytest.mark.verifies("P4")
def test_without_days_it_says_one_thing() -> None:
    (event,) = read(made(held())).parts
    assert event.lines["SUMMARY"].startswith("Do not stop diazepam")
    assert occurrences(event) == [ON]


@pytest.mark.verifies("O7")
@pytest.mark.parametrize("hurtful", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_adds_no_line_no_event_and_no_alarm(hurtful: str) -> None:
    spoilt, plain = read(made(hostile(hurtful))), read(made(hostile("text")))
    assert len(spoilt.parts) == len(plain.parts)
    for one, other in zip(spoilt.parts, plain.parts, strict=True):
        assert one.lines.keys() == other.lines.keys()
        assert [part.name for part in one.parts] == [part.name for part in other.parts]


@over(st.text(max_size=400))
def test_any_text_survives_folding_and_escaping(value: str) -> None:
    line = f"SUMMARY:{text(value)}"
    folded = fold(line)
    assert all(len(piece.encode("utf-8")) <= 75 for piece in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == line
    assert "\n" not in line


@over(st.sets(st.integers(0, 400), max_size=60))
def test_runs_hold_every_date_once(offsets: set[int]) -> None:
    dates = [ON + timedelta(days=offset) for offset in sorted(offsets)]
    runs = list(even_runs(dates))
    found = [first + timedelta(days=every * index) for first, every, count in runs for index in range(count)]
    assert found == dates


def test_alternate_days_are_one_rule() -> None:
    dates = [ON + timedelta(days=2 * index) for index in range(14)]
    assert list(even_runs(dates)) == [(ON, 2, 14)]
