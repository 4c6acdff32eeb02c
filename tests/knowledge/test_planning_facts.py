"""The rows behind planning, alternatives and advice: sourced, named questions only, and equal to the evidence."""

from __future__ import annotations

import csv
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import unclench.appraisal
from unclench.appraisal.situation import QUESTIONS
from unclench.knowledge import knowledge
from unclench.values import Standing

EVIDENCE = Path(__file__).resolve().parents[2].parent / "shared" / "evidence"
TABLES = ("products", "alternatives", "alternative_checks", "advice", "need")
TOPICS = {
    "how-to-take", "missed-dose", "expect", "serious", "help", "driving", "alcohol", "other-medicines", "storage",
    "stopping", "prevention", "sleep", "self-care", "pregnancy", "carer",
}  # fmt: skip
RESULTS = {"not-for-this-patient", "caution"}
STRENGTHS = {"high", "moderate", "low", "very low", "none", "expert"}


def rows():
    return [(table, row) for table in TABLES for row in knowledge().table(table)]


def evidence(name):
    path = EVIDENCE / name
    if not path.exists():
        pytest.skip(f"the evidence pack is not beside the repository ({path.name})")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def questions():
    for module in pkgutil.iter_modules(unclench.appraisal.__path__):
        if module.name.startswith("questions_"):
            importlib.import_module(f"unclench.appraisal.{module.name}")
    return QUESTIONS


def test_every_row_has_a_source_and_a_place_in_it():
    for table, row in rows():
        assert knowledge().has("sources", row.source), (table, row)
        assert getattr(row, "locator", "product") != "", (table, row)


def test_rows_name_questions_that_exist():
    known = questions()
    for _, row in rows():
        for name in getattr(row, "when", ()):
            assert name.removeprefix("not_") in known, (row.id, name)


@pytest.mark.verifies("P8")
def test_checks_belong_to_an_alternative_and_every_drug_has_the_checks_of_the_contract():
    alternatives = {row.id: row for row in knowledge().table("alternatives")}
    checks = knowledge().table("alternative_checks")
    assert {check.alternative for check in checks} <= set(alternatives)
    assert {check.result for check in checks} <= RESULTS
    assert {row.strength for row in alternatives.values()} <= STRENGTHS
    for row in alternatives.values():
        if row.kind == "drug":
            asked = {name for check in checks if check.alternative == row.id for name in check.when}
            assert {"is_allergic_to"} <= asked, row.id
            assert asked & {"is_pregnant", "has_liver_disease"}, row.id


@pytest.mark.verifies("P8")
def test_every_alternative_rule_of_the_evidence_is_kept():
    wanted = {row["rule_id"] for row in evidence("rules.csv") if row["rule_id"].startswith("ALT-")}
    assert {row.rule for row in knowledge().table("alternatives")} == wanted


def test_an_unconfirmed_alternative_shows_no_dose():
    assert not [row.id for row in knowledge().table("alternatives") if row.standing is Standing.UNVERIFIED and row.dose]


@pytest.mark.verifies("P3")
def test_product_codes_carry_the_strength_of_the_published_display():
    displays = {row["code"]: row["display"] for row in evidence("codes.csv") if "rxnorm" in row["system"]}
    for row in knowledge().table("products"):
        if row.rxnorm:
            form = "Tablet" if row.form == "tablet" else "Solution"
            unit = "MG" if row.form == "tablet" else "MG/ML"
            assert displays[row.rxnorm] == f"diazepam {row.strength_mg:g} {unit} Oral {form}"


@pytest.mark.verifies("P9")
def test_rates_equal_the_evidence():
    seen = {row["id"]: row for row in evidence("pd_observations.csv")}
    trial = seen["PD177"]
    assert (trial["value"], trial["denominator"]) == ("12", "57")
    said = knowledge().get("advice", "ADV-ANY-EFFECT").rate
    assert "12 of 57 people on diazepam" in said
    assert "8 of 55 on placebo" in said
    assert trial["comparator"] == "placebo 8 of 55"
    drowsy = seen["PD198"]
    assert (drowsy["value"], drowsy["comparator"][:11]) == ("32", "placebo 10%")
    assert "32 % of people on diazepam and 10 % on placebo" in knowledge().get("advice", "ADV-DROWSY").rate
    assert seen["PD200"]["value"] == "1.8"
    assert "1.8" in knowledge().get("advice", "ADV-FALLS").rate
    assert seen["PD202"]["value"] == "2.4"
    assert "2.4" in knowledge().get("advice", "ADV-CARER").rate


@pytest.mark.verifies("P9")
def test_advice_covers_every_topic_and_rates_name_a_comparison():
    advice = knowledge().table("advice")
    assert {row.topic for row in advice} == TOPICS
    for row in advice:
        assert row.even_without_diazepam in ("yes", "no")
        if re.search(r"\d+ of \d+|\d %", row.rate):
            assert re.search(r"placebo| and |95 %|mother", row.rate), row.id


@pytest.mark.verifies("P9")
def test_advice_is_short_and_plain():
    for row in knowledge().table("advice"):
        for sentence in re.split(r"(?<=[.:;])\s", row.say):
            assert len(sentence.split()) <= 26, (row.id, sentence)


@pytest.mark.verifies("P9")
def test_the_driving_limit_is_law_and_never_fitness():
    said = knowledge().get("advice", "ADV-DRIVE-UK").say
    assert "550" in said
    assert "does not mean that you are fit to drive" in said
    assert "UK law" in said


def test_no_sentence_promises_relief_of_back_pain_or_copies_the_opioid_level():
    everything = " ".join(row.say for row in knowledge().table("advice"))
    assert "relieves" not in everything
    assert "safe level" not in everything


@pytest.mark.verifies("P9")
def test_unconfirmed_advice_says_so():
    for row in knowledge().table("advice"):
        if row.standing is Standing.UNVERIFIED:
            assert "unconfirmed" in row.say.lower(), row.id


def test_need_rows_name_rules_of_the_evidence():
    wanted = {row["rule_id"] for row in evidence("rules.csv")}
    assert {row.rule for row in knowledge().table("need")} <= wanted


def test_condition_groups_and_drug_names_in_checks_are_known():
    groups = {row.group for row in (*knowledge().table("codes"), *knowledge().table("terms"))}
    drugs = {row.id for row in knowledge().table("drugs")}
    tags = {tag for row in knowledge().table("drugs") for tag in row.tags}
    if not groups or not drugs:
        pytest.skip("codes and drugs are not loaded yet")
    for _, row in rows():
        for part in (piece.strip() for piece in getattr(row, "of", "").split("|") if piece.strip()):
            kind, _, name = part.partition(":")
            if kind == "drug":
                assert name in drugs, (row.id, part)
            elif kind == "tag":
                assert name in tags, (row.id, part)
            elif {"has_condition", "ever_had_condition"} & set(row.when):
                assert part in groups, (row.id, part)
    for row in knowledge().table("alternatives"):
        assert not row.drug or row.drug in drugs, row.id
