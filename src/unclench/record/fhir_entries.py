"""Conditions, allergies, observations and procedures of FHIR R4 as values of ours."""

from __future__ import annotations

import math
import re

from unclench.record import resources
from unclench.record.codes import Snomed
from unclench.record.desk import Desk
from unclench.record.patient import Allergy, Condition, Observation, PartialDate, Procedure, Status
from unclench.record.terms import codes_of, end_of, start_of, text_of, word_of

_CLINICAL = {
    "active": Status.ACTIVE,
    "recurrence": Status.ACTIVE,
    "relapse": Status.ACTIVE,
    "inactive": Status.ENDED,
    "remission": Status.ENDED,
    "resolved": Status.ENDED,
}
_UNCERTAIN = frozenset(("provisional", "differential", "unconfirmed"))
NONE_KNOWN_CODES = frozenset(("716186003", "409137002", "428607008", "429625007", "428197003", "1003774007"))
"""SNOMED CT: no known allergy, and its kinds (drug, environment, food, insect, latex)."""

_NONE_KNOWN_TEXT = re.compile(
    r"(?:(?:no|none|nil|negative)\s+(?:known\s+|recorded\s+)?(?:drug\s+|food\s+|medication\s+)?"
    r"(?:allerg\w*|adverse reactions?)(?:\s+known)?|nkda|nka|none known|nil known|no known)\W*",
    re.IGNORECASE,
)
_OBSERVED = frozenset(("registered", "preliminary", "final", "amended", "corrected", "unknown"))
_DONE = {
    "completed": Status.ENDED,
    "stopped": Status.ENDED,
    "in-progress": Status.ACTIVE,
    "on-hold": Status.ON_HOLD,
    "preparation": Status.DRAFT,
    "unknown": Status.UNKNOWN,
}


def none_known(text: str) -> bool:
    """Whether words say that there is no known allergy."""
    return _NONE_KNOWN_TEXT.fullmatch(text.strip()) is not None


def condition(desk: Desk, ref: str, it: resources.Condition) -> Condition | None:
    """A problem or diagnosis; None when it is refuted or entered in error."""
    text, verified = text_of(it.code), word_of(it.verification_status)
    if verified in ("refuted", "entered-in-error"):
        desk.note(verified, ref, text)
        return None
    codes = codes_of(it.code)
    if not codes and not text:
        desk.note("unreadable", ref, "a problem without a code or a name")
        return None
    clinical = word_of(it.clinical_status)
    ended = desk.day(ref, "the end", end_of(it.abatement_date_time, it.abatement_period))
    status = _CLINICAL.get(clinical, Status.UNKNOWN)
    if status is Status.UNKNOWN and (ended is not None or it.abatement_string):
        status = Status.ENDED
    kinds = [word_of(category) for category in it.category or ()]
    return Condition(
        ref,
        codes,
        text,
        status,
        desk.day(ref, "the onset", start_of(it.onset_date_time, it.onset_period)),
        desk.day(ref, "the date of recording", it.recorded_date),
        ended,
        clinical == "remission",
        "encounter-diagnosis" if "encounter-diagnosis" in kinds and "problem-list-item" not in kinds else "problem",
        verified not in _UNCERTAIN,
        text_of(it.severity),
    )


def allergy(desk: Desk, ref: str, it: resources.AllergyIntolerance) -> Allergy | None:
    """An allergy, or the statement that none is known."""
    reactions = it.reaction or []
    code = it.code or next((reaction.substance for reaction in reactions if reaction.substance), None)
    text, verified = text_of(code), word_of(it.verification_status)
    if verified in ("refuted", "entered-in-error"):
        desk.note(verified, ref, f"allergy: {text}")
        return None
    codes = codes_of(code)
    if not codes and not text:
        desk.note("unreadable", ref, "an allergy without a code or a name")
        return None
    none = none_known(text) or any(isinstance(c, Snomed) and c.code in NONE_KNOWN_CODES for c in codes)
    shown = [text_of(found) for reaction in reactions for found in reaction.manifestation or ()]
    return Allergy(
        ref,
        codes,
        text,
        _CLINICAL.get(word_of(it.clinical_status), Status.UNKNOWN),
        none,
        "; ".join(filter(None, shown)),
    )


def observations(desk: Desk, ref: str, it: resources.Observation) -> list[Observation]:
    """One measurement, and one for each component (blood pressure); those without a value say nothing."""
    if it.status is not None and it.status not in _OBSERVED:
        if it.status in ("entered-in-error", "cancelled"):
            desk.note(it.status, ref, text_of(it.code))
        else:
            desk.note("unreadable", ref, f"a measurement of unknown status {it.status[:20]!r}: left out")
        return []
    when = start_of(it.effective_date_time, it.effective_period) or it.effective_instant or it.issued
    taken = desk.day(ref, "the date", when)
    if taken is not None and taken.first > desk.on:
        desk.note("future", ref, f"{text_of(it.code)} is dated {taken.first}, after {desk.on}: left out")
        return []
    found = _observation(desk, ref, it, taken, it.value_date_time or _range(it.value_range))
    out = [found] if found is not None else []
    for part in it.component or ():
        found = _observation(desk, ref, part, taken, "")
        if found is not None:
            out.append(found)
    return out


def _observation(
    desk: Desk, ref: str, it: resources.Observation | resources.Component, taken: PartialDate | None, words: str
) -> Observation | None:
    if it.data_absent_reason is not None:
        return None
    quantity, concept = it.value_quantity, it.value_codeable_concept
    value: float | None = None
    unit = comparator = ""
    value_codes: tuple = ()  # type: ignore[type-arg]
    if quantity is not None and quantity.value is not None:
        value, unit, comparator = quantity.value, quantity.code or quantity.unit or "", quantity.comparator or ""
        if not math.isfinite(value):
            desk.note("unreadable", ref, f"{text_of(it.code)}: a value that is not a number")
            return None
    elif concept is not None:
        value_codes, words = codes_of(concept), text_of(concept)
    elif it.value_integer is not None:
        value = float(it.value_integer)
    elif it.value_boolean is not None:
        words = "yes" if it.value_boolean else "no"
    elif it.value_string:
        words = it.value_string
    if value is None and not value_codes and not words:
        return None
    return Observation(ref, codes_of(it.code), text_of(it.code), value, unit, comparator, value_codes, words, taken)


def _range(found: resources.Range | None) -> str:
    if found is None:
        return ""
    ends = [
        f"{q.value:g} {q.unit or q.code or ''}".strip() for q in (found.low, found.high) if q and q.value is not None
    ]
    return " to ".join(ends)


def procedure(desk: Desk, ref: str, it: resources.Procedure) -> Procedure | None:
    """Something done, such as physiotherapy; None when it was not done."""
    text = text_of(it.code)
    if it.status in ("not-done", "entered-in-error"):
        desk.note("entered-in-error" if it.status == "entered-in-error" else "cancelled", ref, text)
        return None
    codes = codes_of(it.code)
    if not codes and not text:
        desk.note("unreadable", ref, "a procedure without a code or a name")
        return None
    performed = desk.day(ref, "the date", start_of(it.performed_date_time, it.performed_period))
    if performed is not None and performed.first > desk.on:
        desk.note("future", ref, f"{text} is dated {performed.first}, after {desk.on}: left out")
        return None
    return Procedure(ref, codes, text, _DONE.get(it.status or "", Status.UNKNOWN), performed)
