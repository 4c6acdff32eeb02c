"""Planted words, and the places where they must not turn up: what a patient, a client or a prescriber brought."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from litestar.testing import TestClient

# Every mark begins with the same odd word, which no file of the project holds.
WORD = "quillfeather"
NAME, DRUG, NOTE, CODE = "QuillfeatherName", "QuillfeatherDrug", "QuillfeatherNote", "QuillfeatherCode"
COMMENT, GRANT, PATH, QUERY, CRASH = (
    "QuillfeatherComment", "QuillfeatherGrant", "QuillfeatherPath", "QuillfeatherQuery", "QuillfeatherCrash",
)  # fmt: skip

PATIENT = {
    "resourceType": "Patient",
    "id": "pt-1",
    "name": [{"family": NAME, "given": ["Ada"], "text": f"Ada {NAME}"}],
    "telecom": [{"system": "phone", "value": f"tel:{NAME}"}],
    "gender": "female",
    "birthDate": "1951-03-02",
}
SUBJECT = {"reference": "Patient/pt-1"}
MEDICINE = {
    "resourceType": "MedicationRequest",
    "id": "m1",
    "status": "active",
    "intent": "order",
    "subject": SUBJECT,
    "authoredOn": "2026-11-01",
    "medicationCodeableConcept": {"text": f"{DRUG} 5 mg tablet"},
    "note": [{"text": NOTE}],
}
CONDITION = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": SUBJECT,
    "recordedDate": "2026-11-18",
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "45352006"}], "text": f"Muscle spasm {NOTE}"},
}
DRAFT = {
    "resourceType": "MedicationRequest",
    "id": "request-1",
    "status": "draft",
    "intent": "order",
    "subject": SUBJECT,
    "authoredOn": "2026-11-21",
    "medicationCodeableConcept": {
        "text": "Diazepam 5 MG Oral Tablet",
        "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "197591", "display": CODE}],
    },
    "dosageInstruction": [{"text": f"5 mg three times a day for 30 days {NOTE}"}],
    "note": [{"text": NOTE}],
}


def bundle(*resources: dict[str, Any], kind: str = "searchset") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources]}


RECORD = json.dumps(bundle(PATIENT, CONDITION, MEDICINE, DRAFT, kind="collection"))
SHORT = f"""
patient: {{id: {NAME}, age: 42, sex: male, weight: 82 kg}}
problems: [{{name: Spasm of back muscles {NOTE}, icd10: M62.830, since: 2026-11-18}}]
medications: ["{DRUG} 500 mg twice a day, since 2026-11-19"]
request: diazepam 5 mg three times a day for 7 days
"""


def hook_call(hook: str = "order-sign", /, **more: Any) -> dict[str, Any]:
    """A request of a CDS client, with marks wherever a client has room for them."""
    context: dict[str, Any] = {"patientId": "pt-1", "userId": f"Practitioner/{NAME}"}
    if hook != "patient-view":
        context["draftOrders"] = bundle(DRAFT, kind="collection")
    if hook == "order-select":
        context["selections"] = ["MedicationRequest/request-1"]
    return {
        "hook": hook,
        "hookInstance": "4047fd5c-d762-4774-9d2b-947af6c5fc3d",
        "fhirServer": "https://fhir.example.org/r4",
        "fhirAuthorization": {
            "access_token": GRANT,
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "patient/*.read",
            "subject": NAME,
            "patient": "pt-1",
        },
        "context": context,
        "prefetch": {"patient": PATIENT, "conditions": bundle(CONDITION), "medications": bundle(MEDICINE)},
        "extension": {"org.example.mark": NOTE},
        **more,
    }


FEEDBACK = {
    "feedback": [
        {
            "card": "6d0e4b5f-9a0c-4c62-8a39-3d6ab5e59f5a",
            "outcome": "overridden",
            "outcomeTimestamp": "2026-11-22T10:00:00Z",
            "overrideReason": {
                "reason": {"code": CODE, "system": "https://example.org/reasons", "display": COMMENT},
                "userComment": COMMENT,
            },
        }
    ]
}

Sent = tuple[dict[str, str], bytes]
AS_JSON = {"Content-Type": "application/json"}
AS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def bodies() -> list[Sent]:
    """What every route that takes a body is sent: some of it good for one of them, all of it marked."""
    files = '--x\r\nContent-Disposition: form-data; name="record"; filename="{}.json"\r\n\r\n{}\r\n--x--\r\n'
    doses = {"mg": 5, "times": 3, "days": 7}
    good: list[Any] = [
        {"record": RECORD, "on": "2026-11-22"},
        {"record": SHORT, "on": "2026-11-22", "jurisdiction": "uk"},
        {"record": SHORT, "on": "2026-11-22", "doses": doses, "what_if": {"medicines": [DRUG], "without": [DRUG]}},
        *(hook_call(hook) for hook in ("order-select", "order-sign", "patient-view")),
        FEEDBACK,
    ]
    bad: list[Any] = [
        {"record": f"{{{NOTE}: [", "on": "2026-11-22"},
        {"record": SHORT.replace("age: 42", f"age: {NOTE}")},
        {"record": SHORT, "request": f"{DRUG} as much as you like"},
        {"record": SHORT, "on": NOTE},
        {"record": SHORT, "answers": {NOTE: NOTE}},
        {"record": RECORD, NOTE: NOTE},
        {"example": NAME},
        hook_call("order-sign", hook=NOTE),
        hook_call("order-sign", hookInstance=NOTE),
        hook_call("order-sign", context={"patientId": NAME, "userId": NAME, "draftOrders": NOTE}),
        hook_call("order-sign", fhirServer=None),
        hook_call("order-sign", prefetch={"patient": {"resourceType": NOTE, "id": NAME}}),
        hook_call("order-sign", prefetch={}),
        {"feedback": [{"card": NOTE, "outcome": NOTE}]},
    ]
    form = f"record={NOTE}&record_text={NOTE}&example={NOTE}&request={DRUG}&on={NOTE}"
    return [
        *((AS_JSON, json.dumps(one).encode()) for one in [*good, *bad]),
        (AS_JSON, f'{{"record": "{NOTE}'.encode()),
        (AS_JSON, NOTE.encode() + b"\xff\xfe"),
        (AS_JSON, b"[" * 3000 + NOTE.encode()),
        ({"Content-Type": f"text/{NOTE}"}, NOTE.encode()),
        ({**AS_JSON, "Content-Encoding": NOTE}, RECORD.encode()),
        (AS_FORM, form.encode()),
        ({"Content-Type": "multipart/form-data; boundary=x"}, files.format(NAME, RECORD).encode()),
        ({"Content-Type": "multipart/form-data; boundary=x"}, files.format(NAME, NOTE * 100_000).encode()),
    ]


def marked(data: str | bytes) -> list[str]:
    """The marks in something, with what stands around them."""
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    return [text[max(0, one.start() - 60) : one.end() + 40] for one in re.finditer(WORD, text, re.IGNORECASE)]


LINKS = re.compile(
    r"""(?:\b(?:href|src|action|formaction|content|cite|data|poster|ping|hx-[a-z-]+)\s*=\s*"[^"]*"|https?://[^\s"'<>)]*)""",
    re.IGNORECASE,
)


