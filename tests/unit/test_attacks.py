"""What a hostile caller tried and must not be able to do again: fill the memory, hold up the rest, load scripts."""

from __future__ import annotations

import json
import tracemalloc
from datetime import date
from typing import Any

import pytest
from litestar.testing import TestClient

from tests.cds_factory import SELECT, call, condition, order, searchset, web
from unclench.interfaces.web.asks import MOST_ENTRIES
from unclench.interfaces.web.asks_taper import DiaryRow, TaperAsk, Use, Wishes, is_quick
from unclench.interfaces.web.hooks.answer import MOST_LISTED
from unclench.knowledge.recognise import recognise
from unclench.knowledge.wording import TEXT_LIMIT
from unclench.record.resources import Coding, Concept
from unclench.record.terms import codes_of, partial_date

pytestmark = pytest.mark.verifies("W2")
LARGE = 500_000
KEPT_BYTES = 2_000_000  # of 20 times LARGE that were sent


def test_what_was_read_is_not_gathered() -> None:
    recognise("condition", (), "acute cough")
    tracemalloc.start()
    try:
        for number in range(20):
            recognise("condition", (), f"{number} {'x' * LARGE}")
            codes_of(Concept([Coding("http://snomed.info/sct", f"{number}{'9' * LARGE}")]))
            partial_date(f"{number}{'9' * LARGE}")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < KEPT_BYTES


def test_what_stands_behind_a_long_name_is_not_taken_for_nothing() -> None:
    plain = recognise("medicine", (), "ibuprofen 400 mg")
    hidden = recognise("medicine", (), f"ibuprofen 400 mg{' ' * TEXT_LIMIT}morphine")

    assert plain.understood
    assert not plain.could_bear_on
    assert not hidden.understood
    assert "opioid" in hidden.could_bear_on


@pytest.fixture(scope="module")
def client() -> Any:
    with web() as opened:
        yield opened


@pytest.mark.parametrize("path", ["/schema", "/schema/swagger", "/schema/redoc", "/schema/elements", "/schema/rapidoc"])
def test_no_page_that_loads_scripts_from_elsewhere(client: TestClient[Any], path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == (200 if path == "/schema" else 404)
    assert "<script" not in answer.text
    assert "jsdelivr" not in answer.text
    assert client.get("/schema/openapi.json").json()["openapi"].startswith("3.")


def test_a_record_of_far_too_many_entries_is_refused_before_it_is_judged(client: TestClient[Any]) -> None:
    person = {"resourceType": "Patient", "id": "pt-test"}
    many = [condition(f"c{number}", f"thing {number}") for number in range(MOST_ENTRIES + 1)]
    held = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in (person, *many)]}
    answer = client.post("/api/consult", json={"record": json.dumps(held)})

    assert answer.status_code == 422
    assert "entries of Condition" in answer.json()["error"]["found"]


def test_a_list_of_far_too_many_entries_gets_no_cards(client: TestClient[Any]) -> None:
    body = call()
    many = [order(f"m{number}", "Ibuprofen 400 MG") for number in range(MOST_LISTED + 1)]
    body["prefetch"]["medications"] = searchset(*many)
    answer = client.post(f"/cds-services/{SELECT}", json=body)

    assert answer.status_code == 413
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_what_learns_from_a_diary_waits_behind_what_is_quick() -> None:
    quick, use = Wishes(quick=True), Use(dose_mg=10, months=6)
    seen = DiaryRow(date=date(2026, 11, 20), withdrawal=2)

    assert is_quick(TaperAsk(use=use, wish=quick))
    assert not is_quick(TaperAsk(use=use, wish=quick, diary=(seen,)))
    assert not is_quick(TaperAsk(use=use))


def test_a_body_whose_end_is_not_sure_ends_the_connection(client: TestClient[Any]) -> None:
    answer = client.post("/api/consult", content=b"{}", headers={"Transfer-Encoding": "xchunked"})

    assert answer.status_code == 400
    assert answer.headers["Connection"] == "close"
