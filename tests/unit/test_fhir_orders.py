"""A regimen as a MedicationRequest: doses in sequence, read back the same, and drafts that were sloppy made valid."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fhir_checks import Json, by_schema, own
from tests.hostile import HOSTILE
from unclench.appraisal.request import find_request
from unclench.consult import appraise_stated
from unclench.knowledge import knowledge
from unclench.planning.supply import supply
from unclench.record import read
from unclench.record.codes import OtherCode, RxNorm
from unclench.report.fhir.orders import medication_request
from unclench.report.fhir.parts import filled, recorded
from unclench.values import Dose, Jurisdiction, Phase, Regimen, RegimenError

ON = date(2026, 11, 22)
US, UK = Jurisdiction.US, Jurisdiction.UK
HOURS = {1: (22.0,), 2: (14.0, 22.0), 3: (8.0, 14.0, 22.0), 4: (8.0, 12.0, 16.0, 22.0)}

pytestmark = pytest.mark.verifies("O5")


def steady(mg: str, times: int, days: int, **more: Any) -> Regimen:
    return Regimen(ON, (Phase(days, tuple(Dose(Decimal(mg), hour) for hour in HOURS[times])),), **more)


def order(of: Regimen, jurisdiction: Jurisdiction = US, **more: Any) -> Json:
    return medication_request(of, jurisdiction=jurisdiction, subject="Patient/1", ident="order-1", **more)


def record_with(draft: Json) -> bytes:
    """A small record that holds the request."""
    entries = [
        {"resourceType": "Patient", "id": "1", "gender": "male", "birthDate": "1980-02-02"},
        {
            "resourceType": "Condition",
            "id": "spasm",
            "subject": {"reference": "Patient/1"},
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": {"text": "Spasm of back muscles"},
        },
        draft,
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in entries]}
    return json.dumps(bundle).encode()


@pytest.mark.parametrize("as_needed", [False, True])
@pytest.mark.parametrize("jurisdiction", [US, UK])
@pytest.mark.parametrize(("mg", "times", "days"), [("2", 1, 7), ("5", 2, 3), ("2", 3, 14), ("10", 1, 1), ("5", 4, 7)])
def test_our_own_reader_reads_the_same_regimen_back(mg, times, days, jurisdiction, as_needed):
    regimen = steady(mg, times, days, as_needed=as_needed)
    made = order(regimen, jurisdiction, supply=supply(regimen, knowledge(), jurisdiction))
    patient = read(record_with(made), on=ON)
    request, _ = find_request(patient)
    assert request is not None
    assert (request.days, request.refills, request.dosage.problem) == (days, 0, "")
    _, again = appraise_stated(patient, on=ON, jurisdiction=jurisdiction, at_h=HOURS[times])
    assert again == regimen


@st.composite
def regimens(draw: st.DrawFn) -> Regimen:
    phases = []
    for _ in range(draw(st.integers(1, 4))):
        hours = sorted(draw(st.sets(st.integers(0, 95), max_size=4)))
        doses = tuple(Dose(draw(st.sampled_from((Decimal(1), Decimal("2.5"), Decimal(5)))), hour / 4) for hour in hours)
        phases.append(Phase(draw(st.integers(1, 9)), doses))
    if not any(phase.doses for phase in phases):
        phases.append(Phase(1, (Dose(Decimal(2), 22.0),)))
    return Regimen(ON, tuple(phases), form=draw(st.sampled_from(("tablet", "solution"))))


@given(regimens())
def test_any_regimen_can_be_read_back_dose_by_dose(regimen):
    made = order(regimen)
    found = []
    for one in made["dosageInstruction"]:
        repeat = one["timing"]["repeat"]
        on, end = (date.fromisoformat(repeat["boundsPeriod"][name]) for name in ("start", "end"))
        mg = Decimal(str(one["doseAndRate"][0]["doseQuantity"]["value"]))
        while on <= end:
            for clock in repeat["timeOfDay"]:
                hour, minute, _ = map(int, clock.split(":"))
                found.append(((on - ON).days * 24 + hour + minute / 60, mg))
            on += timedelta(days=1)
    assert sorted(found) == sorted(regimen.timed())
    assert own(made) == []
    assert made["dispenseRequest"]["quantity"]["value"] == float(regimen.total_mg)
    assert made["dispenseRequest"]["expectedSupplyDuration"]["value"] == regimen.days
    assert made["dispenseRequest"]["validityPeriod"]["end"] == regimen.last_day.isoformat()


def test_steps_are_read_as_steps_and_not_as_one_sum():
    low, high = (Phase(days, tuple(Dose(Decimal(2), hour) for hour in HOURS[n])) for days, n in ((2, 1), (5, 3)))
    request, _ = find_request(read(record_with(order(Regimen(ON, (low, high)))), on=ON))
    assert request is not None
    assert (request.dosage.mg_per_dose, request.dosage.doses_per_day) == (Decimal(2), Decimal(3))
    assert request.days == 7


def test_steps_of_other_amounts_are_read_as_their_largest_dose_and_day():
    once, often = Phase(2, (Dose(Decimal(10), 22.0),)), Phase(5, tuple(Dose(Decimal(5), hour) for hour in HOURS[3]))
    request, _ = find_request(read(record_with(order(Regimen(ON, (once, often)))), on=ON))
    assert request is not None
    assert (request.dosage.mg_per_dose, request.dosage.mg_per_dose_max) == (Decimal(5), Decimal(10))
    assert request.dosage.max_mg_per_day == Decimal(15)


def test_numbered_instructions_without_times_are_added_up_as_before():
    draft = order(steady("2", 1, 7))
    second = json.loads(json.dumps(draft["dosageInstruction"][0])) | {"sequence": 2}
    draft["dosageInstruction"].append(second)
    for one in draft["dosageInstruction"]:
        del one["timing"]["repeat"]["boundsPeriod"], one["text"]
    request, _ = find_request(read(record_with(draft), on=ON))
    assert request is not None
    assert request.dosage.doses_per_day == Decimal(2)


def test_the_text_says_what_the_structure_holds():
    one = order(steady("2.5", 2, 3))["dosageInstruction"][0]
    assert one["text"] == "2.5 mg by mouth twice a day, at 14:00 and 22:00, from 22 November 2026 to 24 November 2026"
    assert "frequency" not in one["timing"]["repeat"]  # R4: never beside times of day
    needed = order(steady("2", 3, 1, as_needed=True))["dosageInstruction"][0]
    assert needed["text"] == "2 mg by mouth only when needed, at most three times a day, on 22 November 2026"
    assert needed["asNeededBoolean"] is True
    assert needed["maxDosePerPeriod"]["numerator"]["value"] == 6


def test_one_product_has_its_own_code_and_several_the_code_of_their_ingredient():
    one = steady("2", 2, 7)
    assert order(one, supply=supply(one, knowledge(), US))["medicationCodeableConcept"]["coding"][0]["code"] == "197590"
    mixed = Regimen(ON, (Phase(7, (Dose(Decimal(2), 8.0), Dose(Decimal(5), 22.0))),))
    both = order(mixed, supply=supply(mixed, knowledge(), US))
    assert [row["code"] for row in both["medicationCodeableConcept"]["coding"]] == ["3322", "N05BA01"]
    assert "2 mg tablet and diazepam 5 mg tablet" in both["medicationCodeableConcept"]["text"]
    assert (both["dispenseRequest"]["quantity"]["value"], both["dispenseRequest"]["quantity"]["code"]) == (49, "mg")
    assert order(mixed)["medicationCodeableConcept"]["coding"][0]["code"] == "3322"


def test_a_liquid_is_dispensed_in_ml():
    liquid = steady("2", 1, 7, form="solution")
    made = order(liquid, UK, supply=supply(liquid, knowledge(), UK))
    assert made["dispenseRequest"]["quantity"] == {
        "value": 35,
        "unit": "mL",
        "system": "http://unitsofmeasure.org",
        "code": "mL",
    }


SLOPPY: Json = {
    "resourceType": "MedicationRequest",
    "id": "request-123",
    "status": "draft",
    "intent": "order",
    "category": {"coding": [{"system": "http://example.org/category", "code": "community"}]},
    "reasonCode": {"text": "Back spasm"},
    "subject": {"reference": "Patient/9"},
    "authoredOn": "2026-11-21",
    "encounter": {"reference": "#inside"},
    "requester": {"reference": "Practitioner/7", "display": " Dr Example "},
    "contained": [{"resourceType": "Encounter", "id": "inside"}],
    "note": [],
    "priority": "soon",
    "identifier": [{"value": ""}, {"system": "not an address", "value": "A1"}],
    "text": {"status": "generated", "div": "<div>old</div>"},
    "medicationCodeableConcept": {"text": "Diazepam 10 MG Oral Tablet"},
    "dosageInstruction": [{"text": "old", "doseAndRate": [{"doseQuantity": {"value": 1, "code": "{pill}"}}]}],
    "dispenseRequest": {"numberOfRepeatsAllowed": 3},
}


def test_a_sloppy_draft_keeps_what_is_valid_and_its_name():
    made = order(steady("2", 1, 7), like=SLOPPY)
    assert (made["id"], made["status"], made["intent"]) == ("request-123", "draft", "order")
    assert made["category"] == [SLOPPY["category"]]
    assert made["reasonCode"] == [{"text": "Back spasm"}]
    assert made["subject"] == {"reference": "Patient/9"}
    assert made["requester"] == {"reference": "Practitioner/7", "display": "Dr Example"}
    assert made["identifier"] == [{"value": "A1"}]
    for gone in ("encounter", "contained", "priority"):
        assert gone not in made
    assert made["dispenseRequest"]["numberOfRepeatsAllowed"] == 0
    assert "old" not in json.dumps(made)
    assert by_schema(made) == []
    assert own(made) == []


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(HOSTILE[:40]) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("reference", "display", "code", "coding", "system", "text", "value", "type", "time", "use")
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from((*SLOPPY, "groupIdentifier", "basedOn", "insurance", "recorder")), ANY))
def test_no_draft_makes_an_invalid_request(draft):
    made = order(steady("2", 1, 7), like=draft)
    assert by_schema(made) == []
    assert own(made) == []
    assert made["status"] == "draft"


def test_drafts_of_a_real_client_become_valid(shared):
    for file in sorted((shared / "samples" / "cds-requests").glob("*order-select.json")):
        body = json.loads(file.read_text(encoding="utf-8"))["body"]
        body = json.loads(body) if isinstance(body, str) else body
        draft = body["context"]["draftOrders"]["entry"][0]["resource"]
        made = order(steady("5", 1, 7), like=draft)
        assert made["id"] == draft["id"]
        assert by_schema(made) == []
        assert own(made) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_codes_of_a_record_that_fhir_would_refuse_are_left_to_the_text(text):
    concept = recorded((OtherCode(text, "12 3"), RxNorm(text)), "reason")
    made = order(steady("2", 1, 7), reason=((((RxNorm(text),)), text),))
    assert own(made) == []
    assert own({**concept, "resourceType": "x"}) == []
    assert by_schema(made) == []


def test_zero_and_false_are_values_and_nothing_is_left_out_of_need():
    assert filled(a=0, b=False, c="", d=[], e={}, f=None, g="x") == {"a": 0, "b": False, "g": "x"}
    with pytest.raises(RegimenError):
        Regimen(ON, (Phase(1, ()),))
