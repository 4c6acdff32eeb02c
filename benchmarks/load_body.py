"""An order-sign call of 50 KiB, all invented: a woman of 58 with back spasm, and many laboratory values."""

from __future__ import annotations

import json
from typing import Any

SIZE = 50 * 1024
PATIENT = "example-load"
SUBJECT = {"reference": f"Patient/{PATIENT}"}
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
UCUM = "http://unitsofmeasure.org"
PROBLEMS = (
    ("Muscle spasm of back", "45352006"), ("Essential hypertension", "59621000"), ("Hyperlipidemia", "55822004"),
    ("Osteoarthritis of knee", "239873007"), ("Type 2 diabetes mellitus", "44054006"),
)  # fmt: skip
MEDICINES = (
    ("metformin hydrochloride 500 MG Oral Tablet", "861007"), ("lisinopril 10 MG Oral Tablet", "314076"),
    ("omeprazole 20 MG Delayed Release Oral Capsule", "198051"), ("atorvastatin 20 MG Oral Tablet", "617310"),
)  # fmt: skip
MEASURES = (
    ("Creatinine [Mass/volume] in Serum or Plasma", "2160-0", 0.9, "mg/dL"),
    ("Albumin [Mass/volume] in Serum or Plasma", "1751-7", 4.1, "g/dL"),
    ("Body weight", "29463-7", 74.0, "kg"),
    ("Bilirubin.total [Mass/volume] in Serum or Plasma", "1975-2", 0.6, "mg/dL"),
)


def body(size: int = SIZE) -> bytes:
    """At least `size` bytes, by as many laboratory values as it takes."""
    count = 0
    while len(made := json.dumps(_call(count)).encode()) < size:
        count += max(1, (size - len(made)) // 600)
    return made


def _call(values: int) -> dict[str, Any]:
    return {
        "hookInstance": "7a1de6b5-3f4e-4b1e-9a55-0d3c8b7e9f10",
        "hook": "order-sign",
        "context": {
            "userId": "Practitioner/example",
            "patientId": PATIENT,
            "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": _draft()}]},
        },
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": PATIENT, "gender": "female", "birthDate": "1968-02-03"},
            "conditions": _found([_condition(*one, number) for number, one in enumerate(PROBLEMS)]),
            "medications": _found([_medicine(*one, number) for number, one in enumerate(MEDICINES)]),
            "statements": _found([]),
            "allergies": _found([]),
            "observations": _found([_value(number) for number in range(values)]),
        },
    }


def _found(resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        "entry": [{"resource": one, "search": {"mode": "match"}} for one in resources],
    }


def _draft() -> dict[str, Any]:
    dose = {"value": 5, "unit": "mg", "system": UCUM, "code": "mg"}
    return {
        "resourceType": "MedicationRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": _coded(RXNORM, "197591", "diazepam 5 MG Oral Tablet"),
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": dose}],
            }
        ],
        "dispenseRequest": {"expectedSupplyDuration": {"value": 14, "unit": "days", "system": UCUM, "code": "d"}},
    }


def _condition(text: str, code: str, number: int) -> dict[str, Any]:
    status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "id": f"condition-{number}",
        "clinicalStatus": {"coding": [{"system": status, "code": "active"}]},
        "code": _coded(SNOMED, code, text),
        "subject": SUBJECT,
        "onsetDateTime": "2026-11-10",
    }


def _medicine(text: str, code: str, number: int) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": f"medicine-{number}",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": _coded(RXNORM, code, text),
        "subject": SUBJECT,
        "authoredOn": "2026-10-02",
    }


def _value(number: int) -> dict[str, Any]:
    text, code, value, unit = MEASURES[number % len(MEASURES)]
    return {
        "resourceType": "Observation",
        "id": f"value-{number}",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": "laboratory"}]}],
        "code": _coded(LOINC, code, text),
        "subject": SUBJECT,
        "effectiveDateTime": f"2026-{1 + number % 10:02d}-{1 + number % 28:02d}T08:30:00Z",
        "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
    }  # fmt: skip


def _coded(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}
