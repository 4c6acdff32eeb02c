"""Tables of arms made to break things: refused alone and in words, never a crash, a silent number or a full memory."""

from __future__ import annotations

import math

import pytest

from unclench.report.study_csv import to_csv
from unclench.simulation.study_run import read_arms, run

KINETIC = {
    "study_id": "B", "condition": "healthy", "drug_given": "diazepam", "route": "oral", "analyte": "diazepam",
    "dose_mg": "10", "dose_text": "", "regimen": "single", "n": "6", "age_range": "", "sampling_times_h": "",
    "cmax_ng_ml": "300", "css_ng_ml": "",
}  # fmt: skip
EFFECT = {
    "id": "B", "endpoint": "CO2 response slope", "drug_given": "diazepam", "route": "IV", "value": "0.6",
    "denominator": "", "unit": "ratio", "comparator": "", "dose_mg": "10", "dose_text": "", "regimen": "single",
    "population": "healthy", "n": "6", "time_h": "1",
}  # fmt: skip
ENDLESS = "9" * 400


def table(*rows: dict[str, str]) -> bytes:
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return "\n".join(lines).encode()


def answered(row: dict[str, str], replicates: int = 20, **cells: str):
    """(predictions, refusals) of an arm with these cells, beside a good one that must be answered whatever it is."""
    name = "id" if "id" in row else "study_id"
    found, refused = run(read_arms(table(row | cells, row | {name: "good"})), replicates=replicates, seed=1)
    assert "good" in {one.arm for one in found} or replicates > 20
    assert all(math.isfinite(value) for one in found for value in (one.predicted, one.p5, one.p95))
    return [one for one in found if one.arm == "B"], [one for one in refused if one.key == "B"]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("regimen", f"5 tid days 1-{ENDLESS}"), ("regimen", f"once daily; {ENDLESS} days"),
        ("regimen", "5 tid days 1-13 then 15 qd"), ("regimen", "999999 tid days 1-3"), ("regimen", "0 tid days 1-3"),
        ("age_range", f"1-{ENDLESS}"), ("age_range", "0-200"),
        ("sampling_times_h", "nan"), ("sampling_times_h", "0;nan;5"), ("sampling_times_h", "1;1e300"),
        ("sampling_times_h", "0"), ("sampling_times_h", ";".join(map(str, range(600)))),
    ],
)  # fmt: skip
def test_cells_of_kinetics_that_cannot_be_are_refused_alone(column, text):
    found, refused = answered(KINETIC, **{column: text})

    assert not found
    assert {one.where for one in refused} == {column}


@pytest.mark.parametrize("text", [f"{ENDLESS} mg/kg", "0 mg/kg", "900 mg/kg"])
def test_doses_per_kg_that_cannot_be_are_refused_alone(text):
    found, refused = answered(KINETIC, dose_mg="", dose_text=text)

    assert not found
    assert refused


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("time_h", "nan"), ("time_h", "inf"), ("time_h", "-5"), ("time_h", "1e300"), ("value", "nan"),
        ("value", "1e308"), ("denominator", "nan"), ("denominator", "0"), ("denominator", "1e-320"),
    ],
)  # fmt: skip
def test_cells_of_effects_that_cannot_be_are_refused_alone(column, text):
    found, refused = answered(EFFECT, **{column: text})

    assert not found
    assert {one.where for one in refused} == {column}


def test_a_control_of_nothing_is_refused_alone():
    found, refused = answered(EFFECT, unit="L/min/mmHg", comparator="0 control")

    assert not found
    assert {one.where for one in refused} == {"comparator"}


@pytest.mark.parametrize(
    ("row", "replicates", "cells"),
    [
        (KINETIC, 10_000, {"n": "2000"}),
        (KINETIC, 200, {"n": "1000", "regimen": "5 tid days 1-1600", "cmax_ng_ml": "", "css_ng_ml": "300"}),
        (EFFECT, 200, {"n": "500", "endpoint": "drowsiness", "regimen": "5 tid days 1-900"}),
        (EFFECT, 20, {"endpoint": "drowsiness", "regimen": "5 tid days 1-1600"}),
    ],
)
def test_an_arm_that_would_fill_memory_or_the_day_is_refused(row, replicates, cells):
    found, refused = answered(row, replicates, **cells)

    assert not found
    assert "at most" in refused[0].need


@pytest.mark.parametrize("line", ["B,too,few", "B,healthy" + "," * 30, "B," + "x" * 9000 + "," * 11])
def test_a_line_that_does_not_fit_its_header_never_stops_the_rest(line):
    read = read_arms(table(KINETIC | {"study_id": "good"}) + f"\n{line}\n".encode())

    assert [arm.key for arm in read.arms] == ["good"]
    assert [one.key for one in read.refusals] == ["B"]


def test_each_quantity_has_its_own_refusal():
    found, refused = run(read_arms(table(KINETIC | {"route": "IV", "tmax_h": "1"})), replicates=20)

    assert not found
    assert [one.where for one in refused] == ["cmax_ng_ml", "tmax_h"]
    assert "nan" not in to_csv(found, refused)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"age_range": "100-110"}, "Age 100 years"), ({"age_range": "1-60"}, "Age 1 years"),
        ({"age_range": "30-40", "weight_kg": "0.5"}, "Weight 0.5 kg"),
        ({"age_range": "0-0.01"}, "Younger than"), ({"age_range": "30-40", "weight_kg": "70"}, ""),
    ],
)  # fmt: skip
def test_an_arm_beyond_the_people_studied_says_so(cells, said):
    found, _ = run(read_arms(table(KINETIC | cells)), replicates=20)

    assert [said in text for one in found for text in [" ".join(one.extrapolated)]] == [True]
    assert bool(found[0].extrapolated) is bool(said)
