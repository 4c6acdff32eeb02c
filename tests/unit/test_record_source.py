"""Input that is no record: each is refused with where, what, what was needed and what to do."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from unclench.record import read, source
from unclench.values import RecordError

ON = date(2026, 11, 22)
PERSON: dict[str, Any] = {"resourceType": "Patient", "id": "example-p"}


def bundle(*resources: Any, **more: Any) -> bytes:
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources], **more}
    ).encode()


DEEP = b'{"resourceType":"Bundle","entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
OLD = {
    "resourceType": "Condition",
    "clinicalStatus": "active",
    "verificationStatus": "confirmed",
    "code": {"text": "x"},
}
DOSED = {"resourceType": "MedicationRequest", "status": "active", "dosageInstruction": [{"doseQuantity": {"value": 1}}]}
CASES = [
    ("empty", b"", "empty"),
    ("blank", b" \n ", "empty"),
    ("truncated", bundle(PERSON)[:-8], "not JSON"),
    ("deep", DEEP, "nested"),
    ("not a number", bundle(PERSON).replace(b'"example-p"', b"NaN"), "not JSON"),
    ("infinity", bundle(PERSON).replace(b'"example-p"', b"Infinity"), "not JSON"),
    ("latin-1", '{"resourceType":"Bundle","x":"é"}'.encode("latin-1"), "not UTF-8"),
    ("utf-16", bundle(PERSON).decode().encode("utf-16"), "UTF-8"),
    ("damaged gzip", gzip.compress(bundle(PERSON))[:-9], "gzip"),
    ("a list", json.dumps([PERSON]).encode(), "a list"),
    ("a number", b"5", "text"),
    ("history", bundle(PERSON, type="history"), "history"),
    ("no patient", bundle({"resourceType": "Condition", "code": {"text": "x"}}), "no Patient"),
    ("nothing of use", bundle({"resourceType": "Encounter"}), "no FHIR resource"),
    ("STU3 condition", bundle(PERSON, OLD), "not FHIR R4"),
    (
        "STU3 observation",
        bundle(PERSON, {"resourceType": "Observation", "context": {"reference": "Encounter/1"}}),
        "Observation.context",
    ),
    ("STU3 allergy", bundle(PERSON, {"resourceType": "AllergyIntolerance", "assertedDate": "2001"}), "assertedDate"),
    ("STU3 dose", bundle(PERSON, DOSED), "doseQuantity"),
    ("DSTU2", bundle(PERSON, {"resourceType": "MedicationOrder"}), "MedicationOrder"),
    ("R5", bundle(PERSON, {"resourceType": "MedicationRequest", "medication": {"concept": {"text": "x"}}}), "R5"),
    ("entry is no list", b'{"resourceType":"Bundle","entry":5}', "wrong shape"),
    ("other json", b'{"a": {"resourceType": "Patient"}}', "without resourceType"),
    ("cds hooks", b'{"hook":"order-select","prefetch":{"patient":{"resourceType":"Patient"}}}', "CDS Hooks"),
    ("plain text", b"Dear colleague, thank you", "text"),
    ("binary", b"\x00\x01\x02", "zero byte"),
    ("html", b"<html></html>", "text"),
]


@pytest.mark.verifies("R1")
@pytest.mark.parametrize(("data", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_no_record_is_refused_with_the_reason(data: bytes, found: str) -> None:
    with pytest.raises(RecordError) as caught:
        read(data, on=ON)
    assert found in caught.value.found
    assert caught.value.where
    assert caught.value.need
    assert caught.value.fix


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read(b"\xef\xbb\xbf" + bundle(PERSON), on=ON).ref == "Patient/example-p"


def test_one_old_element_in_a_good_record_is_noticed() -> None:
    good = {"resourceType": "Condition", "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "y"}}
    found = read(bundle(PERSON, good, OLD), on=ON)
    assert len(found.conditions) == 2
    assert any("not of FHIR R4" in one.text for one in found.noticed)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="no such file"):
        read(tmp_path / "gone.json", on=ON)
    with pytest.raises(RecordError, match="0 files"):
        read(tmp_path, on=ON)
    (tmp_path / "letter.txt").write_text("hello")
    with pytest.raises(RecordError, match="1 files"):
        read(tmp_path, on=ON)
    with pytest.raises(RecordError, match="no file"):
        read((), on=ON)
    (tmp_path / "a.json").write_text("[1]")
    (tmp_path / "b.json").write_text(json.dumps(PERSON))
    with pytest.raises(RecordError, match="not FHIR"):
        read(tmp_path, on=ON)


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 1000)
    monkeypatch.setattr(source, "MAX_LINE_BYTES", 1000)
    large = bundle(PERSON, PERSON | {"note": "x" * 2000})
    for name, data in (("a.json", large), ("b.json.gz", gzip.compress(large))):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(RecordError, match="more than"):
            read(tmp_path / name, on=ON)
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "Patient.ndjson").write_bytes(large)
    with pytest.raises(RecordError, match="a line longer"):
        read(folder, on=ON)
