"""The shape of a taper in JSON: alone (`taper --json`), and as `plan.taper` of a consultation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from unclench.report.schema_types import Day, MadeWithOut, Positive, Strict, SupplyLineOut, TaperNeed, Text

ClockHour = Annotated[float, Meta(ge=0, lt=24)]
Paces = Literal["", "slow", "usual", "fast"]
Decisions = Literal["", "go-on", "slower", "hold", "faster", "back-one-level", "ask"]


class SourceViewOut(Strict, frozen=True):
    """What one source says of the need for a taper here. `agrees`: with the need that was found."""

    fact: str
    name: Text
    need: TaperNeed
    agrees: bool
    say: Text


class UnitOut(Strict, frozen=True):
    """`count` tablets (halves as 0.5) or mL of a product that holds `mg_each` in one."""

    product: str
    mg_each: Positive
    count: Positive


class IntakeOut(Strict, frozen=True):
    clock_h: ClockHour
    units: tuple[UnitOut, ...]


class TaperDayOut(Strict, frozen=True):
    """One day. `units` are those of its intakes, merged; they sum to `mg`. The last day has none: it is over."""

    date: Day
    mg: Positive
    units: tuple[UnitOut, ...]
    intakes: tuple[IntakeOut, ...]


class CutOut(Strict, frozen=True):
    date: Day
    from_mg: Positive
    to_mg: Positive


class ProofOut(Strict, frozen=True):
    """One rule held against every day. `worst`: how near the worst place, on the day `on`, comes to `limit`."""

    rule: str
    holds: bool
    worst: float
    limit: float | None
    unit: str
    on: Day | None
    say: Text


class DriveOut(Strict, frozen=True):
    """The highest withdrawal drive: the typical person, and 90 % of people like this patient.

    Unvalidated, in % of the modelled peak after stopping 20 mg a day at once after two years. No chance of symptoms, no
    success rate, no forecast of seizures. `worst_fifth`: mean of the worst 20 % of draws. `on_day`: of the typical
    person's peak, counted from the first cut.
    """

    typical: Positive
    low: Positive
    high: Positive
    worst_fifth: Positive
    on_day: float
    unit: Literal["% of reference"]
    validated: Literal[False]


class TaperCurveOut(Strict, frozen=True):
    """One line over days; midnight of the day of the first cut is 0. Thinned so that peaks and troughs stay."""

    name: str
    unit: str
    t_d: tuple[float, ...]
    typical: tuple[float, ...]
    p05: tuple[float, ...]
    p25: tuple[float, ...]
    p50: tuple[float, ...]
    p75: tuple[float, ...]
    p95: tuple[float, ...]


class ComparedOut(Strict, frozen=True):
    """Another way to stop: what it costs in weeks, and what it does to the drive."""

    id: str
    name: Text
    weeks: Positive
    peak_withdrawal_drive: DriveOut
    meets_caps: bool
    makeable: bool
    chosen: bool
    say: Text
    facts: tuple[str, ...]


class LossOut(Strict, frozen=True):
    """The worst fifth's peak here, and that of the best schedule found without caps and products."""

    worst_fifth: Positive
    best_without_caps_and_products: Positive
    unit: Literal["% of reference"]


class PrescriptionOut(Strict, frozen=True):
    from_date: Day
    to_date: Day
    lines: tuple[SupplyLineOut, ...]


class HalfTabletOut(Strict, frozen=True):
    """What half a tablet was found to hold."""

    product: str
    low_mg: Positive
    high_mg: Positive


class TaperSupplyOut(Strict, frozen=True):
    prescriptions: tuple[PrescriptionOut, ...]
    lines: tuple[SupplyLineOut, ...]
    total_mg: Positive
    interval_days: Annotated[int, Meta(ge=1)]
    half_tablets: tuple[HalfTabletOut, ...]
    notes: tuple[Text, ...]


class HiddenChangeOut(Strict, frozen=True):
    """Another medicine that starts or stops: what the unchanged dose of diazepam then acts like."""

    medicine: Text
    date: Day
    dose_mg: Positive
    as_if_low_mg: Positive
    as_if_mg: Positive
    as_if_high_mg: Positive
    say: Text


class SwitchDayOut(Strict, frozen=True):
    date: Day
    other_mg: Positive
    diazepam_mg: Positive
    units: tuple[UnitOut, ...]  # of the diazepam


class SaidOut(Strict, frozen=True):
    """A sentence, and the row that it rests on."""

    fact: str
    say: Text


class SwitchOut(Strict, frozen=True):
    """From another benzodiazepine or Z-drug to diazepam, before the first cut. `to_mg`: the cautious side.

    Where `hold` says why none is planned, `to_mg`, the days and the dates are empty. Curves begin with the switch.
    """

    drug: Text
    from_mg: Positive
    to_mg: Positive | None
    low_mg: Positive
    high_mg: Positive
    days: tuple[SwitchDayOut, ...]
    sources: tuple[SaidOut, ...]
    against: tuple[Text, ...]
    says: tuple[Text, ...]
    curves: tuple[TaperCurveOut, ...]
    facts: tuple[str, ...]
    hold: Text
    review_from: Day | None
    review_to: Day | None
    first_cut_on: Day | None


class MiddleOut(Strict, frozen=True):
    """Median and 90 % interval."""

    median: float
    low: float
    high: float


class LearntOut(Strict, frozen=True):
    """One parameter before and after. `moved`: the share of the prior's variance that the data removed."""

    name: Text
    unit: str
    prior: MiddleOut
    posterior: MiddleOut
    moved: float
    say: Text


class LearningOut(Strict, frozen=True):
    parameters: tuple[LearntOut, ...]
    levels: Annotated[int, Meta(ge=0)]
    ratings: Annotated[int, Meta(ge=0)]
    decision: Decisions
    says: tuple[Text, ...]
    facts: tuple[str, ...]


class TaperOut(Strict, frozen=True):
    """How diazepam ends in one patient. Not yet reviewed by a clinician; it supports a professional's decision.

    Where none is planned, `days` is empty and `hold` says what to do: a program must show it.
    """

    jurisdiction: Literal["us", "uk"]
    on: Day
    need: TaperNeed
    because: tuple[Text, ...]
    views: tuple[SourceViewOut, ...]
    hold: Text
    urgency: Text
    from_mg: Positive | None
    pace: Paces
    pace_because: tuple[Text, ...]
    weeks: Positive
    start_on: Day | None
    end_on: Day | None
    days: tuple[TaperDayOut, ...]
    cuts: tuple[CutOut, ...]
    proofs: tuple[ProofOut, ...]
    peak_withdrawal_drive: DriveOut | None
    curves: tuple[TaperCurveOut, ...]
    compared: tuple[ComparedOut, ...]
    loss: LossOut | None
    supply: TaperSupplyOut | None
    hidden: tuple[HiddenChangeOut, ...]
    switch: SwitchOut | None
    learning: LearningOut | None
    holds_at: tuple[SaidOut, ...]
    says: tuple[Text, ...]
    limits: tuple[Text, ...]
    facts: tuple[str, ...]
    seed: int
    made_with: MadeWithOut


PUBLISHED = Path(__file__).with_name("taper.schema.json")


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a taper."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:unclench:taper",
        "title": "A taper of unclench",
        **msgspec.json.schema(TaperOut),
    }


def schema_text() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(schema_text(), encoding="utf-8")
