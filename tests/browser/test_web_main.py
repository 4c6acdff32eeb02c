"""The main page in a real browser: record, verdict, questions, print, phone and theme, by keyboard, without network."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import HTML
from tests.web_page import Seen, axe, tab_to
from tests.web_server import serving

ASK_FIRST = "patient: {age: 46, sex: female, weight: 68 kg}\nproblems: [acute low back pain with muscle spasm]\n"
STATES = {
    "entry": "/",
    "usable": "/?example=acute-back-spasm",
    "avoid": "/?example=with-opioid",
    "rule": "/?rule=CI-05&mg=5&times=3&days=7",
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def seen(browser: Any, site: str) -> Iterator[Seen]:
    one = Seen(browser, site)
    yield one
    one.close()


@pytest.mark.verifies("W1", "W3")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_on_a_page_that_was_loaded(
    browser: Any, site: str, state: str, width: int, theme: str
) -> None:
    one = Seen(browser, site, viewport={"width": width, "height": 900}, color_scheme=theme)
    page = one.open(STATES[state])
    if "example" in STATES[state]:
        one.drawn()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    one.close()


@pytest.mark.verifies("W1", "W3")
@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_axe_finds_nothing_after_questions_errors_and_with_everything_open(
    browser: Any, site: str, width: int, theme: str
) -> None:
    one = Seen(browser, site, viewport={"width": width, "height": 900}, color_scheme=theme)
    page = one.open("/")
    one.typed(ASK_FIRST, "diazepam 5 mg three times a day for 7 days")
    one.drawn()
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    page.wait_for_timeout(300)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    one.typed("patient: {agee: 4}")
    page.wait_for_selector("#answer .problem")
    axe(page)
    one.close()


@pytest.mark.verifies("W3")
def test_an_example_is_picked_and_read_by_keyboard_alone(seen: Seen) -> None:
    page = seen.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    tab_to(page, 'a[href="/?example=with-opioid"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/?example=with-opioid")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Avoid")
    tab_to(page, ".jump a")
    tab_to(page, "a.id")
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()


@pytest.mark.verifies("W1", "W3")
def test_a_record_filled_in_by_keyboard_is_answered_and_the_verdict_gets_the_focus(seen: Seen) -> None:
    page = seen.open("/")
    tab_to(page, "#g-age")
    page.keyboard.type("44")
    tab_to(page, "#g-sex")
    page.keyboard.type("male")
    tab_to(page, "#g-problems")
    page.keyboard.type("spasm of back muscles, since 2026-11-18")
    tab_to(page, "#g-medicines")
    page.keyboard.type("oxycodone 10 mg twice a day")
    tab_to(page, "#request")
    page.keyboard.type("diazepam 5 mg three times a day for 7 days")
    page.keyboard.press("Enter")
    page.wait_for_selector("#verdict")
    seen.drawn()
    assert page.evaluate("document.activeElement.id") == "verdict"
    assert page.locator("#verdict").inner_text().startswith("Avoid")
    assert "oxycodone" in page.input_value("#record-text"), "the record that was written from the fields"
    assert page.url == f"{seen.site}/", "nothing of a patient is in the address"


@pytest.mark.verifies("W1")
def test_a_file_is_read_on_the_device_and_consulted(seen: Seen, root: Path) -> None:
    page = seen.open("/")
    page.check("#how-text")
    page.set_input_files("#record-file", root / "examples" / "cirrhosis.json")
    page.wait_for_selector("#verdict")
    assert page.locator("#verdict").inner_text().startswith("Avoid")
    assert '"Bundle"' in page.input_value("#record-text")


@pytest.mark.verifies("W1", "W3")
def test_an_answer_asks_again_and_can_be_taken_back(seen: Seen) -> None:
    page = seen.open("/")
    seen.typed(ASK_FIRST, "diazepam 5 mg three times a day for 7 days")
    page.wait_for_selector(".ask-list")
    opioid = page.get_by_role("radiogroup", name=re.compile("^Is any opioid taken"))
    yes = opioid.get_by_role("radio", name=re.compile("^Yes"))
    assert "then avoid" in yes.locator("xpath=..").inner_text().lower(), "what the answer would change is shown"
    yes.focus()
    page.keyboard.press("Space")
    page.wait_for_selector(".answered")
    assert page.locator("#verdict").inner_text().startswith("Avoid")
    page.get_by_role("button", name=re.compile("^Take back: Is any opioid taken")).press("Enter")
    page.wait_for_selector(".answered", state="detached")
    assert not page.locator("#verdict").inner_text().startswith("Avoid")


@pytest.mark.verifies("W1")
def test_the_jurisdiction_changes_language_and_rules_at_once(seen: Seen) -> None:
    page = seen.open("/?example=acute-back-spasm")
    assert page.evaluate("document.documentElement.lang") == "en-US"
    page.check('input[name="jurisdiction"][value="uk"]')
    page.wait_for_selector('#consulted[lang="en-GB"]')
    assert "United Kingdom" in page.locator(".who").inner_text()


@pytest.mark.verifies("W1")
def test_without_script_a_posted_form_gives_the_whole_page(browser: Any, site: str) -> None:
    one = Seen(browser, site, java_script_enabled=False)
    page = one.open("/")
    page.check("#how-form")
    page.fill("#g-age", "44")
    page.fill("#g-problems", "spasm of back muscles")
    page.fill("#request", "diazepam 5 mg three times a day for 7 days")
    page.get_by_role("button", name="Consult").click()
    assert page.url == f"{site}/consult"
    assert page.locator("h1").count() == 1
    assert page.locator("#questions").is_visible()
    assert not page.locator("#the-bench").is_visible()
    assert page.get_by_text("Sliders and curves need JavaScript").is_visible()
    one.close()


@pytest.mark.verifies("W1")
@pytest.mark.parametrize("text", HTML)
def test_hostile_text_of_a_record_stays_text(seen: Seen, text: str) -> None:
    page = seen.open("/")
    bad: list[str] = []
    page.on("dialog", lambda dialog: (bad.append(dialog.message), dialog.dismiss()))
    record = {"patient": {"age": "50", "id": text}, "problems": [text, "spasm of back muscles"], "medications": [text]}
    seen.typed(json.dumps(record), "diazepam 5 mg three times a day for 7 days")
    page.wait_for_selector("#consulted, #answer .problem")
    page.wait_for_timeout(100)
    assert bad == []
    assert page.locator("#answer iframe, #answer img, #answer script").count() == 0
    assert page.input_value("#record-text") == json.dumps(record), "back in its field, every character as it was"


@pytest.mark.verifies("W3")
def test_it_prints_the_answer_and_leaves_the_controls_out(seen: Seen) -> None:
    page = seen.open("/?example=acute-back-spasm")
    seen.drawn()
    page.emulate_media(media="print")
    for gone in (".record", ".controls", ".places", "#take", ".jump"):
        assert not page.locator(gone).first.is_visible(), gone
    for there in ("#verdict", "#why", "#do", "#charts", "#limits"):
        assert page.locator(there).is_visible(), there
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


@pytest.mark.verifies("W3")
def test_the_theme_follows_the_device_until_one_is_chosen_and_is_all_that_is_kept(browser: Any, site: str) -> None:
    one = Seen(browser, site, color_scheme="dark")
    page = one.open("/?example=acute-back-spasm")
    one.drawn()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light", exact=True).press("Enter")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light
    assert page.evaluate("Object.keys(localStorage)") == ["unclench-theme"]
    assert page.evaluate("Object.keys(sessionStorage)") == []
    assert one.context.cookies() == []
    one.close()


@pytest.mark.verifies("W3")
@pytest.mark.parametrize("width", [320, 360, 768, 1920])
def test_nothing_is_wider_than_the_screen_and_targets_are_large_enough(browser: Any, site: str, width: int) -> None:
    one = Seen(browser, site, viewport={"width": width, "height": 800})
    page = one.open("/?example=acute-back-spasm")
    one.drawn()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        """[...document.querySelectorAll('button, select, input:not([type=hidden]), summary')]
        .filter(one => one.offsetParent && !one.closest('label'))
        .filter(one => { const box = one.getBoundingClientRect(); return box.height < 24 || box.width < 24 })
        .map(one => one.outerHTML.slice(0, 80))"""
    )
    assert small == []
    one.close()


@pytest.mark.verifies("W1")
def test_the_answer_is_saved_as_programs_get_it(seen: Seen) -> None:
    page = seen.open("/?example=acute-back-spasm")
    with page.expect_download() as saved:
        page.get_by_role("button", name="JSON", exact=True).press("Enter")
    assert saved.value.suggested_filename == "diazepam-consultation.json"
    assert json.loads(Path(saved.value.path()).read_text())["verdict"] == "usable-with-changes"


@pytest.mark.verifies("W1")
def test_the_first_load_is_under_250_kb(browser: Any, site: str) -> None:
    one = Seen(browser, site)
    sizes: dict[str, int] = {}
    one.page.on("response", lambda answer: sizes.__setitem__(answer.url, len(answer.body())))
    one.open("/").wait_for_load_state("networkidle")
    assert len(sizes) >= 5
    assert sum(sizes.values()) < 250_000, sizes
    one.close()


@pytest.mark.verifies("W1")
def test_what_a_link_must_not_carry_is_dropped(site: str) -> None:
    with urllib.request.urlopen(f"{site}/?age=91&sex=female&medicine=warfarin&mg=5&times=3&days=7") as answer:
        page = answer.read().decode()
    assert "91" not in page
    assert "warfarin" not in page
    assert "diazepam 5 mg 3 times a day for 7 days" in page


@pytest.mark.verifies("W3")
def test_a_field_in_error_says_so_until_it_is_mended(seen: Seen) -> None:
    page = seen.open("/")
    seen.typed("patient: {agee: 4}")
    page.wait_for_selector("#answer .problem")
    field = page.locator("#record-text")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == "wrong-facts"
    axe(page)
    seen.typed(ASK_FIRST)
    page.wait_for_selector("#verdict")
    assert field.get_attribute("aria-invalid") is None
    assert field.get_attribute("aria-describedby") is None


@pytest.mark.verifies("W1", "W3")
def test_a_record_that_is_closed_leaves_its_column_to_the_answer(seen: Seen) -> None:
    page = seen.open(STATES["usable"])
    seen.drawn()
    narrow = page.locator("#consulted").bounding_box()["width"]
    page.locator("[data-record] > summary").press("Enter")
    page.wait_for_function("width => document.querySelector('#consulted').clientWidth > width + 300", arg=narrow)
    page.locator("[data-record] > summary").press("Enter")
    page.wait_for_function("width => document.querySelector('#consulted').clientWidth <= width", arg=narrow)
