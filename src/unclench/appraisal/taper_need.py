"""Whether stopping needs a taper: the grid of days a week, duration and dose, and what sends it to a specialist.

An uncertain range is read at its most cautious corner, and that is said.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from math import nextafter

from unclench.appraisal.findings import CurrentUse, Need, RiskFound
from unclench.appraisal.taper_views import NEEDS, Corner, views
from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows_stopping import NeedCell
from unclench.values import Answer, KnowledgeError

TAPER, SPECIALIST = "TAP-01", "TAP-03"
URGENCIES = ("now", "today", "days", "before-a-cut")
DANGER, TOO_MUCH, ANOTHER = "danger", "TD-DOSE", "TD-SEDATIVE"
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
    *,
    risks: tuple[str, ...] = (),
    even_rarely: tuple[str, ...] = (),
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The need (none | step-down | taper | specialist), why, and the rules behind it.

    Planned days come on top of present use. `special`: reasons, in words, that make stopping a specialist's matter
    once the body may be used to it (an earlier withdrawal seizure, epilepsy, pregnancy, alcohol...). `even_rarely`:
    those that do so whatever the grid says. `risks`: reasons that make a taper of a short step-down.
    """
    if current_use.answer is Answer.NO and not planned_days:
        if even_rarely:
            return "specialist", (facts.say("NEED-SPECIALIST-ANYWAY", reasons="; ".join(even_rarely)),), (SPECIALIST,)
        return "none", (facts.say("NEED-NOTHING-TAKEN"),), ()
    points, cautions = _points(current_use, planned_days or 0, planned_mg_per_day, facts)
    cells = [cell(facts, *point) for point in points]
    worst = max(cells, key=lambda row: (NEEDS.index(row.need), -row.order))
    because = [worst.say]
    if len({row.need for row in cells}) > 1:
        because.append(facts.say("NEED-RANGE"))
    need, rules = worst.need, [worst.rule]
    if _is_older_and_long(current_use, planned_days or 0, age_y, facts) and NEEDS.index(need) < NEEDS.index("taper"):
        need = "taper"
        rules.append(TAPER)
        because.append(facts.say("NEED-OLDER", days=f"{facts.limit('STEP-DOWN-DAYS', 'd'):g}"))
    if risks and need == "step-down":
        need = "taper"
        rules.append(TAPER)
        because.append(facts.say("NEED-RISK", reasons="; ".join(risks)))
    if need == "none" and even_rarely:  # instead of the sentence that it may simply be stopped
        need, rules = "specialist", [SPECIALIST]
        because = [facts.say("NEED-SPECIALIST-ANYWAY", reasons="; ".join(even_rarely))]
    elif special and need != "none":
        # What the grid has said of the dose is not said again.
        said = facts.get("stopping_risks", TOO_MUCH).title if need == "specialist" else ""
        need = "specialist"
        rules.append(SPECIALIST)
        if others := [reason for reason in special if reason != said]:
            because.append(facts.say("NEED-SPECIALIST", reasons="; ".join(others)))
    elif special:
        because.append(facts.say("NEED-WATCH", reasons="; ".join(special)))
    return need, tuple(because + cautions), tuple(dict.fromkeys(rules))


def decide(
    current_use: CurrentUse,
    planned_days: int | None,
    planned_mg_per_day: Decimal | None,
    age_y: float | None,
    risks: tuple[RiskFound, ...],
    facts: Knowledge,
) -> Need:
    """The need, with what is not ruled out, what the sources say, and what to do until a specialist has seen it."""
    known = tuple(risk for risk in risks if risk.answer is Answer.YES)
    always = [risk for risk in risks if _acts_anyway(risk, current_use, planned_days or 0, facts)]
    need, because, rules = taper_need(
        current_use,
        planned_days,
        planned_mg_per_day,
        age_y,
        tuple(risk.title for risk in known if risk.kind == DANGER),
        facts,
        risks=tuple(risk.title for risk in known if risk.early),
        even_rarely=tuple(risk.title for risk in always if risk.answer is Answer.YES),
    )
    taken_or_planned = current_use.answer is not Answer.NO or bool(planned_days)
    points = _points(current_use, planned_days or 0, planned_mg_per_day, facts)[0] if taken_or_planned else ()
    seen = views(need, points, age_y, frozenset(risk.id for risk in known), facts)
    hold, urgency, held_by = hold_for(need, current_use, risks, facts)
    return Need(
        need,
        (*because, *_not_ruled_out(need, risks, always, facts)),
        tuple(dict.fromkeys((*rules, *held_by, *(view.fact for view in seen)))),
        seen,
        hold,
        urgency,
    )


