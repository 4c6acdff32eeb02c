"""Answers that a person gave, checked against the questions: a wrong id or value is an error, never ignored."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from unclench.knowledge import Knowledge
from unclench.knowledge.rows import Question
from unclench.record.patient import Stated
from unclench.values import RecordError


def check_answers(answers: Iterable[Stated], facts: Knowledge) -> None:
    """Raise a RecordError for the first answer that is not one of its question's.

    Two different answers to one question are an error too: which one holds is not ours to choose.
    """
    seen: dict[str, str] = {}
    for answer in answers:
        if not facts.has("questions", answer.question):
            near = get_close_matches(answer.question, [row.id for row in facts.table("questions")], n=3)
            raise RecordError(
                where=f"{answer.where}: {answer.question}",
                found="an answer to an unknown question",
                need="the id of a question",
                fix=f"Did you mean {' or '.join(near)}?" if near else "See `unclench questions` for all ids.",
            )
        check_value(answer, facts.get("questions", answer.question))
        if seen.setdefault(answer.question, answer.value) != answer.value:
            raise RecordError(
                where=f"{answer.where}: {answer.question}",
                found=f"two answers, {seen[answer.question]!r} and {answer.value!r}",
                need="one",
                fix="Remove one of them.",
            )


def check_value(answer: Stated, question: Question) -> None:
    where = f"{answer.where}: {question.id}"
    if question.kind != "number":
        if answer.value not in question.allowed:
            raise RecordError(
                where=where, found=repr(answer.value), need=" or ".join(question.allowed), fix="Use one of these words."
            )
        return
    low, high = question.low, question.high
    span = f"a number from {low:g} to {high:g}{_unit(question)}" if low is not None and high is not None else "a number"
    try:
        value = float(answer.value.replace("_", "?"))  # Python reads 8_0 as 80; a person meant something else
    except ValueError:
        raise RecordError(where=where, found=repr(answer.value), need=span, fix="Write the number alone.") from None
    # A NaN fails every comparison, so it is refused here too.
    if low is not None and high is not None and not low <= value <= high:
        raise RecordError(where=where, found=repr(answer.value), need=span, fix="Check the number and its unit.")


def _unit(question: Question) -> str:
    """The unit in brackets; one in braces, such as {score}, is UCUM's word for none."""
    return "" if not question.unit or question.unit.startswith("{") else f" ({question.unit})"
