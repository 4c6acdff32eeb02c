"""The shape of a consultation in JSON: the types define it, and the published JSON Schema is written from them.

`python -m unclench.report.schema` writes `consultation.schema.json` beside this file; a test says when it is stale.
Units stand in the key. What is not known is null, never left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from unclench.report.schema_effects import EffectsOut
from unclench.report.schema_taper import TaperOut
from unclench.report.schema_types import (
    AnswerName,
    Day,
    MadeWithOut,
    Positive,
    StandingName,
    Strict,
    SupplyLineOut,
    TaperNeed,
    Text,
    VerdictName,
)


class SpanOut(Strict, frozen=True):
    """A number, and the middle 90 % of people like this patient, what studies leave unsure included.

    `sure_low` to `sure_high`: the same for the typical person, from what studies leave unsure alone. `unsure_share` of
    the variance is what better studies could remove. `monte_carlo_error` is that of `high`. Null: not worked out.
    """

    typical: float
    low: float
    high: float
    sure_low: float | None
    sure_high: float | None
    unsure_share: float | None
    monte_carlo_error: float | None


class DoseOut(Strict, frozen=True):
    mg: Positive
    clock_h: Annotated[float, Meta(ge=0, lt=24)]


class PhaseOut(Strict, frozen=True):
    days: Annotated[int, Meta(ge=1)]
    doses: tuple[DoseOut, ...]


class RegimenOut(Strict, frozen=True):
    """Every dose, day by day. An empty list of doses is a day without the medicine."""

    start: Day
    last_day: Day
    phases: tuple[PhaseOut, ...]
    as_needed: bool
    route: str
    form: str
    max_mg_per_day: Positive
    total_mg: Positive


class AskedForOut(Strict, frozen=True):
    """The request as read. Null numbers were not said."""

    ref: Text
    drug: Text
    mg_per_dose: float | None
    doses_per_day: float | None
    days: int | None
    stop: bool


class IndicationOut(Strict, frozen=True):
    entity: str
    name: Text
    answer: AnswerName
    because: tuple[Text, ...]


class CurrentUseOut(Strict, frozen=True):
    """Diazepam as it is probably taken now, as ranges."""

    answer: AnswerName
    mg_per_day_low: float | None
    mg_per_day_high: float | None
    duration_days_low: int | None
    duration_days_high: int | None
    since: Day | None
    because: tuple[Text, ...]


class RequestOut(Strict, frozen=True):
    """What is asked, and what the record says around it."""

    purpose: Literal["new", "continue", "stop", "none"]
    text: Text
    asked: AskedForOut | None
    indication: IndicationOut
    current_use: CurrentUseOut
    noticed: tuple[Text, ...]
    unrecognised: tuple[Text, ...]


class ConditionalOut(Strict, frozen=True):
    """If this question is answered so, the verdict is that."""

    question: str
    if_: str = msgspec.field(name="if")
    verdict: VerdictName


class QuestionOut(Strict, frozen=True):
    id: str
    ask: Text
    why: Text
    kind: str
    allowed: tuple[str, ...]
    unit: str
    matters_to: tuple[str, ...]
    changes_verdict: bool


class FindingOut(Strict, frozen=True):
    """One rule's answer. Findings with the same `cause` are one matter; `heads_cause` marks the one to show."""

    rule: str
    title: Text
    stage: str
    effect: Literal["block", "avoid", "second-line", "change", "note"]
    severity: Literal["contraindicated", "avoid", "major", "required", "caution", "info"]
    answer: AnswerName
    say: Text
    because: tuple[Text, ...]
    missing: tuple[str, ...]
    cause: str
    heads_cause: bool
    source: str
    standing: StandingName


class CurveOut(Strict, frozen=True):
    """Total plasma levels, thinned so that peaks and troughs stay. Hours count from midnight of day 1.

    Peak and half-life are null for the minor metabolites; the `sure` lines are the typical person's, from what studies
    leave unsure alone.
    """

    t_h: tuple[float, ...]
    typical_ng_ml: tuple[float, ...]
    p05_ng_ml: tuple[float, ...]
    p25_ng_ml: tuple[float, ...]
    p50_ng_ml: tuple[float, ...]
    p75_ng_ml: tuple[float, ...]
    p95_ng_ml: tuple[float, ...]
    sure_low_ng_ml: tuple[float, ...] | None
    sure_high_ng_ml: tuple[float, ...] | None
    peak_ng_ml: SpanOut | None
    half_life_h: SpanOut | None


