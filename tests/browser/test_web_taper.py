"""The taper planner in a real browser: live and by keyboard alone, without a script, on paper, for all eyes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hostile import HTML
from tests.web_page import Seen, axe, tab_to
from tests.web_server import serving

FULL = '#stage:has-text("Searched in full.")'
EMPTY, PLAIN, AGAIN = "/taper", "/taper?example=taper-12-months", "/taper?example=taper-12-months&seen=true"
SLOW_MS = 60_000  # of a shared machine

pytestmark = pytest.mark.verifies("P5", "W3")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(request_seconds=60, queue_seconds=30) as address:
        yield address


@pytest.fixture
def seen(browser: Any, site: str) -> Iterator[Seen]:
    one = Seen(browser, site)
    one.page.set_default_timeout(SLOW_MS)
    yield one
    one.close()


def typed(page: Any, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"#{name}", value)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_empty_planned_and_with_something_wrong(
    browser: Any, site: str, width: int, theme: str
) -> None:
    one = Seen(browser, site, viewport={"width": width, "height": 900}, color_scheme=theme)
    one.page.set_default_timeout(SLOW_MS)
    page = one.open(EMPTY)
    axe(page)
    page = one.open(AGAIN if width == 360 else PLAIN)
    page.wait_for_selector(FULL)
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page = one.open(EMPTY)
    typed(page, dose="20", months="14", weeks="900")
    page.get_by_role("button", name="Plan the taper").click()
    page.wait_for_selector("#wrong")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    one.close()


def test_a_taper_is_planned_by_keyboard_alone(seen: Seen) -> None:
    page = seen.open(EMPTY)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to(page, "#dose")
    page.keyboard.type("20")
    tab_to(page, "#months")
    page.keyboard.type("14")
    tab_to(page, "input[name=pace]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("input[name=pace][value=usual]")
    tab_to(page, "#weeks")
    page.keyboard.type("44")
    page.keyboard.press("Enter")
    page.wait_for_selector("#headline")
    page.wait_for_selector(FULL)
    assert page.locator("#headline").inner_text().strip() == "Taper over 44 weeks"
    assert page.url == f"{seen.site}/taper", "nothing of a patient is in the address"
    tab_to(page, ".jump a", most=200)
    page.keyboard.press("Enter")
    assert "#" in page.url


def test_a_change_is_answered_quickly_then_in_full_and_equals_the_json(seen: Seen) -> None:
    page = seen.open(EMPTY)
    typed(page, dose="12", months="9")
    page.fill("#on", "2026-11-22")
    page.locator("#on").blur()
    page.wait_for_selector('#stage:has-text("Quick answer")')
    page.wait_for_selector(FULL)
    body = {"use": {"dose_mg": 12, "months": 9}, "on": "2026-11-22"}
    told = page.request.post(f"{seen.site}/api/taper", data=body).json()
    shown = [mg.strip() for mg in page.locator(".steps tbody .mg").all_inner_texts()]
    assert [float(mg) for mg in shown[1:]] == [cut["to_mg"] for cut in told["cuts"]]
    first = next(day for day in told["days"])
    cell = page.locator(".month-table td.m-new b").first.inner_text()
    assert float(cell.removesuffix("mg").strip()) == first["mg"]
    assert f"{told['peak_withdrawal_drive']['typical']:.2g}" in page.locator(".who").inner_text()


def test_a_typed_diary_plans_again(seen: Seen) -> None:
    page = seen.open(PLAIN)
    page.wait_for_selector(FULL)
    assert page.locator("#learnt").count() == 0
    page.get_by_text("Diary", exact=True).click()
    page.get_by_role("button", name="Add a row").first.click()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Date, row 4"
    today = page.evaluate("new Date(Date.now() - 864e5).toISOString().slice(0, 10)")
    page.get_by_label("Date, row 1").fill(today)
    page.get_by_label("mg taken, row 1").fill("10")
    page.get_by_label("Withdrawal, row 1").fill("2")
    page.get_by_label("Spasm, row 1").fill("3")
    page.get_by_role("button", name="Plan the taper").click()
    page.wait_for_selector("#learnt")
    page.wait_for_selector(FULL)


def test_a_wrong_field_is_told_and_its_link_leads_there(seen: Seen) -> None:
    page = seen.open(EMPTY)
    typed(page, dose="a lot", months="14")
    page.get_by_role("button", name="Plan the taper").click()
    page.wait_for_selector("#wrong")
    assert page.evaluate("document.activeElement.id") == "wrong"
    page.locator("#wrong a").first.press("Enter")
    assert page.evaluate("document.activeElement.id") == "dose"
    assert page.input_value("#dose") == "a lot"


def test_a_file_is_read_on_the_device_and_files_come_back(seen: Seen, root: Any) -> None:
    page = seen.open(EMPTY)
    page.check("#from-record")
    page.set_input_files("#file", root / "examples" / "taper-12-months.yaml")
    page.wait_for_selector(FULL)
    assert "example-taper" in page.input_value("#record")
    for name, begins in (("Calendar to print, PDF", b"%PDF-"), ("Calendar for a phone, .ics", b"BEGIN:VCALENDAR")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.path().read_bytes().startswith(begins)
    assert page.locator("#headline").count() == 1, "the answer stays where it is"


def test_it_works_without_a_script(browser: Any, site: str) -> None:
    one = Seen(browser, site, java_script_enabled=False)
    one.page.set_default_timeout(SLOW_MS)
    page = one.open(EMPTY)
    typed(page, dose="20", months="14")
    assert not page.locator("[data-add-row]").first.is_visible()
    page.get_by_role("button", name="Plan the taper").click()
    assert page.locator("#headline").inner_text().startswith("Taper over")
    assert page.input_value("#dose") == "20"
    with page.expect_download() as download:
        page.get_by_role("button", name="Calendar to print, PDF").click()
    assert download.value.suggested_filename == "taper-calendar.pdf"
    one.close()


def test_hostile_text_is_shown_as_text(seen: Seen) -> None:
    page = seen.open(EMPTY)
    typed(page, dose="3", months="10", drug=f"lorazepam {HTML}"[:60])
    page.get_by_role("button", name="Plan the taper").click()
    page.wait_for_selector("#wrong, #headline")
    page.check("#from-record")
    page.fill("#record", f"patient: {{age: 50}}\nproblems: ['{HTML}']\nrequest: taper diazepam\n")
    page.get_by_role("button", name="Plan the taper").click()
    page.wait_for_selector("#wrong, #headline")
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelectorAll('#result script, #result img').length") == 0


def test_a_switch_shows_its_days_its_sources_and_its_curves(seen: Seen) -> None:
    page = seen.open(EMPTY)
    typed(page, drug="lorazepam", dose="3", months="10")
    page.get_by_role("button", name="Plan the taper").click()
    page.wait_for_selector("#switch")
    page.wait_for_selector(FULL)
    section = page.locator("section:has(> #switch)")
    assert section.locator("table tbody tr").count() > 1
    assert section.locator("svg").count() == 3
    assert section.locator("a.id").count() > 2


@pytest.mark.parametrize("country", [("us", "Su"), ("uk", "Mo")])
def test_weeks_begin_as_they_do_in_the_country(seen: Seen, country: tuple[str, str]) -> None:
    page = seen.open(EMPTY)
    typed(page, dose="10", months="8")
    page.select_option("#jurisdiction", country[0])
    page.get_by_role("button", name="Plan the taper").click()
    page.wait_for_selector(".month-table")
    assert page.locator(".month-table th").first.inner_text().startswith(country[1])
    page.wait_for_selector(FULL)


def test_on_paper_the_form_is_gone_and_the_plan_stays(seen: Seen) -> None:
    page = seen.open(PLAIN)
    page.wait_for_selector(FULL)
    page.emulate_media(media="print")
    assert not page.locator("#ask").is_visible()
    assert page.locator(".steps").is_visible()
    assert page.locator(".month-table").first.is_visible()
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert 2 <= pages <= 8
