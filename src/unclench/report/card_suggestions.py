"""What a prescriber may accept with one touch: a changed order, a stop date, another first medicine, or no order.

Every order offered here passes the appraisal itself; a test reads each one again and judges it (closed loop).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from unclench.appraisal.findings import Appraisal
from unclench.consult import Opinion
from unclench.knowledge import knowledge
from unclench.knowledge.rows_cards import Replacement
from unclench.ordering import Rooms
from unclench.planning import words as plan_words
from unclench.planning.plan import Candidate
from unclench.planning.supply import supply
from unclench.report.card_draft import by_mouth, grows
from unclench.report.card_links import uuid_of
from unclench.report.card_order import as_asked, same_doses
from unclench.report.card_text import say
from unclench.report.card_tiers import ORDER, OTHER, Ground, lasting, outside, perhaps
from unclench.report.drafts import OrderDraft
from unclench.report.fhir.orders import medication_request
from unclench.report.fhir.parts import RXNORM, coding, concept, days, note, period, quantity
from unclench.report.schema_cards import Action, Suggestion
from unclench.report.wording import counted
from unclench.values import Answer, Verdict

SECOND_BENZODIAZEPINE = "INT-04"
TRUSTED = (Verdict.REASONABLE, Verdict.USABLE_WITH_CHANGES)


def suggestions(
    opinion: Opinion, ground: Ground, order: OrderDraft | None, hook_instance: str, room: Rooms
) -> tuple[Suggestion, ...]:
    """At most one of them is recommended; where two could be, the first is."""
    if order is None:
        return ()
    kept, recommended = [], False
    for one in _offered(opinion, ground, order, hook_instance, room):
        keeps = one.is_recommended and not recommended
        recommended = recommended or keeps
        kept.append(Suggestion(one.label, one.uuid, keeps, one.actions))
    return tuple(kept)


def _offered(
    opinion: Opinion, ground: Ground, order: OrderDraft, hook_instance: str, room: Rooms
) -> Iterator[Suggestion]:
    appraisal, about = opinion.appraisal, ground.tier.about
    if about == OTHER:
        if ground.rule == SECOND_BENZODIAZEPINE:
            yield remove(order, appraisal, hook_instance, "CARD-LABEL-REMOVE-OTHER", recommended=True)
        return
    # Nothing to touch where it could take away what is needed: a renewal after long use, or diazepam for a seizure.
    if about != ORDER or lasting(appraisal) or perhaps(appraisal) or outside(appraisal):
        return
    yield from _changes(opinion, ground, order, hook_instance, room)
    avoided = appraisal.verdict is Verdict.AVOID
    late = avoided or appraisal.verdict is Verdict.NOT_FIRST_LINE
    instead = _replaced(appraisal, order, hook_instance) if late else None
    if instead is not None:
        yield instead
    if late or appraisal.purpose == "continue":
        # Where diazepam is taken already, the draft may be its renewal: to remove it is no sure gain. Where only the
        # amount is at fault, a smaller order may do.
        gains = avoided and appraisal.purpose == "new" and room.smaller is None
        yield remove(order, appraisal, hook_instance, "CARD-LABEL-REMOVE", recommended=gains)


def _changes(
    opinion: Opinion, ground: Ground, order: OrderDraft, hook_instance: str, room: Rooms
) -> Iterator[Suggestion]:
    """The regimen of the plan; then, for an order above its limits, the nearest to it that keeps them."""
    judged = room.smaller or opinion
    if judged.appraisal.purpose != "new" or not _subject(order) or not by_mouth(order.resource):
        return
    chosen = judged.regimen
    if chosen is not None and not as_asked(opinion.appraisal, chosen.regimen):
        sure = judged.appraisal.verdict in TRUSTED and not judged.appraisal.provided_that
        yield from _changed(opinion.appraisal, chosen, order, hook_instance, recommended=sure)
    near = room.nearest
    if near is None or not ground.excess or (chosen is not None and near.regimen == chosen.regimen):
        return
    if not as_asked(opinion.appraisal, near.regimen):
        yield from _changed(opinion.appraisal, near, order, hook_instance, recommended=False)


def remove(order: OrderDraft, appraisal: Appraisal, hook_instance: str, label: str, *, recommended: bool) -> Suggestion:
    """The draft is deleted; the reference is that of draftOrders."""
    law = appraisal.jurisdiction
    action = Action("delete", say("CARD-DO-REMOVE", law), resource_id=order.reference)
    return Suggestion(say(label, law), uuid_of(hook_instance, "remove", order.reference), recommended, (action,))


def _changed(
    appraisal: Appraisal, chosen: Candidate, order: OrderDraft, hook_instance: str, *, recommended: bool
) -> Iterator[Suggestion]:
    """The whole order once more, with the doses, the end and the quantity of this regimen.

    Nothing where a client that applies the medicine alone would make the dose larger.
    """
    law = appraisal.jurisdiction
    resource = medication_request(
        chosen.regimen,
        jurisdiction=law,
        subject=_subject(order),
        ident=order.reference.rpartition("/")[2],
        intent="order",
        supply=supply(chosen.regimen, knowledge(), law),
        rules=chosen.rules,
        like=order.resource,
    )
    if grows(order.resource, resource["medicationCodeableConcept"]["text"]):
        return
    endless = appraisal.request is not None and appraisal.request.days is None
    kind = "STOP" if endless and same_doses(appraisal, chosen.regimen) else "CHANGE"
    action = Action("update", say(f"CARD-DO-{kind}", law), resource=resource)
    label = say(f"CARD-LABEL-{kind}", law, regimen=chosen.words)
    yield Suggestion(label, uuid_of(hook_instance, "change", chosen.id, order.reference), recommended, (action,))


def _replaced(appraisal: Appraisal, order: OrderDraft, hook_instance: str) -> Suggestion | None:
    """A named product of an alternative that its own appraisal offers, and that was not tried."""
    offered = {
        one.id for one in appraisal.alternatives if one.result == "offer" and one.dose and one.tried is not Answer.YES
    }
    rows = (row for row in knowledge().table("replacements") if row.jurisdiction == appraisal.jurisdiction.value)
    row = next((row for row in rows if row.alternative in offered), None)
    if row is None or not _subject(order) or appraisal.purpose != "new":
        return None
    law = appraisal.jurisdiction
    label = say(
        "CARD-LABEL-REPLACE",
        law,
        name=row.name,
        mg=f"{row.mg:g}",
        times=plan_words.times(row.times),
        days=counted(row.days, "day"),
    )
    actions = (
        Action("delete", say("CARD-DO-REMOVE", law), resource_id=order.reference),
        Action("create", say("CARD-DO-CREATE", law, name=row.name), resource=_order_for(row, appraisal, order)),
    )
    return Suggestion(label, uuid_of(hook_instance, "replace", order.reference), True, actions)


def _order_for(row: Replacement, appraisal: Appraisal, order: OrderDraft) -> dict[str, Any]:
    last = appraisal.on + timedelta(days=row.days - 1)
    times = plan_words.times(row.times)
    return {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": concept([coding(RXNORM, row.rxnorm, row.name)], row.name),
        "subject": {"reference": _subject(order)},
        "note": [note(knowledge().say("FHIR-PROPOSAL"))],
        "dosageInstruction": [
            {
                "sequence": 1,
                "text": f"{row.mg:g} mg by mouth {times} for {counted(row.days, 'day')}",
                "timing": {
                    "repeat": {
                        "boundsPeriod": period(appraisal.on, last),
                        "frequency": row.times,
                        "period": 1,
                        "periodUnit": "d",
                    }
                },
                "doseAndRate": [{"doseQuantity": quantity(row.mg, "mg")}],
            }
        ],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": 0,
            "quantity": quantity(row.times * row.days, "tablets", "{tablet}"),
            "expectedSupplyDuration": days(row.days),
        },
    }


def _subject(order: OrderDraft) -> str:
    """The patient as the draft names it, else as the call does; "" where neither does, and then nothing is drafted."""
    subject = order.resource.get("subject")
    given = subject.get("reference") if isinstance(subject, dict) else None
    return given if isinstance(given, str) and given else order.patient
