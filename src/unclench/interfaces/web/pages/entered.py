"""What the form of the main page brings, and what a link may carry. Nothing of it outlives the request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec

from unclench.interfaces.web.asks import Ask, Doses, in_words
from unclench.interfaces.web.examples import examples
from unclench.interfaces.web.pages.guided import Guided, guided, written
from unclench.record.desk import EARLIEST_YEAR, LATEST_YEAR
from unclench.values import RecordError

_NOTE = re.compile(r"\A# yaml-language-server:.*\n")  # for editors
ANSWER = "a."  # fields of answers: a.spasm
_RULE = re.compile(r"[A-Z][A-Z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Entered:
    """The form as it stands: shown again with every answer."""

    how: str = "text"  # form | text
    record: str = ""
    form: Guided = field(default_factory=Guided)
    request: str = ""
    jurisdiction: str = ""
    on: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    example: str = ""  # the id, where an example was picked
    doses: Doses | None = None  # of a link: where the sliders begin
    rule: str = ""  # of a link: shown first

    @property
    def is_empty(self) -> bool:
        return not self.record.strip() and (self.how == "text" or self.form.is_empty)


def entered(fields: Mapping[str, str]) -> Entered:
    """From a posted form. In the guided form the record is written from its fields; else the text counts."""
    how = "form" if fields.get("how") == "form" else "text"
    form = guided(fields)
    record = written(form) if how == "form" and not form.is_empty else fields.get("record", "")
    dropped = fields.get("drop", "")
    answers = {
        name.removeprefix(ANSWER): value.strip()
        for name, value in fields.items()
        if name.startswith(ANSWER) and value.strip() and name != f"{ANSWER}{dropped}"
    }
    return Entered(
        how=how,
        record=record,
        form=form,
        request=fields.get("request", "").strip(),
        jurisdiction=fields.get("jurisdiction", "") if fields.get("jurisdiction") in ("us", "uk") else "",
        on=fields.get("on", "").strip(),
        answers=answers,
    )


def linked(query: Mapping[str, str]) -> Entered:
    """From a link, which may name an example, doses and a rule. Anything else in it is dropped, unread."""
    one = next((one for one in examples() if one.id == query.get("example")), None)
    rule = query.get("rule", "")
    doses = _doses(query)
    return Entered(
        how="text" if one is not None else "form",
        record=_NOTE.sub("", one.text) if one is not None else "",
        request=in_words(doses) if doses is not None else "",
        example=one.id if one is not None else "",
        doses=doses,
        rule=rule if _RULE.fullmatch(rule) else "",
    )


def _doses(query: Mapping[str, str]) -> Doses | None:
    """All three or nothing: half a regimen is nobody's."""
    try:
        asked = {"mg": float(query["mg"]), "times": int(query["times"]), "days": int(query["days"])}
        return msgspec.convert(asked, Doses)
    except (KeyError, ValueError, msgspec.ValidationError):
        return None


def ask_of(form: Entered) -> Ask:
    """The question that the form puts.

    Raises
    ------
    RecordError
        for an empty record, or a day that is none.
    """
    if form.is_empty:
        raise RecordError(
            where="the record",
            found="nothing",
            need="a record",
            fix="Pick an example, fill in the form, or paste or upload a record.",
        )
    fields = {
        "record": form.record,
        "request": form.request,
        "jurisdiction": form.jurisdiction,
        "answers": dict(form.answers) or None,
    }
    try:
        return msgspec.convert({**fields, "on": _day(form.on)}, Ask)
    except msgspec.ValidationError as error:
        raise RecordError(
            where="the form", found=str(error), need="shorter entries", fix="Shorten what was typed there."
        ) from None


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise RecordError(
            where="the day",
            found=repr(text[:40]),
            need=f"a date such as 2026-11-21, from {EARLIEST_YEAR} to {LATEST_YEAR}",
            fix="Choose the day of the consultation.",
        )
    return day
