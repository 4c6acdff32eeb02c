"""The main page as a server gives it: what links may carry, fragments, hostile text, files that are kept."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from tests.hostile import HOSTILE
from unclench.interfaces.web.app import create
from unclench.interfaces.web.assets import address, assets
from unclench.interfaces.web.examples import examples
from unclench.interfaces.web.pages.entered import entered, linked
from unclench.interfaces.web.pages.guided import Guided, written
from unclench.interfaces.web.settings import Settings
from unclench.record import read
from unclench.record.patient import Patient

REQUEST = "diazepam 5 mg three times a day for 7 days"
RECORD = "patient: {age: 46, sex: female, weight: 68 kg}\nproblems: [acute low back pain with muscle spasm]\n"
FORM = {"how": "text", "record": RECORD, "request": REQUEST, "jurisdiction": "us", "on": "2026-11-22"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient[Any]]:
    settings = Settings(insecure_loopback=True, rate_per_minute=0, allowed_hosts=("testserver.local",))
    with TestClient(create(settings)) as one:
        yield one


def patient_of(form: Guided) -> Patient:
    from datetime import date

    return read(written(form).encode(), on=date(2026, 11, 22))


@pytest.mark.verifies("W1")
def test_the_guided_form_writes_the_record_that_it_looks_like() -> None:
    form = Guided(
        age="58",
        sex="female",
        weight="150",
        weight_unit="lb",
        problems="spasm of back muscles, since 2026-11-18\r\n- hypertension",
        medicines="ibuprofen 400 mg three times a day",
        allergies="None known",
    )
    assert written(form) == (
        "patient: {age: 58, sex: female, weight: 150 lb}\n"
        'problems:\n  - "spasm of back muscles, since 2026-11-18"\n  - hypertension\n'
        "medications:\n  - ibuprofen 400 mg three times a day\n"
        "allergies: none known\n"
    )
    patient = patient_of(form)
    assert len(patient.conditions) == 2
    assert [one.text for one in patient.medications] == ["ibuprofen"]


@pytest.mark.verifies("W1", "R3")
def test_an_empty_field_of_the_guided_form_stays_not_recorded() -> None:
    assert written(Guided(age="40")) == "patient: {age: 40}\n"
    assert patient_of(Guided(age="40")).medications == ()


@pytest.mark.verifies("W1")
@pytest.mark.parametrize(
    "text", ["yes", "null", "{a: b}", "&x *x", "# not a comment", 'quote " and \\ slash', "a: b", "!!python/x"]
)
def test_what_means_something_in_yaml_means_only_itself_in_a_field(text: str) -> None:
    (one,) = patient_of(Guided(age="40", problems=text)).conditions
    assert one.text == text.strip(" \t-*")


@pytest.mark.verifies("W1")
def test_a_link_carries_an_example_doses_and_a_rule_and_nothing_else() -> None:
    form = linked(
        {"example": "pregnant", "mg": "5", "times": "3", "days": "7", "rule": "CI-05", "age": "91", "record": "x"}
    )
    assert (form.example, form.rule, form.request) == ("pregnant", "CI-05", "diazepam 5 mg 3 times a day for 7 days")
    assert form.answers == {}
    assert "91" not in form.record
    assert linked({"example": "../../etc/passwd"}).record == ""
    assert linked({"mg": "5", "times": "3"}).doses is None, "half a regimen is nobody's"
    assert linked({"mg": "nan", "times": "3", "days": "7"}).doses is None
    assert linked({"rule": "<script>"}).rule == ""


@pytest.mark.verifies("W1")
def test_an_answer_is_taken_back_by_its_button() -> None:
    assert entered({**FORM, "a.pain": "8", "a.spasm": "yes", "drop": "pain"}).answers == {"spasm": "yes"}


@pytest.mark.verifies("W1")
@pytest.mark.parametrize("example", [one.id for one in examples()])
def test_every_example_is_one_click_away_and_answered(client: TestClient[Any], example: str) -> None:
    assert f'href="/?example={example}"' in client.get("/").text
    answer = client.get(f"/?example={example}")
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert 'id="verdict"' in answer.text


@pytest.mark.verifies("W1")
def test_htmx_gets_the_answer_and_a_plain_form_the_page(client: TestClient[Any]) -> None:
    part = client.post("/consult", data=FORM, headers={"HX-Request": "true"})
    whole = client.post("/consult", data=FORM)
    assert part.status_code == whole.status_code == 200
    assert "<html" not in part.text
    assert "<html" in whole.text
    verdict = re.compile(r'<h1 id="verdict".*?</h1>', re.DOTALL)
    assert verdict.findall(part.text) == verdict.findall(whole.text)


@pytest.mark.verifies("W1")
def test_the_question_that_downloads_and_sliders_ask_is_the_one_that_was_answered(client: TestClient[Any]) -> None:
    page = client.post("/consult", data={**FORM, "a.takes-opioid": "yes"}).text
    (kept,) = re.findall(r'id="ask-json" value="([^"]*)"', page)
    ask = json.loads(html.unescape(kept))
    assert ask["record"] == RECORD
    assert ask["answers"] == {"takes-opioid": "yes"}
    assert (ask["on"], ask["jurisdiction"]) == ("2026-11-22", "us")
    said = client.post("/api/consult", json=ask).json()
    assert said["verdict"] == "avoid"
    assert "v-avoid" in page
    saved = re.findall(r'formaction="([^"]*)"', page[page.index('id="take-form"') :])
    assert {"/api/report.pdf", "/api/leaflet.pdf", "/api/fhir", "/api/consult"} <= set(saved)
    assert client.post("/api/consult", data={"ask": html.unescape(kept)}).json() == said  # as a plain button sends it


@pytest.mark.verifies("W1")
@pytest.mark.parametrize("path", ["/api/consult", "/api/simulate", "/api/fhir", "/api/report.pdf", "/api/taper"])
def test_what_cannot_be_read_is_called_the_record(client: TestClient[Any], path: str) -> None:
    answer = client.post(path, json={"record": "patient: [1"})
    assert answer.status_code == 422
    assert answer.json()["error"]["where"].startswith("the record")


@pytest.mark.verifies("W1")
@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"record": ""}, 422, "Pick an example"),
        ({"record": "patient: {agee: 4}"}, 422, "age"),
        ({"on": "yesterday"}, 422, "Choose the day"),
        ({"request": "diazepam 5 mg or 10 mg"}, 422, "request"),
        ({"a.pain": "lots"}, 422, "pain"),
        ({"request": "x" * 5000}, 422, "Shorten"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    client: TestClient[Any], change: dict[str, str], status: int, says: str
) -> None:
    answer = client.post("/consult", data={**FORM, **change}, headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert "What to do" in answer.text
    assert says in answer.text


@pytest.mark.verifies("W1")
def test_only_a_plain_form_is_read_so_that_no_upload_touches_the_disk(client: TestClient[Any]) -> None:
    answer = client.post("/consult", data=FORM, files={"file": ("a.json", b"{}")})
    assert answer.status_code == 415


@pytest.mark.verifies("W1")
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_inert_wherever_the_page_shows_it(client: TestClient[Any], text: str) -> None:
    text = text[:3000].encode("utf-8", "replace").decode()
    record = json.dumps(
        {"patient": {"age": "50"}, "problems": [text or "x", "spasm of back muscles"], "medications": [text or "x"]}
    )
    data = {**FORM, "record": record, "a.pain": text[:150], "g.problems": text, "g.age": text[:20]}
    for sent in (data, {**data, "a.pain": ""}, {**data, "a.pain": "", "how": "form"}):
        page = client.post("/consult", data=sent).text
        inert(page)


def inert(page: str) -> None:
    """No tag, attribute or handler that our templates do not write."""
    body = page.split("<body", 1)[1]
    for tag in ("script", "iframe", "img", "object", "embed", "style", "base", "meta"):
        assert f"<{tag}" not in body.lower(), tag
    tags = re.findall(r"<[a-z][^>]*>", body)
    for tag in tags:
        assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:", re.sub(r'"[^"]*"', '""', tag), re.IGNORECASE), tag
        assert not re.search(r'(href|action|formaction)="(?!/|#)', tag), tag


@pytest.mark.verifies("W1")
@pytest.mark.parametrize(
    "path", ["/", "/?example=acute-back-spasm", "/?example=with-opioid", "/?example=diazepam-14-months"]
)
def test_no_page_has_script_or_style_of_its_own(client: TestClient[Any], path: str) -> None:
    page = client.get(path).text
    inert(page)
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    assert "<style" not in page


@pytest.mark.verifies("W1")
def test_no_link_of_an_answer_carries_anything_of_the_patient(client: TestClient[Any]) -> None:
    page = client.post("/consult", data={**FORM, "a.pain": "8"}).text
    links = set(re.findall(r'(?:href|action|formaction|src)="([^"]*)"', page))
    plain = re.compile(
        r"#[a-z-]+|/|/consult|/taper|/about|/rules(/[A-Za-z0-9._-]+)?|/api/[a-z.]+|/static/[0-9a-f]{12}/[a-z.]+|/\?example=[a-z0-9-]+"
    )
    assert [link for link in links if not plain.fullmatch(link)] == []


@pytest.mark.verifies("W1")
def test_files_are_kept_under_an_address_that_changes_with_them(client: TestClient[Any]) -> None:
    answer = client.get(address("app.css"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/000000000000/app.css").status_code == 404
    assert client.get(address("app.css").replace("app.css", "htmx.LICENSE.txt")).status_code == 404
    assert "no-store" in client.get("/").headers["cache-control"]


@pytest.mark.verifies("W1")
def test_scripts_load_nothing_from_elsewhere_and_stay_small() -> None:
    ours = [one for name, one in assets().items() if name.endswith(".js") and ".min." not in name]
    assert {"main.js", "bench.js", "charts.js", "compare.js", "theme.js"} <= {one.name for one in ours}
    for one in ours:
        assert len(one.body) < 25_000, one.name
        assert not re.search(rb"https?://|\.innerHTML|insertAdjacentHTML|eval\(", one.body), one.name


@pytest.mark.verifies("W1")
def test_a_link_brings_an_example_doses_and_a_rule_and_nothing_of_a_patient() -> None:
    brought = {"example": "acute-back-spasm", "mg": "5", "times": "2", "days": "3", "rule": "CI-05"}
    more = ("record", "request", "age", "sex", "medicines", "problems", "on", "jurisdiction", "a.spasm", "a.cyp2c19")
    assert linked({**brought, **dict.fromkeys(more, "yes")}) == linked(brought)
    assert linked(dict.fromkeys(more, "yes")) == linked({})


@pytest.mark.parametrize(
    ("example", "first"),
    [
        ("acute-back-spasm", "What to do: diazepam 5 mg at night for 7 days, review on "),
        ("ms-spasticity", "What to do: provided that what is listed is ruled out: diazepam 2 mg at night"),
        ("age-78-falls", "Instead: Stop here. Urgent clinical assessment"),
        ("diazepam-14-months", "Instead: Stop by a gradual taper, never at once."),
        ("taper-12-months", "What to do: Stop by a gradual taper, never at once."),
        ("child-cerebral-palsy", "What to do: No automatic regimen."),
        ("almost-empty", None),
    ],
)
def test_what_to_do_first_stands_with_the_verdict(client: TestClient[Any], example: str, first: str | None) -> None:
    page = client.get(f"/?example={example}").text
    found = re.search(r'<p class="first-step">(.*?)</p>', page[: page.index('<dl class="who">')], re.DOTALL)
    line = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", found.group(1)))).strip() if found else None
    assert line == first or (first and line and line.startswith(first)), line


@pytest.mark.verifies("W1")
def test_examples_are_named_as_people_would_name_them(client: TestClient[Any]) -> None:
    page = client.get("/").text
    for name in ("Age 78, with falls", "Omeprazole and fluvoxamine", "Taper after 12 months", "MS spasticity"):
        assert f"<strong>{name}</strong>" in page


@pytest.mark.verifies("W1")
def test_an_error_names_the_record_and_not_how_a_program_read_it(client: TestClient[Any]) -> None:
    page = client.post("/consult", data={**FORM, "record": "patient: {agee: 4}"})
    assert page.status_code == 422
    assert "the record, line 1" in page.text
    assert "standard input" not in page.text


@pytest.mark.verifies("W1", "W3")
def test_what_is_not_known_leads_to_its_question(client: TestClient[Any]) -> None:
    page = client.get("/?example=acute-back-spasm").text
    asked = re.findall(r': ask (<a class="id" href="([^"]+)" data-source>[\w-]+</a>)', page)
    assert len(asked) >= 3
    question = next(href for link, href in asked if ">paradoxical<" in link)
    assert "Was there ever agitation or aggression after a sedative?" in client.get(question).text


@pytest.mark.verifies("W1", "W3")
@pytest.mark.parametrize(
    ("wrong", "where", "about"),
    [
        ({"record": "patient: {agee: 4}"}, "the record, line 1", "record-text"),
        ({"request": "aspirin"}, "what is asked", "request"),
        ({"on": "2026-99-22"}, "the day", "on"),
    ],
)
def test_an_error_names_the_field_that_it_is_about(
    client: TestClient[Any], wrong: dict[str, str], where: str, about: str
) -> None:
    page = client.post("/consult", data={**FORM, **wrong}, headers={"HX-Request": "true"}).text
    assert f"<dt>Where</dt><dd>{where}</dd>" in page
    assert f'data-about="{about}"' in page
    assert 'id="wrong-facts"' in page
