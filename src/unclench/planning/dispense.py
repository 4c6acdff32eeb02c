"""Dispensing a taper: which daily doses can be made, exactly what is taken at each hour, and what is prescribed.

The units of a day sum to its dose, always. Tablets come first; from the first dose that needs the liquid it is liquid
to the end, and the change lies between two cuts, at a dose that both make. A day never mixes the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby, pairwise

from unclench.knowledge import knowledge
from unclench.knowledge.load import Knowledge
from unclench.planning import words
from unclench.planning.dispense_liquid import measured
from unclench.planning.dispense_stock import Making, Stock, kit_of, making, stock_of
from unclench.planning.dispense_supply import supply_of
from unclench.planning.dispense_swing import Alternation, alternation
from unclench.planning.dispense_units import Kit, best_kit, divided, makeable, plain
from unclench.planning.supply import strength
from unclench.planning.taper_plan import Intake, Schedule, Step, TaperDay, TaperSupply, Unit
from unclench.values import RegimenError

__all__ = ["Stock", "alternating", "can_change_form_at", "dispensed", "forms", "reachable", "stock_of"]

TABLET, SOLUTION, ALTERNATE = "tablet", "solution", "alternate"
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Segment:
    """Some days in a row of one dose in one form."""

    days: int
    mg: Decimal
    form: str


@cache
def reachable(stock: Stock, most_mg: Decimal, intakes: int, alternate: bool = False) -> tuple[Decimal, ...]:
    """Every daily dose that can be dispensed exactly and sensibly, falling.

    Tablets first. The liquid adds its small steps at the end, and what lies in gaps that no cut may cross.
    `alternate`: also the means of two days' tablets, where nothing else makes them and the swing is acceptable.
    """
    made = making(knowledge())
    tablets = {mg for mg in makeable(kit_of(stock, made), made.most_pieces, intakes) if mg <= most_mg}
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


@cache
def forms(stock: Stock, mg: Decimal, intakes: int = 1) -> tuple[str, ...]:
    """Which forms make a daily dose: "tablet", "solution", both or none."""
    made = making(knowledge())
    found = [TABLET] if mg in makeable(kit_of(stock, made), made.most_pieces, intakes) else []
    if stock.liquid is not None and mg > 0 and measured(mg / strength(stock.liquid), intakes, made):
        found.append(SOLUTION)
    return tuple(found)


def can_change_form_at(stock: Stock, mg: Decimal, intakes: int = 1) -> bool:
    """Whether tablets can change to the liquid at this dose, because both make it."""
    return len(forms(stock, mg, intakes)) > 1


@cache
def alternating(stock: Stock, mg: Decimal, intakes: int = 1) -> Alternation | None:
    """Two days' doses of tablets with this mean, the first the larger; None where the swing is too large."""
    made = making(knowledge())
    return alternation(mg, makeable(kit_of(stock, made), made.most_pieces, intakes), knowledge())


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
    segments = _segments(schedule, stock, len(hours), made, alternate)
    given = _given(segments, stock, hours, made)
    days, on = [], schedule.start_on
    for segment in segments:
        for index in range(segment.days):
            mg, intakes = given[segment][index % len(given[segment])]
            days.append(TaperDay(on, mg, intakes))
            on += timedelta(days=1)
    days.append(TaperDay(on, NOTHING, ()))
    used = {segment.mg: found for segment in segments if (found := _alternation(segment, stock, len(hours)))}
    return tuple(days), supply_of(tuple(days), stock, facts, supply_days, tuple(used.values()))


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


def _alternation(segment: Segment, stock: Stock, intakes: int) -> Alternation | None:
    return alternating(stock, segment.mg, intakes) if segment.form == ALTERNATE else None


def _segments(schedule: Schedule, stock: Stock, intakes: int, made: Making, alternate: bool) -> tuple[Segment, ...]:
    """The steps with their form; the step in which the form changes is cut in two."""
    runs = [Step(sum(step.days for step in same), mg) for mg, same in _by_dose(schedule)]
    able: list[set[str]] = []
    for run in runs:
        ways = set(forms(stock, run.mg, intakes))
        if not ways and alternate and not run.days % 2 and alternating(stock, run.mg, intakes):
            ways = {ALTERNATE}
        if not ways:
            raise _unmakeable(run, stock, intakes, alternate)
        able.append(ways)
    change = _change(runs, able, stock, made)
    made_of = []
    for index, run in enumerate(runs):
        if change is None or index < change:
            made_of.append(Segment(run.days, run.mg, ALTERNATE if ALTERNATE in able[index] else TABLET))
        elif index > change:
            made_of.append(Segment(run.days, run.mg, SOLUTION))
        else:
            half = run.days // 2
            made_of += [Segment(half, run.mg, TABLET), Segment(run.days - half, run.mg, SOLUTION)]
    return tuple(made_of)


def _by_dose(schedule: Schedule) -> list[tuple[Decimal, list[Step]]]:
    return [(mg, list(same)) for mg, same in groupby(schedule.steps, key=lambda step: step.mg)]


