"""A fact in full, as values: what it says, what it asks, where it was read, how far it can be trusted.

The terminal and the pages say the same, in these words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from functools import cache
from typing import Any

from msgspec.structs import fields

from unclench.appraisal.appraise import appraise
from unclench.knowledge.load import Knowledge, knowledge_with_manual
from unclench.knowledge.rows import Question, Source
from unclench.record import read
from unclench.report import wording as words
from unclench.values import Jurisdiction, KnowledgeError, Standing

KINDS = {
    "sources": "source",
    "rules": "rule",
    "omitted_rules": "rule left out",
    "questions": "question",
    "limits": "limit",
    "drugs": "medicine",
    "measures": "measurement",
    "parameters": "number of the model",
    "parameter_correlations": "two numbers of the model that were estimated together",
    "ratios": "measured ratio of exposure",
    "perpetrators": "medicine that changes exposure",
    "combined_effects": "combined effect",
    "products": "product",
    "alternatives": "alternative",
    "alternative_checks": "check of an alternative",
    "advice": "advice for the patient",
    "equivalents": "amount that a table calls equal to 10 mg of diazepam by mouth",
    "omitted_equivalents": "table of equivalence left out",
    "half_lives": "half-life of another benzodiazepine or Z-drug",
    "need_views": "what a source says of the need for a taper",
    "stopping_risks": "what makes stopping harder or easier",
    "paces": "pace of a taper",
    "taper_bands": "published way to taper, of one band of doses",
    "claims": "statement of the founding documents",
    "statements": "sentence that outputs show",
    "softenings": "exception that lowers a concern",
    "card_tiers": "kind of card, and when one is shown",
    "replacements": "order that may replace one of diazepam",
}
# Written apart, at the end, and not as plain fields.
APART = frozenset({"id", "title", "name", "source", "locator", "standing", "when", "of", "limit"})
LABELS = {
    "say": "says",
    "ask": "asks",
    "ir_cyp3a4": "inhibition of CYP3A4",
    "ir_cyp2c19": "inhibition of CYP2C19",
    "auc_ratio": "exposure, ratio",
    "log_sd": "spread between people (log sd)",
    "n": "people studied",
}
# Numbers that must not be shown while nothing confirms them (CONTRACTS 5). Text fields stay.
# Units of answers as they are read aloud; any other stands as it is.
UNITS = {"{score}": "points", "d": "days", "mo": "months", "mg/d": "mg a day", "d/wk": "days a week"}
HIDDEN = "not shown: unconfirmed"
MOST_CODES = 40
NOTHING_ELSE_KNOWN = ("", "problems: [acute muscle spasm of the back]\n", "problems: [spasticity]\n")
LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class Read:
    """Where a row was read. `source` is None where the row names none of the sources: then `key` is all there is."""

    key: str
    source: Source | None
    locator: str


@dataclass(frozen=True, slots=True)
class Asks:
    """Which question a row asks somebody."""

    id: str
    ask: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One row of the knowledge base in words."""

    id: str
    kind: str  # "rules"
    title: str
    fields: tuple[tuple[str, str], ...]
    holds_when: str
    asks: tuple[Asks, ...]
    read: tuple[Read, ...]
    standing: Standing | None
    asked_by: tuple[str, ...]
    see_also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """A concept group: its codes by system, the words that place an entry in it, and what was left out."""

    id: str
    systems: tuple[tuple[str, int, tuple[str, ...]], ...]  # system, how many codes, the first of them
    terms: tuple[str, ...]
    left_out: int
    left_out_codes: tuple[str, ...]
    sources: tuple[Source, ...]


def explained(key: str) -> tuple[Explained | CodeGroup, ...]:
    """Every row that bears this id, and the group of codes of this name.

    Raises
    ------
    KnowledgeError
        where there is none; it names the nearest ids.
    """
    facts = knowledge_with_manual()
    wanted = key[: LONGEST_ID + 1].strip().casefold()
    rows = tuple(_row(facts, kind, row) for kind in KINDS for row in facts.table(kind) if row.id.casefold() == wanted)
    group = _group(facts, wanted)
    if not rows and group is None:
        known = ids(facts)
        near = [known[one] for one in get_close_matches(wanted, sorted(known), n=5, cutoff=0.4)]
        raise KnowledgeError(
            where="unclench explain",
            found=f"no id {words.clean(key)!r}",
            need="an id of the knowledge base",
            fix=f"The nearest are: {', '.join(near)}." if near else "Ids stand in every output, in brackets.",
        )
    return (*rows, group) if group is not None else rows


def ids(facts: Knowledge) -> dict[str, str]:
    """Every id that can be explained, folded, with the id as written."""
    known = {row.id.casefold(): row.id for kind in KINDS for row in facts.table(kind)}
    for table in ("codes", "terms"):
        known.update((row.group.casefold(), row.group) for row in facts.table(table))
    return known


def questions() -> tuple[Question, ...]:
    """All questions, the most important first."""
    rows: list[Question] = sorted(knowledge_with_manual().table("questions"), key=lambda row: (row.priority, row.id))
    return tuple(rows)


