"""What every stage shares: the small vocabulary, doses and regimens, cited numbers, and the four errors.

UnclenchError
├─ RecordError      the record cannot be read           exit code 3
├─ KnowledgeError   a fact is missing or malformed      exit code 4
├─ RegimenError     a regimen that cannot exist         exit code 5
└─ EngineError      the arithmetic did not work         exit code 6
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

# The same as in pyproject.toml; a test holds them together. Reading it from the installed package would cost 10 ms.
VERSION = "0.1.0"

DAY_H = 24.0


MAX_QUOTED = 300
"""Errors quote what was found, and what was found may be a hundred megabytes in one line."""


def shortened(text: str) -> str:
    """At most MAX_QUOTED characters, with a mark where something was cut."""
    return text if len(text) <= MAX_QUOTED else f"{text[: MAX_QUOTED - 4]} ..."


class UnclenchError(Exception):
    """Where it happened, what was found, what was needed, and what to do about it."""

    exit_code = 1

    def __init__(self, *, where: str, found: str, need: str, fix: str) -> None:
        self.where, self.found, self.need, self.fix = shortened(where), shortened(found), need, shortened(fix)
        super().__init__(f"{self.where}: found {self.found}, need {self.need}. {self.fix}")


class RecordError(UnclenchError):
    """The record, an answer or a request cannot be read."""

    exit_code = 3


class KnowledgeError(UnclenchError):
    """A fact is missing, malformed or used in the wrong unit."""

    exit_code = 4


class RegimenError(UnclenchError):
    """A dose, regimen or course that cannot exist."""

    exit_code = 5


class EngineError(UnclenchError):
    """A number could not be computed."""

    exit_code = 6


class Answer(StrEnum):
    """The three answers. CANNOT_SAY is a finding, never a default."""

    YES = "yes"
    NO = "no"
    CANNOT_SAY = "cannot-say"


class Jurisdiction(StrEnum):
    US = "us"
    UK = "uk"


class Severity(StrEnum):
    """How serious a rule is, worst first."""

    CONTRAINDICATED = "contraindicated"
    AVOID = "avoid"
    MAJOR = "major"
    REQUIRED = "required"
    CAUTION = "caution"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, so that sorting puts it first."""
        return list(Severity).index(self)


class Effect(StrEnum):
    """What a rule does to the verdict, strongest first (CONTRACTS 1)."""

    BLOCK = "block"
    AVOID = "avoid"
    SECOND_LINE = "second-line"
    CHANGE = "change"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the strongest, so that sorting puts it first."""
        return list(Effect).index(self)


class Verdict(StrEnum):
    """The four verdicts, worst first."""

    AVOID = "avoid"
    NOT_FIRST_LINE = "not-first-line"
    USABLE_WITH_CHANGES = "usable-with-changes"
    REASONABLE = "reasonable"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Verdict).index(self)


class Standing(StrEnum):
    """How far a fact can be trusted, and so what it may do (CONTRACTS 5)."""

    READ = "read"
    DERIVED = "derived"
    PROJECT = "project"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Cited:
    """A number, its unit, and the row of the knowledge base it was read from."""

    value: float
    unit: str
    fact: str

    def in_unit(self, unit: str) -> float:
        """Return the bare number, but only to a caller who names the unit."""
        if unit != self.unit:
            raise KnowledgeError(
                where=self.fact, found=self.unit, need=unit, fix="Ask in the unit of the fact, or convert first."
            )
        return self.value


@dataclass(frozen=True, slots=True)
class Dose:
    """One oral dose of a day: how much, and at what hour of the clock (0 up to 24)."""

    mg: Decimal
    clock_h: float

    def __post_init__(self) -> None:
        if not (self.mg.is_finite() and self.mg > 0):
            raise RegimenError(
                where="a dose", found=f"{self.mg} mg", need="an amount above 0 mg", fix="Leave out doses of nothing."
            )
        if not 0 <= self.clock_h < 24:
            raise RegimenError(
                where="a dose", found=f"hour {self.clock_h}", need="an hour from 0 up to 24", fix="Use the clock hour."
            )


@dataclass(frozen=True, slots=True)
class Phase:
    """Some days in a row with the same doses. No doses means days without the medicine."""

    days: int
    doses: tuple[Dose, ...]

    def __post_init__(self) -> None:
        if self.days < 1:
            raise RegimenError(
                where="a phase", found=f"{self.days} days", need="at least 1 day", fix="Leave out empty phases."
            )
        if list(self.doses) != sorted(self.doses, key=lambda dose: dose.clock_h):
            raise RegimenError(
                where="a phase", found="doses out of order", need="doses by clock hour", fix="Sort the doses."
            )

    @property
    def mg_per_day(self) -> Decimal:
        return sum((dose.mg for dose in self.doses), Decimal(0))


@dataclass(frozen=True, slots=True)
class Regimen:
    """Every dose of a course: how much, and when. Day 1 is `start`."""

    start: date
    phases: tuple[Phase, ...]
    as_needed: bool = False
    route: str = "oral"
    form: str = "tablet"

    def __post_init__(self) -> None:
        if not any(phase.doses for phase in self.phases):
            raise RegimenError(
                where="a regimen", found="no dose", need="at least one dose", fix="Say no regimen with None instead."
            )

    @property
    def days(self) -> int:
        return sum(phase.days for phase in self.phases)

    @property
    def last_day(self) -> date:
        return self.start + timedelta(days=self.days - 1)

    @property
    def max_mg_per_day(self) -> Decimal:
        return max(phase.mg_per_day for phase in self.phases)

    @property
    def max_mg_per_dose(self) -> Decimal:
        return max(dose.mg for phase in self.phases for dose in phase.doses)

    @property
    def total_mg(self) -> Decimal:
        return sum((phase.mg_per_day * phase.days for phase in self.phases), Decimal(0))

    def timed(self) -> tuple[tuple[float, Decimal], ...]:
        """Every dose as (hours after midnight of day 1, mg), in order."""
        out: list[tuple[float, Decimal]] = []
        day = 0
        for phase in self.phases:
            for _ in range(phase.days):
                out.extend((day * 24 + dose.clock_h, dose.mg) for dose in phase.doses)
                day += 1
        return tuple(out)


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What an answer was made with: the same of these and the same input give the same bytes."""

    unclench: str
    edition: str
    edition_date: date
    python_packages: tuple[tuple[str, str], ...]
    seed: int
    notes: tuple[str, ...] = field(default=())
