"""How to take it, from words: "5 mg three times a day", "1 bid prn anxiety", "every 8 hours". Never a guess.

`parse` takes from the text what it is sure of and hands back the words that are left over. What contradicts
itself is not resolved: the number stays None and `problem` says why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache

from unclench.record.patient import Dosage

_NUM = r"(?<![\w.,/-])(\d{1,6}(?:[.,]\d{1,4})?)"
_WORDS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
          "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "half": "0.5", "once": "1 times",
          "twice": "2 times", "thrice": "3 times", "½": "0.5", "1/2": "0.5"}  # fmt: skip
_NUMBER_WORD = re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, _WORDS))})(?![\w/])")
_MASS = {"mg": Decimal(1), "g": Decimal(1000), "mcg": Decimal("0.001")}
_UNIT = r"(mg|g|mcg)(?!\w)(?!\s*/\s*(?:kg|ml))"
_PIECE = r"(?:(?:of\s+)?an?\s+)?(?:tablets?|tabs?|capsules?|caps?|pills?)(?!\w)"
_PER_DAY = r"(?:\s*/\s*|\s*(?:a|per|each|every|in)\s+|\s*)(?:day|d|daily|24\s*(?:h|hours?))(?!\w)"
_TO = r"\s*(?:-|–|to)\s*"
_MOMENTS = {
    "night": r"(?:at\s+)?(?:night|bedtime|bed\s*time|nocte|nightly)|before\s+bed|qhs|hs|every\s+night|each\s+night",
    "morning": r"(?:in\s+the\s+|every\s+|each\s+)?(?:morning|mane)|qam|(?:at\s+|with\s+)?breakfast",
    "noon": r"(?:at\s+)?(?:noon|midday|lunch(?:time)?)",
    "evening": r"(?:in\s+the\s+|every\s+|each\s+)?evening|qpm|(?:at\s+|with\s+)?(?:teatime|dinner|supper)",
}
_CODES = {"qd": 1, "od": 1, "om": 1, "bid": 2, "bd": 2, "tid": 3, "tds": 3, "td": 3, "qid": 4, "qds": 4}
_ROUTES = {
    "oral": r"by\s+mouth|oral(?:ly)?|per\s+os|po",
    "rectal": r"rectal(?:ly)?|per\s+rectum|pr",
    "nasal": r"(?:intra)?nasal(?:ly)?",
    "im": r"intramuscular(?:ly)?|im",
    "iv": r"intravenous(?:ly)?|iv",
    "other": r"sublingual(?:ly)?|topical(?:ly)?|transdermal(?:ly)?|inhaled|subcutaneous(?:ly)?|sc",
}
_PLAIN_WORDS = frozenset({
    "take", "taken", "give", "given", "apply", "use", "by", "the", "a", "an", "and", "at", "then", "with", "food",
    "meal", "meals", "water", "after", "before", "of", "up", "to", "each", "dose", "doses", "every", "per", "day",
    "please", "as", "directed",
})  # fmt: skip


MAX_LENGTH = 2000
"""No instruction is longer; what is longer is no instruction, and reading it would take long."""


@dataclass(slots=True)
class Read:
    """What a text said, and what of it was not understood."""

    dosage: Dosage
    days: int | None = None
    refills: int | None = None
    quantity: str = ""
    purpose: str = ""
    pieces: Decimal | None = None  # tablets per dose
    left: str = ""
    bare_number: str = ""  # a number without a unit where a dose should be


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Kept by us: a record has more patterns looked for in it than `re` keeps in reach."""
    return re.compile(pattern)


@dataclass(slots=True)
class _Work:
    text: str
    problems: list[str] = field(default_factory=list)
    once: bool = False

    def each(self, pattern: str) -> list[re.Match[str]]:
        """Every match, taken out of the text."""
        made = _compiled(pattern)
        hits = list(made.finditer(self.text))
        if hits:
            self.text = made.sub(" | ", self.text)
        return hits


def number(text: str) -> Decimal:
    """A decimal number; a comma is a decimal comma, but before three digits it groups thousands."""
    if re.fullmatch(r"\d{1,3},\d{3}", text):
        text = text.replace(",", "")
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return Decimal(0)