def marked_links(text: str) -> list[str]:
    """Addresses with a mark in them. `hx-vals` and other attributes that make addresses count as such."""
    return [one for one in LINKS.findall(text) if marked(one)]


def marked_properties(pdf: bytes) -> list[str]:
    """Properties of a PDF with a mark in them: they are read without opening it."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(pdf))
    said = [f"{key}: {value}" for key, value in (reader.metadata or {}).items()]
    xmp = reader.xmp_metadata
    return [one for one in [*said, xmp.stream.get_data().decode() if xmp else ""] if marked(one)]


@dataclass(eq=False)
class Written:
    """Files that Python opened to write while it was watched, by path."""

    on: bool = False
    paths: list[str] = field(default_factory=list)


WRITTEN = Written()
WRITES = frozenset("wax+")


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if WRITTEN.on and event == "open":
        path, mode, flags = args
        writes = bool(WRITES & set(mode)) if isinstance(mode, str) else bool(isinstance(flags, int) and flags & 3)
        if writes and not isinstance(path, int):
            WRITTEN.paths.append(str(path))


@contextmanager
def watched_files() -> Iterator[list[str]]:
    """What is opened for writing in this process. An audit hook can not be taken back: it is only switched off."""
    if not getattr(sys, "_canary_hook", False):
        sys.addaudithook(_hook)
        sys._canary_hook = True  # type: ignore[attr-defined]
    WRITTEN.paths.clear()
    WRITTEN.on = True
    try:
        yield WRITTEN.paths
    finally:
        WRITTEN.on = False


def files_with_marks(folder: Path) -> list[str]:
    """Files below a folder that hold a mark, or have one in their name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if marked(path.read_bytes()) or marked(path.name)]


def routes_of(app: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every method and path of a Litestar application, with the names of its parameters."""
    found = []
    for route in app.routes:
        for method in sorted(getattr(route, "methods", ())):
            if method in {"GET", "POST", "PUT", "PATCH", "DELETE"}:
                found.append((method, route.path_format, tuple(route.path_parameters)))
    return sorted(set(found))


def services_of(client: TestClient[Any]) -> list[str]:
    """The ids of the CDS services on offer."""
    answer = client.get("/cds-services")
    return [one["id"] for one in answer.json()["services"]] if answer.status_code == 200 else []
