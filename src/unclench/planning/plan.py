"""What planning hands on: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from unclench.appraisal.findings import SourceView
from unclench.simulation.course import Course
from unclench.values import Regimen

if TYPE_CHECKING:
    from unclench.planning.taper_plan import Taper


@dataclass(frozen=True, slots=True)
class Candidate:
    """A regimen worth simulating. `why`: what speaks for it. `rules`: the rules that shaped it."""

    id: str
    words: str  # "2 mg at night for 2 days, then 2 mg twice a day; 7 days in all"
    regimen: Regimen
    why: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Considered:
    """A candidate with its course, and why it was or was not chosen."""

    candidate: Candidate
    course: Course
    chosen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SupplyLine:
    product: str
    name: str
    strength_mg: Decimal
    count: Decimal  # tablets (halves as 0.5) or mL


@dataclass(frozen=True, slots=True)
class Supply:
    """What to dispense. The lines add up to the regimen, always."""

    lines: tuple[SupplyLine, ...]
    total_mg: Decimal
    refills: int
    days: int
    per_day: tuple[tuple[int, int, str], ...]  # (first day, last day, "1 x 2 mg at 22:00")
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """Something to check, when, and what to do about it."""

    on: date | None
    when: str
    what: str
    rule: str


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What to do. `regimen` is None under *avoid*, an unmet step, children, and where no assessment is due."""

    regimen: Regimen | None
    words: str
    heading: str
    max_daily_mg: Decimal | None
    start_on: date | None
    stop_on: date | None
    review_on: tuple[date, ...]
    supply: Supply | None
    monitoring: tuple[Watch, ...]
    titration: tuple[str, ...]
    taper_needed: str  # none | step-down | taper | specialist
    taper_because: tuple[str, ...]
    taper: Taper | None  # how diazepam that is taken now ends, where that is asked or due
    instead: tuple[str, ...]  # what to do instead, or first
    considered: tuple[Considered, ...]
    chosen: Considered | None
    facts: tuple[str, ...]
    taper_views: tuple[SourceView, ...] = ()  # what the sources say of the need
    taper_hold: str = ""  # what to do until a specialist has seen the patient; "" unless one is needed
    taper_urgency: str = ""
