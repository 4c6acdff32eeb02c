"""`unclench explain ID`: a fact in full. What it says, where it was read, how far it can be trusted, what it asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from enum import Enum
from functools import cache
from textwrap import fill
from typing import Any

from msgspec.structs import fields

from unclench.appraisal.appraise import appraise
from unclench.knowledge.load import Knowledge, knowledge_with_manual
from unclench.knowledge.rows import Question
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
HIDDEN = "not shown: unconfirmed"
MOST_CODES = 40
NOTHING_ELSE_KNOWN = ("", "problems: [acute muscle spasm of the back]\n", "problems: [spasticity]\n")
WIDTH = 88


def explain(key: str) -> str:
    """The text for one id: every row that bears it, or the codes of a group with this name."""
    facts = knowledge_with_manual()
    wanted = key.strip().casefold()
    parts = [_row(facts, kind, row) for kind in KINDS for row in facts.table(kind) if row.id.casefold() == wanted]
    parts += _group(facts, wanted)
    if not parts:
        known = ids(facts)
        near = [known[one] for one in get_close_matches(wanted, sorted(known), n=5, cutoff=0.4)]
        raise KnowledgeError(
            where="unclench explain",
            found=f"no id {words.clean(key)!r}",
            need="an id of the knowledge base",
            fix=f"The nearest are: {', '.join(near)}." if near else "Ids stand in every output, in brackets.",
        )
    return "\n\n".join(parts) + "\n"


def ids(facts: Knowledge) -> dict[str, str]:
    """Every id that `explain` knows, folded, with the id as written."""
    known = {row.id.casefold(): row.id for kind in KINDS for row in facts.table(kind)}
    for table in ("codes", "terms"):
        known.update((row.group.casefold(), row.group) for row in facts.table(table))
    return known


def questions_text() -> str:
    """All questions for `unclench questions`, the most important first."""
    rows: list[Question] = sorted(knowledge_with_manual().table("questions"), key=lambda row: (row.priority, row.id))
    return "\n".join(_question(row) for row in rows) + "\n"


def _question(row: Question) -> str:
    allowed = " / ".join(row.allowed) or f"a {row.kind}" + (f" in {row.unit}" if row.unit else "")
    if row.low is not None and row.high is not None:
        allowed += f", {words.number(row.low, 4)} to {words.number(row.high, 4)}"
    return "\n".join((f"{row.id}: {allowed}", _indented(row.ask), _indented(row.why)))


def _indented(text: str, indent: str = "  ") -> str:
    return fill(
        words.clean(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _row(facts: Knowledge, kind: str, row: Any) -> str:
    title = getattr(row, "title", "") or getattr(row, "name", "")
    lines = [f"{row.id} ({KINDS[kind]})"]
    if title and title != row.id:
        lines.append(_indented(title))
    lines += [_indented(f"{label}: {value}") for label, value in _fields(row)]
    lines += _asks(facts, row)
    lines += _trust(facts, row)
    rules = [rule for rule, ids in asked_by().items() if kind == "questions" and row.id in ids]
    lines += [_indented(f"asked by: {', '.join(sorted(rules))}")] if rules else []
    related = _related(facts, row.id)
    lines += [_indented(f"see also: {', '.join(related)}")] if related else []
    return "\n".join(lines)


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


def _asks(facts: Knowledge, row: Any) -> list[str]:
    """The questions that a row asks of the patient, with what they are asked about."""
    if not getattr(row, "when", ()):
        return []
    about = [row.of] if row.of else []
    if row.limit is not None:
        about.append(f"limit {words.number(row.limit, 6)}")
    told = f" ({', '.join(about)})" if about else ""
    lines = [_indented(f"holds when: {' and '.join(name.replace('_', ' ') for name in row.when)}{told}")]
    for question in facts.table("questions"):
        if question.id in asked_by().get(row.id, ()):
            lines.append(_indented(f"asks {question.id}: {question.ask}"))
    return lines


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


def _trust(facts: Knowledge, row: Any) -> list[str]:
    lines = []
    for key in _sources(row):
        if not facts.has("sources", key):
            lines.append(_indented(f"source: {key}"))
            continue
        source = facts.get("sources", key)
        where = f", {row.locator}" if getattr(row, "locator", "") else ""
        lines.append(_indented(f"source: {source.title}. {source.publisher} {source.year}{where} [{source.id}]"))
        lines += [f"    {source.address}"] if source.address else []
        lines.append(f"    {words.READ_AS.get(source.read_as, source.read_as)}")
    standing = getattr(row, "standing", None)
    if standing is not None:
        lines.append(_indented(f"standing: {standing.value}, {words.STANDINGS[standing]}"))
    return lines


def _related(facts: Knowledge, key: str) -> list[str]:
    """Rows that name this one: an alternative its rule, a ratio its medicine, a claim what keeps it."""
    found = []
    for kind in KINDS:
        for row in facts.table(kind):
            named = {getattr(row, field, "") for field in ("rule", "drug", "perpetrator", "alternative")}
            if row.id != key and (key in named or key in getattr(row, "kept_by", ())):
                found.append(row.id)
    return found


def _sources(row: Any) -> Iterable[str]:
    return [part.strip() for part in getattr(row, "source", "").split(";") if part.strip()]


def _group(facts: Knowledge, wanted: str) -> list[str]:
    """A concept group: its codes by system, the words that place an entry in it, and what was left out."""
    codes = [row for row in facts.table("codes") if row.group.casefold() == wanted]
    terms = [row for row in facts.table("terms") if row.group.casefold() == wanted]
    removed = [row for row in facts.table("removed_codes") if row.group.casefold() == wanted]
    if not codes and not terms:
        return []
    lines = [f"{(codes or terms)[0].group} (group of codes)"]
    for system in dict.fromkeys(row.system for row in codes):
        members = [row for row in codes if row.system == system]
        lines.append(_indented(f"{system}: {words.counted(len(members), 'code')}"))
        shown = members[:MOST_CODES]
        lines += [_indented(f"{row.code}{'*' if row.match == 'prefix' else ''} {row.display}", "    ") for row in shown]
        if len(members) > MOST_CODES:
            lines.append(f"    and {len(members) - MOST_CODES} more")
    if terms:
        lines.append(_indented("words: " + "; ".join(row.words for row in terms)))
    if removed:
        lines.append(_indented(f"left out of published sets: {words.counted(len(removed), 'code')}"))
        lines += [_indented(f"{row.code} {row.display}: {row.reason}", "    ") for row in removed[:MOST_CODES]]
    for key in dict.fromkeys(row.source for row in codes):
        if facts.has("sources", key):
            lines.append(_indented(f"source: {facts.get('sources', key).title} [{key}]"))
    return ["\n".join(lines)]
