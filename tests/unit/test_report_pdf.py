"""The prescriber's report as PDF: what the page says, tagged, the same bytes, no patient in its properties."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.consultation_factory import KINDS, consultation, hostile_consultation
from tests.effect_factory import WITH_EFFECTS, hostile_effects, with_effects
from tests.hostile import HOSTILE, HTML, TYPST
from tests.pdf_reading import FORBIDDEN, alternatives, pages, reader, squeezed, tags, whole
from unclench.consult import Consultation
from unclench.report.calendar_words import drawable
from unclench.report.content import content
from unclench.report.json_out import to_json
from unclench.report.pdf import TITLE, to_pdf
from unclench.report.typeset import drawing
from unclench.values import Jurisdiction

CASES = (*KINDS, *(f"{kind} with effects" for kind in WITH_EFFECTS))
PAPER = {Jurisdiction.UK: (595.28, 841.89), Jurisdiction.US: (612, 792)}


@cache
def case(name: str) -> Consultation:
    kind = name.removesuffix(" with effects")
    return consultation(kind) if kind == name else with_effects(kind)


@cache
def made(name: str) -> bytes:
    return to_pdf(case(name))


@pytest.mark.verifies("O3", "W3")
@pytest.mark.parametrize("name", CASES)
def test_it_is_tagged_and_every_drawing_has_words(name: str) -> None:
    root = reader(made(name)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712  a boolean object of the PDF
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert {"H1", "H2"} <= set(tags(made(name)))
    said = content(case(name))
    drawn = len(said.effects.subjects) if said.effects is not None else 0
    assert tags(made(name)).count("Figure") == len(alternatives(made(name)))
    assert (drawn > 0 or said.course is not None) == bool(alternatives(made(name)))


@pytest.mark.verifies("O3")
@pytest.mark.parametrize("name", CASES)
def test_it_says_what_the_page_says(name: str) -> None:
    said, text = content(case(name)), body(made(name))
    told = [said.verdict_words, *said.verdict_because, *said.provided_that, said.patient, said.indication, said.request]
    told += [line for one in said.why for line in (one.title, one.say, one.rule)]
    told += [line for one in said.questions for line in (one.ask, one.why, one.id)]
    told += [said.regimen, said.stop_on, *said.reviews, *said.supply, *said.plan.instead, *said.plan.titration]
    told += [part for day in said.calendar for part in (day.days, *day.doses)]
    told += [watch.what for _, watches in said.monitoring for watch in watches]
    told += [part for row in said.numbers for part in (row.name, row.interval)]
    told += [answer.says for one in (said.effects.subjects if said.effects else ()) for answer in one.answers]
    told += [part for one in said.interactions for part in (one.medicine, one.ratio)]
    told += [part for one in said.combined for part in (*one.medicines, one.effect, one.do)]
    told += [one.name for group in said.alternatives for one in group.members]
    told += [*(one.title for one in said.not_known), *said.unrecognised, *said.noticed, *said.limits]
    told += [said.made_with.edition, said.not_reviewed]
    for line in told:
        assert squeezed(drawable(line)).rstrip(".") in text, line


def body(content: bytes) -> str:
    """Without the foot of each page, which tears what goes on over the page."""
    return squeezed("".join(re.sub(r"Unclench, United .*$", "", page) for page in pages(content)))


@pytest.mark.verifies("O3")
def test_verdict_and_reasons_come_first() -> None:
    first = pages(made("usable-with-changes with effects"))[0]
    order = [first.index(word) for word in ("Usable with changes", "Why", "Questions first", "What to do")]
    assert order == sorted(order)


@pytest.mark.verifies("O3")
@pytest.mark.parametrize("name", CASES)
def test_four_pages_at_most_on_the_paper_of_the_country(name: str) -> None:
    read = reader(made(name))
    assert len(read.pages) <= 4
    sides = [float(side) for side in read.pages[0].mediabox[2:]]
    assert sides == [pytest.approx(side, abs=0.1) for side in PAPER[case(name).appraisal.jurisdiction]]


@pytest.mark.verifies("O3")
def test_its_numbers_are_those_of_the_json() -> None:
    """Every number of the table is one of the JSON, to the digits that are shown."""
    one = case("usable-with-changes with effects")
    known = set(numbers_in(json.loads(to_json(one))))
    for row in content(one).numbers:
        for text in re.findall(r"\d+(?:\.\d+)?", f"{row.typical} {row.interval}"):
            assert squeezed(text) in whole(made("usable-with-changes with effects"))
            assert any(shown(number) == text for number in known), f"{row.name}: {text}"


def numbers_in(value: object) -> list[float]:
    if isinstance(value, bool):
        return []
    if isinstance(value, (int, float)):
        return [float(value)]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [number for part in inside for number in numbers_in(part)]


def shown(number: float) -> str:
    from unclench.report.wording import number as in_words

    return in_words(number)


@pytest.mark.verifies("O3")
def test_its_properties_hold_nothing_of_the_patient_and_no_time() -> None:
    made_of = to_pdf(hostile_consultation("Peregrine Testcase"))
    read = reader(made_of)
    assert dict(read.metadata or {}) == {
        "/Title": TITLE,
        "/Author": "Unclench",
        "/Creator": read.metadata["/Creator"],
    }
    assert "Peregrine" not in read.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "PeregrineTestcase" in whole(made_of)
    assert b"/Creat" + b"ionDate" not in made_of


@pytest.mark.verifies("O3")
def test_same_bytes_in_another_process_place_and_time_zone(root: Path, tmp_path: Path) -> None:
    program = (
        f"import hashlib, sys; sys.path[:0] = [{str(root)!r}, {str(root / 'src')!r}]\n"
        "from tests.effect_factory import with_effects\n"
        "from unclench.report.pdf import to_pdf\n"
        "print(hashlib.sha256(to_pdf(with_effects('usable-with-changes'))).hexdigest())"
    )
    environment = {**os.environ, "TZ": "Pacific/Apia", "SOURCE_DATE_EPOCH": "1", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == hashlib.sha256(made("usable-with-changes with effects")).hexdigest()


def test_no_font_of_the_machine_is_used_in_words_or_drawings() -> None:
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in reader(made("usable-with-changes with effects")).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts == {"SourceSans3-Regular", "SourceSans3-Bold"}


@pytest.mark.verifies("O3")
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_set_as_text_and_opens_nothing(text: str) -> None:
    content = to_pdf(hostile_consultation(text))
    assert "root:x" not in whole(content)
    assert squeezed(drawable(text))[:60].rstrip(".") in whole(content)
    assert not any(word in content for word in FORBIDDEN)


@pytest.mark.parametrize("text", [*TYPST, *HTML], ids=range(len(TYPST) + len(HTML)))
def test_hostile_text_of_an_effect_course_too(text: str) -> None:
    content = to_pdf(hostile_effects(text))
    assert "root:x" not in whole(content)
    assert not any(word in content for word in FORBIDDEN)


def test_a_drawing_stands_alone_and_names_no_other_place() -> None:
    alone = drawing('<svg class="plot x"><title>T</title><desc>D</desc><text class="tick">\u4e2d</text></svg>')
    assert alone.startswith('<svg xmlns="http://www.w3.org/2000/svg" class="plot x"><style>')
    assert alone.endswith('<text class="tick">?</text></svg>')
    assert "url(" not in alone
