"""The repeat filter: off unless the configuration asks.

A card already shown to the same user, about the same patient, order and rule, is left out for a while. A critical card
is never left out.

What is held is a keyed hash; the key is made when the worker starts and is nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable

from unclench.interfaces.web.hooks.told import Bounded, rule_of
from unclench.report.schema_cards import Card

MOST_HELD = 20_000
KEPT_S = 3600.0


class RepeatFilter:
    """One per worker: behind several workers a card may be shown once by each."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._secret = secrets.token_bytes(32)
        self._shown: Bounded[bytes, float] = Bounded(MOST_HELD)
        self._clock = clock

    def fresh(self, cards: Iterable[Card], *, client: str, user: str, patient: str, order: str) -> tuple[Card, ...]:
        """The cards that were not shown before, and every critical one. They count as shown from now on."""
        now = self._clock()
        left = []
        for card in cards:
            key = self._key(client, user, patient, order, rule_of(card))
            until = self._shown.get(key)
            if until is None or until <= now or card.indicator == "critical":
                left.append(card)
                self._shown.keep(key, now + KEPT_S)
        return tuple(left)

    def _key(self, *parts: str) -> bytes:
        told = b"".join(len(part.encode("utf-8", "replace")).to_bytes(4, "big") + part.encode("utf-8", "replace")
                        for part in parts)  # fmt: skip
        return hmac.new(self._secret, told, hashlib.sha256).digest()
