from __future__ import annotations

from decimal import Decimal

import pytest

from tests.factories import ON
from unclench.knowledge import knowledge
from unclench.planning.supply import best_strengths, can_be_made, largest_dose, products, supply, tablets_for
from unclench.values import Dose, Jurisdiction, Phase, Regimen, RegimenError

pytestmark = pytest.mark.verifies("P3")
US, UK = Jurisdiction.US, Jurisdiction.UK
STRENGTHS = (Decimal(2), Decimal(5), Decimal(10))


def regimen(*amounts, days=7, form="tablet"):
    hours = (8.0, 14.0, 22.0)
    return Regimen(
        ON, (Phase(days, tuple(Dose(Decimal(a), h) for a, h in zip(amounts, hours, strict=False))),), form=form
    )


@pytest.mark.parametrize(
    ("mg", "tablets"),
    [("2", {2: 1}), ("4", {2: 2}), ("7", {5: 1, 2: 1}), ("10", {10: 1}), ("9", {5: 1, 2: 2}), ("1", None), ("3", None)],
)
def test_one_dose_takes_the_fewest_whole_tablets(mg, tablets):
    found = tablets_for(Decimal(mg), STRENGTHS, 4)
    assert (found and {int(size): count for size, count in found}) == tablets


def test_no_puzzle_of_three_strengths_when_fewer_do():
    assert best_strengths(frozenset({Decimal(2), Decimal(5), Decimal(10)}), STRENGTHS, 4) == (2, 5)
    assert best_strengths(frozenset({Decimal(5), Decimal(10)}), STRENGTHS, 4) == (5,)
    assert best_strengths(frozenset({Decimal(10)}), STRENGTHS, 4) == (10,)


def test_counts_and_days_of_a_titrated_course():
    low, more = Dose(Decimal(2), 22.0), Dose(Decimal(5), 22.0)
    made = supply(Regimen(ON, (Phase(3, (low,)), Phase(4, (Dose(Decimal(2), 8.0), more)))), knowledge(), US)
    assert [(line.product, line.count) for line in made.lines] == [("US-TABLET-2", 7), ("US-TABLET-5", 4)]
    assert made.total_mg == 34
    assert made.refills == 0
    assert made.per_day == ((1, 3, "1 x 2 mg at 22:00"), (4, 7, "1 x 2 mg at 08:00; 1 x 5 mg at 22:00"))


def test_a_liquid_is_written_in_ml_and_mg():
    made = supply(regimen("2.5", "2.5", form="solution"), knowledge(), US)
    assert made.per_day == ((1, 7, "2.5 mL (2.5 mg) at 08:00; 2.5 mL (2.5 mg) at 14:00"),)
    assert [(line.product, line.count) for line in made.lines] == [("US-SOLUTION-1", 35)]


def test_halves_quarters_and_the_concentrate_are_never_chosen():
    assert not can_be_made(Decimal("2.5"), knowledge(), US, "tablet")
    assert largest_dose(Decimal("2.5"), knowledge(), US, "tablet") == 2
    assert [row.id for row in products(knowledge(), US, "solution")] == ["US-SOLUTION-1"]


def test_what_cannot_be_made_is_an_error_that_says_so():
    with pytest.raises(RegimenError, match="3 mg"):
        supply(regimen("3"), knowledge(), US)


def test_an_unconfirmed_product_is_not_stock():
    assert products(knowledge(), UK, "suspension") == ()
