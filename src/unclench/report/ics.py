"""The taper as a calendar file (RFC 5545): a reminder for each time of day, and a day-long entry for each new dose.

Times are floating: 8 am is 8 am wherever the phone is, so no time zone is needed. The same taper gives the same bytes:
stamps are those of its first day, and the name of an entry is made from what it says, so that the entry of a changed
plan is another one. No word of a record is in the file but the name of the medicine that a switch starts from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from unclench.knowledge import knowledge
from unclench.planning.taper_plan import Taper
from unclench.report import wording as words
from unclench.report.calendar_days import END, NEW, SAME, Dated, dated, joined
from unclench.report.calendar_words import Take, mg, short
from unclench.values import DAY_H, Jurisdiction, MadeWith

LINE_OCTETS = 75
_NAMESPACE = uuid5(NAMESPACE_URL, "unclench:calendar")
_ESCAPED = re.compile(r"([\\;,])")


@dataclass(frozen=True, slots=True)
class Entry:
    """One VEVENT. `at_h` is None for a whole day. It comes `count` times, `every` so many days."""

    on: date
    at_h: float | None
    summary: str
    every: int
    count: int


def to_ics(
    taper: Taper, on: date, jurisdiction: Jurisdiction, made_with: MadeWith, *, before: tuple[Dated, ...] = ()
) -> bytes:
    """The file, in UTF-8. Without days to take anything it holds one entry that says so. `before`: days of a course."""
    days = joined(before, dated(taper))
    held = words.statements("calendar-none" if taper.need == "none" else "calendar-hold")
    entries = entries_of(days) if days else (Entry(on, None, " ".join(held), 1, 1),)
    stamped = days[0].on if days else on
    return calendar_file(entries, stamped, jurisdiction, made_with, name=knowledge().say("CAL-TITLE"))


def calendar_file(
    entries: Iterable[Entry], stamped: date, jurisdiction: Jurisdiction, made_with: MadeWith, *, name: str
) -> bytes:
    """These entries as a file. `name` is that of the whole calendar."""
    facts = knowledge()
    about = f"{facts.say('CAL-REVIEW')} {facts.say('CAL-ICS-CHECK')}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Unclench//unclench {text(made_with.unclench)}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{text(name)}",
        f"X-WR-CALDESC:{text(f'{words.JURISDICTIONS[jurisdiction]}. {about} Knowledge {made_with.edition}.')}",
    ]
    for entry in sorted(entries, key=lambda one: (one.on, one.at_h or 0, one.summary)):
        lines += _event(entry, stamped, about)
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines).encode("utf-8")


def entries_of(days: tuple[Dated, ...]) -> Iterator[Entry]:
    """Each change, and each dose."""
    for day in days:
        yield from _changes(day)
    yield from _doses(days)


def _changes(day: Dated) -> Iterator[Entry]:
    """What is new from this day."""
    say = knowledge().say
    if day.mark == NEW and day.mg is not None:
        yield Entry(day.on, None, say("CAL-ICS-NEW", dose=mg(day.mg)), 1, 1)
    elif day.mark == SAME:
        yield Entry(day.on, None, say("CAL-SAME-FROM", day=short(day.on)), 1, 1)
    elif day.mark == END:
        yield Entry(day.on, None, say("CAL-ICS-END"), 1, 1)


def _doses(days: tuple[Dated, ...]) -> Iterator[Entry]:
    """Each amount at each time of day, from one change to the next, as a row of days that recurs."""
    stretches: list[list[Dated]] = []
    for day in days:
        if day.mark in (NEW, SAME, END) or not stretches:
            stretches.append([])
        stretches[-1].append(day)
    say = knowledge().say
    for stretch in stretches:
        found: dict[Take, list[date]] = {}
        for day in stretch:
            for take in day.takes:
                found.setdefault(take, []).append(day.on)
        for take, dates in found.items():
            at_h = take.clock_h if take.clock_h < DAY_H else None
            # The words of a liquid hold its mg already; those of a switch name the other medicine.
            summary = take.what if at_h is None else say("CAL-ICS-LIQUID", what=take.what)
            if take.pieces:
                summary = say("CAL-ICS-TAKE", dose=take.box, what=take.what)
            for first, every, count in even_runs(dates):
                yield Entry(first, at_h, summary, every, count)


def even_runs(dates: list[date]) -> Iterator[tuple[date, int, int]]:
    """Dates in order as (first, days between, how many): as few as one rule where they are evenly spaced."""
    start = 0
    while start < len(dates):
        gap = (dates[start + 1] - dates[start]).days if start + 1 < len(dates) else 1
        end = start + 1
        while end < len(dates) and (dates[end] - dates[end - 1]).days == gap:
            end += 1
        if end - start == 2 and gap > 1:
            end, gap = start + 1, 1  # two days apart are no rhythm: the second may begin one
        yield dates[start], gap, end - start
        start = end


def _event(entry: Entry, stamped: date, about: str) -> Iterator[str]:
    said = words.clean(entry.summary)
    name = "|".join((entry.on.isoformat(), str(entry.at_h), said, str(entry.every), str(entry.count)))
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid5(_NAMESPACE, name)}"
    yield f"DTSTAMP:{stamped:%Y%m%d}T000000Z"
    if entry.at_h is None:
        yield f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"
    else:
        minutes = round(entry.at_h * 60)
        yield f"DTSTART:{entry.on:%Y%m%d}T{minutes // 60:02d}{minutes % 60:02d}00"
        yield "DURATION:PT15M"
    if entry.count > 1:
        interval = f";INTERVAL={entry.every}" if entry.every > 1 else ""
        yield f"RRULE:FREQ=DAILY{interval};COUNT={entry.count}"
    yield f"SUMMARY:{text(said)}"
    yield f"DESCRIPTION:{text(about)}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    if entry.at_h is not None:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:PT0S", f"DESCRIPTION:{text(said)}", "END:VALARM")
    yield "END:VEVENT"


def text(value: str) -> str:
    """A TEXT value: one line without control characters, with its backslashes, commas and semicolons escaped."""
    return _ESCAPED.sub(r"\\\1", words.clean(value))


def fold(line: str) -> str:
    """Lines of at most 75 octets, each continued by a space, and no character of UTF-8 torn apart."""
    return "\r\n ".join(_pieces(line))


def _pieces(line: str) -> Iterable[str]:
    piece, octets = "", 0
    for letter in line:
        size = len(letter.encode("utf-8"))
        if octets + size > LINE_OCTETS:
            yield piece
            piece, octets = "", 1  # the space that continues a line counts
        piece += letter
        octets += size
    yield piece
