"""The published shape of what a live page is given: stated doses in one patient, as curves, sentences and numbers."""

from __future__ import annotations

from typing import Any

import msgspec

from unclench.report.schema_types import Day, MadeWithOut, Strict, Text, VerdictName


class LiveCurve(Strict, frozen=True):
    """One curve in the unit that is shown, with its interval. All arrays have the length of `t_h`."""

    id: str  # diazepam, nordazepam ... or the effect
    subject: str  # levels, or the subject of the effect: relaxation, drowsiness, driving, breathing, stopping
    name: Text
    unit: str
    summary: Text  # what the drawing says, without eyes
    t_h: tuple[float, ...]  # hours after midnight of day 1
    typical: tuple[float, ...]
    p05: tuple[float, ...]
    p25: tuple[float, ...]
    p75: tuple[float, ...]
    p95: tuple[float, ...]
    reference: float | None = None  # what it is held against, in the same unit
    reference_name: Text = ""


class LiveNumber(Strict, frozen=True):
    """One answer in its sentence. `mark`: "project estimate" or "unconfirmed: check"; empty for what was measured."""

    id: str
    subject: str
    name: Text
    says: Text
    typical: str  # as shown, with its unit
    interval: str
    mark: str


class LiveFinding(Strict, frozen=True):
    rule: str
    title: Text
    say: Text
    effect: str


class LiveNotes(Strict, frozen=True):
    """Sentences that must be seen beside the curves of a subject."""

    subject: str
    says: tuple[Text, ...]


class LiveOut(Strict, frozen=True):
    """What stated doses do in one patient. Not a recommendation: the verdict stands whatever the curves look like."""

    jurisdiction: str
    on: Day
    not_reviewed: Text
    verdict: VerdictName | None
    verdict_words: Text
    because: tuple[Text, ...]
    provided_that: tuple[Text, ...]
    patient: Text
    regimen: Text
    days: int
    total_mg: float
    max_mg_per_day: float
    dose_times_h: tuple[float, ...]
    above_limits: tuple[LiveFinding, ...]  # rules that the doses themselves break
    curves: tuple[LiveCurve, ...]
    numbers: tuple[LiveNumber, ...]
    notes: tuple[LiveNotes, ...]
    what_if: tuple[Text, ...]  # how the patient differs from the record
    assumed: tuple[Text, ...]
    extrapolated: tuple[Text, ...]
    people: int
    facts: tuple[str, ...]
    seed: int
    made_with: MadeWithOut


def schema() -> dict[str, Any]:
    """The JSON Schema of `LiveOut`."""
    return msgspec.json.schema(LiveOut)
