"""Report, leaflet and calendar over the web: the same bytes as in process, generic names, nothing put on disk."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from litestar.testing import TestClient

from tests.pdf_reading import whole
from unclench.consult import consult
from unclench.interfaces.web.app import create
from unclench.interfaces.web.examples import example
from unclench.interfaces.web.settings import Settings
from unclench.report.leaflet_page import leaflet_html
from unclench.report.pdf import to_pdf

FILES = {
    "report.pdf": "application/pdf",
    "report.html": "text/html; charset=utf-8",
    "leaflet.pdf": "application/pdf",
    "leaflet.html": "text/html; charset=utf-8",
    "calendar.pdf": "application/pdf",
    "calendar.html": "text/html; charset=utf-8",
    "calendar.ics": "text/calendar; charset=utf-8",
    "consult": "application/json",
    "fhir": "application/fhir+json; fhirVersion=4.0",
}
NAMES = {"consult": "diazepam-consultation.json", "fhir": "diazepam-fhir.json"}
ASK = {"example": "acute-back-spasm", "on": "2026-11-22", "jurisdiction": "uk"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient[Any]]:
    app = create(Settings(insecure_loopback=True, rate_per_minute=0))
    with TestClient(app, base_url="http://127.0.0.1:8765") as made:
        yield made


@pytest.mark.verifies("O3", "O7", "W3")
@pytest.mark.parametrize("name", FILES)
def test_a_file_comes_of_json_and_of_a_plain_form_under_a_name_that_tells_nothing(client: Any, name: str) -> None:
    by_json = client.post(f"/api/{name}", json=ASK)
    by_form = client.post(f"/api/{name}", data={"ask": json.dumps(ASK)})
    assert by_json.status_code == by_form.status_code == 200
    assert by_json.content == by_form.content
    assert by_json.headers["content-type"] == FILES[name]
    saved = NAMES.get(name, f"diazepam-{name}")
    assert by_json.headers["content-disposition"] == f'attachment; filename="{saved}"'


@pytest.mark.verifies("O3", "O7")
def test_it_is_what_the_program_writes(client: Any) -> None:
    found = consult(example("acute-back-spasm"), on=date(2026, 11, 22), jurisdiction="uk")
    assert client.post("/api/report.pdf", json=ASK).content == to_pdf(found)
    large = client.post("/api/leaflet.html?large=true", json=ASK).content
    assert large == leaflet_html(found, large=True)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"x": 1}', b'{"example": 3}', b"\xff", b"[" * 50_000], ids=range(7)
)
def test_what_is_no_question_is_refused_and_not_repeated(client: Any, body: bytes) -> None:
    answer = client.post("/api/leaflet.pdf", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 413, 422)
    assert "error" in answer.json()


@pytest.mark.parametrize("form", [{}, {"x": "1"}, {"ask": "{"}, {"ask": '{"example": "no-such"}'}])
def test_a_form_without_a_question_is_refused(client: Any, form: dict[str, str]) -> None:
    answer = client.post("/api/report.pdf", data=form or {"": ""})
    assert answer.status_code in (400, 422)


def test_where_there_is_nothing_to_hand_over_it_says_so(client: Any) -> None:
    answer = client.post("/api/leaflet.pdf", json={"example": "almost-empty", "on": "2026-11-22"})
    assert answer.status_code == 422
    assert answer.json()["error"]["where"] == "the leaflet"


@pytest.mark.verifies("O3", "O7")
def test_no_file_is_made_on_the_way(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typst reads templates and fonts from the package and words from memory; nothing is opened to be written."""
    opened: list[str] = []

    def see(event: str, args: tuple[Any, ...]) -> None:
        if watching and event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
            opened.append(str(args[0]))
        if watching and event in ("tempfile.mkstemp", "tempfile.mkdtemp"):
            opened.append(event)

    import sys

    sys.addaudithook(see)
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    watching = True
    try:
        for name in FILES:
            assert client.post(f"/api/{name}", data={"ask": json.dumps(ASK)}).status_code == 200
    finally:
        watching = False
    assert opened == []


def test_a_record_of_a_hostile_name_is_only_words(client: Any) -> None:
    record = "patient: {age: 42, sex: male}\nproblems: ['#read(\"/etc/passwd\")', acute low back pain]\n"
    ask = {"record": record, "on": "2026-11-22", "request": "diazepam 5 mg at night for 7 days"}
    answer = client.post("/api/report.pdf", json=ask)
    assert answer.status_code == 200
    assert "root:x" not in whole(answer.content)
