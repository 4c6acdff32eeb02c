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
