"""Effects in words, drawings and tables."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.consultation_factory import regimen
from tests.effect_factory import effect_course, effect_curve, with_effects
from unclench.knowledge import knowledge
from unclench.report.effect_plots import panels
from unclench.report.effect_tables import by_day, by_hour, strongest, when
from unclench.report.effects import effect_section
from unclench.report.html import to_html
from unclench.report.quantities import scale
from unclench.report.subjects import SUBJECTS
from unclench.values import Jurisdiction, Standing

US, UK = Jurisdiction.US, Jurisdiction.UK
DRAWINGS = tuple(drawing for plan in SUBJECTS for drawing in plan.drawings)
REFERENCES = {"drowsy": (10.0, "placebo"), "impairment": (0.2, "alcohol")}


def drawn(together: bool = True, jurisdiction: Jurisdiction = US):
    return panels(effect_course(together=together), DRAWINGS, REFERENCES, jurisdiction)


def test_the_made_up_bands_are_in_order():
    for curve in effect_course(together=True).curves:
        assert (curve.p05 <= curve.p25).all()
        assert (curve.p75 <= curve.p95).all()


@pytest.mark.parametrize("together", [False, True])
def test_a_drawing_is_xml_with_a_name_a_description_and_bands(together):
    for panel in drawn(together):
        root = ElementTree.fromstring(panel.svg)
        assert root.get("role") == "img"
        assert root.find("title") is not None
        assert root.find("desc").text == panel.summary
        assert {"band90", "band50", "typical"} <= {item.get("class") for item in root}


def test_every_point_lies_on_the_drawing():
    for panel in drawn():
        root = ElementTree.fromstring(panel.svg)
        width, height = (float(part) for part in root.get("viewBox").split()[2:])
        for path in root.iter("path"):
            for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.get("d")):
                assert -0.1 <= float(x) <= width + 0.1
                assert -0.1 <= float(y) <= height + 0.1


def test_one_effect_has_one_scale_in_both_rows():
    by_effect: dict[str, set[tuple[str, ...]]] = {}
    for panel in drawn(together=False):
        root = ElementTree.fromstring(panel.svg)
        ticks = tuple(item.text for item in root if item.get("text-anchor") == "end" and item.get("x") == "26")
        by_effect.setdefault(panel.effect, set()).add(ticks)
    assert len(by_effect) == 5
    assert all(len(ticks) == 1 for ticks in by_effect.values())


@pytest.mark.parametrize(
    ("together", "effects"), [(False, {"co2-slope"}), (True, {"co2-slope-together", "event-together"})]
)
def test_breathing_is_drawn_with_the_opioid_where_there_is_one_and_alone_beside_it(together, effects):
    shown = [panel for panel in drawn(together) if "slope" in panel.effect or "event" in panel.effect]
    assert {panel.effect for panel in shown} == effects
    assert ("diazepam alone" in shown[0].svg) is together


def test_what_a_curve_is_held_against_is_named():
    svg = {(panel.effect, panel.span): panel.svg for panel in drawn()}
    assert "placebo 10" in svg["drowsy", "hours"]
    assert "alcohol 0.02" in svg["impairment", "days"]
    british = {(panel.effect, panel.span): panel.svg for panel in drawn(jurisdiction=UK)}
    assert "alcohol 20" in british["impairment", "days"]


def test_the_strongest_moment_of_breathing_is_the_lowest():
    curve = effect_curve("co2-slope", regimen())
    everything = np.arange(len(curve.t_h))
    assert curve.typical[strongest(curve, everything)] == curve.typical.min()
    relaxed = effect_curve("muscle", regimen())
    assert relaxed.typical[strongest(relaxed, everything)] == relaxed.typical.max()


@pytest.mark.parametrize("days", [3, 7, 28, 400])
def test_the_tables_stay_short(days):
    course = effect_course(regimen(days))
    assert len(by_day(course, US).rows) <= 12
    assert len(by_hour(course, US).rows) == 17
    assert len(by_hour(course, US).columns) == len(course.curves)


def test_a_day_shows_its_strongest_moment():
    course = effect_course()
    muscle = next(curve for curve in course.curves if curve.effect == "muscle")
    inside = (muscle.t_h >= 48) & (muscle.t_h <= 72)
    third = next(row for row in by_day(course, US).rows if row[0] == "3")
    assert third[1].split()[0] == f"{muscle.typical[inside].max():.0f}"


def test_a_course_without_curves_has_empty_tables_and_no_drawing():
    bare = replace(effect_course(), curves=())
    assert by_hour(bare, US).rows == by_day(bare, US).rows == ()
    assert panels(bare, DRAWINGS, REFERENCES, US) == ()
    one = with_effects()
    assert "What it will do, hour by hour" in to_html(replace(one, effects=replace(one.effects, curves=())))


def test_a_time_is_said_by_day_and_clock():
    assert [when(at) for at in (0.0, 22.0, 23.9, 47.4)] == [
        "day 1, 00:00",
        "day 1, 22:00",
        "day 2, 00:00",
        "day 2, 23:00",
    ]


@pytest.mark.parametrize(
    ("unit", "jurisdiction", "value", "shown"),
    [
        ("%", US, 28.7, "29 %"),
        ("%", US, 0.36, "0.4 %"),
        ("g/L", US, 0.34, "0.034 %"),
        ("g/L", UK, 0.34, "34 mg per 100 mL"),
        ("g/L", UK, 1.0, "100 mg per 100 mL"),
        ("g/L", US, 2.0, "0.2 %"),
        ("h", US, 11.6, "12 hours"),
        ("odds ratio", US, 2.44, "2.4 times"),
        ("log-odds", US, 0.0, "1 times"),
        ("furlongs", US, 2.44, "2.4 furlongs"),
    ],
)
def test_units(unit, jurisdiction, value, shown):
    assert scale(unit, jurisdiction).quantity(value) == shown


def test_every_sentence_of_a_number_is_told_under_a_subject_or_in_the_table():
    told = {key for plan in SUBJECTS for key in plan.numbers} | {"EFF-OCCUPANCY"}
    rows = {row.id.removesuffix("-SAID") for row in knowledge().table("statements") if row.id.endswith("-SAID")}
    assert rows == told


def test_a_number_of_no_subject_is_in_the_table_of_the_page():
    assert "Reflex excess removed, over a full day: 21 % (6 to 44)." in to_html(with_effects())


def test_a_subject_carries_a_mark_only_if_all_its_answers_do():
    marks = {subject.key: subject.mark for subject in effect_section(with_effects()).subjects}
    assert marks["driving"] == "project estimate"
    assert marks["relaxation"] == ""
    one = with_effects()
    unsure = tuple(replace(two, standing=Standing.UNVERIFIED) for two in one.effects.numbers)
    assert {
        subject.mark for subject in effect_section(replace(one, effects=replace(one.effects, numbers=unsure))).subjects
    } == {"unconfirmed: check"}


def test_sentences_of_the_course_are_said_once():
    one = with_effects()
    twice = replace(one, effects=replace(one.effects, says=one.effects.says * 2))
    assert to_html(twice).count("A sentence of the model that belongs to no subject.") == 1
