"""The need for a taper, as a table. Days a week, days taken, mg a day -> need and rule."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.factories import NOT_TAKEN, use
from unclench.appraisal.taper_need import cell, taper_need
from unclench.appraisal.taper_views import NEEDS
from unclench.knowledge import knowledge
from unclench.values import Answer

pytestmark = pytest.mark.verifies("P4")

GRID = [
    # days a week, days, mg a day, need, rule
    (3, 10, 5, "none", "DEP-05"),
    (3, 400, 30, "none", "DEP-05"),
    (7, 7, 15, "none", "DEP-06"),
    (4, 13, 40, "none", "DEP-06"),
    (7, 14, 10, "step-down", "DEP-06"),
    (7, 27, 40, "step-down", "DEP-06"),
    (7, 28, 10, "taper", "DEP-07"),
    (7, 60, 10, "taper", "DEP-07"),
    (7, 60, 11, "taper", "DEP-04"),
    (4, 60, 20, "taper", "DEP-04"),
    (7, 90, 2, "taper", "DEP-08"),
    (5, 2000, 30, "taper", "DEP-08"),
    (7, 60, 41, "specialist", "TAP-03"),
    (7, 400, 60, "specialist", "TAP-03"),
]


@pytest.mark.parametrize(("weekly", "days", "mg", "need", "rule"), GRID)
def test_the_grid(weekly, days, mg, need, rule):
    found, because, rules = taper_need(use(str(mg), days, weekly), None, None, 40, (), knowledge())
    assert (found, rules[0]) == (need, rule)
    assert because


def test_the_grid_has_no_gap():
    for weekly in (0.5, 1, 3, 3.5, 4, 7):
        for days in (0, 1, 13, 14, 27, 28, 29, 89, 90, 91, 3650):
            for mg in (0.5, 2, 10, 10.5, 15, 15.5, 40, 40.5, 200):
                assert cell(knowledge(), weekly, days, mg).need in NEEDS


@pytest.mark.parametrize("days", [10, 20, 40, 100])
@pytest.mark.parametrize("weekly", [2, 3, 4, 7])
@pytest.mark.parametrize("mg", ["5", "12", "30", "45"])
def test_longer_oftener_or_more_never_needs_less(days, weekly, mg):
    def rank(d, w, m):
        return NEEDS.index(taper_need(use(str(m), d, w), None, None, 40, (), knowledge())[0])

    here = rank(days, weekly, mg)
    assert here <= rank(days * 3, weekly, mg)
    assert here <= rank(days, min(7, weekly + 2), mg)
    assert here <= rank(days, weekly, Decimal(mg) * 2)


def test_a_short_new_course_needs_none():
    assert taper_need(NOT_TAKEN, 7, Decimal(15), 44, (), knowledge())[0] == "none"


def test_nothing_taken_and_nothing_planned_needs_none():
    assert taper_need(NOT_TAKEN, None, None, 44, (), knowledge()) == (
        "none",
        ("Diazepam is not taken now and none is planned.",),
        (),
    )


def test_planned_days_come_on_top_of_present_use():
    assert taper_need(use("5", 21), 7, Decimal(5), 44, (), knowledge())[0] == "taper"


def test_an_uncertain_range_is_read_at_its_most_cautious_corner_and_says_so():
    unsure = replace(use("8", 10), duration_days_high=200)
    need, because, _ = taper_need(unsure, None, None, 44, (), knowledge())
    assert need == "taper"
    assert any("more cautious" in line for line in because)


def test_unknown_duration_counts_as_long_and_unknown_dose_is_said():
    need, because, _ = taper_need(use(None, None, None), None, None, 44, (), knowledge())
    assert need == "taper"
    assert any("long use is assumed" in line for line in because)
    assert any("The dose is not known" in line for line in because)


def test_use_that_is_not_certain_does_not_clear_a_new_course():
    unsure = use(None, None, None, Answer.CANNOT_SAY)
    need, because, _ = taper_need(unsure, 7, Decimal(6), 44, (), knowledge())
    assert need == "none"
    assert any("is not certain" in line for line in because)


def test_older_people_taper_after_two_weeks():
    assert taper_need(use("4", 15), None, None, 64, (), knowledge())[0] == "step-down"
    need, _, rules = taper_need(use("4", 15), None, None, 65, (), knowledge())
    assert (need, rules) == ("taper", ("DEP-06", "TAP-01"))
    assert taper_need(use("4", 15, 2), None, None, 80, (), knowledge())[0] == "none"


@pytest.mark.parametrize("reason", ["an earlier withdrawal seizure", "epilepsy", "pregnancy", "alcohol"])
def test_special_reasons_send_it_to_a_specialist_once_the_body_may_be_used_to_it(reason):
    need, because, rules = taper_need(use("10", 100), None, None, 44, (reason,), knowledge())
    assert (need, rules[-1]) == ("specialist", "TAP-03")
    assert any(reason in line for line in because)
    short, said, _ = taper_need(NOT_TAKEN, 3, Decimal(4), 44, (reason,), knowledge())
    assert short == "none"
    assert any("more closely" in line for line in said)


def test_sources_that_disagree_are_named():
    because = taper_need(use("10", 20), None, None, 44, (), knowledge())[1]
    assert "RACGP" in because[0]
    assert "National Center for PTSD" in because[0]
