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
from collections.abc import Callable
from dataclasses import dataclass

from unclench.interfaces.web.hooks.told import Bounded, rule_of
from unclench.report.schema_cards import Card

MOST_HELD = 20_000
KEPT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is shown a card, and about whom. Never kept as it is."""

    client: str
    user: str
    patient: str


class RepeatFilter:
    """One per worker: behind several workers a card may be shown once by each."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._secret = secrets.token_bytes(32)
        self._shown: Bounded[bytes, float] = Bounded(MOST_HELD)
        self._clock = clock

    def is_fresh(self, card: Card, who: Asker, *, order: str) -> bool:
        """Whether to show it: not shown before, or critical. It counts as shown from now on."""
        now = self._clock()
        key = self._key(who.client, who.user, who.patient, order, rule_of(card))
        until = self._shown.get(key)
        if until is not None and until > now and card.indicator != "critical":
            return False
        self._shown.keep(key, now + KEPT_S)
        return True

    def _key(self, *parts: str) -> bytes:
        encoded = [part.encode("utf-8", "replace") for part in parts]
        told = b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
        return hmac.new(self._secret, told, hashlib.sha256).digest()
