"""The interaction files: whole against the evidence, sourced, and honest about what is unconfirmed."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from unclench.appraisal.exposure import exposure
from unclench.appraisal.findings import CurrentMedicine
from unclench.knowledge.load import Fault, Knowledge, load_all
from unclench.values import Answer, Standing

TABLES = frozenset({"sources", "ratios", "perpetrators", "parameters", "limits", "combined_effects", "drugs"})
KINDS = ("ratios", "perpetrators", "combined_effects")
# Confirmed by the project after the evidence was written: the ratio stands in Swiss product information.
RAISED = {"IPK025": "SRC-IX-SWISS-PI", "IPK026": "SRC-IX-SWISS-PI"}
# The model's own value would be 0.95; diazepam data ask for less (interactions, section 2).
CAPPED = {"fluoxetine"}
# Ebastine and neuromuscular blockers: in the evidence without codes, so read in the manual only.
MANUAL_ONLY = ["IPD20", "IPD39"]


def loaded() -> Knowledge:
    faults: list[Fault] = []
    found = load_all(faults, names=TABLES)
    ours = ("ratios", "perpetrators", "combined_effects", "interactions")
    assert not [str(fault) for fault in faults if any(name in fault.where for name in ours)]
    return found


FACTS = loaded()


def evidence(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "evidence" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.verifies("A3")
@pytest.mark.parametrize("kind", KINDS)
def test_every_row_names_a_source_that_exists(kind: str) -> None:
    assert [row.id for row in FACTS.table(kind) if not FACTS.has("sources", row.source)] == []


@pytest.mark.parametrize("kind", ["parameters", "limits"])
def test_every_number_of_this_area_names_a_source(kind: str) -> None:
    ours = [row for row in FACTS.table(kind) if row.id.startswith("IX-")]
    assert ours
    assert [row.id for row in ours if not (FACTS.has("sources", row.source) and row.locator)] == []


def test_no_source_of_this_area_is_idle() -> None:
    used = {row.source for kind in (*KINDS, "parameters", "limits") for row in FACTS.table(kind)}
    own = {row.id for row in FACTS.table("sources") if row.id.startswith("SRC-IX-")}
    assert sorted(own - used) == []


def test_only_read_ratios_are_used_as_measured() -> None:
    assert {row.standing for row in FACTS.table("ratios") if row.use == "use"} == {Standing.READ}


def test_every_ratio_that_is_not_used_says_why() -> None:
    assert [row.id for row in FACTS.table("ratios") if row.use != "use" and not row.note] == []
    assert {row.use for row in FACTS.table("ratios")} == {"use", "show", "exclude"}


@pytest.mark.verifies("A3")
def test_every_measured_and_predicted_ratio_of_the_evidence_is_present(shared: Path) -> None:
    rows = {row.id: row for row in FACTS.table("ratios")}
    for given in evidence(shared, "interactions_pk.csv"):
        row = rows.pop(given["id"])
        for ours, theirs in ((row.auc_ratio, "auc_ratio"), (row.nordazepam_auc_ratio, "nordazepam_auc_ratio")):
            assert ours == (float(given[theirs]) if given[theirs] else None), row.id
        if row.id in RAISED:
            assert (row.standing, row.source) == (Standing.READ, RAISED[row.id])
        else:
            assert row.standing == given["standing"], row.id
            assert row.n == (int(given["n"]) if given["n"] else None), row.id
    assert not rows


@pytest.mark.verifies("A3")
def test_every_combined_effect_of_the_evidence_is_present(shared: Path) -> None:
    rows = {row.id: row for row in FACTS.table("combined_effects")}
    for given in evidence(shared, "interactions_pd.csv"):
        assert (rows[given["id"]].severity, rows[given["id"]].standing) == (given["severity"], given["standing"])


@pytest.mark.verifies("A3")
def test_every_perpetrator_of_the_evidence_is_present(shared: Path) -> None:
    rows = [row for row in FACTS.table("perpetrators") if "CLASS" not in row.id]
    given = evidence(shared, "inhibition_ratios.csv")
    assert len(rows) == len(given)
    for row, theirs in zip(rows, given, strict=True):
        assert row.standing == theirs["standing"], row.id
        hepatic = theirs["ir_cyp3a4_hepatic"] or theirs["ir_cyp3a4_oral_ohno"]
        assert row.ir_cyp3a4 == (float(hepatic) if hepatic else None), row.id
        if row.drug not in CAPPED:
            assert row.ir_cyp2c19 == (float(theirs["ir_cyp2c19"]) if theirs["ir_cyp2c19"] else None), row.id


def test_the_shares_of_clearance_make_a_whole() -> None:
    for victim in "FN":
        parts = [FACTS.parameter(f"IX-{victim}{part}").value for part in ("3A4", "2C19", "OTHER")]
        assert sum(parts) == pytest.approx(1)


def test_an_effect_names_a_drug_or_a_class() -> None:
    assert [row.id for row in FACTS.table("combined_effects") if not (row.drug or row.tag)] == MANUAL_ONLY
    assert [row.id for row in FACTS.table("combined_effects") if not (row.title and row.effect and row.do)] == []


@pytest.mark.verifies("A3")
def test_unconfirmed_effects_state_no_numbers() -> None:
    for row in FACTS.table("combined_effects"):
        if row.standing is Standing.UNVERIFIED:
            assert not any(letter.isdigit() for letter in row.effect + row.do), row.id


@pytest.mark.verifies("A3")
def test_no_unconfirmed_ratio_is_ever_shown() -> None:
    """Whatever is taken, no measured ratio that is unconfirmed is named as a ground or called measured."""
    hidden = {row.id for row in FACTS.table("ratios") if row.standing is Standing.UNVERIFIED}
    for row in FACTS.table("ratios"):
        drug = row.perpetrator.removeprefix("tag:")
        entry = CurrentMedicine("x", (drug,), frozenset({drug}), Answer.YES, None, None, None, ())
        found = exposure((entry,), cyp2c19="NM", on=date(2026, 11, 22), facts=FACTS)
        for change in found.changes:
            assert not hidden & set(change.facts)
            known = [row for row in FACTS.table("ratios") if row.id in change.facts]
            assert (change.basis == "measured") == bool(known)
            assert all(other.standing is Standing.READ for other in known)


def test_a_used_perpetrator_is_a_drug_of_the_project() -> None:
    drugs = {row.id for row in FACTS.table("drugs")}
    keys = {row.perpetrator for row in FACTS.table("ratios") if row.use == "use"}
    keys |= {row.drug for row in FACTS.table("perpetrators")}
    tags = {f"tag:{tag}" for row in FACTS.table("drugs") for tag in row.tags}
    named = {part for key in keys for part in key.split(" + ")}
    assert sorted(part for part in named if part not in drugs and part not in tags) == []


def test_a_combined_effect_is_of_a_drug_or_class_of_the_project() -> None:
    drugs = {row.id for row in FACTS.table("drugs")}
    tags = {tag for row in FACTS.table("drugs") for tag in row.tags}
    rows = FACTS.table("combined_effects")
    assert sorted({row.drug for row in rows if row.drug} - drugs) == []
    assert sorted({row.tag for row in rows if row.tag} - tags) == []
