"""Whole consultations, record to JSON, about people who do not exist. Together they touch every group of rules."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from unclench import consult
from unclench.knowledge import knowledge
from unclench.report.html import to_html
from unclench.report.json_out import to_json

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "consultations.yaml").read_text(encoding="utf-8"))
BASE = CASES[0]["record"]
ON = date(2026, 11, 21)
SCHEMA = json.loads((HERE.parent.parent / "src/unclench/report/consultation.schema.json").read_text(encoding="utf-8"))


def record(case: dict[str, Any]) -> bytes:
    """The first case with the changes of this one; answers are merged, everything else is replaced."""
    made = copy.deepcopy(BASE)
    for key, value in case["record"].items():
        if key == "answers":
            made["answers"] = {**made["answers"], **value}
        else:
            made[key] = value
    if not made["request"]:
        del made["request"]
    return yaml.safe_dump(made, sort_keys=False).encode()


def run(case: dict[str, Any]) -> Any:
    return consult(record(case), on=ON, jurisdiction=case.get("jurisdiction", "us"))


@pytest.mark.verifies("A8", "P1", "P2", "P3", "P4", "P7", "P8", "P9", "O4")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_whole_consultation(case):
    expect = case["expect"]

    document = json.loads(to_json(run(case)))

    jsonschema.validate(document, SCHEMA)
    fired = {found["rule"] for found in document["findings"] if found["answer"] == "yes"}
    assert (document["verdict"] or "none") == expect["verdict"], sorted(fired)
    assert set(expect.get("rules", ())) <= fired
    regimen = document["plan"]["regimen"]
    assert (regimen is not None) == expect["regimen"], document["plan"]
    if "max_mg" in expect:
        assert document["plan"]["max_daily_mg"] <= expect["max_mg"]
    if "taper" in expect:
        assert document["plan"]["taper_needed"] == expect["taper"]
    if "first" in expect:
        assert expect["first"] in [question["id"] for question in document["questions"][:5]]
    if document["verdict"] == "avoid":
        assert regimen is None


@pytest.mark.verifies("A2", "A3", "A4", "A5", "A6", "A7")
def test_the_cases_touch_every_group_of_rules():
    fired = set()
    for case in CASES:
        document = json.loads(to_json(run(case)))
        fired |= {found["rule"] for found in document["findings"] if found["answer"] == "yes"}

    stages = {rule.stage for rule in knowledge().table("rules")} - {"data"}
    touched = {rule.stage for rule in knowledge().table("rules") if rule.id in fired}

    assert stages <= touched


@pytest.mark.verifies("O2")
@pytest.mark.parametrize("case", CASES[::4], ids=lambda case: case["name"])
def test_same_input_same_bytes(case):
    first, second = run(case), run(case)

    assert to_json(first) == to_json(second)
    assert to_html(first) == to_html(second)
