"""The covariate equations, each against a value worked out by hand from the published form."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from unclench.knowledge.load import load_all
from unclench.models import covariates, paediatric, population
from unclench.models.covariates import Bodies, Disposition, Reference
from unclench.simulation.parameters import Numbers
from unclench.values import KnowledgeError

ONE = np.ones(1)
WORKED_OUT = {
    "cl_l_per_h": 1.5, "v1_l": 10.5, "q2_l_per_h": 15.0, "v2_l": 11.5, "q3_l_per_h": 6.6, "v3_l": 72.0,
    "cln_l_per_h": 0.9, "vn_l": 80.0, "clt_l_per_h": 4.9, "vt_l": 98.0, "clo_l_per_h": 6.05, "vo_l": 49.0,
    "size_cap": 1.2, "size_exponent": 0.75, "age_cl_exponent": -0.25, "age_v_exponent": 0.55, "sex_cl": 1.15,
    "sex_v": 1.2, "sex_clt": 0.8, "fat_v3": 4.0, "fat_vn": 2.2, "cirrhosis_v": 1.2, "cirrhosis_cln": 0.45,
    "fu": 0.014, "fun_ratio": 2.1, "dialysis_cl": 2.76, "dialysis_v": 1.31, "dialysis_fu": 0.0504,
}  # fmt: skip


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    return Numbers(load_all([], names=frozenset({"parameters"})), {})


@pytest.fixture(scope="module")
def ref(numbers: Numbers) -> Reference:
    """The equations with the numbers that the cases below were worked out for: those of the rows may move."""
    return dataclasses.replace(numbers.reference(cirrhosis=True, dialysis=True), **WORKED_OUT)


def body(
    ref: Reference, *, weight: float = 70.0, height: float = 180.0, age: float = 40.0, female: float = 0.0
) -> Bodies:
    return Bodies(
        age_y=age * ONE,
        female=female * ONE,
        weight_kg=weight * ONE,
        ideal_kg=covariates.ideal_weight(ref, height_cm=height * ONE, female=female * ONE),
        albumin_g_per_l=43.0,
        liver_cl=1.0,
        cirrhosis=False,
        dialysis=False,
    )


def clearance(found: Disposition) -> float:
    return float(found.cl_l_per_h[0])


@pytest.mark.verifies("M1")
def test_reference_man(ref: Reference) -> None:
    found = covariates.adult(ref, body(ref))
    assert clearance(found) == pytest.approx(1.5)
    assert found.volumes_l[:, 0] == pytest.approx([10.5, 11.5, 72.0])
    assert float(found.metabolite_cl_l_per_h[0, 0]) == pytest.approx(0.9)
    assert float(found.metabolite_v_l[0, 0]) == pytest.approx(80.0)
    assert found.unbound[:2] == pytest.approx((0.014, 0.0294))


@pytest.mark.verifies("M1")
@pytest.mark.parametrize(
    ("height", "female", "expected"), [(177.8, 0.0, 73.0), (167.64, 1.0, 59.3), (120.0, 1.0, 30.0)]
)
def test_ideal_weight(ref: Reference, height: float, female: float, expected: float) -> None:
    found = covariates.ideal_weight(ref, height_cm=height * ONE, female=female * ONE)
    assert float(found[0]) == pytest.approx(expected, abs=0.05)


@pytest.mark.verifies("M1")
def test_clearance_does_not_rise_with_fat(ref: Reference) -> None:
    heavy, heavier = (covariates.adult(ref, body(ref, weight=kg, height=165.0)) for kg in (100.0, 160.0))
    assert clearance(heavy) == clearance(heavier) == pytest.approx(1.5 * (1.2 * 61.41 / 70) ** 0.75, rel=1e-3)


@pytest.mark.verifies("M1")
def test_excess_weight_counts_four_times_in_the_slow_tissues(ref: Reference) -> None:
    found = covariates.adult(ref, body(ref, weight=100.0, height=177.8))
    assert float(found.volumes_l[2, 0]) == pytest.approx(72.0 * (73.0 + 4 * 27.0) / 70.0, rel=1e-3)
    assert float(found.volumes_l[1, 0]) == pytest.approx(11.5 * 100.0 / 70.0)
    assert float(found.metabolite_v_l[0, 0]) == pytest.approx(80.0 * (73.0 + 2.2 * 27.0) / 70.0, rel=1e-3)


@pytest.mark.verifies("M1")
def test_age_lowers_clearance_and_raises_volume(ref: Reference) -> None:
    found = covariates.adult(ref, body(ref, age=80.0))
    assert clearance(found) == pytest.approx(1.5 * 2**-0.25)
    assert float(found.volumes_l[2, 0]) == pytest.approx(72.0 * 2**0.55)
    assert found.unbound[0] == pytest.approx(0.014), (
        "the age part of the unbound fraction is never used with the age exponent"
    )


@pytest.mark.verifies("M1")
def test_women(ref: Reference) -> None:
    found = covariates.adult(ref, body(ref, female=1.0, height=185.0, age=80.0))
    assert clearance(found) == pytest.approx(1.5 * 2**-0.25 * 1.15)
    assert float(found.volumes_l[1, 0]) == pytest.approx(11.5 * 2**0.55 * 1.2)
    assert float(found.metabolite_cl_l_per_h[0, 0]) == pytest.approx(0.9), (
        "nordazepam clearance falls with age in men only"
    )


@pytest.mark.verifies("M1")
def test_cirrhosis_low_albumin_and_dialysis(ref: Reference) -> None:
    liver = covariates.adult(ref, dataclasses.replace(body(ref), liver_cl=0.5, cirrhosis=True))
    assert clearance(liver) == pytest.approx(0.75)
    assert float(liver.metabolite_cl_l_per_h[0, 0]) == pytest.approx(0.9 * 0.45)
    assert float(liver.volumes_l[2, 0]) == pytest.approx(72.0 * 1.2)
    thin = covariates.adult(ref, dataclasses.replace(body(ref), albumin_g_per_l=25.0))
    ratio = (1 + 1.638 * 43) / (1 + 1.638 * 25)
    assert thin.unbound[0] == pytest.approx(0.014 * ratio)
    assert clearance(thin) == pytest.approx(1.5 * ratio)
    kidney = covariates.adult(ref, dataclasses.replace(body(ref), dialysis=True))
    assert clearance(kidney) / kidney.unbound[0] == pytest.approx(23 / 30 * 1.5 / 0.014, rel=0.01)


@pytest.mark.verifies("M1")
def test_children_follow_the_published_model(ref: Reference, numbers: Numbers) -> None:
    found = paediatric.child(numbers.child_reference(), ref, body(ref, weight=20.0, height=110.0, age=5.0))
    assert clearance(found) == pytest.approx(2.36 * (20 / 70) ** 0.75)
    assert found.volumes_l[:, 0] == pytest.approx([42.0 * 20 / 70, 56.5 * 20 / 70])
    assert float(found.exchange_l_per_h[0, 0]) == pytest.approx(22.6 * (20 / 70) ** 0.75)


def test_a_share_stays_a_share() -> None:
    moved = population.shift_logit(0.95, np.array([-40.0, 0.0, 40.0]))
    assert moved[1] == pytest.approx(0.95)
    assert (moved >= 0).all()
    assert (moved <= 1).all()


def test_a_number_is_only_given_in_its_unit(numbers: Numbers) -> None:
    with pytest.raises(KnowledgeError, match="found L/h, need mL/min"):
        numbers.value("PK-CL-DIAZEPAM", "mL/min")
    with pytest.raises(KnowledgeError, match="no log_sd"):
        numbers.log_sd("PK-SIZE-CAP")
    with pytest.raises(KnowledgeError, match="no range"):
        numbers.range("PK-SIZE-CAP")
