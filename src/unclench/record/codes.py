"""One type per coding system, so that a SNOMED CT code can never be looked up as a LOINC code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RxNorm:
    code: str


@dataclass(frozen=True, slots=True)
class Atc:
    code: str


@dataclass(frozen=True, slots=True)
class Snomed:
    code: str


@dataclass(frozen=True, slots=True)
class Icd10cm:
    code: str


@dataclass(frozen=True, slots=True)
class Loinc:
    code: str


@dataclass(frozen=True, slots=True)
class OtherCode:
    """A code of a system that no rule uses (NDF-RT, UNII, local...). Kept, so that it can be shown."""

    system: str
    code: str


Code = RxNorm | Atc | Snomed | Icd10cm | Loinc | OtherCode
