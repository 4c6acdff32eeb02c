"""What of a draft order is kept when its dose is replaced: only what R4 allows, in the shape that R4 wants.

Real clients send drafts that are not strict (a category that is no list, a reason that is none either). What can be
put right is put right; what cannot is left out, because a resource that goes out of here is valid.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from unclench.record.terms import partial_date
from unclench.report.fhir.parts import Json, filled, is_uri
from unclench.report.wording import LONGEST_TEXT

MOST = 20  # of a list: more is no draft of one medicine
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
_CODE = re.compile(r"[^\s]+( [^\s]+)*")
_TIMED = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII)
_WITHIN = re.compile(r"[^\s\"<>\\^`{|}#][^\s\"<>\\^`{|}]*")
_INTENTS = ("proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option")
_PRIORITIES = ("routine", "urgent", "asap", "stat")
_USES = ("usual", "official", "temp", "secondary", "old")

Check = Callable[[Any], Any]


def kept(draft: Json) -> Json:
    """The valid parts of a draft that say nothing about product, dose or supply."""
    return filled(**{key: check(draft.get(key)) for key, check in _KEPT.items()})


def identity(draft: Json | None, otherwise: str) -> str:
    """The id of the draft, if it is one."""
    given = (draft or {}).get("id")
    return given if isinstance(given, str) and _ID.fullmatch(given) else otherwise


def text(value: Any) -> str | None:
    """A string that is neither blank nor endless, without characters that FHIR forbids."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return None
    kept_text = "".join(char for char in value if char.isprintable()).strip()
    return kept_text or None


def _one_of(*allowed: str) -> Check:
    return lambda value: value if isinstance(value, str) and value in allowed else None


def _code(value: Any) -> str | None:
    found = text(value)
    return found if found and found == value and _CODE.fullmatch(found) else None


def _uri(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= LONGEST_TEXT and is_uri(value) else None


def _when(value: Any) -> str | None:
    if not isinstance(value, str) or not _TIMED.fullmatch(value) or partial_date(value) is None:
        return None
    return value if "T" not in value or (value[11:13] < "24" and value[14:16] < "60" and value[17:19] < "60") else None


def _many(check: Check) -> Check:
    """A list; one alone becomes a list of one."""

    def of(value: Any) -> list[Any]:
        given = value if isinstance(value, list) else [value]
        return [one for one in map(check, given[:MOST]) if one]

    return of


def _coding(value: Any) -> Json:
    if not isinstance(value, dict) or _code(value.get("code")) is None:
        return {}
    return filled(
        system=_uri(value.get("system")),
        version=text(value.get("version")),
        code=_code(value.get("code")),
        display=text(value.get("display")),
    )


def _concept(value: Any) -> Json:
    if not isinstance(value, dict):
        return {}
    return filled(coding=_many(_coding)(value.get("coding")), text=text(value.get("text")))


def _identifier(value: Any) -> Json:
    if not isinstance(value, dict) or text(value.get("value")) is None:
        return {}
    return filled(
        use=_one_of(*_USES)(value.get("use")), system=_uri(value.get("system")), value=text(value.get("value"))
    )


def subject(value: Any) -> Json:
    """A reference that leads out of the resource; what is contained is not kept, so nothing may point to it."""
    if not isinstance(value, dict):
        return {}
    to = value.get("reference")
    leads = to if isinstance(to, str) and len(to) <= LONGEST_TEXT and _WITHIN.fullmatch(to) else None
    found = filled(
        reference=leads,
        type=_uri_or_type(value.get("type")),
        identifier=_identifier(value.get("identifier")),
        display=text(value.get("display")),
    )
    return found if set(found) - {"type"} else {}


def _uri_or_type(value: Any) -> str | None:
    return value if isinstance(value, str) and value.isascii() and value.isalpha() and len(value) <= 40 else None


def _annotation(value: Any) -> Json:
    said = text(value.get("text")) if isinstance(value, dict) else None
    if said is None:
        return {}
    return filled(authorString=text(value.get("authorString")), time=_when(value.get("time")), text=said)


_KEPT: dict[str, Check] = {
    "identifier": _many(_identifier),
    "intent": _one_of(*_INTENTS),
    "category": _many(_concept),
    "priority": _one_of(*_PRIORITIES),
    "subject": subject,
    "encounter": subject,
    "authoredOn": _when,
    "requester": subject,
    "performer": subject,
    "performerType": _concept,
    "recorder": subject,
    "reasonCode": _many(_concept),
    "reasonReference": _many(subject),
    "basedOn": _many(subject),
    "groupIdentifier": _identifier,
    "courseOfTherapyType": _concept,
    "insurance": _many(subject),
    "note": _many(_annotation),
}
