"""The page in a real browser: it fits phone and desk, prints on two pages, and asks nothing of the network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = ("acute-back-spasm.yaml", "with-opioid.yaml", "ms-spasticity.json")
# Nothing answered, so that everything is open: the longest page that an ordinary record gives.
LONGEST = """
patient: {age: 46, sex: female, weight: 68 kg}
problems: [acute low back pain with muscle spasm]
medications: [ibuprofen 400 mg three times a day]
request: diazepam 5 mg three times a day for 7 days
answers: {spasm: yes}
"""
PRINTED = sorted(path.name for path in (Path(__file__).parents[2] / "examples").glob("*.*") if path.suffix != ".md")


@pytest.fixture(scope="module", params=EXAMPLES)
def page_file(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of one example, as a user would make it."""
    return made(root / "examples" / request.param, root, tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module", params=[*PRINTED, "longest"])
def printed_file(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of any example, and one with everything open."""
    folder = tmp_path_factory.mktemp("print")
    record = root / "examples" / request.param
    if request.param == "longest":
        record = folder / "longest.yaml"
        record.write_text(LONGEST)
    return made(record, root, folder)


def made(record: Path, root: Path, folder: Path) -> Path:
    out = folder / "answer.html"
    program = "from unclench.interfaces.cli import main; main()"
    command = [sys.executable, "-c", program, "consult", str(record), "--on", "2026-11-22", "--html", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.verifies("O2")
@pytest.mark.parametrize("width", [360, 768, 1280])
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


@pytest.mark.verifies("O2", "W3")
def test_it_has_one_heading_a_language_a_title_and_named_pictures(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang").startswith("en")
    assert page.title()
    nameless = page.evaluate(
        """[...document.querySelectorAll('svg, img')].filter(one => one.getAttribute('aria-hidden') !== 'true'
        && !one.getAttribute('aria-label') && !one.getAttribute('aria-labelledby') && !one.getAttribute('alt')
        && !one.querySelector(':scope > title')).length"""
    )
    assert nameless == 0
    page.close()


@pytest.mark.verifies("O2")
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_on_one_or_two_pages(browser: Any, printed_file: Path, paper: str) -> None:
    page = browser.new_page()
    page.goto(printed_file.as_uri())
    printed = page.pdf(format=paper, prefer_css_page_size=False)
    page.close()
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2
