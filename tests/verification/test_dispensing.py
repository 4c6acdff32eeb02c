"""Exact dispensing against its slow twin that tries everything: no better day, and no smaller set of strengths."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verification.dispense_twin import best_day, best_set
from unclench.knowledge import knowledge
from unclench.planning.dispense_stock import making
from unclench.planning.dispense_swing import swing
from unclench.planning.dispense_units import Tablet, best_kit, divided, makeable

pytestmark = pytest.mark.verifies("P5")
STRENGTHS = (Decimal(2), Decimal(5), Decimal(10))
DOSES = st.integers(1, 60).map(lambda halves: Decimal(halves) / 2)
MADE = making(knowledge())
KITS = st.sets(st.sampled_from(STRENGTHS), min_size=1).map(lambda sizes: tuple(sorted(sizes)))


def kit(strengths, halves):
    return tuple(Tablet(f"T{size}", size, halves, size >= 10) for size in strengths)


def compare(mg, strengths, halves, intakes, most):
    found = divided(kit(strengths, halves), most, mg, intakes, MADE.choosing.evenness)
    best = best_day(mg, intakes, strengths, halves, most)

    assert (found is None) == (best is None) == (mg not in makeable(kit(strengths, halves), most, intakes))
    if found is not None:
        parts = [sum(count * size / 2 for count, size in zip(part, strengths, strict=True)) for part in found.counts]
        allowed = max(mg / intakes * Decimal("1.5"), Decimal(2))
        assert sum(parts) == mg
        assert parts == sorted(parts)
        assert (max(parts[-1], allowed), *found.cost[:3], sum(part**2 for part in parts)) == best


@given(mg=DOSES, strengths=KITS, halves=st.booleans(), intakes=st.integers(1, 3), most=st.sampled_from((2, 3, 4)))
def test_no_better_day_exists(mg, strengths, halves, intakes, most):
    compare(mg, strengths, halves, intakes, most)


@pytest.mark.parametrize("strengths", [STRENGTHS[:1], STRENGTHS[1:2], STRENGTHS[:2], STRENGTHS], ids=str)
def test_no_better_day_exists_up_to_20_mg_twice_a_day(strengths):
    for grains in range(1, 41):
        compare(Decimal(grains) / 2, strengths, True, 2, 4)


@given(doses=st.sets(DOSES, min_size=1, max_size=5), halves=st.booleans(), intakes=st.integers(1, 2))
def test_no_smaller_or_better_set_of_strengths_exists(doses, halves, intakes):
    days = [(mg, 1) for mg in sorted(doses)]
    found = best_kit(kit(STRENGTHS, halves), days, intakes, MADE.choosing)
    best = best_set(sorted(doses), intakes, STRENGTHS, halves, 4)

    assert (found is None) == (best is None)
    if found is not None:
        made = [divided(found, 4, mg, intakes, MADE.choosing.evenness) for mg in sorted(doses)]
        avoided, halved, pieces = map(sum, zip(*(day.cost[:3] for day in made), strict=True))
        puzzle = (any(tablet.avoid for tablet in found), max(0, len(found) - 2))
        assert (*puzzle, avoided, halved, len(found), pieces) == best[:-1]


@pytest.mark.parametrize("cycle", [(1.5,), (2.0, 1.0), (1.0, 0.0), (3.0, 2.0, 2.5)])
def test_the_swing_of_a_cycle_is_what_small_steps_over_many_days_give(cycle):
    """The twin pours each dose into the first pool and steps both pools minute by minute until nothing changes."""
    per_h = np.log(2) / np.array([43.0, 75.0])
    minutes = 24 * 60
    pools, seen = np.array([sum(cycle) / len(cycle)] * 2), []
    for day in range(60 * len(cycle)):
        pools[0] += per_h[0] * 24 * cycle[day % len(cycle)]
        for _ in range(minutes if day >= 59 * len(cycle) else 0):
            seen.append(0.8 * pools[0] + 0.2 * pools[1])
            pools += np.array([-per_h[0] * pools[0], per_h[1] * (pools[0] - pools[1])]) / 60
        if day < 59 * len(cycle):
            kept = np.exp(-24 * per_h)
            fed = per_h[1] / (per_h[1] - per_h[0]) * (kept[0] - kept[1])
            pools = np.array([pools[0] * kept[0], pools[1] * kept[1] + pools[0] * fed])
    found = swing(cycle, parent_half_h=43, metabolite_half_h=75, parent_share=0.8)
    assert found == pytest.approx(100 * np.ptp(seen) / np.mean(seen), abs=0.05)
