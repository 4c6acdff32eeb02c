"""The reference subject shows the kinetics that the evidence gives for him, and other bodies differ as published."""

from __future__ import annotations

import csv
import dataclasses
import math
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from unclench.appraisal.findings import Body, ClearanceSegment, Exposure
from unclench.simulation import simulate_courses
from unclench.simulation.course import Course
from unclench.values import Answer, Dose, Phase, Regimen

ON = date(2026, 11, 22)
NO_CHANGE = Exposure(changes=(), segments=(), ratio=1.0, low=1.0, high=1.0, log_sd=0.0)
REFERENCE = Body(
    age_y=40.0,
    sex="male",
    weight_kg=70.0,
    height_cm=178.0,
    albumin_g_per_l=43.0,
    cirrhosis="none",
    dialysis=Answer.NO,
    cyp2c19="NM",
    pregnant=Answer.NO,
)


def regimen(days: int, *doses: tuple[str, float]) -> Regimen:
    return Regimen(ON, (Phase(days, tuple(Dose(Decimal(mg), clock) for mg, clock in doses)),))


def course(body: Body, taken: Regimen, exposure: Exposure = NO_CHANGE) -> Course:
    (found,) = simulate_courses(body=body, exposure=exposure, regimens=[taken], existing=None, on=ON, people=200)
    return found


def average_of_last_day(found: Course, analyte: int) -> float:
    """Mean typical level of the 24 h from the first dose of the last day, by the trapezoid rule."""
    curve, start = found.curves[analyte], found.regimen.timed()[-1][0] // 24.0 * 24.0
    start += found.regimen.phases[-1].doses[0].clock_h
    fine = np.linspace(start, start + 24.0, 2001)
    return float(np.trapezoid(np.interp(fine, curve.t_h, curve.typical), fine) / 24.0)


@pytest.mark.verifies("M1")
def test_half_lives_of_the_reference_subject() -> None:
    found = course(REFERENCE, regimen(1, ("10", 8.0)))
    assert found.half_life_h.typical == pytest.approx(49.0, abs=1.0)
    assert found.nordazepam_half_life_h.typical == pytest.approx(62.0, abs=1.0)


@pytest.mark.verifies("M1")
def test_single_fasted_tablet() -> None:
    found = course(REFERENCE, regimen(1, ("10", 8.0)))
    curve = found.curves[0]
    assert 290 <= found.peak_ng_ml.typical <= 410
    assert 0.7 <= curve.t_h[np.argmax(curve.typical)] - 8.0 <= 1.1


@pytest.mark.verifies("M1")
def test_steady_state_levels_per_daily_milligram() -> None:
    found = course(REFERENCE, regimen(90, ("1", 0.0), ("1", 6.0), ("1", 12.0), ("1", 18.0)))
    assert average_of_last_day(found, 0) / 4 == pytest.approx(26.0, rel=0.04)
    assert average_of_last_day(found, 2) / 4 == pytest.approx(36.0, rel=0.04)


@pytest.mark.verifies("M1")
def test_unbound_is_the_stated_fraction() -> None:
    found = course(REFERENCE, regimen(3, ("5", 22.0)))
    total, unbound, metabolite, metabolite_unbound = found.curves
    assert np.allclose(unbound.typical, 0.014 * total.typical)
    assert np.allclose(metabolite_unbound.p95, 0.014 * 2.1 * metabolite.p95)


@pytest.mark.verifies("M1")
def test_dialysis_lowers_the_total_and_keeps_the_unbound_level() -> None:
    long = regimen(60, ("5", 8.0), ("5", 20.0))
    own, other = course(REFERENCE, long), course(dataclasses.replace(REFERENCE, dialysis=Answer.YES), long)
    assert average_of_last_day(other, 0) == pytest.approx(average_of_last_day(own, 0) / 2.76, rel=0.05)
    assert 1.0 <= average_of_last_day(other, 1) / average_of_last_day(own, 1) <= 1.4


@pytest.mark.verifies("M1")
def test_low_albumin_keeps_the_unbound_level() -> None:
    long = regimen(90, ("5", 8.0), ("5", 20.0))
    own, other = course(REFERENCE, long), course(dataclasses.replace(REFERENCE, albumin_g_per_l=25.0), long)
    assert average_of_last_day(other, 0) < 0.65 * average_of_last_day(own, 0)
    assert average_of_last_day(other, 1) == pytest.approx(average_of_last_day(own, 1), rel=0.05)


@pytest.mark.verifies("M1")
@pytest.mark.parametrize(("child_class", "share"), [("A", 0.75), ("B", 0.5), ("C", 0.35), ("unclassed", 0.5)])
def test_cirrhosis_raises_steady_state_by_its_class(child_class: str, share: float) -> None:
    long = regimen(300, ("2", 8.0), ("2", 20.0))
    own, other = course(REFERENCE, long), course(dataclasses.replace(REFERENCE, cirrhosis=child_class), long)
    assert average_of_last_day(other, 0) == pytest.approx(average_of_last_day(own, 0) / share, rel=0.05)


@pytest.mark.verifies("M2")
def test_half_the_clearance_doubles_steady_state() -> None:
    long = regimen(200, ("2", 8.0), ("2", 20.0))
    halved = dataclasses.replace(NO_CHANGE, segments=(ClearanceSegment(-math.inf, 0.5, 1.0),))
    ratio = average_of_last_day(course(REFERENCE, long, halved), 0) / average_of_last_day(course(REFERENCE, long), 0)
    assert ratio == pytest.approx(2.0, rel=0.02)


# Published arms that the equations should meet within 1.5-fold: (study, body, quantity of the course).
ARMS = (
    ("Greenblatt1989", {"age_y": 27.0}, "half-life"),
    ("Abernethy1983_O_SD", {"weight_kg": 92.0, "height_cm": None, "sex": None, "age_y": None}, "half-life"),
    ("Klotz1975_cirrhosis", {"cirrhosis": "unclassed", "age_y": 45.0}, "half-life"),
    ("Ochs1981b_renal", {"dialysis": Answer.YES, "age_y": 50.0}, "clearance per kg"),
)


@pytest.mark.parametrize(("study", "changes", "quantity"), ARMS, ids=[arm[0] for arm in ARMS])
def test_published_arms_are_met_roughly(study: str, changes: dict[str, object], quantity: str) -> None:
    """A check of sanity, not a qualification: the same literature informed the values."""
    path = Path(__file__).resolve().parents[2].parent / "shared" / "evidence" / "pk_studies.csv"
    if not path.exists():
        pytest.skip("the collected studies are not here (../shared/evidence/pk_studies.csv)")
    with path.open(encoding="utf-8") as lines:
        row = next(row for row in csv.DictReader(lines) if row["study_id"] == study)
    found = course(dataclasses.replace(REFERENCE, **changes), regimen(1, ("10", 8.0)))  # type: ignore[arg-type]
    if quantity == "half-life":
        observed, predicted = float(row["t_half_h"]), found.half_life_h.typical
    else:
        curve = found.curves[0]
        tail = curve.typical[-1] * found.half_life_h.typical / math.log(2)
        area_ng_h_ml = float(np.trapezoid(curve.typical, curve.t_h)) + float(tail)
        observed, predicted = float(row["cl_ml_min_kg"]), 0.95 * 10e6 / area_ng_h_ml / 60 / 70
    assert 1 / 1.5 <= predicted / observed <= 1.5
