"""Courses: what they say about what is not known, existing use, peaks, the end, and requests that cannot be met."""

from __future__ import annotations

import dataclasses
import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from unclench.appraisal.findings import Body, ClearanceSegment, Exposure
from unclench.engine.linear import March
from unclench.knowledge.load import knowledge
from unclench.simulation import simulate_courses
from unclench.simulation.clearance import spans_of
from unclench.simulation.course import Course
from unclench.simulation.existing import advance
from unclench.simulation.parameters import Numbers
from unclench.simulation.people import people_like
from unclench.simulation.sample import Sample
from unclench.values import Answer, Dose, EngineError, Phase, Regimen, RegimenError

ON = date(2026, 11, 22)
NO_CHANGE = Exposure(changes=(), segments=(), ratio=1.0, low=1.0, high=1.0, log_sd=0.0)
KNOWN = Body(40.0, "male", 70.0, 178.0, 43.0, "none", Answer.NO, "NM", Answer.NO)
UNKNOWN = Body(None, None, None, None, None, None, Answer.CANNOT_SAY, None, Answer.CANNOT_SAY)


def phase(days: int, *doses: tuple[str, float]) -> Phase:
    return Phase(days, tuple(Dose(Decimal(mg), clock) for mg, clock in doses))


def regimen(*phases: Phase, **more: Any) -> Regimen:
    return Regimen(more.pop("start", ON), phases, **more)


WEEK = regimen(phase(7, ("2", 8.0), ("2", 14.0), ("5", 22.0)))
STEPS = regimen(phase(2, ("2", 22.0)), phase(3, ("2", 8.0), ("5", 22.0)), phase(2, ("2", 22.0)))
NIGHT = regimen(phase(1, ("10", 8.0)))


def run(body: Body = KNOWN, *regimens: Regimen, **more: Any) -> tuple[Course, ...]:
    settings: dict[str, Any] = {"exposure": NO_CHANGE, "existing": None, "on": ON, "people": 60}
    return simulate_courses(body=body, regimens=regimens or (WEEK,), **{**settings, **more})


@pytest.mark.verifies("M8")
def test_every_curve_has_an_interval_in_order() -> None:
    for found in run(UNKNOWN, WEEK, STEPS, people=300):
        assert [(curve.analyte, curve.kind) for curve in found.curves] == [
            ("diazepam", "total"),
            ("diazepam", "unbound"),
            ("nordazepam", "total"),
            ("nordazepam", "unbound"),
        ]
        for curve in found.curves:
            lines = np.stack([curve.p05, curve.p25, curve.p50, curve.p75, curve.p95])
            assert (np.diff(lines, axis=0) >= 0).all()
            assert (np.diff(curve.t_h) > 0).all()
            assert curve.t_h.shape == curve.typical.shape == curve.p05.shape
            assert np.isfinite(lines).all()
            assert (lines >= -1e-9).all()
        assert found.peak_ng_ml.low < found.peak_ng_ml.typical < found.peak_ng_ml.high


@pytest.mark.verifies("R3")
def test_what_is_not_known_is_said() -> None:
    (found,) = run(UNKNOWN)
    said = " ".join(found.assumed)
    for word in ("Sex", "Age", "Weight", "Albumin", "Cirrhosis", "Dialysis", "CYP2C19"):
        assert f"{word} " in said
    (known,) = run(KNOWN)
    assert "not recorded" not in " ".join(known.assumed)


@pytest.mark.verifies("M8")
def test_the_interval_is_wider_where_less_is_known() -> None:
    def width(body: Body) -> float:
        peak = run(body, people=1000)[0].peak_ng_ml
        return peak.high / peak.low

    known = width(KNOWN)
    assert width(dataclasses.replace(KNOWN, weight_kg=None)) > known
    assert width(dataclasses.replace(KNOWN, age_y=None)) > known
    assert width(dataclasses.replace(KNOWN, cyp2c19=None)) > known


