"""Requests of the CDS service: what is required, what is forgiven, which orders are in question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests import cds_factory as made
from unclench.interfaces.web.hooks import answer as answering
from unclench.interfaces.web.hooks.call import Grant
from unclench.report.schema_cards import CardsOut
from unclench.values import Answer, Verdict

pytestmark = pytest.mark.verifies("W2")
HOOKS = ("order-select", "order-sign", "patient-view")


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with made.web() as client:
        yield client


class Seen:
    """What was handed to the module that makes cards."""

    def __init__(self) -> None:
        self.judged: list[Any] = []
        self.known: Any = None

    def __call__(self, judged: Any, **more: Any) -> CardsOut:
        self.judged = list(judged)
        self.known = more["known"]
        self.more = more
        return CardsOut(())

    @property
    def orders(self) -> list[str]:
        return [order.reference for order, _ in self.judged]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    seen = Seen()
    monkeypatch.setattr(answering, "answer", seen)
    return seen


def ask(web: Any, body: dict[str, Any], hook: str | None = None) -> Any:
    return web.post(made.service_of(hook or body["hook"]), json=body)


@pytest.mark.point(18, 53)
@pytest.mark.parametrize("hook", HOOKS)
def test_every_service_answers_a_valid_call(web: Any, hook: str) -> None:
    answer = ask(web, made.call(hook))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert isinstance(answer.json()["cards"], list)


@pytest.mark.point(37)
@pytest.mark.parametrize("member", ["hook", "hookInstance", "context"])
@pytest.mark.parametrize("hook", HOOKS)
def test_hook_instance_and_context_are_required(web: Any, hook: str, member: str) -> None:
    for value in (None, "", 7, [], {}):
        body = {**made.call(hook), member: value}
        if value is None:
            del body[member]
        answer = ask(web, body, hook)
        assert answer.status_code == 400, value
        assert made.is_outcome(answer)
        assert member in answer.text


@pytest.mark.point(38)
def test_a_hook_sent_to_the_service_of_another_is_refused(web: Any) -> None:
    for hook in HOOKS:
        for other in {*HOOKS, "medication-prescribe", "ORDER-SELECT"} - {hook}:
            answer = ask(web, {**made.call(hook), "hook": other}, hook)
            assert answer.status_code == 400
            assert hook in answer.text


@pytest.mark.point(39)
@pytest.mark.parametrize(
    ("instance", "status"),
    [
        ("4047FD5C-D762-4774-9D2B-947AF6C5FC3D", 200),  # upper case
        ("00000000-0000-0000-0000-000000000000", 200),
        ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", 200),  # version 1
        ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 200),  # version 7
        ("not-a-uuid", 400),
        ("", 400),
        (5, 400),
        ("f" * 4000, 400),
    ],
)
def test_any_uuid_is_a_hook_instance(web: Any, seen: Seen, instance: Any, status: int) -> None:
    assert ask(web, made.call(hookInstance=instance)).status_code == status
    if status == 200:
        assert seen.more["hook_instance"] == instance.lower()


@pytest.mark.point(40)
def test_a_token_without_a_server_is_refused(web: Any) -> None:
    answer = ask(web, made.call(fhirAuthorization=GRANT))
    assert answer.status_code == 400
    assert "fhirServer" in answer.text


GRANT = {
    "access_token": "canary-token-7d1f",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/Patient.read patient/Condition.rs user/*.read launch",
    "subject": "client-1",
    "patient": made.PATIENT,
}


@pytest.mark.point(41)
@pytest.mark.parametrize("member", ["access_token", "token_type", "expires_in", "scope", "subject"])
def test_each_part_of_a_token_is_required(web: Any, member: str) -> None:
    assert ask(web, made.call(fhirServer="https://fhir.example", fhirAuthorization=GRANT)).status_code == 200
    for value in (None, "", [], True):
        given = {**GRANT, member: value}
        answer = ask(web, made.call(fhirServer="https://fhir.example", fhirAuthorization=given))
        assert answer.status_code == 400
        assert "canary" not in answer.text
    other = {**GRANT, "token_type": "mac"}
    assert ask(web, made.call(fhirServer="https://fhir.example", fhirAuthorization=other)).status_code == 400


@pytest.mark.point(41, 122)
@pytest.mark.parametrize(
    ("scope", "kind", "allowed"),
    [
        ("patient/Condition.read", "Condition", True),
        ("patient/Condition.rs", "Condition", True),
        ("user/*.read", "Observation", True),
        ("system/*.cruds", "Observation", True),
        ("patient/*.*", "Patient", True),
        ("patient/Condition.rs?category=problem-list-item", "Condition", True),
        ("patient/Condition.read", "Observation", False),
        ("patient/Condition.write", "Condition", False),
        ("patient/Condition.c", "Condition", False),
        ("launch openid", "Condition", False),
        ("evil/Condition.read", "Condition", False),
        ("", "Condition", False),
    ],
)
def test_a_scope_lets_read_what_it_names(scope: str, kind: str, allowed: bool) -> None:
    grant = Grant("t", tuple(scope.split()), "", 60)
    assert grant.allows(kind, "1") is allowed
    assert not Grant("t", tuple(scope.split()), "2", 60).allows(kind, "1")  # of another patient
    assert not Grant("t", tuple(scope.split()), "", 0).allows(kind, "1")  # run out
    assert "t" not in repr(grant).replace("token", "").replace("patient", "").split("(")[1].split(",")[0]


@pytest.mark.point(42, 43, 44)
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("member", ["patientId", "userId"])
def test_who_asks_about_whom_is_required(web: Any, hook: str, member: str) -> None:
    for value in (None, "", " ", 5, {}, "x" * 5000, "a\x00b"):
        body = made.call(hook)
        body["context"][member] = value
        answer = ask(web, body)
        assert answer.status_code == 400
        assert member in answer.text


@pytest.mark.point(42)
@pytest.mark.parametrize("user", ["Practitioner/1", "PractitionerRole/2", "Patient/3", "RelatedPerson/4"])
def test_the_user_may_be_anybody_the_standard_knows(web: Any, user: str) -> None:
    body = made.call("patient-view")
    body["context"] |= {"userId": user, "encounterId": "enc-1"}
    assert ask(web, body).status_code == 200


@pytest.mark.point(43, 44)
@pytest.mark.parametrize(
    "value", [None, [], "x", {}, {"resourceType": "Patient"}, {"resourceType": "Bundle", "entry": 3}]
)
def test_draft_orders_are_a_bundle(web: Any, value: Any) -> None:
    for hook in ("order-select", "order-sign"):
        body = made.call(hook)
        body["context"]["draftOrders"] = value
        answer = ask(web, body)
        assert answer.status_code == 400
        assert "draftOrders" in answer.text


@pytest.mark.point(43, 44)
def test_selections_are_needed_to_select_and_not_to_sign(web: Any, seen: Seen) -> None:
    select, sign = made.call("order-select"), made.call("order-sign")
    del select["context"]["selections"]
    assert ask(web, select).status_code == 400
    sign["context"]["selections"] = ["MedicationRequest/none-of-them"]
    assert ask(web, sign).status_code == 200
    assert seen.orders == ["MedicationRequest/request-1"]


@pytest.mark.point(45)
def test_only_selected_orders_are_in_question(web: Any, seen: Seen) -> None:
    body = made.call(
        "order-select", made.sloppy_diazepam("a"), made.order("b", "ibuprofen 400 MG Oral Tablet", "197805")
    )
    for chosen, expected in (
        (["MedicationRequest/a"], ["MedicationRequest/a"]),
        (["https://ehr.example/fhir/MedicationRequest/b/_history/2"], ["MedicationRequest/b"]),
        (["b", "MedicationRequest/a"], ["MedicationRequest/a", "MedicationRequest/b"]),
    ):
        body["context"]["selections"] = chosen
        assert ask(web, body).status_code == 200
        assert seen.orders == expected
    for nothing in ([], ["MedicationRequest/c"], [None, 3, {}]):
        seen.judged = []
        body["context"]["selections"] = nothing
        answer = ask(web, body)
        assert answer.status_code == 200
        assert answer.json() == {"cards": []}
        assert seen.judged == []


@pytest.mark.point(46, 54)
def test_a_first_call_without_a_medicine_has_nothing_to_say(web: Any) -> None:
    for hook in ("order-select", "order-sign"):
        answer = ask(web, made.call(hook, made.unchosen()))
        assert (answer.status_code, answer.json()) == (200, {"cards": []})


@pytest.mark.point(47, 49)
def test_the_shapes_of_a_real_client_are_read(web: Any, seen: Seen) -> None:
    assert ask(web, made.call("order-select", made.sloppy_diazepam(pills=2, days=14))).status_code == 200
    ((order, opinion),) = seen.judged
    assert order.is_diazepam is Answer.YES
    request = opinion.appraisal.request
    assert (request.dosage.mg_per_dose, request.dosage.doses_per_day, request.days) == (10, 1, 14)
    assert "code" in str(request.reasons[0][0])  # a reason given as an object counts as a list of one
    assert opinion.appraisal.verdict is Verdict.AVOID  # oxycodone is taken


@pytest.mark.point(49)
@pytest.mark.parametrize(
    "concept",
    [
        {"coding": [{"system": made.RXNORM, "code": "197591"}]},
        {"coding": [{"system": made.SNOMED, "code": "387264003", "display": "Diazepam"}]},
        {"coding": [{"system": "http://www.whocc.no/atc", "code": "N05BA01"}]},
        {"text": "Diazepam 5mg tablets"},
    ],
)
def test_diazepam_is_known_by_code_or_text(web: Any, seen: Seen, concept: dict[str, Any]) -> None:
    order = {**made.sloppy_diazepam(), "medicationCodeableConcept": concept}
    assert ask(web, made.call("order-sign", order)).status_code == 200
    assert [one.is_diazepam for one, _ in seen.judged] == [Answer.YES]


@pytest.mark.point(47)
def test_a_medicine_may_stand_beside_or_inside_the_order(web: Any, seen: Seen) -> None:
    product = {"resourceType": "Medication", "id": "p1", "code": {"text": "diazepam 2 mg tablet"}}
    inside = {**made.unchosen("in"), "contained": [product], "medicationReference": {"reference": "#p1"}}
    beside = {**made.unchosen("out"), "medicationReference": {"reference": "urn:uuid:0b1c"}}
    body = made.call("order-sign", inside, beside)
    nameless = {key: value for key, value in product.items() if key != "id"}
    body["context"]["draftOrders"]["entry"].append({"fullUrl": "urn:uuid:0b1c", "resource": nameless})
    assert ask(web, body).status_code == 200
    assert [(one.reference, one.is_diazepam) for one, _ in seen.judged] == [
        ("MedicationRequest/in", Answer.YES),
        ("MedicationRequest/out", Answer.YES),
    ]
    assert seen.judged[1][0].resource == beside  # as it was sent: a suggestion changes the client's own order


@pytest.mark.point(48)
@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/somebody-else"},
        {"reference": "Group/pt-test"},
        {"reference": "https://ehr.example/fhir/Patient/pt-test-2"},
        {"reference": "Patient?identifier=1"},
        {"reference": 7},
        "Patient/x",
    ],
)
def test_orders_for_somebody_else_are_not_looked_at(web: Any, seen: Seen, subject: Any) -> None:
    strange = {**made.sloppy_diazepam("strange"), "subject": subject}
    body = made.call("order-sign", strange, made.sloppy_diazepam("own"))
    assert ask(web, body).status_code == 200
    assert seen.orders == ["MedicationRequest/own"]
    seen.judged = []
    assert ask(web, made.call("order-sign", strange)).json() == {"cards": []}
    assert seen.judged == []


@pytest.mark.point(48)
@pytest.mark.parametrize(
    "reference", ["Patient/pt-test", "https://ehr.example/fhir/Patient/pt-test", "Patient/pt-test/_history/3"]
)
def test_the_patient_may_be_named_in_several_ways(web: Any, seen: Seen, reference: str) -> None:
    body = made.call("order-sign", {**made.sloppy_diazepam(), "subject": {"reference": reference}})
    body["context"]["patientId"] = "Patient/pt-test"
    assert ask(web, body).status_code == 200
    assert seen.orders == ["MedicationRequest/request-1"]


@pytest.mark.point(48)
def test_two_orders_are_each_judged_by_themselves(web: Any, seen: Seen) -> None:
    small, large = made.sloppy_diazepam("small", pills=1, days=3), made.sloppy_diazepam("large", pills=2, days=60)
    assert ask(web, made.call("order-sign", small, large)).status_code == 200
    asked = {order.reference: opinion.appraisal.request for order, opinion in seen.judged}
    assert {key: (one.dosage.mg_per_dose, one.days) for key, one in asked.items()} == {
        "MedicationRequest/small": (5, 3),
        "MedicationRequest/large": (10, 60),
    }


@pytest.mark.point(48)
def test_two_orders_of_the_same_content_are_both_judged(web: Any, seen: Seen) -> None:
    assert ask(web, made.call("order-sign", made.sloppy_diazepam("a"), made.sloppy_diazepam("b"))).status_code == 200
    assert seen.orders == ["MedicationRequest/a", "MedicationRequest/b"]
    assert all(one.appraisal.request is not None for _, one in seen.judged)


def test_orders_without_an_id_are_judged_and_an_id_given_twice_is_not_mixed_up(web: Any, seen: Seen) -> None:
    nameless = made.sloppy_diazepam()
    del nameless["id"]
    twice = made.sloppy_diazepam("a", pills=2)
    assert ask(web, made.call("order-sign", nameless, made.sloppy_diazepam("a"), twice)).status_code == 200
    assert len(set(seen.orders)) == 3
    doses = [opinion.appraisal.request.dosage.mg_per_dose for _, opinion in seen.judged]
    assert doses == [5, 5, 10]


def test_other_drafts_go_along_as_what_will_be_taken(web: Any, seen: Seen) -> None:
    body = made.call("order-sign", made.sloppy_diazepam(), made.order("b", "oxycodone hydrochloride 5 MG", "1049621"))
    body["prefetch"]["medications"] = made.searchset(made.order("m", "ibuprofen 400 MG Oral Tablet", "197805"))
    assert ask(web, body).status_code == 200
    opinions = {order.reference: opinion for order, opinion in seen.judged}
    assert "INT-01" in [one.rule for one in opinions["MedicationRequest/request-1"].appraisal.findings]


def test_a_draft_of_the_record_is_not_an_order_of_this_call(web: Any, seen: Seen) -> None:
    """Saved drafts of another day would otherwise be two requests at once, or an old copy of the same."""
    old = {**made.sloppy_diazepam("request-1", pills=4), "status": "draft"}
    other = {**made.sloppy_diazepam("saved"), "status": "draft"}
    body = made.call("order-sign")
    body["prefetch"]["medications"] = made.searchset(old, other)
    assert ask(web, body).status_code == 200
    ((order, opinion),) = seen.judged
    assert order.reference == "MedicationRequest/request-1"
    assert opinion.appraisal.request.dosage.mg_per_dose == 5


@pytest.mark.parametrize("status", ["active", "on-hold", "", None, 7, "draft", "unknown", "something"])
def test_whatever_is_among_the_drafts_is_a_draft(web: Any, seen: Seen, status: Any) -> None:
    order = {**made.sloppy_diazepam(), "status": status}
    del order["intent"]
    assert ask(web, made.call("order-sign", order)).status_code == 200
    ((_, opinion),) = seen.judged
    assert opinion.appraisal.request is not None
    assert opinion.appraisal.current_use.answer is not Answer.YES  # what is only being ordered is not taken yet


@pytest.mark.parametrize("change", [{"status": "cancelled"}, {"status": "entered-in-error"}, {"doNotPerform": True}])
def test_an_order_that_gives_nothing_is_not_judged(web: Any, seen: Seen, change: dict[str, Any]) -> None:
    assert ask(web, made.call("order-sign", {**made.sloppy_diazepam(), **change})).json() == {"cards": []}
    assert seen.judged == []


def test_nothing_is_judged_where_diazepam_is_neither_ordered_nor_taken(web: Any, seen: Seen) -> None:
    for hook in ("order-sign", "patient-view"):
        assert ask(web, made.call(hook, made.order("a", "ibuprofen 400 MG Oral Tablet", "197805"))).json() == {
            "cards": []
        }
    assert seen.judged == []


def test_what_is_not_judged_would_have_had_no_card(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving out the judgement of orders that are not about diazepam saves its time, and nothing else."""
    monkeypatch.setattr(answering, "_is_about_diazepam", lambda _: True)
    for text, code in (("ibuprofen 400 MG Oral Tablet", "197805"), ("oxycodone hydrochloride 5 MG", "1049621")):
        for hook in HOOKS:
            assert ask(web, made.call(hook, made.order("a", text, code))).json() == {"cards": []}


