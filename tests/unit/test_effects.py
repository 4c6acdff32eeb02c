"""A whole effect course: what it answers, how it moves with what goes in, and what it refuses."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.effect_levels import regimen, spread, typical
from unclench.knowledge import knowledge
from unclench.report.subjects import SUBJECTS
from unclench.simulation.effect_course import EffectCourse
from unclench.simulation.effects import CoMedication, PastUse, foresee
from unclench.simulation.effects_draws import PERSON, Cause
from unclench.values import Answer, EngineError, Standing

PEOPLE = 250


def course(asked=None, scale=None, age=40.0, **more) -> EffectCourse:  # type: ignore[no-untyped-def]
    asked = asked or regimen()
    t_h, levels = spread(asked, PEOPLE)
    levels = {name: values * (scale or {}).get(name, 1.0) for name, values in levels.items()}
    return foresee(
        regimen=asked,
        t_h=t_h,
        unbound_ng_ml={name: values for name, values in levels.items() if values.any()},
        age_y=np.full(PEOPLE + 1, age),
        **more,
    )


def number(found: EffectCourse, key: str):  # type: ignore[no-untyped-def]
    return next(one for one in found.numbers if one.id == key)


@pytest.fixture(scope="module")
def usual() -> EffectCourse:
    return course()


@pytest.mark.verifies("M3", "M4", "M5", "M6", "M7", "M8")
def test_every_answer_has_an_interval_an_error_and_a_standing(usual: EffectCourse) -> None:
    assert {curve.effect for curve in usual.curves} == {
        *("occupancy", "muscle", "sedation", "drowsy", "impairment", "co2-slope", "withdrawal-drive")
    }
    for one in usual.numbers:
        assert one.low <= one.typical <= one.high, one.id
        assert np.isfinite([one.low, one.typical, one.high, one.monte_carlo_error]).all()
        assert one.monte_carlo_error >= 0
        assert 0 <= one.unsure_share <= 1
        assert one.standing in {Standing.DERIVED, Standing.PROJECT}
        assert knowledge().has("statements", one.id)
    for curve in usual.curves:
        assert np.all(curve.p05 <= curve.p25)
        assert np.all(curve.p25 <= curve.p50)
        assert np.all(curve.p50 <= curve.p75)
        assert np.all(curve.p75 <= curve.p95)
        assert np.all(curve.typical >= 0)
        if curve.unit == "%":
            assert curve.p95.max() <= 100.0


def test_the_same_goes_in_and_the_same_comes_out(usual: EffectCourse) -> None:
    again = course()

    assert usual.numbers == again.numbers
    assert usual.drivers == again.drivers
    assert course(seed=1).numbers != usual.numbers


@pytest.mark.verifies("M3")
def test_metabolite_counts_and_a_parent_only_model_is_wrong(usual: EffectCourse) -> None:
    """At 20 mg a day for four weeks most of the load is nordazepam; on nordazepam alone a parent model sees nothing."""
    asked = regimen("5", (8.0, 12.0, 16.0, 20.0), 28)
    both = number(course(asked), "EFF-OCCUPANCY")
    parent = number(course(asked, {"nordazepam": 0.0}), "EFF-OCCUPANCY")
    metabolite = number(course(asked, {"diazepam": 1e-9}), "EFF-REFLEX-PEAK")

    assert both.typical - parent.typical > 15.0  # percentage points of receptors missed
    assert metabolite.typical > 20.0  # Lossius 1985: reflexes fell on clorazepate, which is nordazepam alone


@pytest.mark.verifies("M3")
def test_doubling_what_is_unbound_doubles_the_load() -> None:
    def load(factor: float) -> np.ndarray:
        held = next(
            curve.typical / 100.0
            for curve in course(scale={"diazepam": factor, "nordazepam": factor}).curves
            if curve.effect == "occupancy"
        )
        return held / (1.0 - held)

    assert load(2.0)[1:] == pytest.approx(2.0 * load(1.0)[1:], rel=1e-9)


@pytest.mark.verifies("M5")
def test_more_drug_and_more_years_do_more(usual: EffectCourse) -> None:
    more = course(scale={"diazepam": 1.5, "nordazepam": 1.5})
    older = course(age=80.0)

    for key in ("EFF-OCCUPANCY", "EFF-REFLEX-PEAK", "EFF-DROWSY-DAY-1", "EFF-IMPAIRED-PEAK", "EFF-BACK-UNDER"):
        assert number(more, key).typical > number(usual, key).typical, key
    for key in ("EFF-DROWSY-DAY-1", "EFF-IMPAIRED-PEAK", "EFF-NEXT-MORNING"):
        assert number(older, key).typical > number(usual, key).typical, key
    assert number(more, "EFF-CO2-SLOPE").typical < number(usual, "EFF-CO2-SLOPE").typical
    assert number(older, "EFF-REFLEX-PEAK").typical == number(usual, "EFF-REFLEX-PEAK").typical


@pytest.mark.verifies("M5")
def test_drowsiest_moment_is_never_below_the_first_day_or_the_mean(usual: EffectCourse) -> None:
    peak = number(usual, "EFF-DROWSY-PEAK")
    drawn = next(curve for curve in usual.curves if curve.effect == "drowsy")

    for key in ("EFF-DROWSY-DAY-1", "EFF-DROWSY-STEADY"):
        assert peak.typical >= number(usual, key).typical, key
        assert peak.high >= number(usual, key).high, key
    assert peak.typical == pytest.approx(max(drawn.typical), rel=1e-9)


@pytest.mark.verifies("M6")
def test_what_breathing_leaves_out_is_seen_beside_its_number() -> None:
    """Not behind a fold: with lung disease the number alone would calm wrongly."""
    plan = next(plan for plan in SUBJECTS if plan.key == "breathing")
    assert "EFF-SAY-CO2" in plan.says


@pytest.mark.verifies("M6")
def test_opioid_only_ever_adds(usual: EffectCourse) -> None:
    beside = course(opioid=Answer.YES)
    alone, both = number(beside, "EFF-CO2-SLOPE"), number(beside, "EFF-CO2-TOGETHER")
    odds = number(beside, "EFF-EVENT-TOGETHER")

    assert both.typical < alone.typical
    assert both.high < alone.high
    assert odds.low >= 1.0
    assert odds.typical > 1.0
    assert not any(one.id == "EFF-CO2-TOGETHER" for one in usual.numbers)
    assert knowledge().say("EFF-SAY-OPIOID") in beside.says


@pytest.mark.verifies("M6")
def test_what_is_not_known_is_answered_as_if_it_were_so_and_said(usual: EffectCourse) -> None:
    silent = course(opioid=Answer.CANNOT_SAY, alcohol=Answer.CANNOT_SAY)

    assert number(silent, "EFF-CO2-TOGETHER")
    assert number(silent, "EFF-IMPAIRED-ALCOHOL")
    assert knowledge().say("EFF-SAY-OPIOID-UNKNOWN") in silent.says
    assert knowledge().say("EFF-SAY-ALCOHOL-UNKNOWN") in silent.says


@pytest.mark.verifies("M5")
def test_alcohol_adds_its_own_amount_in_the_typical_person_and_more_in_some() -> None:
    beside = course(alcohol=Answer.YES)
    alone, both = number(beside, "EFF-IMPAIRED-PEAK"), number(beside, "EFF-IMPAIRED-ALCOHOL")
    real = knowledge().parameter("PD-ALCOHOL-REFERENCE").value

    assert both.typical == pytest.approx(alone.typical + real, rel=1e-9)
    assert both.high > alone.high + real


@pytest.mark.verifies("M7")
def test_earlier_use_leaves_tolerance_and_adaptation(usual: EffectCourse) -> None:
    t_h, levels = typical(regimen())
    week = t_h <= 7 * 24.0
    daily = {name: np.full(PEOPLE + 1, line[week].mean()) for name, line in levels.items()}
    user = course(history=(PastUse(days=365.0, unbound_ng_ml=daily),))

    assert number(user, "EFF-DROWSY-DAY-1").typical < number(usual, "EFF-DROWSY-DAY-1").typical
    assert number(user, "EFF-TOLERANCE-END").typical > number(usual, "EFF-TOLERANCE-END").typical
    assert number(user, "EFF-WITHDRAWAL-PEAK").typical > 10 * number(usual, "EFF-WITHDRAWAL-PEAK").typical
    assert knowledge().say("EFF-NO-HISTORY") in usual.assumed
    assert knowledge().say("EFF-NO-HISTORY") not in user.assumed


def test_history_may_be_told_in_pieces() -> None:
    level = {"diazepam": np.full(PEOPLE + 1, 4.0), "nordazepam": np.full(PEOPLE + 1, 8.0)}
    whole = course(history=(PastUse(60.0, level),))
    pieces = course(history=tuple(PastUse(1.0, level) for _ in range(60)))

    for one, other in zip(whole.numbers, pieces.numbers, strict=True):
        assert one.typical == pytest.approx(other.typical, rel=1e-9)


@pytest.mark.verifies("M3")
def test_another_benzodiazepine_is_a_relative_load_and_never_a_level(usual: EffectCourse) -> None:
    with_other = course(co_medication=(CoMedication("lorazepam", 1.0),))
    more = course(co_medication=(CoMedication("lorazepam", 2.0), CoMedication("temazepam", 10.0)))

    peaks = [number(each, "EFF-OCCUPANCY").typical for each in (usual, with_other, more)]
    assert peaks == sorted(peaks)
    assert peaks[0] < peaks[1]
    assert knowledge().say("EFF-SAY-OTHERS") in with_other.says
    assert not any("ng/mL" in one.unit for one in with_other.numbers)


def test_another_benzodiazepine_that_was_stopped_fades_with_its_own_half_life() -> None:
    stopped = course(co_medication=(CoMedication("midazolam", 7.5, to_h=0.0),))
    slow = course(co_medication=(CoMedication("clonazepam", 1.0, to_h=0.0),))
    after_a_day = [
        next(np.interp(24.0, curve.t_h, curve.typical) for curve in each.curves if curve.effect == "occupancy")
        for each in (course(), stopped, slow)
    ]

    assert after_a_day[1] == pytest.approx(after_a_day[0], abs=0.5)
    assert after_a_day[2] > after_a_day[0] + 2.0


@pytest.mark.verifies("M10")
def test_nothing_is_promised() -> None:
    found = course(indication="acute-spasm", opioid=Answer.YES, alcohol=Answer.YES)
    pain = number(found, "EFF-BACK-PAIN")
    words = " ".join((*found.says, *found.assumed, *(one.name for one in found.numbers)))

    assert pain.low < 0.0 < pain.high
    assert pain.typical > 0.0  # leans against diazepam
    assert knowledge().say("EFF-SAY-BACK-PAIN") in found.says
    assert knowledge().say("EFF-SAY-STRENGTH") in found.says
    assert not re.search(r"\bsafe", words, re.IGNORECASE)
    assert not re.search(r"flumazenil", words, re.IGNORECASE)
    assert {curve.effect for curve in found.curves}.isdisjoint({"strength", "function", "force"})


def test_back_pain_has_a_number_only_where_it_is_treated() -> None:
    assert not any(one.id == "EFF-BACK-PAIN" for one in course(indication="spasticity").numbers)


def test_no_night_dose_has_no_next_morning() -> None:
    assert not any(one.id == "EFF-NEXT-MORNING" for one in course(regimen("5", (8.0,))).numbers)


@pytest.mark.verifies("M8")
def test_the_unsure_part_and_the_personal_part_are_told_apart(usual: EffectCourse) -> None:
    kinds = {(one.answer, one.kind) for one in usual.drivers}

    assert ("EFF-OCCUPANCY", "knowledge") in kinds
    assert ("EFF-DROWSY-STEADY", "person") in kinds
    for key in {one.answer for one in usual.drivers}:
        assert sum(one.share for one in usual.drivers if one.answer == key) <= 1.05


@pytest.mark.verifies("M8")
def test_the_monte_carlo_error_is_about_what_other_seeds_show() -> None:
    ends = [number(course(seed=seed), "EFF-IMPAIRED-PEAK").high for seed in range(40)]
    told = np.median([number(course(seed=seed), "EFF-IMPAIRED-PEAK").monte_carlo_error for seed in range(10)])

    assert 0.5 < np.std(ends) / told < 2.0


def test_reasons_for_levels_may_be_named() -> None:
    rng = np.random.default_rng(3)
    found = course(causes=[Cause("how fast this person clears diazepam", PERSON, rng.standard_normal(PEOPLE))])

    assert not any("blood" in one.cause for one in found.drivers)


@pytest.mark.parametrize("age", [12.0, 92.0])
def test_ages_outside_the_studies_are_flagged(age: float) -> None:
    assert any("nearest of these ages" in said for said in course(age=age).assumed)


def bad(**wrong) -> None:  # type: ignore[no-untyped-def]
    t_h, levels = spread(regimen(), PEOPLE)
    given = {"t_h": t_h, "unbound_ng_ml": levels, "age_y": np.full(PEOPLE + 1, 40.0), **wrong}
    with pytest.raises(EngineError):
        foresee(regimen=regimen(), **given)


def test_what_cannot_be_is_refused() -> None:
    t_h, levels = spread(regimen(), PEOPLE)
    negative = {"diazepam": -levels["diazepam"]}
    missing = {"diazepam": np.where(levels["diazepam"] > 1.0, np.nan, levels["diazepam"])}

    bad(t_h=t_h[::-1])
    bad(t_h=np.zeros_like(t_h))
    bad(unbound_ng_ml=negative)
    bad(unbound_ng_ml=missing)
    bad(unbound_ng_ml={"nordazepam": levels["nordazepam"]})
    bad(unbound_ng_ml={**levels, "midazolam": levels["diazepam"]})
    bad(unbound_ng_ml={"diazepam": levels["diazepam"][:, :-1]})
    bad(age_y=np.full(PEOPLE + 1, np.nan))
    bad(t_h=t_h[:3], unbound_ng_ml={"diazepam": levels["diazepam"][:3, :2]}, age_y=np.full(2, 40.0))
