"""The calendar of a consultation: of its taper where there is one, after the days of the course before it; else of the
proposed course itself.

An as-needed course has no times and sets no alarm: each day says how much at a time, and the most in 24 hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from unclench.consult import Consultation
from unclench.knowledge import knowledge
from unclench.planning.course_days import at_most, course_days
from unclench.planning.plan import Plan
from unclench.planning.words import times
from unclench.report import wording as words
from unclench.report.calendar_days import NEW, SAME, Dated
from unclench.report.calendar_sheet import (
    ADVICE,
    PAPER,
    Leaf,
    Sheet,
    calendar_sheet,
    leaves_of,
    made_in_words,
    stretches,
)
from unclench.report.calendar_words import Take, is_liquid, mg, said, short, take
from unclench.report.ics import Entry, calendar_file, entries_of, to_ics
from unclench.report.taper_calendar import sheet_html
from unclench.report.taper_pdf import sheet_pdf
from unclench.values import DAY_H, Jurisdiction, Phase, RegimenError

IF_NEEDED = "Only if you need it"
COURSE_ADVICE = ("LEAF-ADV-CALL-DOCTOR", "LEAF-ADV-PARADOX", "CAL-CALL-SLEEPY", "CAL-CALL-OTHER")


def consultation_calendar_html(consultation: Consultation, *, large: bool = False) -> bytes:
    """The calendar as a page in UTF-8.

    Raises
    ------
    RegimenError
        where there is nothing to take on any day, and no taper.
    """
    return sheet_html(_sheet(consultation), large=large)


def consultation_calendar_pdf(consultation: Consultation, *, large: bool = False) -> bytes:
    """The same as a PDF."""
    return sheet_pdf(_sheet(consultation), large=large)


def consultation_ics(consultation: Consultation) -> bytes:
    """The same as a calendar file (RFC 5545)."""
    plan, appraisal, made_with = consultation.plan, consultation.appraisal, consultation.made_with
    days = _days(consultation)
    if plan.taper is not None:
        return to_ics(plan.taper, appraisal.on, appraisal.jurisdiction, made_with, before=days)
    over = Entry(days[-1].on + timedelta(days=1), None, knowledge().say("COURSE-ICS-END"), 1, 1)
    entries = (*entries_of(days), *((over,) if plan.taper_needed == "none" else ()))
    name = knowledge().say("COURSE-TITLE")
    return calendar_file(entries, days[0].on, appraisal.jurisdiction, made_with, name=name)


def dated_course(plan: Plan) -> tuple[Dated, ...]:
    """Every day of the regimen, with what is taken; none without a regimen."""
    if plan.regimen is None or plan.supply is None:
        return ()
    out: list[Dated] = []
    as_needed = plan.regimen.as_needed
    phases = [phase for phase in plan.regimen.phases for _ in range(phase.days)]
    for day, phase in zip(course_days(plan), phases, strict=True):
        takes = tuple(take(intake) for intake in day.intakes)
        if as_needed and phase.doses:
            one = said(day.intakes[0].units[0]) if len(day.intakes[0].units) == 1 else takes[0].what
            takes = (_if_needed(one, phase),)
        changed = bool(out) and (day.mg != out[-1].mg or takes != out[-1].takes)
        mark = "" if not changed else NEW if day.mg != out[-1].mg else SAME
        out.append(Dated(day.on, takes, day.mg, mark))
    return tuple(out)


def _if_needed(what: str, phase: Phase) -> Take:
    """One dose, how often at most, and in the box of a day the most of it."""
    _, often, most = at_most(phase)
    say = knowledge().say
    row = say("COURSE-IF-NEEDED", what=what, times=times(often).removesuffix(" a day"))
    return Take(DAY_H, IF_NEEDED, "", row, row, say("COURSE-BOX-NEEDED", most=mg(most)), (), ())


def _days(consultation: Consultation) -> tuple[Dated, ...]:
    """The days of the course, as far as no taper replaces its rest."""
    plan = consultation.plan
    days = dated_course(plan)
    if plan.taper is not None:
        begins = plan.taper.days[0].on if plan.taper.days else None
        return tuple(day for day in days if begins is None or day.on < begins)
    if not days:
        raise RegimenError(
            where="the calendar",
            found="a plan without doses",
            need="a proposed course, or a taper",
            fix="Leave the calendar out: the leaflet says what to do instead.",
        )
    return days


def _sheet(consultation: Consultation) -> Sheet:
    plan, appraisal, made_with = consultation.plan, consultation.appraisal, consultation.made_with
    days = _days(consultation)
    if plan.taper is not None:
        made = calendar_sheet(plan.taper, appraisal.on, appraisal.jurisdiction, made_with, before=days)
    else:
        made = _course_sheet(consultation, days)
    if plan.regimen is None or not appraisal.provided_that:
        return made
    return replace(made, for_professional=knowledge().say("LEAF-PRO"), ruled_out=appraisal.provided_that)


def _course_sheet(consultation: Consultation, days: tuple[Dated, ...]) -> Sheet:
    appraisal, facts = consultation.appraisal, knowledge()
    country = appraisal.jurisdiction.value.upper()
    advice = {key: facts.get("advice", key).say for key in ADVICE}
    leaves: tuple[Leaf, ...] = tuple(leaves_of(days, lambda week: _notes(week, _over(consultation, days))))
    length = words.counted(len(days), "day")
    return Sheet(
        title=facts.say("COURSE-TITLE"),
        lead=facts.say("COURSE-LEAD", days=length) if consultation.plan.taper_needed == "none" else "",
        country=words.JURISDICTIONS[appraisal.jurisdiction],
        made_on=words.day(appraisal.on),
        emergency=facts.say(f"CAL-NOW-{country}"),
        how=words.statements("course-how"),
        ratings=(facts.say("CAL-RATE-SPASM"), *words.statements("course-rate")),
        rules=tuple(_rules(consultation, days)),
        now=words.statements("calendar-now"),
        call=tuple(facts.say(key) for key in COURSE_ADVICE),
        missed=() if consultation.plan.regimen and consultation.plan.regimen.as_needed else (advice["ADV-MISSED"],),
        living=tuple(advice[key] for key in ADVICE[1:-1]),
        held=(),
        held_because=(),
        plan=tuple(stretches(days)) if len(leaves) > 1 else (),
        leaves=leaves,
        foot=facts.say(f"COURSE-FOOT-{country}"),
        review=facts.say("LEAF-REVIEW"),
        made_with=made_in_words(consultation.made_with),
        facts=_facts(),
        language="en-GB" if appraisal.jurisdiction is Jurisdiction.UK else "en-US",
        paper=PAPER[appraisal.jurisdiction],
        rated=("Spasm", "Sleepy"),
    )


def _rules(consultation: Consultation, days: tuple[Dated, ...]) -> Iterator[str]:
    say, plan = knowledge().say, consultation.plan
    yield say("COURSE-RULE-MORE")
    if plan.regimen is not None and plan.regimen.as_needed:
        yield say("COURSE-RULE-NEEDED")
    elif plan.taper_needed == "none":
        yield say("COURSE-RULE-SOONER")
    else:
        yield say("LEAF-STOP-ASK")
    if any(is_liquid(product) for day in days for one in day.takes for product in one.products):
        yield say("CAL-RULE-LIQUID")


def _over(consultation: Consultation, days: tuple[Dated, ...]) -> date | None:
    """The first day without diazepam. A course that a taper must follow does not end by itself."""
    return days[-1].on + timedelta(days=1) if consultation.plan.taper_needed == "none" else None


def _notes(week: tuple[Dated, ...], over: date | None) -> Iterator[str]:
    say = knowledge().say
    for day in week:
        if day.mark == NEW and day.mg is not None:
            yield say("CAL-NEW-FROM", day=short(day.on), dose=mg(day.mg))
        elif day.mark == SAME:
            yield say("CAL-SAME-FROM", day=short(day.on))
    if over is not None and week[-1].on + timedelta(days=1) == over:
        yield say("COURSE-END", day=short(over))
        yield knowledge().get("advice", "ADV-RETURN").say


def _facts() -> tuple[str, ...]:
    rows = knowledge().table("statements")
    return (*(row.id for row in rows if row.where.partition("-")[0] == "course"), *ADVICE, *COURSE_ADVICE)
