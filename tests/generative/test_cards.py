"""What holds for the cards of anybody, at any hook, under either law."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.card_factory import BASE, ON, every_value, judged_again, of_person, request_of, sent
from tests.generative.people import people, typed
from unclench.appraisal.findings import Finding
from unclench.appraisal.judge import matters
from unclench.consult import Opinion
from unclench.knowledge import knowledge
from unclench.record import read
from unclench.record.patient import Patient
from unclench.report.card_tiers import outside
from unclench.report.schema_cards import Card, CardsOut
from unclench.values import Answer, Effect, Verdict

HOOKS = st.sampled_from(("order-select", "order-sign", "patient-view"))
LAWS = st.sampled_from(("us", "uk"))


def patient_of(person: dict[str, Any]) -> Patient:
    return read(typed(person), on=ON)


def blocks(opinion: Opinion) -> bool:
    return any(one.answer is Answer.YES and one.effect is Effect.BLOCK for one in opinion.appraisal.findings)


def waiting(opinion: Opinion) -> list[Finding]:
    """What is open and could make the verdict worse."""
    return [one for one in opinion.appraisal.findings if one.answer is Answer.CANNOT_SAY and matters(one)]


def known(opinion: Opinion) -> set[str]:
    return {one.rule for one in opinion.appraisal.findings}


@pytest.mark.verifies("O6", "W2")
@pytest.mark.point(2, 3, 53, 56, 57, 58, 60, 61, 64, 65, 66, 67, 68, 75, 77, 85)
@given(people(), HOOKS, LAWS)
def test_every_answer_keeps_the_standard(person: dict[str, Any], hook: Any, law: str) -> None:
    opinion, cards = of_person(patient_of(person), hook, law=law)
    body = sent(CardsOut(cards))

    assert len(cards) <= 1
    assert all(value not in (None, "", [], {}) or value is False for value in every_value(body["cards"]) if value != [])
    for card in cards:
        assert 0 < len(card.summary) < 140
        assert re.fullmatch(r"[A-Z](?:[^.!?]|\.\d)*\.", card.summary)
        assert card.source.topic is not None
        assert knowledge().has("rules", card.source.topic.code)
        assert bool(card.suggestions) == bool(card.selection_behavior)
        assert sum(one.is_recommended for one in card.suggestions) <= 1
        assert all(one.label and one.uuid and one.actions for one in card.suggestions)
        assert len({card.uuid, *(one.uuid for one in card.suggestions)}) == 1 + len(card.suggestions)
        assert all(link.url.startswith(f"{BASE}/") for link in card.links)
        assert "Not yet reviewed by a clinician" in card.detail
    assert opinion.appraisal.verdict is not None or not cards


@pytest.mark.verifies("O6", "A8")
@pytest.mark.point(57)
@given(people(), HOOKS, LAWS)
def test_critical_means_a_contraindication_and_a_contraindication_is_never_missed(
    person: dict[str, Any], hook: Any, law: str
) -> None:
    opinion, cards = of_person(patient_of(person), hook, law=law)
    critical = [card for card in cards if card.indicator == "critical"]

    if hook == "patient-view" or opinion.appraisal.verdict is None:
        assert critical == []
    else:
        assert bool(critical) == blocks(opinion)


@pytest.mark.verifies("O6", "A8")
@given(people(), st.sampled_from(("order-select", "order-sign")), LAWS)
def test_avoid_is_never_silent_and_silence_never_hides_a_known_finding_that_matters(
    person: dict[str, Any], hook: Any, law: str
) -> None:
    opinion, cards = of_person(patient_of(person), hook, law=law)
    verdict = opinion.appraisal.verdict

    # Asked to stop, the verdict is about stopping; no order says that, so no card has to.
    if verdict is Verdict.AVOID and not outside(opinion.appraisal) and opinion.appraisal.purpose != "stop":
        assert cards
        assert cards[0].indicator in ("critical", "warning")
    if verdict is Verdict.NOT_FIRST_LINE:
        assert cards
    dangers = (one.effect is Effect.BLOCK or one.cause in ("opioid", "pregnancy") for one in waiting(opinion))
    if hook == "order-sign" and opinion.appraisal.provided_that and any(dangers):
        assert cards
    if verdict is Verdict.REASONABLE:
        assert all(card.indicator == "info" for card in cards)


@pytest.mark.verifies("O6", "P1", "P2")
@pytest.mark.point(69, 73)
@given(people(), st.sampled_from(("order-select", "order-sign")), LAWS)
def test_every_suggested_order_passes_the_appraisal_itself(person: dict[str, Any], hook: Any, law: str) -> None:
    """Closed loop: what a card offers is read again as a draft and judged: never *avoid*, never above a limit."""
    patient = patient_of(person)
    opinion, cards = of_person(patient, hook, law=law)
    for resource in suggested(cards):
        asked = request_of(resource)
        again = judged_again(patient, resource, law=law).appraisal
        dosage, limits = asked.dosage, again.limits
        assert again.verdict is not None
        assert again.verdict is not Verdict.AVOID, again.verdict_because
        assert dosage.mg_per_dose is not None
        assert (dosage.mg_per_dose_max or dosage.mg_per_dose) <= limits.dose_max_mg
        assert daily(resource) <= limits.day_max_mg
        assert asked.days is not None
        assert asked.days <= limits.days_max
        assert asked.refills == 0
        original = opinion.appraisal.request
        assert original is None or original.days is None or asked.days <= original.days


@pytest.mark.verifies("O6", "A7")
@given(people(), HOOKS, LAWS)
def test_nobody_who_takes_it_is_told_to_stop_at_once(person: dict[str, Any], hook: Any, law: str) -> None:
    opinion, cards = of_person(patient_of(person), hook, law=law)
    if opinion.appraisal.current_use.answer is Answer.YES and opinion.appraisal.taper_need != "none":
        for card in cards:
            assert card.suggestions == ()
            assert any(link.url.startswith(f"{BASE}/taper") for link in card.links)


@pytest.mark.verifies("O6")
@pytest.mark.point(86)
@given(people(), HOOKS)
def test_the_same_input_gives_the_same_card(person: dict[str, Any], hook: Any) -> None:
    assert of_person(patient_of(person), hook)[1] == of_person(patient_of(person), hook)[1]


@pytest.mark.verifies("O6")
@given(people(), LAWS)
def test_what_is_said_while_ordering_is_said_at_signing_too(person: dict[str, Any], law: str) -> None:
    patient = patient_of(person)
    _, early = of_person(patient, "order-select", law=law)
    _, late = of_person(patient, "order-sign", law=law)

    assert not early or early == late


def suggested(cards: tuple[Card, ...]) -> list[dict[str, Any]]:
    return [
        action.resource
        for card in cards
        for one in card.suggestions
        for action in one.actions
        if action.type == "update" and action.resource is not None
    ]


def daily(resource: dict[str, Any]) -> Decimal:
    """The most on any day, from the resource alone."""
    days: dict[date, Decimal] = {}
    for one in resource["dosageInstruction"]:
        repeat = one["timing"]["repeat"]
        mg = Decimal(str(one["doseAndRate"][0]["doseQuantity"]["value"]))
        times = len(repeat["timeOfDay"]) if "timeOfDay" in repeat else repeat["frequency"]
        first = date.fromisoformat(repeat["boundsPeriod"]["start"])
        last = date.fromisoformat(repeat["boundsPeriod"]["end"])
        for number in range(first.toordinal(), last.toordinal() + 1):
            on = date.fromordinal(number)
            days[on] = days.get(on, Decimal(0)) + mg * times
    return max(days.values())
