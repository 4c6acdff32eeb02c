"""Courses as one long table: a row for each time, analyte, kind and statistic, with its unit. CSV and Arrow."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from unclench.report import wording as words
from unclench.simulation.course import Course, Curve
from unclench.simulation.effect_course import EffectCourse, EffectCurve
from unclench.values import DAY_H, MadeWith

STATISTICS = ("typical", "p05", "p25", "p50", "p75", "p95")
EFFECT = "effect"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Column: (unit, what it is). The text of a unit that differs from row to row is in the column "unit".
COLUMNS = {
    "regimen": ("", "which regimen"),
    "time_h": ("h", "hours after midnight of day 1"),
    "day": ("d", "day of the course, counted from 1"),
    "analyte": ("", "what is measured; for an effect, which effect"),
    "kind": ("", "total or unbound, in plasma; or effect"),
    "statistic": ("", "typical: the typical person; p05 to p95: percentiles of people like this patient"),
    "value": ("see the column unit", "the level or effect"),
    "unit": ("", "unit of the value"),
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A course, what it does, and the name that its rows carry."""

    regimen: str
    course: Course
    effects: EffectCourse | None = None


def columns(courses: Sequence[Labelled]) -> dict[str, list[Any]]:
    """Every column in the order of COLUMNS; rows by regimen, analyte, kind, statistic and time."""
    found: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for one in courses:
        for curve in one.course.curves:
            _add(found, one.regimen, curve.analyte, curve.kind, curve)
        for effect in one.effects.curves if one.effects else ():
            _add(found, one.regimen, effect.effect, EFFECT, effect)
    return found


def _add(found: dict[str, list[Any]], regimen: str, name: str, kind: str, curve: Curve | EffectCurve) -> None:
    """The rows of one curve."""
    times = [float(at) for at in curve.t_h]
    count = len(times)
    for statistic in STATISTICS:
        found["regimen"] += [words.clean(regimen)] * count
        found["time_h"] += times
        found["day"] += [int(at // DAY_H) + 1 for at in times]
        found["analyte"] += [words.clean(name)] * count
        found["kind"] += [words.clean(kind)] * count
        found["statistic"] += [statistic] * count
        found["value"] += [float(each) for each in getattr(curve, statistic)]
        found["unit"] += [words.clean(curve.unit)] * count


def to_csv(courses: Sequence[Labelled], made_with: MadeWith) -> bytes:
    """UTF-8, one header line, LF. The last column says what the table was made with, in every row: a table is cut."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, "made_with"])
    made = " ".join((_made_in_words(made_with), *_beyond(courses)))
    found = columns(courses)
    for row in zip(*found.values(), strict=True):
        writer.writerow([*map(_cell, row), made])
    return out.getvalue().encode()


def _cell(value: object) -> str:
    """Text that a spreadsheet would run as a formula is made plain by an apostrophe; numbers are as they are."""
    if not isinstance(value, str):
        return repr(value)
    return f"'{value}" if value.startswith(FORMULA) else value


def to_arrow(courses: Sequence[Labelled], made_with: MadeWith) -> bytes:
    """An Arrow IPC file. Units are metadata of the fields; what it was made with is metadata of the schema."""
    import pyarrow as pa  # type: ignore[import-untyped]  # it has no stubs

    found = columns(courses)
    kinds = {"time_h": pa.float64(), "day": pa.int32(), "value": pa.float64()}
    text = pa.dictionary(pa.int32(), pa.utf8())
    fields = [
        pa.field(name, kinds.get(name, text), nullable=False, metadata={"unit": unit, "description": what})
        for name, (unit, what) in COLUMNS.items()
    ]
    schema = pa.schema(fields, metadata=dict(_made(made_with, courses)))
    table = pa.table({name: pa.array(found[name], kinds.get(name, text)) for name in COLUMNS}, schema=schema)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, schema) as writer:
        writer.write_table(table)
    made: bytes = sink.getvalue().to_pybytes()
    return made


def _made(made_with: MadeWith, courses: Sequence[Labelled]) -> Iterator[tuple[str, str]]:
    yield "unclench", made_with.unclench
    yield "knowledge_edition", made_with.edition
    yield "seed", str(made_with.seed)
    yield "packages", msgspec.json.encode(dict(made_with.python_packages)).decode()
    says = dict.fromkeys(line for one in courses if one.effects for line in one.effects.says)
    yield "notes", words.clean(" ".join((*words.statements("simulated"), *says)))
    yield "extrapolated", words.clean(" ".join(_beyond(courses)))


def _beyond(courses: Sequence[Labelled]) -> tuple[str, ...]:
    """What of the body lies outside the people that the model rests on."""
    return tuple(dict.fromkeys(line for one in courses for line in one.course.extrapolated))


def _made_in_words(made_with: MadeWith) -> str:
    return f"unclench {made_with.unclench}; knowledge {made_with.edition}; seed {made_with.seed}"
