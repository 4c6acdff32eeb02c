"""Discovery of the CDS services, and what people are told about them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests import cds_factory as made
from unclench.interfaces.web.hooks.capability import capability
from unclench.interfaces.web.hooks.services import SERVICES, discovery
from unclench.interfaces.web.settings import Settings

pytestmark = pytest.mark.verifies("W2")


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with made.web() as client:
        yield client


def empties(value: Any, path: str = "") -> list[str]:
    """Where a value holds null, "", [] or {}, apart from the lists that may be empty."""
    if value in (None, "", [], {}) and path not in ("/cards", "/services"):
        return [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, one in inner for found in empties(one, f"{path}/{key}")]


@pytest.mark.point(9, 10, 12, 13, 14, 15, 16)
def test_discovery_says_what_each_service_is(web: Any) -> None:
    answer = web.get("/cds-services")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"services"}
    assert [one["hook"] for one in body["services"]] == ["order-select", "order-sign", "patient-view"]
    for one in body["services"]:
        for name in ("hook", "id", "title", "description", "usageRequirements"):
            assert isinstance(one[name], str)
            assert one[name].strip()
        assert re.fullmatch(r"\d+\.\d+(\.\d+)?", one["version"])
        assert one["version"].startswith("2.0")
        assert one["hookVersion"] == "1.0"
        assert "412" in one["usageRequirements"]


@pytest.mark.point(2, 3, 4)
def test_discovery_holds_nothing_empty_and_is_strict_json(web: Any) -> None:
    text = web.get("/cds-services").text
    assert empties(json.loads(text, parse_constant=pytest.fail)) == []


@pytest.mark.point(11)
def test_a_service_that_offers_nothing_says_so() -> None:
    with made.web(hooks=()) as client:
        answer = client.get("/cds-services")
        assert (answer.status_code, answer.json()) == (200, {"services": []})
        assert client.post("/cds-services/unclench-order-sign", json=made.call("order-sign")).status_code == 404
    with made.web(hooks=("order-sign",)) as client:
        assert [one["hook"] for one in client.get("/cds-services").json()["services"]] == ["order-sign"]
        assert client.post("/cds-services/unclench-order-select", json=made.call()).status_code == 404


@pytest.mark.point(18, 19)
def test_every_listed_service_answers_at_its_own_address(web: Any) -> None:
    ids = [one["id"] for one in web.get("/cds-services").json()["services"]]
    assert len(set(ids)) == len(ids) == 3
    for one in SERVICES:
        assert web.post(f"/cds-services/{one.id}", json=made.call(one.hook)).status_code == 200


@pytest.mark.point(20)
def test_discovery_is_the_same_bytes_and_may_be_kept(web: Any) -> None:
    first, second = web.get("/cds-services"), web.get("/cds-services")
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert "max-age=" in first.headers["cache-control"]
    again = web.get("/cds-services", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = web.get("/cds-services", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200
    with made.web() as client:
        assert client.get("/cds-services").content == first.content


@pytest.mark.point(124)
def test_people_can_be_told_what_the_service_does() -> None:
    told = capability(Settings(fhir_servers=("https://fhir.example",), repeat_filter=True, feedback_file="f.jsonl"))
    plain = capability(Settings())
    assert [one.hook for one in told.services] == ["order-select", "order-sign", "patient-view"]
    assert {one.key for one in told.prefetch} == set(discovery(Settings()).services[0].prefetch)
    assert all(one.purpose for one in told.prefetch)
    assert [kind for kind, _ in told.written] == ["MedicationRequest"]
    assert told.address == "http://127.0.0.1:8765/cds-services"
    assert told.limits != plain.limits
    assert "nothing is fetched" in " ".join(plain.limits)
