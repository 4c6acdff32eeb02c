"""Tables of arms from strangers: what cannot be a table is an error, what cannot be an arm is refused alone."""

from __future__ import annotations

import csv
import io

import pytest

from unclench.report.study_csv import curve_text, harmless, to_csv
from unclench.simulation.study import Curve, Prediction
from unclench.simulation.study_table import Refusal, arms_of, rows_of
from unclench.values import RecordError

HEAD = "study_id,condition,drug_given,route,analyte,dose_mg,regimen"
GOOD = "A,healthy,diazepam,oral,diazepam,10,single"


@pytest.mark.parametrize("content", [f"{HEAD}\n{GOOD}\n", f"\ufeff{HEAD}\r\n{GOOD}\r\n", f"{HEAD}\n{GOOD}"])
def test_byte_order_marks_and_line_ends_are_understood(content):
    arms, refused = arms_of(rows_of(content.encode()), frozenset())

    assert [arm.key for arm in arms] == ["A"]
    assert not refused


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n", HEAD.encode(), b"\xff\xfe\x00", b"a,b\n1,2\n",
        f"{HEAD}\n{GOOD}\0\n".encode(), f"{HEAD},route\n{GOOD},x\n".encode(),
        f'{HEAD}\n"A,healthy'.encode(), f"{HEAD}\n{'y' * 200_000},healthy\n".encode(),
    ],
)  # fmt: skip
def test_what_is_no_table_is_an_error(content):
    with pytest.raises(RecordError, match="table of arms"):
        rows_of(content)


def test_duplicate_and_missing_ids_are_refused_alone():
    rows = rows_of(f"{HEAD}\n{GOOD}\n{GOOD}\n,healthy,diazepam,oral,diazepam,10,single\n".encode())

    arms, refused = arms_of(rows, frozenset())

    assert len(arms) == 1
    assert [refusal.where for refusal in refused] == ["study_id", "study_id"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_becomes_a_formula(text):
    assert harmless(text).startswith("'")


def test_control_characters_do_not_reach_the_output():
    assert "\x1b" not in harmless("\x1b[31mred")


def test_output_has_one_row_per_prediction_and_refusal():
    rows = [Prediction("=A", "cl_ml_min", None, 25.0, 20.0, 30.0, 26.0, 25 / 26, ("n 8",))]
    refusals = [Refusal("-B", "regimen", "'=x'", "single", "Correct it.")]

    read = list(csv.reader(io.StringIO(to_csv(rows, refusals))))

    assert len(read) == 3
    assert [row[0] for row in read[1:]] == ["'=A", "'-B"]
    assert len({len(row) for row in read}) == 1


def test_a_curve_is_a_table_with_bars():
    text = curve_text(Curve("A", (1.0, 2.0), (10.0, 5.0), (8.0, 4.0), (12.0, 6.0)))

    assert [line.count("o") for line in text.splitlines()[3:]] == [1, 1]
