"""The form of the taper page: its fields as typed, what they ask, and what is wrong with which field."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from unclench.individual import diary_file, levels_file
from unclench.interfaces.web.asks_taper import MOST_WEEKS, TaperAsk
from unclench.interfaces.web.problems import Problem
from unclench.values import shortened

FIELDS = (
    "from", "record", "example", "drug", "dose", "months", "times", "days_a_week", "age", "sex", "weight",
    "jurisdiction", "on", "pace", "weeks", "start_on", "supply_days", "diary_csv", "levels_csv",
)  # fmt: skip
SWITCHES = ("no_halves", "alternate_days")
LIQUID = "liquid"
PRODUCTS = ("2", "5", "10", LIQUID)
DIARY = ("d_date", "d_mg", "d_withdrawal", "d_spasm")
LEVELS = ("l_time", "l_analyte", "l_value", "l_unit", "l_lloq", "l_matrix")
LEAST_ROWS = 3
MOST_ROWS = 100  # of a table in the page; longer diaries are pasted
DEFAULTS = {"from": "use", "pace": "auto"}

NUMBERS = {
    # of each field: how it is called, the least, the most, and whether only whole numbers are meant
    "dose": ("Dose a day, mg", 0.01, 300.0, False),
    "months": ("Months", 0.1, 1200.0, False),
    "times": ("Times a day", 1, 4, True),
    "days_a_week": ("Days a week", 0.1, 7.0, False),
    "age": ("Age", 0, 125, False),
    "weight": ("Weight, kg", 1, 500, False),
    "weeks": ("Weeks", 1, MOST_WEEKS, True),
    "supply_days": ("Days in one supply", 1, 180, True),
}
DATES = {"on": "Day of the question", "start_on": "First cut"}


@dataclass(frozen=True, slots=True)
class Filled:
    """Every field as it was typed. `rows` of the two tables; `chosen` boxes."""

    texts: Mapping[str, str]
    chosen: frozenset[str] = frozenset()
    products: tuple[str, ...] = PRODUCTS
    diary: tuple[tuple[str, ...], ...] = ()
    levels: tuple[tuple[str, ...], ...] = ()

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, DEFAULTS.get(name, ""))

    @property
    def diary_rows(self) -> tuple[tuple[str, ...], ...]:
        return padded(self.diary, len(DIARY))

    @property
    def level_rows(self) -> tuple[tuple[str, ...], ...]:
        return padded(self.levels, len(LEVELS))


def padded(rows: Sequence[tuple[str, ...]], cells: int) -> tuple[tuple[str, ...], ...]:
    """Some empty rows to type in, always one more than is filled."""
    return (*rows, *(("",) * cells for _ in range(max(1, LEAST_ROWS - len(rows)))))


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one field. `name` is the id of the field, for a link that leads there."""

    name: str
    label: str
    problem: Problem


@dataclass(slots=True)
class Reading:
    """One pass over the fields; what is wrong is gathered, so that all of it is told at once."""

    filled: Filled
    wrong: list[Wrong] = field(default_factory=list)

    def refuse(self, name: str, label: str, need: str, fix: str) -> None:
        found = shortened(self.filled[name]) or "nothing"
        self.wrong.append(Wrong(name, label, Problem(where=label, found=found, need=need, fix=fix)))

    def number(self, name: str) -> float | int | None:
        label, low, high, whole = NUMBERS[name]
        text = self.filled[name].strip()
        if not text:
            return None
        try:
            value = float(text) if len(text) <= 12 and "_" not in text else None
        except ValueError:
            value = None
        if value is None or not low <= value <= high or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            self.refuse(name, label, f"{kind} from {low:g} to {high:g}", "Correct it, or leave it empty.")
            return None
        return int(value) if whole else value

    def day(self, name: str) -> date | None:
        text = self.filled[name].strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.refuse(name, DATES[name], "a date such as 2026-12-01", "Correct it, or leave it empty.")
            return None


