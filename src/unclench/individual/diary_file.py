"""The diary of a taper: a CSV of date, mg_taken, withdrawal, spasm, one row a day, as a person keeps it.

Days may be missing and cells may be empty: that is "not recorded", never nought. Whatever cannot be read is refused
with its row and column; no row is left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from unclench.record.source import read_bytes, text_bytes
from unclench.values import RecordError

COLUMNS = ("date", "mg_taken", "withdrawal", "spasm")
MOST_DAYS = 3660
MOST_BYTES = 1_000_000  # several times what so many days need
MOST_MG = Decimal(1000)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """One row. None: not recorded."""

    on: date
    mg_taken: Decimal | None
    withdrawal: float | None
    spasm: float | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Days in a row without a row, both ends included."""

    from_on: date
    to_on: date

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1


@dataclass(frozen=True, slots=True)
class Diary:
    """The rows by date. What is planned again starts on `until`; no row is later."""

    days: tuple[DiaryDay, ...]
    until: date

    def __post_init__(self) -> None:
        dates = [day.on for day in self.days]
        if not dates or dates != sorted(set(dates)) or dates[-1] > self.until:
            raise RecordError(
                where="the diary",
                found=f"{len(dates)} days, not each once and in order until {self.until}",
                need="at least one day, each once, in order",
                fix="Give every day one row.",
            )

    @property
    def first_on(self) -> date:
        return self.days[0].on

    @property
    def not_recorded(self) -> tuple[Gap, ...]:
        """Days between the first row and yesterday that have none."""
        dates = [*(day.on for day in self.days), max(self.until, self.days[-1].on + timedelta(days=1))]
        one = timedelta(days=1)
        return tuple(Gap(before + one, after - one) for before, after in pairwise(dates) if after - before > one)

    def withdrawal(self) -> tuple[tuple[date, float], ...]:
        """The days that were rated."""
        return tuple((day.on, day.withdrawal) for day in self.days if day.withdrawal is not None)

    def spasm(self) -> tuple[tuple[date, float], ...]:
        return tuple((day.on, day.spasm) for day in self.days if day.spasm is not None)

    def taken(self) -> tuple[tuple[date, Decimal], ...]:
        """The days whose dose was recorded."""
        return tuple((day.on, day.mg_taken) for day in self.days if day.mg_taken is not None)


def read_diary(source: Path | bytes, *, until: date) -> Diary:
    """The diary of a file or its bytes, for planning again on the day `until`.

    Raises
    ------
    RecordError
        for anything that is not a diary, with row and column.
    """
    where = "the diary" if isinstance(source, bytes) else str(source)
    content = source if isinstance(source, bytes) else read_bytes(source)
    if len(content) > MOST_BYTES:
        need = f"a diary of at most {MOST_BYTES // 1_000_000} MB"
        raise _refused(where, "the whole file", f"{len(content)} bytes", need, "Give the diary of one person.")
    text = text_bytes(content, where).decode("utf-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise _refused(where, f"row {reader.line_num}", str(error), "CSV with commas", "Quote the cell.") from None
    names = _names(lines[0][1] if lines else (), where)
    rows = lines[1:]
    if not rows or len(rows) > MOST_DAYS:
        need = f"1 to {MOST_DAYS} rows"
        raise _refused(where, "below the header", f"{len(rows)} rows", need, "Give one row for each day that was kept.")
    seen: dict[date, int] = {}
    days = [_day(cells, names, f"{where}, row {line}", line, until, seen) for line, cells in rows]
    days.sort(key=lambda day: day.on)
    if (until - days[0].on).days > MOST_DAYS:
        row = f"row {seen[days[0].on]}, column date"
        need = f"a day at most {MOST_DAYS} days before {until}"
        raise _refused(where, row, days[0].on.isoformat(), need, "Correct the year.")
    return Diary(tuple(days), until)


def _names(header: Sequence[str], where: str) -> tuple[str, ...]:
    names = tuple(cell.strip().lower() for cell in header)
    known = f"the columns {', '.join(COLUMNS)}"
    for at, name in enumerate(names, start=1):
        if name not in COLUMNS:
            split = any(mark in name for mark in ";\t")
            fix = "Save it with commas between the cells." if split else "Leave other columns out."
            raise _refused(where, f"header, column {at}", repr(name), known, fix)
        if names.count(name) > 1:
            raise _refused(where, f"header, column {at}", f"{name} twice", known, "Name each column once.")
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        fix = "Add the column; its cells may be empty."
        raise _refused(where, "header", f"no column {', '.join(missing)}", known, fix)
    return names


def _day(
    cells: Sequence[str], names: Sequence[str], where: str, line: int, until: date, seen: dict[date, int]
) -> DiaryDay:
    if len(cells) != len(names):
        found, need = f"{len(cells)} cells", f"{len(names)}, as in the header"
        raise _refused(where, "all columns", found, need, "Write 2.5 with a point; leave cells empty between commas.")
    row = dict(zip(names, (cell.strip() for cell in cells), strict=True))
    on = _date(row["date"], where)
    if on > until:
        need = f"a day until {until}, from which the rest is planned"
        raise _refused(where, "column date", on.isoformat(), need, "Leave out days that are still to come.")
    if on in seen:
        found = f"{on.isoformat()} as in row {seen[on]}"
        raise _refused(where, "column date", found, "each day once", "Join the two rows.")
    seen[on] = line
    taken = _number(row["mg_taken"], where, "mg_taken", MOST_MG, f"mg of the whole day without a unit, 0 to {MOST_MG}")
    return DiaryDay(on, taken, _rating(row, "withdrawal", where), _rating(row, "spasm", where))


def _date(text: str, where: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:  # no such day, as 2026-02-30
        pass
    raise _refused(where, "column date", repr(text), "a day such as 2026-11-22", "Write year-month-day.")


def _rating(row: dict[str, str], name: str, where: str) -> float | None:
    found = _number(row[name], where, name, Decimal(10), "a rating from 0 to 10")
    return None if found is None else float(found)


def _number(text: str, where: str, column: str, most: Decimal, what: str) -> Decimal | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or Decimal(text) > most:
        need = f"{what}, or an empty cell"
        raise _refused(where, f"column {column}", repr(text), need, "Correct the cell; empty means not recorded.")
    return Decimal(text)


def _refused(where: str, place: str, found: str, need: str, fix: str) -> RecordError:
    return RecordError(where=f"{where}, {place}", found=found, need=need, fix=fix)
