"""What is said at the moment of ordering: at most one primary card for an order; nothing where nothing is to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unclench.appraisal.judge import open_title
from unclench.consult import Opinion
from unclench.knowledge import knowledge
from unclench.ordering import Rooms, room_for
from unclench.report.card_detail import detail, made
from unclench.report.card_links import links, override_reasons, source_of, uuid_of
from unclench.report.card_suggestions import remove, suggestions
from unclench.report.card_text import inside, own, say
from unclench.report.card_tiers import ORDER, OTHER, Ground, ground_of, lasting, perhaps
from unclench.report.drafts import ALL_SENT, Known, OrderDraft
from unclench.report.schema_cards import RANK, SUMMARY_BELOW, Card, CardsOut, Hook
from unclench.report.wording import counted
from unclench.values import Answer, Jurisdiction

TWO_DRAFTS = "USE-01"
MOST_TOLD = 3  # points in one sentence


@dataclass(frozen=True, slots=True)
class Call:
    """What all cards of one call share."""

    hook: Hook
    hook_instance: str
    base_url: str  # where the pages are, without a slash at the end
    known: Known = ALL_SENT


def answer(
    judged: Sequence[tuple[OrderDraft | None, Opinion]],
    *,
    hook: Hook,
    hook_instance: str,
    base_url: str,
    known: Known = ALL_SENT,
) -> CardsOut:
    """The whole answer of one call: the cards of every order in question, worst first, each pair told once.

    `judged`: for order hooks each selected draft with the opinion on `draft_orders.facing` it; for patient-view one
    pair of None and the opinion. At most one card of information is kept.
    """
    call = Call(hook, hook_instance, base_url, known)
    of_diazepam: list[Card] = []
    of_others: list[Card] = []
    seen = False
    for order, opinion in judged:
        if order is not None and order.is_diazepam is Answer.YES and seen:
            of_diazepam.append(_second_draft(opinion, order, call))
            continue
        found = _cards(opinion, order, call)
        diazepam = order is None or order.is_diazepam is Answer.YES
        seen = seen or diazepam
        (of_diazepam if diazepam else of_others).extend(found)
    # A pair is told once: on the card for diazepam, where there is one, since what was drafted beside it counts there;
    # and the same rule once, however many other orders it is about.
    told = of_diazepam or list({one.source.topic: one for one in reversed(of_others)}.values())[::-1]
    return CardsOut(tuple(_ranked(told)))


def _ranked(cards: Sequence[Card]) -> list[Card]:
    most = int(knowledge().limit("CARD-INFO", "1"))
    loud = [one for one in cards if one.indicator != "info"]
    quiet = [one for one in cards if one.indicator == "info"][:most]
    return sorted((*loud, *quiet), key=lambda one: RANK[one.indicator])


def cards_of(
    opinion: Opinion,
    *,
    hook: Hook,
    hook_instance: str,
    order: OrderDraft | None,
    base_url: str,
    known: Known = ALL_SENT,
) -> tuple[Card, ...]:
    """The card of one order, or of one patient view where `order` is None; nothing where nothing is to be said."""
    return _cards(opinion, order, Call(hook, hook_instance, base_url, known))


def _cards(opinion: Opinion, order: OrderDraft | None, call: Call) -> tuple[Card, ...]:
    ground = ground_of(opinion, order, call.hook)
    if ground is None:
        return ()
    room = room_for(opinion) if ground.tier.about == ORDER else Rooms()
    return (_card(opinion, ground, order, call, room),)


def _card(opinion: Opinion, ground: Ground, order: OrderDraft | None, call: Call, room: Rooms) -> Card:
    appraisal = opinion.appraisal
    rule = ground.rule
    offered = suggestions(opinion, ground, order, call.hook_instance, room)
    taper = appraisal.current_use.answer is Answer.YES and appraisal.taper_need != "none" and ground.tier.about != OTHER
    return Card(
        uuid=uuid_of(call.hook_instance, rule, order.reference if order else ""),
        summary=summary(opinion, ground),
        indicator=ground.indicator,
        source=source_of(rule, _title(rule, appraisal.jurisdiction), call.base_url),
        detail=detail(opinion, ground, call.known, room.smaller),
        selection_behavior="at-most-one" if offered else "",
        suggestions=offered,
        override_reasons=override_reasons(),
        links=links(rule, call.base_url, appraisal.jurisdiction, taper=taper),
    )


def summary(opinion: Opinion, ground: Ground) -> str:
    """One sentence of what to do, and what tells most. Nothing in it was written by the record."""
    appraisal = opinion.appraisal
    use = appraisal.current_use.duration_days_low

    def with_reason(reason: str) -> str:
        return say(
            ground.tier.say_taken if ground.tier.say_taken and lasting(appraisal) else ground.tier.say,
            appraisal.jurisdiction,
            reason=reason,
            count=counted(len(appraisal.provided_that), "question"),
            days=counted(use, "day") if use is not None else "an unknown time",
        )

    told = [own(one, appraisal.jurisdiction) for one in reasons(ground)]
    said = with_reason(told[0])
    for number in range(2, min(len(told), MOST_TOLD) + 1):
        longer = with_reason("; ".join(told[:number]))
        said = longer if len(longer) < SUMMARY_BELOW else said
    return said


def reasons(ground: Ground) -> list[str]:
    """What holds, in our own words. What the order is above is told before the rule that says so."""
    if ground.excess:
        return [one.words for one in ground.excess]
    first = ground.findings[0]
    if first.answer is Answer.CANNOT_SAY:
        return list(dict.fromkeys(inside(open_title(one)) for one in ground.findings))
    return [inside(first.title)]


def _title(rule: str, jurisdiction: Jurisdiction) -> str:
    return own(knowledge().get("rules", rule).title, jurisdiction)


def _second_draft(opinion: Opinion, order: OrderDraft, call: Call) -> Card:
    """Two orders for diazepam in one call: the second is told apart and may be removed."""
    law = opinion.appraisal.jurisdiction
    # Beside present use the two may be the strengths of one taper: then neither is sure to be one too many.
    sure = opinion.appraisal.purpose == "new" and not perhaps(opinion.appraisal)
    offered = remove(order, opinion.appraisal, call.hook_instance, "CARD-LABEL-REMOVE", recommended=sure)
    return Card(
        uuid=uuid_of(call.hook_instance, TWO_DRAFTS, order.reference),
        summary=say("CARD-TWO-DRAFTS", law),
        indicator="warning",
        source=source_of(TWO_DRAFTS, _title(TWO_DRAFTS, law), call.base_url),
        detail="\n\n".join((say("CARD-TWO-DRAFTS-DETAIL", law), made(opinion))),
        selection_behavior="at-most-one",
        suggestions=(offered,),
        override_reasons=override_reasons(),
        links=links(TWO_DRAFTS, call.base_url, law, taper=False),
    )