def finely(taken: Regimen, until_h: float, people: int) -> tuple[Any, Any]:
    """Times every three minutes, and diazepam there: (times, people)."""
    crowd = people_like(KNOWN, Numbers(knowledge(), {}, Sample(20261122, people)))
    spans = spans_of(NO_CHANGE, crowd)
    march = March(spans.modes(0), crowd.absorption.lag_h, series=1, start_h=0.0)
    for at, mg in taken.timed():
        march.give(at, (float(mg) * 1000,))
    times, seen = np.arange(0.0, until_h, 0.05), []
    for at in times:
        advance(march, spans, float(at))
        seen.append(march.levels()[0, 0])
    return times, np.stack(seen)


@pytest.mark.verifies("M1")
@pytest.mark.parametrize("taken", [WEEK, STEPS, NIGHT], ids=["week", "steps", "once"])
def test_the_peak_is_not_missed(taken: Regimen) -> None:
    found, *_ = run(KNOWN, taken, STEPS, WEEK, people=100)
    highest = finely(taken, taken.days * 24 + 12.0, 100)[1].max(axis=0)
    assert found.peak_ng_ml.typical == pytest.approx(highest[-1], rel=0.005)
    assert found.peak_ng_ml.low == pytest.approx(np.quantile(highest[:100], 0.05), rel=0.02)
    assert found.peak_ng_ml.high == pytest.approx(np.quantile(highest[:100], 0.95), rel=0.02)
    assert found.curves[0].typical.max() == pytest.approx(highest[-1], rel=0.02)


@pytest.mark.verifies("M1")
def test_gone_is_when_the_sum_is_under_a_twentieth_of_its_peak() -> None:
    (found,) = run(KNOWN, WEEK, people=50)
    parent, _, metabolite, _ = found.curves
    together = parent.typical + metabolite.typical
    last = WEEK.timed()[-1][0]
    when = np.interp(np.log(0.05 * together.max()), np.log(together[::-1][:8]), parent.t_h[::-1][:8])
    assert found.gone_days.typical == pytest.approx((when - last) / 24, rel=0.02)
    assert found.gone_days.low < found.gone_days.typical < found.gone_days.high


@pytest.mark.verifies("M1")
def test_a_course_that_ends_low_is_gone_at_its_last_dose() -> None:
    (found,) = run(KNOWN, regimen(phase(3, ("10", 8.0), ("10", 14.0), ("10", 22.0)), phase(60, ("0.1", 8.0))))
    assert found.gone_days.typical == 0.0


@pytest.mark.verifies("M1")
def test_a_last_dose_long_after_the_others_is_followed() -> None:
    late = regimen(phase(1, ("1", 0.0), ("6", 21.0)), phase(40), phase(1, ("2", 0.0)))
    once = regimen(phase(1, ("1", 0.0), ("6", 21.0), ("6", 21.0)))
    for found in run(KNOWN, once, late):
        assert found.gone_days.low > 0
        assert found.curves[0].t_h[-1] >= found.regimen.timed()[-1][0] + 24.0


@pytest.mark.verifies("M1")
def test_accumulation_compares_the_last_day_with_the_first() -> None:
    taken = regimen(phase(10, ("5", 20.0)))
    (found,) = run(KNOWN, taken)
    times, level = finely(taken, 11 * 24.0, 60)

    def area(start: float) -> float:
        inside = (times >= start - 1e-6) & (times <= start + 24.0 + 1e-6)
        return float(np.trapezoid(level[inside, -1], times[inside]))

    assert found.accumulation.typical == pytest.approx(area(9 * 24 + 20.0) / area(20.0), rel=1e-3)


@pytest.mark.verifies("M1")
def test_existing_use_counts_from_where_it_stands() -> None:
    before = regimen(phase(400, ("5", 6.0), ("5", 18.0)), start=ON - timedelta(days=400))
    (found,) = run(KNOWN, WEEK, existing=before)
    (alone,) = run(KNOWN, WEEK)
    assert found.background_ng_ml is not None
    assert alone.background_ng_ml is None
    # Ten milligrams a day for more than a year: about 26 ng/mL per daily milligram.
    assert found.background_ng_ml.typical == pytest.approx(260, rel=0.2)
    assert found.curves[0].typical[0] == found.background_ng_ml.typical
    assert found.peak_ng_ml.typical > alone.peak_ng_ml.typical


@pytest.mark.verifies("M1")
def test_going_on_as_before_stays_level() -> None:
    before = regimen(phase(300, ("5", 8.0), ("5", 22.0)), start=ON - timedelta(days=300))
    (found,) = run(KNOWN, regimen(phase(10, ("5", 8.0), ("5", 22.0))), existing=before)
    assert found.accumulation.typical == pytest.approx(1.0, abs=1e-4)


