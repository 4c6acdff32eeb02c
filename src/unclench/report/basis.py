"""What an answer rests on: the course it shows, the facts and sources behind it, and its limits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from unclench.consult import Consultation
from unclench.knowledge import knowledge
from unclench.knowledge.load import FILES, ON_DEMAND, has_ids
from unclench.knowledge.rows import Source
from unclench.planning.shown import shown
from unclench.planning.taper_plan import Taper
from unclench.report import wording as words
from unclench.simulation.course import Course
from unclench.values import MadeWith

STOP_SHORT = "ADV-STOP-SHORT"


def shown_course(consultation: Consultation) -> tuple[Course | None, str]:
    """The course that is shown, the minor metabolites with it, and what it is called."""
    course = shown(consultation.appraisal, consultation.courses, consultation.plan)
    if course is None:
        return None, ""
    if consultation.in_full is not None:
        have = {curve.analyte for curve in course.curves}
        minor = (curve for curve in consultation.in_full.curves if curve.analyte not in have)
        course = replace(course, curves=(*course.curves, *minor))
    if consultation.plan.chosen is not None:
        return course, "the proposed regimen"
    return course, "diazepam as probably taken now; this is not a recommendation"


def advice_told(consultation: Consultation) -> tuple[str, ...]:
    """The advice that applies, without leave to "simply stop" where the plan ends in a taper or in no other way yet."""
    if consultation.plan.taper_needed == "none":
        return consultation.appraisal.advice
    return tuple(one for one in consultation.appraisal.advice if one != STOP_SHORT)


def facts_used(consultation: Consultation) -> tuple[str, ...]:
    """Ids of every row behind this consultation, sorted."""
    course, _ = shown_course(consultation)
    used = {*consultation.appraisal.facts, *consultation.plan.facts, *advice_told(consultation)}
    used.update(finding.rule for finding in consultation.appraisal.findings)
    used.update(course.facts if course else ())
    used.update(consultation.effects.facts if consultation.effects else ())
    used.update(consultation.in_full.facts if consultation.in_full else ())
    used.update(taper_facts(consultation.plan.taper) if consultation.plan.taper is not None else ())
    for group in (consultation.appraisal.alternatives, consultation.appraisal.exposure.changes):
        used.update(fact for one in group for fact in one.facts)
    return tuple(sorted(used))


def limits_here(consultation: Consultation) -> tuple[str, ...]:
    """What bounds this one answer: an old edition, a child, and what stood in for what is not known."""
    appraisal = consultation.appraisal
    course, _ = shown_course(consultation)
    out = list(old_edition(appraisal.on, consultation.made_with))
    if appraisal.body.age_y is not None and appraisal.body.age_y < words.ADULT_Y:
        out.extend(words.statements("children"))
    out.extend(course.assumed if course else ())
    out.extend(consultation.effects.assumed if consultation.effects else ())
    out.extend(appraisal.exposure.cannot_say)
    out.extend(consultation.made_with.notes)
    return tuple(dict.fromkeys(out))


def old_edition(on: date, made_with: MadeWith) -> tuple[str, ...]:
    """What an answer says on facts of more than a year."""
    old = (on - made_with.edition_date).days > knowledge().limit("EDITION-DAYS", "d")
    return words.statements("old-edition") if old else ()


def limits(consultation: Consultation) -> tuple[str, ...]:
    """What this answer cannot do, what bounds it alone first."""
    of_effects = words.statements("limits-effects" if consultation.effects else "limits-no-effects")
    return tuple(dict.fromkeys((*limits_here(consultation), *words.statements("limits"), *of_effects)))


def taper_facts(taper: Taper) -> tuple[str, ...]:
    """Ids of every row behind a taper, sorted."""
    used = {*taper.facts, *(one.fact for one in taper.views), *(rule for rule, _ in taper.holds_at)}
    used.update(proof.rule for proof in taper.proofs)
    used.update(fact for one in taper.compared for fact in one.facts)
    if taper.switch is not None:
        used.update((*taper.switch.facts, *(fact for fact, _ in taper.switch.sources)))
    if taper.learning is not None:
        used.update(taper.learning.facts)
    return tuple(sorted(used))


def taper_limits(taper: Taper, on: date, made_with: MadeWith) -> tuple[str, ...]:
    """What bounds a taper: this one first, then every one."""
    plan = words.statements("limits-taper") if taper.schedule is not None else ()
    here = (*old_edition(on, made_with), *made_with.notes, *plan)
    return tuple(dict.fromkeys((*here, *words.statements("limits"))))


def sources_used(facts: tuple[str, ...], consultation: Consultation) -> tuple[Source, ...]:
    """The sources of the rows used, by id; a source is not listed unless something rests on it."""
    return sources_of(facts, also={finding.source for finding in consultation.appraisal.findings})


def sources_of(facts: tuple[str, ...], also: Collection[str] = ()) -> tuple[Source, ...]:
    rows = every_row()
    wanted = {*also, *(getattr(rows[fact], "source", "") for fact in facts if fact in rows)}
    return tuple(row for row in sorted(knowledge().table("sources"), key=lambda row: row.id) if row.id in wanted)


def every_row() -> dict[str, Any]:
    """All rows of a consultation's knowledge by id."""
    found: dict[str, Any] = {}
    for name in FILES:
        if name not in ON_DEMAND and has_ids(name):
            found.update((row.id, row) for row in knowledge().table(name))
    return found
