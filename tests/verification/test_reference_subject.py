"""The reference subject shows what the rows say by closed forms worked out here, and other bodies differ as they say.

Whether the rows are right is for the qualification to say (`evidence/qualification.html`).
"""

from __future__ import annotations

import dataclasses
import math
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from unclench.appraisal.findings import Body, ClearanceSegment, Exposure
from unclench.knowledge.load import knowledge
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


def row(key: str) -> float:
    return knowledge().parameter(key).value


@pytest.mark.verifies("M1")
def test_half_lives_of_the_reference_subject() -> None:
    """Against the eigenvalues of his three compartments, and the ratio of clearance and volume of nordazepam."""
    found = course(REFERENCE, regimen(1, ("10", 8.0)))
    v1, v2, v3 = (row(f"PK-V{number}-DIAZEPAM") for number in (1, 2, 3))
    q2, q3, cl = row("PK-Q2-DIAZEPAM"), row("PK-Q3-DIAZEPAM"), row("PK-CL-DIAZEPAM")
    body = np.array([[-(cl + q2 + q3) / v1, q2 / v2, q3 / v3], [q2 / v1, -q2 / v2, 0.0], [q3 / v1, 0.0, -q3 / v3]])
    slowest = float(np.min(-np.linalg.eigvals(body).real))
    assert found.half_life_h.typical == pytest.approx(math.log(2) / slowest, rel=1e-6)
    metabolite = math.log(2) * row("PK-V-NORDAZEPAM") / row("PK-CL-NORDAZEPAM")
    assert found.nordazepam_half_life_h.typical == pytest.approx(metabolite, rel=1e-6)


@pytest.mark.verifies("M1")
def test_single_fasted_tablet() -> None:
    found = course(REFERENCE, regimen(1, ("10", 8.0)))
    curve = found.curves[0]
    assert 200 <= found.peak_ng_ml.typical <= 450, "published means of 10 mg: 209 to 406 ng/mL"
    assert 0.7 <= curve.t_h[np.argmax(curve.typical)] - 8.0 <= 1.6


@pytest.mark.verifies("M1")
def test_steady_state_levels_per_daily_milligram() -> None:
    found = course(REFERENCE, regimen(90, ("1", 0.0), ("1", 6.0), ("1", 12.0), ("1", 18.0)))
    share = row("PK-F-ORAL")
    assert average_of_last_day(found, 0) / 4 == pytest.approx(share / row("PK-CL-DIAZEPAM") / 24 * 1000, rel=0.04)
    formed = share * row("PK-FM-NORDAZEPAM") * row("PK-MM-NORDAZEPAM") / row("PK-MM-DIAZEPAM")
    assert average_of_last_day(found, 2) / 4 == pytest.approx(formed / row("PK-CL-NORDAZEPAM") / 24 * 1000, rel=0.04)


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
@pytest.mark.parametrize("child_class", ["A", "B", "C", "unclassed"])
def test_cirrhosis_raises_steady_state_by_its_class(child_class: str) -> None:
    share = row(f"PK-CIRRHOSIS-{child_class.upper()}")
    assert 0.2 < share < 1.0
    long = regimen(300, ("2", 8.0), ("2", 20.0))
    own, other = course(REFERENCE, long), course(dataclasses.replace(REFERENCE, cirrhosis=child_class), long)
    assert average_of_last_day(other, 0) == pytest.approx(average_of_last_day(own, 0) / share, rel=0.05)


@pytest.mark.verifies("M2")
def test_half_the_clearance_doubles_steady_state() -> None:
    long = regimen(200, ("2", 8.0), ("2", 20.0))
    halved = dataclasses.replace(NO_CHANGE, segments=(ClearanceSegment(-math.inf, 0.5, 1.0),))
    ratio = average_of_last_day(course(REFERENCE, long, halved), 0) / average_of_last_day(course(REFERENCE, long), 0)
    assert ratio == pytest.approx(2.0, rel=0.02)
