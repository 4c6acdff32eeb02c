"""The prescriber's report as a PDF: what the page of a consultation says, from the same value, set for paper.

Nothing of the patient is in the properties of the file: its title is the same for everybody.
"""

from __future__ import annotations

from typing import Any

from unclench.consult import Consultation
from unclench.report import wording as words
from unclench.report.content import AlternativeGroup, Content, QuestionLine, content
from unclench.report.effects import Subject
from unclench.report.merge import Merged
from unclench.report.pdf_plan import plan_told, taper_told
from unclench.report.plots import plots
from unclench.report.typeset import drawing, typeset
from unclench.values import Jurisdiction

TITLE = "Diazepam for muscle spasm: report for the prescriber"
PAPER = {Jurisdiction.UK: "a4", Jurisdiction.US: "us-letter"}
ANALYTES = {"diazepam": "Diazepam", "nordazepam": "Nordazepam, its active metabolite"}
MOST_CONSIDERED = 2
LAYOUTS = {"not-for-this-patient": "names", "offer": "run", "cannot-say": "run"}
CLEAR_RESULTS = ("offer", "cannot-say")  # what these mean stands in their heading


def to_pdf(consultation: Consultation) -> bytes:
    """The PDF of one consultation: A4 for the United Kingdom, Letter for the United States.

    Raises
    ------
    EngineError
        when the page cannot be set.
    """
    said = content(consultation)
    told = _told(said) | {"paper": PAPER[consultation.appraisal.jurisdiction]}
    return typeset("consultation.typ", told, what="the report")


def _told(said: Content) -> dict[str, Any]:
    """Every word of the report, in its order. Only layout is left to the template."""
    return {
        "title": TITLE,
        "language": said.language,
        "bar": (said.jurisdiction, said.on),
        "review": said.not_reviewed,
        "verdict": said.verdict or "none",
        "verdict_words": said.verdict_words,
        "purpose": words.capital(said.purpose),
        "judged_words": said.verdict is not None,
        "because": said.verdict_because,
        "provided": said.provided_that,
        "who": tuple(pair for pair in _who(said) if pair[1]),
        "judged": said.verdict is not None or bool(said.why or said.notes),
        "why": tuple(_finding(one) for one in said.why),
        "why_more": tuple(_named(one) for one in said.why_more),
        "notes": tuple(_named(one) for one in said.notes),
        "questions": tuple(_question(one) for one in said.questions),
        "later": tuple((one.ask, one.id) for one in said.questions_later),
        "plan": plan_told(said),
        "taper": taper_told(said),
        "watch": tuple(
            (words.capital(when), tuple((watch.what, watch.rule) for watch in watches))
            for when, watches in said.monitoring
        ),
        "effects": _effects(said),
        "levels": _levels(said),
        "interactions": tuple(
            (one.medicine, one.says, f"{one.ratio} ({one.interval})" if one.interval else one.ratio, one.basis)
            for one in said.interactions
        ),
        "combined": tuple(_combined(said)),
        "alternatives": tuple(_alternatives(group) for group in said.alternatives),
        "not_known": tuple((one.title, one.missing, one.rule) for one in said.not_known),
        "unrecognised": said.unrecognised,
        "noticed": said.noticed,
        "advice": bool(said.advice),
        "limits": said.limits,
        "sources": tuple(_sources(said)),
        "made_with": _made_with(said),
    }


def _who(said: Content) -> tuple[tuple[str, str], ...]:
    return (
        ("Patient", said.patient),
        ("Treated", said.indication),
        ("Diazepam now", said.takes_now),
        ("Asked", said.request),
    )


def _finding(one: Merged) -> dict[str, Any]:
    return {
        "effect": one.effect.value,
        "tag": words.EFFECTS[one.effect],
        "title": one.title,
        "say": one.say,
        "because": one.because,
        "ids": (one.rule, *one.others),
        "mark": words.standing_mark(one.standing),
    }


def _named(one: Merged) -> tuple[str, str]:
    return one.title, one.rule


