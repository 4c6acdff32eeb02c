"""A taper on a terminal: what a prescriber must see first, then the steps, the proofs, and how sure any of it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from rich.console import Console

from unclench.knowledge import knowledge
from unclench.planning.taper_plan import Taper
from unclench.report import wording as words
from unclench.report.taper_content import VIEWS, DriveLine, LearningPart, SupplyPart, TaperContent, taper_content
from unclench.report.taper_steps import StepLine
from unclench.report.taper_switch import SwitchPart
from unclench.report.writer import Writer
from unclench.values import Jurisdiction, MadeWith

STYLES = {"none": "bold green", "step-down": "bold cyan", "taper": "bold cyan", "specialist": "bold red"}
GENERAL_LIMITS_SHOWN = 3
GAP, NARROWEST = 2, 30


def print_taper(taper: Taper, console: Console, *, on: date, jurisdiction: Jurisdiction, made_with: MadeWith) -> None:
    """Print everything that matters, the most important first."""
    said, out = taper_content(taper, on=on, jurisdiction=jurisdiction, made_with=made_with), Writer(console)
    _head(said, out)
    _need(said, out)
    _learning(said.learning, out)
    _switch(said.switch, out)
    _steps(said, out)
    _proofs(said, out)
    _drive(said.drive, out)
    _compared(said, out)
    out.section("To say and to know", said.says)
    _hidden(said, out)
    out.section("When symptoms come", (f"{say} [{rule}]" for rule, say in said.holds_at))
    _supply(said.supply, out)
    _made_with(said, out)


def print_brief(said: TaperContent, out: Writer) -> None:
    """The same in a few lines, inside a consultation."""
    _hold(said, out)
    if said.steps:
        out.item(f"{said.headline}: {said.line}.", style="bold")
        for step in said.brief:
            out.item(f"{step.from_on}: {step.dose}" + (f", {step.length}" if step.length else ""))
    for proof in said.broken:
        out.item(f"BROKEN: {proof.say} [{proof.rule}] {proof.worst}", style="bold red")
    if said.drive is not None:
        out.item(f"Withdrawal drive: {_peak(said.drive)}.")
        out.under(knowledge().say("TAPER-PAGE-UNVALIDATED"))
    if said.steps:
        out.item(knowledge().say("TAPER-PAGE-SEE"))


def _head(said: TaperContent, out: Writer) -> None:
    out.line(f"{said.headline.upper()}: {said.line}" if said.line else said.headline.upper(), style=STYLES[said.need])
    out.line(f"{said.jurisdiction} | {said.on} | {said.not_reviewed}")
    _hold(said, out)


def _hold(said: TaperContent, out: Writer) -> None:
    """Where somebody must not simply stop, nothing else comes before it."""
    if said.hold:
        out.line(f"HOLD: {said.hold}", style="bold red")
    if said.urgency:
        out.line(f"HOW URGENT: {said.urgency}", style="bold red")


def _need(said: TaperContent, out: Writer) -> None:
    out.section("Why", said.because)
    if said.agree:
        out.item(f"Sources that agree: {'; '.join(one.name for one in said.agree)}. What each says: --html or --json.")
    for one in said.differ:
        out.item(f"{one.name} differs ({VIEWS.get(one.need, one.need)}): {one.say}")
    if said.pace:
        out.item(f"Pace: {said.pace}. {' '.join(said.pace_because)}")


def _steps(said: TaperContent, out: Writer) -> None:
    """One line for each hour at which something is taken, under a head that says what the columns are."""
    if not said.steps:
        return
    out.heading(f"The steps, from {said.now}")
    rows = [("from", "mg a day", "cut"), *((one.from_on, one.mg, _cut(one)) for one in said.steps)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    takes = [("each day; counts are tablets unless mL is said",), *(_takes(one) for one in said.steps)]
    lines = [(" " * GAP).join((a.rjust(widths[0]), b.rjust(widths[1]), c.ljust(widths[2]))) for a, b, c in rows]
    for line, taken in zip(lines, takes, strict=True):
        _beside(f"  {line}", taken, out)
    out.item("what is taken sums to the dose (of days in turn, their mean); every day: --json or --calendar FILE")


def _beside(line: str, taken: tuple[str, ...], out: Writer) -> None:
    """What ends a row stands beside it where there is room, else under it."""
    if out.width - len(line) >= NARROWEST:
        indent = " " * (len(line) + GAP)
        out.line(taken[0], first=line + " " * GAP, rest=indent)
        taken = taken[1:]
    else:
        indent = " " * 6
        out.line("", first=line.rstrip())
    for each in taken:
        out.line(each, first=indent, rest=indent)


def _takes(step: StepLine) -> tuple[str, ...]:
    return tuple(take.words for take in step.take) or ("nothing: it is over",)


def _cut(step: StepLine) -> str:
    return f"-{step.cut} ({step.percent})" if step.cut else "held"


def _proofs(said: TaperContent, out: Writer) -> None:
    if not said.proofs:
        return
    out.heading(f"Rules held against every day: {said.verdict}")
    for one in said.proofs:
        out.item(f"{one.say} [{one.rule}]", mark=one.mark.ljust(6), style="" if one.holds else "bold red")
        if one.worst:
            out.line(one.worst, style="dim", first=" " * 9, rest=" " * 9)


def _peak(drive: DriveLine) -> str:
    return (
        f"at its peak {drive.typical} ({drive.interval}) {knowledge().say('TAPER-PAGE-UNIT')}, {drive.when}; "
        f"worst fifth {drive.worst_fifth} %"
    )


def _drive(drive: DriveLine | None, out: Writer) -> None:
    if drive is None:
        return
    out.heading("Withdrawal drive, modelled")
    out.item(f"{words.capital(_peak(drive))}.", style="bold")
    for key in ("TAPER-PAGE-UNVALIDATED", "TAPER-PAGE-WORST"):
        out.item(knowledge().say(key))


def _compared(said: TaperContent, out: Writer) -> None:
    if not said.compared:
        return
    out.heading("Ways to stop: weeks against the peak of the drive")
    rows = [("weeks", "peak, 9 in 10", "worst fifth", "way to stop; > is the one above")]
    rows += [
        (
            one.weeks,
            f"{one.typical} ({one.interval}) %",
            f"{one.worst_fifth} %",
            _name(one.name, one.against, one.chosen),
        )
        for one in said.compared
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for weeks, peak, worst, name in rows:
        cells = (weeks.rjust(widths[0]), peak.rjust(widths[1]), worst.rjust(widths[2]))
        _beside("  " + (" " * GAP).join(cells), (name,), out)
    _lines(said.trade, out)


def _name(name: str, against: tuple[str, ...], chosen: bool) -> str:
    mark = "> " if chosen else ""
    return f"{mark}{name}" + (f" ({', '.join(against)})" if against else "")


def _supply(supply: SupplyPart | None, out: Writer) -> None:
    if supply is None:
        return
    out.heading(f"Supply, {supply.interval} at most at a time")
    for dates, lines in supply.prescriptions:
        out.item(f"{dates}: {', '.join(lines)}")
    out.item(f"In all {supply.total_mg}: {', '.join(supply.total)}")
    for note in supply.notes:
        out.item(note)


def _hidden(said: TaperContent, out: Writer) -> None:
    if not said.hidden:
        return
    out.heading("Hidden changes of dose")
    for one in said.hidden:
        out.item(f"{one.medicine}, {one.on}: {one.acts_like}", style="bold")
        out.under(one.say)


def _switch(switch: SwitchPart | None, out: Writer) -> None:
    if switch is None:
        return
    out.heading("First the switch to diazepam")
    if switch.hold:
        out.item(f"NO SWITCH: {switch.hold}", style="bold red")
    out.item(f"{words.capital(switch.line)}. Range of the sources: {switch.range}.", style="bold")
    for reason in switch.against:
        out.item(f"Against switching: {reason}", style="bold")
    for day in switch.days:
        out.item(f"{day.dates}: {switch.drug} {day.other_mg} mg, diazepam {day.diazepam_mg} mg")
    dated = (("Review", switch.review), ("First cut", switch.first_cut))
    _lines((f"{what}: {when}" for what, when in dated if when), out)
    _lines((*switch.says, *(f"{say} [{fact}]" for fact, say in switch.sources)), out)


def _learning(learning: LearningPart | None, out: Writer) -> None:
    if learning is None:
        return
    out.heading("What was seen of this person")
    out.item(f"From {learning.seen}: {learning.decision or 'no decision'}.", style="bold")
    _lines(learning.says, out)
    for one in learning.parameters:
        out.item(one.say or f"{one.name}: before {one.prior}, now {one.posterior}; {one.moved} of the doubt removed")


def _lines(lines: Iterable[str], out: Writer) -> None:
    for line in lines:
        out.item(line)


def _made_with(said: TaperContent, out: Writer) -> None:
    out.heading("Limits and sources")
    for limit in said.limits[:GENERAL_LIMITS_SHOWN]:
        out.item(limit)
    if len(said.limits) > GENERAL_LIMITS_SHOWN:
        out.item(f"and {len(said.limits) - GENERAL_LIMITS_SHOWN} limits of every answer: --html FILE")
    made = said.made_with
    facts, sources = words.counted(len(said.facts), "fact"), words.counted(len(said.sources), "source")
    out.item(f"{facts} from {sources}; see one with: unclench explain ID")
    out.item(f"made with unclench {made.unclench}, knowledge {made.edition}, seed {made.seed}")
