"""Answers that a person gives: `--answer pain=8`, a file, or the `answers:` of a short record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unclench.record import plain_yaml
from unclench.record.patient import Stated
from unclench.record.source import read_bytes, text_bytes
from unclench.values import RecordError

_WORDS = {"true": "yes", "false": "no", "y": "yes", "n": "no", "on": "yes", "off": "no"}
MAX_VALUE_LENGTH = 200


def parse_answer(text: str, *, where: str = "--answer") -> Stated:
    """ID=VALUE."""
    question, equals, value = text.partition("=")
    if not equals or not question.strip() or not value.strip():
        raise RecordError(
            where=where,
            found=repr(text[:80]),
            need="ID=VALUE, such as pain=8",
            fix="`unclench questions` lists the ids and what each may be.",
        )
    return _stated(question.strip(), value, where)


def parse_answers_file(path: Path | str) -> tuple[Stated, ...]:
    """A YAML or JSON mapping of ids to values; a whole short record's `answers:` is taken too."""
    path = Path(path)
    value = plain_yaml.load(text_bytes(read_bytes(path), str(path)), str(path))
    if isinstance(value, dict) and isinstance(value.get("answers"), dict):
        value = value["answers"]
    return stated_of(value, f"--answers {path.name}")


def stated_of(value: Any, where: str) -> tuple[Stated, ...]:
    """A mapping of answers; a question without an answer is not answered."""
    if not isinstance(value, dict):
        raise RecordError(
            where=where,
            found="something that is not a list of ID: VALUE",
            need="a mapping such as pain: 8",
            fix="Write one answer per line.",
        )
    out = []
    for question, answer in value.items():
        if answer is None:
            continue
        if not isinstance(answer, str):
            raise RecordError(
                where=f"{where}, {question[:60]}", found="several values", need="one value", fix="Give one answer."
            )
        out.append(_stated(question, answer, where))
    return tuple(out)


def _stated(question: str, value: str, where: str) -> Stated:
    value = value.strip()
    if len(value) > MAX_VALUE_LENGTH:
        raise RecordError(
            where=f"{where}, {question[:60]}",
            found=f"{len(value)} characters",
            need=f"at most {MAX_VALUE_LENGTH}",
            fix="Give a short answer.",
        )
    return Stated(question, _WORDS.get(value.lower(), value), where)
