"""The taper's page in a real browser: it fits, prints on three pages, can be read by keyboard and by a machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.taper_page_factory import KINDS, about, taper
from unclench.report.taper_page import taper_html

WIDTHS = [360, 768, 1280]


@pytest.fixture(scope="module", params=KINDS)
def page_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("taper") / "taper.html"
    out.write_text(taper_html(taper(request.param), **about()), encoding="utf-8")
    return out


@pytest.mark.verifies("O2", "P5")
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_the_screen_without_network_or_errors(browser: Any, page_file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert wrong == []
    page.close()


@pytest.mark.verifies("W3")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe-playwright-python, which is not here: make setup-dev"
    )
    # Without the policy of the page, so that axe may run; nothing else of it is changed.
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page.goto(page_file.as_uri())
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    tags = {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    }
    found = axe.Axe().run(page, options=tags)
    page.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.verifies("W3")
def test_the_keyboard_reaches_all_that_opens_or_scrolls(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(page_file.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    wanted = page.evaluate("document.querySelectorAll('summary, :not(details) > .scroll').length")
    reached = set()
    for _ in range(2 * wanted + 2):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """[...document.querySelectorAll('summary, :not(details) > .scroll')].indexOf(document.activeElement)"""
        )
        reached.add(found)
    page.close()
    assert len(reached - {-1}) == wanted


@pytest.mark.verifies("O2")
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_on_three_pages_at_most(browser: Any, page_file: Path, paper: str) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    printed = page.pdf(format=paper, prefer_css_page_size=False)
    page.close()
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 3


@pytest.mark.verifies("W3")
def test_a_table_laid_out_anew_is_still_a_table(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(page_file.as_uri())
    if page.locator(".steps").count():
        assert page.get_by_role("columnheader", name="mg a day").count() >= 1
        assert page.get_by_role("rowheader", name=re.compile("23 Nov 2026")).count() >= 1
    page.close()
