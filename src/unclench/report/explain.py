"""`unclench explain ID`: a fact in full on the terminal."""

from __future__ import annotations

from textwrap import fill

from unclench.knowledge.rows import Question
from unclench.report import wording as words
from unclench.report.explained import KINDS, MOST_CODES, CodeGroup, Explained, Read, allowed, explained, questions

WIDTH = 88


def explain(key: str) -> str:
    """The text for one id: every row that bears it, or the codes of a group with this name.

    Raises
    ------
    KnowledgeError
        where there is none.
    """
    parts = (_group(one) if isinstance(one, CodeGroup) else _row(one) for one in explained(key))
    return "\n\n".join(parts) + "\n"


def questions_text() -> str:
    """All questions for `unclench questions`, the most important first."""
    return "\n".join(_question(row) for row in questions()) + "\n"


def _question(row: Question) -> str:
    return "\n".join((f"{row.id}: {allowed(row)}", _indented(row.ask), _indented(row.why)))


def _indented(text: str, indent: str = "  ") -> str:
    return fill(
        words.clean(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _row(one: Explained) -> str:
    lines = [f"{one.id} ({KINDS[one.kind]})"]
    if one.title and one.title != one.id:
        lines.append(_indented(one.title))
    lines += [_indented(f"{label}: {value}") for label, value in one.fields]
    if one.holds_when:
        lines.append(_indented(f"holds when: {one.holds_when}"))
    lines += [_indented(f"asks {question.id}: {question.ask}") for question in one.asks]
    for read in one.read:
        lines += _source(read)
    if one.standing is not None:
        lines.append(_indented(f"standing: {one.standing.value}, {words.STANDINGS[one.standing]}"))
    lines += [_indented(f"asked by: {', '.join(one.asked_by)}")] if one.asked_by else []
    lines += [_indented(f"see also: {', '.join(one.see_also)}")] if one.see_also else []
    return "\n".join(lines)


def _source(read: Read) -> list[str]:
    source = read.source
    if source is None:
        return [_indented(f"source: {read.key}")]
    where = f", {read.locator}" if read.locator else ""
    lines = [_indented(f"source: {source.title}. {source.publisher} {source.year}{where} [{source.id}]")]
    lines += [f"    {source.address}"] if source.address else []
    return [*lines, f"    {words.READ_AS.get(source.read_as, source.read_as)}"]


def _group(one: CodeGroup) -> str:
    lines = [f"{one.id} (group of codes)"]
    for system, count, shown in one.systems:
        lines.append(_indented(f"{system}: {words.counted(count, 'code')}"))
        lines += [_indented(code, "    ") for code in shown]
        if count > MOST_CODES:
            lines.append(f"    and {count - MOST_CODES} more")
    if one.terms:
        lines.append(_indented("words: " + "; ".join(one.terms)))
    if one.left_out:
        lines.append(_indented(f"left out of published sets: {words.counted(one.left_out, 'code')}"))
        lines += [_indented(code, "    ") for code in one.left_out_codes]
    lines += [_indented(f"source: {source.title} [{source.id}]") for source in one.sources]
    return "\n".join(lines)
