"""The JSON of a live page: its published shape, its sentences, and numbers that a whole simulation gives too."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as any_array

from tests.hostile import HOSTILE
from unclench.consult import foresee_stated
from unclench.record import WhatIf, changed, read
from unclench.report.json_live import simulated_json, to_live
from unclench.report.json_values import arrays, finite
from unclench.report.schema_live import schema
from unclench.values import EngineError

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def simulation(root: Path):
    patient = read(root / "examples" / "acute-back-spasm.yaml", on=ON)
    return foresee_stated(patient, on=ON)


@pytest.mark.verifies("W1")
def test_it_has_the_published_shape_and_every_curve_its_interval_and_words(simulation):
    document = json.loads(simulated_json(simulation))
    jsonschema.Draft202012Validator(schema()).validate(document)
    shown = {curve["id"]: curve for curve in document["curves"]}
    assert {"diazepam", "nordazepam", "muscle", "drowsy", "impairment", "co2-slope", "withdrawal-drive"} <= set(shown)
    for curve in shown.values():
        assert len({len(curve[name]) for name in ("t_h", "typical", "p05", "p25", "p75", "p95")}) == 1
        assert curve["unit"]
        assert curve["summary"].startswith(curve["name"])
        assert all(low <= high for low, high in zip(curve["p05"], curve["p95"], strict=True))


def test_every_answer_about_effect_has_its_sentence_and_mark(simulation):
    live = to_live(simulation)
    told = {number.id: number for number in live.numbers if number.id}
    assert set(told) <= {number.id for number in simulation.effects.numbers}
    assert all(number.interval in number.says for number in told.values() if number.id != "EFF-BACK-UNDER")
    assert {note.subject for note in live.notes} >= {"levels", "driving", "stopping"}


def test_doses_that_break_a_rule_say_so(root: Path):
    patient = read(
        root / "examples" / "acute-back-spasm.yaml", on=ON, request="diazepam 20 mg 3 times a day for 9 days"
    )
    live = to_live(foresee_stated(patient, on=ON))
    assert live.above_limits
    assert live.verdict != "reasonable"


def test_what_differs_from_the_record_is_said(root: Path):
    patient = read(root / "examples" / "acute-back-spasm.yaml", on=ON)
    other = changed(patient, WhatIf(age_y=81), on=ON)
    live = to_live(foresee_stated(other, on=ON), ("what if: age 81 years",))
    assert live.what_if == ("what if: age 81 years",)
    assert "81 years" in live.patient


def test_the_same_input_gives_the_same_bytes(root: Path, simulation):
    patient = read(root / "examples" / "acute-back-spasm.yaml", on=ON)
    assert simulated_json(foresee_stated(patient, on=ON)) == simulated_json(simulation)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_cleaned(simulation, text):
    document = simulated_json(simulation, (text,))
    assert not any(ord(char) < 32 for char in document.decode())


@given(any_array(float, (3, 7), elements=st.floats(-1e12, 1e12, allow_nan=False)))
def test_many_numbers_are_rounded_as_one_is(values):
    one_by_one = tuple(tuple(finite(value) for value in line) for line in values.tolist())
    at_once = arrays(*values)
    for mine, theirs in zip(at_once, one_by_one, strict=True):
        # A tie may fall to either side: the fourth digit differs by one at most.
        assert mine == pytest.approx(theirs, rel=1.01e-3)


def test_a_number_that_is_none_is_refused():
    with pytest.raises(EngineError, match="inf"):
        arrays(np.array([1.0, np.inf]))


@pytest.mark.verifies("W1")
def test_a_summary_says_lowest_of_what_falls_and_names_the_unit_each_time(simulation):
    curves = {one.id: one for one in to_live(simulation).curves}
    for key, most in (("co2-slope", "lowest"), ("drowsy", "highest"), ("withdrawal-drive", "highest")):
        curve = curves[key]
        assert f": {most} on day" in curve.summary
        assert curve.summary.count(f") {curve.unit}") == 2, curve.summary