@pytest.mark.verifies("M2")
def test_history_and_course_are_one_story() -> None:
    """Ten days of use and four of a regimen are fourteen days of one regimen, across changes of clearance in both."""
    segments = tuple(
        ClearanceSegment(start, multiple, multiple)
        for start, multiple in ((-math.inf, 0.8), (-100.5, 0.6), (-30.0, 0.5), (20.0, 0.7), (60.0, 1.0))
    )
    doses = (("2", 8.0), ("5", 23.5))
    before = regimen(phase(10, *doses), start=ON - timedelta(days=10))
    story = dataclasses.replace(NO_CHANGE, segments=segments, log_sd=0.2)
    (parts,) = run(KNOWN, regimen(phase(4, *doses)), existing=before, exposure=story)
    shifted = tuple(dataclasses.replace(each, from_h=each.from_h + 240.0) for each in segments)
    whole_start = ON - timedelta(days=10)
    (whole,) = simulate_courses(
        body=KNOWN,
        exposure=dataclasses.replace(story, segments=shifted),
        regimens=[regimen(phase(14, *doses), start=whole_start)],
        existing=None,
        on=whole_start,
        people=60,
    )
    assert parts.end_ng_ml.typical == pytest.approx(whole.end_ng_ml.typical, rel=1e-9)
    assert parts.end_ng_ml.high == pytest.approx(whole.end_ng_ml.high, rel=1e-9)


@pytest.mark.verifies("M2")
def test_segments_without_a_change_equal_none() -> None:
    same = dataclasses.replace(
        NO_CHANGE, segments=tuple(ClearanceSegment(start, 1.0, 1.0) for start in (-math.inf, 0.0, 50.0))
    )
    (one,), (other,) = run(KNOWN), run(KNOWN, exposure=same)
    for curve, twin in zip(one.curves, other.curves, strict=True):
        assert np.array_equal(curve.p95, twin.p95)
    assert one.gone_days == other.gone_days


@pytest.mark.verifies("M2")
def test_uncertain_interaction_widens_the_interval() -> None:
    slowed = (ClearanceSegment(-math.inf, 0.5, 0.8),)
    sure = run(exposure=dataclasses.replace(NO_CHANGE, segments=slowed), people=1000)[0].half_life_h
    unsure = run(exposure=dataclasses.replace(NO_CHANGE, segments=slowed, log_sd=0.5), people=1000)[0].half_life_h
    assert sure.typical == unsure.typical
    assert unsure.high / unsure.low > 1.3 * sure.high / sure.low


@pytest.mark.verifies("M1")
def test_food_delays_and_lowers_the_peak() -> None:
    (fasting,), (fed,) = run(KNOWN, NIGHT), run(KNOWN, NIGHT, fed=True)
    assert fed.peak_ng_ml.typical < fasting.peak_ng_ml.typical
    assert np.argmax(fed.curves[0].typical) > np.argmax(fasting.curves[0].typical)


@pytest.mark.verifies("M1")
@pytest.mark.parametrize("age", [3.0, 13.0])
def test_children_are_said_to_be_borrowed(age: float) -> None:
    (found,) = run(dataclasses.replace(KNOWN, age_y=age, weight_kg=None, height_cm=None))
    said = " ".join(found.assumed)
    assert "published model of children" in said
    assert f"about {7 + 3 * age:.0f} kg" in said
    assert ("widened" in said) == (age >= 12)
    assert "PK-KU-CL" in found.facts


@pytest.mark.verifies("M8")
def test_same_question_same_bytes() -> None:
    one, other = run(UNKNOWN, WEEK, STEPS), run(UNKNOWN, WEEK, STEPS)
    for first, second in zip(one, other, strict=True):
        assert all(np.array_equal(a.p95, b.p95) for a, b in zip(first.curves, second.curves, strict=True))
        assert (first.peak_ng_ml, first.facts, first.assumed) == (second.peak_ng_ml, second.facts, second.assumed)
    assert run(UNKNOWN, WEEK, seed=1)[0].peak_ng_ml != one[0].peak_ng_ml


