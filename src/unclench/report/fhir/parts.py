"""The data types of FHIR R4 that several resources share. What would be empty is left out, as the standard demands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from unclench.record.codes import Atc, Code, Icd10cm, Loinc, OtherCode, RxNorm, Snomed
from unclench.report import wording as words

Json = dict[str, Any]

UCUM = "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
SNOMED = "http://snomed.info/sct"
SYSTEMS: dict[type[Code], str] = {
    RxNorm: RXNORM,
    Atc: ATC,
    Snomed: SNOMED,
    Icd10cm: "http://hl7.org/fhir/sid/icd-10-cm",
    Loinc: "http://loinc.org",
}
_CODE = re.compile(r"\S+( \S+)*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\"<>\\^`{|}]+", re.ASCII)


def filled(**elements: Any) -> Json:
    """An object without what is empty: FHIR knows no empty string, list, object or null. False and 0 are values."""
    return {
        key.rstrip("_"): value for key, value in elements.items() if value is not None and value not in ("", [], {})
    }


def amount(value: Decimal | float) -> int | float:
    """A number as JSON writes it: 2, not 2.0."""
    exact = Decimal(str(value))
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def quantity(value: Decimal | float, unit: str, code: str | None = None) -> Json:
    """A value with its UCUM unit; `code` where it differs from what is shown."""
    return {"value": amount(value), "unit": unit, "system": UCUM, "code": code or unit}


def absent(why: str) -> Json:
    """In place of a value that is left out on purpose, with the reason in a code of the standard."""
    return {"extension": [{"url": DATA_ABSENT, "valueCode": why}]}


def days(count: int) -> Json:
    return quantity(count, "day" if count == 1 else "days", "d")


def coding(system: str, code: str, display: str = "") -> Json:
    return filled(system=system, code=code, display=words.clean(display))


def concept(codings: Iterable[Json], text: str = "") -> Json:
    return filled(coding=list(codings), text=words.clean(text))


def recorded(codes: Iterable[Code], text: str) -> Json:
    """A concept of the record. Codes that FHIR's own types would refuse are left to the text."""
    found = []
    for one in codes:
        system = one.system if isinstance(one, OtherCode) else SYSTEMS[type(one)]
        if _CODE.fullmatch(one.code) and len(one.code) <= words.LONGEST_TEXT and words.clean(one.code) == one.code:
            found.append(filled(system=system if is_uri(system) else "", code=one.code))
    return concept(found, text)


def is_uri(text: str) -> bool:
    """Whether the text is an absolute address that every reader of FHIR takes."""
    return _URI.fullmatch(text) is not None


def reference(to: str, kind: str = "") -> Json:
    return filled(reference=to, type=kind)


def period(first: date, last: date) -> Json:
    """From the first day to the last, both included: what R4 means by days."""
    return {"start": first.isoformat(), "end": last.isoformat()}


def note(text: str) -> Json:
    """One Annotation."""
    return {"text": words.clean(text)}


def remarks(texts: Iterable[str]) -> list[Json]:
    """An Annotation for each text that says something."""
    return [one for text in texts if (one := note(text))["text"]]
