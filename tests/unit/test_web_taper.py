"""The taper over HTTP: the JSON of the command line, rows and CSV alike, refusals, the page without a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from tests.acceptance.test_cli import run
from tests.hostile import TERMINAL
from unclench.interfaces.web.app import create
from unclench.interfaces.web.settings import Settings

ROOT = Path(__file__).parents[2]
ON = "2026-11-22"
TYPED = {"use": {"dose_mg": 20, "months": 14}, "on": ON}
QUICK = {**TYPED, "wish": {"quick": True}}
HTML = {"Accept": "text/html"}
LIVE = {**HTML, "HX-Request": "true", "HX-Target": "result"}
FORM = {"from": "use", "dose": "20", "months": "14", "on": ON}
HOSTILE = "<script>alert(1)</script>"

pytestmark = pytest.mark.verifies("P5")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with TestClient(
        create(Settings(insecure_loopback=True, request_seconds=120)), base_url="http://127.0.0.1:8765"
    ) as made:
        yield made


def cli_json(*args: str) -> bytes:
    done = run("taper", *args, "--on", ON, "--json", "-")
    assert done.returncode == 0, done.stderr
    return done.stdout


def asked(client: Any, **body: Any) -> bytes:
    answer = client.post("/api/taper", json=body)
    assert answer.status_code == 200, answer.text
    found: bytes = answer.content
    return found


def test_a_typed_dose_gives_the_bytes_of_the_command_line(client: Any) -> None:
    assert asked(client, **TYPED) == cli_json("--dose", "20mg", "--months", "14")


def test_a_person_wishes_and_the_other_country_give_the_same_bytes(client: Any) -> None:
    body = {
        "use": {"dose_mg": 12, "months": 8, "days_a_week": 6},
        "person": {"age_y": 70, "sex": "female", "weight_kg": 61.5, "times": 2},
        "wish": {"pace": "slow", "start_on": "2026-12-01", "products": ["2", "liquid"], "alternate_days": True},
        "jurisdiction": "uk",
        "on": ON,
    }
    options = "--dose 12mg --months 8 --days-a-week 6 --age 70 --sex female --weight 61.5 --times 2 --pace slow"
    more = "--start 2026-12-01 --products 2 --products liquid --alternate-days --jurisdiction uk"
    assert asked(client, **body) == cli_json(*options.split(), *more.split())


def test_an_example_a_diary_and_levels_give_the_same_bytes_as_files_csv_and_rows(client: Any) -> None:
    seen = ROOT / "examples" / "seen"
    diary, levels = ((seen / f"{name}.csv").read_text() for name in ("diary", "levels"))
    files = ("--diary", str(seen / "diary.csv"), "--levels", str(seen / "levels.csv"))
    told = cli_json(str(ROOT / "examples" / "taper-12-months.yaml"), *files)
    asked_with = {"example": "taper-12-months", "on": ON}
    assert asked(client, **asked_with, diary_csv=diary, levels_csv=levels) == told
    rows = [line.split(",") for line in diary.splitlines()[1:]]
    typed = [
        {"date": day, **{key: float(cell) if cell else None for key, cell in zip(names, cells, strict=True)}}
        for names in [("mg_taken", "withdrawal", "spasm")]
        for day, *cells in rows
    ]
    assert asked(client, **asked_with, diary=typed, levels_csv=levels) == told


def test_a_switch_from_another_drug_gives_the_same_bytes(client: Any) -> None:
    body = {"use": {"dose_mg": 3, "months": 10}, "person": {"drug": "lorazepam", "times": 3}, "on": ON}
    assert asked(client, **body) == cli_json("--drug", "lorazepam", "--dose", "3mg", "--months", "10", "--times", "3")


@pytest.mark.parametrize(
    ("name", "begins", "kind"),
    [
        ("calendar.pdf", b"%PDF-", "application/pdf"),
        ("calendar.pdf?large=true", b"%PDF-", "application/pdf"),
        ("calendar.html", b"<!DOCTYPE html>", "text/html"),
        ("calendar.ics", b"BEGIN:VCALENDAR", "text/calendar"),
    ],
)
def test_calendars_are_files_that_say_nothing_in_their_name(client: Any, name: str, begins: bytes, kind: str) -> None:
    answer = client.post(f"/api/taper/{name}", json=QUICK)
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["content-type"].count("charset") <= 1
    assert answer.headers["content-disposition"].startswith('attachment; filename="taper-calendar')


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({}, 422, "a dose and the months"),
        ({"use": {"dose_mg": 20}}, 422, "a dose and the months"),
        ({**TYPED, "wish": {"weeks": 61}}, 400, "wish.weeks"),
        ({**TYPED, "wish": {"peak_percent": 30}}, 400, "peak_percent"),
        ({**TYPED, "wish": {"pace": "furious"}}, 400, "pace"),
        ({**TYPED, "wish": {"weeks": 5}}, 422, "at least 20 weeks"),
        ({**TYPED, "wish": {"products": ["3"]}}, 422, "2, 5 and 10 mg"),
        ({**TYPED, "on": "0001-01-01"}, 422, "a day from"),
        ({**TYPED, "example": "taper-12-months", "record": "patient: {}"}, 422, "one of them"),
        ({"example": "taper-12-months", "person": {"age_y": 40}}, 422, "one of them"),
        ({"example": "nobody"}, 422, "one of"),
        ({**TYPED, "person": {"drug": "ibuprofen"}}, 422, "a benzodiazepine or Z-drug"),
        ({**TYPED, "unknown": 1}, 400, "unknown"),
        ({**TYPED, "diary": [{"date": ON, "withdrawal": 11}]}, 400, "withdrawal"),
        ({**TYPED, "diary": [{"date": "2026-11-23"}]}, 422, "a day until 2026-11-22"),
        ({**TYPED, "diary": [{"date": ON}], "diary_csv": "date"}, 422, "one of them"),
        ({**TYPED, "diary_csv": "\n" * 500}, 422, "rows"),
        ({**TYPED, "levels": [{"time": ON, "analyte": "x", "value": 1, "unit": "ng/mL"}]}, 422, "clock time"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_to_do(
    client: Any, body: dict[str, Any], status: int, word: str
) -> None:
    answer = client.post("/api/taper", json=body)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert word in json.dumps(error), error
    assert error["fix"]


class Fields(HTMLParser):
    """The names of everything a page asks for, and whether a text stands in it unescaped."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.scripts: list[str | None] = []
        self.labelled: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in ("input", "select", "textarea") and found.get("name"):
            self.names.add(str(found["name"]))
        if tag == "script":
            self.scripts.append(found.get("src"))


