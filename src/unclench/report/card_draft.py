"""What a draft order says of its product, as it was sent: how it is given, and what another product would do to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from unclench.record.fhir_dosage import strength_of

MASSES = frozenset({"mg", "ug", "mcg", "g"})
_NOT_BY_MOUTH = re.compile(r"(?i)inject|intraven|intramusc|\brect|suppos|enema|nasal|\bim\b|\biv\b|\bpr\b")


def by_mouth(order: dict[str, Any]) -> bool:
    """Whether nothing says otherwise. A regimen here is by mouth: it is no change of an injection or an enema."""
    told = (order.get("medicationCodeableConcept"), order.get("dosageInstruction"))
    return not any(_NOT_BY_MOUTH.search(text) for text in _texts(told))


def grows(order: dict[str, Any], product: str) -> bool:
    """Whether this product, put into the order while its doses stay, would make them larger, or nobody can say.

    Some clients apply the medicine of a suggestion alone. Doses in mg keep their size then; two tablets do not.
    """
    doses = order.get("dosageInstruction")
    new = strength_of(product)
    if not doses or new is None or _in_mass(doses):
        return False
    known = [strength_of(text) for text in _texts(order.get("medicationCodeableConcept"))]
    drafted = [one for one in known if one is not None]
    return not drafted or new > min(drafted)


def _in_mass(doses: Any) -> bool:
    """Whether every dose is written as a mass."""
    units = set(re.findall(r'"doseQuantity": (\{[^{}]*\})', json.dumps(doses)))
    written = [json.loads(one) for one in units]
    return bool(written) and all({one.get("code"), one.get("unit")} & MASSES for one in written)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
