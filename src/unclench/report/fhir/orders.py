"""A regimen as a MedicationRequest of FHIR R4: a proposal with its doses in sequence, or a draft with them replaced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from unclench.knowledge import knowledge
from unclench.planning.plan import Supply
from unclench.record.codes import Code
from unclench.report.fhir.dosage import dosage
from unclench.report.fhir.drafts import identity, kept
from unclench.report.fhir.parts import Json, days, filled, note, period, quantity, recorded, reference
from unclench.report.fhir.products import counted, medication
from unclench.values import Jurisdiction, Regimen

Reasons = Sequence[tuple[Sequence[Code], str]]


def medication_request(
    regimen: Regimen,
    *,
    jurisdiction: Jurisdiction,
    subject: str,
    ident: str,
    status: str = "draft",
    intent: str = "proposal",
    supply: Supply | None = None,
    reason: Reasons = (),
    rules: Iterable[str] = (),
    like: dict[str, Any] | None = None,
) -> Json:
    """A complete MedicationRequest for a regimen.

    `subject`: the reference of the patient ("Patient/1"). `supply`: what to dispense; without it the product is named
    by its ingredient and the quantity in mg. `rules`: ids of the rules that shaped the regimen. `like`: a draft whose
    id and other valid parts are kept, its intent too, while product, doses and supply are replaced. It may be sloppy;
    the result is not.
    """
    draft = kept(like) if like is not None else {}
    return filled(
        resourceType="MedicationRequest",
        id=identity(like, ident),
        identifier=draft.get("identifier"),
        status=status,
        intent=draft.get("intent", intent),
        category=draft.get("category"),
        priority=draft.get("priority"),
        medicationCodeableConcept=medication(regimen, jurisdiction, supply),
        subject=draft.get("subject") or reference(subject),
        encounter=draft.get("encounter"),
        authoredOn=draft.get("authoredOn"),
        requester=draft.get("requester"),
        performer=draft.get("performer"),
        performerType=draft.get("performerType"),
        recorder=draft.get("recorder"),
        reasonCode=draft.get("reasonCode") or [recorded(codes, text) for codes, text in reason if codes or text],
        reasonReference=draft.get("reasonReference"),
        basedOn=draft.get("basedOn"),
        groupIdentifier=draft.get("groupIdentifier"),
        courseOfTherapyType=draft.get("courseOfTherapyType"),
        insurance=draft.get("insurance"),
        note=[*draft.get("note", ()), *_notes(supply, tuple(rules))],
        dosageInstruction=dosage(regimen),
        dispenseRequest=_dispense(regimen, supply),
    )


def _notes(supply: Supply | None, rules: tuple[str, ...]) -> list[Json]:
    say = knowledge().say
    out = [note(say("FHIR-PROPOSAL"))]
    if supply is not None:
        out.append(note(say("FHIR-DISPENSE", what=counted(supply).rstrip("."))))
    if rules:
        out.append(note(say("FHIR-RULES", rules=", ".join(dict.fromkeys(rules)))))
    return out


def _dispense(regimen: Regimen, supply: Supply | None) -> Json:
    return {
        "validityPeriod": period(regimen.start, regimen.last_day),
        "numberOfRepeatsAllowed": 0,
        "quantity": _quantity(regimen, supply),
        "expectedSupplyDuration": days(regimen.days),
    }


def _quantity(regimen: Regimen, supply: Supply | None) -> Json:
    """Of one product its tablets or mL; of several, whose numbers do not add up to anything, the mg in all."""
    if supply is None:
        return quantity(regimen.total_mg, "mg")
    if len(supply.lines) > 1:
        return quantity(supply.total_mg, "mg")
    count: Decimal = supply.lines[0].count
    if regimen.form == "tablet":
        return quantity(count, "tablet" if count == 1 else "tablets", "{tablet}")
    return quantity(count, "mL")
