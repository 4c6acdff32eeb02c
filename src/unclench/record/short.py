"""The short record that a person types, in YAML or JSON, as a Patient. The keys are those of `short_schema`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from unclench.record import plain_yaml, short_entries, short_schema
from unclench.record.answers import stated_of
from unclench.record.assemble import finished
from unclench.record.codes import Loinc
from unclench.record.contradictions import folded
from unclench.record.desk import Desk
from unclench.record.patient import Allergy, ListState, Observation, PartialDate, Patient, Request, Stated, Status
from unclench.record.request import parse_request
from unclench.record.short_entries import Item, amount_of, day_of, refused, word_of
from unclench.values import RecordError

MAX_AGE_Y = 125
_WEIGHT_KG = (0.3, 650.0)
_HEIGHT_CM = (20.0, 275.0)
_WEEKS = 365.25 / 7
_YEARS_IN = {
    "": 1.0, "y": 1.0, "a": 1.0, "year": 1.0, "years": 1.0, "mo": 1 / 12, "month": 1 / 12, "months": 1 / 12,
    "wk": 1 / _WEEKS, "week": 1 / _WEEKS, "weeks": 1 / _WEEKS, "day": 1 / 365.25, "days": 1 / 365.25,
}  # fmt: skip
MAX_ENTRIES = 2000
MAX_WORDS = 1000
_NONE = ("none known", "none", "nil", "no known allergies", "nkda")


def read_short(
    data: bytes, where: str, *, on: date, request: Request | None = None, answers: Sequence[Stated] = ()
) -> Patient:
    """Read a short record. Anything that is not understood is an error that says what would be."""
    top = plain_yaml.load(data, where)
    if not isinstance(top, dict):
        raise RecordError(
            where=where,
            found="a list" if isinstance(top, list) else "text",
            need="a short record with `patient:`, or a FHIR R4 Bundle",
            fix="See docs/record.md for both.",
        )
    _check_keys(top, short_schema.TOP, where, "the record")
    person = Item(where, "patient", top.get("patient"))
    if not isinstance(person.value, dict):
        raise refused(person, "no `patient:` with its keys", "patient: {age: 42, sex: male}")
    _check_keys(person.value, tuple(key.name for key in short_schema.PATIENT), where, "patient")
    desk = Desk(on)
    made = _patient(desk, person, top, where)
    own = stated_of(top["answers"], "answers section") if top.get("answers") is not None else ()
    said = {stated.question for stated in answers}
    asked = request or (_request(top["request"], where) if top.get("request") is not None else None)
    made = replace(made, typed_request=asked, answers=(*answers, *(a for a in own if a.question not in said)))
    return _with_states(finished(desk, made, {}), top, where)


def _patient(desk: Desk, person: Item, top: dict[str, Any], where: str) -> Patient:
    birth, age = day_of(person, "birth"), _age(person)
    if birth is not None and age is not None:
        raise refused(person, "both age and birth", "one of them")
    sex = word_of(person, "sex").lower()
    sex = {"f": "female", "m": "male", "woman": "female", "man": "male"}.get(sex, sex)
    if sex not in ("", "female", "male", "other", "unknown"):
        raise refused(person, f"sex: {sex[:30]!r}", "female, male, other or unknown")
    deceased, died = _deceased(person)
    lists = {name: _entries(top, name, where) for name in short_schema.LISTS}
    size = _size(desk, person)
    measured = [o for item in lists["measurements"] for o in short_entries.measurements(desk, item)]
    return Patient(
        ref=f"patient {name}" if (name := word_of(person, "id")) else "patient",
        birth=birth,
        sex=sex if sex in ("female", "male") else None,
        deceased=deceased,
        deceased_on=died,
        conditions=folded(desk, [short_entries.problem(desk, item) for item in lists["problems"]]),
        medications=folded(desk, [short_entries.medication(desk, item) for item in lists["medications"]]),
        allergies=_allergies(desk, top, lists["allergies"]),
        observations=folded(desk, [*size, *measured]),
        procedures=folded(desk, _known(short_entries.procedure(desk, item) for item in lists["procedures"])),
        conditions_state=ListState(0, False),
        medications_state=ListState(0, False),
        allergies_state=ListState(0, False),
        typed_request=None,
        answers=(),
        noticed=(),
        source="short record",
        age_y_given=age,
    )


def _known(found: Any) -> list[Any]:
    return [one for one in found if one is not None]


def _allergies(desk: Desk, top: dict[str, Any], items: list[Item]) -> tuple[Allergy, ...]:
    if isinstance(top.get("allergies"), str):
        return (Allergy("allergies", (), "none known", Status.ACTIVE, is_none_known=True),)
    return folded(desk, [short_entries.allergy(item) for item in items])


def _entries(top: dict[str, Any], name: str, where: str) -> list[Item]:
    keys = tuple(key.name for key in short_schema.LISTS[name][0])
    value = top.get(name)
    if value is None:
        return []
    if isinstance(value, str):
        if name in short_schema.COMPLETABLE and value.strip().lower() in _NONE:
            return []
        raise refused(Item(where, name, value), f"the words {value[:60]!r}", "a list, one entry per line with a dash")
    if not isinstance(value, list):
        raise refused(
            Item(where, name, value), "something that is not a list", "a list, one entry per line with a dash"
        )
    if len(value) > MAX_ENTRIES:
        raise refused(Item(where, name, value), f"{len(value)} entries", f"at most {MAX_ENTRIES} that a person typed")
    out = []
    for number, entry in enumerate(value):
        item = Item(where, f"{name}[{number}]", entry)
        if any(len(words) > MAX_WORDS for words in _words_of(entry)):
            raise refused(item, f"more than {MAX_WORDS} characters in one place", f"at most {MAX_WORDS}")
        if isinstance(entry, dict):
            _check_keys(entry, keys, where, item.ref)
            if not isinstance(entry.get("name"), str) or not entry["name"].strip():
                raise refused(item, "an entry without a name", "name: ...")
        elif not isinstance(entry, str) or not entry.strip():
            raise refused(item, "an entry that is neither words nor keys", "a line of words, or {name: ...}")
        out.append(item)
    return out


def _words_of(entry: Any) -> list[str]:
    return [one for one in (entry.values() if isinstance(entry, dict) else [entry]) if isinstance(one, str)]


def _check_keys(value: dict[str, Any], allowed: tuple[str, ...], where: str, part: str) -> None:
    for key in value:
        if key in allowed:
            continue
        near = difflib.get_close_matches(key.lower().replace("_", "-"), allowed, n=1, cutoff=0.5)
        line = getattr(value, "lines", {}).get(key)
        raise RecordError(
            where=f"{where}{f', line {line}' if line else ''}",
            found=f"the key {key[:60]!r} in {part}",
            need=f"one of: {', '.join(allowed)}",
            fix=f"Did you mean {near[0]!r}?" if near else "See docs/record.md.",
        )


def _age(person: Item) -> float | None:
    text = person.value.get("age")
    if text is None:
        return None
    number, unit = amount_of(person, "age", str(text))
    scale = _YEARS_IN.get(unit)
    if scale is None or not 0 <= number * scale <= MAX_AGE_Y:
        raise refused(person, f"age: {str(text)[:30]}", f"years from 0 to {MAX_AGE_Y}, or months or weeks")
    return number * scale


def _deceased(person: Item) -> tuple[bool, PartialDate | None]:
    value = person.value.get("deceased")
    if value is None or str(value).lower() in ("no", "false"):
        return False, None
    if str(value).lower() in ("yes", "true"):
        return True, None
    return True, day_of(person, "deceased")


def _size(desk: Desk, person: Item) -> list[Observation]:
    from unclench.record.units import convert

    out = []
    for key, code, text, unit, (low, high) in (
        ("weight", "29463-7", "Body weight", "kg", _WEIGHT_KG),
        ("height", "8302-2", "Body height", "cm", _HEIGHT_CM),
    ):
        if person.value.get(key) is None:
            continue
        number, written = amount_of(person, key, str(person.value[key]))
        if not written:
            raise refused(person, f"{key}: {number:g} without a unit", f"a unit, such as {unit}")
        if not low <= convert(number, written, unit) <= high:
            raise refused(person, f"{key}: {number:g} {written}", f"{low:g} to {high:g} {unit}")
        out.append(Observation(f"patient.{key}", (Loinc(code),), text, number, written))
    return out


def _request(value: Any, where: str) -> Request:
    if not isinstance(value, str):
        raise refused(Item(where, "request", value), "something that is not words", "diazepam 5 mg at night for 5 days")
    return parse_request(value, ref="request")


def _with_states(patient: Patient, top: dict[str, Any], where: str) -> Patient:
    """A list with an entry is taken as the whole truth, unless `complete:` names other lists."""
    named = top.get("complete")
    if isinstance(named, str):
        named = {
            "yes": list(short_schema.COMPLETABLE),
            "true": list(short_schema.COMPLETABLE),
            "no": [],
            "false": [],
        }.get(named.lower(), [named])
    wrong = (
        [str(name)[:40] for name in named or () if name not in short_schema.COMPLETABLE] if named is not None else []
    )
    if wrong or not isinstance(named, list | None):
        raise refused(
            Item(where, "complete", named),
            f"complete: {', '.join(wrong) or 'not a list'}",
            ", ".join(short_schema.COMPLETABLE),
        )

    def state(name: str, found: ListState) -> ListState:
        denied = isinstance(top.get(name), str)  # "none known" is a statement of its own
        if named is not None and name not in named:
            return ListState(found.entries, False, "the record does not call this list complete")
        if found.entries or denied:
            return ListState(found.entries, True)
        return ListState(0, False, "it holds no entry")

    return replace(
        patient,
        conditions_state=state("problems", patient.conditions_state),
        medications_state=state("medications", patient.medications_state),
        allergies_state=state("allergies", patient.allergies_state),
    )
