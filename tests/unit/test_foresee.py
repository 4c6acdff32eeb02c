"""The stage that follows the shown regimen in full: all analytes, effects, and what was there before."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from unclench.appraisal.findings import Appraisal
from unclench.consult import Consultation, consult
from unclench.simulation.foresee import foresee
from unclench.values import Answer, Dose, Phase, Regimen

ON = date(2026, 11, 22)
SEED = 20261122


@pytest.fixture(scope="module")
def usual(root: Path) -> Consultation:
    return consult(root / "examples" / "acute-back-spasm.yaml", on=ON)


def number(found: object, key: str) -> float:
    return next(one.typical for one in found.effects.numbers if one.id == key)  # type: ignore[attr-defined]


def using(appraisal: Appraisal, mg: str, days: int) -> Appraisal:
    """The same patient after so many days of use."""
    use = Regimen(ON - timedelta(days=days), (Phase(days, (Dose(Decimal(mg), 8.0), Dose(Decimal(mg), 20.0))),))
    return dataclasses.replace(appraisal, current_use=dataclasses.replace(appraisal.current_use, regimen=use))


@pytest.mark.verifies("M3", "M7")
def test_all_analytes_and_effects_are_followed(usual: Consultation) -> None:
    assert usual.in_full is not None
    assert usual.effects is not None
    assert {curve.analyte for curve in usual.in_full.curves} == {"diazepam", "nordazepam", "temazepam", "oxazepam"}
    shown = usual.in_full.curves[0].t_h
    for curve in usual.effects.curves:
        longer = curve.effect == "withdrawal-drive"
        assert (curve.t_h.size > shown.size) is longer
        assert np.array_equal(curve.t_h[: shown.size], shown)
        for line in (curve.typical, curve.p05, curve.p95):
            assert np.isfinite(line).all()
            assert (line >= 0).all()


@pytest.mark.verifies("M7")
def test_the_withdrawal_drive_is_followed_until_it_falls(usual: Consultation) -> None:
    assert usual.effects is not None
    drive = next(curve for curve in usual.effects.curves if curve.effect == "withdrawal-drive")
    top = int(np.argmax(drive.typical))
    assert 0 < top < drive.t_h.size - 1
    assert drive.typical[-1] < 0.5 * drive.typical[top]


def test_levels_are_those_of_the_larger_sample(usual: Consultation) -> None:
    assert usual.in_full is not None
    shown = usual.plan.chosen.course  # type: ignore[union-attr]
    assert usual.in_full.peak_ng_ml.typical == pytest.approx(shown.peak_ng_ml.typical, rel=0.01)
    assert usual.in_full.peak_ng_ml.high == pytest.approx(shown.peak_ng_ml.high, rel=0.15)


@pytest.mark.verifies("M7")
def test_earlier_use_leaves_tolerance_and_adaptation(usual: Consultation) -> None:
    course = usual.plan.chosen.course  # type: ignore[union-attr]
    never, weeks, years = (
        foresee(one, course, seed=SEED)
        for one in (usual.appraisal, using(usual.appraisal, "5", 28), using(usual.appraisal, "5", 700))
    )
    tolerance = [number(found, "EFF-TOLERANCE-END") for found in (never, weeks, years)]
    drive = [number(found, "EFF-WITHDRAWAL-PEAK") for found in (never, weeks, years)]
    assert tolerance[0] < tolerance[1]
    assert drive[0] < drive[1] < drive[2]


@pytest.mark.verifies("M3")
def test_another_benzodiazepine_adds_to_the_load_and_never_a_level(usual: Consultation) -> None:
    course = usual.plan.chosen.course  # type: ignore[union-attr]
    plain = usual.appraisal.medicines[0]
    lorazepam = dataclasses.replace(plain, drugs=("lorazepam",), active=Answer.YES, mg_per_day=Decimal(2))
    more = dataclasses.replace(usual.appraisal, medicines=(*usual.appraisal.medicines, lorazepam))
    alone, together = foresee(usual.appraisal, course, seed=SEED), foresee(more, course, seed=SEED)
    assert number(together, "EFF-OCCUPANCY") > number(alone, "EFF-OCCUPANCY") + 5
    assert not any("lorazepam" in curve.analyte for curve in together.course.curves)  # type: ignore[union-attr]


def test_nothing_shown_nothing_foreseen(usual: Consultation) -> None:
    assert foresee(usual.appraisal, None, seed=SEED) is None


@pytest.mark.verifies("M8")
def test_what_levels_hang_on_is_named(usual: Consultation) -> None:
    assert usual.in_full is not None
    drivers = usual.in_full.drivers
    for answer in ("peak_ng_ml", "half_life_h", "accumulation", "gone_days"):
        own = [one for one in drivers if one.answer == answer]
        assert own
        assert 0.5 < sum(one.share for one in own) <= 1.05
    half_life = {one.cause for one in drivers if one.answer == "half_life_h"}
    assert "how fast this person absorbs diazepam" not in half_life
    assert "how fast this person clears diazepam" in half_life