def allowed(row: Question) -> str:
    """How a question may be answered."""
    said = " / ".join(row.allowed) or f"a {row.kind}" + (f" in {UNITS.get(row.unit, row.unit)}" if row.unit else "")
    if row.low is not None and row.high is not None:
        said += f", {words.number(row.low, 4)} to {words.number(row.high, 4)}"
    return said


def _row(facts: Knowledge, kind: str, row: Any) -> Explained:
    asking = asked_by()
    return Explained(
        id=row.id,
        kind=kind,
        title=getattr(row, "title", "") or getattr(row, "name", ""),
        fields=tuple(_fields(row)),
        holds_when=_holds_when(row),
        asks=tuple(_asks(facts, row)),
        read=tuple(_read(facts, row)),
        standing=getattr(row, "standing", None),
        asked_by=tuple(sorted(rule for rule, of in asking.items() if kind == "questions" and row.id in of)),
        see_also=tuple(_related(facts, row.id)),
    )


def _fields(row: Any) -> Iterator[tuple[str, str]]:
    """The fields with a value, in the order of the row. Numbers of an unverified row are held back."""
    unverified = getattr(row, "standing", None) is Standing.UNVERIFIED
    for field in fields(row):
        value = getattr(row, field.name)
        if field.name in APART or value in (None, "", ()):
            continue
        label = LABELS.get(field.name, field.name.replace("_", " "))
        if isinstance(value, float | int) and unverified:
            yield label, HIDDEN
        else:
            yield label, _value(value)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(str(part) for part in value)
    if isinstance(value, Enum):
        return str(value.value)
    return words.number(value, 6) if isinstance(value, float) else str(value)


def _holds_when(row: Any) -> str:
    """What a rule asks of the patient, with what it is asked about."""
    if not getattr(row, "when", ()):
        return ""
    about = [row.of.replace("tag:", "any ").replace("_", " ").replace(" | ", " or ")] if row.of else []
    if row.limit is not None:
        about.append(f"limit {words.number(row.limit, 6)}")
    told = f" ({', '.join(about)})" if about else ""
    return f"{' and '.join(name.replace('_', ' ') for name in row.when)}{told}"


def _asks(facts: Knowledge, row: Any) -> Iterator[Asks]:
    if getattr(row, "when", ()):
        for question in facts.table("questions"):
            if question.id in asked_by().get(row.id, ()):
                yield Asks(question.id, question.ask)


@cache
def asked_by() -> dict[str, frozenset[str]]:
    """Which questions each rule asks of somebody of whom nothing is known but what is treated."""
    asked: dict[str, set[str]] = {}
    for treated in NOTHING_ELSE_KNOWN:
        on = knowledge_with_manual().edition_date
        nobody = read(f"patient: {{}}\n{treated}request: diazepam 5 mg at night for 7 days\n".encode(), on=on)
        for jurisdiction in Jurisdiction:
            for finding in appraise(nobody, on=on, jurisdiction=jurisdiction).findings:
                asked.setdefault(finding.rule, set()).update(finding.missing)
    return {rule: frozenset(ids) for rule, ids in asked.items()}


def _read(facts: Knowledge, row: Any) -> Iterator[Read]:
    for key in source_keys(row):
        source = facts.get("sources", key) if facts.has("sources", key) else None
        yield Read(key, source, getattr(row, "locator", ""))


def source_keys(row: Any) -> Iterable[str]:
    """The ids of the sources that a row names."""
    return [part.strip() for part in getattr(row, "source", "").split(";") if part.strip()]


def read_in(key: str) -> tuple[str, ...]:
    """The ids of everything that was read in one source, in the order of the knowledge base."""
    facts = knowledge_with_manual()
    rows = (row for kind in KINDS for row in facts.table(kind))
    return tuple(dict.fromkeys(row.id for row in rows if key in source_keys(row)))


def _related(facts: Knowledge, key: str) -> list[str]:
    """Rows that name this one: an alternative its rule, a ratio its medicine, a claim what keeps it."""
    found = []
    for kind in KINDS:
        for row in facts.table(kind):
            named = {getattr(row, field, "") for field in ("rule", "drug", "perpetrator", "alternative")}
            if row.id != key and (key in named or key in getattr(row, "kept_by", ())):
                found.append(row.id)
    return found


def _group(facts: Knowledge, wanted: str) -> CodeGroup | None:
    codes = [row for row in facts.table("codes") if row.group.casefold() == wanted]
    terms = [row for row in facts.table("terms") if row.group.casefold() == wanted]
    removed = [row for row in facts.table("removed_codes") if row.group.casefold() == wanted]
    if not codes and not terms:
        return None
    systems = []
    for system in dict.fromkeys(row.system for row in codes):
        members = [row for row in codes if row.system == system]
        shown = (f"{row.code}{'*' if row.match == 'prefix' else ''} {row.display}" for row in members[:MOST_CODES])
        systems.append((system, len(members), tuple(shown)))
    named = dict.fromkeys(row.source for row in codes)
    return CodeGroup(
        id=(codes or terms)[0].group,
        systems=tuple(systems),
        terms=tuple(row.words for row in terms),
        left_out=len(removed),
        left_out_codes=tuple(f"{row.code} {row.display}: {row.reason}" for row in removed[:MOST_CODES]),
        sources=tuple(facts.get("sources", key) for key in named if facts.has("sources", key)),
    )
