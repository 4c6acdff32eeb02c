"""What planning a taper hands on: values only. A taper is the falling end of a regimen, and it ends at nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import SourceView
from unclench.individual.learnt import Learning
from unclench.planning.plan import SupplyLine
from unclench.values import RegimenError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """Some days in a row at one daily dose."""

    days: int
    mg: Decimal

    def __post_init__(self) -> None:
        if self.days < 1 or not (self.mg.is_finite() and self.mg > 0):
            raise RegimenError(
                where="a step of a taper",
                found=f"{self.days} days at {self.mg} mg",
                need="at least 1 day above 0 mg",
                fix="Leave out steps of nothing: the taper ends after its last step.",
            )


@dataclass(frozen=True, slots=True)
class Schedule:
    """Daily doses that only fall, from the day of the first cut to the last dose; from then on nothing.

    `from_mg`: the daily dose until the day before `start_on`.
    """

    start_on: date
    from_mg: Decimal
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        before = self.from_mg
        for step in self.steps:
            if step.mg > before:
                raise RegimenError(
                    where="a taper",
                    found=f"{step.mg} mg after {before} mg",
                    need="doses that only fall",
                    fix="A rise is a new plan: enter what is taken now, and plan from there.",
                )
            before = step.mg

    @property
    def days(self) -> int:
        return sum(step.days for step in self.steps)

    @property
    def ends_on(self) -> date:
        """The first day without a dose."""
        return self.start_on + timedelta(days=self.days)

    def daily(self) -> tuple[Decimal, ...]:
        """The dose of every day, without the days of nothing after it."""
        return tuple(step.mg for step in self.steps for _ in range(step.days))

    def cuts(self) -> Iterator[Cut]:
        """Every fall of the daily dose, the last one to nothing."""
        before, on = self.from_mg, self.start_on
        for mg, days in (*((step.mg, step.days) for step in self.steps), (Decimal(0), 0)):
            if mg < before:
                yield Cut(on, before, mg)
            before, on = mg, on + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Cut:
    on: date
    from_mg: Decimal
    to_mg: Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """So many tablets of one product (halves as 0.5), or so many mL of a liquid."""

    product: str  # id of products.csv
    mg_each: Decimal  # in one tablet, or in one mL
    count: Decimal

    @property
    def mg(self) -> Decimal:
        return self.mg_each * self.count


@dataclass(frozen=True, slots=True)
class Intake:
    """What is taken at one hour of the clock."""

    clock_h: float
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class TaperDay:
    """One day of the calendar. The units of its intakes sum to `mg`, always. The last day has none: it is over."""

    on: date
    mg: Decimal
    intakes: tuple[Intake, ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        """The day's units, merged by product."""
        counts: dict[tuple[str, Decimal], Decimal] = {}
        for intake in self.intakes:
            for unit in intake.units:
                key = (unit.product, unit.mg_each)
                counts[key] = counts.get(key, Decimal(0)) + unit.count
        return tuple(Unit(*key, count) for key, count in counts.items())

    def __post_init__(self) -> None:
        if sum((unit.mg for unit in self.units), Decimal(0)) != self.mg:
            raise RegimenError(
                where=f"the units of {self.on}",
                found=" + ".join(f"{unit.count} x {unit.mg_each} mg" for unit in self.units) or "nothing",
                need=f"units that sum to {self.mg} mg",
                fix="Choose a dose that the products make exactly.",
            )


@dataclass(frozen=True, slots=True)
class Proof:
    """One rule held against every day: how near the worst place comes to the limit."""

    rule: str
    holds: bool
    worst: float
    limit: float | None
    unit: str
    on: date | None  # where the worst is
    say: str


@dataclass(frozen=True, slots=True)
class Prescription:
    """What is dispensed for one interval. The counts are those of its days; half tablets are rounded up, and said."""

    from_on: date
    to_on: date
    lines: tuple[SupplyLine, ...]


