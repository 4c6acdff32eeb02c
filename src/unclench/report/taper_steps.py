"""The steps of a taper in words: from when to when, how much, what is taken at which hour, and what is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from unclench.knowledge import knowledge
from unclench.planning.plan import SupplyLine
from unclench.planning.taper_plan import Intake, Schedule, Taper, TaperDay, Unit
from unclench.planning.words import clock
from unclench.report import wording as words

TABLET = "tablet"
HALF = Decimal("0.5")
TURNS = ("one day", "next day")  # what alternates, in the order in which it does
FIRST, THEN = "first", "then"  # runs of days that follow each other
MOST_RUNS = 4
BRIEF_STEPS = 6


@dataclass(frozen=True, slots=True)
class Take:
    """What is taken at one hour. `day` says on which days, where not on all, and stands with the first hour only."""

    day: str
    clock: str
    what: str

    @property
    def words(self) -> str:
        return " ".join(part for part in (f"{self.day}:" if self.day else "", self.clock, self.what) if part)


@dataclass(frozen=True, slots=True)
class StepLine:
    """Some days at one daily dose. The last line of a taper is the first day of nothing."""

    from_on: str
    until_on: str
    length: str
    week: int  # of its first day, from 1
    mg: str
    share: float  # of the dose before the taper, 0 to 1
    cut: str  # "1 mg", or nothing where the dose is held
    percent: str  # of the dose before this cut
    take: tuple[Take, ...]


@dataclass(frozen=True, slots=True)
class BriefStep:
    """A step in a consultation, or how many are left out."""

    from_on: str
    dose: str
    length: str


def brief_steps(steps: tuple[StepLine, ...]) -> tuple[BriefStep, ...]:
    """The first steps, the last one, and the end."""
    if not steps:
        return ()
    *doses, end = (BriefStep(one.from_on, f"{one.mg} mg a day", one.length) for one in steps)
    if len(doses) > BRIEF_STEPS:
        between = doses[BRIEF_STEPS - 2]
        left = words.counted(len(doses) - BRIEF_STEPS + 1, "step")
        doses = [*doses[: BRIEF_STEPS - 2], BriefStep(f"from {between.from_on}", f"{left} down", ""), doses[-1]]
    return (*doses, BriefStep(end.from_on, "nothing", ""))


def step_lines(taper: Taper) -> tuple[StepLine, ...]:
    """A line per step of the schedule, and one for its end."""
    schedule = taper.schedule
    if schedule is None:
        return ()
    lines, before, first = [], schedule.from_mg, 0
    for step in schedule.steps:
        lines.append(_line(schedule, before, step.mg, first, taper.days[first : first + step.days]))
        before, first = step.mg, first + step.days
    return (*lines, _line(schedule, before, Decimal(0), first, ()))


def _line(schedule: Schedule, before: Decimal, mg: Decimal, first: int, days: Sequence[TaperDay]) -> StepLine:
    start = schedule.start_on + timedelta(days=first)
    fall = before - mg
    return StepLine(
        from_on=words.dated(start),
        until_on=words.dated(start + timedelta(days=len(days) - 1)) if days else "",
        length=words.counted(len(days), "day") if days else "",
        week=first // 7 + 1,
        mg=words.amount(mg),
        share=float(mg / schedule.from_mg),
        cut=f"{words.amount(fall)} mg" if fall else "",
        percent=words.percent(float(fall / before)) if fall else "",
        take=_takes(days),
    )


def _takes(days: Sequence[TaperDay]) -> tuple[Take, ...]:
    """Every day alike; or two kinds of day in turn; or runs of days, each with its number of days."""
    runs = [(intakes, len(list(same))) for intakes, same in groupby(days, key=lambda day: day.intakes)]
    kinds = list(dict.fromkeys(intakes for intakes, _ in runs))
    if len(runs) <= 1:
        return tuple(_take("", intake) for intakes, _ in runs for intake in intakes)
    if len(kinds) == len(TURNS) and all(count == 1 for _, count in runs):
        return tuple(take for name, kind in zip(TURNS, kinds, strict=True) for take in _of_day(name, kind))
    shown = [
        take
        for index, (intakes, count) in enumerate(runs[:MOST_RUNS])
        for take in _of_day(f"{THEN if index else FIRST} {words.counted(count, 'day')}", intakes)
    ]
    return (*shown, Take(THEN, "", "as the calendar says")) if len(runs) > MOST_RUNS else tuple(shown)


def _of_day(day: str, intakes: tuple[Intake, ...]) -> tuple[Take, ...]:
    return tuple(_take("" if index else day, intake) for index, intake in enumerate(intakes))


def _take(day: str, intake: Intake) -> Take:
    units = sorted(intake.units, key=lambda unit: (named(unit.product)[1] != TABLET, -unit.mg_each))
    return Take(day, clock(intake.clock_h), " + ".join(unit_words(unit) for unit in units))


def said_intake(intake: Intake) -> str:
    """22:00 1 x 5 mg."""
    take = _take("", intake)
    return f"{take.clock} {take.what}"


def unit_words(unit: Unit) -> str:
    """1½ x 2 mg; or 3.5 mL of 1 mg/mL = 3.5 mg."""
    name, form = named(unit.product)
    if form == TABLET:
        return f"{counted(unit.count)} x {words.amount(unit.mg_each)} mg"
    return f"{words.amount(unit.count)} mL of {name.partition(' oral')[0]} = {words.amount(unit.mg)} mg"


def supplied(line: SupplyLine) -> str:
    """28 x diazepam 5 mg tablet; 49 mL of diazepam 1 mg/mL oral solution."""
    if named(line.product)[1] == TABLET:
        return f"{counted(line.count)} x {line.name}"
    return f"{words.amount(line.count)} mL of {line.name}"


def headed(line: SupplyLine) -> str:
    """The head of a column of counts."""
    name = line.name.removeprefix("diazepam ")
    return f"{name}s" if named(line.product)[1] == TABLET else f"{name}, mL"


def counted(count: Decimal) -> str:
    """A number of tablets. A half is never written as .5, which is misread as 5."""
    whole, half = divmod(count, 1)
    if half == HALF:
        return f"{int(whole) or ''}½"
    return words.amount(count)


def named(product: str) -> tuple[str, str]:
    """What a product is called without the name of the medicine, and its form."""
    if not knowledge().has("products", product):
        return product, TABLET
    row = knowledge().get("products", product)
    return row.name.removeprefix("diazepam "), row.form
