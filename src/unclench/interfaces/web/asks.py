"""What pages and programs send: a record or an example's id, what is asked, what is answered, what is otherwise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from unclench.interfaces.web.examples import example
from unclench.record import WhatIf, changed, read
from unclench.record.patient import Patient, Stated
from unclench.record.what_if import KIND
from unclench.values import Jurisdiction, RecordError

ANSWERED = "the page"
THE_RECORD = "the record"  # what errors call it: nobody at a page knows of a standard input
MOST_ANSWERS = 200
MOST_ENTRIES = 1000  # of one kind in a record: ten times what a long history holds, and about a second of work

Short = Annotated[str, Meta(max_length=200)]


class Changes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What if: the same patient, had something been otherwise."""

    age_y: Annotated[float, Meta(ge=0, le=125)] | None = None
    medicines: Annotated[tuple[Short, ...], Meta(max_length=20)] = ()
    without: Annotated[tuple[Short, ...], Meta(max_length=50)] = ()
    answers: Annotated[dict[Short, Short], Meta(max_length=MOST_ANSWERS)] | None = None


class Doses(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A regimen as sliders give it."""

    mg: Annotated[float, Meta(gt=0, le=100)]
    times: Annotated[int, Meta(ge=1, le=6)]
    days: Annotated[int, Meta(ge=1, le=90)]


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question about one patient. `record` is FHIR R4 JSON or a short record; or `example` names one of ours."""

    record: str = ""
    example: Short = ""
    jurisdiction: Literal["", "us", "uk"] = ""
    on: date | None = None
    request: Annotated[str, Meta(max_length=300)] = ""
    answers: Annotated[dict[Short, Short], Meta(max_length=MOST_ANSWERS)] | None = None
    what_if: Changes | None = None
    doses: Doses | None = None  # what is asked for, instead of `request`


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The same, read."""

    patient: Patient
    on: date
    jurisdiction: Jurisdiction

    @property
    def changes(self) -> tuple[str, ...]:
        """How the patient differs from the record, in words."""
        return tuple(one.text for one in self.patient.noticed if one.kind == KIND)


def asked(ask: Ask, *, today: date, jurisdiction: str) -> Asked:
    """Read the record and what is asked.

    Raises
    ------
    RecordError
        for a record, an example, a request, an answer or a change that cannot be read.
    """
    if bool(ask.record.strip()) == bool(ask.example):
        raise RecordError(
            where="the question",
            found="both a record and an example" if ask.example else "no record",
            need="one of `record` and `example`",
            fix="Send the text of a record, or the id of an example.",
        )
    on = ask.on or today
    request = in_words(ask.doses) if ask.doses is not None else ask.request
    data = example(ask.example) if ask.example else ask.record.encode()
    patient = read(
        data,
        on=on,
        request=request or None,
        answers=_stated(ask.answers),
        where=THE_RECORD,
        most_entries=MOST_ENTRIES,
    )
    change = ask.what_if or Changes()
    what_if = WhatIf(change.age_y, _stated(change.answers), change.medicines, change.without)
    return Asked(
        patient=changed(patient, what_if, on=on),
        on=on,
        jurisdiction=Jurisdiction(ask.jurisdiction or jurisdiction),
    )


def in_words(doses: Doses) -> str:
    """A regimen as a prescriber would write it."""
    times = "once a day" if doses.times == 1 else f"{doses.times} times a day"
    mg = Decimal(str(doses.mg)).normalize()  # never "5.0", which is misread as 50
    return f"diazepam {mg:f} mg {times} for {doses.days} day{'s' if doses.days > 1 else ''}"


def _stated(answers: dict[str, str] | None) -> tuple[Stated, ...]:
    return tuple(Stated(question, value, ANSWERED) for question, value in (answers or {}).items() if value.strip())
