"""What is taken and dispensed of diazepam while another drug gives way to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from unclench.knowledge.load import Knowledge
from unclench.planning.dispense import dispensed
from unclench.planning.dispense_stock import Stock
from unclench.planning.dispense_supply import supply_of
from unclench.planning.taper_plan import Schedule, Step, Switch, TaperDay


def with_units(
    switch: Switch, stock: Stock, clock_h: Sequence[float], facts: Knowledge, supply_days: int | None
) -> Switch:
    """The switch with the units of its diazepam, day by day until the first cut, and their supply."""
    taken: list[TaperDay] = []
    for mg, same in groupby(switch.days, key=lambda day: day.diazepam_mg):
        run = list(same)
        if mg:
            daily, _ = dispensed(Schedule(run[0].on, mg, (Step(len(run), mg),)), stock, clock_h, facts)
            taken += daily[:-1]
        else:
            taken += [TaperDay(day.on, Decimal(0), ()) for day in run]
    return replace(switch, taken=tuple(taken), supply=supply_of(tuple(taken), stock, facts, supply_days, ()))
