"""What a specification test needs: a person about whom nothing speaks against diazepam, and one change at a time.

A folder is a chapter, a file a section (`title`), a test a paragraph (its docstring) with its table. `make docs` prints
them as docs/manual.md; the tables that people read are the ones that run here.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import yaml

from unclench.appraisal.appraise import appraise
from unclench.appraisal.findings import Appraisal
from unclench.consult import Consultation, consult_patient
from unclench.record import parse_answer, read
from unclench.record.patient import Patient

ON = date(2026, 11, 21)

# Nothing about this person speaks against a short course: every change below is one step away from it.
PERSON: dict[str, Any] = {
    "patient": {"age": 42, "sex": "male", "weight": "80 kg", "height": "180 cm"},
    "problems": [{"name": "Spasm of back muscles", "since": "2026-11-19"}],
    "medications": ["naproxen 500 mg twice a day, since 2026-11-19"],
    "allergies": "none known",
    "measurements": [{"name": "albumin", "value": "42 g/L", "on": "2026-11-01"}],
    "request": "diazepam 2 mg twice a day for 5 days",
    "answers": {
        "spasm": "yes",
        "onset-days": 2,
        "pain": 8,
        "limits-function": "yes",
        "red-flags": "no",
        "leg-pain": "no",
        "tried-non-drug": "failed",
        "tried-nsaid": "failed",
        "tried-relaxant": "failed",
        "takes-opioid": "no",
        "takes-sedative": "no",
        "oxybate": "no",
        "herbal": "no",
        "drinks-alcohol": "no",
        "drug-use": "no",
        "drives": "no",
        "earlier-course": "no",
        "diazepam-now": "no",
        "falls": "no",
        "paradoxical": "no",
    },
}


def split_row(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def rows(table: str) -> list[dict[str, str]]:
    """A table with a header, a rule under it, and one case a line."""
    lines = [line for line in table.strip().splitlines() if line.strip() and not set(line.strip()) <= set("-+ ")]
    header = split_row(lines[0])
    return [dict(zip(header, split_row(line), strict=True)) for line in lines[1:]]


def change_lists(person: dict[str, Any], case: dict[str, str]) -> None:
    """Leave out whole lists (`without`), or add entries to one (`entry`: "medications: this + that")."""
    for name in filter(None, (piece.strip() for piece in case.get("without", "").split(","))):
        person.pop(name)
    if case.get("entry"):
        name, _, text = case["entry"].partition(":")
        person[name.strip()] = [*person.get(name.strip(), ()), *(piece.strip() for piece in text.split("+"))]


def changed(case: dict[str, str]) -> dict[str, Any]:
    """The person with the changes of one case."""
    person = copy.deepcopy(PERSON)
    for key in ("age", "sex", "weight", "height"):
        if case.get(key):
            value = case[key]
            person["patient"][key] = int(value) if key == "age" and value.isdigit() else value
    if case.get("problem"):
        extra = [
            {"name": part.strip(), "since": case.get("since") or "2026-11-01"} for part in case["problem"].split("+")
        ]
        person["problems"] = extra if case.get("only") else [*person["problems"], *extra]
    if case.get("medicine"):
        person["medications"] += [f"{part.strip()}, since 2026-10-01" for part in case["medicine"].split("+")]
    if case.get("allergy"):
        person["allergies"] = [case["allergy"]]
    if case.get("measured"):
        name, _, value = case["measured"].partition("=")
        person["measurements"].append({"name": name.strip(), "value": value.strip(), "on": "2026-11-15"})
    if "request" in case:
        person["request"] = case["request"]
        if not case["request"]:
            del person["request"]
    change_lists(person, case)
    for part in filter(None, (piece.strip() for piece in case.get("answer", "").split(","))):
        key, _, value = part.partition("=")
        if value == "?":
            person["answers"].pop(key, None)
        else:
            person["answers"][key] = value
    return person


@dataclass
class Spec:
    """Runs the cases of a table and compares what a pharmacist would look at."""

    jurisdiction: str = "us"
    on: date = ON

    def patient(self, case: dict[str, str]) -> Patient:
        return read(yaml.safe_dump(changed(case), sort_keys=False).encode(), on=ON)

    def appraise(self, case: dict[str, str]) -> Appraisal:
        return appraise(self.patient(case), ON, case.get("where") or self.jurisdiction)

    def consult(self, case: dict[str, str]) -> Consultation:
        """The whole consultation of one case."""
        return consult_patient(self.patient(case), on=ON, jurisdiction=case.get("where") or self.jurisdiction)

    def shows(self, table: str, look: Callable[[dict[str, str]], dict[str, str]]) -> None:
        """Each case: what `look` finds must stand in the columns of the same name. All differences at once."""
        wrong = []
        for case in rows(table):
            found = look(case)
            wrong += [
                f"{case}: {name} is {found[name]!r}" for name in found if name in case and found[name] != case[name]
            ]
        assert not wrong, "\n".join(wrong)

    def __call__(self, table: str, *, verdict: str = "") -> None:
        """Each case: `rule` must be answered `answer` (default yes), and the verdict must be as written."""
        for case in rows(table):
            found = self.appraise(case)
            fired = [(f.rule, f.answer.value, f.effect.value) for f in found.findings if f.effect != "note"]
            told = f"{case} -> {found.verdict}, {fired}"
            for rule in filter(None, (part.strip() for part in case.get("rule", "").split(","))):
                by_rule = {finding.rule: finding for finding in (*found.findings, *found.cleared)}
                assert rule in by_rule, told
                assert by_rule[rule].answer == (case.get("answered") or "yes"), told
                if case.get("effect"):
                    assert by_rule[rule].effect == case["effect"], told
            expected = case.get("verdict", verdict)
            if expected:
                assert (found.verdict or "none") == expected, told


@pytest.fixture
def spec() -> Spec:
    return Spec()


@pytest.fixture
def answer() -> Callable[[str], Any]:
    return parse_answer
