"""The calendar as PDF: tagged, the same bytes everywhere, every dose on it, no week torn apart, nothing run."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.hostile import HOSTILE
from tests.taper_factory import MADE, ON, alternate_days, held, hostile, step_down, taper, two_years, with_switch
from unclench.report.calendar_sheet import calendar_sheet
from unclench.report.calendar_words import DRAWN, drawable
from unclench.report.taper_pdf import calendar_pdf
from unclench.values import Jurisdiction

MADE_UP = {
    "long": taper,
    "step-down": step_down,
    "two years": two_years,
    "alternate days": alternate_days,
    "switch": with_switch,
    "held": held,
}
PAPER = {Jurisdiction.UK: (595.28, 841.89), Jurisdiction.US: (612, 792)}


@cache
def made(kind: str, jurisdiction: Jurisdiction = Jurisdiction.UK, large: bool = False) -> bytes:
    return calendar_pdf(MADE_UP[kind](), ON, jurisdiction, MADE, large=large)


def reader(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def words(content: bytes) -> list[str]:
    """The words of each page on one line."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader(content).pages]


@pytest.mark.verifies("O3", "O7", "W3")
@pytest.mark.parametrize("kind", MADE_UP)
def test_it_is_tagged_titled_and_says_so(kind: str) -> None:
    read = reader(made(kind))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712  a boolean object of the PDF
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    tags = set(tagged(root["/StructTreeRoot"]))
    assert {"H1", "H2", "L", "LI"} <= tags
    assert kind == "held" or {"Table", "TR", "TH", "TD", "H3"} <= tags


def tagged(node: Any) -> list[str]:
    """The kinds of all structure elements below one."""
    found: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            if "/S" in one:
                found.append(str(one["/S"])[1:])
            if "/K" in one:
                waiting.append(one["/K"])
    return found


@pytest.mark.verifies("O3")
def test_metadata_hold_nothing_of_the_patient_and_no_time() -> None:
    read = reader(calendar_pdf(hostile("Peregrine Testcase"), ON, Jurisdiction.UK, MADE))
    assert dict(read.metadata or {}) == {
        "/Title": "Your plan to come off diazepam",
        "/Author": "Unclench",
        "/Creator": read.metadata["/Creator"],
    }
    assert "Peregrine" not in read.trailer["/Root"]["/Metadata"].get_data().decode()
    assert b"/Creat" + b"ionDate" not in calendar_pdf(taper(), ON, Jurisdiction.UK, MADE)


@pytest.mark.verifies("O3")
def test_same_bytes_in_another_process_place_and_time_zone(root: Path, tmp_path: Path) -> None:
    program = (
        f"import hashlib, sys; sys.path[:0] = [{str(root)!r}, {str(root / 'src')!r}]\n"
        "from tests.taper_factory import MADE, ON, taper\n"
        "from unclench.report.taper_pdf import calendar_pdf\n"
        "from unclench.values import Jurisdiction\n"
        "print(hashlib.sha256(calendar_pdf(taper(), ON, Jurisdiction.UK, MADE)).hexdigest())"
    )
    environment = {**os.environ, "TZ": "Pacific/Apia", "SOURCE_DATE_EPOCH": "1", "TYPST_FONT_PATHS": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == hashlib.sha256(made("long")).hexdigest()


def test_no_font_of_the_machine_is_used() -> None:
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in reader(made("long")).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts == {"SourceSans3-Regular", "SourceSans3-Bold"}


@pytest.mark.verifies("O3", "O7", "P5")
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("kind", [kind for kind in MADE_UP if kind != "held"])
def test_no_week_is_torn_apart_and_every_word_of_it_is_there(kind: str, large: bool) -> None:
    pages = words(made(kind, large=large))
    sheet = calendar_sheet(MADE_UP[kind](), ON, Jurisdiction.UK, MADE)
    for week in (week for leaf in sheet.leaves for week in leaf.weeks):
        (page,) = [page for page in pages if re.search(rf"\b{week.name}(?! to)\b", page)]
        after = page[re.search(rf"\b{week.name}(?! to)\b", page).start() :]
        after = after[: after.index("Spasm") + 5]
        for day in week.days:
            assert f"{day.weekday} {day.date}" in after
        for row in week.rows:
            assert f"{row.part} {row.at}" in after
            assert row.what.replace(" ", "") in after.replace(" ", "")
        for note in week.notes:
            assert note.replace(" ", "") in after.replace(" ", "")


@pytest.mark.verifies("O7")
@pytest.mark.parametrize("jurisdiction", list(Jurisdiction))
def test_four_weeks_fit_on_one_page_of_either_paper(jurisdiction: Jurisdiction) -> None:
    read = reader(made("long", jurisdiction))
    assert len(read.pages) == 2 + 11
    assert [round(float(side), 2) for side in read.pages[0].mediabox[2:]] == [
        pytest.approx(side, abs=0.1) for side in PAPER[jurisdiction]
    ]


@pytest.mark.verifies("O7", "W3")
@pytest.mark.parametrize("jurisdiction", list(Jurisdiction))
def test_large_print_has_nothing_below_16_points_and_two_weeks_on_a_page(jurisdiction: Jurisdiction) -> None:
    sizes: set[float] = set()

    def see(text: str, _cm: Any, tm: list[float], _font: Any, size: float) -> None:
        if text.strip():
            sizes.add(round(size * abs(tm[3]), 1))

    read = reader(made("long", jurisdiction, large=True))
    for page in read.pages[:8]:
        page.extract_text(visitor_text=see)
    assert min(sizes) >= 16
    assert 18 in sizes
    assert len(read.pages) <= 2 * 11 + 6


@pytest.mark.verifies("P4")
def test_without_days_it_is_one_page_that_says_do_not_stop() -> None:
    (page,) = words(made("held"))
    assert "Do not stop diazepam yet" in page
    assert "Within two weeks." in page


@pytest.mark.verifies("O3")
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_set_as_text_and_opens_nothing(text: str) -> None:
    content = calendar_pdf(hostile(text), ON, Jurisdiction.UK, MADE)
    said = "".join(words(content)).replace(" ", "")
    assert "root:x" not in said
    assert drawable(text).replace(" ", "")[:60] in said
    assert b"/JavaScript" not in content
    assert b"/URI" not in content
    assert b"/EmbeddedFile" not in content


def test_what_is_called_drawable_is_in_both_fonts(root: Path) -> None:
    from fontTools.ttLib import TTFont

    letters = {code for first, last in DRAWN for code in range(ord(first), ord(last) + 1)}
    for path in sorted((root / "src/unclench/report/fonts").glob("*.ttf")):
        assert letters <= TTFont(path).getBestCmap().keys()


def test_letters_that_no_font_holds_become_question_marks() -> None:
    assert drawable("Zoë Łoś Ωμέγα Дарья \u4e2d\u6587") == "Zoë Łoś Ωμέγα Дарья ??"
