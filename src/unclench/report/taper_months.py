"""The days of a taper as months on a screen: what is taken each day, and below each month what changes in it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from unclench.knowledge import knowledge
from unclench.planning.taper_plan import Taper
from unclench.report import wording as words
from unclench.report.calendar_days import AFTER, CROSSING, END, NEW, SAME, Dated, dated
from unclench.values import Jurisdiction

WEEK = 7
SUNDAY = 6  # as Python counts: Monday is 0
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MARKS = {
    NEW: "new dose",
    SAME: "same dose, other tablets or times",
    CROSSING: "changing over",
    END: "first day of nothing",
    AFTER: "nothing to take: ratings only",
    "": "",
}


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day. `mg` is "" where nothing is planned or taken."""

    day: int
    mg: str
    mark: str  # new | same | crossing | end | after | ""
    means: str  # the mark in words
    supply: bool  # a prescription begins


@dataclass(frozen=True, slots=True)
class Change:
    on: str
    dose: str
    take: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks of seven cells; None where the day is in another month or not in the plan."""

    name: str
    key: str  # 2026-12
    weekdays: tuple[tuple[str, str], ...]  # short, long
    weeks: tuple[tuple[MonthDay | None, ...], ...]
    changes: tuple[Change, ...]
    supplies: tuple[str, ...]


def months(taper: Taper, jurisdiction: Jurisdiction) -> tuple[Month, ...]:
    """Every month with a planned day. Weeks begin on Sunday in the US, and on Monday in the UK."""
    first = SUNDAY if jurisdiction is Jurisdiction.US else 0
    supplied = {one.from_on for one in taper.supply.prescriptions} if taper.supply is not None else set()
    days = dated(taper)
    return tuple(
        _month(year, month, tuple(part), first, supplied)
        for (year, month), part in groupby(days, key=lambda one: (one.on.year, one.on.month))
    )


def _month(year: int, month: int, days: Sequence[Dated], first: int, supplied: set[date]) -> Month:
    planned = {one.on.day: one for one in days}
    before = (date(year, month, 1).weekday() - first) % WEEK
    cells: list[MonthDay | None] = [None] * before
    for day in range(1, monthrange(year, month)[1] + 1):
        cells.append(_cell(planned[day], supplied) if day in planned else None)
    cells += [None] * (-len(cells) % WEEK)
    order = [(first + index) % WEEK for index in range(WEEK)]
    return Month(
        name=f"{words.MONTHS[month - 1]} {year}",
        key=f"{year}-{month:02d}",
        weekdays=tuple((words.DAYS[index], LONG_DAYS[index]) for index in order),
        weeks=tuple(week for at in range(0, len(cells), WEEK) if any(week := tuple(cells[at : at + WEEK]))),
        changes=tuple(_changes(days)),
        supplies=tuple(words.short_day(one.on) for one in days if one.on in supplied),
    )


def _cell(day: Dated, supplied: set[date]) -> MonthDay:
    mg = words.amount(day.mg) if day.mg is not None else ""
    return MonthDay(day.on.day, mg, day.mark, MARKS[day.mark], day.on in supplied)


def _changes(days: Sequence[Dated]) -> Iterator[Change]:
    """What begins in this month, and how it began: the first day says what is taken."""
    before: tuple[object, ...] | None = None
    for day in days:
        now = (day.mg, tuple((take.at, take.row) for take in day.takes))
        if day.mark in (NEW, SAME, END) or before is None or (day.mark == CROSSING and now != before):
            if day.mark == AFTER:
                yield Change(words.short_day(day.on), MARKS[AFTER], ())
            else:
                what = tuple(f"{take.part} {take.at}".strip() + f": {take.what}" for take in day.takes)
                dose = f"{words.amount(day.mg)} mg a day" if day.mg else knowledge().say("CAL-END-MARK")
                yield Change(words.short_day(day.on), dose, what)
        before = now
