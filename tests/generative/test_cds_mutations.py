"""Requests damaged anywhere: an answer or a refusal that says what to do, never a fault, never a half answer."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import cds_factory as made
from tests.hostile import HOSTILE

pytestmark = pytest.mark.verifies("W2")
REFUSALS = {400, 412}
GONE = object()
WRONG: tuple[Any, ...] = (
    "",
    0,
    -1,
    1e300,
    True,
    [],
    {},
    [None],
    {"resourceType": "Bundle"},
    "x" * 3000,
    [[[]]],
    "\u202e",
    2**70,
)
GRANT = {
    "access_token": "canary-token-7d1f",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.read",
    "subject": "client-1",
}


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with made.web() as client:
        yield client


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body, the whole of it included."""
    yield here
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from paths(one, (*here, key))


def damaged(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return None if value is GONE else value
    made_now = copy.deepcopy(body)
    place = made_now
    for key in path[:-1]:
        place = place[key]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return made_now


def post(web: Any, path: str, body: Any) -> Any:
    return web.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})


def holds(answer: Any) -> None:
    """200 with cards, or a refusal with an OperationOutcome that repeats nothing."""
    assert answer.status_code in REFUSALS | {200}, answer.text[:300]
    if answer.status_code == 200:
        assert set(answer.json()) == {"cards"}
        assert len(answer.json()["cards"]) <= 3
    else:
        assert made.is_outcome(answer)
        assert "canary-token" not in answer.text


def bodies() -> list[dict[str, Any]]:
    sloppy = made.call("order-select", fhirServer="https://fhir.example", fhirAuthorization=GRANT)
    rich = made.call("order-sign", made.sloppy_diazepam(), made.order("b", "oxycodone hydrochloride 5 MG", "1049621"))
    rich["prefetch"]["medications"]["entry"].append({"resource": made.order("m2", "Diazepam 5 MG", "197591")})
    return [sloppy, rich]


@pytest.mark.point(46, 47, 28)
@pytest.mark.parametrize("number", range(2))
def test_a_request_damaged_in_one_place(web: Any, number: int) -> None:
    body = bodies()[number]
    every = 1 + 4 * number  # the second has three orders to judge
    for count, path in enumerate(list(paths(body))[::every]):
        for value in (GONE, (None, *WRONG)[count % (len(WRONG) + 1)]):
            holds(post(web, made.service_of(body["hook"]), damaged(body, path, value)))


@pytest.mark.point(46, 47)
def test_real_requests_damaged_in_one_place(web: Any, shared: Path) -> None:
    for name in ("01-order-select", "02-order-select"):
        text = (shared / "samples" / "cds-requests" / f"{name}.json").read_text(encoding="utf-8")
        body = json.loads(text)["body"]
        body["prefetch"]["medications"] = body["prefetch"].pop("meds")
        for count, path in enumerate(paths(body)):
            for value in (GONE, (None, *WRONG)[count % (len(WRONG) + 1)]):
                holds(post(web, made.service_of("order-select"), damaged(body, path, value)))


PLACES = [(number, path) for number, body in enumerate(bodies()) for path in paths(body) if path]
VALUES = st.one_of(
    st.just(GONE),
    st.sampled_from(WRONG),
    st.sampled_from([one for one in HOSTILE if "\ud800" not in one]),
    st.dates(),
    st.floats(allow_nan=False, allow_infinity=False),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_request_damaged_in_several_places(web: Any, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, 1))
    body: Any = bodies()[number]
    hook = body["hook"]
    places = [path for which, path in PLACES if which == number]
    for path in data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=6)):
        value = data.draw(VALUES)
        try:
            body = damaged(body, path, value if value is GONE else json.loads(json.dumps(value, default=str)))
        except (KeyError, IndexError, TypeError):
            continue  # another damage took the place away
    holds(post(web, made.service_of(hook), body))


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=12)
THINGS = st.recursive(st.none() | st.booleans() | st.integers() | NAMES, lambda inner: st.lists(inner, max_size=3))


@pytest.mark.point(6, 8)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extra=st.dictionaries(NAMES.map(lambda name: f"x-{name}"), THINGS, min_size=1, max_size=4))
def test_unknown_members_change_no_card(web: Any, extra: dict[str, Any]) -> None:
    plain = made.call("order-sign")
    more = copy.deepcopy(plain)
    resource = more["prefetch"]["conditions"]["entry"][0]["resource"]
    for place in (more, more["context"], more["prefetch"], resource, more["context"]["draftOrders"]):
        place.update(extra)
        place["extension"] = {"org.example.made-up": extra} if place is more else extra
    path = made.service_of("order-sign")
    assert web.post(path, json=more).json() == web.post(path, json=plain).json()


@pytest.mark.point(51)
@given(body=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused(web: Any, body: bytes) -> None:
    for path in (made.service_of("order-sign"), f"{made.service_of('order-sign')}/feedback"):
        answer = web.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert made.is_outcome(answer)


def test_feedback_damaged_in_one_place(web: Any) -> None:
    item = {
        "card": "46dc52c3-9c1e-487c-af54-350232a98ea8",
        "outcome": "overridden",
        "overrideReason": {"reason": {"code": "x", "system": "y"}, "userComment": "words"},
        "acceptedSuggestions": [{"id": "f3e0cf42-01dc-47d9-9c23-dbd78404b9a7"}],
        "outcomeTimestamp": "2026-11-21T22:45:15.083Z",
    }
    body = {"feedback": [item, {**item, "outcome": "accepted"}]}
    for path in paths(body):
        for value in (GONE, None, *WRONG):
            answer = post(web, f"{made.service_of('order-sign')}/feedback", damaged(body, path, value))
            assert answer.status_code in (200, 400)
