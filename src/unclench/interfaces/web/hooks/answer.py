"""From a call and what came with it to cards. A function of values: no clock, no network, nothing kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from unclench.appraisal.draft_orders import facing, is_diazepam
from unclench.appraisal.lookup import known as recognised
from unclench.appraisal.medicines import DIAZEPAM
from unclench.consult import Opinion, opinion_of
from unclench.interfaces.web.hooks.call import Call
from unclench.interfaces.web.hooks.faults import Refused
from unclench.interfaces.web.hooks.orders import Draft, Orders, orders_of
from unclench.interfaces.web.hooks.sent import Part
from unclench.record import patient_from_resources
from unclench.record.patient import Patient
from unclench.report.card_links import uuid_of
from unclench.report.cards import answer
from unclench.report.drafts import Known, OrderDraft
from unclench.report.schema_cards import Card, CardsOut
from unclench.values import RecordError, RegimenError

MOST_JUDGED = 20
MOST_LISTED = 1000  # ten times what the templates ask for
UNREAD = "The resources could not be read as one FHIR R4 record of `context.patientId`. Check their version and types."
NO_PATIENT = (
    "`prefetch.patient` is required: the Patient that `context.patientId` names. Send it, or let it be fetched."
)
TOO_MANY = f"More than {MOST_JUDGED} draft orders are in question at once. Ask about fewer."
TOO_LONG = f"A list of `prefetch` holds more than {MOST_LISTED} entries. Send those that the templates ask for."


@dataclass(frozen=True, slots=True)
class Asking:
    """What does not depend on the call: the day, the law and the address of the pages."""

    on: date
    jurisdiction: str
    base_url: str


def cards_for(call: Call, parts: Mapping[str, Part], asking: Asking) -> CardsOut:
    """The answer to one call.

    Raises
    ------
    Refused
        412 where nobody knows whom it is about, 413 for lists that are far too long, 400 where what came cannot be
        one record.
    """
    if parts["patient"].state != "whole":
        raise Refused(412, NO_PATIENT)
    if any(len(one.resources) > MOST_LISTED for one in parts.values() if one.asked.kinds[0] != "Observation"):
        raise Refused(413, TOO_LONG)
    orders = orders_of(call.draft_orders, call.selections, call.patient_id)
    if len(orders.drafts) > MOST_LISTED:
        raise Refused(413, TOO_MANY)
    try:
        judged = tuple(_judged(call, parts, orders, asking))
    except (RecordError, RegimenError):
        raise Refused(400, UNREAD) from None
    if not judged:
        return CardsOut(())
    found = answer(
        judged,
        hook=call.hook,
        hook_instance=call.hook_instance,
        base_url=asking.base_url,
        known=Known(missing_of(parts)),
    )
    return _without_dead_ends(found, orders)


def order_of(card: Card, call: Call) -> str:
    """Which order of the call a card is about; "" where it is about the patient."""
    entries = orders_of(call.draft_orders, call.selections, call.patient_id).in_question
    rule = card.source.topic.code if card.source.topic is not None else ""
    for one in entries:
        if uuid_of(call.hook_instance, rule, one.reference) == card.uuid:
            return one.reference
    return ""


def missing_of(parts: Mapping[str, Part]) -> tuple[str, ...]:
    """What was neither sent nor fetched, each thing once, in the order it is asked for."""
    gone = [part.asked.name for part in parts.values() if part.is_missing and part.why_cut]
    return tuple(dict.fromkeys(gone))


def _judged(
    call: Call, parts: Mapping[str, Part], orders: Orders, asking: Asking
) -> Iterator[tuple[OrderDraft | None, Opinion]]:
    """Each order in question with the opinion on it. Nothing where diazepam is neither ordered nor taken."""
    whole = _patient(call, parts, orders, asking, first=None)
    if not _is_about_diazepam(whole):
        return
    if call.draft_orders is None:
        yield None, _opinion(facing(whole, "", beside=(), on=asking.on), asking)
        return
    if len(orders.in_question) > MOST_JUDGED:
        raise Refused(400, TOO_MANY)
    beside = tuple(one.reference for one in orders.drafts)
    for draft in orders.in_question:
        patient = whole
        if draft.reference not in {one.ref for one in whole.medications}:
            # Two orders of the same content are read as one: this one is put first, so that it is the one that stays.
            patient = _patient(call, parts, orders, asking, first=draft)
        entry = next((one for one in patient.medications if one.ref == draft.reference), None)
        if entry is None:
            continue  # it says that it is over, or that nothing is to be given
        order = OrderDraft(draft.sent, draft.reference, is_diazepam(entry), f"Patient/{call.patient_id}")
        yield order, _opinion(facing(patient, draft.reference, beside=beside, on=asking.on), asking)


def _opinion(patient: Patient, asking: Asking) -> Opinion:
    return opinion_of(patient, on=asking.on, jurisdiction=asking.jurisdiction)


def _is_about_diazepam(patient: Patient) -> bool:
    return any(DIAZEPAM in recognised("medicine", one.codes, one.text).drugs for one in patient.medications)


def _patient(call: Call, parts: Mapping[str, Part], orders: Orders, asking: Asking, *, first: Draft | None) -> Patient:
    drafts = sorted(orders.drafts, key=lambda one: one is not first)
    return patient_from_resources(
        _resources(parts, drafts, orders.products),
        on=asking.on,
        where="the call",
        source="a CDS Hooks request",
        patient_id=call.patient_id,
        cut=cut_of(parts),
    )


def _resources(
    parts: Mapping[str, Part], drafts: list[Draft], products: tuple[dict[str, Any], ...]
) -> Iterator[dict[str, Any]]:
    """Drafts first; the record's own copy of a draft of this call is older, and counts for nothing."""
    yield from (one.read for one in drafts)
    yield from products
    named = {one.reference for one in drafts}
    for part in parts.values():
        for resource in part.resources:
            kind = resource.get("resourceType")
            if f"{kind}/{resource.get('id')}" not in named or resource.get("status") != "draft":
                yield resource


def cut_of(parts: Mapping[str, Part]) -> dict[str, str]:
    """Which lists, by resource type, are not the whole of it, and why."""
    return {part.asked.kinds[0]: part.why_cut for part in parts.values() if part.why_cut}


def _without_dead_ends(found: CardsOut, orders: Orders) -> CardsOut:
    """Suggestions about an order that the client gave no id cannot be followed: they are not made."""
    unnamed = {one.reference for one in orders.drafts if not one.is_named}
    if not unnamed:
        return found
    return CardsOut(tuple(_followable(card, unnamed) for card in found.cards))


def _followable(card: Card, unnamed: set[str]) -> Card:
    if not any(_target(action) in unnamed for one in card.suggestions for action in one.actions):
        return card
    return msgspec.structs.replace(card, suggestions=(), selection_behavior="")


def _target(action: Any) -> str:
    resource = action.resource or {}
    return action.resource_id or f"{resource.get('resourceType')}/{resource.get('id')}"