def _plain(text: str) -> str:
    """Lower case, one spelling per unit and number word."""
    text = f" {text.lower()} ".replace("µ", "u").replace("μ", "u").replace("×", "x")
    text = re.sub(r"\bmilligram(?:me)?s?\b|\bmgs\b", "mg", text)
    text = re.sub(r"\bmicrogram(?:me)?s?\b|\bug\b", "mcg", text)
    text = re.sub(r"(?<=\d)\s*gram(?:me)?s?\b", " g", text)
    text = re.sub(r"\b([qtb])\.\s?(i|d|h)\.\s?(d|s)?\.?(?!\w)", lambda m: m[1] + m[2] + (m[3] or ""), text)
    text = re.sub(r"\b([pqo])\.\s?([rdo])\.(?:\s?(n)\.)?", lambda m: m[1] + m[2] + (m[3] or ""), text)
    text = _NUMBER_WORD.sub(lambda m: _WORDS[m[0]], text)
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)
    text = re.sub(r"(?<=\d)\s*x\s*(?=(?:a|per|daily|day|/))", " times ", text)
    text = re.sub(r"times\s*/\s*", "times per ", text)
    return re.sub(r"\s+", " ", text)


def parse(text: str, strength_mg: Decimal | None = None) -> Read:
    """Read a dosage text. `strength_mg`, of one tablet, turns tablets into mg."""
    if len(text) > MAX_LENGTH:
        problem = f"is {len(text)} characters long, which is no instruction"
        return Read(Dosage(text=text[:MAX_LENGTH], problem=problem), left=text[:MAX_LENGTH])
    work = _Work(_plain(text))
    read = Read(Dosage())
    _course(work, read)
    most = _most(work)
    as_needed = bool(work.each(r"\b(?:prn|(?:only\s+)?(?:as|when|if|where)\s+(?:needed|required|necessary)|sos)\b"))
    route = next((name for name, words in _ROUTES.items() if work.each(rf"\b(?:{words})\b")), None)
    paired = _paired(work)
    per_day = _frequency(work)
    masses = _masses(work)
    pieces = _pieces(work, read, bool(masses))
    if paired is not None and not masses and per_day is None:
        masses, per_day = [(min(paired), max(paired))], Decimal(len(paired))
        most = most or sum(paired, Decimal(0))
    elif paired is not None:
        work.problems.append("gives more than one instruction")
        masses, per_day = [], None
    low, high = _dose(work, masses, pieces, strength_mg)
    if work.once and read.days is None:
        read.days = 1
    read.pieces = pieces[0] if pieces else None
    read.left = _left(work, read, low)
    read.dosage = Dosage(
        text=text.strip(),
        mg_per_dose=low,
        mg_per_dose_max=high,
        doses_per_day=per_day,
        as_needed=True if as_needed else None,
        max_mg_per_day=most,
        route=route,
        problem="; ".join(work.problems),
    )
    return read


_LASTING = rf"(\d{{1,4}})(?:{_TO}(\d{{1,4}}))?\s*(d|days?|nights?|w|wks?|weeks?|months?|fortnights?)\b"
_REFILLS = r"\b(?:(\d{1,3})|no|zero)\s+(?:refills?|repeats?)\b|\b(?:refills?|repeats?)\s*:?\s*(\d{1,3})\b"
_SUPPLY = (
    rf"\b(?:dispense|disp|supply|quantity|qty|total(?:\s+of)?)\W{{0,2}}\s*{_NUM}\s*(?:{_PIECE})?|#\s*(\d{{1,4}})\b"
)
_DAYS_IN = {"d": 1, "n": 1, "w": 7, "m": 30, "f": 14}
_DAYS_IN_PARTS = {"7": 1, "52": 7, "12": 30}  # 5/7 is five days, 2/52 two weeks, 1/12 one month


