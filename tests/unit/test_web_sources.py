"""Rules, facts, sources and the page about the service; errors as pages for people and JSON for programs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from unclench.interfaces.web import app as application
from unclench.interfaces.web.app import create
from unclench.interfaces.web.pages.about import security
from unclench.interfaces.web.settings import Client, Settings
from unclench.interfaces.web.wanted import wants_page
from unclench.interfaces.web.work import BusyError
from unclench.knowledge.load import knowledge_with_manual
from unclench.report.explain import explain

BASE = "http://127.0.0.1:8765"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
HOSTILE = ("<script>alert(1)</script>", "{{7*7}}", "x" * 400, "\x00", "..", "INT-01'--", "%0d%0aSet-Cookie:a=b")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with TestClient(create(Settings(insecure_loopback=True)), base_url=BASE) as made:
        yield made


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.verifies("W3", "R3")
def test_every_rule_stands_on_the_page_of_rules_and_opens(client: Any) -> None:
    page = client.get("/rules", headers=HTML).text
    for rule in knowledge_with_manual().table("rules"):
        assert f'href="/rules/{rule.id}"' in page


@pytest.mark.verifies("W3")
@pytest.mark.parametrize(
    "key", ["INT-01", "POP-01", "TAPER-WINDOW", "SRC-FDA-LABEL", "PK-CL-DIAZEPAM", "drinks-alcohol"]
)
def test_a_page_of_a_fact_says_what_the_command_line_says(client: Any, key: str) -> None:
    said = text_of(html.unescape(client.get(f"/facts/{key}", headers=HTML).text)).casefold()
    lines = [line.casefold() for line in explain(key).splitlines()]
    assert key.casefold() in said
    for line in lines[1:]:
        if re.match(r" +(\w+ max|standing|holds when|source|asks|asked by|see also)\b.*: ", line):
            continue  # said in other words there
        for word in re.findall(r"[a-z]{7,}", line):
            assert word in said, (word, line)


@pytest.mark.verifies("W3")
def test_a_group_of_codes_opens_too(client: Any) -> None:
    group = knowledge_with_manual().table("codes")[0].group
    assert "group of codes" in client.get(f"/facts/{group}", headers=HTML).text


@pytest.mark.verifies("W3")
def test_rules_and_facts_have_one_page_however_they_are_written(client: Any) -> None:
    first = client.get("/rules/INT-01", headers=HTML)
    assert first.status_code == 200
    assert first.text == client.get("/facts/int-01", headers=HTML).text
    part = client.get("/rules/INT-01", headers={**HTML, "HX-Request": "true"}).text
    assert "<html" not in part
    assert "INT-01" in first.text


@pytest.mark.verifies("W3")
def test_a_rule_says_its_source_its_place_and_its_standing(client: Any) -> None:
    rule = knowledge_with_manual().get("rules", "INT-01")
    page = text_of(client.get("/rules/INT-01", headers=HTML).text)
    for said in ("Where it was read", "How far it can be trusted", "When it holds", "What it changes"):
        assert said in page
    assert rule.locator in page
    source = knowledge_with_manual().get("sources", rule.source.partition(";")[0].strip())
    assert source.title in page


@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_id_is_a_page_that_is_not_there(client: Any, key: str) -> None:
    from urllib.parse import quote

    for room in ("rules", "facts"):
        answer = client.get(f"/{room}/{quote(key, safe='')}", headers=HTML)
        assert answer.status_code in (404, 405) or answer.url.path == "/"
        assert "<script>alert" not in answer.text
        assert "49" not in answer.text.partition("<h1>")[2][:400]


@pytest.mark.verifies("W2")
def test_the_page_about_the_service_says_what_it_offers_and_does_not(client: Any) -> None:
    page = text_of(client.get("/about", headers=HTML).text)
    for said in (
        "not a medical device", "Not yet reviewed by a clinician", "order-sign", "patient-view",
        "SMART launch is out of scope",
        "context.patientId", "Apache-2.0", "SNOMED", "By keyboard", "Nothing: no database",
    ):  # fmt: skip
        assert said.casefold() in page.casefold(), said


def test_security_is_told_without_names_or_addresses() -> None:
    settings = Settings(
        clients=(Client(iss="https://secret.example.org", jwks_url="https://keys.example.org/jwks"),),
        fhir_servers=("https://fhir.example.org/r4",),
        frame_ancestors=("https://ehr.example.org",),
        feedback_file="/var/lib/told.jsonl",
        behind_tls=True,
    )
    said = " ".join(text for pair in security(settings) for text in pair)
    assert "example.org" not in said
    assert "told.jsonl" not in said
    assert "1 client" in said
    assert said != " ".join(text for pair in security(Settings()) for text in pair)


@pytest.mark.parametrize(
    ("accept", "path", "page"),
    [
        (b"text/html,*/*;q=0.8", "/taper", True),
        (b"text/html", "/nothing", True),
        (b"*/*", "/taper", False),
        (b"application/json", "/taper", False),
        (b"text/html", "/api/taper", False),
        (b"text/html", "/cds-services/x", False),
        (b"text/html", "/apiary", True),
        (b"", "/", False),
    ],
)
def test_only_a_browser_gets_a_page_for_an_error(accept: bytes, path: str, page: bool) -> None:
    assert wants_page(path, [(b"Accept", accept)]) is page


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/taper", 405), ("POST", "/taper", 415)]
)
def test_errors_are_pages_for_people_and_json_for_programs(client: Any, method: str, path: str, status: int) -> None:
    for_people = client.request(method, path, headers=HTML)
    assert for_people.status_code == status
    assert for_people.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in for_people.text
    assert "/static/" in for_people.text
    assert "openapi" not in for_people.text
    for_programs = client.request(method, path, headers={"Accept": "application/json"})
    assert for_programs.status_code == status
    assert for_programs.json()["error"]["fix"]


def test_what_a_guard_refuses_is_a_page_too() -> None:
    with TestClient(create(Settings(insecure_loopback=True, max_body_bytes=1000)), base_url=BASE) as small:
        large = small.post("/taper", headers=HTML, data={"record": "x" * 5000})
        assert large.status_code == 413
        assert "This is too large" in large.text
        assert large.headers["content-type"] == "text/html; charset=utf-8"
    with TestClient(create(Settings(insecure_loopback=True, rate_per_minute=3)), base_url=BASE) as slow:
        answers = [slow.get("/about", headers=HTML) for _ in range(8)]
        refused = [one for one in answers if one.status_code == 429]
        assert refused
        assert "Too many requests" in refused[0].text
        assert refused[0].headers["retry-after"] in refused[0].text


@pytest.mark.parametrize(("error", "status"), [(BusyError(2), 503), (ValueError("Mrs Canary"), 500)])
def test_a_busy_service_and_a_fault_say_nothing_of_what_was_sent(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    from unclench.interfaces.web.pages import taper

    def failing(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(taper, "_shown", failing)
    assert application.create
    with TestClient(create(Settings(insecure_loopback=True)), base_url=BASE, raise_server_exceptions=False) as client:
        data = {"dose": "20", "months": "14", "record": "Canary"}
        answer = client.post("/taper", headers=HTML, data=data)
        assert answer.status_code == status
        assert "Canary" not in answer.text
        assert "<h1>" in answer.text
        if status == 503:
            assert "In 2 seconds" in answer.text
            assert answer.headers["retry-after"] == "2"


@pytest.mark.verifies("W3")
def test_a_rule_says_what_it_does_in_words(client: Any) -> None:
    said = text_of(html.unescape(client.get("/rules/INT-01", headers=HTML).text))
    assert "Effect where spasticity is treated the dose, the days or what is watched changes" in said
    assert "any opioid" in said
    assert "tag:" not in said
    said = text_of(html.unescape(client.get("/rules/CI-05", headers=HTML).text))
    assert "Effect diazepam is not given" in said


@pytest.mark.verifies("W3")
def test_units_of_answers_are_words(client: Any) -> None:
    said = text_of(html.unescape(client.get("/questions", headers=HTML).text))
    assert "a number in months" in said
    assert "in mo," not in said
    assert "{score}" not in said