def test_patient_view_looks_at_what_is_taken(web: Any, seen: Seen) -> None:
    body = made.call("patient-view")
    body["prefetch"]["medications"]["entry"].append({"resource": made.order("m2", "diazepam 5 MG", "197591")})
    assert ask(web, body).status_code == 200
    ((order, opinion),) = seen.judged
    assert order is None
    assert opinion.appraisal.request is None


@pytest.mark.point(50)
@pytest.mark.parametrize(
    "order",
    [
        {"resourceType": "MedicationOrder", "id": "a", "status": "draft", "patient": made.subject()},
        {**made.unchosen(), "medication": {"concept": {"text": "diazepam"}}},
        {
            **made.unchosen(),
            "medicationCodeableConcept": {"text": "diazepam 5 mg"},
            "dosageInstruction": [{"doseQuantity": {"value": 5, "unit": "mg"}}],
        },
    ],
    ids=["DSTU2", "R5", "STU3"],
)
def test_orders_of_another_version_are_refused(web: Any, order: dict[str, Any]) -> None:
    answer = ask(web, made.call("order-sign", order))
    assert answer.status_code == 400
    assert "FHIR R4" in answer.text


@pytest.mark.point(50)
def test_a_record_of_another_version_is_refused(web: Any) -> None:
    old = {"resourceType": "Condition", "id": "c", "clinicalStatus": "active", "code": {"text": "spasm"}}
    body = made.call("patient-view")
    body["prefetch"]["medications"] = None
    body["prefetch"]["conditions"] = made.searchset({**old, "subject": made.subject()})
    answer = ask(web, body)
    assert answer.status_code == 400
    assert "FHIR R4" in answer.text
    body["prefetch"]["medications"] = made.searchset({"resourceType": "MedicationOrder", "id": "m"})
    assert ask(web, body).status_code == 400


