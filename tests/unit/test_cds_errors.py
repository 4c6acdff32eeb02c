"""Refusals of the CDS service: the status says what kind, the OperationOutcome says what to do, neither says who."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests import cds_factory as made
from unclench.interfaces.web.hooks import answer as answering
from unclench.interfaces.web.hooks import routes
from unclench.interfaces.web.work import BusyError

pytestmark = pytest.mark.verifies("W2")
PATH = made.service_of("order-sign")
JSON = {"Content-Type": "application/json"}
CANARY = "CANARY-7f3a"


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with made.web() as client:
        yield client


@pytest.mark.point(51)
@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", JSON, 400),
        (b"{", JSON, 400),
        (b"null", JSON, 400),
        (b"[]", JSON, 400),
        (b'"text"', JSON, 400),
        (b"\xff\xfe{}", JSON, 400),
        (b'{"hook": "\xc3\x28"}', JSON, 400),
        (b'{"hook": "\\ud800"}', JSON, 400),
        (b'{"a": 1, "a": 2}', JSON, 400),
        (b'{"a": NaN}', JSON, 400),
        (b'{"a": 1} {"b": 2}', JSON, 400),
        (b'{"a": 1,} // comment', JSON, 400),
        (b'{"a": "\x00"}', JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b'{"a":' * 65 + b"1" + b"}" * 65, JSON, 400),
        (b'{"a":' * 50_000, JSON, 400),
        (b"{}", {}, 415),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{}", {"Content-Type": "application/xml"}, 415),
        (b"{}", {"Content-Type": "application/json; charset=latin-1"}, 415),
        (b"{}", {"Content-Type": "application/jsonp"}, 415),
        (gzip.compress(b"0" * 1_000_000), {**JSON, "Content-Encoding": "gzip"}, 415),
        (b" " * 2_000_001, JSON, 413),
    ],
)
def test_bodies_that_are_not_plain_json_are_refused(web: Any, content: bytes, headers: Any, status: int) -> None:
    for path in (PATH, f"{PATH}/feedback"):
        answer = web.post(path, content=content, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/json"
        assert made.is_outcome(answer)


@pytest.mark.point(1, 51)
@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=UTF-8", "APPLICATION/JSON", "application/fhir+json"]
)
def test_json_by_any_of_its_names_is_read(web: Any, kind: str) -> None:
    answer = web.post(
        PATH, content=b"\xef\xbb\xbf" + json.dumps(made.call("order-sign")).encode(), headers={"Content-Type": kind}
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.point(115, 116, 55)
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/cds-services/nobody", 404),
        ("POST", "/cds-services/unclench-order-sign/elsewhere", 404),
        ("POST", "/cds-services/UNCLENCH-ORDER-SIGN", 404),
        ("GET", "/cds-services/unclench-order-sign", 405),
        ("PUT", "/cds-services/unclench-order-sign", 405),
        ("DELETE", "/cds-services", 405),
        ("POST", "/cds-services", 405),
    ],
)
def test_other_addresses_and_methods(web: Any, method: str, path: str, status: int) -> None:
    answer = web.request(method, path, json={})
    assert answer.status_code == status
    assert made.is_outcome(answer)
    assert "/cds-services" in answer.text


@pytest.mark.point(119, 115)
def test_a_busy_service_says_when_to_come_back(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any) -> Any:
        raise BusyError(2)

    monkeypatch.setattr(routes, "_at_once", busy)
    answer = web.post(PATH, json=made.call("order-sign"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert made.is_outcome(answer)


@pytest.mark.point(55)
def test_a_bug_gives_no_advice_and_says_nothing_of_the_patient(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise KeyError(CANARY)

    monkeypatch.setattr(answering, "opinion_of", broken)
    answer = web.post(PATH, json=made.call("order-sign"))
    assert answer.status_code == 500
    assert made.is_outcome(answer)
    assert "cards" not in answer.json()
    assert CANARY not in answer.text


@pytest.mark.point(55, 123)
def test_no_refusal_repeats_what_was_sent(web: Any) -> None:
    def marked(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: marked(one) for key, one in value.items()}
        if isinstance(value, list):
            return [marked(one) for one in value]
        return f"{CANARY}{value}" if isinstance(value, str) else value

    whole = made.call("order-sign")
    bodies = [marked(whole)]
    for member in ("hook", "hookInstance", "context", "prefetch", "fhirServer", "fhirAuthorization"):
        bodies.append({**whole, member: CANARY})
        bodies.append({**whole, member: {CANARY: CANARY}})
    for key in made.KEYS:
        bodies.append({**whole, "prefetch": {**whole["prefetch"], key: marked(whole["prefetch"][key])}})
    bodies.append({**whole, "context": {**whole["context"], "draftOrders": CANARY}})
    refused = 0
    for body in bodies:
        answer = web.post(PATH, json=body)
        if answer.status_code != 200:
            refused += 1
            assert CANARY not in answer.text
            assert CANARY not in str(answer.headers)
            assert made.is_outcome(answer)
    assert refused >= 6
    assert CANARY not in web.post(f"/cds-services/{CANARY}", json={}).text


def test_more_orders_than_anybody_makes_are_refused(web: Any) -> None:
    few = [made.sloppy_diazepam(f"d{number}", pills=number + 1) for number in range(21)]
    answer = web.post(PATH, json=made.call("order-sign", *few))
    assert answer.status_code == 400
    assert "20" in answer.text
    many = [made.unchosen(f"d{number}") for number in range(201)]
    assert web.post(PATH, json=made.call("order-sign", *many)).status_code == 400
    assert web.post(PATH, json=made.call("order-sign", *many[:200])).status_code == 200
