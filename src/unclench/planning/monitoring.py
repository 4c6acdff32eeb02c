"""What to check, when, and what speaks for more: watches with dates, reviews and how to raise the dose."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from unclench.appraisal.findings import Appraisal
from unclench.knowledge.load import Knowledge
from unclench.planning.candidates import is_long_term
from unclench.planning.plan import Watch
from unclench.planning.words import joined
from unclench.values import Answer, Regimen

BASELINE, EARLY, WEEK, EMERGENCY, LONG_USE = "MON-01", "MON-02", "MON-03", "MON-04", "MON-05"
# Checks before the first dose, when their finding says yes or cannot be answered.
BEFORE = ("PRE-04", "PRE-02", "POP-12", "PRE-01", "POP-16", "POP-29")
NALOXONE, NALOXONE_WHEN = "CNS-02", "INT-01"
REGISTER = "PRE-04"  # the prescription monitoring programme, which only some countries have


def day(start: date, number: int) -> date:
    """Day 1 is the start."""
    return start + timedelta(days=number - 1)


def statement(facts: Knowledge, key: str) -> str:
    text: str = facts.get("statements", key).text
    return text


def review_dates(appraisal: Appraisal, given: Regimen, facts: Knowledge) -> tuple[date, ...]:
    """The early check, the review that the limits ask for, every step, and the last day."""
    numbers = {int(facts.limit("PLAN-CHECK-TO-DAY", "d")), appraisal.limits.review_day, given.days}
    if is_long_term(appraisal) or given.days > facts.limit("PLAN-STOP-CHECK-DAY", "d"):
        numbers.add(int(facts.limit("PLAN-STOP-CHECK-DAY", "d")))
    done = 0
    for phase in joined(given.phases)[:-1]:
        done += phase.days
        numbers.add(done)
    return tuple(day(given.start, number) for number in sorted(numbers) if 1 <= number <= given.days)


def monitoring(appraisal: Appraisal, given: Regimen, facts: Knowledge) -> tuple[Watch, ...]:
    """Baseline, early check, day to stop, emergencies, then what this patient's findings add."""
    first, last = int(facts.limit("PLAN-CHECK-FROM-DAY", "d")), int(facts.limit("PLAN-CHECK-TO-DAY", "d"))
    stop_day = min(int(facts.limit("PLAN-STOP-CHECK-DAY", "d")), given.days)
    new = appraisal.purpose == "new"
    at_once = "before the first dose" if new else "today"
    planned: list[tuple[str, date | None, str]] = [(rule, given.start, at_once) for rule in (BASELINE, *BEFORE)]
    if new and given.days >= first:
        late = min(last, given.days)
        when = f"day {first}" if late == first else f"day {first} to {late}"
        planned.append((EARLY, day(given.start, first), when))
    planned.append((WEEK, day(given.start, stop_day), f"day {stop_day}"))
    planned.append((EMERGENCY, None, "at any time"))
    planned.append((NALOXONE, given.start, "with the first supply"))
    planned += [
        (finding.rule, None, "at each review")
        for finding in appraisal.findings
        if finding.stage == "monitoring" and finding.answer is Answer.YES
    ]
    watches: dict[str, Watch] = {}
    for rule, on, when in planned:
        what = _words(rule, appraisal, facts)
        if what and rule not in watches:
            if rule == EMERGENCY:
                what = f"{statement(facts, 'PLAN-EMERGENCY')} {what}"
            watches[rule] = Watch(on, when, what, rule)
    return tuple(sorted(watches.values(), key=lambda watch: (watch.on is None, watch.on or date.max)))


def _words(rule: str, appraisal: Appraisal, facts: Knowledge) -> str:
    """What the rule says, if it applies: always for the standing checks, else when its finding is not a no."""
    row: Any = facts.get("rules", rule) if facts.has("rules", rule) else None
    if row is not None and row.jurisdiction not in ("", appraisal.jurisdiction):
        return ""
    needed_by = {NALOXONE: NALOXONE_WHEN}.get(rule, rule)
    fired = next((finding for finding in appraisal.findings if finding.rule == needed_by), None)
    if fired is not None and needed_by == rule:
        return fired.say
    standing_check = rule in (BASELINE, EARLY, WEEK, EMERGENCY)
    applies = standing_check or (fired is not None and fired.answer is Answer.YES)
    return str(row.say) if row is not None and applies else ""


def titration(appraisal: Appraisal, given: Regimen, facts: Knowledge) -> tuple[str, ...]:
    """How, and on what condition, the dose may change."""
    phases = joined(given.phases)
    said = []
    if appraisal.purpose == "continue":
        said.append(statement(facts, "PLAN-HOLD"))
    elif given.as_needed:
        said.append(statement(facts, "PLAN-AS-NEEDED"))
    elif len(phases) > 1:
        said.append(statement(facts, "PLAN-RISE"))
        if is_long_term(appraisal):
            said.append(statement(facts, "PLAN-RISE-SPASTICITY").format(days=phases[0].days))
        else:
            check = day(given.start, phases[0].days)
            said.append(statement(facts, "PLAN-RISE-SPASM").format(date=check.isoformat()))
    else:
        said.append(statement(facts, "PLAN-NO-RISE"))
    if appraisal.purpose == "new" and not is_long_term(appraisal):
        said.append(statement(facts, "PLAN-NEED-LESS"))
    return tuple(said)
