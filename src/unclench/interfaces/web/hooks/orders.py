"""The orders being made: which are drafts of this patient, which are in question, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unclench.interfaces.web.hooks.faults import Refused
from unclench.record.desk import relative

KIND = "MedicationRequest"
MOST_DRAFTS = 200
UNNAMED = "unnamed-"
"""Begins the ids that we give to drafts without one. No client is ever sent such an id back."""

# An order that ends something, or is none, is not a draft, whatever list it stands in.
OVER = frozenset(("cancelled", "completed", "entered-in-error", "stopped"))


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """One order of draftOrders: as it was sent, and as it is read."""

    reference: str
    sent: dict[str, Any]
    read: dict[str, Any]

    @property
    def is_named(self) -> bool:
        """The client gave it an id, so that a suggestion can point to it."""
        return not self.reference.startswith(f"{KIND}/{UNNAMED}")


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """What is being ordered for one patient."""

    drafts: tuple[Draft, ...] = ()
    products: tuple[dict[str, Any], ...] = ()  # Medication resources that the drafts point to
    in_question: tuple[Draft, ...] = ()


def orders_of(bundle: Mapping[str, Any] | None, selections: Sequence[str] | None, patient_id: str) -> Orders:
    """The drafts of this patient. Those of anybody else are not looked at.

    Raises
    ------
    Refused
        400 for orders of another FHIR version, or more of them than anybody makes at once.
    """
    entries = [one for one in (bundle or {}).get("entry") or () if isinstance(one, dict)]
    held = [(one.get("fullUrl"), one["resource"]) for one in entries if isinstance(one.get("resource"), dict)]
    if len(held) > MOST_DRAFTS:
        raise Refused(400, f"`context.draftOrders` holds more than {MOST_DRAFTS} entries.")
    for _, resource in held:
        _refuse_other_versions(resource)
    products, names = _products(held)
    drafts: list[Draft] = []
    for _, resource in held:
        if resource.get("resourceType") == KIND and _is_for(resource, patient_id):
            taken = {one.reference for one in drafts}
            drafts.append(_draft(resource, len(drafts), taken, names))
    asked = None if selections is None else {relative(one) for one in selections}
    question = [one for one in drafts if asked is None or {one.reference, one.reference.split("/")[1]} & asked]
    return Orders(tuple(drafts), tuple(products), tuple(question))


def _draft(resource: dict[str, Any], number: int, taken: set[str], names: Mapping[str, str]) -> Draft:
    """Whatever stands among draft orders is a draft, unless it says that it is over."""
    read = dict(resource)
    named = resource.get("id")
    if not isinstance(named, str) or not named or f"{KIND}/{named}" in taken:
        read["id"] = f"{UNNAMED}{number + 1}"
    status = resource.get("status")
    if not isinstance(status, str) or status not in OVER:
        read["status"] = "draft"
    product = resource.get("medicationReference")
    if isinstance(product, dict) and (address := names.get(str(product.get("reference")))):
        read["medicationReference"] = {**product, "reference": address}
    return Draft(f"{KIND}/{read['id']}", resource, read)


def _products(held: Sequence[tuple[Any, dict[str, Any]]]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Medication resources, and the address each goes by in this bundle."""
    found: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    for number, (address, resource) in enumerate(held):
        if resource.get("resourceType") != "Medication":
            continue
        named = resource.get("id")
        if not isinstance(named, str) or not named:
            named = f"{UNNAMED}{number + 1}"
        found.append({**resource, "id": named})
        if isinstance(address, str):
            names[address] = f"Medication/{named}"
    return found, names


def _is_for(resource: Mapping[str, Any], patient_id: str) -> bool:
    """Whether the order is for this patient. One that names nobody is: it was drafted in this patient's record."""
    subject = resource.get("subject")
    reference = subject.get("reference") if isinstance(subject, dict) else subject
    if not reference:
        return True
    return isinstance(reference, str) and (
        relative(reference) == f"Patient/{patient_id}" or reference == f"urn:uuid:{patient_id}"
    )


def _refuse_other_versions(resource: Mapping[str, Any]) -> None:
    """DSTU2, STU3 and R5 drafts would lose their dose or their medicine without a word."""
    old = resource.get("resourceType") == "MedicationOrder"
    if resource.get("resourceType") == KIND:
        instructions = resource.get("dosageInstruction")
        rows = instructions if isinstance(instructions, list) else [instructions]
        old = "medication" in resource or any(
            isinstance(row, dict) and ("doseQuantity" in row or "doseRange" in row) for row in rows
        )
    if old:
        raise Refused(400, "`context.draftOrders` holds an order that is not FHIR R4. This service reads FHIR R4.")
