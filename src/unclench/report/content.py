"""What a report says, in its order, before it is drawn: the terminal and the page tell the same story from this value.

Nothing clinical is computed here: values of a consultation are picked, grouped, counted and put into words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from unclench.appraisal.findings import AlternativeAppraisal, Asked, CombinedFound, ExposureChange
from unclench.consult import Consultation
from unclench.knowledge import knowledge
from unclench.knowledge.rows import Advice, Source
from unclench.planning.plan import Plan, Watch
from unclench.report import wording as words
from unclench.report.basis import advice_told, facts_used, limits, limits_here, shown_course, sources_used
from unclench.report.effects import EffectSection, effect_section
from unclench.report.levels import NumberLine, level_drivers, numbers
from unclench.report.merge import Merged, merged
from unclench.report.taper_content import TaperContent, taper_content
from unclench.simulation.course import Course
from unclench.values import Answer, Effect, Jurisdiction, MadeWith, Phase, Verdict

COMBINED_SEVERITIES = ("contraindicated", "major", "moderate", "minor")
WHY_SHOWN = 6
DAY_BY_DAY = 14

ALTERNATIVE_RESULTS = {
    "offer": "Offer",
    "caution": "With caution",
    "cannot-say": "Cannot say yet",
    "not-for-this-patient": "Not for this patient",
}
TOPICS = {
    "how-to-take": "How to take it",
    "missed-dose": "If a dose is missed",
    "expect": "What to expect",
    "serious": "Rare but serious",
    "help": "When to get help",
    "driving": "Driving and machines",
    "alcohol": "Alcohol",
    "other-medicines": "Other medicines",
    "storage": "Keeping it safe",
    "stopping": "Stopping",
    "prevention": "Preventing spasm",
    "sleep": "Sleep",
    "self-care": "Helping yourself",
    "pregnancy": "Pregnancy",
    "carer": "For those who help",
}


@dataclass(frozen=True, slots=True)
class QuestionLine:
    id: str
    ask: str
    why: str
    allowed: str
    outcomes: tuple[str, ...]  # "if yes: avoid"


@dataclass(frozen=True, slots=True)
class InteractionLine:
    medicine: str
    says: str
    ratio: str
    interval: str
    basis: str


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of the dose calendar: a day, or some days alike."""

    days: str
    dates: str
    doses: tuple[str, ...]
    mg: str


@dataclass(frozen=True, slots=True)
class ConsideredLine:
    id: str
    words: str
    chosen: bool
    reason: str
    peak: str


