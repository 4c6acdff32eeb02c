"""`unclench explain ID`."""

from __future__ import annotations

import pytest
from msgspec.structs import fields

from unclench.knowledge.load import FILES, knowledge_with_manual
from unclench.report.explain import explain, questions_text
from unclench.report.explained import KINDS, ids
from unclench.values import KnowledgeError, Standing

# Rows without an id of their own are explained through the rule or group that they belong to.
WITHOUT_ID = {
    "override_reasons",
    "verdicts",
    "codes",
    "removed_codes",
    "terms",
    "drug_products",
    "drug_concepts",
    "need",
}


def test_no_kind_of_fact_is_forgotten():
    assert set(KINDS) | WITHOUT_ID == set(FILES)


def test_every_id_is_explained():
    for key in sorted(ids(knowledge_with_manual())):
        assert key in explain(key).casefold()


def test_a_rule_shows_source_standing_and_what_it_asks():
    text = explain("POP-01")
    assert "POP-01 (rule)" in text
    assert "holds when: " in text
    assert "https://" in text
    assert "standing: " in text


def test_case_and_spaces_are_forgiven():
    assert explain(" pop-01 ") == explain("POP-01")


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(KnowledgeError, match="POP-"):
        explain("POP-0l")


def test_an_unconfirmed_number_is_held_back():
    for row in knowledge_with_manual().table("parameters") + knowledge_with_manual().table("ratios"):
        if row.standing is Standing.UNVERIFIED and any(
            isinstance(getattr(row, one.name), float) for one in fields(row)
        ):
            assert "not shown: unconfirmed" in explain(row.id)


def test_all_questions_are_listed_with_their_answers():
    text = questions_text()
    for row in knowledge_with_manual().table("questions"):
        assert f"{row.id}: " in text


def test_a_rule_names_the_questions_it_asks_and_a_question_its_rules():
    assert "asks takes-opioid: " in explain("INT-01")
    assert "asked by: " in explain("takes-opioid")
    assert "INT-01" in explain("takes-opioid").split("asked by: ")[1]