@pytest.mark.point(6, 8)
def test_members_nobody_knows_change_nothing(web: Any, seen: Seen) -> None:
    plain = made.call("order-sign", fhirServer="https://fhir.example", fhirAuthorization=GRANT)
    ask(web, plain)
    before = [(order.reference, opinion.appraisal) for order, opinion in seen.judged]
    more = json.loads(json.dumps(plain))
    for place in (more, more["context"], more["fhirAuthorization"], more["prefetch"], more["context"]["draftOrders"]):
        place["extension"] = {"org.example.more": {"deep": [1, None, "", {}]}}
        place["somethingNew"] = [None]
    assert ask(web, more).status_code == 200
    assert [(order.reference, opinion.appraisal) for order, opinion in seen.judged] == before


@pytest.mark.point(52, 36)
def test_calls_know_nothing_of_each_other(web: Any, seen: Seen) -> None:
    """Any order of hooks, the same instance or another: each answer is that of its own call."""

    def told(body: dict[str, Any]) -> Any:
        seen.judged = []
        ask(web, body)
        return [(order and order.reference, opinion.appraisal) for order, opinion in seen.judged]

    bodies = [made.call(hook) for hook in HOOKS] + [made.call("order-sign", made.sloppy_diazepam(pills=2))]
    first = [told(one) for one in bodies]
    assert [told(one) for one in reversed(bodies)] == first[::-1]
    changed = made.call("order-sign")
    changed["prefetch"]["medications"] = made.searchset(made.order("m", "ibuprofen 400 MG Oral Tablet", "197805"))
    fresh = told(changed)
    assert fresh != first[1]
    assert "INT-01" not in str([one.rule for one in fresh[0][1].findings])
