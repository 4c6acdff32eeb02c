"""The lists of codes, words and drugs: sourced, consistent, and read code by code."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from unclench.knowledge.load import knowledge_with_manual
from unclench.knowledge.recognise import BEARING_CONDITIONS, LASTING, SETTLED_BY
from unclench.knowledge.rows import CodeRow, Drug
from unclench.values import Standing

FACTS = knowledge_with_manual()
CODES: tuple[CodeRow, ...] = FACTS.table("codes")
DRUGS: tuple[Drug, ...] = FACTS.table("drugs")

# Pairs of groups that exclude each other: a code in both would give two answers to one question.
EXCLUSIVE = (
    ("muscle_spasm", "cramp"),
    ("muscle_spasm", "cramp_or_spasm"),
    ("cramp", "cramp_or_spasm"),
    ("angle_closure_glaucoma_acute", "angle_closure_glaucoma_other"),
    ("angle_closure_glaucoma_acute", "open_angle_glaucoma"),
    ("angle_closure_glaucoma_other", "open_angle_glaucoma"),
    ("angle_closure_glaucoma_acute", "glaucoma_unspecified"),
    ("open_angle_glaucoma", "glaucoma_unspecified"),
    ("sleep_apnoea", "narcolepsy"),
    ("pregnancy", "breastfeeding"),
    ("myasthenia_gravis", "neuromuscular_other"),
    ("answer_pregnant", "answer_not_pregnant"),
    ("answer_positive", "answer_negative"),
)
TAGS = frozenset(
    [
        "benzodiazepine",
        "z_drug",
        "opioid",
        "opioid_agonist_treatment",
        "barbiturate",
        "antipsychotic",
        "sedating_antidepressant",
        "ssri",
        "snri",
        "tca",
        "maoi",
        "sedating_antihistamine",
        "gabapentinoid",
        "muscle_relaxant",
        "antiseizure",
        "anaesthetic",
        "alpha2_agonist",
        "sodium_oxybate",
        "orexin_antagonist",
        "hypnotic_other",
        "cannabinoid",
        "alcohol_like",
        "herbal_sedative",
        "hormonal_contraceptive",
        "oestrogen",
        "nsaid",
        "topical_nsaid",
        "paracetamol",
        "anticoagulant",
        "antiplatelet",
        "corticosteroid",
        "ppi",
        "h2_blocker",
        "azole",
        "macrolide",
        "hiv_protease_inhibitor",
        "cyp3a4_inhibitor_strong",
        "cyp3a4_inhibitor_moderate",
        "cyp3a4_inhibitor_weak",
        "cyp2c19_inhibitor_strong",
        "cyp2c19_inhibitor_moderate",
        "cyp2c19_inhibitor_weak",
        "cyp3a4_inducer_strong",
        "cyp3a4_inducer_moderate",
        "cyp3a4_inducer_weak",
        "cyp2c19_inducer",
        "antihypertensive",
        "ocular_hypotensive",
        "levodopa",
        "qt_prolonging",
        "serotonergic",
        "antiemetic_dopamine",
        "fluoroquinolone",
        "cyp1a2_inhibitor_strong",
        "lithium",
        "digoxin",
        "naloxone",
        "cns_active",
        "cns_depressant",
        "none",
    ]
)


def by_group() -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in CODES:
        found[row.group].add((row.system, row.code))
    return found


@pytest.mark.verifies("R2")
def test_every_code_and_drug_has_a_source() -> None:
    sources = {row.id for row in FACTS.table("sources")}
    assert {row.source for row in CODES} <= sources
    assert {row.source for row in DRUGS} <= sources
    assert {row.source for row in FACTS.table("drug_products")} <= sources
    assert {row.source for row in FACTS.table("measures")} <= sources


@pytest.mark.parametrize(("one", "other"), EXCLUSIVE)
def test_no_code_is_in_two_groups_that_exclude_each_other(one: str, other: str) -> None:
    groups = by_group()
    assert groups[one] & groups[other] == set()


def test_codes_are_well_formed_and_once_per_group() -> None:
    shapes = {
        "snomed": r"\d{5,18}",
        "icd10cm": r"[A-Z][0-9A-Z]{0,2}(\.[0-9A-Z]{1,4})?",
        "atc": r"[A-Z]\d\d[A-Z0-9]*",
        "loinc": r"(LA)?\d+-\d",
    }
    assert [row.code for row in CODES if not re.fullmatch(shapes[row.system], row.code)] == []
    assert {row.match for row in CODES if row.system in ("snomed", "loinc")} == {"exact"}
    keys = [(row.group, row.system, row.code) for row in CODES]
    assert len(keys) == len(set(keys))


def test_displays_are_short() -> None:
    assert max(len(row.display) for row in CODES) <= 70


def test_groups_that_recognition_names_exist() -> None:
    named = {row.group.removeprefix("?") for row in CODES} | {
        row.group.removeprefix("?") for row in FACTS.table("terms")
    }
    assert BEARING_CONDITIONS | LASTING | SETTLED_BY.keys() <= named


def test_no_list_holds_procedure_codes_of_the_american_medical_association() -> None:
    assert {row.system for row in CODES} <= {"snomed", "icd10cm", "atc", "loinc", "rxnorm"}
    assert not [
        row
        for row in CODES
        if row.system != "loinc" and re.fullmatch(r"\d{4}[0-9FTU]", row.code) and row.system != "snomed"
    ]


def test_drug_tags_are_known_and_classes_carry_what_they_imply() -> None:
    assert {tag for row in DRUGS for tag in row.tags} <= TAGS
    for row in DRUGS:
        if {"opioid", "benzodiazepine", "z_drug", "barbiturate", "sodium_oxybate"} & set(row.tags):
            assert "cns_depressant" in row.tags, row.id
        if {"ssri", "snri", "tca", "maoi"} & set(row.tags):
            assert "serotonergic" in row.tags, row.id


def test_no_two_drugs_share_a_code() -> None:
    codes = [row.rxnorm for row in DRUGS if row.rxnorm]
    assert len(codes) == len(set(codes))


def test_products_name_listed_drugs_and_repeat_no_ingredient() -> None:
    ids = {row.id for row in DRUGS}
    ingredients = {row.rxnorm for row in DRUGS}
    for row in FACTS.table("drug_products"):
        assert set(row.drugs) <= ids, row.rxnorm
        assert row.rxnorm not in ingredients


def test_progestogen_only_is_not_a_combined_contraceptive() -> None:
    tags = {row.id: set(row.tags) for row in DRUGS}
    for drug in (
        "levonorgestrel",
        "norethindrone",
        "desogestrel",
        "etonogestrel",
        "medroxyprogesterone",
        "drospirenone",
    ):
        assert "hormonal_contraceptive" not in tags[drug]
    assert "hormonal_contraceptive" in tags["ethinyl estradiol"]


def test_an_unverified_row_never_clears() -> None:
    """ "nothing" and "none" say that an entry bears on no rule: an unverified row may not say that."""
    assert [row.code for row in CODES if row.group == "nothing" and row.standing is Standing.UNVERIFIED] == []
    assert [row.id for row in DRUGS if row.tags == ("none",) and row.standing is Standing.UNVERIFIED] == []
    assert [
        row.words for row in FACTS.table("terms") if row.group == "nothing" and row.standing is Standing.UNVERIFIED
    ] == []


def test_the_page_on_code_lists_is_up_to_date() -> None:
    from tests.knowledge.code_lists import PAGE, page

    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.knowledge.code_lists"
