"""Whether stopping needs a taper: the grid of days a week, duration and dose, and what sends it to a specialist.

An uncertain range is read at its most cautious corner, and that is said.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from math import nextafter

from unclench.appraisal.findings import CurrentUse
from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows import NeedCell
from unclench.values import Answer, KnowledgeError

NEEDS = ("none", "step-down", "taper", "specialist")
DAILY = 7.0


def cell(facts: Knowledge, days_per_week: float, days: float, mg_per_day: float) -> NeedCell:
    """The first row that holds. Days a week and dose: above low, up to high. Duration: from low, below high.

    What lies beyond the grid, a slip or a record of a hundred years, is judged at its far edge.
    """
    rows = sorted(facts.table("need"), key=lambda row: row.order)
    days_per_week = min(days_per_week, max(row.days_per_week_high for row in rows))
    days = min(days, nextafter(max(row.duration_days_high for row in rows), 0.0))
    mg_per_day = min(mg_per_day, max(row.mg_per_day_high for row in rows))
    for row in rows:
        if (
            row.days_per_week_low < days_per_week <= row.days_per_week_high
            and row.duration_days_low <= days < row.duration_days_high
            and row.mg_per_day_low < mg_per_day <= row.mg_per_day_high
        ):
            found: NeedCell = row
            return found
    raise KnowledgeError(
        where="need.csv",
        found=f"{days_per_week} days a week, {days} days, {mg_per_day} mg a day",
        need="a row that covers it",
        fix="Close the gap in the grid.",
    )


def taper_need(
    current_use: CurrentUse,
    planned_days: int | None,
    planned_mg_per_day: Decimal | None,
    age_y: float | None,
    special: tuple[str, ...],
    facts: Knowledge,
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The need (none | step-down | taper | specialist), why, and the rules behind it.

    Planned days come on top of present use. `special`: reasons, in words, that make stopping a specialist's matter
    once the body may be used to it (an earlier withdrawal seizure, epilepsy, pregnancy, alcohol...).
    """
    if current_use.answer is Answer.NO and not planned_days:
        return "none", (facts.say("NEED-NOTHING-TAKEN"),), ()
    cells, cautions = _cells(current_use, planned_days or 0, planned_mg_per_day, facts)
    worst = max(cells, key=lambda row: (NEEDS.index(row.need), -row.order))
    because = [worst.say]
    if len({row.need for row in cells}) > 1:
        because.append(facts.say("NEED-RANGE"))
    need, rules = worst.need, [worst.rule]
    if _is_older_and_long(current_use, planned_days or 0, age_y, facts) and NEEDS.index(need) < NEEDS.index("taper"):
        need = "taper"
        rules.append("TAP-01")
        because.append(facts.say("NEED-OLDER", days=f"{facts.limit('STEP-DOWN-DAYS', 'd'):g}"))
    if special and need != "none":
        need = "specialist"
        rules.append("TAP-03")
        because.append(facts.say("NEED-SPECIALIST", reasons="; ".join(special)))
    elif special:
        because.append(facts.say("NEED-WATCH", reasons="; ".join(special)))
    return need, tuple(because + cautions), tuple(dict.fromkeys(rules))


def _cells(
    use: CurrentUse, planned_days: int, planned_mg: Decimal | None, facts: Knowledge
) -> tuple[tuple[NeedCell, ...], list[str]]:
    """The cell at every corner of what is known."""
    cautions: list[str] = []
    taken = use.answer is not Answer.NO
    durations = _corners(use.duration_days_low, use.duration_days_high) if taken else (0.0,)
    if not durations:
        if use.answer is Answer.CANNOT_SAY and planned_days:
            durations = (0.0,)
            cautions.append(facts.say("NEED-PERHAPS-TAKEN"))
        else:
            durations = (facts.limit("DEPENDENCE-DAYS-ANY", "d"),)
            cautions.append(facts.say("NEED-LONG-ASSUMED"))
    doses = [float(planned_mg)] if planned_mg is not None and planned_days else []
    if taken:
        doses += _corners(use.mg_per_day_low, use.mg_per_day_high)
    if not doses:
        doses = [facts.limit("HIGH-DOSE", "mg/d")]
        cautions.append(facts.say("NEED-DOSE-ASSUMED", mg=f"{doses[0]:g}"))
    weekly = _corners(use.days_per_week_low, use.days_per_week_high) if taken else ()
    if not weekly or planned_days:
        weekly = (*weekly, DAILY)
    corners = product(
        sorted(set(weekly)), sorted({days + planned_days for days in durations}), sorted({max(doses), *doses})
    )
    return tuple(cell(facts, *corner) for corner in corners), cautions


def _corners(low: float | Decimal | None, high: float | Decimal | None) -> tuple[float, ...]:
    return tuple(float(value) for value in (low, high) if value is not None and value > 0)


def _is_older_and_long(use: CurrentUse, planned_days: int, age_y: float | None, facts: Knowledge) -> bool:
    if age_y is None or age_y < facts.limit("AGE-OLDER", "a"):
        return False
    regular = use.days_per_week_high is None or use.days_per_week_high >= facts.limit("DAYS-A-WEEK-REGULAR", "d/wk")
    longest = (use.duration_days_high or use.duration_days_low or 0) if use.answer is not Answer.NO else 0
    return (regular or planned_days > 0) and longest + planned_days > facts.limit("STEP-DOWN-DAYS", "d")
