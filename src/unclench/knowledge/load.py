"""Opens the data files, checks every row, freezes them and names the edition. Nothing else opens them.

Faults are gathered: a file with five bad rows is reported five times in one go, not five runs apart.
"""

from __future__ import annotations

import csv
import hashlib
import types
import typing
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from msgspec import Struct

from unclench.knowledge import rows, rows_cards, rows_equivalents, rows_stopping
from unclench.values import KnowledgeError

Row = TypeVar("Row", bound=Struct)
Parts = list[tuple[str, str]]  # (name of the file, its text)

FILES: dict[str, type[Struct]] = {
    "sources": rows.Source,
    "rules": rows.Rule,
    "omitted_rules": rows.OmittedRule,
    "questions": rows.Question,
    "limits": rows.Limit,
    "verdicts": rows.VerdictRow,
    "codes": rows.CodeRow,
    "removed_codes": rows.RemovedCode,
    "terms": rows.Term,
    "drugs": rows.Drug,
    "drug_products": rows.DrugProduct,
    "drug_concepts": rows.DrugConcept,
    "measures": rows.Measure,
    "parameters": rows.Parameter,
    "parameter_correlations": rows.ParameterCorrelation,
    "ratios": rows.Ratio,
    "perpetrators": rows.Perpetrator,
    "combined_effects": rows.CombinedEffect,
    "products": rows.Product,
    "alternatives": rows.Alternative,
    "alternative_checks": rows.AlternativeCheck,
    "advice": rows.Advice,
    "need": rows_stopping.NeedCell,
    "need_views": rows_stopping.NeedView,
    "stopping_risks": rows_stopping.StoppingRisk,
    "paces": rows_stopping.Pace,
    "taper_bands": rows_stopping.TaperBand,
    "equivalents": rows_equivalents.Equivalent,
    "omitted_equivalents": rows_equivalents.OmittedEquivalent,
    "half_lives": rows_equivalents.HalfLife,
    "claims": rows.Claim,
    "statements": rows.Statement,
    "softenings": rows.Softening,
    "card_tiers": rows_cards.CardTier,
    "override_reasons": rows_cards.OverrideReason,
    "replacements": rows_cards.Replacement,
}

