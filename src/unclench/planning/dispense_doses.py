"""Which daily doses can be made from a stock, and in which form."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from unclench.knowledge import knowledge
from unclench.planning.dispense_liquid import measured
from unclench.planning.dispense_stock import Making, Stock, kit_of, making
from unclench.planning.dispense_swing import Alternation, alternation
from unclench.planning.dispense_units import REMEMBERED, makeable, plain
from unclench.planning.supply import strength

TABLET, SOLUTION = "tablet", "solution"
NOTHING = Decimal(0)


@lru_cache(maxsize=REMEMBERED)
def reachable(stock: Stock, most_mg: Decimal, intakes: int, alternate: bool = False) -> tuple[Decimal, ...]:
    """Every daily dose that can be dispensed exactly and sensibly, falling.

    Tablets first. The liquid adds its small steps at the end, and what lies in gaps that no cut may cross.
    `alternate`: also the means of two days' tablets, where nothing else makes them and the swing is acceptable.
    """
    made = making(knowledge())
    tablets = {mg for mg in makeable(kit_of(stock, made), made.choosing.most_pieces, intakes) if mg <= most_mg}
    liquid = _liquid_doses(stock, most_mg, intakes, made)
    if tablets:
        falling = sorted(tablets, reverse=True)
        steep = (high for high, low in pairwise(falling) if high - low > max(high * made.gap, made.gap_least_mg))
        top = max(steep, default=NOTHING)
        liquid = {mg for mg in liquid if mg <= made.liquid_below_mg or mg < top}
    doses = tablets | liquid
    if alternate:
        grid = (plain(made.grid_mg * step) for step in range(1, int(most_mg / made.grid_mg) + 1))
        doses |= {mg for mg in grid if mg not in doses and alternating(stock, mg, intakes)}
    return tuple(sorted((mg for mg in doses if _worth(mg, made)), reverse=True))


def _worth(mg: Decimal, made: Making) -> bool:
    """Whether a dose is no finer than makes sense at its size."""
    return mg <= made.grid_above_mg or not mg % made.grid_mg


def _liquid_doses(stock: Stock, most_mg: Decimal, intakes: int, made: Making) -> set[Decimal]:
    if stock.liquid is None:
        return set()
    per_ml = strength(stock.liquid)
    doses = set()
    for step, upto in ((made.step_ml, min(most_mg, made.liquid_below_mg)), (made.coarse_ml, most_mg)):
        volumes = (step * count for count in range(1, int(upto / per_ml / step) + 1))
        doses |= {plain(ml * per_ml) for ml in volumes if measured(ml, intakes, made)}
    return doses


@lru_cache(maxsize=REMEMBERED)
def forms(stock: Stock, mg: Decimal, intakes: int = 1) -> tuple[str, ...]:
    """Which forms make a daily dose: "tablet", "solution", both or none."""
    made = making(knowledge())
    found = [TABLET] if mg in makeable(kit_of(stock, made), made.choosing.most_pieces, intakes) else []
    if stock.liquid is not None and mg > 0 and measured(mg / strength(stock.liquid), intakes, made):
        found.append(SOLUTION)
    return tuple(found)


def can_change_form_at(stock: Stock, mg: Decimal, intakes: int = 1) -> bool:
    """Whether tablets can change to the liquid at this dose, because both make it."""
    return len(forms(stock, mg, intakes)) > 1


@lru_cache(maxsize=REMEMBERED)
def alternating(stock: Stock, mg: Decimal, intakes: int = 1) -> Alternation | None:
    """Two days' doses of tablets with this mean, the first the larger; None where the swing is too large."""
    made = making(knowledge())
    return alternation(mg, makeable(kit_of(stock, made), made.choosing.most_pieces, intakes), knowledge())
