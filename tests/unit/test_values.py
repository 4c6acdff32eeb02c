"""The small vocabulary that every stage shares."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from unclench.values import Cited, Dose, Effect, KnowledgeError, Phase, Regimen, RegimenError, Severity


def test_the_worst_severity_and_the_strongest_effect_come_first() -> None:
    assert min(Severity, key=lambda one: one.rank) is Severity.CONTRAINDICATED
    assert min(Effect, key=lambda one: one.rank) is Effect.BLOCK


@pytest.mark.parametrize("mg", ["0", "-5", "NaN", "Infinity"])
def test_a_dose_must_be_a_finite_amount_above_nothing(mg: str) -> None:
    with pytest.raises(RegimenError):
        Dose(Decimal(mg), 8)


@pytest.mark.parametrize("hour", [-1, 24, 24.5])
def test_a_dose_has_an_hour_of_the_clock(hour: float) -> None:
    with pytest.raises(RegimenError):
        Dose(Decimal(2), hour)


def test_doses_of_a_phase_are_in_order() -> None:
    with pytest.raises(RegimenError):
        Phase(1, (Dose(Decimal(2), 20), Dose(Decimal(2), 8)))


def test_a_regimen_without_a_dose_does_not_exist() -> None:
    with pytest.raises(RegimenError):
        Regimen(date(2026, 1, 1), (Phase(3, ()),))


def test_a_regimen_counts_its_days_and_milligrams() -> None:
    full = Phase(3, (Dose(Decimal(2), 8), Dose(Decimal(5), 22)))
    half = Phase(2, (Dose(Decimal(2), 22),))
    regimen = Regimen(date(2026, 2, 27), (full, half))
    assert regimen.days == 5
    assert regimen.last_day == date(2026, 3, 3)
    assert regimen.total_mg == Decimal(25)
    assert regimen.max_mg_per_day == Decimal(7)
    assert regimen.max_mg_per_dose == Decimal(5)
    assert regimen.timed()[0] == (8, Decimal(2))
    assert regimen.timed()[-1] == (4 * 24 + 22, Decimal(2))


def test_a_cited_number_is_given_only_in_its_own_unit() -> None:
    clearance = Cited(1.6, "L/h", "PAR-X")
    assert clearance.in_unit("L/h") == 1.6
    with pytest.raises(KnowledgeError):
        clearance.in_unit("mL/min")
