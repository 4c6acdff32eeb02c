"""How values are put into words: safe text, numbers with their interval and unit, dates, and the names of things.

Every piece of text that came from a record passes `clean` before any output. Escaping for HTML, Rich or JSON comes
after it and is the business of that output.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from unclench.appraisal.findings import Body
from unclench.knowledge import knowledge
from unclench.planning import words as plan_words
from unclench.simulation.course import Span
from unclench.values import Dose, Effect, Jurisdiction, Regimen, Severity, Standing, Verdict

VERDICTS: dict[Verdict | None, str] = {
    Verdict.AVOID: "Avoid",
    Verdict.NOT_FIRST_LINE: "Not first line",
    Verdict.USABLE_WITH_CHANGES: "Usable with changes",
    Verdict.REASONABLE: "Reasonable",
    None: "No assessment due",
}
JURISDICTIONS = {Jurisdiction.US: "United States", Jurisdiction.UK: "United Kingdom"}
PURPOSES = {
    "new": "a new course of diazepam",
    "continue": "continuing diazepam",
    "stop": "stopping diazepam",
    "none": "no request about diazepam",
}
EFFECTS = {
    Effect.BLOCK: "blocks",
    Effect.AVOID: "avoid",
    Effect.SECOND_LINE: "not first",
    Effect.CHANGE: "change",
    Effect.NOTE: "note",
}
SEVERITIES = {
    Severity.CONTRAINDICATED: "contraindicated",
    Severity.AVOID: "avoid",
    Severity.MAJOR: "major",
    Severity.REQUIRED: "required",
    Severity.CAUTION: "caution",
    Severity.INFO: "for information",
}
STANDINGS = {
    Standing.READ: "read in the source",
    Standing.DERIVED: "worked out from the source",
    Standing.PROJECT: "a choice of this project",
    Standing.UNVERIFIED: "unconfirmed: check",
}
# An answer about a class counts for its members, so no more than that is said.
TRIED = "Of a kind already tried."
TAPERS = {
    "none": "No taper needed",
    "step-down": "Step the dose down at the end",
    "taper": "A taper is needed before stopping",
    "specialist": "A taper led by a specialist is needed",
}
READ_AS = {
    "publisher": "read at the publisher",
    "abstract": "abstract read",
    "unofficial copy": "read on an unofficial copy",
    "secondary": "read in a secondary source",
    "project": "a choice of this project",
}
UNCONFIRMED = "Unconfirmed: check."
LONGEST_TEXT = 600
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # categories of characters that are not shown
ADULT_Y = 18  # only chooses words: what may be given below it is decided in appraisal and planning
SIGNIFICANT = 4

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # not strftime: its words follow the locale

_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ACCENT = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_ACCENT}{{2}}){_ACCENT}+")
_ESCAPE_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")


def clean(text: str) -> str:
    """Text on one line, not endless, without terminal sequences, control or format characters or piles of accents."""
    text = _SPACE.sub(" ", _ESCAPE_SEQUENCE.sub("", text[: 4 * LONGEST_TEXT]))
    if not text.isascii():
        text = "".join(char for char in text if unicodedata.category(char) not in HIDDEN)
        text = _PILE.sub(r"\1", text)
    else:
        text = _CONTROL.sub("", text)
    text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} [cut]"


def significant(value: float, digits: int = SIGNIFICANT) -> float:
    """The number to this many significant digits. The shortest text of the result is what is shown."""
    return float(f"{value:.{digits}g}")


def number(value: float, digits: int = 2) -> str:
    """A number as a reader wants it: two significant digits, no exponent, no needless zeros."""
    if abs(value) >= 10**digits:
        return f"{value:.0f}"
    short = f"{significant(value, digits):f}".rstrip("0").rstrip(".")
    return short or "0"


def percent(share: float) -> str:
    """A share of 0 to 1."""
    return f"{share * 100:.0f} %"


def amount(value: Decimal) -> str:
    """A dose: exact, without needless zeros (never "5.0", which is misread as 50)."""
    return plan_words.number(value)


def interval(span: Span) -> str:
    return f"{number(span.low)} to {number(span.high)}"


def counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def day(on: date) -> str:
    """22 November 2026: the same everywhere, and never 11/22 or 22/11."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def dated(on: date) -> str:
    """22 Nov 2026: for tables that reach into another year."""
    return f"{on.day} {MONTHS[on.month - 1][:3]} {on.year}"


def dates(first: date, last: date) -> str:
    """23 Nov to 20 Dec 2026; 21 Dec 2026 to 17 Jan 2027; 23 Nov 2026"""
    if first == last:
        return dated(first)
    return f"{dated(first).removesuffix(f' {last.year}')} to {dated(last)}"


def short_day(on: date) -> str:
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1][:3]}"


def doses(of_a_day: tuple[Dose, ...]) -> tuple[str, ...]:
    """("2 mg at 14:00", "5 mg at 22:00")"""
    return tuple(f"{amount(dose.mg)} mg at {plan_words.clock(dose.clock_h)}" for dose in of_a_day)


def regimen_words(regimen: Regimen) -> str:
    """A regimen without words of its own, told from its doses."""
    parts = [f"{', '.join(doses(phase.doses)) or 'none'} for {counted(phase.days, 'day')}" for phase in regimen.phases]
    return "; then ".join(parts) + (", as needed" if regimen.as_needed else "")


def person(body: Body) -> str:
    """Woman of 58, 82 kg. Nothing that is not known is filled in."""
    who = {"female": "woman", "male": "man"}
    if body.age_y is not None and body.age_y < ADULT_Y:
        who = {"female": "girl", "male": "boy"}
    words = who.get(body.sex or "", "person, sex not recorded")
    if body.age_y is None:
        words += ", age not recorded"
    else:
        words += f", {int(body.age_y)} years" if body.age_y >= 2 else f", {int(body.age_y * 12)} months"
    if body.weight_kg is not None:
        words += f", {number(body.weight_kg, 3)} kg"
    return words[0].upper() + words[1:]


def capital(text: str) -> str:
    """The text with its first letter large, as a sentence begins."""
    return text[:1].upper() + text[1:]


def listed(parts: tuple[str, ...]) -> str:
    """Parts in one sentence."""
    return "; ".join(part.rstrip(".") for part in parts) + "."


def statements(where: str) -> tuple[str, ...]:
    """The sentences of the knowledge base for this place in a report."""
    return tuple(row.text for row in knowledge().table("statements") if row.where == where)


def standing_mark(standing: Standing) -> str:
    """What a reader must see beside a fact that was not simply read."""
    return {Standing.PROJECT: "project choice", Standing.UNVERIFIED: "unconfirmed: check"}.get(standing, "")
