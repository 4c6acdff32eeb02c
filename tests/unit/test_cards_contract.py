"""Points 53 to 86 of the CDS Hooks checklist that are about cards, each worn by the test that holds it."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.card_factory import (
    BASE,
    DIAZEPAM,
    INSTANCE,
    OXYCODONE,
    call,
    concept,
    every_value,
    order,
    sent,
)
from unclench.knowledge import knowledge
from unclench.report.drafts import SENT, Known
from unclench.report.schema_cards import Action, Card, CardsOut, Link, Source, Suggestion
from unclench.values import EngineError

OPIOID_DRAFT = order("r2", OXYCODONE, "1049621", reason="")

SITUATIONS: dict[str, CardsOut] = {
    "open": call([order()]),
    "above a limit": call([order(mg=20)]),
    "no end": call([order(days=None)], "order-select"),
    "no dose": call([order(mg=None, days=None)]),
    "opioid taken": call([order()], medicines=[OXYCODONE]),
    "opioid drafted too": call([order(), OPIOID_DRAFT]),
    "contraindicated": call([order()], conditions=["Spasm of back muscles", "Myasthenia gravis"]),
    "older": call([order()], born="1950-01-01"),
    "child": call([order()], born="2018-01-01"),
    "woman of 30": call([order()], sex="female", born="1996-01-01"),
    "taken already": call([order()], medicines=[DIAZEPAM]),
    "taken, spasticity": call([order()], medicines=[DIAZEPAM], conditions=["Spasticity"], since="2026-01-01"),
    "two drafts": call([order(), order("r2", mg=2)]),
    "opioid on diazepam": call([OPIOID_DRAFT], medicines=[DIAZEPAM]),
    "sedative on diazepam": call([order("r2", "zolpidem 10 mg", "", reason="")], medicines=[DIAZEPAM]),
    "inhibitor on diazepam": call([order("r2", "fluvoxamine 100 mg", "", reason="")], medicines=[DIAZEPAM]),
    "chart, opioid": call((), "patient-view", medicines=[DIAZEPAM, OXYCODONE]),
    "chart, long": call((), "patient-view", medicines=[DIAZEPAM], since="2026-01-01"),
    "nothing sent": call([order()], conditions=(), known=Known(SENT)),
    "uk": call([order(mg=20)], law="uk"),
}
CARDS = [(name, card) for name, out in SITUATIONS.items() for card in out.cards]
NAMED = [f"{name}: {card.indicator}" for name, card in CARDS]
DRAFTED = {"MedicationRequest/r1", "MedicationRequest/r2"}

each_card = pytest.mark.parametrize("card", [card for _, card in CARDS], ids=NAMED)


def actions_of(card: Card) -> list[Action]:
    return [action for one in card.suggestions for action in one.actions]


@pytest.mark.verifies("O6")
@pytest.mark.point(53)
@pytest.mark.parametrize("name", SITUATIONS)
def test_an_answer_is_an_object_with_cards_and_says_something(name: str) -> None:
    body = sent(SITUATIONS[name])

    assert list(body) == ["cards"]
    assert body["cards"]


@pytest.mark.verifies("O6")
@pytest.mark.point(54, 46)
@pytest.mark.parametrize(
    "draft",
    [
        {"resourceType": "MedicationRequest", "id": "r1", "status": "draft", "subject": {"reference": "Patient/p"}},
        order(text="", code=""),
        order(text="amoxicillin 500 mg", code="", reason="Otitis media"),
    ],
    ids=["no drug yet", "no drug, but a dose", "another drug"],
)
def test_nothing_to_say_is_an_empty_list(draft: dict[str, Any]) -> None:
    assert msgspec.json.encode(call([draft], "order-select")) == b'{"cards":[]}'


@pytest.mark.verifies("O6")
@pytest.mark.point(2, 3)
@pytest.mark.parametrize("name", SITUATIONS)
def test_nothing_empty_is_sent(name: str) -> None:
    for value in every_value(sent(SITUATIONS[name])):
        assert value not in (None, "", [], {}) or value is False


@pytest.mark.verifies("O6")
@pytest.mark.point(56)
@each_card
def test_a_summary_is_one_sentence_below_140_characters(card: Card) -> None:
    assert 0 < len(card.summary) < 140
    assert re.fullmatch(r"[A-Z](?:[^.!?]|\.\d)*\.", card.summary)


@pytest.mark.verifies("O6")
@pytest.mark.point(57)
@each_card
def test_an_indicator_is_one_of_three(card: Card) -> None:
    assert card.indicator in ("info", "warning", "critical")


@pytest.mark.verifies("O6")
@pytest.mark.point(57)
def test_an_indicator_that_the_standard_does_not_know_is_refused() -> None:
    body = sent(SITUATIONS["open"])
    body["cards"][0]["indicator"] = "hard-stop"

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, CardsOut)


@pytest.mark.verifies("O6")
@pytest.mark.point(58, 59, 60)
@each_card
def test_a_source_has_a_label_an_absolute_address_and_a_topic(card: Card) -> None:
    topic = card.source.topic

    assert card.source.label == "Unclench"
    assert card.source.url == f"{BASE}/about"
    assert topic is not None
    assert topic.system == "urn:unclench:rule"
    assert knowledge().has("rules", topic.code)
    assert topic.display


@pytest.mark.verifies("O6")
@pytest.mark.point(61)
@pytest.mark.parametrize("name", SITUATIONS)
def test_every_uuid_is_one_and_is_used_once(name: str) -> None:
    out = SITUATIONS[name]
    ids = [card.uuid for card in out.cards] + [one.uuid for card in out.cards for one in card.suggestions]

    assert len(ids) == len(set(ids))
    assert all(str(UUID(one)) == one for one in ids)


@pytest.mark.verifies("O6")
@pytest.mark.point(61, 86)
def test_a_uuid_hangs_on_hook_instance_rule_and_order_alone() -> None:
    again = call([order()], instance=INSTANCE.upper())
    other_instance = call([order()], instance="00000000-0000-4000-8000-000000000001")
    other_order = call([order("r9")])
    other_rule = call([order()], medicines=[OXYCODONE])
    first = SITUATIONS["open"].cards[0].uuid

    assert again.cards[0].uuid == first
    assert len({first, other_instance.cards[0].uuid, other_order.cards[0].uuid}) == 3
    assert other_rule.cards[0].source.topic != SITUATIONS["open"].cards[0].source.topic or (
        other_rule.cards[0].uuid == first
    )


@pytest.mark.verifies("O6")
@pytest.mark.point(86, 83)
def test_the_same_call_gives_the_same_bytes_and_nothing_is_kept_between_calls() -> None:
    calls = [
        lambda: call([order()], medicines=[OXYCODONE]),
        lambda: call([order(mg=20)]),
        lambda: call([OPIOID_DRAFT], medicines=[DIAZEPAM]),
    ]
    first = [msgspec.json.encode(one()) for one in calls]
    second = [msgspec.json.encode(one()) for one in reversed(calls)][::-1]

    assert first == second


@pytest.mark.verifies("O6")
@pytest.mark.point(86)
def test_only_uuids_change_with_the_hook_instance() -> None:
    one, other = (
        msgspec.json.encode(call([order(mg=20)], instance=instance)).decode()
        for instance in (INSTANCE, "00000000-0000-4000-8000-000000000001")
    )
    uuid = re.compile(r'"uuid":"[0-9a-f-]{36}"')

    assert one != other
    assert uuid.sub("", one) == uuid.sub("", other)


@pytest.mark.verifies("O6")
@pytest.mark.point(64, 65)
@each_card
def test_suggestions_come_with_at_most_one_choice_and_one_recommendation(card: Card) -> None:
    assert bool(card.suggestions) == (card.selection_behavior == "at-most-one")
    assert sum(one.is_recommended for one in card.suggestions) <= 1


@pytest.mark.verifies("O6")
@pytest.mark.point(64, 65)
def test_a_card_that_breaks_these_rules_cannot_be_made() -> None:
    source = Source("Unclench")
    two = tuple(Suggestion("a", "b", is_recommended=True) for _ in range(2))

    for wrong in (
        {"suggestions": two, "selection_behavior": "at-most-one"},
        {"suggestions": two[:1]},
        {"selection_behavior": "at-most-one"},
        {"summary": "x" * 140},
        {"summary": ""},
    ):
        with pytest.raises(EngineError):
            Card(**{"uuid": "u", "summary": "s", "indicator": "info", "source": source, **wrong})


@pytest.mark.verifies("O6")
@pytest.mark.point(66, 67, 68, 80)
@each_card
def test_a_suggestion_has_label_uuid_recommendation_and_actions(card: Card) -> None:
    for one in json.loads(msgspec.json.encode(card)).get("suggestions", ()):
        assert one["label"]
        assert one["uuid"]
        assert isinstance(one["isRecommended"], bool)
        assert one["actions"]
        assert all(action["type"] in ("create", "update", "delete") for action in one["actions"])
        assert all(action["description"] for action in one["actions"])


@pytest.mark.verifies("O6")
@pytest.mark.point(69, 74)
@each_card
def test_an_update_is_the_whole_changed_order_under_its_own_id(card: Card) -> None:
    for action in actions_of(card):
        if action.type == "update":
            resource = action.resource
            assert resource is not None
            assert f"{resource['resourceType']}/{resource['id']}" in DRAFTED
            assert resource["status"] == "draft"
            assert resource["subject"]["reference"] == "Patient/p"
            assert resource["medicationCodeableConcept"]["text"]
            assert resource["medicationCodeableConcept"]["coding"][0]["code"]
            assert resource["dosageInstruction"]
            assert resource["dispenseRequest"]["expectedSupplyDuration"]["value"] >= 1


@pytest.mark.verifies("O6")
@pytest.mark.point(69)
def test_an_update_keeps_what_the_prescriber_wrote_besides_the_dose() -> None:
    draft = order(days=None, priority="urgent", note=[{"text": "as discussed"}])
    resource = actions_of(call([draft]).cards[0])[0].resource

    assert resource is not None
    assert resource["priority"] == "urgent"
    assert resource["reasonCode"] == draft["reasonCode"]
    assert {"text": "as discussed"} in resource["note"]


@pytest.mark.verifies("O6")
@pytest.mark.point(70)
@each_card
def test_a_removal_names_the_draft_and_brings_no_resource(card: Card) -> None:
    for action in json.loads(msgspec.json.encode(actions_of(card))):
        assert ("resourceId" in action) == (action["type"] == "delete")
        assert ("resource" in action) == (action["type"] != "delete")
        assert action["type"] != "delete" or action["resourceId"] in DRAFTED


@pytest.mark.verifies("O6")
@pytest.mark.point(71, 72, 81)
@pytest.mark.parametrize("name", SITUATIONS)
def test_actions_go_in_order_and_nothing_is_done_by_the_system(name: str) -> None:
    text = msgspec.json.encode(SITUATIONS[name]).decode()
    rank = {"delete": 0, "create": 1, "update": 2}

    assert "systemActions" not in text
    assert "actionSelectionBehavior" not in text
    for card in SITUATIONS[name].cards:
        for one in card.suggestions:
            kinds = [rank[action.type] for action in one.actions]
            assert kinds == sorted(kinds)


@pytest.mark.verifies("O6")
@pytest.mark.point(74)
@each_card
def test_a_changed_dose_stands_in_the_label(card: Card) -> None:
    """Some clients apply only the medicine of a suggestion, so a person must be able to read the dose."""
    for one in card.suggestions:
        if any(action.type != "delete" for action in one.actions):
            assert re.search(r"\d+(\.\d+)? mg .* for \d+ days?|; \d+ days? in all", one.label)


@pytest.mark.verifies("O6")
@pytest.mark.point(75, 76)
@each_card
def test_override_reasons_are_published_codes_with_displays(card: Card) -> None:
    rows = {row.code: row for row in knowledge().table("override_reasons")}

    assert card.override_reasons
    for reason in card.override_reasons:
        assert reason.system == "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
        assert reason.display == rows[reason.code].display


@pytest.mark.verifies("O6")
@pytest.mark.point(77, 78, 79)
@each_card
def test_links_are_absolute_and_open_nothing_by_themselves(card: Card) -> None:
    assert card.links
    for link in json.loads(msgspec.json.encode(card.links)):
        assert set(link) == {"label", "url", "type"}
        assert link["type"] == "absolute"
        # A rule and nothing else: never age, sex, a condition, a medicine or a genotype.
        assert re.fullmatch(rf"{re.escape(BASE)}/(rules/[A-Z0-9-]+|\?rule=[A-Z0-9-]+|taper)", link["url"])
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"label": "a", "url": "b", "type": "smart"}, Link)


@pytest.mark.verifies("O6")
@pytest.mark.point(84, 85)
@pytest.mark.parametrize("name", SITUATIONS)
def test_the_most_urgent_comes_first_and_information_at_most_once(name: str) -> None:
    told = [card.indicator for card in SITUATIONS[name].cards]

    assert told == sorted(told, key=["critical", "warning", "info"].index)
    assert told.count("info") <= 1


@pytest.mark.verifies("O6")
@pytest.mark.point(45)
def test_only_what_is_selected_is_judged() -> None:
    drafts = [order(), order("r2", "amoxicillin 500 mg", "", reason="Otitis media")]

    assert call(drafts, "order-select", select=["r2"], medicines=[OXYCODONE]).cards == ()
    assert len(call(drafts, "order-select", select=["r1"], medicines=[OXYCODONE]).cards) == 1


@pytest.mark.verifies("O6")
@pytest.mark.point(45, 125)
def test_drafts_that_are_not_selected_are_context() -> None:
    drafts = [order(), OPIOID_DRAFT]
    of_diazepam = call(drafts, "order-select", select=["r1"]).cards
    of_opioid = call(drafts, "order-select", select=["r2"]).cards

    assert [card.indicator for card in of_diazepam] == ["warning"]
    assert [card.indicator for card in of_opioid] == ["warning"]
    assert of_opioid[0].summary.startswith("Opioid with diazepam")


@pytest.mark.verifies("O6")
@pytest.mark.point(125)
@pytest.mark.parametrize(
    ("drafts", "taken", "warnings"),
    [
        ([order(), OPIOID_DRAFT], [], 1),
        ([order()], [OXYCODONE], 1),
        ([OPIOID_DRAFT], [DIAZEPAM], 1),
        ([OPIOID_DRAFT], [], 0),
        ([OPIOID_DRAFT], ["lisinopril 10 mg"], 0),
        ([OPIOID_DRAFT, order("r3", "morphine 10 mg", "", reason="")], [DIAZEPAM], 1),
    ],
    ids=["both drafted", "opioid taken", "diazepam taken", "no pair", "no pair either", "two opioids"],
)
def test_a_pair_that_interacts_gives_exactly_one_warning(
    drafts: list[dict[str, Any]], taken: list[str], warnings: int
) -> None:
    cards = call(drafts, medicines=taken).cards

    assert [card.indicator for card in cards] == ["warning"] * warnings


@pytest.mark.verifies("O6")
@pytest.mark.point(47, 49)
@pytest.mark.parametrize(
    "drug",
    [
        concept("", "197591"),
        concept("", "3322"),
        concept("", "N05BA01", "http://www.whocc.no/atc"),
        concept("diazepam"),
        concept("Valium 5 mg tablet"),
    ],
    ids=["RxNorm product", "RxNorm ingredient", "ATC", "text", "brand"],
)
def test_diazepam_is_known_by_code_or_by_name(drug: dict[str, Any]) -> None:
    cards = call([order(medicationCodeableConcept=drug)], medicines=[OXYCODONE]).cards

    assert [card.indicator for card in cards] == ["warning"]


@pytest.mark.verifies("O6")
@pytest.mark.point(47)
def test_orders_as_a_real_client_sends_them() -> None:
    """`category` and `reasonCode` as objects, a dose in {pill}: judged all the same, and sent back valid."""
    dose = {"value": 2, "system": "http://unitsofmeasure.org", "code": "{pill}"}
    draft = order(
        category={"coding": [{"code": "community"}]},
        reasonCode={"text": "Muscle spasm"},
        dosageInstruction=[
            {
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": dose}],
            }
        ],
        days=30,
    )
    out = call([draft])

    assert [card.indicator for card in out.cards] == ["warning"]
    changed = [action.resource for action in actions_of(out.cards[0]) if action.resource]
    assert changed
    assert all(isinstance(one["category"], list) and isinstance(one["reasonCode"], list) for one in changed)


@pytest.mark.verifies("O6")
@pytest.mark.point(123)
@pytest.mark.parametrize("name", SITUATIONS)
def test_no_patient_data_in_summary_topic_or_addresses(name: str) -> None:
    """What a record says stands in the detail alone."""
    marks = ("Spasm of back", "oxycodone", "1984", "1950", "Patient/p", "fluvoxamine", "zolpidem", "2026-10-01")
    for card in SITUATIONS[name].cards:
        open_to_all = [card.summary, *(link.url for link in card.links), card.source.url]
        assert card.source.topic is not None
        open_to_all += [card.source.topic.code, card.source.topic.display]
        assert [mark for mark, text in product(marks, open_to_all) if mark.lower() in text.lower()] == []


@pytest.mark.verifies("O6")
def test_what_was_not_sent_is_named_and_never_taken_for_absent() -> None:
    card = SITUATIONS["nothing sent"].cards[0]

    assert "Not sent and not fetched: age and sex, the problem list, the medication list" in card.detail
    assert "not taken for absent" in card.detail


@pytest.mark.verifies("O6")
@each_card
def test_every_card_says_that_no_clinician_has_reviewed_it_and_what_it_was_made_with(card: Card) -> None:
    assert "Not yet reviewed by a clinician" in card.detail
    assert knowledge().edition in card.detail


@pytest.mark.verifies("O6", "A7")
def test_who_takes_it_for_long_is_told_of_a_taper_with_a_link() -> None:
    for name in ("taken already", "chart, long"):
        card = SITUATIONS[name].cards[0]
        assert "sudden" in card.summary
        assert any(link.url.startswith(f"{BASE}/taper") for link in card.links)
        assert not any(one.is_recommended for one in card.suggestions)


@pytest.mark.verifies("O6")
def test_the_second_of_two_drafts_is_told_apart_and_may_be_removed() -> None:
    warning, info = SITUATIONS["two drafts"].cards

    assert (warning.indicator, info.indicator) == ("warning", "info")
    assert [action.resource_id for action in actions_of(warning)] == ["MedicationRequest/r2"]
