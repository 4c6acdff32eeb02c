"""The rows of equivalence: those of the evidence and no others, one truth with the effect model."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from string import Formatter

import pytest
from msgspec.structs import replace

from unclench.knowledge import check_sense, knowledge
from unclench.knowledge.check import check_references
from unclench.knowledge.equivalence import drugs_with_equivalent, equivalence, unconfirmed
from unclench.knowledge.load import FILES, Knowledge, knowledge_with_manual
from unclench.values import Standing

FACTS = knowledge_with_manual()
ROWS = FACTS.table("equivalents")
IN_THE_MODEL = ("alprazolam", "clonazepam", "lorazepam", "midazolam", "oxazepam", "temazepam")
# How the evidence names the tables that are used; every other one is left out, with a reason.
TABLES = {
    "VA/DoD SUD CPG 2021 via ASAM": "VA",
    "Ashton 2002/2007 via ASAM": "ASHTON",
    "WHO 2009": "WHO",
    "Scottish Government": "SCOTLAND",
    "ClinCalc": "CLINCALC",
    "LearnEM": "LEARNEM",
    "Ashton equivalence table 2007": "ASHTON-2007",
}
LEFT_OUT = ("Medscape", "column labelled Ashton", "bzd-taper", "dose-band examples")


def number(text: str) -> float | None:
    return float(text) if text else None


@pytest.mark.verifies("P6")
def test_the_rows_are_those_of_the_evidence(shared: Path) -> None:
    with (shared / "evidence" / "equivalents.csv").open(encoding="utf-8", newline="") as lines:
        evidence = list(csv.DictReader(lines))
    wanted = {}
    for row in evidence:
        tag = next((tag for begins, tag in TABLES.items() if row["source"].startswith(begins)), None)
        drug = row["drug"].removesuffix(" po")
        if tag is None:
            assert any(part in row["source"] for part in LEFT_OUT), row["source"]
        elif drug != "diazepam":
            amounts = tuple(number(row[key]) for key in ("equivalent_mg", "low_mg", "high_mg"))
            wanted[f"EQ-{drug.upper()}-{tag}"] = (drug, *amounts, row["standing"] == "unverified")
            assert row["reference_diazepam_mg"] == "10"

    found = {row.id: (row.drug, row.mg, row.low_mg, row.high_mg, row.standing is Standing.UNVERIFIED) for row in ROWS}
    assert found == wanted


@pytest.mark.verifies("P6")
def test_no_table_that_was_left_out_is_cited() -> None:
    cited = {row.source for row in ROWS}
    addresses = " ".join(FACTS.get("sources", source).address for source in cited)

    assert "medscape" not in addresses
    assert "github" not in addresses
    assert not any("labelled" in row.locator for row in ROWS)
    assert {row.id for row in FACTS.table("omitted_equivalents")} >= {"EQ-OMIT-MEDSCAPE", "EQ-OMIT-LABELLED-ASHTON"}


@pytest.mark.parametrize("drug", IN_THE_MODEL)
def test_the_effect_model_says_the_same(drug: str) -> None:
    table, model = equivalence(FACTS, drug), FACTS.parameter(f"PD-EQ-{drug.upper()}")
    half_life = FACTS.parameter(f"PD-HALF-{drug.upper()}")

    assert table is not None
    assert (table.low_mg, table.high_mg) == (model.low, model.high)
    assert model.value == pytest.approx(table.middle_mg, rel=0.15)
    own = table.half_life
    assert (own.value_h, own.low_h, own.high_h) == (half_life.value, half_life.low, half_life.high)


def test_every_drug_of_the_effect_model_is_compared() -> None:
    rows = [row.id for row in FACTS.table("parameters") if row.id.startswith("PD-EQ-")]

    assert rows == [f"PD-EQ-{drug.upper()}" for drug in IN_THE_MODEL]


@pytest.mark.verifies("P6")
def test_an_unconfirmed_row_takes_no_part() -> None:
    for drug in {row.drug for row in ROWS}:
        for row in unconfirmed(FACTS, drug):
            moved = tuple(replace(one, mg=1e-3, low_mg=None, high_mg=None) if one is row else one for one in ROWS)
            tables = {name: FACTS.table(name) for name in FILES} | {"equivalents": moved}
            assert equivalence(Knowledge(tables, "moved"), drug) == equivalence(FACTS, drug)
    assert not {"prazepam", "ketazolam", "medazepam", "nordazepam"} & set(drugs_with_equivalent(FACTS))


@pytest.mark.parametrize("drug", drugs_with_equivalent(FACTS))
def test_what_is_used_is_the_most_that_a_guideline_names_and_within_every_table(drug: str) -> None:
    found = equivalence(FACTS, drug)

    assert found is not None
    assert found.low_mg <= found.guideline_low_mg <= found.cautious_mg <= found.high_mg
    assert found.low_mg <= found.middle_mg <= found.high_mg
    assert FACTS.has("drugs", drug)
    assert {"benzodiazepine", "z_drug"} & set(FACTS.get("drugs", drug).tags)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("equivalents", {"kind": "calculator"}),
        ("equivalents", {"mg": None}),
        ("equivalents", {"mg": -1.0}),
        ("equivalents", {"low_mg": 5.0}),
        ("equivalents", {"low_mg": 5.0, "high_mg": 2.0}),
        ("half_lives", {"value_h": 1e6}),
        ("half_lives", {"drug": "diazepam"}),
    ],
)
def test_the_check_bites(name: str, cells: dict[str, object]) -> None:
    rows = list(FACTS.table(name))
    rows[0] = replace(rows[0], **cells)
    facts = Knowledge({other: FACTS.table(other) for other in FILES} | {name: tuple(rows)}, "changed")

    assert list(check_sense.check_equivalents(facts))


@pytest.mark.parametrize("name", ["equivalents", "half_lives"])
def test_a_drug_that_nobody_knows_is_a_fault(name: str) -> None:
    rows = list(FACTS.table(name))
    rows[0] = replace(rows[0], drug="no such drug")
    facts = Knowledge({other: FACTS.table(other) for other in FILES} | {name: tuple(rows)}, "changed")

    assert any("no such drug" in fault.found for fault in check_references(facts))


@pytest.mark.verifies("P6")
def test_every_sentence_of_a_switch_is_said_and_names_what_exists(root: Path) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (root / "src/unclench/planning").glob("switch*.py"))
    for row in knowledge().table("statements"):
        if not row.id.startswith("SWITCH-"):
            continue
        begins, _, last = row.id.partition("SWITCH-AGAINST-")
        if row.id.startswith("SWITCH-DRUG-"):
            assert FACTS.has("drugs", row.id.removeprefix("SWITCH-DRUG-").lower()), row.id
        elif last and not begins and FACTS.has("rules", last):
            assert row.where in ("switch-stops", "switch-care"), row.id
            assert not list(filter(None, (field for _, field, _, _ in Formatter().parse(row.text)))), row.id
        else:
            assert row.id in code or f'{{AGAINST}}{last}"' in code, row.id


def test_every_limit_of_a_switch_is_read(root: Path) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (root / "src/unclench/planning").glob("switch*.py"))
    for row in knowledge().table("limits"):
        if row.id.startswith("SWITCH-"):
            pattern = re.escape(row.id) + "|" + re.escape(row.id.rpartition("-")[0]) + r"-\{"
            assert re.search(pattern, code), row.id
