"""Sentences that must not reach a patient: promises, levels called safe, machine words, markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import fields

from unclench.knowledge.load import FILES, Fault, Knowledge

# Columns that a person reads.
READ = frozenset(
    {"say", "text", "ask", "why", "title", "because", "do", "effect", "rate", "evidence", "better", "reason"}
)
PROMISES = re.compile(
    r"\bsafe (level|concentration|dose)s?\b|\bguarantee|\bcures?\b|\brisk[- ]free\b|\b100 ?% (safe|effective)\b"
    r"|\bcompletely safe\b|\bno risk\b|\bwill (relieve|heal)\b|\bsuccess rate\b|\bfit to drive\b",
    re.IGNORECASE,
)
DENIED = re.compile(r"\b(no|not|never|none|nor|refused)\b", re.IGNORECASE)
MARKUP = re.compile(r"<[a-z/]|\[/?[a-z]+\]|https?://|\x1b|`", re.IGNORECASE)


def check_sentences(facts: Knowledge) -> Iterator[Fault]:
    """No promise (unless the sentence denies it), no markup, no double spaces in what people read."""
    for name, kind in FILES.items():
        columns = [field.name for field in fields(kind) if field.name in READ]
        for row in facts.table(name):
            for column in columns:
                text = str(getattr(row, column))
                where = f"{name} {getattr(row, 'id', '')} {column}"
                promise = PROMISES.search(text)
                if promise and not DENIED.search(text):
                    yield Fault(where, f"{promise.group()!r}", "no promise")
                if MARKUP.search(text):
                    yield Fault(where, "markup or an address", "plain words")
                if "  " in text:
                    yield Fault(where, "two spaces", "one")


CHECKS = (check_sentences,)
