"""Calls of made-up clients about made-up people, for tests of cards: what a record and drafts would give."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from unclench.appraisal.draft_orders import facing, is_diazepam
from unclench.appraisal.request import asked_by
from unclench.consult import Opinion, opinion_of
from unclench.record import read
from unclench.record.patient import Patient, Request
from unclench.report.cards import answer
from unclench.report.drafts import ALL_SENT, Known, OrderDraft
from unclench.report.schema_cards import Card, CardsOut, Hook
from unclench.values import Answer

ON = date(2026, 11, 21)
BASE = "https://unclench.example"
INSTANCE = "5dea16bd-ae12-413e-9764-5682fb674611"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
DIAZEPAM = "Diazepam 5 MG Oral Tablet"
OXYCODONE = "oxycodone hydrochloride 5 MG Oral Tablet"

Json = dict[str, Any]


def concept(text: str, code: str = "", system: str = RXNORM) -> Json:
    coding = [{"system": system, "code": code, **({"display": text} if text else {})}] if code else []
    return {**({"coding": coding} if coding else {}), **({"text": text} if text else {})}


def order(
    ident: str = "r1",
    text: str = DIAZEPAM,
    code: str = "197591",
    *,
    mg: float | None = 5,
    times: int = 3,
    days: int | None = 7,
    refills: int | None = None,
    reason: str = "Spasm of back muscles",
    **more: Any,
) -> Json:
    """A draft order as a prescriber's system would send it."""
    made: Json = {
        "resourceType": "MedicationRequest",
        "id": ident,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "authoredOn": "2026-11-21",
    }
    if text or code:
        made["medicationCodeableConcept"] = concept(text, code)
    if reason:
        made["reasonCode"] = [{"text": reason}]
    if mg is not None:
        dose = {"value": mg, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
        repeat = {"frequency": times, "period": 1, "periodUnit": "d"}
        made["dosageInstruction"] = [{"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": dose}]}]
    dispense: Json = {}
    if days is not None:
        dispense["expectedSupplyDuration"] = {
            "value": days, "unit": "days", "system": "http://unitsofmeasure.org", "code": "d",
        }  # fmt: skip
    if refills is not None:
        dispense["numberOfRepeatsAllowed"] = refills
    return {**made, **({"dispenseRequest": dispense} if dispense else {}), **more}


def taken(number: int, text: str, since: str = "2026-10-01") -> Json:
    return order(f"m{number}", text, "", mg=None, days=None, reason="", status="active", authoredOn=since)


def record(
    drafts: Sequence[Json] = (),
    *,
    born: str = "1984-03-02",
    sex: str = "male",
    conditions: Sequence[str] = ("Spasm of back muscles",),
    medicines: Sequence[str] = (),
    since: str = "2026-10-01",
    more: Sequence[Json] = (),
) -> bytes:
    """A whole record with the drafts of the call in it."""
    held: list[Json] = [{"resourceType": "Patient", "id": "p", "gender": sex, "birthDate": born}]
    held += [
        {
            "resourceType": "Condition",
            "id": f"c{number}",
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "onsetDateTime": "2026-11-15",
            "code": {"text": name},
            "subject": {"reference": "Patient/p"},
        }
        for number, name in enumerate(conditions)
    ]
    held += [taken(number, name, since) for number, name in enumerate(medicines)]
    return json.dumps(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": one} for one in (*drafts, *held, *more)],
        }
    ).encode()


def call(
    drafts: Sequence[Json] = (),
    hook: Hook = "order-sign",
    *,
    select: Sequence[str] | None = None,
    law: str = "us",
    known: Known = ALL_SENT,
    instance: str = INSTANCE,
    **person: Any,
) -> CardsOut:
    """The answer to one call, all in process. `select`: ids in question; None: every draft."""
    patient = read(record(drafts, **person), on=ON)
    beside = [f"MedicationRequest/{one['id']}" for one in drafts]
    entries = {entry.ref: entry for entry in patient.medications}
    judged: list[tuple[OrderDraft | None, Opinion]] = []
    for draft in drafts:
        reference = f"MedicationRequest/{draft['id']}"
        if select is None or draft["id"] in select:
            opinion = opinion_of(facing(patient, reference, beside=beside, on=ON), on=ON, jurisdiction=law)
            judged.append((OrderDraft(draft, reference, is_diazepam(entries[reference])), opinion))
    if hook == "patient-view":
        judged = [(None, opinion_of(facing(patient, "", beside=(), on=ON), on=ON, jurisdiction=law))]
    return answer(judged, hook=hook, hook_instance=instance, base_url=BASE, known=known)


def of_person(
    patient: Patient, hook: Hook = "order-sign", *, law: str = "us", draft: Json | None = None
) -> tuple[Opinion, tuple[Card, ...]]:
    """Cards for a patient whose typed request stands for the draft order."""
    opinion = opinion_of(patient, on=ON, jurisdiction=law)
    order_draft = OrderDraft(draft or order(), "MedicationRequest/r1", Answer.YES)
    judged = (None if hook == "patient-view" else order_draft, opinion)
    return opinion, answer([judged], hook=hook, hook_instance=INSTANCE, base_url=BASE).cards


def sent(cards: CardsOut) -> Json:
    """As it goes over the wire and is read again."""
    read_again: Json = json.loads(msgspec.json.encode(cards))
    return read_again


def every_value(value: Any) -> Iterator[Any]:
    """A JSON value and everything inside it."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from every_value(one)


def request_of(resource: Json) -> Request:
    """An order that a card suggests, read again as any draft would be."""
    draft = {**resource, "id": resource.get("id", "new"), "subject": {"reference": "Patient/p"}}
    patient = read(record([draft], conditions=()), on=ON)
    entry = next(one for one in patient.medications if one.ref == f"MedicationRequest/{draft['id']}")
    return asked_by(entry)


def judged_again(patient: Patient, resource: Json, *, law: str = "us") -> Opinion:
    """The opinion on the same patient, had the suggested order been drafted."""
    return opinion_of(replace(patient, typed_request=request_of(resource)), on=ON, jurisdiction=law)
