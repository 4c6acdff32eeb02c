"""The rows that compare other benzodiazepines and Z-drugs with diazepam. As in `rows`, the columns are the fields."""

from __future__ import annotations

from msgspec import Struct

from unclench.values import Standing


class Equivalent(Struct, frozen=True):
    """How much of another drug one table calls equal to 10 mg of diazepam by mouth: a value, a range, or both.

    `kind`: guideline (what a switch goes by) | wider (shown as the range only).
    """

    id: str
    drug: str  # id of drugs.csv
    mg: float | None
    low_mg: float | None
    high_mg: float | None
    kind: str
    source: str
    locator: str
    standing: Standing
    note: str


class OmittedEquivalent(Struct, frozen=True):
    """A table of equivalence, or a part of one, that was read and left out."""

    id: str
    what: str
    reason: str


class HalfLife(Struct, frozen=True):
    """How fast another benzodiazepine or Z-drug leaves, its active metabolites included where they outlast it."""

    id: str
    drug: str  # id of drugs.csv
    value_h: float
    low_h: float
    high_h: float
    source: str
    locator: str
    standing: Standing
