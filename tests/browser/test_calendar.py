"""The patient's calendar in a real browser: no violation found by axe, any width, any theme, whole weeks on paper."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from tests.taper_factory import MADE, ON, held, schedule, step_down, taper, two_years
from unclench.report.taper_calendar import calendar_html
from unclench.values import Jurisdiction

# Tablets, halves and liquid, three leaves: every part of a long plan, and quick to look through.
KINDS = {"weeks": lambda: taper(schedule("13 8 3", (14, 14, 14))), "step-down": step_down, "held": held}
PAGES = [("weeks", False), ("weeks", True), ("step-down", False), ("held", False)]
CLEAN = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def written(kind: Any, folder: Path, *, large: bool = False) -> Path:
    out = folder / "calendar.html"
    out.write_bytes(calendar_html(kind(), ON, Jurisdiction.UK, MADE, large=large))
    return out


@pytest.fixture(scope="module", params=PAGES, ids=lambda page: f"{page[0]}{' large' * page[1]}")
def page_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    kind, large = request.param
    return written(KINDS[kind], tmp_path_factory.mktemp("calendar"), large=large)


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
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
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
def test_the_keyboard_reaches_the_plan_and_each_four_weeks(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(written(taper, tmp_path).as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    reached = []
    for _ in range(11):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert reached == [f"#week-{number}" for number in range(1, 44, 4)]
    page.close()


@pytest.mark.verifies("O7", "W3")
def test_a_narrow_screen_keeps_the_table_a_table(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(written(taper, tmp_path).as_uri())
    table = page.get_by_role("table", name=re.compile("^Week 3 "))
    assert table.get_by_role("columnheader").count() == 7
    assert table.get_by_role("rowheader", name=re.compile("Morning 8 am")).count() == 1
    assert table.get_by_role("rowheader", name=re.compile("Withdrawal")).count() == 1
    page.close()


@pytest.mark.verifies("O7", "W3")
@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(("kind", "large"), [(taper, False), (taper, True), (two_years, False), (step_down, False)])
def test_no_week_is_torn_apart_on_paper(browser: Any, kind: Any, large: bool, paper: str, tmp_path: Path) -> None:
    from pypdf import PdfReader

    page = browser.new_page()
    page.goto(written(kind, tmp_path, large=large).as_uri())
    printed = page.pdf(format=paper, prefer_css_page_size=False)
    page.close()
    pages = [re.sub(r"\s+", " ", one.extract_text()) for one in PdfReader(io.BytesIO(printed)).pages]
    weeks = re.findall(r'<h3 id="week-\d+-\d+">(Week \d+) ', written(kind, tmp_path).read_text(encoding="utf-8"))
    assert len(weeks) > 3
    for week in weeks:
        (where,) = [one for one in pages if re.search(rf"\b{week}(?! to)\b", one)]
        after = where[re.search(rf"\b{week}(?! to)\b", where).start() :]
        nearest = re.search(r"\bWeek \d+\b", after[6:])
        assert "Spasm" in (after if nearest is None else after[: nearest.start() + 6])
    if kind is taper and not large:
        assert len(pages) == 13
