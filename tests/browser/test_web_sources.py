"""Rules, facts, sources, the page about the service and errors, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web_page import Seen, axe, tab_to
from tests.web_server import serving

PAGES = (
    "/rules",
    "/sources",
    "/questions",
    "/rules/INT-01",
    "/facts/SRC-FDA-LABEL",
    "/facts/opioid-use",
    "/about",
    "/no",
)
MISSING = "404 (Not Found)"

pytestmark = pytest.mark.verifies("W3")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def seen(browser: Any, site: str) -> Iterator[Seen]:
    one = Seen(browser, site)
    yield one
    one.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_on_any_page(browser: Any, site: str, width: int, theme: str) -> None:
    one = Seen(browser, site, viewport={"width": width, "height": 900}, color_scheme=theme)
    for path in PAGES:
        page = one.open(path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1
    one.wrong = [text for text in one.wrong if MISSING not in text]
    one.close()


def test_rules_are_filtered_where_they_are_read(seen: Seen) -> None:
    page = seen.open("/rules")
    every = page.locator(".entries li").count()
    asked = len(seen.asked)
    tab_to(page, "#filter")
    page.keyboard.type("opioid")
    shown = page.locator(".entries li:visible").count()
    assert 0 < shown < every
    assert page.locator("#shown").inner_text().startswith(f"{shown} of {every}")
    assert len(seen.asked) == asked, "the words are sent nowhere"
    assert "opioid" not in page.url
    page.keyboard.type(" zzzz")
    assert page.locator("#none").is_visible()
    assert page.locator(".entries li:visible").count() == 0


def test_from_a_rule_to_its_source_by_keyboard(seen: Seen) -> None:
    page = seen.open("/rules")
    tab_to(page, 'a[href="/rules/CI-03"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules/CI-03")
    source = page.locator("article a.id", has_text="SRC-").first.inner_text()
    tab_to(page, f'article a[href="/rules/{source}"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/rules/{source}")
    assert page.get_by_role("heading", level=1).inner_text() == source
    assert page.locator('article a[href="/rules/CI-03"]').count() == 1, "and back"


def test_every_page_reads_without_a_script(browser: Any, site: str) -> None:
    one = Seen(browser, site, java_script_enabled=False)
    page = one.open("/rules")
    assert not page.locator("#filter").is_visible()
    assert page.locator(".entries li").count() > 100
    page = one.open("/about")
    assert "SMART launch is out of scope" in page.locator("main").inner_text()
    one.close()


def test_an_address_that_is_not_there_leads_on(seen: Seen) -> None:
    page = seen.open("/rules/NO-SUCH-RULE")
    assert page.get_by_role("heading", level=1).inner_text() == "There is nothing at this address"
    tab_to(page, 'main a[href="/rules"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules")
    seen.wrong = [text for text in seen.wrong if MISSING not in text]


@pytest.mark.parametrize("path", ["/rules/INT-01", "/about"])
def test_on_paper_there_is_only_the_text(seen: Seen, path: str) -> None:
    page = seen.open(path)
    page.emulate_media(media="print")
    assert not page.locator(".places").is_visible()
    assert page.locator("main h2").first.is_visible()
