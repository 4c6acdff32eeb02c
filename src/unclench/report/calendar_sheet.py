"""The patient's calendar as values: weeks that are never torn apart, what to take in each, and when to call.

A week is seven days from the first day of the plan, so that a new dose begins a week wherever the plan lets it. A row
is one time of day and one amount; it has a box on exactly the days on which that amount is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from unclench.knowledge import knowledge
from unclench.planning.taper_plan import Taper
from unclench.report import wording as words
from unclench.report.calendar_days import AFTER, CROSSING, END, NEW, SAME, Dated, dated, joined
from unclench.report.calendar_words import Piece, Take, is_liquid, long, mg, short
from unclench.values import Jurisdiction, MadeWith

Notes = Callable[[tuple[Dated, ...]], Iterable[str]]
WEEK = 7
LEAF_WEEKS = 4
PAPER = {Jurisdiction.UK: "a4", Jurisdiction.US: "us-letter"}
MOST_AMOUNTS = 3  # more than these are not read at a glance: the rows say them day by day
# Existing advice that belongs on the sheet, by topic.
ADVICE = ("ADV-MISSED", "ADV-ALCOHOL", "ADV-DRIVE", "ADV-DRIVE-FEEL", "ADV-RETURN")


@dataclass(frozen=True, slots=True)
class Row:
    """One amount at one time of day. `boxes`: mg or mL for each day of the week, "" where it is not taken."""

    part: str
    at: str
    what: str
    pieces: tuple[Piece, ...]
    days: str  # "Tue 8 Dec to Thu 10 Dec", or "" for the whole week
    boxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    weekday: str
    date: str
    mark: str


@dataclass(frozen=True, slots=True)
class Week:
    name: str
    a_day: str
    days: tuple[Day, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """Four weeks, which fit on one page: a calendar month would leave pages nearly empty, or tear a week apart."""

    name: str  # "24 November to 21 December 2026"
    short_name: str
    anchor: str
    span: str  # "Weeks 1 to 4"
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One line of the plan at a glance, for a plan of more than one leaf: from this day, this much."""

    on: str
    a_day: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    lead: str
    country: str
    made_on: str
    emergency: str
    how: tuple[str, ...]
    ratings: tuple[str, ...]
    rules: tuple[str, ...]
    now: tuple[str, ...]
    call: tuple[str, ...]
    missed: tuple[str, ...]
    living: tuple[str, ...]
    held: tuple[str, ...]
    held_because: tuple[str, ...]
    plan: tuple[Stretch, ...]
    leaves: tuple[Leaf, ...]
    foot: str
    review: str
    made_with: str
    facts: tuple[str, ...]
    language: str
    paper: str
    rated: tuple[str, ...] = ("Withdrawal", "Spasm")  # what gets a number each night
    for_professional: str = ""  # do not hand it over until these are ruled out
    ruled_out: tuple[str, ...] = ()


def calendar_sheet(
    taper: Taper, on: date, jurisdiction: Jurisdiction, made_with: MadeWith, *, before: tuple[Dated, ...] = ()
) -> Sheet:
    """Everything on the calendar. Without days it says what to do instead. `before`: days of a course that it ends."""
    facts = knowledge()
    days = joined(before, dated(taper))
    leaves = tuple(leaves_of(days, lambda week: _notes(taper, week)))
    country = jurisdiction.value.upper()
    emergency = facts.say(f"CAL-NOW-{country}")
    advice = {key: facts.get("advice", key).say for key in ADVICE}
    held = "calendar-none" if taper.need == "none" else "calendar-hold"
    return Sheet(
        title=facts.say("CAL-TITLE" if days or taper.need == "none" else "CAL-TITLE-HOLD"),
        lead=_lead(taper) if days else "",
        country=words.JURISDICTIONS[jurisdiction],
        made_on=words.day(on),
        emergency=emergency,
        how=words.statements("calendar-how") if days else (),
        ratings=words.statements("calendar-rate") if days else (),
        rules=_rules(taper, days),
        now=words.statements("calendar-now"),
        call=(*words.statements("calendar-call"), *(words.statements("calendar-call-rated") if days else ())),
        missed=(advice["ADV-MISSED"], facts.say("CAL-MISSED-NEXT")),
        living=tuple(advice[key] for key in ADVICE[1:-1]),
        held=() if days else words.statements(held),
        held_because=() if days else tuple(words.clean(text) for text in (taper.hold, taper.urgency) if text),
        plan=tuple(stretches(days)) if len(leaves) > 1 else (),
        leaves=leaves,
        foot=facts.say(f"CAL-FOOT-{country}"),
        review=facts.say("CAL-REVIEW"),
        made_with=made_in_words(made_with),
        facts=_facts(),
        language="en-GB" if jurisdiction is Jurisdiction.UK else "en-US",
        paper=PAPER[jurisdiction],
    )


