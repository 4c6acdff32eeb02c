"""The crossing loads of a switch against plain formulas: what fades, what builds up, and what must cancel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from tests import factories
from unclench.knowledge import knowledge
from unclench.knowledge.equivalence import drugs_with_equivalent, equivalence
from unclench.planning.switch import plan_switch
from unclench.planning.switch_crossing import (
    DIAZEPAM,
    OTHER,
    TOGETHER,
    crossing_loads,
    days_followed,
    diazepam_doses,
    equal_of,
    fading,
    with_loads,
)
from unclench.simulation.taper_model import falling
from unclench.values import EngineError

FACTS = knowledge()
ON = date(2026, 11, 22)
MAKE = tuple(Decimal(halves) / 2 for halves in range(2, 81) if halves != 3)
PEOPLE = 60


def switched(drug="lorazepam", mg="3", times=3):
    return plan_switch(FACTS, drug, Decimal(mg), on=ON, make=MAKE, doses_per_day=times)


def people(others=(), **body):
    return falling(
        body=replace(factories.BODY, **body),
        exposure=factories.appraisal().exposure,
        on=ON,
        history=None,
        others=others,
        people=PEOPLE,
        days=days_followed(FACTS),
    )


def loads(switch, **body):
    return crossing_loads(people(fading(switch, FACTS), **body).load, diazepam_doses(switch, FACTS))


@pytest.mark.verifies("P6", "M8")
@pytest.mark.parametrize("drug", drugs_with_equivalent(FACTS))
def test_the_other_drug_fades_by_its_half_life_and_nothing_else(drug: str) -> None:
    equal = equivalence(FACTS, drug)
    assert equal is not None
    one = plan_switch(FACTS, drug, Decimal(str(equal.cautious_mg)), on=ON, make=MAKE, doses_per_day=3)
    found = loads(one)[OTHER]

    half_d, at = equal.half_life.value_h / 24.0, np.arange(days_followed(FACTS), dtype=float)
    expected = np.zeros_like(at)
    taken = [float(one.from_mg), *(float(day.other_mg) for day in one.days)]
    for day, (before, after) in enumerate(pairwise(taken)):
        expected += 100.0 * (before - after) / float(one.from_mg) * 0.5 ** (np.maximum(at - day, 0.0) / half_d)
    assert np.abs(found - expected[:, None]).max() < 1e-9


@pytest.mark.verifies("P6")
def test_diazepam_stands_beside_what_tables_call_equal() -> None:
    one = switched()
    alone = people().load(diazepam_doses(one, FACTS))[:, -1]
    equal = equal_of(FACTS, one.drug)

    # As adaptation counts it: a dose of diazepam a day over the dose that holds half of the receptors.
    before = 10.0 * float(one.from_mg) / equal.mg / FACTS.parameter("PD-ED50").value
    assert loads(one)[DIAZEPAM][:, -1] == pytest.approx(100.0 * alone / before, rel=1e-9)


@pytest.mark.verifies("P6")
def test_both_add_up_and_what_multiplies_both_cancels() -> None:
    one = switched()
    who = people(fading(one, FACTS))
    doses = diazepam_doses(one, FACTS)
    factor = np.exp(np.random.default_rng(1).normal(size=who.columns))

    found, scaled = crossing_loads(who.load, doses), crossing_loads(lambda mg: factor * who.load(mg), doses)
    assert found[OTHER] + found[DIAZEPAM] == pytest.approx(found[TOGETHER], rel=1e-12)
    assert found[OTHER][0] == pytest.approx(100.0)
    for name in (OTHER, DIAZEPAM, TOGETHER):
        assert scaled[name] == pytest.approx(found[name], rel=1e-9, abs=1e-9)


@pytest.mark.verifies("P6")
def test_the_load_dips_and_goes_on_rising_after_the_last_of_the_other_drug() -> None:
    for one in (switched(), switched("temazepam", "20", 1), switched("zopiclone", "7.5", 1)):
        found = loads(one)
        typical, diazepam = found[TOGETHER][:, -1], found[DIAZEPAM][:, -1]
        last = next(index for index, day in enumerate(one.days) if day.other_mg == 0)

        assert typical.min() < 90.0
        assert diazepam[-1] > 1.5 * diazepam[last]
        assert (np.diff(typical[last + 7 :]) > 0).all()


@pytest.mark.verifies("P6", "M8")
def test_a_body_that_clears_slowly_is_sedated_more_by_the_same_switch() -> None:
    young, old, liver = (
        loads(switched(), **body)[TOGETHER][-1, -1] for body in ({}, {"age_y": 85.0}, {"cirrhosis": "B"})
    )

    assert young < old
    assert young < liver


@pytest.mark.verifies("P6", "M8")
def test_curves_carry_their_interval_and_the_sentence_their_numbers() -> None:
    one = switched("temazepam", "20", 1)
    found = with_loads(one, people(fading(one, FACTS)).load, FACTS)

    assert [curve.name for curve in found.curves] == [OTHER, DIAZEPAM, TOGETHER]
    for curve in found.curves:
        assert curve.unit == "%"
        assert curve.t_d.size == days_followed(FACTS)
        ends = (curve.p05, curve.p25, curve.p50, curve.p75, curve.p95)
        assert all((low <= high).all() for low, high in pairwise(ends))
    together = found.curves[-1]
    assert together.p05[-1] < together.typical[-1] < together.p95[-1]
    assert together.p95[-1] / together.p05[-1] > 3.0  # tables of temazepam differ eightfold
    dip = int(np.argmin(together.typical))
    assert (
        f"lowest on day {dip + 1}, at {float(f'{together.typical[dip]:.2g}'):.0f} % of the load before"
        in found.says[-2]
    )
    assert "no levels" in found.says[-1]
    assert {"SWITCH-LOADS", "SWITCH-MODEL"} <= set(found.facts)
    assert found.days == one.days


def test_one_table_never_makes_a_narrow_range() -> None:
    least = FACTS.limit("SWITCH-SPREAD-LEAST", "ratio")
    for drug in drugs_with_equivalent(FACTS):
        equal = equal_of(FACTS, drug)
        assert equal.high_mg / equal.low_mg >= least * (1 - 1e-12), drug


def test_a_switch_that_is_held_has_no_curve_and_strangers_no_load() -> None:
    held = plan_switch(FACTS, "lorazepam", Decimal(9), on=ON, make=MAKE)
    one = switched()

    assert with_loads(held, people().load, FACTS) is held
    with pytest.raises(EngineError, match="no load of the other drug"):
        with_loads(one, people().load, FACTS)
    with pytest.raises(EngineError, match="a confirmed equivalent"):
        equal_of(FACTS, "zaleplon")