def hold_for(
    need: str, current_use: CurrentUse, risks: tuple[RiskFound, ...], facts: Knowledge
) -> tuple[str, str, tuple[str, ...]]:
    """What to do until a specialist has seen the patient, how soon that must be, and the rows behind both."""
    if need != "specialist":
        return "", "", ()
    dangers = [risk for risk in risks if risk.kind == DANGER and risk.answer is Answer.YES]
    level = min((risk.urgency for risk in dangers), key=URGENCIES.index, default=URGENCIES[-1])
    urgent = [risk for risk in dangers if risk.urgency == level]
    # Only a planned dose can make it a specialist's matter without anything found in the patient.
    reasons = [risk.title for risk in urgent] or [facts.get("stopping_risks", TOO_MUCH).title]
    key = "TAPER-HOLD" if current_use.answer is not Answer.NO else "TAPER-HOLD-PLANNED"
    if level == URGENCIES[0]:
        key = "TAPER-HOLD-CRISIS"
    held = facts.say(key)
    if any(risk.id == ANOTHER for risk in dangers):
        held = f"{held} {facts.say('TAPER-HOLD-OTHERS')}"
    soon = f"TAPER-URGENCY-{level.upper()}"
    words = facts.say(soon, reasons="; ".join(reasons))
    unsure = (risk for risk in risks if risk.kind == DANGER and risk.answer is Answer.CANNOT_SAY)
    sooner = [risk.title for risk in unsure if URGENCIES.index(risk.urgency) < URGENCIES.index(level)]
    if sooner:
        words = f"{words} {facts.say('TAPER-URGENCY-SOONER', reasons='; '.join(sooner))}"
    return held, words, (key, soon, *(risk.id for risk in dangers))


def pace_features(risks: tuple[RiskFound, ...]) -> tuple[tuple[str, str, str], ...]:
    """(id, words, slower | faster) of what is known. Faster only where everything that slows is ruled out."""
    slow = [risk for risk in risks if risk.kind == "slower"]
    kinds = ("slower",) if slow else ("slower", "faster")
    return tuple((risk.id, risk.title, risk.kind) for risk in risks if risk.kind in kinds and risk.answer is Answer.YES)


def _acts_anyway(risk: RiskFound, use: CurrentUse, planned_days: int, facts: Knowledge) -> bool:
    """A danger that counts however rarely diazepam is taken, once it was taken for long enough."""
    if risk.kind != DANGER or risk.from_days is None:
        return False
    return _longest(use, facts) + planned_days >= risk.from_days


def _not_ruled_out(
    need: str, risks: tuple[RiskFound, ...], always: list[RiskFound], facts: Knowledge
) -> tuple[str, ...]:
    """What could still make the need greater: nothing that is not known clears a danger."""
    unsure = [risk for risk in risks if risk.answer is Answer.CANNOT_SAY]
    said = []
    if need == "step-down" and (early := [risk.title for risk in unsure if risk.early and risk.kind != DANGER]):
        said.append(facts.say("NEED-RISK-OPEN", reasons="; ".join(early)))
    # Of somebody who needs no taper, only what would need one after so many days: not every short course is an alarm.
    could = [risk for risk in unsure if risk.kind == DANGER and (need != "none" or (risk in always and risk.from_days))]
    dangers = [risk.title for risk in could]
    if dangers and need != "specialist":
        said.append(facts.say("NEED-NOT-RULED-OUT", reasons="; ".join(dangers)))
    return tuple(said)


def _points(
    use: CurrentUse, planned_days: int, planned_mg: Decimal | None, facts: Knowledge
) -> tuple[tuple[Corner, ...], list[str]]:
    """Every corner of what is known, and what had to be assumed."""
    cautions: list[str] = []
    taken = use.answer is not Answer.NO
    durations: tuple[float, ...] = (0.0,)
    if taken:  # the first day is a known duration of nothing
        known = (use.duration_days_low, use.duration_days_high)
        durations = tuple(float(value) for value in known if value is not None)
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
    return tuple(corners), cautions


def _corners(low: float | Decimal | None, high: float | Decimal | None) -> tuple[float, ...]:
    return tuple(float(value) for value in (low, high) if value is not None and value > 0)


def _is_older_and_long(use: CurrentUse, planned_days: int, age_y: float | None, facts: Knowledge) -> bool:
    if age_y is None or age_y < facts.limit("AGE-OLDER", "a"):
        return False
    regular = use.days_per_week_high is None or use.days_per_week_high >= facts.limit("DAYS-A-WEEK-REGULAR", "d/wk")
    longest = (use.duration_days_high or use.duration_days_low or 0) if use.answer is not Answer.NO else 0
    return (regular or planned_days > 0) and longest + planned_days >= facts.limit("STEP-DOWN-DAYS", "d")


def _longest(use: CurrentUse, facts: Knowledge) -> float:
    """Days of present use at most; unknown use of somebody who takes it counts as long."""
    if use.answer is Answer.NO:
        return 0.0
    known = use.duration_days_high or use.duration_days_low
    if known is None:
        return facts.limit("DEPENDENCE-DAYS-ANY", "d") if use.answer is Answer.YES else 0.0
    return known