def _course(work: _Work, read: Read) -> None:
    """How long, how much in all, how often again, and what for."""
    days = [
        int(hit[2] or hit[1]) * _DAYS_IN[hit[3][0]]
        for hit in work.each(
            rf"(?:\bfor\s+|\bx\s*|\bduring\s+)(?:(?:the\s+next|up\s+to|at\s+most|a\s+maximum\s+of)\s+)?{_LASTING}"
        )
    ]
    if not days:
        # "5 mg tds 7 days": a length without a word before it, unless it says how often.
        alone = work.each(r"(?<![\w/-])(?<!every\s)(?<!each\s)(?<!in\s)(\d{1,4})\s*(days?|weeks?|wks?)\b")
        days = [int(hit[1]) * _DAYS_IN[hit[2][0]] for hit in alone]
    days += [7 for _ in work.each(r"\bfor\s+a\s+week\b")] + [14 for _ in work.each(r"\bfor\s+a\s+fortnight\b")]
    days += [int(hit[1]) * _DAYS_IN_PARTS[hit[2]] for hit in work.each(r"(?<![\d/])(\d{1,3})/(7|52|12)(?![\d/])")]
    if len(set(days)) > 1:
        work.problems.append("gives more than one duration")
    elif days:
        read.days = days[0]
    for hit in work.each(_REFILLS):
        read.refills = int(hit[1] or hit[2] or 0)
    for hit in work.each(_SUPPLY):
        read.quantity = f"{hit[1] or hit[2]} tablets"
    for hit in work.each(r"\b(?:for|because of|due to)\s+([a-z][^|,;.\d]*?)(?=\s*(?:[|,;.\d]|$))"):
        read.purpose = hit[1].strip()


def _most(work: _Work) -> Decimal | None:
    """The most in a day, where stated."""
    limit = (
        r"(?:max(?:imum)?(?:\s+(?:of|dose|daily(?:\s+dose)?))*\s*:?"
        r"|(?:not|no)\s+more\s+than|up\s+to|not\s+to\s+exceed)\s*"
    )
    hits = work.each(rf"\b{limit}{_NUM}\s*{_UNIT}{_PER_DAY}")
    hits += work.each(rf"\bmax(?:imum)?\s+(?:daily|dose\s+per\s+day)(?:\s+dose)?\s*:?\s*{_NUM}\s*{_UNIT}")
    amounts = {number(hit[1]) * _MASS[hit[2]] for hit in hits}
    if len(amounts) > 1:
        work.problems.append("gives more than one daily maximum")
    totals = work.each(rf"{_NUM}\s*{_UNIT}\s*(?:/|a|per|each|every|in)\s*(?:day|24\s*(?:h|hours))\b")
    if totals:
        work.problems.append("gives a total for the day, not a dose and how often")
        amounts |= {number(hit[1]) * _MASS[hit[2]] for hit in totals}
    return min(amounts) if amounts else None


def _paired(work: _Work) -> list[Decimal] | None:
    """Amounts that differ through the day: "5 mg in the morning and 10 mg at night"."""
    moment = "|".join(f"(?:{words})" for words in _MOMENTS.values())
    pattern = rf"{_NUM}\s*{_UNIT}\s*(?:{moment})(?!\w)"
    hits = list(re.finditer(pattern, work.text))
    if len(hits) < 2:
        return None
    work.each(pattern)
    return [number(hit[1]) * _MASS[hit[2]] for hit in hits]


_TIMES = rf"\b(?:up\s+to\s+)?{_NUM}(?:{_TO}(\d{{1,2}}))?\s*times?\s*(?:a|per|each|every|in)?\s*"
_EVERY = rf"\b(?:every|each|q)\s*(\d{{1,3}})(?:{_TO}\d{{1,3}})?\s*(h|hrs?|hours?|hourly|d|days)\b"


def _frequency(work: _Work) -> Decimal | None:
    """Doses in a day; None when not said or when two statements disagree."""
    said = _counted(work)
    if work.each(r"\b1\s+times(?:\s+only)?\s*$|\b(?:as\s+)?(?:a\s+)?single\s+dose\b|\bstat\b"):
        said.add(Decimal(1))
        work.once = True
    if work.each(r"\b(?:every\s+other\s+day|alternate\s+days|every\s+second\s+day|qod)\b"):
        said.add(Decimal("0.5"))
    for code, doses in _CODES.items():
        if work.each(rf"(?<![\w/]){code}(?![\w/])"):
            said.add(Decimal(doses))
    if work.each(r"\b(?:weekly|every\s+week|1\s+times?\s+(?:a|per)\s+week)\b"):
        said.add(Decimal(1) / 7)
    vague = work.each(r"\b(\w+)\s+times?\s*(?:a|per|each|every|in)?\s*(?:day|daily|24\s*(?:h|hours))\b")
    if vague:
        # "many times a day" must never be read as "a day": once.
        work.problems.append(f"says {vague[0][1]} times a day, which is no number")
        return None
    at = [name for name, words in _MOMENTS.items() if work.each(rf"\b(?:{words})(?!\w)")]
    daily = work.each(r"\b(?:daily|every\s+day|each\s+day|(?:a|per)\s+day)\b|(?<=\d)\s*/\s*day\b")
    if not said and (at or daily):
        said.add(Decimal(len(at) or 1))
    if len(said) > 1:
        work.problems.append("says how often in more than one way")
        return None
    return said.pop() if said else None


