"""A table of arms as bytes, perhaps hostile, as arms; what cannot be read is refused arm by arm."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from unclench.simulation.study_arm import REQUIRED, Arm, parse_arm
from unclench.simulation.study_effects import EffectArm
from unclench.simulation.study_observed import REQUIRED_OF_EFFECTS, is_effect_table, parse_effect
from unclench.values import RecordError, shortened

MOST_ROWS = 20_000
LONGEST_CELL = 5_000
IDS = ("id", "study_id")
# Cells beyond the header come under this name; a line that is not an arm keeps its reason there.
FAULT = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An arm that is not simulated, and why."""

    key: str
    where: str
    found: str
    need: str
    fix: str

    def __str__(self) -> str:
        return f"{self.key}: {self.where}: found {self.found}, need {self.need}. {self.fix}"


def rows_of(content: bytes) -> tuple[dict[str, str], ...]:
    """The rows of a CSV with a header.

    Raises
    ------
    RecordError
        when the file as a whole cannot be used: no UTF-8, no rows, missing columns, a table too large.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _whole(f"a byte that is not UTF-8 at {error.start}", "UTF-8 text", "Save the table as UTF-8.") from None
    if "\0" in text:
        raise _whole("a null character", "text", "Save the table as CSV.")
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey=FAULT, strict=True)
    try:
        rows = [
            {name.strip(): value for name, value in row.items() if isinstance(value, str)} for row in _first(reader)
        ]
    except csv.Error as error:
        raise _whole(f"line {reader.line_num}: {error}", "CSV", "Quote the cell.") from None
    names = [name.strip() for name in reader.fieldnames or ()]
    required = REQUIRED_OF_EFFECTS if is_effect_table(tuple(names)) else REQUIRED
    missing = [name for name in required if name not in names]
    if missing:
        raise _whole(f"no column {', '.join(missing)}", "the columns of a table of arms", "Add the columns.")
    if len(set(names)) < len(names):
        raise _whole("a column twice", "each column once", "Rename one of them.")
    if not rows:
        raise _whole("no row", "at least one arm", "Add an arm.")
    return tuple(rows)


def _first(reader: csv.DictReader[str]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for read in reader:
        if len(rows) == MOST_ROWS:
            raise _whole(f"more than {MOST_ROWS} rows", "fewer", "Split the table.")
        fault = _fault(read)
        if not fault:
            rows.append(read)
            continue
        # The cells stand under the wrong names, or are too long to look at: only the id is kept, to name the arm.
        rows.append({name: str(read.get(name) or "")[:LONGEST_CELL] for name in IDS if name in read} | {FAULT: fault})
    return rows


def _fault(row: Mapping[str, object]) -> str:
    """What makes a line unreadable; empty for a good one."""
    if FAULT in row or any(value is None for value in row.values()):
        return "other columns than the header"
    if any(len(str(value)) > LONGEST_CELL for value in row.values()):
        return f"a cell of more than {LONGEST_CELL} characters"
    return ""


def _whole(found: str, need: str, fix: str) -> RecordError:
    return RecordError(where="the table of arms", found=found, need=need, fix=fix)


def arms_of(
    rows: tuple[Mapping[str, str], ...],
    perpetrators: frozenset[str],
    levels_h: Mapping[str, tuple[float, ...]] | None = None,
) -> tuple[tuple[Arm | EffectArm, ...], tuple[Refusal, ...]]:
    """Every arm that is understood, and a refusal for each that is not."""
    arms: list[Arm | EffectArm] = []
    refused: list[Refusal] = []
    seen: set[str] = set()
    of_effects = any(is_effect_table(tuple(row)) for row in rows)
    name = "id" if of_effects else "study_id"
    for line, row in enumerate(rows, start=2):
        key = shortened((row.get(name) or "").strip() or f"line {line}")
        try:
            if row.get(FAULT):
                raise RecordError(where="the line", found=row[FAULT], need="a line like the header", fix="Correct it.")
            if not (row.get(name) or "").strip() or key in seen:
                raise RecordError(
                    where=name, found=repr(row.get(name, "")), need="an id of its own", fix="Name the arm."
                )
            if of_effects:
                arms.append(parse_effect(row, perpetrators))
            else:
                arms.append(parse_arm(row, perpetrators, (levels_h or {}).get(key, ())))
        except RecordError as error:
            refused.append(Refusal(key, error.where, error.found, error.need, error.fix))
        seen.add(key)
    return tuple(arms), tuple(refused)
