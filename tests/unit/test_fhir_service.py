"""FHIR over the web: the bytes of the command line, and nothing about a patient who is only imagined."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cds_factory import web
from unclench.consult import consult
from unclench.report.fhir.bundle import to_fhir

ON = date(2026, 11, 22)

pytestmark = pytest.mark.verifies("O5", "W1")


def test_the_service_answers_with_the_bundle_of_the_command_line(root):
    text = (root / "examples" / "acute-back-spasm.json").read_text(encoding="utf-8")
    with web() as client:
        answer = client.post("/api/fhir", json={"record": text, "on": ON.isoformat(), "jurisdiction": "uk"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/fhir+json")
    assert answer.content == to_fhir(consult(text.encode(), on=ON, jurisdiction="uk"))


def test_a_patient_changed_in_thought_gets_no_resources_to_file():
    with web() as client:
        answer = client.post("/api/fhir", json={"example": "acute-back-spasm", "what_if": {"age_y": 70}})
    assert answer.status_code == 422
    assert answer.json()["error"]["where"] == "what_if"
    assert "resourceType" not in answer.text
