"""The need for a taper in anybody: more use or danger never needs less, and nothing unknown clears."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOT_TAKEN
from tests.generative.people import ON, people, typed, with_answer
from unclench.appraisal.appraise import appraise
from unclench.appraisal.findings import CurrentUse, Need, RiskFound
from unclench.appraisal.taper_need import decide, pace_features
from unclench.appraisal.taper_views import NEEDS
from unclench.knowledge import knowledge
from unclench.record import read
from unclench.values import Answer

pytestmark = pytest.mark.verifies("P4")
ROWS = knowledge().table("stopping_risks")


def risk(row, answer: Answer) -> RiskFound:
    return RiskFound(row.id, row.title, row.kind, answer, (), (), row.urgency, row.from_days, row.early == "yes")


risks = st.lists(st.tuples(st.sampled_from(ROWS), st.sampled_from((Answer.YES, Answer.CANNOT_SAY))), max_size=6).map(
    lambda drawn: tuple({row.id: risk(row, answer) for row, answer in drawn}.values())
)
days = st.integers(0, 4000)
mg = st.decimals("0.5", "120", places=1)
weekly = st.floats(0.5, 7)
ages = st.none() | st.floats(18, 100)


@st.composite
def uses(draw) -> CurrentUse:
    """Present use; every part of it exact, a range, or not known."""
    if draw(st.integers(0, 5)) == 0:
        return NOT_TAKEN
    lasted, dose, per_week = (
        sorted(draw(st.tuples(part, part))) if draw(st.integers(0, 4)) else (None, None) for part in (days, mg, weekly)
    )
    answer = draw(st.sampled_from((Answer.YES, Answer.YES, Answer.CANNOT_SAY)))
    return CurrentUse(answer, *dose, *lasted, *per_week, None, None, ())


def rank(found: Need) -> int:
    return NEEDS.index(found.need)


def need(use: CurrentUse, age: float | None, found: tuple[RiskFound, ...], planned: int | None = None) -> Need:
    return decide(use, planned, Decimal(5) if planned else None, age, found, knowledge())


@given(uses(), ages, risks, days, mg, weekly)
def test_longer_or_more_or_oftener_never_needs_less(use, age, found, more_days, more_mg, more_weekly):
    here = rank(need(use, age, found))
    if use.duration_days_high is not None:
        longer = replace(use, duration_days_high=use.duration_days_high + more_days)
        assert here <= rank(need(longer, age, found))
    if use.mg_per_day_high is not None:
        assert here <= rank(need(replace(use, mg_per_day_high=use.mg_per_day_high + more_mg), age, found))
    if use.days_per_week_high is not None:
        oftener = replace(use, days_per_week_high=min(7.0, use.days_per_week_high + more_weekly))
        assert here <= rank(need(oftener, age, found))


@given(uses(), ages, risks, st.sampled_from(ROWS))
def test_one_more_risk_never_needs_less_nor_waits_longer(use, age, found, row):
    others = tuple(one for one in found if one.id != row.id)
    without, unsure, known = (
        need(use, age, (*others, *more)) for more in ((), (risk(row, Answer.CANNOT_SAY),), (risk(row, Answer.YES),))
    )
    if row.kind != "faster":
        assert rank(without) == rank(unsure) <= rank(known)
    levels = ("Emergency now", "To be seen today", "To be seen within", "To be seen before", "")
    told = [next(at for at, words in enumerate(levels) if one.urgency.startswith(words)) for one in (known, without)]
    assert told[0] <= told[1]


@given(uses(), ages, risks, st.integers(1, 60))
def test_a_planned_course_on_top_never_needs_less(use, age, found, planned):
    if use.answer is Answer.YES and use.duration_days_high is not None:
        assert rank(need(use, age, found)) <= rank(need(use, age, found, planned))


@given(uses(), ages, risks, st.none() | st.integers(1, 60))
def test_a_specialist_is_always_told_with_a_hold_and_how_soon(use, age, found, planned):
    made = need(use, age, found, planned)
    assert (made.need == "specialist") == bool(made.hold) == bool(made.urgency)
    assert made.because
    for view in made.views:
        assert view.need in NEEDS
        assert view.agrees or view.need != made.need
    if made.need in ("step-down", "taper"):
        open_dangers = [one.title for one in found if one.kind == "danger" and one.answer is Answer.CANNOT_SAY]
        said = " ".join(line for line in made.because if line.startswith("Not ruled out"))
        assert all(title in said for title in open_dangers)


@given(risks)
def test_nothing_that_slows_and_nothing_unknown_goes_with_faster(found):
    features = pace_features(found)
    if "faster" in {direction for *_, direction in features}:
        assert not [one for one in found if one.kind == "slower"]
    assert {key for key, *_ in features} <= {one.id for one in found if one.answer is Answer.YES}


TAKEN = (("diazepam-now", "yes"), ("diazepam-mg-per-day", 10), ("diazepam-months", 4))
HARDER = (
    *(("withdrawal-crisis", "yes"), ("withdrawal-seizure", "yes"), ("epilepsy", "yes"), ("suicidal", "yes")),
    *(("psychosis", "yes"), ("alcohol-problem", "yes"), ("drug-use", "yes"), ("failed-taper", "yes")),
)


@given(people(), st.sampled_from(HARDER))
def test_a_stated_danger_never_lowers_the_need_of_a_whole_record(person, harder):
    """Over whole records that take diazepam, with problems, gaps and entries that nobody understands."""
    for key, value in (*TAKEN, ("diazepam-days-per-week", 7)):
        person = with_answer(person, key, value)
    cleared = with_answer(person, harder[0], "no")
    found = [appraise(read(typed(one), on=ON), ON) for one in (cleared, person, with_answer(person, *harder))]
    ranks = [NEEDS.index(one.taper_need) for one in found]
    assert ranks[0] <= ranks[2]
    assert ranks[1] <= ranks[2]
    assert ranks[2] == NEEDS.index("specialist") or harder[0] == "failed-taper"