def _change(runs: list[Step], able: list[set[str]], stock: Stock, made: Making) -> int | None:
    """The step in the middle of which tablets change to the liquid; -1: liquid from the first day; None: never.

    As late as can be. Below a certain dose the liquid is better than half tablets; what tablets cannot make needs it.
    """
    if stock.liquid is None:
        return None
    needs = next((index for index, ways in enumerate(able) if ways == {SOLUTION}), None)
    better = next((index for index, run in enumerate(runs) if run.mg < made.liquid_below_mg), None)
    for first in sorted({index for index in (better, needs) if index is not None}):
        if needs is not None and first > needs:
            break
        found = _change_before(first, runs, able, must=first == needs)
        if found is not None:
            return found
    if needs is None:
        return None
    raise _unchangeable(runs, able, needs)


def _change_before(first: int, runs: list[Step], able: list[set[str]], *, must: bool) -> int | None:
    """The last step before this one in which the form can change, if all is liquid from there on."""
    if any(SOLUTION not in ways for ways in able[first:]):
        return None
    index = first - 1
    while index >= 0 and SOLUTION in able[index]:
        if TABLET in able[index] and runs[index].days > 1:
            return index
        index -= 1
    return -1 if index < 0 and (must or first == 0) else None


def _given(
    segments: tuple[Segment, ...], stock: Stock, hours: tuple[float, ...], made: Making
) -> dict[Segment, tuple[tuple[Decimal, tuple[Intake, ...]], ...]]:
    """What is taken on a day of each segment: one day, or two that alternate."""
    count = len(hours)
    doses = {segment: _doses(segment, stock, count) for segment in segments}
    tablet_days = [
        (mg, segment.days // len(pair)) for segment, pair in doses.items() if segment.form != SOLUTION for mg in pair
    ]
    kit = best_kit(kit_of(stock, made), tablet_days, made.most_pieces, count, made.evenness) if tablet_days else None
    return {
        segment: tuple(
            (mg, _poured(mg, stock, hours, made) if segment.form == SOLUTION else _counted(mg, kit or (), hours, made))
            for mg in pair
        )
        for segment, pair in doses.items()
    }


def _doses(segment: Segment, stock: Stock, intakes: int) -> tuple[Decimal, ...]:
    pair = _alternation(segment, stock, intakes)
    return (pair.high_mg, pair.low_mg) if pair else (segment.mg,)


def _counted(mg: Decimal, kit: Kit, hours: tuple[float, ...], made: Making) -> tuple[Intake, ...]:
    """One day of tablets. The smallest part comes first, so the largest is the last of the day."""
    day = divided(kit, made.most_pieces, mg, len(hours), made.evenness)
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
    volumes = measured(mg / per_ml, len(hours), made) or ()
    return tuple(
        Intake(hour, (Unit(stock.liquid.id, per_ml, ml),)) for hour, ml in zip(hours, volumes, strict=True) if ml
    )


def _unmakeable(run: Step, stock: Stock, intakes: int, alternate: bool) -> RegimenError:
    """Names the doses around it that can be made."""
    doses = reachable(stock, 2 * run.mg + 10 * making(knowledge()).grid_mg, intakes, alternate)
    near = [mg for mg in (max((mg for mg in doses if mg < run.mg), default=None),) if mg is not None]
    near += [mg for mg in (min((mg for mg in doses if mg > run.mg), default=None),) if mg is not None]
    found = f"{words.mg(run.mg)} a day"
    if alternate and run.days % 2 and alternating(stock, run.mg, intakes):
        found += f" for {words.days(run.days)}, on alternate days"
    return RegimenError(
        where="the doses of a taper",
        found=found,
        need=f"a dose that {_listed(stock)} make exactly in {intakes} intakes a day",
        fix=f"The nearest: {words.listed(map(words.mg, near))}." if near else "Choose other products.",
    )


def _listed(stock: Stock) -> str:
    rows = (*stock.tablets, *((stock.liquid,) if stock.liquid else ()))
    return words.listed(row.name for row in rows) + ("" if stock.halves or not stock.tablets else " (whole)")


def _unchangeable(runs: list[Step], able: list[set[str]], must: int) -> RegimenError:
    """No step in which tablets can change to the liquid, or a dose after it that the liquid cannot make."""
    back = [run.mg for run, ways in zip(runs[must:], able[must:], strict=True) if SOLUTION not in ways]
    if back:
        return RegimenError(
            where="the products of a taper",
            found=f"{words.mg(runs[must].mg)} that only the liquid makes, then {words.mg(back[0])} that it cannot make",
            need="one change from tablets to the liquid, and none back",
            fix="Choose doses of the liquid from there on.",
        )
    return RegimenError(
        where="the products of a taper",
        found=f"{words.mg(runs[must].mg)} that only the liquid makes, and no step of two days before it that both make",
        need="a change of product between two cuts, at the same dose",
        fix="Stay two days or longer at a dose that tablets and the liquid both make.",
    )
