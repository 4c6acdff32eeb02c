"""Feedback as clients send it: what is counted is read, free words are not even kept for the length of the call."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from unclench.interfaces.web.hooks.faults import Refused
from unclench.interfaces.web.hooks.told import Outcome, Reported
from unclench.report.card_links import REASON_SYSTEM

MOST_ITEMS = 200
LONGEST_COMMENT = 4000
OTHER = "other"


def reported(body: Mapping[str, Any], *, reasons: frozenset[str]) -> tuple[Reported, ...]:
    """Every item of one feedback call.

    Parameters
    ----------
    reasons
        the codes that our cards offer. Any other is counted as "other": a code may be whatever a client makes up.

    Raises
    ------
    Refused
        400 where an item lacks what the standard requires.
    """
    items = body.get("feedback")
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise Refused(400, f"`feedback` is required: a list of at most {MOST_ITEMS} items.")
    return tuple(_item(one, reasons) for one in items)


def _item(item: Any, reasons: frozenset[str]) -> Reported:
    if not isinstance(item, dict):
        raise Refused(400, "Each item of `feedback` is an object.")
    outcome = item.get("outcome")
    if outcome not in ("accepted", "overridden"):
        raise Refused(400, "`outcome` is required: accepted or overridden.")
    _refuse_without_suggestions(item, outcome)
    return Reported(_card(item.get("card")), outcome, _reason(item, reasons), _hour(item.get("outcomeTimestamp")))


def _card(value: Any) -> str:
    if isinstance(value, str) and value.strip() and len(value) <= 100:
        try:
            return str(uuid.UUID(value))
        except ValueError:
            # Not one of ours: it is counted, and not kept as it came.
            return str(uuid.uuid5(uuid.NAMESPACE_OID, value))
    raise Refused(400, "`card` is required: the uuid of the card.")


def _refuse_without_suggestions(item: Mapping[str, Any], outcome: Outcome) -> None:
    if outcome != "accepted":
        return
    accepted = item.get("acceptedSuggestions")
    rows = accepted if isinstance(accepted, list) else []
    if not rows or not all(isinstance(one, dict) and isinstance(one.get("id"), str) and one["id"] for one in rows):
        raise Refused(400, "`acceptedSuggestions` is required where the outcome is accepted: each with its id.")


def _reason(item: Mapping[str, Any], reasons: frozenset[str]) -> str:
    given = item.get("overrideReason")
    if given is None or item.get("outcome") == "accepted":
        return ""
    reason = given.get("reason") if isinstance(given, dict) else None
    comment = given.get("userComment") if isinstance(given, dict) else None
    if isinstance(comment, str) and len(comment) > LONGEST_COMMENT:
        raise Refused(400, f"`userComment` is at most {LONGEST_COMMENT} characters.")
    code = reason.get("code") if isinstance(reason, dict) else None
    if not (isinstance(code, str) and code) and not (isinstance(comment, str) and comment):
        raise Refused(400, "`overrideReason`, where given, holds a coded reason or a userComment.")
    if not isinstance(code, str) or not code:
        return ""
    system = reason.get("system") if isinstance(reason, dict) else None
    return code if code in reasons and system in (None, REASON_SYSTEM) else OTHER


def _hour(value: Any) -> str:
    if isinstance(value, str) and len(value) <= 40:
        try:
            when = datetime.fromisoformat(value.strip().upper())
        except ValueError:
            when = None
        if when is not None and when.tzinfo is not None:
            try:
                return when.astimezone(UTC).strftime("%Y-%m-%dT%HZ")
            except OverflowError:
                pass
    raise Refused(400, "`outcomeTimestamp` is required: a date and time in UTC, as 2026-11-22T10:15:00Z.")