def _question(one: QuestionLine) -> dict[str, Any]:
    return {"ask": one.ask, "id": one.id, "allowed": one.allowed, "why": one.why, "outcomes": one.outcomes}


def _effects(said: Content) -> dict[str, Any] | None:
    if said.effects is None:
        return None
    return {
        "label": said.course_label,
        "intro": said.effects.intro,
        "subjects": tuple(_subject(one) for one in said.effects.subjects),
    }


def _subject(one: Subject) -> dict[str, Any]:
    return {
        "heading": one.heading,
        "mark": one.mark,
        "answers": tuple((line.says, line.typical, "" if one.mark else line.mark) for line in one.answers),
        "notes": one.notes,
        "drawings": tuple(
            {"heading": panel.heading, "svg": drawing(panel.svg), "alt": panel.summary} for panel in one.panels
        ),
    }


def _levels(said: Content) -> dict[str, Any]:
    """Levels and their numbers, or why there are none."""
    course = said.course
    if course is None:
        return {"none": said.no_course if said.plan.regimen is not None or said.interactions or said.combined else ""}
    others = [one for one in said.considered if not one.chosen]
    return {
        "none": "",
        "label": said.course_label,
        "notes": said.curve_notes,
        "outside": course.extrapolated,
        "people": str(course.people),
        "plots": tuple(
            {
                "heading": ANALYTES.get(plot.analyte, words.capital(plot.analyte)),
                "svg": drawing(plot.svg),
                "alt": plot.summary,
            }
            for plot in plots(course)
        ),
        "numbers": tuple((row.name, f"{row.typical} {row.unit}", row.interval, row.sure) for row in said.numbers),
        "considered": tuple((one.words, f"peak {one.peak}", one.reason) for one in others[:MOST_CONSIDERED]),
        "more": max(len(others) - MOST_CONSIDERED, 0),
    }


def _combined(said: Content) -> list[tuple[str, str, str, str]]:
    rows = []
    for one in said.combined:
        marks = [one.severity if one.certain else f"{one.severity}, if taken", words.standing_mark(one.standing)]
        name = ", ".join(words.clean(medicine) for medicine in one.medicines) or one.title
        rows.append((name, "; ".join(mark for mark in marks if mark), one.effect, one.do))
    return rows


def _alternatives(group: AlternativeGroup) -> dict[str, Any]:
    """Those that need care are listed with the reason; the others are told in one run, or only named."""
    return {
        "heading": group.heading,
        "layout": LAYOUTS.get(group.result, "list"),
        "members": tuple(
            {
                "name": one.name,
                "dose": one.dose,
                "say": "" if group.result in CLEAR_RESULTS else one.say,
                "strength": one.strength,
                "tried": words.TRIED if one.tried == "yes" else "",
                "because": "" if group.result == "cannot-say" else (one.because[:1] or ("",))[0],
                "missing": one.missing,
            }
            for one in group.members
        ),
    }


def _sources(said: Content) -> list[tuple[str, tuple[str, ...]]]:
    """By how they were read, which says how far they can be trusted. Those of this project itself are only counted."""
    groups: dict[str, list[str]] = {}
    for source in said.sources:
        name = words.capital(words.READ_AS.get(source.read_as, source.read_as))
        groups.setdefault(name, []).append(f"{source.title}, {source.year}" if source.year else source.title)
    order = [words.capital(name) for name in words.READ_AS.values()]
    ranked = sorted(groups, key=lambda name: order.index(name) if name in order else len(order))
    ours = words.capital(words.READ_AS["project"])
    return [
        (name, tuple(groups[name]) if name != ours else (f"{len(groups[name])} entries, in the JSON",))
        for name in ranked
    ]


def _made_with(said: Content) -> str:
    made = said.made_with
    packages = "".join(f", {name} {version}" for name, version in made.python_packages)
    return (
        f"Made with unclench {made.unclench}, knowledge {made.edition}, seed {made.seed}{packages}. "
        f"{len(said.facts)} facts were used: the JSON lists them, and unclench explain ID shows one in full."
    )