@dataclass(frozen=True, slots=True)
class TaperSupply:
    prescriptions: tuple[Prescription, ...]
    lines: tuple[SupplyLine, ...]  # totals
    total_mg: Decimal
    interval_days: int
    half_tablet_mg: tuple[tuple[str, float, float], ...]  # product, lowest and highest content of a half
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drive:
    """Highest withdrawal drive of a course, in % of the reference: the typical person, 90 % of people, worst fifth."""

    typical: float
    low: float
    high: float
    worst_fifth: float  # mean of the worst 20 % of draws: what the search makes small
    day: float  # of the typical person's peak, from the first cut


@dataclass(frozen=True, slots=True, eq=False)
class TaperCurve:
    """One line over days since `start_on` (midnight of that day is 0)."""

    name: str  # dose | diazepam | nordazepam | effect | withdrawal-drive
    unit: str
    t_d: Array
    typical: Array
    p05: Array
    p25: Array
    p50: Array
    p75: Array
    p95: Array


@dataclass(frozen=True, slots=True)
class Compared:
    """Another way to stop beside the chosen one: what it costs in weeks, and what it does to the drive."""

    id: str
    name: str
    weeks: float
    drive: Drive
    meets_caps: bool
    makeable: bool
    chosen: bool
    say: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HiddenChange:
    """Another medicine that starts or stops during the taper: the dose change that it amounts to."""

    medicine: str
    on: date
    dose_mg: Decimal
    as_if_mg: tuple[float, float, float]  # low, typical, high: what the unchanged dose then acts like
    say: str


@dataclass(frozen=True, slots=True)
class SwitchDay:
    on: date
    other_mg: Decimal
    diazepam_mg: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Switch:
    """From another benzodiazepine or Z-drug to diazepam, before the first cut.

    `days` run without a gap to the day before `first_cut_on`: the crossover, then diazepam alone until it has settled.
    Where `hold` says something, no switch is planned and there are no days.
    """

    drug: str
    from_mg: Decimal
    to_mg: Decimal | None  # diazepam a day: the cautious side of the range
    low_mg: float  # of every table read
    high_mg: float
    days: tuple[SwitchDay, ...]
    sources: tuple[tuple[str, str], ...]  # fact, what it says
    against: tuple[str, ...]  # reasons not to switch in this patient
    says: tuple[str, ...]
    curves: tuple[TaperCurve, ...]  # crossing loads, in % of the load before
    facts: tuple[str, ...]
    taken: tuple[TaperDay, ...] = ()  # the diazepam of each day until the first cut, in exact units
    supply: TaperSupply | None = None  # of those days
    hold: str = ""  # why nothing is planned here, and what to do instead
    review: tuple[date, date] | None = None
    first_cut_on: date | None = None

    def steps(self) -> Iterator[SwitchDay]:
        """The first day of each pair of doses."""
        before: tuple[Decimal, Decimal] | None = None
        for day in self.days:
            if (day.other_mg, day.diazepam_mg) != before:
                yield day
            before = day.other_mg, day.diazepam_mg


@dataclass(frozen=True, slots=True, eq=False)
class Taper:
    """How diazepam ends in this patient. `days` is empty where none is planned; `hold` then says what to do."""

    need: str  # none | step-down | taper | specialist
    because: tuple[str, ...]
    views: tuple[SourceView, ...]
    hold: str
    urgency: str
    from_mg: Decimal | None
    schedule: Schedule | None
    pace: str  # slow | usual | fast | ""
    pace_because: tuple[str, ...]
    days: tuple[TaperDay, ...]
    cuts: tuple[Cut, ...]
    proofs: tuple[Proof, ...]
    peak: Drive | None
    curves: tuple[TaperCurve, ...]
    compared: tuple[Compared, ...]
    loss: tuple[float, float] | None  # worst fifth here, and of the best found without caps and products, in %
    supply: TaperSupply | None
    hidden: tuple[HiddenChange, ...]
    switch: Switch | None
    learning: Learning | None
    holds_at: tuple[tuple[str, str], ...]  # what to do when (rule, sentence): symptoms, a hold, going back
    says: tuple[str, ...]  # what must be said of the model and the plan
    facts: tuple[str, ...]
    ended: bool = False  # diazepam has just ended after long use: nothing is left to hold

    @property
    def weeks(self) -> float:
        return 0.0 if self.schedule is None else self.schedule.days / 7
