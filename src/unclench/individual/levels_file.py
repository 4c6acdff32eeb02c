"""The file of measured levels as values: a CSV by hand or from a laboratory, perhaps hostile. No row is left out.

time,analyte,value,unit,lloq,matrix
2026-11-20 08:00,diazepam,412,ng/mL,5,plasma
2026-11-20 08:00,nordazepam,<5,ng/mL,5,plasma
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from unclench.individual.measured import Level
from unclench.knowledge.load import Knowledge, knowledge
from unclench.record import units
from unclench.record.source import read_bytes, text_bytes
from unclench.simulation.parameters import ANALYTES
from unclench.values import RecordError

COLUMNS = ("time", "analyte", "value", "unit", "lloq", "matrix")
MOST_ROWS = 1000
MOST_BYTES = 1_000_000
LONGEST_CELL = 200
HOUR_S = 3600.0
UNITS = ("ng/mL", "ug/L", "mg/L", "nmol/L", "umol/L")
# Names that laboratories write, and ours.
NAMES = {
    "diazepam": "diazepam",
    "nordazepam": "nordazepam",
    "nordiazepam": "nordazepam",
    "desmethyldiazepam": "nordazepam",
    "n-desmethyldiazepam": "nordazepam",
}
# Analytes whose blood level a row turns into that of plasma.
PLASMA_OVER_BLOOD = {"diazepam": "PK-PLASMA-BLOOD"}
PLASMA = ("plasma", "serum")
BLOOD = ("blood", "whole blood")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2})?")
_VALUE = re.compile(r"(<?)\s*(\d{1,9}(?:\.\d{1,9})?)")


def read_levels(path: Path, *, on: date) -> tuple[Level, ...]:
    """The levels of a file; `on` is the day of the question."""
    return levels_of(read_bytes(path), on=on, where=path.name)


def levels_of(content: bytes, *, on: date, where: str = "the file of levels") -> tuple[Level, ...]:
    """The levels of a CSV.

    Raises
    ------
    RecordError
        for the first row that cannot be used, by its line: nothing is learnt from half a file.
    """
    known = knowledge()
    levels: list[Level] = []
    lines: dict[tuple[float, str], int] = {}
    for line, row in _rows(content, where):
        place = f"{where}, line {line}"
        level = replace(_level(row, place, on, known), where=f"Line {line} of the levels")
        key = (level.at_h, level.analyte)
        if key in lines:
            raise _wrong(place, f"the same time and analyte as line {lines[key]}", "each level once", "Delete one.")
        lines[key] = line
        levels.append(level)
    if not levels:
        raise _wrong(where, "no level", "at least one row below the header", "Add a row, or leave the file out.")
    return tuple(levels)


def _rows(content: bytes, where: str) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > MOST_BYTES:
        fix = "Give the levels of one person."
        raise _wrong(where, f"{len(content)} bytes", f"at most {MOST_BYTES // 1_000_000} MB", fix)
    text = text_bytes(content, where).decode("utf-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name.strip().lower() for name in next(reader)]
        if sorted(names) != sorted(COLUMNS):
            raise _wrong(where, f"columns {names}", f"columns {', '.join(COLUMNS)}", "Correct the header.")
        for count, cells in enumerate(reader):
            if not any(cell.strip() for cell in cells):
                continue  # an empty line holds no level
            place = f"{where}, line {reader.line_num}"
            if count >= MOST_ROWS:
                raise _wrong(place, f"more than {MOST_ROWS} rows", "fewer", "Give the levels of one person.")
            if len(cells) != len(names):
                raise _wrong(place, f"{len(cells)} cells", f"{len(names)}, as in the header", "Correct the row.")
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise _wrong(place, "a very long cell", f"at most {LONGEST_CELL} characters", "Correct the row.")
            yield reader.line_num, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    except csv.Error as error:
        raise _wrong(f"{where}, line {reader.line_num}", str(error), "CSV", "Quote the cell.") from None


def _level(row: Mapping[str, str], place: str, on: date, known: Knowledge) -> Level:
    at_h = _hours(row["time"], place, on)
    analyte = NAMES.get(row["analyte"].lower())
    if analyte is None:
        need = "diazepam or nordazepam"
        fix = "Other analytes are not learnt from." if row["analyte"].lower() in ANALYTES else "Correct the name."
        raise _wrong(place, f"analyte {row['analyte']!r}", need, fix)
    below, value = _number(row["value"], "value", place)
    lloq = _number(row["lloq"], "lloq", place)[1] if row["lloq"] else 0.0
    if row["lloq"].startswith("<"):
        raise _wrong(place, f"lloq {row['lloq']!r}", "a number", "Give the limit of the assay without a sign.")
    if not below and value < lloq:
        below, value = True, lloq
    if value == 0:
        raise _wrong(place, "a level of 0", "a number above 0", "Write < and the limit of the assay.")
    factor = _to_ng_ml(row["unit"], analyte, place, known) * _to_plasma(row["matrix"], analyte, place, known)
    return Level(at_h, analyte, value * factor, lloq * factor, below, place)


def _hours(text: str, place: str, on: date) -> float:
    """Hours after midnight of the day of the question."""
    found = _TIME.fullmatch(text)
    try:
        at = datetime.fromisoformat(text) if found else None
    except ValueError:
        at = None
    if at is None:
        need = "date and clock time of the person's day, such as 2026-11-20 08:00"
        raise _wrong(place, f"time {text!r}", need, "Without the hour a level says little.")
    if at.date() > on:
        raise _wrong(place, f"time {text}, after {on}", "a time that has been", "Correct the time, or the day.")
    return (at - datetime.combine(on, time())).total_seconds() / HOUR_S


def _number(text: str, name: str, place: str) -> tuple[bool, float]:
    """Whether it is only known to be below, and the number."""
    found = _VALUE.fullmatch(text)
    if not found:
        need = "a number above 0 with a decimal point, or < and the limit of the assay"
        raise _wrong(place, f"{name} {text!r}", need, "Correct the row.")
    value = float(found[2])
    if found[1] and value == 0:
        raise _wrong(place, f"{name} {text!r}", "< and a number above 0", "Give the limit of the assay.")
    return bool(found[1]), value


def _to_ng_ml(unit: str, analyte: str, place: str, known: Knowledge) -> float:
    mass = known.parameter(f"PK-MM-{analyte.upper()}")
    try:
        factor = units.convert(1.0, unit, "ng/mL", molar_mass_g_per_mol=mass.value)
    except RecordError:
        factor = math.nan
    if not math.isfinite(factor):
        raise _wrong(place, f"unit {unit!r}", f"one of {', '.join(UNITS)}", "Correct the unit.")
    return factor


def _to_plasma(matrix: str, analyte: str, place: str, known: Knowledge) -> float:
    name = matrix.lower()
    if name in PLASMA:
        return 1.0
    if name in BLOOD and analyte in PLASMA_OVER_BLOOD:
        return known.parameter(PLASMA_OVER_BLOOD[analyte]).value
    if name in BLOOD:
        fix = f"No ratio of plasma to blood was found for {analyte}: leave the row out."
        raise _wrong(place, f"{analyte} in whole blood", "plasma or serum", fix)
    raise _wrong(place, f"matrix {matrix!r}", "plasma, serum or blood", "Say what was measured.")


def _wrong(where: str, found: str, need: str, fix: str) -> RecordError:
    return RecordError(where=where, found=found, need=need, fix=fix)
