"""What can be accepted with one touch: read again, judged again, and never better for a renewal than silence."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

import pytest
import yaml

from tests.card_factory import DIAZEPAM, ON, call, judged_again, of_person, order, record, request_of
from tests.generative.test_cards import daily, suggested
from tests.spec.conftest import PERSON
from unclench.appraisal.findings import Finding
from unclench.consult import opinion_of
from unclench.record import read
from unclench.record.patient import Patient
from unclench.report.schema_cards import Action, Card
from unclench.values import Answer, Verdict

REQUESTS = (
    "diazepam 20 mg twice a day for 5 days",
    "diazepam 10 mg four times a day for 14 days",
    "diazepam 5 mg three times a day",
    "diazepam 5 mg at night for 10 days",
    "diazepam 5 mg three times a day for 40 days",
    "diazepam 10 mg at night for 7 days",
    "diazepam 2 to 5 mg three times a day for 7 days",
    "diazepam 5 mg three times a day for 7 days with 2 refills",
    "diazepam 5 mg as needed",
    "diazepam for muscle spasm",
)
AGES = (19, 42, 64, 66, 88)
PROBLEMS = ("", "Asthma", "Depression", "Multiple sclerosis", "Obesity")
MEDICINES = ("", "fluvoxamine 100 mg once a day", "rifampicin 600 mg once a day")
MANY = 300


def person(request: str, **changes: Any) -> Patient:
    made = copy.deepcopy(PERSON)
    made["request"] = request
    made["patient"]["age"] = changes.get("age", 42)
    if changes.get("problem"):
        made["problems"].append({"name": changes["problem"], "since": "2026-06-01"})
    if changes.get("medicine"):
        made["medications"].append(f"{changes['medicine']}, since 2026-10-01")
    made["answers"] |= changes.get("answers", {})
    if "medications" in changes:
        made["medications"] = changes["medications"]
    return read(yaml.safe_dump(made, sort_keys=False).encode(), on=ON)


def labels(card: Card) -> list[str]:
    return [one.label for one in card.suggestions]


def actions(card: Card, kind: str) -> list[Action]:
    return [action for one in card.suggestions for action in one.actions if action.type == kind]


@pytest.mark.verifies("O6", "P1", "P2")
@pytest.mark.point(69, 73)
@pytest.mark.parametrize("law", ["us", "uk"])
def test_every_suggested_order_is_read_again_and_keeps_every_limit(law: str) -> None:
    """Closed loop over every mix of order, age, problem and medicine; and there must be many such suggestions."""
    found = 0
    for request, age, problem, medicine in product(REQUESTS, AGES, PROBLEMS, MEDICINES):
        if (age, problem, medicine).count("") + (age == 42) < 2:
            continue
        patient = person(request, age=age, problem=problem, medicine=medicine)
        opinion, cards = of_person(patient, law=law)
        for resource in suggested(cards):
            found += 1
            asked, again = request_of(resource), judged_again(patient, resource, law=law).appraisal
            case = f"{request}, {age}, {problem}, {medicine}: {resource['dosageInstruction']}"
            assert again.verdict not in (None, Verdict.AVOID), case
            mg = asked.dosage.mg_per_dose_max or asked.dosage.mg_per_dose
            assert mg is not None, case
            assert mg <= again.limits.dose_max_mg, case
            assert daily(resource) <= again.limits.day_max_mg, case
            assert asked.days is not None, case
            assert asked.days <= again.limits.days_max, case
            wanted = opinion.appraisal.request
            assert wanted is None or wanted.days is None or asked.days <= wanted.days, case
    assert found > MANY / 3


@pytest.mark.verifies("O6")
def test_a_stop_date_is_added_and_nothing_else_changes() -> None:
    _, (card,) = of_person(person("diazepam 5 mg three times a day"))
    (action,) = actions(card, "update")

    assert labels(card) == ["Add a stop date: 5 mg three times a day for 7 days"]
    assert action.resource is not None
    asked = request_of(action.resource)
    assert (asked.dosage.mg_per_dose, asked.dosage.doses_per_day, asked.days) == (5, 3, 7)


@pytest.mark.verifies("O6")
def test_beside_the_least_dose_the_nearest_to_what_is_asked_is_offered() -> None:
    card = call([order(days=None)]).cards[0]

    assert labels(card) == ["Change to 2 mg at night for 7 days", "Add a stop date: 5 mg three times a day for 7 days"]


@pytest.mark.verifies("O6")
def test_nothing_is_recommended_while_a_danger_is_not_ruled_out() -> None:
    for draft in (order(), order(mg=20), order(days=None)):
        assert not any(one.is_recommended for one in call([draft]).cards[0].suggestions)


@pytest.mark.verifies("O6")
@pytest.mark.point(69, 70, 71)
def test_a_first_medicine_replaces_the_order_where_its_own_appraisal_says_offer() -> None:
    patient = person(
        "diazepam 2 mg twice a day for 5 days",
        medications=["omeprazole 20 mg once a day, since 2026-10-01"],
        answers={"tried-nsaid": "not-tried"},
    )
    opinion, (card,) = of_person(patient)
    first = card.suggestions[0]

    assert {one.id: one.result for one in opinion.appraisal.alternatives}["ALT-07-NAPROXEN"] == "offer"
    assert first.label == "Order naproxen 500 mg tablet instead: 500 mg twice a day for 7 days"
    assert first.is_recommended
    assert [action.type for action in first.actions] == ["delete", "create"]
    created = first.actions[1].resource
    assert created is not None
    assert created["medicationCodeableConcept"]["coding"][0]["code"] == "198014"
    assert "id" not in created


@pytest.mark.verifies("O6")
@pytest.mark.parametrize(
    ("law", "medicine", "tried"),
    [
        ("us", "lisinopril 10 mg once a day", "not-tried"),
        ("us", "warfarin 3 mg once a day", "not-tried"),
        ("us", "omeprazole 20 mg once a day", "failed"),
        ("uk", "omeprazole 20 mg once a day", "not-tried"),
    ],
    ids=["only with care", "it would harm", "tried already", "no code known here"],
)
def test_no_other_medicine_is_offered_by_name_otherwise(law: str, medicine: str, tried: str) -> None:
    patient = person(
        "diazepam 2 mg twice a day for 5 days",
        medications=[f"{medicine}, since 2026-10-01"],
        answers={"tried-nsaid": tried, "tried-relaxant": "not-tried"},
    )
    _, cards = of_person(patient, law=law)

    assert cards
    assert not any(actions(card, "create") for card in cards)


@pytest.mark.verifies("O6", "A7")
def test_an_order_that_may_be_a_renewal_is_never_recommended_for_removal() -> None:
    for since in ("2026-11-15", "2026-10-01", "2026-03-01"):
        for conditions in (["Spasm of back muscles"], ["Spasticity"], ["Spasm of back muscles", "Myasthenia gravis"]):
            for card in call([order()], medicines=[DIAZEPAM], since=since, conditions=conditions).cards:
                assert not any(one.is_recommended for one in card.suggestions)
                assert not actions(card, "update")


@pytest.mark.verifies("O6")
def test_an_order_without_a_patient_is_not_written_again() -> None:
    """A resource needs its subject: without one only the removal is left."""
    draft = {key: value for key, value in order(mg=20).items() if key != "subject"}

    assert not any(actions(card, "update") for card in call([draft]).cards)


@pytest.mark.verifies("O6")
def test_a_second_benzodiazepine_may_be_removed_an_opioid_may_not() -> None:
    """Somebody in pain keeps the opioid until a person decides."""
    sedative = call([order("r1", "zolpidem 10 mg", "", reason="")], medicines=[DIAZEPAM]).cards[0]
    opioid = call([order("r1", "oxycodone 5 mg", "", reason="")], medicines=[DIAZEPAM]).cards[0]

    assert [action.resource_id for action in actions(sedative, "delete")] == ["MedicationRequest/r1"]
    assert opioid.suggestions == ()


def years_of(days: int = 28, **changes: Any) -> list[dict[str, Any]]:
    """Monthly orders of diazepam that followed each other for two years, each on the tenth."""
    months = [(2024 + (11 + number) // 12, (11 + number) % 12 + 1) for number in range(23)]
    made = [
        order(f"h{at}", days=days, reason="", status="completed", authoredOn=f"{year}-{month:02d}-10", **changes)
        for at, (year, month) in enumerate(months)
    ]
    made[-1]["status"] = "active"
    return made


@pytest.mark.verifies("O6", "A7")
def test_monthly_orders_are_one_stretch_of_use_and_a_renewal_of_them_cannot_be_removed_by_one_touch() -> None:
    """Months of 31 days between orders of 28 are no break in use."""
    (card,) = call([order(days=28), *years_of()], select=["r1"]).cards
    (seen,) = call(years_of(), "patient-view", select=[]).cards

    assert card.suggestions == ()
    assert "do not stop it suddenly" in card.summary
    assert seen.summary.startswith("Review diazepam: it has been taken for 7")
    assert " 7 days" not in seen.summary


@pytest.mark.verifies("O6", "A7")
def test_an_old_order_that_may_still_be_taken_is_asked_about_and_nothing_is_cut() -> None:
    old = order("old", days=None, reason="", status="active", authoredOn="2024-11-01")
    for conditions in (["Spasm of back muscles"], ["Spasm of back muscles", "Myasthenia gravis"]):
        for card in call([order(days=28), old], select=["r1"], conditions=conditions).cards:
            assert card.suggestions == ()
    (asked,) = call([order(days=28), old], select=["r1"]).cards
    assert asked.summary.startswith("Ask first whether diazepam is already taken")


@pytest.mark.verifies("O6", "A8")
@pytest.mark.parametrize(
    ("reason", "problem", "medicine"),
    [
        ("Alcohol withdrawal", "Alcohol withdrawal syndrome", "ibuprofen 400 mg"),
        ("Status epilepticus", "Epilepsy", "oxycodone 5 mg"),
        ("Status epilepticus", "Epilepsy", "lorazepam 1 mg"),
    ],
)
def test_diazepam_for_a_seizure_or_alcohol_withdrawal_is_never_taken_away(
    reason: str, problem: str, medicine: str
) -> None:
    (card,) = call([order(reason=reason)], conditions=[problem], medicines=[medicine]).cards

    assert card.suggestions == ()
    assert "not judged here" in card.summary
    assert "Avoid." not in card.detail
    assert (card.indicator == "warning") == medicine.startswith("oxycodone")


@pytest.mark.verifies("O6")
def test_a_short_course_in_progress_opens_no_chart_with_a_card() -> None:
    course = order("x", days=5, reason="", status="active", authoredOn="2026-11-18")

    assert call([course], "patient-view", select=[], medicines=["ibuprofen 400 mg"]).cards == ()


def facts_of(draft: dict[str, Any]) -> list[Finding]:
    """What holds for this order of a man of 42."""
    opinion = opinion_of(read(record([draft]), on=ON), on=ON, jurisdiction="us")
    return [one for one in opinion.appraisal.findings if one.answer is Answer.YES]


def in_tablets(number: float) -> list[dict[str, Any]]:
    repeat = {"frequency": 4, "period": 1, "periodUnit": "d"}
    return [{"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": {"value": number, "unit": "tablet"}}]}]


@pytest.mark.verifies("O6")
def test_a_client_that_applies_the_medicine_alone_never_gets_a_larger_dose() -> None:
    """Five tablets of 2 mg are 10 mg; five of 5 mg would be 25 mg."""
    draft = order(text="Diazepam 2 MG Oral Tablet", code="197590", days=5)
    counted = {**draft, "dosageInstruction": in_tablets(5)}
    in_mg = order(text="Diazepam 2 MG Oral Tablet", code="197590", mg=10, times=4, days=5)

    def products(one: dict[str, Any]) -> set[str]:
        changes = actions(call([one], medicines=["ibuprofen 400 mg"]).cards[0], "update")
        return {action.resource["medicationCodeableConcept"]["text"] for action in changes if action.resource}

    assert products(in_mg) == {"diazepam 2 mg tablet", "diazepam 5 mg tablet"}
    assert products(counted) == {"diazepam 2 mg tablet"}


@pytest.mark.verifies("O6")
def test_an_injection_is_not_changed_into_tablets() -> None:
    draft = order(text="Diazepam 5 MG/ML Injectable Solution", code="", mg=10, times=1, days=1)

    assert not any(actions(card, "update") for card in call([draft]).cards)


@pytest.mark.verifies("O6")
def test_as_needed_with_a_dose_and_how_often_at_most_has_a_ceiling() -> None:
    draft = order(days=5)
    draft["dosageInstruction"][0]["asNeededBoolean"] = True
    endless = {key: value for key, value in draft.items() if key != "dispenseRequest"}

    assert "DOSE-08" not in {one.rule for one in facts_of(draft)}
    assert "DOSE-08" in {one.rule for one in facts_of(endless)}


@pytest.mark.verifies("O6", "A7")
def test_of_two_drafts_beside_present_use_none_is_recommended_for_removal() -> None:
    """They may be the two strengths of a taper."""
    drafts = [order("r1", days=14), order("r2", "Diazepam 2 MG Oral Tablet", "197590", mg=2, times=1, days=14)]
    for card in call([*drafts, *years_of()], select=["r1", "r2"]).cards:
        assert not any(one.is_recommended for one in card.suggestions)
