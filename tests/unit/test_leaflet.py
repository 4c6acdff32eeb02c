"""The leaflet: exact doses or none, what is open said to the professional, plain words, nothing of a record run."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests.consultation_factory import consultation
from tests.hostile import HOSTILE
from tests.pdf_reading import FORBIDDEN, pages, reader, squeezed, tags, whole
from tests.unit.test_report_html import Page
from unclench.consult import Consultation, consult
from unclench.report.html import to_html
from unclench.report.json_out import to_document
from unclench.report.leaflet import COURSE, INSTEAD, SEEN_FIRST, STOPPING, Leaflet, leaflet
from unclench.report.leaflet_page import leaflet_html, leaflet_pdf
from unclench.values import Jurisdiction, RegimenError

ON = date(2026, 11, 22)
EXAMPLES = Path(__file__).parents[2] / "examples"
KINDS = {
    "acute-back-spasm.yaml": COURSE,
    "ms-spasticity.json": COURSE,
    "diazepam-14-months.json": STOPPING,
    "with-opioid.yaml": INSTEAD,
    "child-cerebral-palsy.yaml": INSTEAD,
    "age-78-falls.yaml": SEEN_FIRST,
}
AMOUNT = re.compile(r"\d(?:\.\d+)? ?(?:mg|mL)\b|tablets? of \d")


@cache
def found(name: str, law: Jurisdiction = Jurisdiction.UK) -> Consultation:
    return consult(EXAMPLES / name, on=ON, jurisdiction=law)


def words(given: Leaflet) -> str:
    parts = [*given.now, *given.call, *given.dose_notes, *given.how]
    parts += [line for section in given.sections for line in section.lines]
    return " ".join(parts)


@pytest.mark.verifies("O7")
@pytest.mark.parametrize("name", KINDS)
def test_each_plan_has_its_kind_of_leaflet(name: str) -> None:
    assert leaflet(found(name)).kind == KINDS[name]


@pytest.mark.verifies("O7")
@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind in (INSTEAD, SEEN_FIRST)])
def test_without_regimen_and_present_use_there_is_no_dose_of_anything(name: str) -> None:
    made = leaflet(found(name))
    assert made.doses == ()
    assert AMOUNT.search(words(made)) is None
    assert "not in your plan" in words(made) or made.kind == SEEN_FIRST


@pytest.mark.verifies("O7")
def test_a_course_says_how_much_when_until_when_and_the_most() -> None:
    (line,) = leaflet(found("acute-back-spasm.yaml")).doses
    assert line.days == "Sun 22 November to Sat 28 November 2026"
    assert line.length == "7 days"
    assert line.takes == (("Night, 10 pm", "1 tablet of 5 mg"),)
    assert line.a_day == "5 mg a day"
    said = words(leaflet(found("acute-back-spasm.yaml")))
    assert "Your last dose is on Sat 28 November 2026." in said
    assert "Never take more than 5 mg in one day." in said


def test_tablets_of_one_dose_say_what_they_make_together() -> None:
    doses = leaflet(consultation("reasonable")).doses
    assert [line.length for line in doses] == ["2 days", "5 days"]
    assert doses[1].takes == (("Afternoon, 2 pm", "1 tablet of 2 mg"), ("Night, 10 pm", "1 tablet of 5 mg"))
    assert doses[1].a_day == "7 mg a day"


@pytest.mark.verifies("P4", "O7")
def test_a_course_that_a_taper_follows_never_says_simply_stop() -> None:
    said = words(leaflet(found("ms-spasticity.json")))
    assert "simply stop" not in said
    assert "Do not stop all at once when these days are over." in said
    assert "Your calendar shows each day." in said


@pytest.mark.verifies("O3", "A7")
def test_the_page_and_the_json_never_say_simply_stop_where_a_taper_follows() -> None:
    for name, told in (("ms-spasticity.json", False), ("acute-back-spasm.yaml", True)):
        made = found(name)
        assert ("simply stop" in to_html(made)) is told
        assert ("ADV-STOP-SHORT" in {one.id for one in to_document(made).advice}) is told


@pytest.mark.verifies("P4", "O7")
def test_whoever_takes_it_already_is_told_to_keep_to_the_steps_and_never_to_just_stop() -> None:
    made = leaflet(found("diazepam-14-months.json"))
    assert "never stop all at once" in words(made)
    assert "comes down in small steps" in words(made)
    assert "simply stop" not in words(made)
    assert "Do not just carry on" not in words(made)


@pytest.mark.verifies("O7")
@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind in (COURSE, STOPPING)])
def test_what_needs_an_ambulance_is_never_said_to_wait(name: str) -> None:
    made = leaflet(found(name))
    for sign in ("confused", "things that are not there", "a fit"):
        assert any(sign in line for line in made.now)
        assert not any(sign in line for line in made.call)


@pytest.mark.verifies("O7")
def test_in_acute_back_pain_no_relief_is_promised() -> None:
    assert "people on it got no more relief" in words(leaflet(found("acute-back-spasm.yaml")))


@pytest.mark.verifies("O7")
@pytest.mark.parametrize(
    ("law", "has", "has_not"),
    [
        (Jurisdiction.UK, ("Call 999 now", "call 111", "paracetamol", "550 micrograms"), ("911", "acetaminophen")),
        (
            Jurisdiction.US,
            ("Call 911 now", "urgent care", "acetaminophen", "each state"),
            ("999", "111", "paracetamol"),
        ),
    ],
)
def test_words_of_the_country(law: Jurisdiction, has: tuple[str, ...], has_not: tuple[str, ...]) -> None:
    text = leaflet_html(found("acute-back-spasm.yaml", law)).decode()
    shown = re.sub(r"<details>.*?</details>", "", text.partition("</style>")[2], flags=re.DOTALL)
    assert all(word in shown for word in has)
    assert not any(word in shown for word in has_not)


@pytest.mark.verifies("O7")
def test_it_is_handed_over_by_a_professional_and_says_what_is_open() -> None:
    made = leaflet(found("ms-spasticity.json"))
    assert "your doctor or pharmacist" in made.handed
    assert "do not hand this over" in made.for_professional
    assert made.ruled_out == found("ms-spasticity.json").appraisal.provided_that
    assert leaflet(found("acute-back-spasm.yaml")).for_professional == ""


def test_where_nothing_is_asked_there_is_nothing_to_hand_over() -> None:
    with pytest.raises(RegimenError, match="no assessment is due"):
        leaflet(found("almost-empty.yaml"))


def test_doses_that_the_supply_does_not_make_are_refused() -> None:
    one = consultation("reasonable")
    assert one.plan.supply is not None
    short = replace(one.plan.supply, lines=one.plan.supply.lines[:1])
    with pytest.raises(RegimenError, match="the days of the course"):
        leaflet(replace(one, plan=replace(one.plan, supply=short)))


@pytest.mark.verifies("O7", "W3")
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("name", KINDS)
def test_the_page_is_whole_and_in_order(name: str, large: bool) -> None:
    page = Page(leaflet_html(found(name), large=large).decode())
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag in page.tags() if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert {"script", "img", "link", "a"} & set(page.tags()) == {"a"}


@pytest.mark.verifies("O7", "O3", "W3")
@pytest.mark.parametrize("name", KINDS)
def test_the_pdf_says_what_the_value_holds_is_tagged_and_has_two_pages_at_most(name: str) -> None:
    content, made = leaflet_pdf(found(name)), leaflet(found(name))
    assert len(pages(content)) <= 2
    assert {"H1", "H2", "L", "LI"} <= set(tags(content))
    for line in (made.title, made.handed, *made.ruled_out, *made.dose_notes, *made.how, *made.now, *made.call):
        assert squeezed(line) in whole(content)
    for dose in made.doses:
        for text in (dose.days, dose.length, dose.a_day, *(part for take in dose.takes for part in take)):
            assert squeezed(text) in whole(content)
    assert leaflet_pdf(found(name)) == content
    assert set(dict(reader(content).metadata or {})) == {"/Title", "/Author", "/Creator"}


@pytest.mark.verifies("O7", "W3")
def test_large_print_has_nothing_below_16_points() -> None:
    sizes: set[float] = set()

    def see(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.add(round(size * abs(tm[3]), 1))

    for page in reader(leaflet_pdf(found("acute-back-spasm.yaml"), large=True)).pages:
        page.extract_text(visitor_text=see)
    assert min(sizes) >= 15.8
    assert 18 in sizes


@pytest.mark.parametrize("text", [text for text in HOSTILE if text], ids=range(len(HOSTILE) - 1))
def test_hostile_text_adds_nothing_and_opens_nothing(text: str) -> None:
    def spoilt(with_text: str) -> Consultation:
        one = consultation("reasonable")
        return replace(one, appraisal=replace(one.appraisal, provided_that=(with_text,)))

    plain = Page(leaflet_html(spoilt("text")).decode())
    hostile = Page(leaflet_html(spoilt(text)).decode())
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in plain.elements]
    content = leaflet_pdf(spoilt(text))
    assert "root:x" not in whole(content)
    assert not any(word in content for word in FORBIDDEN)