@pytest.mark.verifies("P1")
def test_a_regimen_has_the_same_peaks_beside_others() -> None:
    alone, beside = run(KNOWN, WEEK)[0], run(KNOWN, WEEK, STEPS, NIGHT)[0]
    assert alone.end_ng_ml.typical == pytest.approx(beside.end_ng_ml.typical, rel=1e-9)
    assert alone.peak_ng_ml.typical == pytest.approx(beside.peak_ng_ml.typical, rel=0.01)
    assert alone.accumulation.high == pytest.approx(beside.accumulation.high, rel=1e-9)


def test_doses_as_needed_are_counted_as_taken() -> None:
    (found,) = run(KNOWN, dataclasses.replace(WEEK, as_needed=True))
    assert any("as needed" in sentence for sentence in found.assumed)


def test_every_fact_exists() -> None:
    (found,) = run(dataclasses.replace(UNKNOWN, cirrhosis="B", dialysis=Answer.YES))
    for key in found.facts:
        assert knowledge().parameter(key).source
    assert "PK-FU-DIALYSIS" in found.facts
    assert "PK-FU-DIALYSIS" not in run(KNOWN)[0].facts


def test_no_regimens_no_courses() -> None:
    assert simulate_courses(body=KNOWN, exposure=NO_CHANGE, regimens=(), existing=None, on=ON) == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"regimens": [dataclasses.replace(WEEK, route="rectal")]}, "found rectal tablet, need one of: oral tablet"),
        ({"regimens": [WEEK, dataclasses.replace(WEEK, form="solution")]}, "found oral tablet and oral solution"),
        ({"regimens": [dataclasses.replace(WEEK, start=ON + timedelta(days=1))]}, "need start 2026-11-22"),
        ({"existing": WEEK}, "doses that end before 2026-11-22"),
    ],
)
def test_regimens_that_cannot_be_simulated_are_refused(changes: dict[str, Any], message: str) -> None:
    settings = {"body": KNOWN, "exposure": NO_CHANGE, "regimens": [WEEK], "existing": None, "on": ON, "people": 20}
    with pytest.raises(RegimenError, match=message):
        simulate_courses(**{**settings, **changes})  # type: ignore[arg-type]


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(EngineError, match="need at least 2"):
        run(people=1)
    with pytest.raises(EngineError, match="need above 0"):
        run(exposure=dataclasses.replace(NO_CHANGE, segments=(ClearanceSegment(-math.inf, 0.0, 1.0),)))


@pytest.mark.verifies("M1")
def test_blood_holds_less_than_plasma_by_the_measured_ratio() -> None:
    (course,) = run(KNOWN, NIGHT)
    blood, plasma = course.blood_peak_ug_l, course.peak_ng_ml
    assert blood is not None
    ratio = knowledge().parameter("PK-PLASMA-BLOOD").value
    assert ratio > 1
    for end in ("typical", "low", "high"):
        assert getattr(plasma, end) / getattr(blood, end) == pytest.approx(ratio, rel=1e-9)


@pytest.mark.verifies("M2")
def test_a_perpetrator_that_comes_and_goes_acts_while_it_is_there() -> None:
    taken = regimen(phase(12, ("5", 8.0)))
    slow = (72.0, 168.0)
    segments = (
        ClearanceSegment(-math.inf, 1.0, 1.0),
        ClearanceSegment(slow[0], 0.2, 0.2),
        ClearanceSegment(slow[1], 1.0, 1.0),
    )
    with_it = Exposure(changes=(), segments=segments, ratio=5.0, low=5.0, high=5.0, log_sd=0.0)
    plain, there = (run(KNOWN, taken, exposure=one)[0].curves[0] for one in (NO_CHANGE, with_it))

    for at, own, more in zip(plain.t_h, plain.typical, np.interp(plain.t_h, there.t_h, there.typical), strict=True):
        if at < slow[0]:
            assert more == pytest.approx(own, rel=1e-6)
        elif slow[0] + 24 < at < slow[1] + 24:
            assert more > 1.1 * own
    excess = np.interp([slow[1], 400.0], there.t_h, there.typical) - np.interp(
        [slow[1], 400.0], plain.t_h, plain.typical
    )
    assert excess[1] < 0.2 * excess[0]
