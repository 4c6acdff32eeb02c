"""What is asked for beforehand, what came of it, and what is fetched: nothing that did not come is taken for absent."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests import cds_factory as made
from tests.fhir_server import Room, fhir_server
from unclench.interfaces.web.hooks import answer as answering
from unclench.interfaces.web.hooks.answer import Asking, cards_for, cut_of, missing_of
from unclench.interfaces.web.hooks.asked import TOKEN, asked_for
from unclench.interfaces.web.hooks.call import call_of
from unclench.interfaces.web.hooks.sent import parts_of
from unclench.interfaces.web.hooks.services import discovery
from unclench.interfaces.web.settings import Settings
from unclench.report.schema_cards import CardsOut
from unclench.values import Answer, Verdict

pytestmark = pytest.mark.verifies("W2")
ON = date(2026, 11, 22)
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
TOKENS_OF_HOOK = {  # of the fields of context, those that the hooks' pages mark for prefetch
    "order-select": {"context.userId", "context.patientId", "context.encounterId"},
    "order-sign": {"context.userId", "context.patientId", "context.encounterId"},
    "patient-view": {"context.userId", "context.patientId", "context.encounterId"},
}
USER_TOKENS = {"userPractitionerId", "userPractitionerRoleId", "userPatientId", "userRelatedPersonId"}


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with made.web() as client:
        yield client


class Seen:
    def __init__(self) -> None:
        self.opinions: list[Any] = []
        self.missing: tuple[str, ...] = ()

    def __call__(self, judged: Any, **more: Any) -> CardsOut:
        self.opinions = [opinion for _, opinion in judged]
        self.missing = more["known"].missing
        return CardsOut(())


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    seen = Seen()
    monkeypatch.setattr(answering, "answer", seen)
    return seen


def told(seen: Seen, body: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """The opinion on the one order of a call without a network, and what it lacked."""
    call = call_of(body, body["hook"])
    cards_for(call, parts_of(call.prefetch, call.patient_id), Asking(ON, "us", made.BASE))
    (opinion,) = seen.opinions
    return opinion, seen.missing


@pytest.mark.point(17, 22, 23, 24)
def test_templates_hold_only_tokens_of_their_hook() -> None:
    for service in discovery(Settings()).services:
        assert service.prefetch
        for key, template in service.prefetch.items():
            assert key.strip()
            assert isinstance(template, str)
            tokens = {f"{one.group(1)}" for one in TOKEN.finditer(template)}
            assert tokens
            assert tokens <= TOKENS_OF_HOOK[service.hook] | USER_TOKENS
            assert not re.search(r"[{}]", TOKEN.sub("", template))


@pytest.mark.point(25, 26)
def test_templates_stay_in_the_recommended_subset() -> None:
    """A read by id, or a search by reference, by codes, with _count and _sort. No today(), no FHIRPath."""
    for one in asked_for():
        kind, _, query = TOKEN.sub("ID", one.template).partition("?")
        if not query:
            assert re.fullmatch(r"[A-Z]\w+/ID", kind)
            continue
        assert re.fullmatch(r"[A-Z]\w+", kind)
        for part in query.split("&"):
            assert re.fullmatch(r"patient=ID|code=[0-9,-]+|_count=\d+|_sort=-?[a-z]+", part), part
        assert query.startswith("patient=ID")
        assert "today" not in one.template


@pytest.mark.point(27)
def test_little_is_asked_for() -> None:
    assert len(asked_for()) <= 6
    for one in asked_for():
        if not one.is_read:
            assert re.search(r"_count=(\d+)", one.template), "a search without an end"
        if one.kinds[0] == "Observation":
            assert "&code=" in one.template, "never all measurements"
            codes = re.search(r"code=([^&]*)", one.template)
            assert codes is not None
            assert not {"8867-4", "8480-6", "85354-9", "8310-5", "9279-1", "59408-5"} & set(codes[1].split(","))


@pytest.mark.point(28, 35)
def test_every_subset_of_keys_has_an_answer(web: Any) -> None:
    for size in range(len(made.KEYS) + 1):
        for keys in itertools.combinations(made.KEYS, size):
            body = made.call("order-sign")
            body["prefetch"] = {key: body["prefetch"][key] for key in keys}
            body["prefetch"]["somebody-elses"] = {"resourceType": "Bundle", "entry": [7]}
            answer = web.post(made.service_of("order-sign"), json=body)
            assert answer.status_code == (200 if "patient" in keys else 412), keys
            if answer.status_code == 412:
                assert made.is_outcome(answer)
                assert "patient" in answer.text


@pytest.mark.point(28, 35)
def test_what_did_not_come_is_named_and_other_keys_are_not_read(seen: Seen) -> None:
    body = made.call("order-sign")
    opioid = body["prefetch"].pop("medications")
    body["prefetch"]["meds"] = opioid  # another service's key
    opinion, missing = told(seen, body)
    assert missing == ("medications",)
    assert [one.ref for one in opinion.patient.medications] == ["MedicationRequest/request-1"]
    for key in ("conditions", "allergies", "observations"):
        body = made.call("order-sign")
        del body["prefetch"][key]
        assert told(seen, body)[1] == (key,)
    body = made.call("order-sign")
    del body["prefetch"]["statements"]  # many servers have none: the orders are the list
    opinion, missing = told(seen, body)
    assert missing == ()
    assert opinion.patient.medications_state.complete


@pytest.mark.point(29, 30)
def test_null_and_an_empty_bundle_are_known_to_be_empty_and_absent_is_not(seen: Seen) -> None:
    for key, state in (
        ("conditions", "conditions_state"),
        ("medications", "medications_state"),
        ("allergies", "allergies_state"),
    ):
        answers = []
        for value in (None, made.searchset(), {"resourceType": "Bundle"}, {"resourceType": "Bundle", "entry": None}):
            body = made.call("order-sign")
            body["prefetch"][key] = value
            opinion, missing = told(seen, body)
            assert missing == ()
            answers.append((getattr(opinion.patient, state).why_not, opinion.appraisal.verdict))
        assert len(set(answers)) == 1
        del body["prefetch"][key]
        opinion, missing = told(seen, body)
        assert missing == (key,)
        assert getattr(opinion.patient, state).why_not == "it was not sent"
        assert answers[0][0] != "it was not sent"


@pytest.mark.point(29, 32)
def test_a_patient_who_is_known_not_to_be_there_is_412(web: Any) -> None:
    body = made.call("order-sign")
    for patient in (
        None,
        made.searchset(),
        OUTCOME,
        {},
        7,
        "x",
        [],
        {"resourceType": "Practitioner", "id": made.PATIENT},
    ):
        body["prefetch"]["patient"] = patient
        answer = web.post(made.service_of("order-sign"), json=body)
        assert answer.status_code == 412
        assert made.is_outcome(answer)


@pytest.mark.point(32)
def test_another_patient_than_the_one_of_the_call_is_nobody(web: Any) -> None:
    """Mixing up two people is the worst that can happen."""
    for change in ({"id": "somebody-else"}, {"id": None}, {"id": 5}, {"id": made.PATIENT.upper()}):
        body = made.call("order-sign")
        body["prefetch"]["patient"] |= change
        assert web.post(made.service_of("order-sign"), json=body).status_code == 412
    body["prefetch"]["patient"] = made.searchset(made.PERSON, {**made.PERSON, "id": "somebody-else"})
    assert web.post(made.service_of("order-sign"), json=body).status_code == 200
    body["prefetch"]["patient"] = made.searchset(made.PERSON, made.PERSON)
    assert web.post(made.service_of("order-sign"), json=body).status_code == 412


def test_entries_of_another_patient_are_not_this_ones(seen: Seen) -> None:
    body = made.call("order-sign")
    strange = made.condition("c9", "Myasthenia gravis", "91637004", patient="somebody-else")
    body["prefetch"]["conditions"]["entry"].append({"resource": strange})
    opinion, _ = told(seen, body)
    assert [one.ref for one in opinion.patient.conditions] == ["Condition/c1"]


@pytest.mark.point(31)
@pytest.mark.parametrize("key", ["conditions", "medications", "allergies"])
@pytest.mark.parametrize(
    "value",
    [
        OUTCOME,
        {"resourceType": "OperationOutcome"},
        made.searchset(OUTCOME),
        {"resourceType": "Bundle", "entry": {"resource": {}}},
        made.searchset({"resourceType": "Practitioner", "id": "p"}),
        {"resourceType": "Patient", "id": made.PATIENT},
        "text",
        [],
        0,
        {},
    ],
)
def test_an_error_or_something_else_is_not_data(seen: Seen, key: str, value: Any) -> None:
    body = made.call("order-sign")
    body["prefetch"][key] = value
    opinion, missing = told(seen, body)
    assert missing == (key,)
    assert not getattr(opinion.patient, f"{key}_state").complete


@pytest.mark.point(31)
def test_a_remark_beside_entries_is_no_error_but_an_error_beside_them_is(seen: Seen) -> None:
    for severity, complete in (("information", True), ("warning", True), ("error", False), ("fatal", False)):
        body = made.call("order-sign")
        remark = {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "informational"}]}
        body["prefetch"]["conditions"]["entry"].append({"resource": remark})
        opinion, missing = told(seen, body)
        assert opinion.patient.conditions_state.complete is complete
        assert missing == ()


def test_a_server_without_statements_is_not_an_error(seen: Seen) -> None:
    body = made.call("order-sign")
    unsupported = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "not-supported"}]}
    for value, complete in ((unsupported, True), (OUTCOME, False)):
        body["prefetch"]["statements"] = value
        opinion, missing = told(seen, body)
        assert opinion.patient.medications_state.complete is complete
        assert missing == (() if complete else ("medications",))


@pytest.mark.point(34)
@pytest.mark.parametrize(
    "change",
    [
        {"link": [{"relation": "next", "url": "https://ehr.example/page2"}]},
        {"link": [{"relation": "next"}]},
        {"link": "next"},
        {"total": 40},
        {"link": [{"relation": "self", "url": "https://ehr.example/Condition?patient=1&clinical-status=active"}]},
        {"entry": [{"resource": made.condition("c1", "Muscle spasm", "45352006")}, None]},
    ],
    ids=["next", "next-without-address", "odd-links", "total", "narrowed", "damaged-entry"],
)
def test_a_list_that_is_not_whole_rules_nothing_out(seen: Seen, change: dict[str, Any]) -> None:
    body = made.call("order-sign")
    body["prefetch"]["medications"] = made.searchset(made.order("m", "ibuprofen 400 MG Oral Tablet", "197805"))
    whole, _ = told(seen, body)
    assert whole.patient.conditions_state.complete
    body["prefetch"]["conditions"] |= change
    part, missing = told(seen, body)
    assert missing == ()  # it did come: it is not the whole of it
    assert part.patient.conditions_state.why_not
    assert part.appraisal.verdict is None or part.appraisal.verdict.rank <= whole.appraisal.verdict.rank
    answers = {one.rule: one.answer for one in part.appraisal.findings}
    assert answers.get("CI-05", Answer.CANNOT_SAY) is Answer.CANNOT_SAY


def test_missing_data_never_improve_the_verdict(seen: Seen) -> None:
    body = made.call("order-sign", made.sloppy_diazepam(days=5))
    body["prefetch"]["medications"] = made.searchset(made.order("m", "ibuprofen 400 MG Oral Tablet", "197805"))
    body["prefetch"]["allergies"] = made.searchset(NO_ALLERGY)
    full = told(seen, body)[0].appraisal.verdict
    for size in range(len(made.LIST_KEYS) + 1):
        for keys in itertools.combinations(made.LIST_KEYS, size):
            less = json.loads(json.dumps(body))
            for key in keys:
                del less["prefetch"][key]
            verdict = told(seen, less)[0].appraisal.verdict
            assert verdict is not Verdict.REASONABLE
            # Without its problem the order has no documented reason: another question, not a milder answer.
            assert verdict.rank <= full.rank or "conditions" in keys


NO_ALLERGY = {
    "resourceType": "AllergyIntolerance",
    "id": "a1",
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "code": {"coding": [{"system": made.SNOMED, "code": "716186003"}], "text": "No known allergy"},
    "patient": made.subject(),
}


# ── what is fetched ──


PATIENCE_S = 5.0  # more than any machine needs, where the time is not what is tested
GRANT = {
    "access_token": "canary-token-7d1f",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.read",
    "subject": "client-1",
    "patient": made.PATIENT,
}


def room(**more: Any) -> Room:
    sent = made.prefetch()
    lists = [entry["resource"] for key in made.LIST_KEYS for entry in sent[key]["entry"]]
    return Room(resources=[sent["patient"], *lists], **more)


def fetching(there: Room, body: dict[str, Any], **settings: Any) -> tuple[Any, float]:
    """The answer of a service that may fetch from the room, and how long it took."""
    body["fhirServer"] = there.base
    with made.web(**{"fhir_servers": (there.base,), "fetch_seconds": PATIENCE_S, **settings}) as client:
        begun = time.perf_counter()
        answer = client.post(made.service_of(body["hook"]), json=body)
        return answer, time.perf_counter() - begun


@pytest.mark.point(33)
def test_exactly_what_is_missing_is_fetched_with_the_token(seen: Seen) -> None:
    with fhir_server(room(token="canary-token-7d1f")) as there:
        body = made.call("order-sign", fhirAuthorization=GRANT)
        for key in ("patient", "medications"):
            del body["prefetch"][key]
        body["prefetch"]["allergies"] = None  # known to be empty: not asked for again
        answer, _ = fetching(there, body)
    assert answer.status_code == 200
    templates = {one.key: one.address(made.PATIENT) for one in asked_for()}
    assert sorted(there.asked) == sorted([templates["patient"], templates["medications"]])
    assert set(there.tokens) == {"Bearer canary-token-7d1f"}
    assert seen.missing == ()
    assert seen.opinions[0].appraisal.verdict is Verdict.AVOID  # the opioid was fetched


@pytest.mark.point(33)
def test_nothing_is_fetched_where_everything_came(seen: Seen) -> None:
    with fhir_server(room()) as there:
        answer, _ = fetching(there, made.call("order-sign", fhirAuthorization=GRANT))
    assert answer.status_code == 200
    assert there.asked == []
    assert seen.missing == ()


@pytest.mark.point(32, 33, 122)
def test_nothing_is_fetched_from_a_server_that_is_not_listed_or_beyond_the_scopes(seen: Seen) -> None:
    with fhir_server(room()) as there, fhir_server(room()) as other:
        body = made.call("order-sign", fhirAuthorization=GRANT)
        del body["prefetch"]["medications"]
        body["fhirServer"] = other.base
        with made.web(fhir_servers=(there.base,), fetch_seconds=PATIENCE_S) as client:
            assert client.post(made.service_of("order-sign"), json=body).status_code == 200
        assert seen.missing == ("medications",)
        del body["prefetch"]["patient"]
        with made.web() as client:
            assert client.post(made.service_of("order-sign"), json=body).status_code == 412
        for change in ({"scope": "patient/Condition.read"}, {"patient": "somebody-else"}, {"expires_in": 0}):
            body["fhirAuthorization"] = GRANT | change
            assert fetching(there, body)[0].status_code == 412
    assert there.asked == other.asked == []


@pytest.mark.point(31, 33)
def test_a_server_that_fails_leaves_the_list_missing(seen: Seen) -> None:
    with fhir_server(room(fail={"Condition": 500, "AllergyIntolerance": 403})) as there:
        body = made.call("order-sign")
        del body["prefetch"]["conditions"], body["prefetch"]["allergies"]
        assert fetching(there, body)[0].status_code == 200
        assert seen.missing == ("conditions", "allergies")
        there.fail = {"Patient": 500}
        del body["prefetch"]["patient"]
        assert fetching(there, body)[0].status_code == 412


@pytest.mark.point(34)
def test_pages_are_followed_on_the_same_server_only(seen: Seen) -> None:
    more = [made.order(f"x{number}", f"ibuprofen {number}00 MG") for number in range(1, 5)]
    with fhir_server(room(page=2)) as there:
        there.resources += more
        body = made.call("order-sign")
        del body["prefetch"]["medications"]
        assert fetching(there, body)[0].status_code == 200
        patient = seen.opinions[0].patient
        assert len([one for one in patient.medications if one.ref != "MedicationRequest/request-1"]) == 5
        assert patient.medications_state.complete
        assert len(there.asked) == 3
    with fhir_server(room(page=2)) as there, fhir_server(room()) as other:
        there.resources += more
        there.elsewhere = f"{other.base}/MedicationRequest?patient={made.PATIENT}"
        assert fetching(there, body)[0].status_code == 200
        assert not seen.opinions[0].patient.medications_state.complete
        assert other.asked == []


@pytest.mark.point(34)
def test_the_second_page_of_a_prefetched_list_is_fetched(seen: Seen) -> None:
    with fhir_server(room(page=1)) as there:
        there.resources.append(made.order("m2", "fluvoxamine 100 MG"))
        body = made.call("order-sign")
        first = there.answer("MedicationRequest", f"patient={made.PATIENT}")[1]
        assert any(one["relation"] == "next" for one in first["link"])
        body["prefetch"]["medications"] = first
        assert fetching(there, body)[0].status_code == 200
    assert {one.ref for one in seen.opinions[0].patient.medications} >= {"MedicationRequest/m1", "MedicationRequest/m2"}
    assert seen.opinions[0].patient.medications_state.complete


@pytest.mark.point(33)
def test_medicines_that_orders_only_point_to_are_fetched(seen: Seen) -> None:
    """Many servers name a medicine by reference: without it nobody would know of the opioid."""
    pointing = made.order("m9", "")
    del pointing["medicationCodeableConcept"]
    pointing["medicationReference"] = {"reference": "Medication/p1"}
    absent = {**pointing, "id": "m10", "medicationReference": {"reference": "Medication/../Patient/x"}}
    product = {"resourceType": "Medication", "id": "p1", "code": {"text": "oxycodone hydrochloride 5 MG Oral Tablet"}}
    body = made.call("order-sign", fhirAuthorization=GRANT)
    body["prefetch"]["medications"] = made.searchset(pointing, absent)
    with fhir_server(Room(resources=[product], token="canary-token-7d1f")) as there:
        assert fetching(there, body)[0].status_code == 200
        assert there.asked == ["Medication/p1"]
        assert seen.opinions[0].appraisal.verdict is Verdict.AVOID
        body["fhirAuthorization"] = {**GRANT, "scope": "patient/MedicationRequest.read"}
        assert fetching(there, body)[0].status_code == 200
        assert there.asked == ["Medication/p1"]
        assert "(medicine not in the record)" in [one.text for one in seen.opinions[0].patient.medications]
        product["code"] = {"text": "diazepam 5 mg tablet"}
        drafted = {**made.unchosen(), "medicationReference": {"reference": "Medication/p1"}}
        asked = made.call("order-sign", drafted, fhirAuthorization=GRANT)
        assert fetching(there, asked)[0].status_code == 200
        assert seen.opinions[0].appraisal.request is not None


@pytest.mark.point(118)
@pytest.mark.parametrize(("slow", "status"), [(("conditions", "observations", "allergies"), 200), (("patient",), 412)])
def test_a_slow_server_is_not_waited_for(seen: Seen, slow: tuple[str, ...], status: int) -> None:
    """The time is that of a machine with other work: what counts is that nobody waits for the other side."""
    kinds = {one.key: one.kinds[0] for one in asked_for()}
    with fhir_server(room(wait_s={kinds[key]: 4.0 for key in slow})) as there:
        body = made.call("order-sign")
        for key in slow:
            del body["prefetch"][key]
        answer, took_s = fetching(there, body, fetch_seconds=0.3)
    assert answer.status_code == status
    assert took_s < 3.5
    if status == 200:
        assert set(seen.missing) == set(slow)
    assert Settings().fetch_seconds <= 0.4  # what is left of half a second is for reading and judging


@pytest.mark.point(36)
def test_nothing_that_was_fetched_is_used_again(seen: Seen) -> None:
    with fhir_server(room()) as there, made.web(fhir_servers=(there.base,), fetch_seconds=PATIENCE_S) as client:
        body = made.call("order-sign", fhirServer=there.base)
        del body["prefetch"]["medications"]
        client.post(made.service_of("order-sign"), json=body)
        first = seen.opinions[0].appraisal
        there.resources = [one for one in there.resources if one["id"] != "m1"]
        client.post(made.service_of("order-sign"), json=body)
    assert "INT-01" in {one.rule for one in first.findings if one.answer is Answer.YES}
    assert "INT-01" not in {one.rule for one in seen.opinions[0].appraisal.findings if one.answer is Answer.YES}


def test_every_state_says_why(seen: Seen) -> None:
    body = made.call("order-sign")
    body["prefetch"] = {"patient": made.PERSON, "conditions": OUTCOME, "medications": 3}
    call = call_of(body, "order-sign")
    parts = parts_of(call.prefetch, call.patient_id)
    assert cut_of(parts) == {
        "Condition": "an error was sent instead of it",
        "MedicationRequest": "something else was sent instead of it",
        "AllergyIntolerance": "it was not sent",
        "Observation": "it was not sent",
    }
    assert missing_of(parts) == ("conditions", "medications", "allergies", "observations")
