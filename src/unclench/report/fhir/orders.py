"""A regimen as a MedicationRequest of FHIR R4: a proposal with its doses in sequence, or a draft with them replaced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from unclench.knowledge import knowledge
from unclench.planning.plan import Supply
from unclench.record.codes import Code
from unclench.report import wording as words
from unclench.report.fhir.dosage import dosage
from unclench.report.fhir.drafts import identity, kept
from unclench.report.fhir.narrative import narrative
from unclench.report.fhir.parts import Json, days, filled, period, quantity, recorded, reference, remarks
from unclench.report.fhir.products import counted, medication
from unclench.values import Jurisdiction, Regimen

TABLET = "tablet"
Reasons = Sequence[tuple[Sequence[Code], str]]


def medication_request(
    regimen: Regimen,
    *,
    jurisdiction: Jurisdiction,
    subject: str | Json,
    ident: str,
    status: str = "draft",
    intent: str = "proposal",
    supply: Supply | None = None,
    products: Sequence[str] = (),
    reason: Reasons = (),
    rules: Iterable[str] = (),
    notes: Iterable[str] = (),
    like: dict[str, Any] | None = None,
) -> Json:
    """A complete MedicationRequest for a regimen.

    `subject`: the reference of the patient: "Patient/1", or the whole of it. `supply`: what to dispense; without it
    the quantity is in mg, and the product that of `products` (ids), or else its ingredient. `rules`: ids of the rules
    that shaped the regimen. `notes`: what it holds on. `like`: a draft whose id and other valid parts are kept, its
    intent too, while product, doses and supply are replaced. It may be sloppy; the result is not.
    """
    draft = kept(like) if like is not None else {}
    made_of = [line.product for line in supply.lines] if supply is not None else products
    medicine, doses = medication(regimen, jurisdiction, made_of), dosage(regimen)
    told = _told(supply, tuple(rules), tuple(notes))
    return filled(
        resourceType="MedicationRequest",
        id=identity(like, ident),
        text=narrative(medicine["text"], (one["text"] for one in doses), told),
        identifier=draft.get("identifier"),
        status=status,
        intent=draft.get("intent", intent),
        category=draft.get("category"),
        priority=draft.get("priority"),
        medicationCodeableConcept=medicine,
        subject=draft.get("subject") or (reference(subject) if isinstance(subject, str) else subject),
        encounter=draft.get("encounter"),
        authoredOn=draft.get("authoredOn"),
        requester=draft.get("requester"),
        performer=draft.get("performer"),
        performerType=draft.get("performerType"),
        recorder=draft.get("recorder"),
        reasonCode=draft.get("reasonCode") or [made for codes, text in reason if (made := recorded(codes, text))],
        reasonReference=draft.get("reasonReference"),
        basedOn=draft.get("basedOn"),
        groupIdentifier=draft.get("groupIdentifier"),
        courseOfTherapyType=draft.get("courseOfTherapyType"),
        insurance=draft.get("insurance"),
        note=[*draft.get("note", ()), *remarks(told)],
        dosageInstruction=doses,
        dispenseRequest=_dispense(regimen, supply),
    )


def _told(supply: Supply | None, rules: tuple[str, ...], notes: tuple[str, ...]) -> list[str]:
    say = knowledge().say
    out = [say("FHIR-PROPOSAL"), *(text for text in notes if words.clean(text))]
    if supply is not None:
        out.append(say("FHIR-DISPENSE", what=counted(supply).rstrip(".")))
    if rules:
        out.append(say("FHIR-RULES", rules=", ".join(dict.fromkeys(rules))))
    return out


def _dispense(regimen: Regimen, supply: Supply | None) -> Json:
    return {
        "validityPeriod": period(regimen.start, regimen.last_day),
        "numberOfRepeatsAllowed": 0,
        "quantity": supplied(supply) if supply is not None else quantity(regimen.total_mg, "mg"),
        "expectedSupplyDuration": days(regimen.days),
    }


def supplied(supply: Supply) -> Json:
    """Of one product its tablets or mL; of several, whose numbers do not add up to anything, the mg in all."""
    if len(supply.lines) > 1:
        return quantity(supply.total_mg, "mg")
    only = supply.lines[0]
    if knowledge().get("products", only.product).form == TABLET:
        return quantity(only.count, "tablet" if only.count == 1 else "tablets", "{tablet}")
    return quantity(only.count, "mL")
