"""Whole consultations on every third-party sample that reads, as it is and with a request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from unclench import consult
from unclench.report.html import to_html
from unclench.report.json_out import to_json
from unclench.values import RecordError

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / ".." / "shared" / "samples"
SCHEMA = json.loads((ROOT / "src/unclench/report/consultation.schema.json").read_text(encoding="utf-8"))
ON = date(2026, 11, 21)
REQUEST = "diazepam 5 mg three times a day for 7 days for muscle spasm"
BULK_PATIENT = "3af3708d-41f1-cd80-f3dd-ec5ac76072bf"
WITHOUT_PATIENT = ("1685497", "1272431", "1627321")
APNOEA_PATIENT = "a4a401d1-a46a-eb4a-8a38-760d5d79d6ec"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="third-party samples are not beside this checkout")


def sources() -> Iterator[Path]:
    if SAMPLES.is_dir():
        for folder in ("synthea-r4", "pathling-r4", "smart-r4"):
            yield from sorted(path for path in (SAMPLES / folder).glob("*.json*"))
        for folder in ("cms156", "cms506"):
            yield from sorted(path for path in (SAMPLES / folder / "cases").iterdir() if path.is_dir())


def document(source: Path | tuple[Path, ...], **more: object) -> dict:
    found = consult(source, on=ON, **more)
    made = json.loads(to_json(found))
    jsonschema.validate(made, SCHEMA)
    assert to_html(found).startswith("<!DOCTYPE html>")
    return made


@pytest.mark.verifies("R1", "A8", "O4")
@pytest.mark.parametrize("source", list(sources()), ids=lambda path: f"{path.parent.name[:10]}-{path.name[:30]}")
def test_every_sample_gets_an_answer_or_a_right_refusal(source: Path) -> None:
    if ".01." not in source.name and any(name in source.name for name in WITHOUT_PATIENT):
        with pytest.raises(RecordError, match="no Patient"):
            document(source)
        return
    plain = document(source)
    asked = document(source, request=REQUEST)
    dead = any(found["rule"] == "DQ-04" and found["answer"] == "yes" for found in asked["findings"])

    assert (asked["verdict"] is None) == dead
    assert plain["verdict"] is None or plain["request"]["purpose"] == "continue"
    # No sample says what the pain is, what was tried or whether alcohol is drunk: never without a question.
    assert asked["verdict"] != "reasonable"
    if asked["verdict"] == "avoid":
        assert asked["plan"]["regimen"] is None


def by_name(name: str) -> Path:
    return next(path for path in sources() if path.name.startswith(name))


def rules(made: dict, answer: str = "yes") -> set[str]:
    return {found["rule"] for found in made["findings"] if found["answer"] == answer}


@pytest.mark.verifies("R4", "A3")
def test_old_opioids_of_a_real_record_are_asked_about() -> None:
    """Hydrocodone marked active since 2009 is stale: no evidence of use, and no evidence against it."""
    made = document(by_name("patient-981968"), request=REQUEST)

    assert "INT-01" in rules(made, "cannot-say")
    assert "DQ-03" in rules(made)
    assert "takes-opioid" in [question["id"] for question in made["questions"][:5]]


@pytest.mark.verifies("R4")
def test_a_stale_diazepam_order_is_no_present_use() -> None:
    made = document(by_name("patient-1137192"))

    assert made["verdict"] is None
    assert made["request"]["current_use"]["answer"] == "cannot-say"
    assert "diazepam-now" in [question["id"] for question in made["questions"]]


@pytest.mark.verifies("A2")
def test_a_contraindication_in_a_real_record_blocks() -> None:
    """The one patient of the bulk export with obstructive sleep apnoea."""
    made = document(SAMPLES / "bulk-r4", patient_id=APNOEA_PATIENT, request=REQUEST)

    assert "CI-05" in rules(made)
    assert made["verdict"] == "avoid"
    assert made["plan"]["regimen"] is None


@pytest.mark.verifies("R1", "R4")
def test_one_patient_of_a_bulk_export() -> None:
    """The only diazepam order of the export belongs to somebody who died in 1971."""
    made = document(SAMPLES / "bulk-r4", patient_id=BULK_PATIENT)

    assert made["verdict"] is None
    assert "DQ-04" in rules(made)