# Shown in every output; an edition older than a year says so.
EDITION_DATE = date(2026, 11, 22)
# Files that only the manual and the checks read: opened on demand, to keep a consultation fast.
ON_DEMAND = frozenset({"claims", "removed_codes", "omitted_rules"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row."""

    where: str
    found: str
    need: str

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}, need {self.need}"


class Knowledge:
    """Every fact, by kind and by id. A kind is parsed when it is first asked for, and frozen from then on."""

    __slots__ = ("_by_id", "_tables", "_unread", "edition", "edition_date")

    def __init__(
        self, tables: dict[str, tuple[Any, ...]], edition: str, unread: dict[str, Parts] | None = None
    ) -> None:
        self._tables = dict(tables)
        self._unread = dict(unread or {})
        self._by_id: dict[str, dict[str, Any]] = {}
        self.edition = edition
        self.edition_date = EDITION_DATE

    def table(self, name: str) -> tuple[Any, ...]:
        """All rows of one kind, in file order. Raises KnowledgeError when its files have a fault."""
        if name not in self._tables:
            faults: list[Fault] = []
            self._tables[name] = read_kind(name, self._unread[name], faults)
            refuse(faults)
        return self._tables[name]

    def _ids(self, name: str) -> dict[str, Any]:
        if name not in self._by_id:
            self._by_id[name] = {row.id: row for row in self.table(name)} if has_ids(name) else {}
        return self._by_id[name]

    def get(self, name: str, key: str) -> Any:
        """The row with this id, or a KnowledgeError that names the file."""
        try:
            return self._ids(name)[key]
        except KeyError:
            raise KnowledgeError(
                where=f"{name}.csv",
                found=f"no row {key!r}",
                need="a row with this id",
                fix="Add the row, or correct the id.",
            ) from None

    def has(self, name: str, key: str) -> bool:
        return key in self._ids(name)

    def say(self, key: str, **values: object) -> str:
        """A sentence of the statements, with its blanks filled."""
        text: str = self.get("statements", key).text
        return text.format(**values) if values else text

    def limit(self, key: str, unit: str) -> float:
        """A threshold, by id, in a unit that must be that of the row."""
        row: rows.Limit = self.get("limits", key)
        if row.unit != unit:
            raise KnowledgeError(
                where=f"limits.csv {key}", found=row.unit, need=unit, fix="Ask in the unit of the row."
            )
        return row.value

    def parameter(self, key: str) -> rows.Parameter:
        row: rows.Parameter = self.get("parameters", key)
        return row


def converter(kind: Any) -> Callable[[str], Any]:
    """How a cell becomes the type of its field. The function raises ValueError for a cell that cannot."""
    if isinstance(kind, types.UnionType):
        inner = converter(next(part for part in typing.get_args(kind) if part is not types.NoneType))
        return lambda text: None if not text or text.isspace() else inner(text)
    if typing.get_origin(kind) is tuple:
        return lambda text: tuple(part for piece in text.split(";") if (part := piece.strip())) if text else ()
    if kind is str:
        return str.strip
    if kind is int:
        return int
    if kind is float:
        return finite
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        members = {member.value: member for member in kind}
        return lambda text: members[text.strip()]
    raise TypeError(kind)


def finite(text: str) -> float:
    number = float(text)
    if number != number:
        raise ValueError(text)
    return number


def convert_row(
    header: list[str], cells: list[str], converters: list[Callable[[str], Any]], where: str, faults: list[Fault]
) -> list[Any] | None:
    """All cells of a row, or None and one fault for each cell that cannot be read."""
    made, before = [], len(faults)
    for column, cell, convert in zip(header, cells, converters, strict=True):
        try:
            made.append(convert(cell))
        except (ValueError, KeyError):
            faults.append(Fault(f"{where} {column}", repr(cell), "a value of the type of its column"))
    return made if len(faults) == before else None


def converted(lines: list[list[str]], converters: list[Callable[[str], Any]]) -> list[list[Any]] | None:
    """All cells, column by column: the quick road of a file in which every cell is right. Else None."""
    if any(len(cells) != len(converters) for cells in lines):
        return None
    try:
        # Most cells but ids and words say what many others say: each such text is converted once.
        return [
            list(map(convert if convert is str.strip else cache(convert), column))
            for convert, column in zip(converters, zip(*lines, strict=True), strict=False)
        ]
    except (ValueError, KeyError):
        return None


def read_rows(name: str, text: str, row_type: type[Row], faults: list[Fault]) -> Iterator[Row]:
    """Rows of one CSV text. Faults are added to the list; a bad row is left out and the rest goes on."""
    hints = typing.get_type_hints(row_type)
    wanted = list(row_type.__struct_fields__)
    reader = csv.reader(text.splitlines())
    header = next(reader, [])
    for extra in [column for column in header if column not in wanted]:
        faults.append(Fault(f"{name}.csv", f"unknown column {extra!r}", f"only {', '.join(wanted)}"))
    for lacking in [column for column in wanted if column not in header]:
        faults.append(Fault(f"{name}.csv", f"no column {lacking!r}", "every column of its class"))
    if sorted(header) != sorted(wanted):
        return
    converters = [converter(hints[column]) for column in header]
    order = [header.index(column) for column in wanted]
    id_at = header.index("id") if "id" in header else None
    lines = list(reader)
    columns = converted(lines, converters)
    if columns and (id_at is None or (len(set(columns[id_at])) == len(lines) and all(columns[id_at]))):
        yield from map(row_type, *(columns[index] for index in order))
        return
    # Something is wrong, or the file is empty: row by row, to find out what.
    seen: set[str] = set()
    for number, cells in enumerate(lines, start=2):
        if len(cells) != len(header):
            where = f"{name}.csv line {number} ({cells[0] if cells else 'empty'})"
            faults.append(Fault(where, f"{len(cells)} cells", f"{len(header)} cells"))
            continue
        made = convert_row(header, cells, converters, f"{name}.csv line {number} ({cells[0]})", faults)
        if made is None:
            continue
        if id_at is not None:
            if not made[id_at] or made[id_at] in seen:
                where = f"{name}.csv line {number} ({cells[0]})"
                faults.append(Fault(where, f"id {made[id_at]!r} empty or used twice", "one id, once"))
                continue
            seen.add(made[id_at])
        yield row_type(*(made[index] for index in order))


def texts() -> dict[str, Parts]:
    """The text of every data file by kind, as (name, text). A kind may be split by area: `kind_area.csv`."""
    folder = resources.files("unclench.knowledge") / "data"
    found: dict[str, Parts] = {name: [] for name in FILES}
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        stem = item.name.removesuffix(".csv")
        if stem == item.name:
            continue
        kind = max((name for name in FILES if stem == name or stem.startswith(f"{name}_")), key=len, default=None)
        if kind is None:
            raise KnowledgeError(
                where=item.name,
                found="a file of no known kind",
                need=", ".join(FILES),
                fix="Rename or remove the file.",
            )
        try:
            found[kind].append((stem, item.read_text(encoding="utf-8")))
        except UnicodeDecodeError as error:
            raise KnowledgeError(
                where=item.name,
                found=f"a byte that is not UTF-8, at byte {error.start}",
                need="text in UTF-8",
                fix="Save the file as UTF-8.",
            ) from None
    return found


def has_ids(name: str) -> bool:
    """Whether rows of this kind are named by an id."""
    return "id" in FILES[name].__struct_fields__


def read_kind(name: str, parts: Parts, faults: list[Fault]) -> tuple[Any, ...]:
    """All rows of one kind; what cannot be read is in `faults`."""
    loaded: list[Any] = []
    for stem, text in parts:
        loaded.extend(read_rows(stem, text, FILES[name], faults))
    if len(parts) > 1 and has_ids(name):
        counted = Counter(row.id for row in loaded)
        for twice in sorted(key for key, count in counted.items() if count > 1):
            faults.append(Fault(f"{name}*.csv", f"id {twice!r} in two files", "one id, once"))
    return tuple(loaded)


def edition_of(found: dict[str, Parts]) -> str:
    """The date, and a digest of every word of every file."""
    digest = hashlib.sha256()
    for parts in found.values():
        for stem, text in parts:
            digest.update(stem.encode() + b"\0" + text.encode())
    return f"{EDITION_DATE.isoformat()}+{digest.hexdigest()[:8]}"


def load_all(faults: list[Fault], *, names: frozenset[str] | None = None) -> Knowledge:
    """Everything that can be loaded, now; what cannot is in `faults`."""
    found = texts()
    wanted = {name: parts for name, parts in found.items() if names is None or name in names}
    return Knowledge({name: read_kind(name, parts, faults) for name, parts in wanted.items()}, edition_of(found))


def refuse(faults: list[Fault]) -> None:
    """Raise for the first fault, and say how many there are."""
    if faults:
        raise KnowledgeError(
            where="the knowledge base",
            found=f"{len(faults)} faults, the first: {faults[0]}",
            need="none",
            fix="Run `unclench knowledge check` to see them all.",
        )


@cache
def knowledge() -> Knowledge:
    """What a consultation needs. Each kind is parsed on first use: a record without product codes never reads them."""
    found = texts()
    return Knowledge({}, edition_of(found), found)


@cache
def knowledge_with_manual() -> Knowledge:
    """All files, every row checked at once."""
    faults: list[Fault] = []
    found = load_all(faults)
    refuse(faults)
    return found
