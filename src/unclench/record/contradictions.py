"""What a record says twice, or says against itself. Noticed and told; only what cannot be is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from unclench.record.desk import Desk
from unclench.record.patient import (
    Allergy,
    Condition,
    Medication,
    Observation,
    PartialDate,
    Patient,
    Procedure,
    Status,
)

Listed = TypeVar("Listed", Condition, Medication, Allergy, Observation, Procedure)

WEIGHT_CODES = frozenset(("29463-7", "3141-9", "3142-7", "8335-2"))
"""LOINC: body weight, measured, stated, estimated."""

SIZE_CODES = WEIGHT_CODES | {"8302-2", "3137-7", "3138-5"}
"""Weight and height: they cannot be zero or below."""

WEIGHTS_DIFFER = 0.10
"""Two weights of one day that differ by more than this share cannot both be right: our choice."""


def folded(desk: Desk, entries: Sequence[Listed]) -> tuple[Listed, ...]:
    """The entries without exact doubles. Same content under another id is a double; the first one stays."""
    seen: dict[object, str] = {}
    out: list[Listed] = []
    for one in entries:
        key = _content(one)
        if key in seen:
            desk.note("duplicate", one.ref, f"the same as {seen[key]}: {one.text}, counted once")
        else:
            seen[key] = one.ref
            out.append(one)
    return tuple(out)


def _content(one: Condition | Medication | Allergy | Observation | Procedure) -> object:
    if isinstance(one, Observation):
        return _measured(one)
    name = one.codes or one.text.casefold()
    match one:
        case Condition():
            return (name, one.status, one.began, one.recorded, one.ended, one.certain)
        case Medication():
            return (name, one.kind, one.status, one.written, one.began, one.ended, one.dosage, one.last_seen)
        case Allergy():
            return (name, one.status)
        case Procedure():
            return (name, one.status, one.performed)


def _measured(one: Observation) -> object:
    """Plain words hash several times faster than codes, and measurements are most of a record."""
    code = one.codes[0].code if one.codes else ""
    meant = one.value_codes[0].code if one.value_codes else ""
    when = (one.taken.first, one.taken.last) if one.taken else None
    return (one.text, code, when, one.value, one.unit, meant, one.value_text, one.comparator)


def notice_contradictions(desk: Desk, patient: Patient) -> Patient:
    """Tell what cannot all be true."""
    _life(desk, patient)
    for condition in patient.conditions:
        _order(desk, condition.ref, condition.text, condition.began, condition.ended)
        _future(desk, condition.ref, condition.text, condition.began or condition.recorded)
        ended = condition.ended
        if condition.status is Status.ACTIVE and ended is not None and ended.last <= desk.on:
            desk.note("contradiction", condition.ref, f"{condition.text} is active, yet has an end ({ended.first})")
    for medication in patient.medications:
        _order(desk, medication.ref, medication.text, medication.began, medication.ended)
        _future(desk, medication.ref, medication.text, medication.written)
        if patient.deceased and medication.status is Status.ACTIVE:
            desk.note("contradiction", medication.ref, f"{medication.text} is still active after death")
    _active_and_stopped(desk, patient.medications)
    _allergies(desk, patient.allergies)
    return replace(patient, observations=_weights(desk, patient.observations))


def _life(desk: Desk, patient: Patient) -> None:
    birth, died = patient.birth, patient.deceased_on
    if birth is not None and birth.first > desk.on:
        desk.note("contradiction", patient.ref, f"born {birth.first}, which is after {desk.on}")
    if died is not None and birth is not None and died.last < birth.first:
        desk.note("contradiction", patient.ref, f"died {died.last}, before being born {birth.first}")
    if died is not None and died.first > desk.on:
        desk.note("future", patient.ref, f"the date of death, {died.first}, is after {desk.on}")


def _order(desk: Desk, ref: str, text: str, began: PartialDate | None, ended: PartialDate | None) -> None:
    if began is not None and ended is not None and ended.last < began.first:
        desk.note("contradiction", ref, f"{text} ended {ended.last}, before it began {began.first}")


def _future(desk: Desk, ref: str, text: str, when: PartialDate | None) -> None:
    if when is not None and when.first > desk.on:
        desk.note("future", ref, f"{text} is dated {when.first}, after {desk.on}")


def _active_and_stopped(desk: Desk, medications: tuple[Medication, ...]) -> None:
    """A stop written on or after the day of the order that is still active. An older stop is only a renewal."""
    active: dict[object, Medication] = {}
    for one in medications:
        if one.status is Status.ACTIVE:
            active[one.codes or one.text.casefold()] = one
    for one in medications:
        other = active.get(one.codes or one.text.casefold())
        if one.status is not Status.ENDED or other is None:
            continue
        stop, go = one.ended or one.written, other.written
        if stop is None or go is None or stop.last >= go.first:
            desk.note("contradiction", one.ref, f"{one.text} is stopped here and active in {other.ref}")


def _allergies(desk: Desk, allergies: tuple[Allergy, ...]) -> None:
    none = next((one for one in allergies if one.is_none_known and one.status is not Status.ENDED), None)
    some = next((one for one in allergies if not one.is_none_known and one.status is not Status.ENDED), None)
    if none is not None and some is not None:
        desk.note("contradiction", none.ref, f"no known allergy, yet an allergy is recorded: {some.text}")


def _weights(desk: Desk, observations: tuple[Observation, ...]) -> tuple[Observation, ...]:
    kept, by_day = [], dict[tuple[PartialDate, str], Observation]()
    for one in observations:
        kind = next((code.code for code in one.codes if code.code in SIZE_CODES), "") if one.codes else ""
        if not kind or one.value is None:
            kept.append(one)
            continue
        if one.value <= 0:
            desk.note("unreadable", one.ref, f"{one.text} of {one.value:g} {one.unit} cannot be: left out")
            continue
        kept.append(one)
        if one.taken is None or kind not in WEIGHT_CODES:
            continue
        first = by_day.setdefault((one.taken, one.unit), one)
        assert first.value is not None
        if abs(one.value - first.value) > WEIGHTS_DIFFER * first.value:
            words = f"weights of {first.value:g} and {one.value:g} {one.unit} on {one.taken.first}"
            desk.note("contradiction", one.ref, words)
    return tuple(kept)
