"""CDS Hooks cards as they are sent: only what has a value, named as the standard names it, right when made."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from unclench.values import EngineError

SUMMARY_BELOW = 140  # characters; the standard asks for fewer
RANK = {"critical": 0, "warning": 1, "info": 2}

Indicator = Literal["critical", "warning", "info"]
Hook = Literal["order-select", "order-sign", "patient-view"]


class Part(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, rename="camel"):
    """Every object of an answer: nothing empty is sent, nothing unknown is read."""


class Coding(Part, frozen=True):
    code: str
    system: str
    display: str = ""


class Source(Part, frozen=True):
    """Where the advice comes from. `url` is about the project, never about the patient."""

    label: str
    url: str = ""
    topic: Coding | None = None


class Action(Part, frozen=True):
    """One change of an order: a whole new resource, the whole changed resource, or the reference of one to remove."""

    type: Literal["create", "update", "delete"]
    description: str
    resource: dict[str, Any] | None = None
    resource_id: str = ""

    def __post_init__(self) -> None:
        deletes = self.type == "delete"
        _need(bool(self.description), "an action", "no description", "a description")
        _need(deletes == bool(self.resource_id), "an action", self.type, "resourceId to delete, and only then")
        _need(deletes == (self.resource is None), "an action", self.type, "a resource unless it deletes")


class Suggestion(Part, frozen=True):
    """Actions that are taken together. `is_recommended` is always said."""

    label: str
    uuid: str
    is_recommended: bool
    actions: tuple[Action, ...] = ()


class Link(Part, frozen=True):
    """An absolute link that carries no patient. There are no smart links."""

    label: str
    url: str
    type: Literal["absolute"]


class Card(Part, frozen=True):
    """One finding or plan as CDS Hooks shows it."""

    uuid: str
    summary: str
    indicator: Indicator
    source: Source
    detail: str = ""  # GitHub-flavoured Markdown; whatever came from a record is escaped
    selection_behavior: Literal["", "at-most-one"] = ""
    suggestions: tuple[Suggestion, ...] = ()
    override_reasons: tuple[Coding, ...] = ()
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        length = len(self.summary)
        _need(0 < length < SUMMARY_BELOW, "a card", f"a summary of {length} characters", f"1 to {SUMMARY_BELOW - 1}")
        _need(bool(self.suggestions) == bool(self.selection_behavior), "a card", "suggestions", "selectionBehavior too")
        recommended = sum(one.is_recommended for one in self.suggestions)
        _need(recommended <= 1, "a card", f"{recommended} recommended suggestions", "at most one")


class CardsOut(Part, frozen=True):
    """The answer of a service. An empty list is sent where there is nothing to say."""

    cards: tuple[Card, ...]


def _need(holds: bool, where: str, found: str, need: str) -> None:
    if not holds:
        raise EngineError(where=where, found=found, need=need, fix="Mend the module that makes cards.")


def schema() -> dict[str, Any]:
    """The JSON Schema of `CardsOut`."""
    return msgspec.json.schema(CardsOut)