def test_the_form_asks_for_everything_that_programs_may_ask(client: Any) -> None:
    found = Fields()
    found.feed(client.get("/taper", headers=HTML).text)
    wanted = {
        "record", "drug", "dose", "months", "times", "days_a_week", "age", "sex", "weight", "jurisdiction", "on",
        "pace", "weeks", "start_on", "product", "no_halves", "alternate_days", "supply_days", "d_date", "d_mg",
        "d_withdrawal", "d_spasm", "diary_csv", "l_time", "l_value", "l_unit", "levels_csv",
    }  # fmt: skip
    assert wanted <= found.names
    assert all(src and src.startswith("/static/") for src in found.scripts)


def test_without_a_script_the_form_comes_back_filled_with_the_full_answer(client: Any) -> None:
    answer = client.post("/taper", data={**FORM, "weeks": "40"}, headers=HTML)
    assert answer.status_code == 200
    assert "Taper over 40 weeks" in answer.text
    assert 'name="weeks" type="text" inputmode="numeric" maxlength="12" value="40"' in answer.text
    assert "Searched in full" in answer.text
    assert 'id="compared"' in answer.text


def test_a_change_is_answered_quickly_first_and_says_so(client: Any) -> None:
    quick = client.post("/taper", data=FORM, headers=LIVE).text
    assert "Quick answer" in quick
    assert "/taper?search=full" in quick
    full = client.post("/taper?search=full", data=FORM, headers=LIVE).text
    assert "Searched in full" in full
    assert "/taper?search=full" not in full
    assert 0 < quick.count("<circle") < full.count("<circle")