class InteractionOut(Strict, frozen=True):
    """What one medicine does to exposure. The numbers are null where the fact behind them is not confirmed."""

    perpetrator: Text
    direction: Literal["raises", "lowers", "none"]
    ratio: float | None
    low: float | None
    high: float | None
    basis: str
    from_day: int
    until_day: int | None
    say: Text
    facts: tuple[str, ...]


class CombinedOut(Strict, frozen=True):
    """What a medicine does together with diazepam to effect, not to exposure. `certain`: it is surely taken."""

    fact: str
    title: Text
    medicines: tuple[Text, ...]
    mechanism: Text
    effect: Text
    severity: Literal["contraindicated", "major", "moderate", "minor"]
    do: Text
    evidence: Text
    standing: StandingName
    certain: bool


class ExposureOut(Strict, frozen=True):
    """Null curves: nothing was simulated, or no regimen is proposed. `extrapolated`: what was never studied."""

    of: Literal["proposed-regimen", "current-use"] | None
    diazepam: CurveOut | None
    nordazepam: CurveOut | None
    temazepam: CurveOut | None
    oxazepam: CurveOut | None
    background_ng_ml: SpanOut | None
    accumulation_ratio: SpanOut | None
    steady_state_days: SpanOut | None
    gone_days: SpanOut | None
    people: int | None
    assumed: tuple[Text, ...]
    extrapolated: tuple[Text, ...]
    interactions: tuple[InteractionOut, ...]
    combined: tuple[CombinedOut, ...]


class CandidateOut(Strict, frozen=True):
    """A regimen that was simulated, chosen or not, and why."""

    id: str
    words: Text
    why: Text
    rules: tuple[str, ...]
    regimen: RegimenOut
    chosen: bool
    reason: Text
    peak_ng_ml: SpanOut


class SupplyOut(Strict, frozen=True):
    lines: tuple[SupplyLineOut, ...]
    total_mg: Positive
    refills: Annotated[int, Meta(ge=0)]
    days: int
    notes: tuple[Text, ...]


class WatchOut(Strict, frozen=True):
    on: Day | None
    when: Text
    what: Text
    rule: str


class PlanOut(Strict, frozen=True):
    """`regimen` is null under avoid, for an unmet step, for children, and where no assessment is due.

    `taper` is exactly the object that `taper --json` gives; null where nobody takes diazepam for long, or stops it.
    """

    regimen: RegimenOut | None
    words: Text
    heading: Text
    verdict_because: tuple[Text, ...]
    provided_that: tuple[Text, ...]
    max_daily_mg: float | None
    start_on: Day | None
    stop_on: Day | None
    review_on: tuple[Day, ...]
    titration: tuple[Text, ...]
    supply: SupplyOut | None
    monitoring: tuple[WatchOut, ...]
    taper_needed: TaperNeed
    taper_because: tuple[Text, ...]
    taper: TaperOut | None
    instead: tuple[Text, ...]


class AlternativeOut(Strict, frozen=True):
    """Another treatment, appraised for this patient. `dose` is empty unless it is an offer or caution."""

    id: str
    name: Text
    kind: str
    result: Literal["offer", "caution", "not-for-this-patient", "cannot-say"]
    say: Text
    dose: Text
    evidence: Text
    strength: str
    because: tuple[Text, ...]
    missing: tuple[str, ...]
    tried: AnswerName
    step: int


class AdviceOut(Strict, frozen=True):
    id: str
    topic: str
    say: Text
    rate: Text
    source: str
    standing: StandingName


class ConsultationOut(Strict, frozen=True):
    """One consultation of unclench. Not yet reviewed by a clinician; it supports a professional's decision."""

    jurisdiction: Literal["us", "uk"]
    on: Day
    request: RequestOut
    verdict: VerdictName | None
    conditional_on: tuple[ConditionalOut, ...]
    questions: tuple[QuestionOut, ...]
    findings: tuple[FindingOut, ...]
    exposure: ExposureOut
    effects: EffectsOut | None
    candidates: tuple[CandidateOut, ...]
    plan: PlanOut
    alternatives: tuple[AlternativeOut, ...]
    advice: tuple[AdviceOut, ...]
    facts: tuple[str, ...]
    limits: tuple[Text, ...]
    seed: int
    made_with: MadeWithOut


PUBLISHED = Path(__file__).with_name("consultation.schema.json")


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the output."""
    made = msgspec.json.schema(ConsultationOut)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:unclench:consultation",
        "title": "A consultation of unclench",
        **made,
    }


def schema_text() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(schema_text(), encoding="utf-8")
