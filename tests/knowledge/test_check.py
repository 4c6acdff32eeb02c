"""The check of the data files: it is clean today, and each of its parts bites."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from unclench.appraisal.situation import QUESTIONS
from unclench.knowledge import check_codes, check_sense, check_words
from unclench.knowledge.check import check, check_names, check_references, check_sources, check_targets
from unclench.knowledge.load import FILES, Knowledge, knowledge_with_manual, read_rows
from unclench.values import Standing


def changed(name: str, pick: Callable[[Any], bool], **cells: Any) -> Knowledge:
    """The knowledge base with some cells of the first picked row of one file changed."""
    facts = knowledge_with_manual()
    rows = list(facts.table(name))
    at = next(index for index, row in enumerate(rows) if pick(row))
    rows[at] = replace(rows[at], **cells)
    tables = {other: facts.table(other) for other in FILES} | {name: tuple(rows)}
    return Knowledge(tables, "changed")


def anything(_: Any) -> bool:
    return True


def test_the_data_files_have_no_fault() -> None:
    import unclench.appraisal.appraise  # importing it registers the questions

    assert unclench.appraisal.appraise
    assert [str(fault) for fault in check(set(QUESTIONS))] == []


@pytest.mark.parametrize(
    ("part", "name", "pick", "cells"),
    [
        (check_sources, "rules", anything, {"source": "SRC-NOWHERE"}),
        (check_sources, "rules", anything, {"locator": ""}),
        (check_targets, "rules", lambda row: row.id == "INT-01", {"of": "tag:no_such_tag"}),
        (check_targets, "rules", lambda row: row.id == "CI-03", {"of": "no_such_group"}),
        (check_targets, "rules", lambda row: row.id == "PATH-10", {"of": "stands-on-tone=perhaps"}),
        (check_targets, "rules", lambda row: row.id == "PATH-10", {"of": "no-such-question=yes"}),
        (check_targets, "rules", lambda row: row.id == "IND-01", {"of": "no-such-indication"}),
        (check_references, "alternative_checks", anything, {"alternative": "ALT-99"}),
        (check_references, "softenings", anything, {"rule": "XX-01"}),
        (check_references, "alternatives", lambda row: row.drug, {"drug": "no such drug"}),
        (check_codes.check_groups, "codes", lambda row: row.system == "snomed", {"code": "404684004"}),
        (check_codes.check_groups, "codes", lambda row: row.system == "snomed", {"match": "prefix"}),
        (check_codes.check_groups, "codes", lambda row: row.system == "icd10cm", {"code": "not a code"}),
        (check_codes.check_drugs_and_measures, "measures", anything, {"loinc": ("2160-1",)}),
        (check_sense.check_standing, "softenings", anything, {"standing": Standing.UNVERIFIED}),
        (check_sense.check_standing, "rules", lambda row: row.id == "CI-09", {"standing": Standing.UNVERIFIED}),
        (check_sense.check_standing, "limits", lambda row: row.id == "CAP-US", {"standing": Standing.UNVERIFIED}),
        (check_sense.check_rules, "rules", anything, {"day_max_mg": 0.0}),
        (check_sense.check_rules, "omitted_rules", anything, {"id": "CI-01"}),
        (check_sense.check_verdicts, "verdicts", lambda row: row.order == 2, {"regimen": "lowest dose"}),
        (check_sense.check_verdicts, "verdicts", lambda row: row.order == 2, {"holds": "second-line"}),
        (check_sense.check_need, "need", lambda row: row.order == 8, {"duration_days_low": 100.0}),
        (check_sense.check_views, "need_views", anything, {"needs": ("perhaps",)}),
        (check_sense.check_views, "need_views", anything, {"age_low": 70.0, "age_high": 65.0}),
        (check_sense.check_views, "need_views", lambda row: row.needs == ("none",), {"standing": Standing.UNVERIFIED}),
        (check_sense.check_views, "need_views", lambda row: row.standing == "unverified", {"say": "Taper it."}),
        (check_references, "need_views", anything, {"risks": ("TD-NOTHING",)}),
        (check_sense.check_stopping_risks, "stopping_risks", lambda row: row.kind == "danger", {"urgency": ""}),
        (check_sense.check_stopping_risks, "stopping_risks", lambda row: row.kind == "slower", {"urgency": "now"}),
        (check_sense.check_stopping_risks, "stopping_risks", lambda row: row.kind == "slower", {"from_days": 3.0}),
        (check_sense.check_stopping_risks, "stopping_risks", lambda row: row.kind == "danger", {"early": "no"}),
        (check_sense.check_stopping_risks, "stopping_risks", anything, {"kind": "sometimes"}),
        (
            check_sense.check_stopping_risks,
            "stopping_risks",
            lambda row: row.kind == "faster",
            {"standing": Standing.UNVERIFIED},
        ),
        (check_targets, "stopping_risks", lambda row: row.id == "PF-ANXIETY", {"of": "no_such_group"}),
        (check_sense.check_parameters, "parameters", lambda row: row.high is not None, {"value": 1e9}),
        (check_sense.check_claims, "claims", anything, {"kept_by": ("NO-SUCH-RULE",)}),
        (check_sense.check_claims, "claims", lambda row: row.judged == "contradicts", {"kept_by": ("DOSE-07",)}),
        (check_words.check_sentences, "advice", anything, {"say": "This dose is completely safe."}),
        (check_words.check_sentences, "advice", anything, {"say": "Take <b>one</b> tablet."}),
    ],
)
def test_each_part_of_the_check_bites(part: Any, name: str, pick: Any, cells: dict[str, Any]) -> None:
    assert list(part(changed(name, pick, **cells)))


def test_a_question_that_nobody_wrote_is_a_fault() -> None:
    facts = changed("rules", anything, when=("sees_the_future",))
    assert any("sees_the_future" in fault.found for fault in check_names(facts, {"treats"}))


@pytest.mark.parametrize(
    ("system", "code", "right"),
    [
        ("snomed", "73211009", True),
        ("snomed", "73211008", False),
        ("snomed", "404684003", True),
        ("loinc", "2160-0", True),
        ("loinc", "2160-1", False),
        ("loinc", "72514-3", True),
        ("icd10cm", "M62.830", True),
        ("icd10cm", "62.830", False),
        ("atc", "N05BA01", True),
        ("atc", "N05BA1", False),
        ("rxnorm", "3322", True),
        ("rxnorm", "33-22", False),
    ],
)
def test_codes_are_checked_by_shape_and_check_digit(system: str, code: str, right: bool) -> None:
    assert (list(check_codes.fault_of_code("here", system, code)) == []) is right


def test_five_bad_rows_are_five_faults_in_one_go() -> None:
    faults: list[Any] = []
    head = "id,value,unit,what,source,locator,standing"
    lines = [f"L{number},not a number,mg,what,SRC,place,read" for number in range(5)]
    assert list(read_rows("limits", "\n".join([head, *lines]), FILES["limits"], faults)) == []
    assert len(faults) == 5


def test_an_unknown_column_is_a_fault() -> None:
    faults: list[Any] = []
    text = "id,value,unit,what,source,locator,standing,query\n"
    assert list(read_rows("limits", text, FILES["limits"], faults)) == []
    assert "query" in str(faults[0])


def test_every_rule_of_the_evidence_is_present_or_left_out_with_a_reason(shared: Path) -> None:
    with (shared / "evidence" / "rules.csv").open(encoding="utf-8", newline="") as lines:
        wanted = {row["rule_id"] for row in csv.DictReader(lines)}
    facts = knowledge_with_manual()
    here = {row.id for name in ("rules", "omitted_rules") for row in facts.table(name)}
    here |= {row.rule for row in facts.table("alternatives")}
    assert wanted - here == set()


def test_no_standing_is_better_than_that_of_the_evidence_without_a_source(shared: Path) -> None:
    with (shared / "evidence" / "rules.csv").open(encoding="utf-8", newline="") as lines:
        weak = {row["rule_id"] for row in csv.DictReader(lines) if row["standing"] == "unverified"}
    facts = knowledge_with_manual()
    raised = [row.id for row in facts.table("rules") if row.id in weak and row.standing is not Standing.UNVERIFIED]
    assert [key for key in raised if facts.get("rules", key).source in {"SRC-CLINICAL", "SRC-PROJECT"}] == []


def test_every_claim_of_the_founding_documents_is_judged_and_kept(shared: Path) -> None:
    with (shared / "evidence" / "claims.csv").open(encoding="utf-8", newline="") as lines:
        wanted = {row["claim_id"]: row["agree"] for row in csv.DictReader(lines)}
    claims = {row.id: row.judged for row in knowledge_with_manual().table("claims")}
    assert claims == wanted
    assert len(claims) == 139


def test_the_five_wrong_claims_are_refused() -> None:
    wrong = [row for row in knowledge_with_manual().table("claims") if row.judged == "contradicts"]
    assert [row.id for row in wrong] == ["S0-19", "S3-03", "S4-17", "S4-39", "S4-40"]
    assert all(any(part.startswith("refused: ") for part in row.kept_by) for row in wrong)


def test_every_limit_is_used(root: Path) -> None:
    rooms = (root / "src", root / "scripts")  # the alert budget is kept by a script and its test
    code = "".join(path.read_text(encoding="utf-8") for room in rooms for path in room.rglob("*.py"))
    facts = knowledge_with_manual()
    used_by_claims = {part for row in facts.table("claims") for part in row.kept_by}
    families = set(re.findall(r'f"([A-Z0-9-]+-)\{', code))
    ids = [row.id for row in facts.table("limits") if not row.id.startswith(tuple(families))]
    idle = [key for key in ids if f'"{key}"' not in code and key not in used_by_claims]
    assert idle == []
