"""Made-up patients and CDS Hooks requests of the shape that real clients send."""

from __future__ import annotations

import copy
import json
from typing import Any

from litestar.testing import TestClient

from unclench.interfaces.web.app import create
from unclench.interfaces.web.settings import Settings

BASE = "http://127.0.0.1:8765"
SELECT, SIGN, VIEW = "unclench-order-select", "unclench-order-sign", "unclench-patient-view"
PATIENT = "pt-test"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
LIST_KEYS = ("conditions", "medications", "statements", "allergies", "observations")
KEYS = ("patient", *LIST_KEYS)

# As a client sends them that asks for nothing but a name and a birth date from its users.
PERSON: dict[str, Any] = {
    "resourceType": "Patient",
    "id": PATIENT,
    "name": [{"family": "Testperson", "given": ["Ada"]}],
    "gender": "male",
    "birthDate": "1985-04-01",
}


def web(**settings: Any) -> TestClient[Any]:
    """The whole application, guards included, without tokens unless clients are named."""
    given = {"insecure_loopback": True, **settings}
    return TestClient(create(Settings(**given)), base_url=BASE)


def subject(patient: str = PATIENT) -> dict[str, Any]:
    return {"reference": f"Patient/{patient}"}


def condition(id_: str, text: str, code: str = "", *, patient: str = PATIENT) -> dict[str, Any]:
    concept: dict[str, Any] = {"text": text}
    if code:
        concept["coding"] = [{"system": SNOMED, "code": code, "display": text}]
    status = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
    return {
        "resourceType": "Condition",
        "id": id_,
        "clinicalStatus": status,
        "code": concept,
        "subject": subject(patient),
        "onsetDateTime": "2026-11-18",
        "recordedDate": "2026-11-19",
    }


def order(id_: str, text: str, code: str = "", **more: Any) -> dict[str, Any]:
    concept: dict[str, Any] = {"text": text}
    if code:
        concept["coding"] = [{"system": RXNORM, "code": code, "display": text}]
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept,
        "subject": subject(),
        "authoredOn": "2026-11-01",
        **more,
    }


def sloppy_diazepam(id_: str = "request-1", *, pills: float = 1, days: int = 30) -> dict[str, Any]:
    """A draft as the open-source sandbox writes it: objects where lists belong, a dose in pills."""
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "draft",
        "subject": subject(),
        "authoredOn": "2026-11-21",
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [
                    {"doseQuantity": {"value": pills, "system": "http://unitsofmeasure.org", "code": "{pill}"}}
                ],
            }
        ],
        "dispenseRequest": {
            "expectedSupplyDuration": {
                "value": days,
                "unit": "days",
                "system": "http://unitsofmeasure.org",
                "code": "d",
            }
        },
        "intent": "order",
        "category": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/medicationrequest-category", "code": "community"}
            ]
        },
        "reasonCode": {"coding": [{"system": SNOMED, "code": "45352006", "display": "Spasm"}]},
        "medicationCodeableConcept": {
            "text": "Diazepam 5 MG Oral Tablet",
            "coding": [{"display": "Diazepam 5 MG Oral Tablet", "system": RXNORM, "code": "197591"}],
        },
    }


def unchosen(id_: str = "request-1") -> dict[str, Any]:
    """The first draft of a client: nothing is chosen yet."""
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "draft",
        "subject": subject(),
        "authoredOn": "2026-11-21",
    }


def searchset(*resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        "entry": [{"resource": one} for one in resources],
    }


def prefetch() -> dict[str, Any]:
    """Everything that is asked for, of a man of 41 with an acute muscle spasm who takes oxycodone."""
    return copy.deepcopy(
        {
            "patient": PERSON,
            "conditions": searchset(condition("c1", "Muscle spasm of back", "45352006")),
            "medications": searchset(order("m1", "oxycodone hydrochloride 5 MG Oral Tablet", "1049621")),
            "statements": searchset(),
            "allergies": searchset(),
            "observations": searchset(),
        }
    )


def drafts(*orders: dict[str, Any]) -> dict[str, Any]:
    """A Bundle without a type, as the sandbox sends it."""
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in orders]}


def call(hook: str = "order-select", *orders: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A whole request. `more` replaces or adds members; None takes one away."""
    chosen = orders or (sloppy_diazepam(),)
    context: dict[str, Any] = {"patientId": PATIENT, "userId": "Practitioner/example"}
    if hook != "patient-view":
        context["draftOrders"] = drafts(*chosen)
    if hook == "order-select":
        context["selections"] = [f"MedicationRequest/{one.get('id', 'none')}" for one in chosen]
    body = {
        "hookInstance": "4047fd5c-d762-4774-9d2b-947af6c5fc3d",
        "hook": hook,
        "context": context,
        "prefetch": prefetch(),
        **more,
    }
    return json.loads(json.dumps({key: value for key, value in body.items() if value is not None}))


def service_of(hook: str) -> str:
    return f"/cds-services/unclench-{hook}"


def is_outcome(answer: Any) -> bool:
    """Whether an answer is an OperationOutcome with something to do in it."""
    body = answer.json()
    issues = body.get("issue", [])
    return body.get("resourceType") == "OperationOutcome" and len(issues) == 1 and len(issues[0]["diagnostics"]) > 10
