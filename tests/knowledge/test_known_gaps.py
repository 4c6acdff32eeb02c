"""Gaps of the published value sets that were known before the work began: each is mended and stays so."""

from __future__ import annotations

import pytest

from unclench.knowledge.load import knowledge_with_manual


def codes(group: str, system: str | None = None) -> set[str]:
    rows = knowledge_with_manual().table("codes")
    return {row.code for row in rows if row.group == group and system in (None, row.system)}


def covers(group: str, code: str) -> bool:
    rows = [row for row in knowledge_with_manual().table("codes") if row.group == group and row.system == "icd10cm"]
    plain = code.replace(".", "")
    return any(
        plain == row.code.replace(".", "") or (row.match == "prefix" and plain.startswith(row.code.replace(".", "")))
        for row in rows
    )


@pytest.mark.verifies("R2", "A2")
@pytest.mark.parametrize(
    ("code", "what", "inside"),
    [
        ("G47.33", "obstructive sleep apnoea", True),
        ("G47.31", "primary central sleep apnoea", True),
        ("G47.411", "narcolepsy with cataplexy", False),
        ("G47.20", "circadian rhythm sleep disorder", False),
        ("F51.01", "primary insomnia", False),
        ("F19.982", "substance-induced sleep disorder", False),
    ],
)
def test_sleep_apnoea_is_apnoea(code: str, what: str, inside: bool) -> None:
    assert covers("sleep_apnoea", code) is inside, what


def test_sleep_apnoea_holds_no_word_of_other_sleep_disorders() -> None:
    rows = [row for row in knowledge_with_manual().table("codes") if row.group == "sleep_apnoea"]
    wrong = ("narcolep", "circadian", "insomnia", "cataplexy", "parasomnia")
    strange = [row.display for row in rows if any(word in row.display.lower() for word in wrong)]
    assert [display for display in strange if "apn" not in display.lower()] == []


@pytest.mark.verifies("R2", "A1")
@pytest.mark.parametrize("code", ["G35", "G35.A", "G12.21", "G82.20", "G80.1"])
def test_a_disease_is_a_possible_cause_of_spasticity(code: str) -> None:
    causes = ("spasticity_cause", "multiple_sclerosis", "cerebral_palsy", "spinal_cord_injury", "motor_neurone_disease")
    assert any(covers(group, code) for group in (*causes, "paralysis"))
    assert not covers("spasticity", code) or code == "G80.1", "only spastic cerebral palsy names the tone itself"


@pytest.mark.verifies("R2", "A2")
@pytest.mark.parametrize("code", ["K70.41", "K76.82", "K72.90"])
def test_severe_liver_disease_is_complete(code: str) -> None:
    assert covers("severe_hepatic_insufficiency", code) or covers("decompensated_liver", code)


@pytest.mark.parametrize("code", ["I69.351", "I69.859", "G81.10"])
def test_paralysis_after_a_stroke_counts(code: str) -> None:
    assert any(covers(group, code) for group in ("stroke", "paralysis", "spasticity_cause", "spasticity"))


def test_spasm_and_cramp_share_no_code() -> None:
    assert codes("muscle_spasm") & codes("cramp") == set()


def test_every_removed_code_has_a_reason_and_is_gone() -> None:
    facts = knowledge_with_manual()
    kept = {(row.group, row.system, row.code) for row in facts.table("codes")}
    removed = facts.table("removed_codes")
    assert len(removed) > 0
    assert [row.code for row in removed if not row.reason] == []
    assert [row.code for row in removed if (row.group, row.system, row.code) in kept] == []
