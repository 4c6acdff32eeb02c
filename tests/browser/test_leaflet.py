"""The leaflet in a real browser: no violation found by axe, any width, any theme, two pages of paper."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from unclench.consult import consult
from unclench.report.leaflet_page import leaflet_html

PAGES = [("ms-spasticity.json", False), ("acute-back-spasm.yaml", True), ("with-opioid.yaml", False)]
CLEAN = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module", params=PAGES, ids=lambda page: f"{page[0]}{' large' * page[1]}")
def page_file(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name, large = request.param
    found = consult(root / "examples" / name, on=date(2026, 11, 22), jurisdiction="uk")
    out = tmp_path_factory.mktemp("leaflet") / "leaflet.html"
    out.write_bytes(leaflet_html(found, large=large))
    return out


@pytest.mark.verifies("O7", "W3")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(browser: Any, page_file: Path, theme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True)
    page.goto(page_file.as_uri())
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": CLEAN}})
    page.close()
    assert found.response["passes"], "axe ran"
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.verifies("O7")
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_it_fits_the_screen_without_network_or_errors(browser: Any, page_file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert wrong == []
    page.close()


@pytest.mark.verifies("O7", "W3")
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_on_few_pages_and_the_keyboard_reaches_it(browser: Any, page_file: Path, paper: str) -> None:
    from pypdf import PdfReader

    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    large = page.evaluate("document.documentElement.className") == "large"
    printed = page.pdf(format=paper, prefer_css_page_size=False)
    page.close()
    assert len(PdfReader(io.BytesIO(printed)).pages) <= (7 if large else 2)
