"""What is asked of a taper by pages and programs: a record or present use, wishes, a diary and levels since."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from unclench.consult import Tapering, taper_patient
from unclench.individual import diary_file, levels_file
from unclench.interfaces.taper_input import DIAZEPAM, Typed, check_drug, named, of_use, refused, wished
from unclench.interfaces.web.asks import ANSWERED, MOST_ANSWERS, MOST_ENTRIES, THE_RECORD, Short
from unclench.interfaces.web.examples import example
from unclench.planning.taper_ground import Seen
from unclench.record import parse_answer, read
from unclench.record.desk import EARLIEST_YEAR, LATEST_YEAR
from unclench.record.patient import Patient, Stated
from unclench.values import Jurisdiction, RecordError

# What one request may cost: the time of a search grows with the weeks, that of learning with what was seen.
MOST_WEEKS = 60
MOST_DIARY_DAYS = 400
MOST_LEVELS = 50
MOST_CSV = 40_000  # characters
MOST_PRODUCTS = 12

Mg = Annotated[float, Meta(gt=0, le=1000)]
Rating = Annotated[float, Meta(ge=0, le=10)]
Csv = Annotated[str, Meta(max_length=MOST_CSV)]


class Use(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is taken now, where no record says it, or says it otherwise."""

    dose_mg: Mg | None = None  # on a usual day, of the medicine named in `person`
    months: Annotated[float, Meta(gt=0, le=1200)] | None = None
    days_a_week: Annotated[float, Meta(gt=0, le=7)] | None = None


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who takes it, where there is no record."""

    age_y: Annotated[float, Meta(ge=0, le=125)] | None = None
    sex: Literal["female", "male"] | None = None
    weight_kg: Annotated[float, Meta(gt=0, le=500)] | None = None
    times: Annotated[int, Meta(ge=1, le=4)] | None = None  # a day
    drug: Short = DIAZEPAM  # or a benzodiazepine or Z-drug to switch from


class Wishes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked of the taper. Everything may be left open.

    A peak to stay below, `unclench taper --peak`, is not asked here: its search takes seconds, which others would wait.
    """

    pace: Literal["slow", "usual", "fast", "auto"] = "auto"
    weeks: Annotated[int, Meta(ge=1, le=MOST_WEEKS)] | None = None
    start_on: date | None = None
    products: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=MOST_PRODUCTS)] = ()
    supply_days: Annotated[int, Meta(ge=1, le=180)] | None = None
    alternate_days: bool = False
    quick: bool = False  # searched less finely, and without other ways beside it


class DiaryRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One day of the diary. null: not recorded."""

    date: date
    mg_taken: Annotated[float, Meta(ge=0, le=1000)] | None = None
    withdrawal: Rating | None = None
    spasm: Rating | None = None


class LevelRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One measured level. `below`: it is only known to be below `value`."""

    time: Annotated[str, Meta(max_length=25)]  # 2026-11-20 08:00, of the person's day
    analyte: Annotated[str, Meta(max_length=40)]
    value: Annotated[float, Meta(ge=0, le=1e9)]
    below: bool = False
    unit: Annotated[str, Meta(max_length=20)]
    lloq: Annotated[float, Meta(ge=0, le=1e9)] | None = None
    matrix: Annotated[str, Meta(max_length=20)] = "plasma"


class TaperAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How diazepam ends for one patient: `record`, or `example`, or `use` with a dose and months."""

    record: str = ""
    example: Short = ""
    use: Use | None = None
    person: Person | None = None
    jurisdiction: Literal["", "us", "uk"] = ""
    on: date | None = None
    answers: Annotated[dict[Short, Short], Meta(max_length=MOST_ANSWERS)] | None = None
    wish: Wishes | None = None
    diary: Annotated[tuple[DiaryRow, ...], Meta(max_length=MOST_DIARY_DAYS)] = ()
    diary_csv: Csv = ""
    levels: Annotated[tuple[LevelRow, ...], Meta(max_length=MOST_LEVELS)] = ()
    levels_csv: Csv = ""


def is_quick(ask: TaperAsk) -> bool:
    """Whether the answer is there in some tenths of a second: nothing to learn from."""
    seen = ask.diary or ask.levels or ask.diary_csv.strip() or ask.levels_csv.strip()
    return bool(ask.wish and ask.wish.quick) and not seen


def tapered(ask: TaperAsk, *, today: date, jurisdiction: str) -> Tapering:
    """The answer, which is that of `unclench taper` to the same question.

    Raises
    ------
    RecordError
        for a record, an example, an answer, a diary or levels that cannot be read.
    RegimenError
        for a wish that no schedule can keep.
    """
    day = ask.on or today
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise refused(day.isoformat(), f"a day from {EARLIEST_YEAR} to {LATEST_YEAR}")
    drug = named((ask.person or Person()).drug)
    wish = ask.wish or Wishes()
    made = taper_patient(
        _patient(ask, day, drug),
        on=day,
        jurisdiction=Jurisdiction(ask.jurisdiction or jurisdiction),
        wish=wished(
            pace=wish.pace,
            weeks=wish.weeks,
            start_on=wish.start_on,
            products=wish.products,
            supply_days=wish.supply_days,
            alternate_days=wish.alternate_days,
            quick=wish.quick,
        ),
        seen=_seen(ask, day),
    )
    check_drug(made, drug)
    return made


def _patient(ask: TaperAsk, day: date, drug: str) -> Patient:
    if ask.record.strip() and ask.example:
        raise refused("a record and an example", "one of them")
    use, who = ask.use or Use(), ask.person
    dose = None if use.dose_mg is None else f"{Decimal(str(use.dose_mg)):f}"
    said = of_use(dose, use.months, use.days_a_week, drug)
    answers = (Stated(key, value, ANSWERED) for key, value in (ask.answers or {}).items() if value.strip())
    stated = (*(parse_answer(text) for text in said), *answers)
    if ask.record.strip() or ask.example:
        if who is not None and who != Person():
            raise refused("a record and a person beside it", "one of them")
        data = example(ask.example) if ask.example else ask.record.encode()
        return read(data, on=day, answers=stated, where=THE_RECORD, most_entries=MOST_ENTRIES)
    who = who or Person()
    return Typed(who.age_y, who.sex, who.weight_kg, who.times, drug, dose, use.months).patient(day, stated)


def _seen(ask: TaperAsk, day: date) -> Seen:
    """Rows go the way of a file, so that both are held to the same."""
    diary = _csv("the diary", diary_file.COLUMNS, map(_diary_cells, ask.diary), ask.diary_csv, MOST_DIARY_DAYS)
    levels = _csv("the levels", levels_file.COLUMNS, map(_level_cells, ask.levels), ask.levels_csv, MOST_LEVELS)
    return Seen(
        diary=diary_file.read_diary(diary, until=day) if diary else None,
        levels=levels_file.levels_of(levels, on=day, where="the levels") if levels else (),
    )


def _csv(where: str, columns: Sequence[str], rows: Iterable[Sequence[str]], text: str, most: int) -> bytes:
    """The bytes of a file, or nothing."""
    typed = list(rows)
    if typed and text.strip():
        raise RecordError(where=where, found="rows and a CSV", need="one of them", fix="Leave one of them out.")
    if text.count("\n") > most + 1:
        found = f"{text.count(chr(10))} lines"
        raise RecordError(where=where, found=found, need=f"at most {most} rows", fix="Send the latest of them.")
    if not typed:
        return text.strip().encode()
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([columns, *typed])
    return out.getvalue().encode()


def _diary_cells(row: DiaryRow) -> tuple[str, ...]:
    return (row.date.isoformat(), *(_cell(value) for value in (row.mg_taken, row.withdrawal, row.spasm)))


def _level_cells(row: LevelRow) -> tuple[str, ...]:
    value = ("<" if row.below else "") + _cell(row.value)
    return (row.time, row.analyte, value, row.unit, _cell(row.lloq), row.matrix)


def _cell(value: float | None) -> str:
    """Plain digits: no power of ten."""
    return "" if value is None else f"{Decimal(str(value)):f}".removesuffix(".0")