def filled_from(pairs: Sequence[tuple[str, str]]) -> Filled:
    """What was sent, as pairs of field and text. Fields that the form does not have are ignored."""
    texts = {name: text for name, text in pairs if name in FIELDS}
    many: dict[str, list[str]] = {}
    for name, text in pairs:
        many.setdefault(name, []).append(text)
    return Filled(
        texts=texts,
        chosen=frozenset(name for name in SWITCHES if name in many),
        products=tuple(text for text in PRODUCTS if text in many.get("product", ())) or PRODUCTS,
        diary=tuple(_rows(many, DIARY)),
        levels=tuple(_rows(many, LEVELS)),
    )


def _rows(many: Mapping[str, list[str]], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Rows of a table; a row in which nothing but ready-made choices stands is empty."""
    columns = [many.get(name, []) for name in names]
    for at in range(min(MOST_ROWS, max(map(len, columns)))):
        row = tuple(column[at].strip() if at < len(column) else "" for column in columns)
        if any(text for name, text in zip(names, row, strict=True) if name not in ("l_analyte", "l_unit", "l_matrix")):
            yield row


def ask_of(filled: Filled, *, quick: bool) -> tuple[TaperAsk | None, tuple[Wrong, ...]]:
    """What is asked, or what is wrong with the fields."""
    reading = Reading(filled)
    asked = _asked(reading, quick)
    if reading.wrong:
        return None, tuple(reading.wrong)
    try:
        return msgspec.convert(asked, TaperAsk), ()
    except msgspec.ValidationError as error:
        said = Problem(where="the form", found=shortened(str(error)), need="what the form offers", fix="Correct it.")
        return None, (Wrong("ask", "The form", said),)


def _asked(reading: Reading, quick: bool) -> dict[str, Any]:
    filled = reading.filled
    asked: dict[str, Any] = {
        "jurisdiction": filled["jurisdiction"],
        "on": reading.day("on"),
        "wish": {**_wish(reading), "quick": quick},
        "diary_csv": _csv(filled.diary, filled["diary_csv"], diary_file.COLUMNS),
        "levels_csv": _csv(filled.levels, filled["levels_csv"], levels_file.COLUMNS),
    }
    use = {"dose_mg": reading.number("dose"), "months": reading.number("months")}
    use["days_a_week"] = reading.number("days_a_week")
    if filled["from"] == "record":
        asked["record"] = filled["record"]
        if not filled["record"].strip():
            reading.refuse("record", "Record", "a record", "Paste one, choose an example, or type dose and months.")
        return asked
    for name in ("dose", "months"):
        if not filled[name].strip():
            reading.refuse(name, NUMBERS[name][0], "a number", "Type what is taken now, and for how long.")
    person = {
        "age_y": reading.number("age"),
        "weight_kg": reading.number("weight"),
        "times": reading.number("times"),
        "sex": filled["sex"] or None,
        "drug": filled["drug"].strip() or "diazepam",
    }
    return {**asked, "use": use, "person": person}


def _wish(reading: Reading) -> dict[str, Any]:
    filled = reading.filled
    products = [] if filled.products == PRODUCTS else list(filled.products)
    if "no_halves" in filled.chosen:
        products.append("no-halves")
    return {
        "pace": filled["pace"],
        "weeks": reading.number("weeks"),
        "start_on": reading.day("start_on"),
        "products": products,
        "supply_days": reading.number("supply_days"),
        "alternate_days": "alternate_days" in filled.chosen,
    }


def _csv(rows: Sequence[Sequence[str]], pasted: str, columns: Sequence[str]) -> str:
    """Rows of the table, after what was pasted. A header that was pasted without its first line is given one."""
    pasted = pasted.strip()
    if not rows:
        return pasted
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if not pasted:
        writer.writerow(columns)
    writer.writerows(rows)
    return f"{pasted}\n{out.getvalue()}" if pasted else out.getvalue()
