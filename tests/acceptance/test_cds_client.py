"""The whole way of a CDS client, offline: discovery, prefetch, card, suggestion, feedback, override, and again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import cds_factory as made
from tests.cds_client import Screen
from tests.fhir_server import Room, fhir_server

pytestmark = pytest.mark.verifies("W2")
SITE = "https://ehr.example"


@pytest.fixture
def room() -> Iterator[Room]:
    """A man with a spasm of his back who has had ibuprofen, and a saved draft that nobody is ordering now."""
    no_allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": made.SNOMED, "code": "716186003"}], "text": "No known allergy"},
        "patient": made.subject(),
    }
    held = [
        made.PERSON,
        made.condition("c1", "Muscle spasm of back", "45352006"),
        made.order("m1", "ibuprofen 400 MG Oral Tablet", "197805"),
        {**made.sloppy_diazepam("saved", pills=4), "status": "draft"},
        no_allergy,
    ]
    with fhir_server(Room(resources=held, fail={"MedicationStatement": 404})) as there:
        yield there


def screen(http: Any, room: Room, **more: Any) -> Screen:
    found = Screen(http, room.base, made.PATIENT, **more)
    found.discover()
    return found


@pytest.mark.point(52, 53, 61, 66, 74, 83, 84, 97, 113, 114, 120, 126)
def test_a_client_goes_the_whole_way(room: Room, tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    with made.web(cors_origins=(SITE,), feedback_file=str(file)) as http:
        one = screen(http, room, origin=SITE)
        one.draft(made.unchosen())
        assert one.call("order-select") == []  # nothing is chosen yet

        one.draft(made.sloppy_diazepam(pills=2))
        (card,) = one.call("order-select")
        assert card["indicator"] == "warning"
        change = next(each for each in card["suggestions"] if each["actions"][0]["type"] == "update")
        one.accept(card, change)
        assert one.cards == []
        medicine = one.drafts["MedicationRequest/request-1"]["medicationCodeableConcept"]
        assert medicine["text"] != "Diazepam 5 MG Oral Tablet"  # all that this client takes from a suggestion

        (again,) = one.call("order-sign")
        assert again["uuid"] != card["uuid"]
        assert again["summary"] != card["summary"]  # the order is another
        one.override(again, again["overrideReasons"][0])
        assert one.cards == []
        one.override(one.call("order-sign")[0], None)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["outcome"] for line in lines] == ["accepted", "overridden", "overridden"]
    assert [line["reason"] for line in lines] == ["", again["overrideReasons"][0]["code"], ""]
    assert {line["rule"] for line in lines} == {card["source"]["topic"]["code"], again["source"]["topic"]["code"]}
    assert {line["hour"] for line in lines} == {"2026-11-22T10Z"}


@pytest.mark.point(69, 71, 73, 126)
def test_a_client_that_takes_suggestions_whole_is_not_warned_of_its_own_advice(room: Room) -> None:
    with made.web() as http:
        one = screen(http, room, strict=True)
        one.draft(made.sloppy_diazepam(pills=2))
        (card,) = one.call("order-sign")
        one.accept(card, next(each for each in card["suggestions"] if each["actions"][0]["type"] == "update"))
        assert [each["indicator"] for each in one.call("order-sign")] in ([], ["info"])


@pytest.mark.point(70, 71, 126)
def test_an_order_that_is_removed_has_no_card_any_more(room: Room) -> None:
    room.resources.append(made.order("m2", "oxycodone hydrochloride 5 MG Oral Tablet", "1049621"))
    with made.web() as http:
        one = screen(http, room)
        one.draft(made.sloppy_diazepam())
        (card,) = one.call("order-sign")
        remove = next(each for each in card["suggestions"] if each["actions"][0]["type"] == "delete")
        assert remove["isRecommended"] is True
        one.accept(card, remove)
        assert "MedicationRequest/request-1" not in one.drafts
        assert one.call("order-sign") == []


@pytest.mark.point(52, 83, 120)
def test_hooks_in_any_order_give_each_its_own_answer(room: Room) -> None:
    """Each answer stands alone: a client may show the newest and throw the others away."""
    room.resources.append(made.order("m2", "Diazepam 5 MG Oral Tablet", "197591"))
    with made.web() as http:

        def told(*hooks: str) -> dict[str, Any]:
            one = screen(http, room)
            one.draft(made.sloppy_diazepam(pills=2))
            return {hook: [(card["summary"], card["detail"]) for card in one.call(hook)] for hook in hooks}

        forward = told("patient-view", "order-select", "order-sign")
        backward = told("order-sign", "order-select", "patient-view")
    assert forward == backward
    assert all(forward.values())


@pytest.mark.point(113, 114)
@pytest.mark.parametrize("path", ["", "/unclench-order-sign", "/unclench-order-sign/feedback"])
def test_a_page_of_a_listed_site_may_call_and_read_refusals(path: str) -> None:
    with made.web(cors_origins=(SITE,)) as http:
        method, headers = ("POST", "authorization,content-type") if path else ("GET", "authorization")
        asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
        preflight = http.options(f"/cds-services{path}", headers={"Origin": SITE, **asked})
        assert preflight.is_success
        assert preflight.headers["access-control-allow-origin"] == SITE
        refused = http.post(f"/cds-services{path or '/nobody'}", json={}, headers={"Origin": SITE})
        assert refused.status_code in (400, 404)
        assert refused.headers["access-control-allow-origin"] == SITE
        for stranger in ("https://evil.example", "null", f"{SITE}.evil.example"):
            answer = http.options(f"/cds-services{path}", headers={"Origin": stranger, **asked})
            assert "access-control-allow-origin" not in answer.headers


@pytest.mark.point(35, 33)
def test_the_real_bodies_are_answered(shared: Path) -> None:
    """As the client sent them, and with its `meds` under the name that we ask for."""
    told = {}
    with made.web() as http:
        for file in sorted((shared / "samples" / "cds-requests").glob("*.json")):
            body = json.loads(file.read_text(encoding="utf-8"))["body"]
            if "feedback" in body:
                assert http.post("/cds-services/unclench-order-select/feedback", json=body).status_code == 200
                continue
            answer = http.post(made.service_of("order-select"), json=body)
            assert answer.status_code == 200
            named = {**body, "prefetch": {**body["prefetch"], "medications": body["prefetch"]["meds"]}}
            answer = http.post(made.service_of("order-select"), json=named)
            assert answer.status_code == 200
            told[file.name[:2]] = [card["indicator"] for card in answer.json()["cards"]]
    assert told == {"01": [], "02": ["warning"], "03": ["warning"], "05": ["warning"]}
