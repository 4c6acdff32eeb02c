"""The same patient, had something been otherwise: another age, one more medicine, one fewer, another answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from unclench.record.desk import Desk
from unclench.record.patient import ListState, Patient, Stated, Status
from unclench.record.short import MAX_AGE_Y
from unclench.record.short_entries import Item, medication
from unclench.values import RecordError

KIND = "what-if"
MOST_MEDICINES = 20
MAX_WORDS = 200


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is changed. `answers` stand in for those that were given; nothing recorded is taken back by them.

    `medicines`: lines as a short record has them ("fluvoxamine 100 mg at night"). `without`: refs of medicines to leave
    out, as `Patient.medications` names them.
    """

    age_y: float | None = None
    answers: tuple[Stated, ...] = ()
    medicines: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING = WhatIf()


def changed(patient: Patient, what_if: WhatIf, *, on: date) -> Patient:
    """The patient as changed. Every change stands among what was noticed, so that no answer hides it.

    Raises
    ------
    RecordError
        for an age nobody has, a medicine that cannot be read as one line, or one to leave out that is not there.
    """
    if not what_if:
        return patient
    desk = Desk(on)
    otherwise = {answer.question for answer in what_if.answers}
    given = tuple(answer for answer in patient.answers if answer.question not in otherwise)
    made = replace(patient, answers=(*given, *what_if.answers))
    if what_if.age_y is not None:
        made = _aged(made, what_if.age_y)
        desk.note(KIND, "patient", f"what if: age {what_if.age_y:g} years")
    made = _without(made, what_if.without, desk)
    made = _with(made, what_if.medicines, desk)
    for answer in what_if.answers:
        desk.note(
            KIND, "answers", f"what if: {answer.question.replace('-', ' ')}: {str(answer.value).replace('-', ' ')}"
        )
    taken = sum(one.status is not Status.DRAFT for one in made.medications)
    state = replace(patient.medications_state, entries=taken)
    if not taken and state.complete:
        state = ListState(0, complete=False, why_not="it holds no entry")
    return replace(made, medications_state=state, noticed=(*patient.noticed, *desk.noticed))


def _aged(patient: Patient, age_y: float) -> Patient:
    if not 0 <= age_y <= MAX_AGE_Y:
        raise RecordError(
            where="what if",
            found=f"the age {age_y:g}",
            need=f"years from 0 to {MAX_AGE_Y}",
            fix="Give the age in years.",
        )
    return replace(patient, birth=None, age_y_given=age_y)


def _with(patient: Patient, lines: tuple[str, ...], desk: Desk) -> Patient:
    if len(lines) > MOST_MEDICINES or any(len(line) > MAX_WORDS for line in lines):
        raise RecordError(
            where="what if",
            found=f"{len(lines)} medicines, or a line of more than {MAX_WORDS} characters",
            need=f"at most {MOST_MEDICINES} short lines",
            fix="Put the medicines into the record.",
        )
    added = [medication(desk, Item("what if", f"medicine {number}", line)) for number, line in enumerate(lines, 1)]
    for line in lines:
        desk.note(KIND, "medications", f"what if: also takes {line}")
    return replace(patient, medications=(*patient.medications, *added))


def _without(patient: Patient, refs: tuple[str, ...], desk: Desk) -> Patient:
    known = {one.ref: one for one in patient.medications}
    for ref in refs:
        if ref not in known:
            raise RecordError(
                where="what if",
                found=f"no medicine {ref!r} to leave out",
                need="the ref of a medicine of this record",
                fix="Read the record again.",
            )
        desk.note(KIND, ref, f"what if: does not take {known[ref].text}")
    return replace(patient, medications=tuple(one for one in patient.medications if one.ref not in refs))
