"""What a patient is handed, as values: plain words, exact doses, what to expect, and when to get help.

It is handed over by the professional and says so. Doses are those of the plan, in its tablets or mL. Without a regimen
and without present use it holds no dose at all: it says what to do instead. Which advice applies was decided before;
rows that are hard to read have a plain twin here (`LEAF-` before their id).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from unclench.consult import Consultation
from unclench.knowledge import knowledge
from unclench.knowledge.rows import Advice
from unclench.planning.words import listed
from unclench.report import wording as words
from unclench.report.calendar_course import dated_course
from unclench.report.calendar_days import Dated
from unclench.report.calendar_sheet import PAPER, made_in_words
from unclench.report.calendar_words import Take, long, mg, short
from unclench.values import Answer, Jurisdiction, RegimenError

COURSE, STOPPING, INSTEAD, SEEN_FIRST = "course", "stopping", "instead", "seen-first"
RED_FLAGS = "IND-08"
TITLES = {
    COURSE: "LEAF-TITLE",
    STOPPING: "LEAF-TITLE-STOP",
    INSTEAD: "LEAF-TITLE-INSTEAD",
    SEEN_FIRST: "LEAF-TITLE-SEEN",
}
# Said in a box of its own, said by another row here, or too much for a page to keep.
LEFT_OUT = frozenset(
    {"ADV-CALL-NOW", "ADV-BREATHING", "ADV-ALLERGY", "ADV-ANY-EFFECT", "ADV-FALLS", "ADV-MAGNESIUM", "ADV-POSTURE"}
)
# Topics of advice under their headings on the leaflet, in its order.
SECTIONS = (
    ("expect", "What to expect", ("expect",)),
    ("living", "Drink and driving", ("driving", "alcohol")),
    ("medicines", "If you take other drugs too", ("other-medicines",)),
    ("missed", "If you miss a dose", ("missed-dose",)),
    ("stopping", "When you stop", ("stopping",)),
    ("carer", "For those who help you", ("carer",)),
    ("pregnancy", "If you have or want a baby", ("pregnancy",)),
    ("storage", "Keep it safe", ("storage",)),
    ("self", "What you can do", ("self-care", "prevention", "sleep")),
)
ALSO_CALL = ("ADV-PARADOX",)  # a row of another topic whose plain twin belongs under "Call us"
WITH_DIAZEPAM_ONLY = "no"


@dataclass(frozen=True, slots=True)
class DoseLine:
    """Days in a row on which the same is taken."""

    days: str  # "Sun 22 November 2026 to Sat 28 November 2026"
    length: str  # "7 days"
    takes: tuple[tuple[str, str], ...]  # ("Night, 10 pm", "1 tablet of 5 mg")
    a_day: str  # "5 mg a day"


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaflet:
    kind: str  # course | stopping | instead | seen-first
    title: str
    handed: str
    for_professional: str
    ruled_out: tuple[str, ...]
    given_by: str
    country: str
    made_on: str
    emergency: str
    now: tuple[str, ...]
    call: tuple[str, ...]
    doses: tuple[DoseLine, ...]
    dose_notes: tuple[str, ...]
    how: tuple[str, ...]
    sections: tuple[Section, ...]
    review: str
    made_with: str
    facts: tuple[str, ...]
    language: str
    paper: str


def leaflet(consultation: Consultation) -> Leaflet:
    """Everything on the leaflet of this consultation.

    Raises
    ------
    RegimenError
        where no assessment is due: there is nobody to hand a leaflet to, or nothing to say in it.
    """
    appraisal, facts = consultation.appraisal, knowledge()
    kind = _kind(consultation)
    advice = _advice(consultation, kind)
    country = appraisal.jurisdiction.value.upper()
    open_questions = appraisal.provided_that if kind == COURSE else ()
    return Leaflet(
        kind=kind,
        title=facts.say(TITLES[kind]),
        handed=facts.say("LEAF-WITH"),
        for_professional=facts.say("LEAF-PRO") if open_questions else "",
        ruled_out=open_questions,
        given_by=facts.say("LEAF-GIVEN-BY"),
        country=words.JURISDICTIONS[appraisal.jurisdiction],
        made_on=words.day(appraisal.on),
        emergency=facts.say(f"CAL-NOW-{country}"),
        now=tuple(_now(kind)),
        call=(*_call(advice), facts.say(f"LEAF-CALL-{country}")),
        doses=tuple(_doses(dated_course(consultation.plan))) if not _as_needed(consultation) else (),
        dose_notes=tuple(_dose_notes(consultation, kind)),
        how=tuple(_plain(row) for row in advice if row.topic == "how-to-take"),
        sections=tuple(_sections(consultation, kind, advice)),
        review=facts.say("LEAF-REVIEW"),
        made_with=made_in_words(consultation.made_with),
        facts=tuple(row.id for row in advice),
        language="en-GB" if appraisal.jurisdiction is Jurisdiction.UK else "en-US",
        paper=PAPER[appraisal.jurisdiction],
    )


def _kind(consultation: Consultation) -> str:
    appraisal, plan = consultation.appraisal, consultation.plan
    uses = appraisal.purpose in ("continue", "stop") or appraisal.current_use.answer is Answer.YES
    if plan.regimen is not None:
        return COURSE
    if uses and appraisal.verdict is not None:
        return STOPPING
    if any(one.rule == RED_FLAGS and one.answer is Answer.YES for one in appraisal.findings):
        return SEEN_FIRST
    if appraisal.verdict is None and not plan.instead:
        raise RegimenError(
            where="the leaflet",
            found="that no assessment is due",
            need="a plan, or something to do instead",
            fix="Leave the leaflet out.",
        )
    return INSTEAD


def _advice(consultation: Consultation, kind: str) -> tuple[Advice, ...]:
    """The rows that apply, without those said elsewhere. Without diazepam only what is true without it."""
    facts, plan = knowledge(), consultation.plan
    out = set(LEFT_OUT)
    if not _as_needed(consultation):
        out.add("ADV-AS-NEEDED")
    if kind != COURSE or plan.taper_needed != "none":
        out.add("ADV-STOP-SHORT")
    if kind == STOPPING:
        out.add("ADV-NOT-BETTER")  # "do not just carry on": here it could be read as leave to stop
    rows = [facts.get("advice", key) for key in consultation.appraisal.advice if key not in out]
    if kind in (COURSE, STOPPING):
        return tuple(rows)
    kept = [row for row in rows if row.even_without_diazepam != WITH_DIAZEPAM_ONLY]
    return tuple(row for row in kept if kind == INSTEAD or row.id == "ADV-RED-FLAGS")


def _plain(row: Advice) -> str:
    """The sentence of a row, or its plain twin."""
    twin = f"LEAF-{row.id}"
    return knowledge().say(twin) if knowledge().has("statements", twin) else row.say


def _now(kind: str) -> Iterator[str]:
    """What diazepam, or its end, can do at worst. Without diazepam there is no such box."""
    if kind in (COURSE, STOPPING):
        for key in ("CAL-NOW-BREATH", "LEAF-NOW-AIR", "CAL-NOW-FIT", "CAL-NOW-HARM"):
            yield knowledge().say(key)


def _call(advice: tuple[Advice, ...]) -> tuple[str, ...]:
    return tuple(_plain(row) for row in advice if row.topic == "help" or row.id in ALSO_CALL)


def _as_needed(consultation: Consultation) -> bool:
    regimen = consultation.plan.regimen
    return regimen is not None and regimen.as_needed


def _doses(days: tuple[Dated, ...]) -> Iterator[DoseLine]:
    """Days in a row that are alike."""
    for takes, group in groupby(days, key=lambda day: day.takes):
        run = list(group)
        yield DoseLine(
            days=_span(run[0].on, run[-1].on),
            length=words.counted(len(run), "day"),
            takes=tuple((f"{one.part}, {one.at}", _said(one)) for one in takes),
            a_day=f"{mg(run[0].mg)} a day" if run[0].mg else "none",
        )


def _span(first: date, last: date) -> str:
    """Sun 22 November to Sat 28 November 2026; the year is said twice where there are two."""
    if first == last:
        return long(first)
    begin = long(first).removesuffix(f" {last.year}")
    return f"{begin} to {long(last)}"


def _said(one: Take) -> str:
    """What is taken. More than one tablet also says the mg that they make."""
    single = len(one.pieces) == 1 and one.pieces[0].whole == 1 and not one.pieces[0].half
    return one.what if single or not one.pieces else f"{one.what} ({one.box} in all)"


def _dose_notes(consultation: Consultation, kind: str) -> Iterator[str]:
    say, plan = knowledge().say, consultation.plan
    if kind == COURSE:
        yield from _course_notes(consultation)
    elif kind == STOPPING:
        yield from _stopping_notes(consultation)
    elif kind == SEEN_FIRST:
        yield say("LEAF-SEEN-FIRST")
        yield say("LEAF-NONE-HOME")
    else:
        yield say("LEAF-NONE")
        yield say("LEAF-NONE-HOME")
    if kind == COURSE and plan.review_on:
        yield say("LEAF-SEE", days=listed(short(on) for on in plan.review_on))


def _course_notes(consultation: Consultation) -> Iterator[str]:
    say, plan = knowledge().say, consultation.plan
    if _as_needed(consultation) and plan.regimen is not None:
        rows = dict.fromkeys(one.row for day in dated_course(plan) for one in day.takes)
        yield from (say("LEAF-NEEDED", row=row) for row in rows)
    if plan.stop_on is not None:
        key = {"none": "LEAF-LAST"}.get(plan.taper_needed, "LEAF-THEN" if _planned(consultation) else "LEAF-THEN-ASK")
        yield say(key, day=long(plan.stop_on))
    if plan.max_daily_mg is not None:
        yield say("LEAF-MOST", most=mg(plan.max_daily_mg))
    yield say("LEAF-LABEL")


def _planned(consultation: Consultation) -> bool:
    taper = consultation.plan.taper
    return taper is not None and bool(taper.days)


def _stopping_notes(consultation: Consultation) -> Iterator[str]:
    """Present use without a new regimen: how it ends, or that it must not end before somebody has planned it."""
    say, taper = knowledge().say, consultation.plan.taper
    if taper is not None and taper.schedule is not None and taper.days:
        if taper.schedule.start_on > consultation.appraisal.on:
            yield say("LEAF-STEPS-UNTIL")
        yield say("LEAF-STEPS", day=long(taper.schedule.start_on), end=long(taper.schedule.ends_on))
    elif consultation.plan.taper_needed == "specialist":
        yield from words.statements("calendar-hold")
    else:
        yield say("LEAF-ASK-STOP")


def _sections(consultation: Consultation, kind: str, advice: tuple[Advice, ...]) -> Iterator[Section]:
    extra = _added(consultation, kind)
    for key, title, topics in SECTIONS:
        rows = [row for row in advice if row.topic in topics and row.id not in ALSO_CALL]
        lines = (*extra.get(f"{key} first", ()), *(_plain(row) for row in rows), *extra.get(key, ()))
        if key == "expect":
            lines = (*lines, *(_plain(row) for row in advice if row.topic == "serious" and row.id not in ALSO_CALL))
        if lines:
            yield Section(key, title, tuple(dict.fromkeys(lines)))


def _added(consultation: Consultation, kind: str) -> dict[str, tuple[str, ...]]:
    """Sentences that hang on the country or on how the plan ends."""
    say, appraisal, plan = knowledge().say, consultation.appraisal, consultation.plan
    country = appraisal.jurisdiction.value.upper()
    added: dict[str, tuple[str, ...]] = {}
    if kind != SEEN_FIRST:
        added["medicines"] = (say(f"LEAF-PAIN-{country}"),)
    if kind in (COURSE, STOPPING) and appraisal.jurisdiction is Jurisdiction.US:
        added["living"] = (say("LEAF-DRIVE-US"),)
    if kind == COURSE and plan.taper_needed != "none":
        added["stopping first"] = (say("LEAF-STOP-THEN" if _planned(consultation) else "LEAF-STOP-ASK"),)
    return added