def made_in_words(made_with: MadeWith) -> str:
    return f"unclench {made_with.unclench}, knowledge {made_with.edition}, seed {made_with.seed}"


def _lead(taper: Taper) -> str:
    return knowledge().say("CAL-LEAD-SHORT" if taper.need == "step-down" else "CAL-LEAD")


def _rules(taper: Taper, days: tuple[Dated, ...]) -> tuple[str, ...]:
    """What to hold to, as far as this plan needs it."""
    say = knowledge().say
    if not days:
        return ()
    short_use = taper.need == "step-down"
    told = [say("CAL-RULE-SHORT")] if short_use else [say(f"CAL-RULE-{number}") for number in (1, 2, 3)]
    takes = [take for day in days for take in day.takes]
    if taper.switch is not None:
        told.insert(0, say("CAL-RULE-SWITCH", drug=words.clean(taper.switch.drug)))
    if any(piece.half for take in takes for piece in take.pieces):
        told.append(say("CAL-RULE-HALF"))
    if any(is_liquid(product) for take in takes for product in take.products):
        told.append(say("CAL-RULE-LIQUID"))
    return tuple(told)


def stretches(days: tuple[Dated, ...]) -> Iterator[Stretch]:
    """Days in a row that are alike. Doses of alternate days make one stretch, told as they come."""
    cut: list[list[Dated]] = []
    for day in days:
        if day.mark in (NEW, SAME, END) or not cut or (cut[-1][-1].mark == CROSSING != day.mark):
            cut.append([])
        cut[-1].append(day)
    for stretch in cut:
        takes = [take for day in stretch for take in day.takes]
        what = tuple(dict.fromkeys(f"{take.part} {take.at}".strip() + f": {take.row}" for take in takes))
        if stretch[0].mark != AFTER:
            yield Stretch(long(stretch[0].on), _a_day(stretch), what)


def _a_day(days: list[Dated]) -> str:
    """16 mg a day; 18 mg, then 16 mg a day; 2 mg or 1 mg a day where the two take turns; nothing for a daily change."""
    runs = [
        mg(amount)
        for amount, _ in groupby(day.mg for day in days if day.mark not in (END, AFTER))
        if amount is not None
    ]
    if not runs:
        return knowledge().say("CAL-END-MARK")
    kinds = list(dict.fromkeys(runs))
    if len(kinds) > MOST_AMOUNTS:
        return ""
    return f"{(', then ' if len(kinds) == len(runs) else ' or ').join(kinds)} a day"


