"""One regimen chosen, the others kept with reasons; supply, dates and watches that match it."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.appraisal.findings import Appraisal, Need
from unclench.appraisal.taper_need import decide
from unclench.appraisal.taper_views import NEEDS
from unclench.knowledge import knowledge
from unclench.knowledge.load import Knowledge
from unclench.planning import words
from unclench.planning.candidates import LIQUID_RULES, REQUEST_CUT, days_left, is_rarer_than_daily, may_propose
from unclench.planning.instead import instead
from unclench.planning.monitoring import monitoring, review_dates, statement, titration
from unclench.planning.pick import Peaks, by_day, pick, speaks_for_less
from unclench.planning.plan import Candidate, Considered, Plan, Supply
from unclench.planning.supply import supply
from unclench.simulation.course import Course
from unclench.values import Answer, EngineError, Regimen, Verdict

Pair = tuple[Candidate, Course]


def choose(appraisal: Appraisal, candidates: Sequence[Candidate], courses: Sequence[Course]) -> Plan:
    """The plan. Without a candidate it says why there is none and what to do instead."""
    facts = knowledge()
    pairs = _paired(candidates, courses)
    if not pairs or not may_propose(appraisal, facts):
        return _no_regimen(appraisal, facts)
    picked, key = pick(appraisal, candidates, _peaks(courses))
    chosen = next(pair for pair in pairs if pair[0] is picked)
    reason = _reason(appraisal, chosen, key, facts)
    considered = tuple(
        Considered(*pair, chosen=pair is chosen, reason=reason if pair is chosen else _why_not(pair, chosen))
        for pair in pairs
    )
    given = chosen[0].regimen
    stock = _supplied(appraisal, chosen[0], facts)
    after = need_after(appraisal, given, facts)
    used = (*chosen[0].rules, *after.rules, *(line.product for line in stock.lines), f"PLAN-CHOSEN-{key}")
    return Plan(
        regimen=given,
        words=chosen[0].words,
        heading=appraisal.regimen_heading,
        max_daily_mg=given.max_mg_per_day,
        start_on=given.start,
        stop_on=given.last_day,
        review_on=review_dates(appraisal, given, facts),
        supply=stock,
        monitoring=monitoring(appraisal, given, facts),
        titration=titration(appraisal, given, facts),
        taper_needed=after.need,
        taper_because=after.because,
        taper=None,
        instead=instead(appraisal, facts, with_regimen=True),
        considered=considered,
        chosen=next(one for one in considered if one.chosen),
        facts=tuple(dict.fromkeys(used)),
        taper_views=after.views,
        taper_hold=after.hold,
        taper_urgency=after.urgency,
    )


def _paired(candidates: Sequence[Candidate], courses: Sequence[Course]) -> tuple[Pair, ...]:
    """Each candidate with the course of its own regimen."""
    by_regimen = {course.regimen: course for course in courses}
    lost = [candidate.id for candidate in candidates if candidate.regimen not in by_regimen]
    if lost:
        raise EngineError(
            where="the choice of a regimen",
            found=f"no simulated course for {', '.join(lost)}",
            need="one course for each candidate",
            fix="Simulate every candidate regimen before choosing.",
        )
    return tuple((candidate, by_regimen[candidate.regimen]) for candidate in candidates)


def _peaks(courses: Sequence[Course]) -> Peaks:
    """The highest levels as they were simulated."""
    by_regimen = {course.regimen: course.peak_ng_ml.typical for course in courses}
    return lambda regimens: [by_regimen[regimen] for regimen in regimens]


def _reason(appraisal: Appraisal, pair: Pair, key: str, facts: Knowledge) -> str:
    """Why this one, with what it does to levels."""
    candidate, course = pair
    said = [statement(facts, f"PLAN-CHOSEN-{key}")]
    if key in ("CAREFUL", "GENTLE"):
        said.append(f"Found: {'; '.join(speaks_for_less(appraisal, strongly=key == 'CAREFUL'))}.")
    if candidate.id == REQUEST_CUT:
        said.append(f"{candidate.why[:1].upper()}{candidate.why[1:]}.")
    peak, build_up = words.span(course.peak_ng_ml, course.peak_ng_ml.unit), words.span(course.accumulation)
    said.append(
        f"Diazepam reaches {peak}; the last day averages {build_up} times the first; nearly all is gone "
        f"{words.span(course.gone_days, 'days')} after the last dose (in brackets: 90 % of people like this one)."
    )
    return " ".join(said)


def _why_not(pair: Pair, chosen: Pair) -> str:
    """What this candidate would have cost against the chosen one, in numbers."""
    other, best = pair[0].regimen, chosen[0].regimen
    differences = []
    if other.total_mg != best.total_mg:
        side = "more" if other.total_mg > best.total_mg else "less"
        differences.append(
            f"{side} in all: {words.mg(other.total_mg)} against {words.mg(best.total_mg)}"
            + (" at the ceiling" if other.as_needed else "")
        )
    peak, best_peak = pair[1].peak_ng_ml, chosen[1].peak_ng_ml
    if words.rounded(peak.typical) != words.rounded(best_peak.typical):
        differences.append(
            f"highest level {words.span(peak, peak.unit)} against {words.rounded(best_peak.typical)} {best_peak.unit}"
        )
    daytime, best_daytime = by_day(other), by_day(best)
    if daytime != best_daytime:
        differences.append(f"{words.mg(daytime)} by day against {words.mg(best_daytime)}")
    elif not differences:
        differences.append("no advantage in exposure or timing")
    prefix = "Not chosen: " if other.total_mg >= best.total_mg else "Not chosen, as it may do too little: "
    return f"{prefix}{'; '.join(differences)}. For it: {pair[0].why}."


def _supplied(appraisal: Appraisal, candidate: Candidate, facts: Knowledge) -> Supply:
    """The supply, with notes on repeats and on a liquid that could not be confirmed."""
    made = supply(candidate.regimen, facts, appraisal.jurisdiction)
    notes = [statement(facts, "PLAN-SINGLE-ISSUE"), *made.notes]
    wants_liquid = any(row.rule in LIQUID_RULES and row.answer is Answer.YES for row in appraisal.findings)
    if wants_liquid and candidate.regimen.form == "tablet":
        notes.append(statement(facts, "PLAN-LIQUID-UNCONFIRMED"))
    return Supply(made.lines, made.total_mg, made.refills, made.days, made.per_day, tuple(notes))


def need_after(appraisal: Appraisal, given: Regimen, facts: Knowledge) -> Need:
    """What stopping after this course needs. Appraisal knows present use and what was asked; the course may differ."""
    after = decide(
        appraisal.current_use, given.days, given.max_mg_per_day, appraisal.body.age_y, appraisal.taper_risks, facts
    )
    sends_to_specialist = after.need != "none" and appraisal.taper_need == "specialist"
    if sends_to_specialist or (appraisal.purpose == "continue" and worse(appraisal.taper_need, after.need)):
        return need_now(appraisal, after.rules)
    return after


def need_now(appraisal: Appraisal, rules: tuple[str, ...] = ()) -> Need:
    """What stopping needs today, as appraisal found it."""
    return Need(
        appraisal.taper_need,
        appraisal.taper_because,
        rules,
        appraisal.taper_views,
        appraisal.taper_hold,
        appraisal.taper_urgency,
    )


def worse(one: str, other: str) -> bool:
    return NEEDS.index(one) > NEEDS.index(other)


def _why_none(appraisal: Appraisal, facts: Knowledge) -> str:
    """The key of the sentence that says why there is no regimen: the first that holds."""
    age, left = appraisal.body.age_y, days_left(appraisal, facts)
    avoided = appraisal.verdict is Verdict.AVOID
    reasons = (
        (appraisal.verdict is None, "PLAN-NONE-DUE"),
        (appraisal.purpose == "stop", "PLAN-NONE-STOP"),
        (avoided and appraisal.purpose == "new", "PLAN-NONE-AVOID"),
        (avoided, "PLAN-NONE-AVOID-CONTINUE"),
        (age is not None and age < facts.limit("AGE-ADULT", "a"), "PLAN-NONE-CHILD"),
        (not appraisal.regimen_allowed, "PLAN-NONE-STEP"),
        (age is None, "PLAN-NONE-AGE"),
        (left is not None and left < 1, "PLAN-NONE-LONG-ENOUGH"),
        (is_rarer_than_daily(appraisal), "PLAN-NONE-RARE"),
        (appraisal.purpose == "continue", "PLAN-NONE-CONTINUE"),
    )
    return next((key for holds, key in reasons if holds), "PLAN-NONE-FITS")


def _no_regimen(appraisal: Appraisal, facts: Knowledge) -> Plan:
    key = _why_none(appraisal, facts)
    said = [statement(facts, key)]
    taking = appraisal.verdict is not None and appraisal.purpose in ("stop", "continue")
    if taking:
        said.append(statement(facts, f"PLAN-STOP-{appraisal.taper_need.upper()}"))
    return Plan(
        regimen=None,
        words=" ".join(said),
        heading="",
        max_daily_mg=None,
        start_on=None,
        stop_on=None,
        review_on=(),
        supply=None,
        monitoring=(),
        titration=(),
        taper_needed=appraisal.taper_need if taking else "none",
        taper_because=appraisal.taper_because if taking else (),
        taper=None,
        instead=instead(appraisal, facts, with_regimen=False),
        considered=(),
        chosen=None,
        facts=(key,),
        taper_views=appraisal.taper_views if taking else (),
        taper_hold=appraisal.taper_hold if taking else "",
        taper_urgency=appraisal.taper_urgency if taking else "",
    )
