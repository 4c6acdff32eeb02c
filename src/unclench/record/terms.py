"""From FHIR's codings and dates to our own values: one type per coding system, and dates that may lack day or month."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache

from unclench.record.codes import Atc, Code, Icd10cm, Loinc, OtherCode, RxNorm, Snomed
from unclench.record.patient import PartialDate
from unclench.record.resources import Concept, Period

_SYSTEMS: dict[str, type[RxNorm] | type[Atc] | type[Snomed] | type[Icd10cm] | type[Loinc]] = {
    "http://www.nlm.nih.gov/research/umls/rxnorm": RxNorm,
    "urn:oid:2.16.840.1.113883.6.88": RxNorm,
    "http://www.whocc.no/atc": Atc,
    "urn:oid:2.16.840.1.113883.6.73": Atc,
    "http://snomed.info/sct": Snomed,
    "urn:oid:2.16.840.1.113883.6.96": Snomed,
    "http://hl7.org/fhir/sid/icd-10-cm": Icd10cm,
    "urn:oid:2.16.840.1.113883.6.90": Icd10cm,
    "http://loinc.org": Loinc,
    "urn:oid:2.16.840.1.113883.6.1": Loinc,
}
LONGEST_CODE = 500  # characters, its system included
LONGEST_DATE = 60
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T[\d:.,]+(?:Z|[+-]\d{2}:\d{2})?)?)?)?", re.ASCII)


@lru_cache(maxsize=16384)
def code_of(system: str, code: str) -> Code:
    """One code in the type of its system; a system that no rule uses keeps its name."""
    kind = _SYSTEMS.get(system.strip().removesuffix("/"))
    if kind is None and system.startswith("http://snomed.info/sct/"):
        kind = Snomed
    if kind is None:
        return OtherCode(system, code)
    return kind(code.strip().upper() if kind is Icd10cm else code.strip())


def codes_of(concept: Concept | None) -> tuple[Code, ...]:
    """Every code of a concept, in the order written. A coding without a code is left out: it says nothing.

    Nor does one that is far longer than any code: what is remembered of codes must stay small.
    """
    if concept is None or not concept.coding:
        return ()
    short = [c for c in concept.coding if c.code and len(c.code) + len(c.system or "") <= LONGEST_CODE]
    return tuple([code_of(c.system or "", c.code or "") for c in short])


def text_of(concept: Concept | None) -> str:
    """The words of a concept: its text, or else the first display."""
    if concept is None:
        return ""
    if concept.text:
        return concept.text.strip()
    for coding in concept.coding or ():
        if coding.display:
            return coding.display.strip()
    return ""


def word_of(concept: Concept | None) -> str:
    """The first code of a concept as a plain word (statuses), or its text where only text is given."""
    if concept is None:
        return ""
    for coding in concept.coding or ():
        if coding.code:
            return coding.code.strip().lower()
    return (concept.text or "").strip().lower()


def partial_date(text: str) -> PartialDate | None:
    """YYYY, YYYY-MM, YYYY-MM-DD or a date with a time; None for anything else, also for the 31st of February."""
    return _partial_date(text) if len(text) <= LONGEST_DATE else None


@lru_cache(maxsize=16384)
def _partial_date(text: str) -> PartialDate | None:
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if year is None or month is None:
            return PartialDate(date(int(found[1]), 1, 1), date(int(found[1]), 12, 31))
        if day is None:
            last = calendar.monthrange(year, month)[1]
            return PartialDate(date(year, month, 1), date(year, month, last))
        exact = date(year, month, day)
        return PartialDate(exact, exact)
    except (ValueError, calendar.IllegalMonthError):
        return None


def start_of(moment: str | None, period: Period | None) -> str | None:
    """When it began, as written."""
    return moment or (period.start or period.end if period else None)


def end_of(moment: str | None, period: Period | None) -> str | None:
    """When it ended, as written."""
    return moment or (period.end if period else None)
