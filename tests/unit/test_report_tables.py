"""Tables of courses: every number there once, with its unit; safe in a spreadsheet; the same bytes again."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.factories import course as made_course
from tests.hostile import HOSTILE
from unclench.consult import made_with
from unclench.report.tables import COLUMNS, STATISTICS, Labelled, to_arrow, to_csv
from unclench.simulation.course import Curve
from unclench.simulation.effect_course import EffectCourse, EffectCurve
from unclench.values import Dose, Phase, Regimen

MADE = made_with(11)
REGIMEN = Regimen(date(2026, 11, 22), (Phase(2, (Dose(Decimal(5), 8.0),)),))
TIMES = np.array([0.0, 8.0, 23.5, 24.0, 51.25])


def curve(analyte: str, kind: str, start: float) -> Curve:
    lines = [start + number * 100.0 + np.arange(5.0) / 3.0 for number in range(6)]
    return Curve(analyte, kind, "ng/mL", TIMES, *lines)


CURVES = (curve("diazepam", "total", 1.0), curve("diazepam", "unbound", 1000.0), curve("a new one", "total", 1e-7))
COURSE = replace(made_course(REGIMEN), curves=CURVES)


def rows_of(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode("utf-8"), newline="")))


def table_of(content: bytes) -> pa.Table:
    with pa.ipc.open_file(pa.BufferReader(content)) as reader:
        return reader.read_all()


@pytest.mark.verifies("M12")
def test_the_table_holds_every_number_of_every_curve_exactly() -> None:
    found = {
        (row["analyte"], row["kind"], row["statistic"], float(row["time_h"])): float(row["value"])
        for row in rows_of(to_csv([Labelled("one", COURSE)], MADE))
    }
    wanted = {
        (each.analyte, each.kind, statistic, at): value
        for each in CURVES
        for statistic in STATISTICS
        for at, value in zip(each.t_h.tolist(), getattr(each, statistic).tolist(), strict=True)
    }
    assert found == wanted
    assert len(wanted) == 3 * 6 * 5


@pytest.mark.verifies("M12")
def test_csv_and_arrow_hold_the_same_rows() -> None:
    courses = [Labelled("one", COURSE), Labelled("two", COURSE)]
    from_csv = rows_of(to_csv(courses, MADE))
    arrow = table_of(to_arrow(courses, MADE))
    assert arrow.column_names == list(COLUMNS)
    read: dict[str, list[Any]] = {name: arrow[name].to_pylist() for name in COLUMNS}
    for name, kind in {name: {"time_h": float, "value": float, "day": int}.get(name, str) for name in COLUMNS}.items():
        assert read[name] == [kind(row[name]) for row in from_csv]
    assert set(read["regimen"]) == {"one", "two"}


@pytest.mark.verifies("M12")
def test_effects_are_rows_of_their_own_kind() -> None:
    lines = [number * 10.0 + np.arange(5.0) for number in range(6)]
    effects = EffectCourse(
        REGIMEN, (EffectCurve("sedation", "%", TIMES, *lines),), (), (), says=(), people=3, assumed=(), facts=()
    )
    rows = rows_of(to_csv([Labelled("one", COURSE, effects)], MADE))
    found = [row for row in rows if row["kind"] == "effect"]
    assert len(rows) - len(found) == 3 * 6 * 5
    assert {(row["analyte"], row["unit"]) for row in found} == {("sedation", "%")}
    assert [float(row["value"]) for row in found] == np.concatenate(lines).tolist()


def test_days_are_counted_from_one() -> None:
    pairs = {(row["time_h"], row["day"]) for row in rows_of(to_csv([Labelled("one", COURSE)], MADE))}
    assert pairs == {("0.0", "1"), ("8.0", "1"), ("23.5", "1"), ("24.0", "2"), ("51.25", "3")}


@pytest.mark.verifies("M12")
def test_units_and_what_it_was_made_with_are_in_the_schema() -> None:
    schema = table_of(to_arrow([Labelled("one", COURSE)], MADE)).schema
    assert schema.field("time_h").metadata[b"unit"] == b"h"
    assert schema.field("day").metadata[b"unit"] == b"d"
    assert schema.metadata[b"seed"] == b"11"
    assert schema.metadata[b"knowledge_edition"] == MADE.edition.encode()
    assert b"not a recommendation" in schema.metadata[b"notes"]
    assert {row["made_with"] for row in rows_of(to_csv([Labelled("one", COURSE)], MADE))} == {
        f"unclench {MADE.unclench}; knowledge {MADE.edition}; seed 11"
    }


def test_the_same_courses_give_the_same_bytes() -> None:
    courses = [Labelled("one", COURSE)]
    assert to_csv(courses, MADE) == to_csv(courses, MADE)
    assert to_arrow(courses, MADE) == to_arrow(courses, MADE)


def test_hostile_text_is_no_formula_and_breaks_no_line() -> None:
    """Names of regimens and analytes come from us today; if a record's text ever gets there, nothing happens."""
    for text in HOSTILE:
        hostile = replace(COURSE, curves=(replace(CURVES[0], analyte=text, unit=text, kind=text),))
        content = to_csv([Labelled(text, hostile)], MADE)
        assert content.count(b"\n") == 1 + len(STATISTICS) * TIMES.size
        for row in rows_of(content):
            for name in ("regimen", "analyte", "kind", "unit"):
                assert not row[name].startswith(("=", "+", "-", "@", "\t", "\r"))
        assert table_of(to_arrow([Labelled(text, hostile)], MADE)).num_rows == len(STATISTICS) * TIMES.size


@pytest.mark.verifies("R3", "M12")
def test_what_was_never_studied_is_flagged_in_every_table() -> None:
    beyond = Labelled("one", replace(COURSE, extrapolated=("Age 101 years is not studied.",)))
    for one, wanted in ((Labelled("one", COURSE), False), (beyond, True)):
        rows = rows_of(to_csv([one], MADE))
        assert {"Age 101 years" in row["made_with"] for row in rows} == {wanted}
        assert (b"Age 101 years" in table_of(to_arrow([one], MADE)).schema.metadata[b"extrapolated"]) is wanted
