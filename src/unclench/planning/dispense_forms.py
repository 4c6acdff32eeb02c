"""The form of every step of a taper: tablets first, then the liquid, and where the one changes to the other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from unclench.knowledge.load import Knowledge
from unclench.planning import words
from unclench.planning.dispense_doses import SOLUTION, TABLET, alternating, forms, reachable
from unclench.planning.dispense_stock import Making, Stock, making
from unclench.planning.dispense_swing import Alternation
from unclench.planning.dispense_units import plain
from unclench.planning.taper_plan import Schedule, Step
from unclench.values import RegimenError

ALTERNATE = "alternate"


@dataclass(frozen=True, slots=True)
class Segment:
    """Some days in a row of one dose in one form. `pair`: the two days that alternate, where they do."""

    days: int
    mg: Decimal
    form: str
    pair: Alternation | None = None

    @property
    def doses(self) -> tuple[Decimal, ...]:
        """What is taken on one day, or on two days in turn."""
        return (self.pair.high_mg, self.pair.low_mg) if self.pair else (self.mg,)


def segments_of(
    schedule: Schedule, stock: Stock, intakes: int, made: Making, *, alternate: bool = False
) -> tuple[Segment, ...]:
    """The steps with their form; the step in which the form changes is cut in two.

    Raises
    ------
    RegimenError
        for a dose that nothing makes, and for a change of form that no step allows.
    """
    runs = [Step(sum(step.days for step in same), plain(mg)) for mg, same in _by_dose(schedule)]
    able: list[set[str]] = []
    for run in runs:
        ways = set(forms(stock, run.mg, intakes))
        if not ways and alternate and not run.days % 2 and alternating(stock, run.mg, intakes):
            ways = {ALTERNATE}
        if not ways:
            raise _unmakeable(run, stock, intakes, made, alternate)
        able.append(ways)
    change = _change(runs, able, stock, made)
    found = []
    for index, run in enumerate(runs):
        half = run.days // 2 if index == change else run.days
        if change is None or index <= change:
            pair = alternating(stock, run.mg, intakes) if ALTERNATE in able[index] else None
            found.append(Segment(half, run.mg, ALTERNATE if pair else TABLET, pair))
        if change is not None and index >= change:
            found.append(Segment(run.days - half if index == change else run.days, run.mg, SOLUTION))
    return tuple(found)


def can_be_dispensed(
    schedule: Schedule, stock: Stock, intakes: int, facts: Knowledge, *, alternate: bool = False
) -> bool:
    """Whether every dose can be made and the form changes between two cuts. Quick, for a search."""
    try:
        segments_of(schedule, stock, intakes, making(facts), alternate=alternate)
    except RegimenError:
        return False
    return True


def _by_dose(schedule: Schedule) -> list[tuple[Decimal, list[Step]]]:
    return [(mg, list(same)) for mg, same in groupby(schedule.steps, key=lambda step: step.mg)]


def _change(runs: list[Step], able: list[set[str]], stock: Stock, made: Making) -> int | None:
    """The step in the middle of which tablets change to the liquid; -1: liquid from the first day; None: never.

    As late as can be. Below a certain dose the liquid is better than half tablets; what tablets cannot make needs it.
    """
    if stock.liquid is None:
        return None
    needs = next((index for index, ways in enumerate(able) if ways == {SOLUTION}), None)
    better = next((index for index, run in enumerate(runs) if run.mg < made.liquid_below_mg), None)
    for first in sorted({index for index in (better, needs) if index is not None}):
        found = _change_before(first, runs, able, must=first == needs)
        if found is not None:
            return found
    if needs is None:
        return None
    raise _unchangeable(runs, able, needs)


def _change_before(first: int, runs: list[Step], able: list[set[str]], *, must: bool) -> int | None:
    """The last step before this one in which the form can change, if all is liquid from there on."""
    if any(SOLUTION not in ways for ways in able[first:]):
        return None
    index = first - 1
    while index >= 0 and SOLUTION in able[index]:
        if TABLET in able[index] and runs[index].days > 1:
            return index
        index -= 1
    return -1 if index < 0 and (must or first == 0) else None


def _unmakeable(run: Step, stock: Stock, intakes: int, made: Making, alternate: bool) -> RegimenError:
    """Names the doses around it that can be made."""
    doses = reachable(stock, 2 * run.mg + made.grid_above_mg, intakes, alternate)
    near = [mg for mg in doses if mg < run.mg][:1] + [mg for mg in doses if mg > run.mg][-1:]
    found = f"{words.mg(run.mg)} a day"
    if alternate and run.days % 2 and alternating(stock, run.mg, intakes):
        found += f" for {words.days(run.days)}, on alternate days"
    return RegimenError(
        where="the doses of a taper",
        found=found,
        need=f"a dose that {_listed(stock)} make exactly, taken {words.times(intakes)}",
        fix=f"The nearest: {words.listed(map(words.mg, near))}." if near else "Choose other products.",
    )


def _listed(stock: Stock) -> str:
    rows = (*stock.tablets, *((stock.liquid,) if stock.liquid else ()))
    return words.listed(row.name for row in rows) + ("" if stock.halves or not stock.tablets else " (whole)")


def _unchangeable(runs: list[Step], able: list[set[str]], must: int) -> RegimenError:
    """No step in which tablets can change to the liquid, or a dose after it that the liquid cannot make."""
    back = [run.mg for run, ways in zip(runs[must:], able[must:], strict=True) if SOLUTION not in ways]
    if back:
        return RegimenError(
            where="the products of a taper",
            found=f"{words.mg(runs[must].mg)} that only the liquid makes, then {words.mg(back[0])} that it cannot make",
            need="one change from tablets to the liquid, and none back",
            fix="Choose doses of the liquid from there on.",
        )
    return RegimenError(
        where="the products of a taper",
        found=f"{words.mg(runs[must].mg)} that only the liquid makes, and no step of two days before it that both make",
        need="a change of product between two cuts, at the same dose",
        fix="Stay two days or longer at a dose that tablets and the liquid both make.",
    )