def test_every_wrong_field_is_told_at_once_with_a_link_to_it(client: Any) -> None:
    answer = client.post("/taper", data={**FORM, "dose": HOSTILE, "weeks": "99", "start_on": "soon"}, headers=HTML)
    assert answer.status_code == 422
    for name in ("dose", "weeks", "start_on"):
        assert f'<a href="#{name}">' in answer.text
    assert HOSTILE not in answer.text
    assert "<title>Error: " in answer.text


def test_every_fact_that_a_plan_names_opens(client: Any) -> None:
    """A switch, a plan again and a plain taper: no link leads nowhere."""
    seen = {"from": "record", "record": (ROOT / "examples" / "taper-12-months.yaml").read_text(), "on": ON}
    seen |= {f"{name}_csv": (ROOT / "examples" / "seen" / f"{name}.csv").read_text() for name in ("diary", "levels")}
    for data in (seen, {**FORM, "drug": "lorazepam", "dose": "3"}):
        page = client.post("/taper", data=data, headers=LIVE).text
        links = set(re.findall(r'href="(/rules/[^"]+)"', page))
        assert len(links) > 15
        for link in links:
            assert client.get(link, headers=HTML).status_code == 200, link


@pytest.mark.parametrize("place", ["record", "drug", "diary_csv", "levels_csv", "d_mg", "on", "sex", "jurisdiction"])
def test_hostile_text_stays_text(client: Any, place: str) -> None:
    text = f"{HOSTILE}\"'><img src=x onerror=alert(1)>{TERMINAL}"
    data = {**FORM, place: text, **({"from": "record"} if place == "record" else {})}
    for headers in (LIVE, HTML) if place in ("record", "drug") else (LIVE,):
        answer = client.post("/taper", data=data, headers=headers)
        assert answer.status_code in (200, 422)
        assert "<img src=x" not in answer.text
        assert HOSTILE not in answer.text


def test_a_file_from_the_page_is_made_of_the_form(client: Any) -> None:
    answer = client.post("/taper/taper.json", data=FORM, headers=HTML)
    assert answer.content == asked(client, **TYPED)
    assert "attachment" in answer.headers["content-disposition"]
    wrong = client.post("/taper/calendar.pdf", data={**FORM, "dose": ""}, headers=HTML)
    assert wrong.status_code == 422
    assert '<a href="#dose">' in wrong.text
    assert client.post("/taper/other.exe", data=FORM, headers=HTML).status_code == 404


def test_only_a_plain_form_is_read(client: Any) -> None:
    assert client.post("/taper", files={"record": b"x"}, headers=HTML).status_code == 415
    many = "&".join(f"a{number}=1" for number in range(3000))
    kind = {**HTML, "Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/taper", content=many, headers=kind).status_code == 400


def test_an_address_names_an_example_and_nothing_of_a_patient(client: Any) -> None:
    page = client.get("/taper?example=taper-12-months&seen=true", headers=HTML).text
    assert "example-taper" in page
    assert "2026-10-18,10,1,1" in page
    assert client.get("/taper?example=%3Cscript%3E", headers=HTML).status_code == 404
    assert 'value="99"' not in client.get("/taper?dose=99&age=80", headers=HTML).text


def test_the_openapi_document_describes_what_may_be_asked(client: Any) -> None:
    schema = client.get("/schema/openapi.json").json()
    assert {"/api/taper", "/api/taper/calendar.pdf", "/api/taper/calendar.html", "/api/taper/calendar.ics"} <= set(
        schema["paths"]
    )
    assert not [path for path in schema["paths"] if path.startswith(("/taper", "/rules", "/about"))]
    wish = schema["components"]["schemas"]["Wishes"]["properties"]
    assert "60" in json.dumps(wish["weeks"])
