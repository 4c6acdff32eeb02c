"""Rows that only cards need: when one is shown and how loudly, why it is set aside, what may be ordered instead."""

from __future__ import annotations

from msgspec import Struct

from unclench.values import Standing


class CardTier(Struct, frozen=True):
    """One situation in which a card is shown. The first that holds, by `order`, decides.

    `holds`: a name known to `report.card_tiers`. `hooks`: where it is shown; empty: nowhere. `say`: the statement
    that is its summary.
    """

    id: str
    order: int
    about: str  # order (a diazepam draft) | other (a draft of another medicine) | use (diazepam as taken)
    holds: str
    indicator: str  # critical | warning | info
    hooks: tuple[str, ...]
    say: str
    say_taken: str  # the summary where diazepam is taken and must not stop suddenly; "": the same
    what: str
    source: str
    locator: str
    standing: Standing


class OverrideReason(Struct, frozen=True):
    """A coded reason for setting a card aside. `category`: the group it belongs to in the published code system."""

    code: str
    display: str
    category: str
    offered: str  # yes | no: whether cards offer it; every category itself is known
    source: str
    locator: str
    standing: Standing


class Replacement(Struct, frozen=True):
    """A named product that may be ordered instead of diazepam, where the appraisal of its alternative says offer."""

    id: str
    alternative: str
    rxnorm: str
    name: str
    mg: float
    times: int
    days: int
    as_needed: str  # yes | no
    jurisdiction: str
    source: str
    locator: str
    standing: Standing
