"""How doses, times of day and courses are said. Only composes: numbers and sentences of fact come from rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby

from unclench.simulation.course import Span
from unclench.values import Dose, Phase, Regimen

TIMES = {1: "once a day", 2: "twice a day", 3: "three times a day", 4: "four times a day"}
PARTS_OF_DAY = ((11, "in the morning"), (13, "at midday"), (17, "in the afternoon"), (20, "in the evening"))
AT_NIGHT = "at night"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: Decimal | float) -> str:
    """No trailing zeros and no exponent: 2, 2.5, 20."""
    text = f"{value:f}" if isinstance(value, Decimal) else f"{value:.10f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def mg(value: Decimal) -> str:
    return f"{number(value)} mg"


def clock(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def day(on: date) -> str:
    """22 Nov 2026, in any locale."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def part_of_day(hour: float) -> str:
    return next((name for until, name in PARTS_OF_DAY if hour < until), AT_NIGHT)


def days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def times(count: int) -> str:
    return TIMES.get(count, f"{count} times a day")


def listed(parts: Iterable[str]) -> str:
    """a; a and b; a, b and c."""
    said = list(parts)
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def doses(taken: tuple[Dose, ...]) -> str:
    """The doses of one day."""
    if not taken:
        return "none"
    if len(taken) > 1 and len({dose.mg for dose in taken}) == 1:
        return f"{mg(taken[0].mg)} {times(len(taken))}"
    return listed(f"{mg(dose.mg)} {part_of_day(dose.clock_h)}" for dose in taken)


def joined(phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """Neighbours with the same doses become one."""
    return tuple(
        Phase(sum(phase.days for phase in group), taken)
        for taken, group in ((key, list(same)) for key, same in groupby(phases, key=lambda phase: phase.doses))
    )


def regimen(given: Regimen) -> str:
    """One line: "2 mg at night for 3 days, then 2 mg twice a day; 7 days in all"."""
    phases = joined(given.phases)
    if given.as_needed:
        ceiling = phases[0]
        how = f"{mg(ceiling.doses[0].mg)} only when needed, at most {times(len(ceiling.doses))}"
        return f"{how} ({mg(ceiling.mg_per_day)} in 24 hours), for {days(given.days)}"
    if len(phases) == 1:
        return f"{doses(phases[0].doses)} for {days(given.days)}"
    parts = [f"{doses(phase.doses)} for {days(phase.days)}" for phase in phases[:-1]]
    return f"{', then '.join(parts)}, then {doses(phases[-1].doses)}; {days(given.days)} in all"


def rounded(value: float) -> str:
    """Two figures are all a forecast deserves."""
    return f"{float(f'{value:.2g}'):.0f}" if abs(value) >= 10 else f"{float(f'{value:.2g}'):g}"


def span(given: Span, unit: str = "") -> str:
    """The typical value and the middle 90 % of people like this one: "240 ng/mL (130 to 440)"."""
    return f"{rounded(given.typical)} {unit}".strip() + f" ({rounded(given.low)} to {rounded(given.high)})"
