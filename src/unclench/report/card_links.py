"""Names of cards and links on them. A link carries a rule and never a value of the patient."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID, uuid5

from unclench.knowledge import knowledge
from unclench.report.card_text import say
from unclench.report.schema_cards import Coding, Link, Source
from unclench.values import Jurisdiction

NAMESPACE = UUID("7c1f4f0e-5d0c-5c39-9a55-2f6a0d9c8e11")
"""Of every uuid of a card. It never changes: a client reports by it what became of a card."""

RULE_SYSTEM = "urn:unclench:rule"
"""The code system of rule ids in `source.topic`: our own, and not registered anywhere (docs/cards.md)."""

LABEL = "Unclench"
REASON_SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"


def uuid_of(hook_instance: str, *parts: str) -> str:
    """The same for the same hook instance, rule and order; another for any other."""
    return str(uuid5(NAMESPACE, "|".join((hook_instance.lower(), *parts))))


def source_of(rule: str, title: str, base_url: str) -> Source:
    return Source(LABEL, f"{base_url}/about", Coding(rule, RULE_SYSTEM, title))


def links(rule: str, base_url: str, jurisdiction: Jurisdiction, *, taper: bool) -> tuple[Link, ...]:
    """The rule, the page that opens it and asks for the record, and the taper planner where a taper is needed."""
    at = quote(rule, safe="")
    found = [
        Link(say("CARD-LINK-RULE", jurisdiction, rule=rule), f"{base_url}/rules/{at}", "absolute"),
        Link(say("CARD-LINK-WORK", jurisdiction), f"{base_url}/?rule={at}", "absolute"),
    ]
    if taper:
        found.append(Link(say("CARD-LINK-TAPER", jurisdiction), f"{base_url}/taper", "absolute"))
    return tuple(found)


def override_reasons() -> tuple[Coding, ...]:
    """The published reasons that cards offer, each with its display."""
    rows = knowledge().table("override_reasons")
    return tuple(Coding(row.code, REASON_SYSTEM, row.display) for row in rows if row.offered == "yes")
