"""Every day of a planned course in exact units: the tablets or mL of its supply, hour by hour."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from unclench.knowledge import knowledge
from unclench.planning.plan import Plan, Supply, SupplyLine
from unclench.planning.supply import most_tablets, tablets_for
from unclench.planning.taper_plan import Intake, TaperDay, Unit
from unclench.values import Dose, Phase, RegimenError

TABLET = "tablet"


def course_days(plan: Plan) -> tuple[TaperDay, ...]:
    """The days of the regimen, in order; none without a regimen. Of an as-needed course: the most that a day may hold.

    Raises
    ------
    RegimenError
        where the units of the days are not those of the supply.
    """
    if plan.regimen is None or plan.supply is None:
        return ()
    days, on = [], plan.regimen.start
    for phase in plan.regimen.phases:
        intakes = tuple(Intake(dose.clock_h, _units(dose, plan.supply, plan.regimen.form)) for dose in phase.doses)
        for _ in range(phase.days):
            days.append(TaperDay(on, phase.mg_per_day, intakes))
            on += timedelta(days=1)
    _check(days, plan.supply)
    return tuple(days)


def at_most(phase: Phase) -> tuple[Decimal, int, Decimal]:
    """Of an as-needed course: mg at a time, how often in 24 hours, and mg in 24 hours."""
    return phase.doses[0].mg, len(phase.doses), phase.mg_per_day


def _units(dose: Dose, supply: Supply, form: str) -> tuple[Unit, ...]:
    lines = supply.lines
    if form != TABLET:
        (line,) = lines
        return (Unit(line.product, line.strength_mg, dose.mg / line.strength_mg),)
    by_strength = {line.strength_mg: line for line in lines}
    counts = tablets_for(dose.mg, tuple(sorted(by_strength)), most_tablets(knowledge()))
    if counts is None:
        raise _wrong(f"no way to make {dose.mg} mg", lines)
    return tuple(Unit(by_strength[size].product, size, Decimal(count)) for size, count in counts)


def _check(days: list[TaperDay], supply: Supply) -> None:
    counted: Counter[str] = Counter()
    for unit in (unit for day in days for unit in day.units):
        counted[unit.product] += unit.count  # type: ignore[assignment]  # a Decimal: halves of tablets, and mL
    if dict(counted) != {line.product: line.count for line in supply.lines}:
        raise _wrong(", ".join(f"{count} of {product}" for product, count in sorted(counted.items())), supply.lines)


def _wrong(found: str, lines: tuple[SupplyLine, ...]) -> RegimenError:
    return RegimenError(
        where="the days of the course",
        found=found,
        need=", ".join(f"{line.count} of {line.product}" for line in lines),
        fix="Plan the course again: its days and its supply must be the same.",
    )
