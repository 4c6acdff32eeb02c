"""Types that every part of the published shape is made of."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(max_length=4000)]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-11-22"])]
Positive = Annotated[float, Meta(ge=0)]
VerdictName = Literal["avoid", "not-first-line", "usable-with-changes", "reasonable"]
AnswerName = Literal["yes", "no", "cannot-say"]
StandingName = Literal["read", "derived", "project", "unverified"]
TaperNeed = Literal["none", "step-down", "taper", "specialist"]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every object of the output: no field that the schema does not name."""


class SupplyLineOut(Strict, frozen=True):
    product: str
    name: Text
    strength_mg: Positive
    count: Positive


class MadeWithOut(Strict, frozen=True):
    """The same of these and the same input give the same bytes."""

    unclench: str
    edition: str
    edition_date: Day
    python_packages: dict[str, str]
    notes: tuple[Text, ...]