def leaves_of(days: tuple[Dated, ...], notes: Notes) -> Iterator[Leaf]:
    """Four weeks at a time. `notes` says what happens in a week besides the doses."""
    for first in range(0, len(days), WEEK * LEAF_WEEKS):
        part = days[first : first + WEEK * LEAF_WEEKS]
        weeks = [part[start : start + WEEK] for start in range(0, len(part), WEEK)]
        numbers = [first // WEEK + index for index in range(1, len(weeks) + 1)]
        yield Leaf(
            name=_span(part[0].on, part[-1].on),
            short_name=short(part[0].on),
            anchor=f"week-{numbers[0]}",
            span=f"Week {numbers[0]}" if len(weeks) == 1 else f"Weeks {numbers[0]} to {numbers[-1]}",
            weeks=tuple(_week(number, week, notes) for number, week in zip(numbers, weeks, strict=True)),
        )


def _span(first: date, last: date) -> str:
    """24 November to 21 December 2026; the year is said twice where there are two."""
    begin = words.day(first)
    if first.year == last.year:
        begin = begin.rpartition(" ")[0]
    if first.year == last.year and first.month == last.month:
        begin = begin.partition(" ")[0]
    return begin if first == last else f"{begin} to {words.day(last)}"


def _week(number: int, week: tuple[Dated, ...], notes: Notes) -> Week:
    facts = knowledge()
    marks = {NEW: "CAL-NEW", SAME: "CAL-SAME", END: "CAL-END-MARK"}
    return Week(
        name=f"Week {number}",
        a_day=_a_day(list(week)),
        days=tuple(
            Day(
                words.DAYS[day.on.weekday()],
                short(day.on).split(" ", 1)[1],
                facts.say(marks[day.mark]) if day.mark in marks else "",
            )
            for day in week
        ),
        rows=tuple(_rows(week)),
        notes=tuple(notes(week)),
    )


def _rows(week: tuple[Dated, ...]) -> Iterator[Row]:
    """By time of day, and then in the order of the days."""
    found: dict[tuple[float, str], Take] = {}
    boxes: dict[tuple[float, str], list[str]] = {}
    for index, day in enumerate(week):
        for take in day.takes:
            key = (take.clock_h, take.row)
            found.setdefault(key, take)
            boxes.setdefault(key, [""] * len(week))[index] = take.box
    for key, take in sorted(found.items(), key=lambda item: item[0][0]):
        which = _which(week, [bool(box) for box in boxes[key]])
        yield Row(take.part, take.at, take.row, take.pieces, which, tuple(boxes[key]))


def _which(week: tuple[Dated, ...], taken: list[bool]) -> str:
    """On which days of the week, where not on all of them that have a dose."""
    days = [day for day, here in zip(week, taken, strict=True) if here]
    if all(taken):
        return ""
    if len(days) == 1:
        return short(days[0].on)
    if (days[-1].on - days[0].on).days + 1 == len(days):
        return f"{short(days[0].on)} to {short(days[-1].on)}"
    return ", ".join(short(day.on) for day in days)


def _notes(taper: Taper, week: tuple[Dated, ...]) -> Iterator[str]:
    """What happens in this week besides the doses."""
    say = knowledge().say
    for day in week:
        if day.mark == NEW and day.mg is not None:
            yield say("CAL-NEW-FROM", day=short(day.on), dose=mg(day.mg))
        elif day.mark in (SAME, END):
            yield say("CAL-SAME-FROM" if day.mark == SAME else "CAL-END", day=short(day.on))
    span = {day.on for day in week}
    if taper.supply is not None:
        for prescription in taper.supply.prescriptions[1:]:
            if prescription.from_on in span:
                yield say("CAL-SUPPLY", day=short(prescription.from_on))
    for change in taper.hidden:
        if change.on in span:
            yield say("CAL-OTHER", day=short(change.on), medicine=words.clean(change.medicine))
    if any(day.mark == END for day in week):
        limit = "CAL-AFTER-STEP-DOWN" if taper.need == "step-down" else "CAL-AFTER-TAPER"
        yield say("CAL-AFTER", weeks=round(knowledge().limit(limit, "d") / WEEK))
        yield knowledge().get("advice", "ADV-RETURN").say


def _facts() -> tuple[str, ...]:
    """The rows whose words are on the sheet. What the doses rest on stands on the prescriber's page."""
    rows = knowledge().table("statements")
    return (*(row.id for row in rows if row.where.partition("-")[0] == "calendar"), *ADVICE)
