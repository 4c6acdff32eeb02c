"""Dispensing a taper: which daily doses can be made, exactly what is taken at each hour, and what is prescribed.

The units of a day sum to its dose, always. Tablets come first; from the first dose that needs the liquid it is liquid
to the end, and the change lies between two cuts, at a dose that both make. A day never mixes the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from unclench.knowledge.load import Knowledge
from unclench.planning.dispense_doses import NOTHING, SOLUTION, alternating, can_change_form_at, forms, reachable
from unclench.planning.dispense_forms import Segment, can_be_dispensed, segments_of
from unclench.planning.dispense_liquid import measured
from unclench.planning.dispense_stock import Making, Stock, kit_of, making, stock_of
from unclench.planning.dispense_supply import supply_of
from unclench.planning.dispense_units import Kit, best_kit, divided
from unclench.planning.supply import strength
from unclench.planning.taper_plan import Intake, Schedule, TaperDay, TaperSupply, Unit
from unclench.values import RegimenError

__all__ = [
    "Stock",
    "alternating",
    "can_be_dispensed",
    "can_change_form_at",
    "dispensed",
    "forms",
    "reachable",
    "stock_of",
]


def dispensed(
    schedule: Schedule,
    stock: Stock,
    clock_h: Sequence[float],
    facts: Knowledge,
    *,
    supply_days: int | None = None,
    alternate: bool = False,
) -> tuple[tuple[TaperDay, ...], TaperSupply]:
    """Every day of a taper in exact units, and the prescriptions. The last day is the first without a dose.

    `supply_days`: days in one supply (default: a row). `alternate`: a dose that nothing makes may be the mean of two
    days, where its swing is acceptable.

    Raises
    ------
    RegimenError
        for a dose that nothing makes (it names the nearest), a change of product that no step allows, hours or days
        of supply that cannot be.
    """
    hours = _hours(clock_h)
    made = making(facts)
    segments = segments_of(schedule, stock, len(hours), made, alternate=alternate)
    given = _given(segments, stock, hours, made)
    days, on = [], schedule.start_on
    for segment in segments:
        pattern = given[segment]
        for index in range(segment.days):
            days.append(TaperDay(on, *pattern[index % len(pattern)]))
            on += timedelta(days=1)
    days.append(TaperDay(on, NOTHING, ()))
    swings = dict.fromkeys(segment.pair for segment in segments if segment.pair)
    return tuple(days), supply_of(tuple(days), stock, facts, supply_days, tuple(swings))


def _hours(clock_h: Sequence[float]) -> tuple[float, ...]:
    hours = tuple(sorted(clock_h))
    day_h = 24
    if not hours or len(set(hours)) < len(hours) or not (hours[0] >= 0 and hours[-1] < day_h):
        raise RegimenError(
            where="the hours of a taper",
            found=", ".join(map(str, clock_h)) or "none",
            need="different hours of the clock, from 0 up to 24",
            fix="Name the hour of each intake once.",
        )
    return hours


def _given(
    segments: tuple[Segment, ...], stock: Stock, hours: tuple[float, ...], made: Making
) -> dict[Segment, tuple[tuple[Decimal, tuple[Intake, ...]], ...]]:
    """What is taken on a day of each segment: one day, or two that alternate."""
    tablet_days = [
        (mg, segment.days // len(segment.doses))
        for segment in segments
        if segment.form != SOLUTION
        for mg in segment.doses
    ]
    count = len(hours)
    kit = best_kit(kit_of(stock, made), tablet_days, count, made.choosing) if tablet_days else None
    return {
        segment: tuple(
            (mg, _poured(mg, stock, hours, made) if segment.form == SOLUTION else _counted(mg, kit or (), hours, made))
            for mg in segment.doses
        )
        for segment in segments
    }


def _once(mg: Decimal, hours: tuple[float, ...], made: Making) -> bool:
    """Whether a day's dose is so small that it is taken at once, at the last hour: it acts for days anyway."""
    return len(hours) > 1 and mg <= made.once_upto_mg


def _counted(mg: Decimal, kit: Kit, hours: tuple[float, ...], made: Making) -> tuple[Intake, ...]:
    """One day of tablets. The smallest part comes first, so the largest is the last of the day."""
    if _once(mg, hours, made) and divided(kit, made.choosing.most_pieces, mg, 1, made.choosing.evenness):
        hours = hours[-1:]
    day = divided(kit, made.choosing.most_pieces, mg, len(hours), made.choosing.evenness)
    parts = day.counts if day else ()
    return tuple(
        Intake(
            hour,
            tuple(
                Unit(tablet.product, tablet.mg, Decimal(halves) / 2)
                for tablet, halves in zip(kit, part, strict=True)
                if halves
            ),
        )
        for hour, part in zip(hours, parts, strict=True)
        if any(part)
    )


def _poured(mg: Decimal, stock: Stock, hours: tuple[float, ...], made: Making) -> tuple[Intake, ...]:
    """One day of the liquid."""
    if stock.liquid is None:
        return ()
    per_ml = strength(stock.liquid)
    if _once(mg, hours, made) and measured(mg / per_ml, 1, made):
        hours = hours[-1:]
    volumes = measured(mg / per_ml, len(hours), made) or ()
    return tuple(
        Intake(hour, (Unit(stock.liquid.id, per_ml, ml),)) for hour, ml in zip(hours, volumes, strict=True) if ml
    )
