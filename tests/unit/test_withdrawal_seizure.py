"""An earlier seizure on stopping makes the next stop a specialist's matter, recorded or stated, past or present."""

from __future__ import annotations

from datetime import date

import pytest

from unclench.appraisal.appraise import appraise
from unclench.appraisal.findings import Appraisal
from unclench.record import read

ON = date(2026, 11, 22)


def appraisal_with(problem: str, answer: str = "") -> Appraisal:
    problems = "chronic low back pain" + (f", {problem}" if problem else "")
    record = (
        f"patient: {{age: 50, sex: male}}\nproblems: [{problems}]\n"
        "medications: [{name: diazepam, dose: 5 mg, how: twice a day, since: 2026-10-10}]\n"
        f"request: stop diazepam\nanswers: {{oxybate: no{answer}}}\n"
    )
    return appraise(read(record.encode(), on=ON), ON, "us")


def taper_rules(found: Appraisal) -> set[str]:
    return {one.rule for one in found.findings if one.answer == "yes" and one.rule.startswith("TAP")}


@pytest.mark.verifies("A7", "P4")
@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("benzodiazepine withdrawal seizure", ""),
        ("{name: Seizure with sedative withdrawal, snomed: '724668002', since: 2019-01-01, until: 2019-02-01}", ""),
        ("withdrawal convulsion", ", withdrawal-seizure: no"),
        ("", ", withdrawal-seizure: yes"),
    ],
)
def test_recorded_or_stated_it_goes_to_a_specialist(problem: str, answer: str) -> None:
    found = appraisal_with(problem, answer)
    assert found.taper_need == "specialist"
    assert "TAP-03" in taper_rules(found)


@pytest.mark.verifies("A7", "P4")
@pytest.mark.parametrize("answer", ["", ", withdrawal-seizure: no"])
def test_without_one_it_is_an_ordinary_taper(answer: str) -> None:
    found = appraisal_with("", answer)
    assert found.taper_need == "taper"
    assert "TAP-03" not in taper_rules(found)


def coded(code: str, since: str) -> str:
    return f"{{name: see code, {code}, since: {since}, until: {since}}}"


@pytest.mark.verifies("A7", "P4")
@pytest.mark.parametrize(
    "code", ["icd10: F13.231", "icd10: F13.931", "icd10: F10.231", "snomed: '8635005'", "snomed: '308742005'"]
)
def test_an_earlier_delirium_of_withdrawal_is_found_by_its_code(code: str) -> None:
    found = appraisal_with(coded(code, "2015-03-01"))
    assert found.taper_need == "specialist"
    assert "TD-SEIZURE" in {risk.id for risk in found.taper_risks if risk.answer == "yes"}
    assert not found.taper_urgency.startswith("Emergency")


@pytest.mark.verifies("A7", "P4")
def test_one_of_this_week_is_an_emergency() -> None:
    found = appraisal_with(coded("snomed: '724668002'", "2026-11-20"))
    assert found.taper_urgency.startswith("Emergency now")
    assert "the emergency team decides" in found.taper_hold


@pytest.mark.verifies("A7", "P4")
def test_in_somebody_who_takes_none_it_is_no_emergency_of_stopping() -> None:
    record = (
        f"patient: {{age: 50, sex: male}}\nproblems: [{coded('snomed: ' + repr('724668002'), '2026-11-20')}]\n"
        "medications: [naproxen 500 mg twice a day]\nrequest: diazepam 2 mg at night for 3 days\n"
        "answers: {diazepam-now: no}\n"
    )
    found = appraise(read(record.encode(), on=ON), ON, "us")
    assert (found.taper_need, found.taper_hold) == ("none", "")
