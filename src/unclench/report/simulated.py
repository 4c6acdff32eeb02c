"""A simulation of stated doses on the terminal: what it is not, the verdict, and a short table of levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from unclench.appraisal.findings import Finding
from unclench.consult import Simulation
from unclench.planning.stated import above_limits
from unclench.report import wording as words
from unclench.report.effects import answer
from unclench.report.terminal import STYLES
from unclench.report.writer import Writer
from unclench.simulation.course import Course, Curve
from unclench.values import DAY_H

EACH_DAY = 7
DAY_WIDTH, LEVEL_WIDTH = 5, 22
AFTER = (1, 3, 7, 14)  # days after the last dosing day


@dataclass(frozen=True, slots=True)
class DayLine:
    """The highest of each analyte on one day: the typical person's, and the middle 90 % at that time."""

    day: int
    levels: tuple[str, ...]


def day_lines(course: Course) -> tuple[DayLine, ...]:
    """Every day of a short course; of a longer one the first, the middle and the last; then some of the washout."""
    last = int(max(at for at, _ in course.regimen.timed()) // DAY_H)
    days = range(last + 1) if last < EACH_DAY else sorted({0, 1, 2, last // 2, last - 1, last})
    curves = [curve for curve in course.curves if curve.kind == "total"]
    wanted = [*days, *(last + after for after in AFTER)]
    return tuple(DayLine(day + 1, levels) for day in wanted if (levels := _levels(curves, day)))


def _levels(curves: list[Curve], day: int) -> tuple[str, ...]:
    """Nothing where the curves do not show that day."""
    of_day = np.flatnonzero(curves[0].t_h // DAY_H == day)
    if not of_day.size:
        return ()
    return tuple(_highest(curve, of_day) for curve in curves)


def _highest(curve: Curve, of_day: np.ndarray[tuple[int], np.dtype[np.intp]]) -> str:
    at = of_day[int(np.argmax(curve.typical[of_day]))]
    low, high = words.number(float(curve.p05[at])), words.number(float(curve.p95[at]))
    return f"{words.number(float(curve.typical[at]))} ({low} to {high})"


def print_simulation(simulation: Simulation, console: Console) -> None:
    """Print it."""
    out, appraisal, course = Writer(console), simulation.appraisal, simulation.course
    for line in words.statements("simulated"):
        out.line(line, style="bold")
    out.line(f"Verdict: {words.VERDICTS[appraisal.verdict].upper()}", style=STYLES[appraisal.verdict])
    out.line(
        f"{words.JURISDICTIONS[appraisal.jurisdiction]} | {words.day(appraisal.on)} | "
        + " ".join(words.statements("not-reviewed"))
    )
    out.line(f"{words.person(appraisal.body)} | simulated: {words.regimen_words(simulation.regimen)}")
    for line in course.extrapolated:
        out.line(line, style="bold")
    _above(simulation, out)
    _table(course, out)
    _effects(simulation, out)
    out.section("Rests on", course.assumed)
    made = simulation.made_with
    out.section(
        "Made with", [f"unclench {made.unclench}, knowledge {made.edition}, seed {made.seed}, {course.people} people"]
    )


def _above(simulation: Simulation, out: Writer) -> None:
    rules = above_limits(simulation.appraisal)
    shown: list[Finding] = [one for one in simulation.appraisal.findings if one.rule in rules]
    if not shown:
        return
    out.heading("About these doses")
    for line in words.statements("simulated-above"):
        out.line(line, style="bold red")
    for one in shown:
        out.item(f"{one.title} [{one.rule}, {words.EFFECTS[one.effect]}]")
        out.under(one.say)


def _effects(simulation: Simulation, out: Writer) -> None:
    """Each answer about effect in its sentence. Curves are in the tables."""
    found = simulation.effects
    if found is None:
        return
    out.heading("What these doses do")
    out.line(" ".join(words.statements("effects-intro")))
    for number in found.numbers:
        said = answer(number, found, simulation.appraisal.jurisdiction)
        out.item(said.says + (f" ({said.mark})" if said.mark else ""))
    for line in found.says:
        out.under(line)


def _table(course: Course, out: Writer) -> None:
    names = [curve.analyte for curve in course.curves if curve.kind == "total"]
    out.heading("Highest level of each day")
    out.line(f"{course.curves[0].unit} in plasma: the typical person, and the middle 90 % of people like this patient")
    side_by_side = len(names) if DAY_WIDTH + len(names) * LEVEL_WIDTH <= out.width else 2
    lines = day_lines(course)
    for first in range(0, len(names), side_by_side):
        part = slice(first, first + side_by_side)
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        table.add_column("day", justify="right")
        for name in names[part]:
            table.add_column(Text(out.safe(name)), justify="right", no_wrap=True)
        for line in lines:
            table.add_row(str(line.day), *map(Text, line.levels[part]))
        out.console.print(table, highlight=False)