@dataclass(frozen=True, slots=True)
class AlternativeGroup:
    result: str
    heading: str
    members: tuple[AlternativeAppraisal, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    verdict: Verdict | None
    verdict_words: str
    verdict_because: tuple[str, ...]
    jurisdiction: str
    language: str
    on: str
    purpose: str
    patient: str
    indication: str
    request: str
    takes_now: str
    not_reviewed: str
    provided_that: tuple[str, ...]
    questions_heading: str
    questions: tuple[QuestionLine, ...]
    questions_later: tuple[QuestionLine, ...]
    why: tuple[Merged, ...]  # the few that decide
    why_more: tuple[Merged, ...]
    notes: tuple[Merged, ...]
    not_known: tuple[Merged, ...]
    plan: Plan
    plan_heading: str
    regimen: str
    stop_on: str
    reviews: tuple[str, ...]
    calendar: tuple[Day, ...]
    supply: tuple[str, ...]
    monitoring: tuple[tuple[str, tuple[Watch, ...]], ...]  # by moment
    taper: str
    taper_plan: TaperContent | None
    course: Course | None
    course_label: str
    no_course: str
    curve_notes: tuple[str, ...]
    numbers: tuple[NumberLine, ...]
    effects: EffectSection | None
    interactions: tuple[InteractionLine, ...]
    combined: tuple[CombinedFound, ...]  # worst first
    considered: tuple[ConsideredLine, ...]
    alternatives: tuple[AlternativeGroup, ...]
    noticed: tuple[str, ...]
    unrecognised: tuple[str, ...]
    advice: tuple[tuple[str, tuple[Advice, ...]], ...]
    sources: tuple[Source, ...]
    facts: tuple[str, ...]
    limits_here: tuple[str, ...]
    limits: tuple[str, ...]  # those of this answer, then those of every answer
    made_with: MadeWith


def content(consultation: Consultation) -> Content:
    """Everything a report of this consultation says."""
    appraisal, plan = consultation.appraisal, consultation.plan
    findings = merged(appraisal.findings)
    known = [one for one in findings if one.answer is Answer.YES]
    why = _why(known, appraisal.verdict)
    questions = _questions(consultation)
    first = _first(consultation, questions)
    course, label = shown_course(consultation)
    facts = facts_used(consultation)
    return Content(
        verdict=appraisal.verdict,
        verdict_words=words.VERDICTS[appraisal.verdict],
        verdict_because=tuple(line for line in appraisal.verdict_because if line not in appraisal.provided_that),
        jurisdiction=words.JURISDICTIONS[appraisal.jurisdiction],
        language="en-GB" if appraisal.jurisdiction is Jurisdiction.UK else "en-US",
        on=words.day(appraisal.on),
        purpose=words.PURPOSES.get(appraisal.purpose, appraisal.purpose),
        patient=words.person(appraisal.body),
        indication=_indication(consultation),
        request=appraisal.request_text,
        takes_now=appraisal.takes_now,
        not_reviewed=" ".join(words.statements("not-reviewed")),
        provided_that=appraisal.provided_that,
        questions_heading="Questions first",
        questions=first,
        questions_later=tuple(one for one in questions if one not in first),
        why=why,
        why_more=tuple(one for one in known if not one.is_note and one not in why and appraisal.verdict),
        notes=tuple(one for one in known if one.is_note),
        not_known=tuple(one for one in findings if one.answer is Answer.CANNOT_SAY and appraisal.verdict),
        plan=plan,
        plan_heading=plan.heading or appraisal.regimen_heading,
        regimen=plan.words or (words.regimen_words(plan.regimen) if plan.regimen else ""),
        stop_on=words.day(plan.stop_on) if plan.stop_on else "",
        reviews=tuple(words.day(on) for on in plan.review_on),
        calendar=_calendar(plan),
        supply=_supply(plan),
        monitoring=_monitoring(plan),
        taper=words.TAPERS.get(plan.taper_needed, plan.taper_needed) if plan.taper_needed != "none" else "",
        taper_plan=_taper(consultation),
        course=course,
        course_label=label,
        no_course=" ".join(words.statements("not-simulated" if plan.regimen else "no-course")),
        curve_notes=(*words.statements("curves"), *level_drivers(consultation.in_full)),
        numbers=numbers(course, appraisal.jurisdiction),
        effects=effect_section(consultation),
        interactions=tuple(_interaction(change) for change in appraisal.exposure.changes),
        combined=tuple(sorted(appraisal.combined, key=_combined_rank)),
        considered=_considered(plan),
        alternatives=_alternatives(appraisal.alternatives),
        noticed=appraisal.noticed,
        unrecognised=appraisal.unrecognised,
        advice=_by_topic(advice_told(consultation), stopping_first=appraisal.purpose in ("continue", "stop")),
        sources=sources_used(facts, consultation),
        facts=facts,
        limits_here=limits_here(consultation),
        limits=limits(consultation),
        made_with=consultation.made_with,
    )


def _taper(consultation: Consultation) -> TaperContent | None:
    taper, appraisal = consultation.plan.taper, consultation.appraisal
    if taper is None:
        return None
    return taper_content(taper, on=appraisal.on, jurisdiction=appraisal.jurisdiction, made_with=consultation.made_with)


def _why(known: list[Merged], verdict: Verdict | None) -> tuple[Merged, ...]:
    """The findings that decide. Under *avoid* those that only change a dose are beside the point."""
    telling = [one for one in known if not one.is_note]
    if verdict is None:
        # Nothing is judged: only what would forbid diazepam is worth a line.
        return tuple(one for one in telling if one.effect.rank <= Effect.AVOID.rank)[:WHY_SHOWN]
    if verdict is Verdict.AVOID:
        telling = [one for one in telling if one.effect.rank <= Effect.AVOID.rank] or telling
    return tuple(telling[:WHY_SHOWN])


def _indication(consultation: Consultation) -> str:
    found = consultation.appraisal.indication
    name = found.name or found.entity
    return name if found.answer is Answer.YES or found.entity == "unknown" else f"{name} (not certain)"


def _questions(consultation: Consultation) -> tuple[QuestionLine, ...]:
    outcomes: dict[str, list[str]] = {}
    for one in consultation.appraisal.conditional_on:
        outcomes.setdefault(one.question, []).append(f"if {one.if_answer}: {words.VERDICTS[one.verdict].lower()}")
    return tuple(
        QuestionLine(asked.id, asked.ask, asked.why, allowed(asked), tuple(outcomes.get(asked.id, ())))
        for asked in consultation.appraisal.questions
    )


def _first(consultation: Consultation, questions: tuple[QuestionLine, ...]) -> tuple[QuestionLine, ...]:
    """Those worth asking before anything else: an answer could change the verdict. Under *avoid* there is none."""
    appraisal = consultation.appraisal
    if appraisal.verdict is Verdict.AVOID:
        return ()
    telling = {asked.id for asked in appraisal.questions if asked.changes_verdict}
    most = int(knowledge().limit("QUESTIONS-FIRST", "1"))
    return tuple(one for one in questions if one.id in telling)[:most]


def allowed(asked: Asked) -> str:
    if asked.allowed:
        return " / ".join(asked.allowed)
    return " ".join(part for part in ("a " + asked.kind, f"in {asked.unit}" if asked.unit else "") if part)


def _calendar(plan: Plan) -> tuple[Day, ...]:
    """Day by day for a course of up to two weeks; longer ones by phase."""
    if plan.regimen is None:
        return ()
    by_day = plan.regimen.days <= DAY_BY_DAY
    out, first = [], 1
    for phase in plan.regimen.phases:
        step = 1 if by_day else phase.days
        for offset in range(0, phase.days, step):
            out.append(_day(plan, phase, first + offset, first + offset + step - 1))
        first += phase.days
    return tuple(out)


def _day(plan: Plan, phase: Phase, first: int, last: int) -> Day:
    assert plan.regimen is not None
    start = plan.regimen.start + timedelta(days=first - 1)
    end = plan.regimen.start + timedelta(days=last - 1)
    return Day(
        days=f"Day {first}" if first == last else f"Days {first} to {last}",
        dates=words.short_day(start) if first == last else f"{words.short_day(start)} to {words.short_day(end)}",
        doses=words.doses(phase.doses) or ("none",),
        mg=words.amount(phase.mg_per_day),
    )


def _monitoring(plan: Plan) -> tuple[tuple[str, tuple[Watch, ...]], ...]:
    moments: dict[str, list[Watch]] = {}
    for watch in plan.monitoring:
        moments.setdefault(watch.when, []).append(watch)
    return tuple((when, tuple(watches)) for when, watches in moments.items())


def _supply(plan: Plan) -> tuple[str, ...]:
    if plan.supply is None:
        return ()
    lines = [f"{words.amount(line.count)} x {line.name}" for line in plan.supply.lines]
    refills = words.counted(plan.supply.refills, "refill") if plan.supply.refills else "no refills"
    lines.append(
        f"{words.amount(plan.supply.total_mg)} mg in all for {words.counted(plan.supply.days, 'day')}, {refills}"
    )
    return (*lines, *plan.supply.notes)


def _interaction(change: ExposureChange) -> InteractionLine:
    shown = change.shows_number
    when = "" if change.from_day <= 1 else f" From day {change.from_day}."
    until = f" Until day {change.until_day}." if change.until_day is not None else ""
    return InteractionLine(
        medicine=change.perpetrator,
        says=f"{change.say}{when}{until}" if shown else f"{words.UNCONFIRMED} {change.say}",
        ratio=f"x {words.number(change.ratio)}" if shown else f"{change.direction}; size not known",
        interval=f"{words.number(change.low)} to {words.number(change.high)}" if shown else "",
        basis=change.basis,
    )


def _combined_rank(one: CombinedFound) -> tuple[int, bool, str]:
    return COMBINED_SEVERITIES.index(one.severity), not one.certain, one.fact


def _considered(plan: Plan) -> tuple[ConsideredLine, ...]:
    return tuple(
        ConsideredLine(
            one.candidate.id,
            one.candidate.words,
            one.chosen,
            one.reason,
            f"{words.number(one.course.peak_ng_ml.typical)} ({words.interval(one.course.peak_ng_ml)}) ng/mL",
        )
        for one in sorted(plan.considered, key=lambda one: not one.chosen)
    )


def _alternatives(all_of_them: tuple[AlternativeAppraisal, ...]) -> tuple[AlternativeGroup, ...]:
    groups = []
    for result, heading in ALTERNATIVE_RESULTS.items():
        members = tuple(one for one in all_of_them if one.result == result)
        if members:
            groups.append(AlternativeGroup(result, heading, tuple(sorted(members, key=_untried_first))))
    return tuple(groups)


def _untried_first(one: AlternativeAppraisal) -> tuple[bool, int]:
    return one.tried is Answer.YES, one.step


def _by_topic(ids: tuple[str, ...], *, stopping_first: bool) -> tuple[tuple[str, tuple[Advice, ...]], ...]:
    """Whoever takes it already hears first how not to stop."""
    advice = tuple(knowledge().get("advice", key) for key in ids if knowledge().has("advice", key))
    order = ["stopping", *TOPICS] if stopping_first else list(TOPICS)
    ranked = sorted(advice, key=lambda row: (order.index(row.topic) if row.topic in order else len(order), row.topic))
    return tuple((TOPICS.get(topic, topic), tuple(rows)) for topic, rows in groupby(ranked, key=lambda row: row.topic))
