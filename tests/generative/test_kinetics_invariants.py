"""What must hold of every simulated course, whoever the patient is."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.appraisal.findings import Body, ClearanceSegment, Exposure
from unclench.simulation import simulate_courses
from unclench.simulation.course import Course
from unclench.values import Answer, Dose, Phase, Regimen

ON = date(2026, 11, 22)


def maybe(low: float, high: float) -> st.SearchStrategy[float | None]:
    return st.none() | st.floats(low, high)


BODIES = st.builds(
    Body,
    age_y=maybe(0.5, 100.0),
    sex=st.sampled_from([None, "female", "male"]),
    weight_kg=maybe(5.0, 250.0),
    height_cm=maybe(60.0, 210.0),
    albumin_g_per_l=maybe(12.0, 55.0),
    cirrhosis=st.sampled_from([None, "none", "A", "B", "C", "unclassed"]),
    dialysis=st.sampled_from(list(Answer)),
    cyp2c19=st.sampled_from([None, "PM", "IM", "NM", "RM", "UM"]),
    pregnant=st.sampled_from(list(Answer)),
)
MULTIPLES = st.floats(0.2, 4.0)
EXPOSURES = st.builds(
    Exposure,
    changes=st.just(()),
    segments=st.lists(
        st.builds(ClearanceSegment, from_h=st.floats(-500.0, 400.0), diazepam=MULTIPLES, nordazepam=MULTIPLES),
        max_size=4,
    ).map(tuple),
    ratio=st.just(1.0),
    low=st.just(1.0),
    high=st.just(1.0),
    log_sd=st.floats(0.0, 0.5),
)
DAY = st.lists(
    st.builds(Dose, mg=st.integers(1, 10).map(Decimal), clock_h=st.integers(0, 95).map(lambda quarter: quarter / 4)),
    max_size=4,
).map(lambda doses: tuple(sorted(doses, key=lambda dose: dose.clock_h)))
PHASES = st.lists(st.builds(Phase, days=st.integers(1, 12), doses=DAY), min_size=1, max_size=3).filter(
    lambda phases: any(phase.doses for phase in phases)
)
REGIMENS = PHASES.map(lambda phases: Regimen(ON, tuple(phases)))


def times(taken: Regimen, multiple: int) -> Regimen:
    phases = tuple(
        dataclasses.replace(phase, doses=tuple(Dose(dose.mg * multiple, dose.clock_h) for dose in phase.doses))
        for phase in taken.phases
    )
    return dataclasses.replace(taken, phases=phases)


def simulated(body: Body, exposure: Exposure, *regimens: Regimen) -> tuple[Course, ...]:
    return simulate_courses(body=body, exposure=exposure, regimens=regimens, existing=None, on=ON, people=24)


@pytest.mark.verifies("M1")
@pytest.mark.verifies("M8")
@given(body=BODIES, exposure=EXPOSURES, taken=REGIMENS)
def test_doubling_the_dose_doubles_the_level(body: Body, exposure: Exposure, taken: Regimen) -> None:
    single, double = simulated(body, exposure, taken, times(taken, 2))
    for curve, twice in zip(single.curves, double.curves, strict=True):
        for field in ("typical", "p05", "p50", "p95"):
            assert np.allclose(2.0 * getattr(curve, field), getattr(twice, field), rtol=1e-10, atol=1e-12)
    assert double.peak_ng_ml.high == pytest.approx(2.0 * single.peak_ng_ml.high, rel=1e-10)
    assert double.gone_days.typical == pytest.approx(single.gone_days.typical, rel=1e-9, abs=1e-9)
    assert double.half_life_h == single.half_life_h


@pytest.mark.verifies("M1")
@given(body=BODIES, exposure=EXPOSURES, taken=REGIMENS, extra=st.integers(1, 10))
def test_more_drug_never_means_a_lower_level(body: Body, exposure: Exposure, taken: Regimen, extra: int) -> None:
    first = taken.phases[0]
    fuller = dataclasses.replace(first, doses=(*first.doses, Dose(Decimal(extra), 23.75)))
    more = dataclasses.replace(taken, phases=(fuller, *taken.phases[1:]))
    less, greater = simulated(body, exposure, taken, more)
    for lower, higher in zip(less.curves, greater.curves, strict=True):
        for field in ("typical", "p05", "p50", "p95"):
            assert (getattr(higher, field) >= getattr(lower, field) * (1 - 1e-9) - 1e-9).all()
    assert greater.peak_ng_ml.typical >= less.peak_ng_ml.typical * (1 - 1e-9)


@pytest.mark.verifies("M8")
@given(body=BODIES, exposure=EXPOSURES, taken=REGIMENS)
def test_every_number_is_finite_and_in_order(body: Body, exposure: Exposure, taken: Regimen) -> None:
    (found,) = simulated(body, exposure, taken)
    for curve in found.curves:
        lines = np.stack([curve.p05, curve.p25, curve.p50, curve.p75, curve.p95])
        assert np.isfinite(lines).all()
        assert (lines >= -1e-6).all()
        assert (np.diff(lines, axis=0) >= 0).all()
        assert (np.diff(curve.t_h) > 0).all()
    for span in (found.peak_ng_ml, found.end_ng_ml, found.half_life_h, found.gone_days, found.steady_state_days):
        assert np.isfinite([span.typical, span.low, span.high]).all()
        assert span.low <= span.high
    assert found.gone_days.low >= 0


@pytest.mark.verifies("M2")
@given(body=BODIES, taken=REGIMENS, multiple=st.floats(0.2, 0.95))
def test_slower_clearance_never_lowers_diazepam(body: Body, taken: Regimen, multiple: float) -> None:
    plain = Exposure((), (), 1.0, 1.0, 1.0, 0.0)
    slowed = dataclasses.replace(plain, segments=(ClearanceSegment(-np.inf, multiple, 1.0),))
    (own,), (slower,) = simulated(body, plain, taken), simulated(body, slowed, taken)
    shared = min(own.curves[0].t_h.size, slower.curves[0].t_h.size)
    assert np.array_equal(own.curves[0].t_h[:shared], slower.curves[0].t_h[:shared])
    assert (slower.curves[0].typical[:shared] >= own.curves[0].typical[:shared] * (1 - 1e-9) - 1e-9).all()
    assert slower.half_life_h.typical >= own.half_life_h.typical * (1 - 1e-9)