def _counted(work: _Work) -> set[Decimal]:
    """Every "n times a day" and "every n hours"."""
    said = {number(hit[2] or hit[1]) for hit in work.each(rf"{_TIMES}(?:day|daily|24\s*(?:h|hours))\b")}
    said |= {number(hit[2] or hit[1]) / 7 for hit in work.each(rf"{_TIMES}(?:week|weekly)\b")}
    for hit in work.each(_EVERY):
        if not int(hit[1]):
            work.problems.append("gives 0 as the time between doses")
        else:
            said.add(Decimal(24 if hit[2][0] == "h" else 1) / int(hit[1]))
    said |= {Decimal(24) / int(hit[1]) for hit in work.each(r"(?<![\w.])([1-9]\d?)\s*(?:hrly|hourly)\b")}
    if work.each(r"\b(?:every\s+hour|hourly)\b"):
        said.add(Decimal(24))
    return said


def _masses(work: _Work) -> list[tuple[Decimal, Decimal]]:
    """Every amount in mg, as (low, high)."""
    hits = work.each(rf"{_NUM}\s*(?:mg|g|mcg)?\s*(?:{_TO}(\d{{1,6}}(?:[.,]\d{{1,4}})?))?\s*{_UNIT}")
    pairs = [(number(hit[1]) * _MASS[hit[3]], number(hit[2] or hit[1]) * _MASS[hit[3]]) for hit in hits]
    return sorted(set(pairs))


def _pieces(work: _Work, read: Read, mass_known: bool) -> list[Decimal]:
    """Tablets per dose, or tablets in all where the dose is given in mg and the count is clearly a supply."""
    hits = work.each(rf"{_NUM}(?:{_TO}(\d{{1,2}}))?\s*{_PIECE}")
    counts = [number(hit[1]) for hit in hits]
    # After a dose in mg, four tablets or more are a supply: nobody takes that many at a time.
    if mass_known and len(counts) == 1 and not hits[0][2] and counts[0] >= 4:
        read.quantity = read.quantity or f"{counts[0]} tablets"
        return []
    if hits and hits[0][2]:
        counts = [number(hits[0][1]), number(hits[0][2])]
    return counts


def _dose(
    work: _Work, masses: list[tuple[Decimal, Decimal]], pieces: list[Decimal], strength_mg: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """mg per dose and, for a range, the most."""
    if len(masses) > 1:
        work.problems.append("gives more than one amount")
        return None, None
    if masses:
        low, high = masses[0]
        if pieces and len(set(pieces)) == 1 and pieces[0] != 1:
            low, high = low * pieces[0], high * pieces[0]  # "5 mg, 2 tablets twice a day": the mg is the strength
        if low > high:
            work.problems.append("gives a range that runs backwards")
            return None, None
        return low, high if high != low else None
    if pieces and strength_mg is not None:
        return pieces[0] * strength_mg, pieces[-1] * strength_mg if pieces[-1] != pieces[0] else None
    if pieces:
        work.problems.append("counts tablets, and their strength is not recorded")
    return None, None


def _left(work: _Work, read: Read, low: Decimal | None) -> str:
    """The words that were not understood; a number among them where no dose is known is a dose without a unit."""
    bare = re.search(_NUM, work.text)
    if bare is not None:
        read.bare_number = bare[1]
        if low is None and not work.problems:
            work.problems.append(f"{bare[1]} without a unit")
    words = [word for word in re.findall(r"[^\s|,;.()]+", work.text) if word not in _PLAIN_WORDS]
    return " ".join(words)
