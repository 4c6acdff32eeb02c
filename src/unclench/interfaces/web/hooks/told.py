"""What is remembered of cards: which rule each was about, and what was done with it. Nothing of any patient.

A card's uuid is made from the hook instance, the rule and the order: it names nobody, and is kept only until newer ones
push it out. Feedback is counted by rule, outcome, coded reason and hour.
"""

from __future__ import annotations

import os
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

import msgspec

from unclench.report.schema_cards import Card

MOST_CARDS = 20_000
MOST_REPORTS = 20_000
MOST_COUNTS = 5_000
UNKNOWN = "unknown"

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Outcome = Literal["accepted", "overridden"]


class Bounded(Generic[Key, Value]):
    """The newest entries, at most `most` of them."""

    def __init__(self, most: int) -> None:
        self._held: OrderedDict[Key, Value] = OrderedDict()
        self._most = most

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Key) -> Value | None:
        return self._held.get(key)

    def keep(self, key: Key, value: Value) -> None:
        self._held[key] = value
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)


class Report(msgspec.Struct, frozen=True):
    """All that is kept of one piece of feedback."""

    rule: str
    outcome: Outcome
    reason: str  # a published code, "other" for any other code, "" for none
    hour: str  # "2026-11-22T10Z"


@dataclass(frozen=True, slots=True)
class Reported:
    """One piece of feedback as read: the card it is about, and what may be kept."""

    card: str
    outcome: Outcome
    reason: str
    hour: str


class Told:
    """One per worker. With a file, every worker appends to the same one."""

    def __init__(self, feedback_file: str = "") -> None:
        self._rules: Bounded[str, str] = Bounded(MOST_CARDS)
        self._seen: Bounded[tuple[str, str, str], bool] = Bounded(MOST_REPORTS)
        self._file = Path(feedback_file) if feedback_file else None
        self.counts: Counter[Report] = Counter()

    def remember(self, cards: Iterable[Card]) -> None:
        """Which rule each card was about."""
        for card in cards:
            self._rules.keep(card.uuid.lower(), rule_of(card))

    def report(self, reported: Iterable[Reported]) -> None:
        """Count each report once, however often it is sent. A card that is not known here is counted as unknown."""
        fresh = []
        for one in reported:
            key = (one.card, one.outcome, one.reason)
            if self._seen.get(key) is None:
                self._seen.keep(key, value=True)
                fresh.append(Report(self._rules.get(one.card) or UNKNOWN, one.outcome, one.reason, one.hour))
        self.counts.update(fresh)
        while len(self.counts) > MOST_COUNTS:  # the oldest hours go first
            del self.counts[min(self.counts, key=lambda one: one.hour)]
        if self._file is not None and fresh:
            _append(self._file, b"".join(msgspec.json.encode(one) + b"\n" for one in fresh))


def rule_of(card: Card) -> str:
    """The rule that a card is about."""
    return card.source.topic.code if card.source.topic is not None else UNKNOWN


def _append(file: Path, lines: bytes) -> None:
    """In one write, so that workers do not mix their lines."""
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, lines)
    finally:
        os.close(handle)
