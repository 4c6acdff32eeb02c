"""The prescriber's page of a taper: self-contained, escaped, accessible in its structure, and saying what it must."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.hostile import HOSTILE, HTML, LONG
from tests.taper_page_factory import (
    KINDS,
    START,
    about,
    compared,
    days_of,
    hostile_taper,
    no_switch,
    schedule,
    taper,
    with_taper,
)
from tests.unit.test_report_html import Page, luminance
from unclench.planning.taper_plan import Unit
from unclench.report.html import style, to_html
from unclench.report.taper_chart import APART, BOX, chart
from unclench.report.taper_page import taper_html, taper_style
from unclench.report.taper_plots import curve_table, taper_plots
from unclench.report.taper_steps import brief_steps, counted, step_lines, unit_words
from unclench.values import Jurisdiction

PLANNED = ("taper", "everything", "alternating", "step-down")


@pytest.fixture(params=[*KINDS, *(f"consultation with {kind}" for kind in KINDS)])
def page(request) -> Page:
    kind = request.param.removeprefix("consultation with ")
    return Page(taper_html(taper(kind), **about()) if kind == request.param else to_html(with_taper(kind)))


def text_of(kind: str = "taper", **more: object) -> str:
    return " ".join(" ".join(Page(taper_html(taper(kind, **more), **about())).text).split())


@pytest.mark.verifies("O2")
def test_every_element_is_closed_and_ids_are_used_once(page):
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for wanted in (attributes.get("aria-labelledby") or "").split():
            assert wanted in ids


@pytest.mark.verifies("W3")
def test_headings_landmarks_captions_and_drawings(page):
    tags = page.tags()
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for landmark in ("header", "main", "footer"):
        assert tags.count(landmark) == 1
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")
    drawn = [
        attributes for tag, attributes in page.elements if tag == "svg" and attributes.get("aria-hidden") != "true"
    ]
    assert len(drawn) == tags.count("desc")  # the bars beside doses repeat a number, and are hidden from readers


def test_nothing_is_fetched_and_nothing_runs(page):
    assert "script" not in page.tags()
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
        assert tag != "link"
    assert "url(" not in taper_style()
    assert "@import" not in taper_style()


@pytest.mark.parametrize("text", [text for text in HOSTILE if text], ids=range(len(HOSTILE) - 1))
def test_hostile_text_adds_no_element_and_no_attribute(text):
    plain, spoilt = (Page(taper_html(hostile_taper(each), **about())) for each in ("text", text))
    assert [(tag, sorted(attributes)) for tag, attributes in spoilt.elements] == [
        (tag, sorted(attributes)) for tag, attributes in plain.elements
    ]


@pytest.mark.parametrize("text", [*HTML, *LONG], ids=range(len(HTML) + len(LONG)))
def test_hostile_text_of_a_taper_stays_text_in_a_consultation(text):
    one = with_taper()
    pages = (replace(one, plan=replace(one.plan, taper=hostile_taper(each))) for each in ("text", text))
    plain, spoilt = (Page(to_html(each)) for each in pages)
    assert [(tag, sorted(attributes)) for tag, attributes in spoilt.elements] == [
        (tag, sorted(attributes)) for tag, attributes in plain.elements
    ]


@pytest.mark.verifies("P5", "O2")
def test_the_page_says_what_the_contract_asks():
    said = text_of("everything")
    for wanted in (
        "United States", "22 November 2026", "Not yet reviewed by a clinician", "Taper over 40 weeks",
        "Diazepam 20 mg a day to nothing, 23 Nov 2026 to 30 Aug 2027", "all 5 hold, on every day",
        "9.1 (3.8 to 24)", "no chance of symptoms, no success rate and no forecast of seizures",
        "5 % and 43 % with withdrawal after stopping at once", "Hold the present dose",
        "Lorazepam 4 mg a day to diazepam 20 mg a day", "14 mg then acts like 7.4 mg (5.1 to 10)",
        "1.5 L/h (0.8 to 2.9)", "1.1 L/h (0.9 to 1.4)", "differs: a short step-down", "breaks a cap",
        "cannot be dispensed", "In all 2436 mg", "emergency care at once", "knowledge 2026-11-22+abcdef12",
    ):  # fmt: skip
        assert wanted in said, wanted


@pytest.mark.verifies("P4")
def test_a_specialist_case_shows_the_hold_in_the_head_and_no_steps():
    text = taper_html(taper("specialist"), **about())
    head, _, rest = text.partition("</header>")
    assert '<p class="hold"><strong>Do not stop. Continue the present dose' in head
    assert "Within a week" in head
    assert 'id="steps"' not in rest
    assert "<svg" not in rest


def test_a_consultation_of_a_specialist_case_shows_the_hold():
    assert '<p class="hold"><strong>Do not stop.' in to_html(with_taper("specialist"))
    assert 'class="hold"' not in to_html(with_taper("taper"))


def test_a_switch_that_is_not_planned_says_why():
    text = taper_html(taper(switch=no_switch(schedule())), **about())
    assert '<p class="hold"><strong>No switch: Severe liver disease' in text
    assert "Days of the switch" not in text
    assert "Review: 18 Nov to 21 Nov 2026. First cut: 23 Nov 2026." in text_of("everything")


def test_no_taper_needed_is_a_short_page():
    said = text_of("none")
    assert "No taper needed" in said
    assert "Withdrawal drive" not in said


def test_a_broken_rule_is_named_in_the_head():
    one = taper()
    text = taper_html(replace(one, proofs=(replace(one.proofs[0], holds=False), *one.proofs)), **about())
    assert '<strong class="broken">1 BROKEN</strong>' in text.partition("</header>")[0]
    assert "all 6 hold" not in text


def test_an_exempt_rule_is_not_said_to_hold():
    said = text_of("step-down")
    assert "all 1 hold, 1 exempt" in said
    assert "exempt Exempt: a project choice for short use." in said


def test_the_language_follows_the_jurisdiction():
    assert 'lang="en-GB"' in taper_html(taper(), **about(Jurisdiction.UK))
    assert "United Kingdom" in taper_html(taper(), **about(Jurisdiction.UK))


@pytest.mark.parametrize("kind", PLANNED)
def test_drawings_are_xml_with_marks_bands_and_words(kind):
    plots = taper_plots(taper(kind))
    assert [plot.name for plot in plots] == ["dose", "withdrawal-drive", "diazepam", "nordazepam", "effect"]
    for plot in plots:
        drawn = ElementTree.fromstring(plot.svg)
        assert drawn.get("role") == "img"
        assert drawn.find("title") is not None
        assert drawn.find("desc").text == plot.summary
        classes = {item.get("class") for item in drawn}
        assert {"typical", "dose", "end"} <= classes
        assert ("band90" in classes) is (plot.name != "dose")


def test_both_levels_in_plasma_share_one_scale():
    shown = [ElementTree.fromstring(plot.svg) for plot in taper_plots(taper()) if plot.name.endswith("azepam")]
    scales = [[item.text for item in one if item.get("text-anchor") == "end"][:4] for one in shown]
    assert scales[0] == scales[1]


def test_the_stair_has_a_tread_for_every_step():
    dose = taper_plots(taper())[0]
    path = next(item.get("d") for item in ElementTree.fromstring(dose.svg) if item.get("class") == "typical")
    assert path.count("H") == len(schedule().steps)
    assert path.count("V") == len(schedule().steps) + 1


def test_what_is_next_to_nothing_is_written_as_nothing():
    table = curve_table(taper())
    assert table.rows[-1][3] != ""
    assert not any(re.search(r"0\.000", cell) for row in table.rows for cell in row)
    assert 8 <= len(table.rows) <= 24
    assert all(len(row) == len(table.columns) + 2 for row in table.rows)


def test_the_chart_numbers_are_those_of_the_table_and_marks_lie_apart():
    same = tuple(replace(one, weeks=40.0) for one in compared())
    drawn = ElementTree.fromstring(chart(same).svg)
    places = [float(way.find("text").get("x")) for way in drawn.iter("g")]
    assert [way.find("text").text for way in drawn.iter("g")] == ["1", "2", "3", "4", "5", "6"]
    assert all(b - a >= APART - 0.2 for a, b in itertools.pairwise(places))
    assert places[-1] <= BOX.end
    assert "4, 40 weeks, chosen: 9.1 (3.8 to 24)" in chart(compared()).summary


def test_a_chart_needs_something_to_compare():
    assert chart(compared()[:1]) is None
    assert "<svg" in taper_html(taper(compared=compared()[3:4]), **about())


def test_a_drive_of_nothing_can_be_drawn():
    none = tuple(replace(one, drive=replace(one.drive, typical=0.0, low=0.0, high=0.0)) for one in compared())
    assert "nan" not in chart(none).svg
    flat = tuple(replace(curve, p95=curve.p95 * 0, typical=curve.typical * 0) for curve in taper().curves)
    assert "nan" not in "".join(plot.svg for plot in taper_plots(taper(curves=flat)))


@pytest.mark.parametrize(
    ("count", "words"), [("0.5", "½"), ("1", "1"), ("1.5", "1½"), ("10", "10"), ("2.25", "2.25"), ("10.5", "10½")]
)
def test_halves_are_never_written_as_a_decimal(count, words):
    assert counted(Decimal(count)) == words


def test_a_liquid_is_written_in_ml_and_mg():
    said = unit_words(Unit("UK-SOLUTION-2-IN-5", Decimal("0.4"), Decimal("2.5")))
    assert said == "2.5 mL of 2 mg/5 mL = 1 mg"
    assert unit_words(Unit("not-a-product", Decimal("2"), Decimal("0.5"))) == "½ x 2 mg"


def test_step_lines_cover_every_day_once_and_end_at_nothing():
    for kind in PLANNED:
        one = taper(kind)
        lines = step_lines(one)
        assert sum(int(line.length.split()[0]) for line in lines[:-1]) == len(one.days) - 1
        assert (lines[-1].mg, lines[-1].take, lines[-1].percent) == ("0", (), "100 %")
        assert lines[0].from_on == "23 Nov 2026"


def test_a_held_dose_says_so_and_has_no_cut():
    held = schedule(("18", "18", "16"))
    one = taper(schedule=held, days=days_of(held), cuts=tuple(held.cuts()))
    assert [line.cut for line in step_lines(one)] == ["2 mg", "", "2 mg", "16 mg"]
    assert "held" in text_of(schedule=held, days=days_of(held), cuts=tuple(held.cuts()))


def test_a_step_whose_days_change_tells_each_run():
    one = taper()
    other = replace(one.days[5], intakes=one.days[5].intakes[::-1])
    days = (*one.days[:5], other, *one.days[6:])
    first = step_lines(replace(one, days=days))[0]
    assert [take.day for take in first.take] == ["first 5 days", "", "then 1 day", "", "then 8 days", ""]


def test_a_consultation_shows_few_steps_of_a_long_taper():
    shown = brief_steps(step_lines(taper()))
    assert [step.dose for step in shown] == [
        "18 mg a day", "17 mg a day", "16 mg a day", "15 mg a day", "15 steps down", "0.5 mg a day", "nothing"
    ]  # fmt: skip
    short = schedule(("18", "16", "14"))
    assert len(brief_steps(step_lines(taper(schedule=short, days=days_of(short))))) == 4


@pytest.mark.verifies("W3")
@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize("ink", ["wd", "ef"])
def test_lines_stand_out_from_their_ground(scheme, ink):
    blocks = [re.findall(r":root\{([^}]*)\}", each)[scheme] for each in (style(), taper_style())]
    colours = {name: value for block in blocks for name, value in re.findall(r"--(\w+):(#\w+)", block)}
    light, dark = sorted((luminance(colours["card"]), luminance(colours[ink])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3.0


def test_a_curve_of_one_point_and_no_curve_at_all_do_not_break_the_page():
    assert 'role="img"' not in taper_html(taper(curves=(), compared=()), **about())
    one = taper().curves[0]
    point = replace(
        one,
        name="withdrawal-drive",
        t_d=np.array([0.0]),
        **dict.fromkeys(("typical", "p05", "p25", "p50", "p75", "p95"), np.zeros(1)),
    )
    assert "nan" not in taper_html(taper(curves=(point,)), **about())
    assert START.isoformat() not in text_of("none")
