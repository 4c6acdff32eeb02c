"""The same patient, had something been otherwise: each change counts, is said, and takes nothing recorded back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from unclench.appraisal.appraise import appraise
from unclench.record import WhatIf, changed, read
from unclench.record.patient import Stated
from unclench.values import Answer, RecordError, Verdict

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def patient(root: Path):
    return read(root / "examples" / "acute-back-spasm.yaml", on=ON)


def test_nothing_changed_is_the_same_patient(patient):
    assert changed(patient, WhatIf(), on=ON) is patient


def test_another_age_replaces_the_birth_date_and_is_said(patient):
    older = changed(patient, WhatIf(age_y=80), on=ON)
    assert int(appraise(older, ON).body.age_y) == 80  # a stated age is a whole year
    assert "what if: age 80 years" in [one.text for one in older.noticed]
    assert "what if: age 80 years (patient)" in appraise(older, ON).noticed


def test_one_more_medicine_is_taken_now(patient):
    after = appraise(changed(patient, WhatIf(medicines=("oxycodone 5 mg twice a day",)), on=ON), ON)
    assert after.verdict is Verdict.AVOID
    assert any("oxycodone" in medicine.drugs and medicine.active is Answer.YES for medicine in after.medicines)


def test_one_medicine_fewer_is_not_taken(patient):
    ref = next(one.ref for one in patient.medications if "lisinopril" in one.text)
    less = changed(patient, WhatIf(without=(ref,)), on=ON)
    assert not any("lisinopril" in one.text for one in less.medications)
    assert "what if: does not take lisinopril" in [one.text for one in less.noticed]


def test_an_answer_stands_in_for_the_one_given(patient):
    poor = changed(patient, WhatIf(answers=(Stated("cyp2c19", "poor", "page"), Stated("drives", "no", "page"))), on=ON)
    assert appraise(poor, ON).body.cyp2c19 == "PM"
    assert not any(one.rule == "POP-29" and one.answer is Answer.YES for one in appraise(poor, ON).findings)


def test_an_answer_takes_no_recorded_disease_back(root: Path):
    sick = read(root / "examples" / "cirrhosis.json", on=ON)
    well = changed(sick, WhatIf(answers=(Stated("liver-disease", "none", "page"),)), on=ON)
    assert appraise(well, ON).body.cirrhosis == appraise(sick, ON).body.cirrhosis != "none"


def test_a_list_without_entries_is_not_the_whole_truth_after_a_change():
    bare = read(b"patient: {age: 40}\nmedications: [ibuprofen 400 mg]\n", on=ON)
    emptied = changed(bare, WhatIf(without=(bare.medications[0].ref,)), on=ON)
    assert bare.medications_state.complete
    assert not emptied.medications_state.complete
    unknown = read(b"patient: {age: 40}\n", on=ON)
    one_more = changed(unknown, WhatIf(medicines=("ibuprofen 400 mg",)), on=ON)
    assert one_more.medications_state.entries == 1
    assert not one_more.medications_state.complete


@pytest.mark.parametrize(
    ("what_if", "told"),
    [
        (WhatIf(age_y=126), "126"),
        (WhatIf(without=("medications[99]",)), "medications[99]"),
        (WhatIf(medicines=("x" * 201,)), "200 characters"),
        (WhatIf(medicines=("ibuprofen",) * 21), "21 medicines"),
    ],
)
def test_what_cannot_be_is_refused(patient, what_if, told):
    with pytest.raises(RecordError, match="what if") as refused:
        changed(patient, what_if, on=ON)
    assert told in str(refused.value)
