"""The summary for a terminal: what a prescriber reads in two minutes, 80 to 100 columns, plain in a pipe."""

from __future__ import annotations

from itertools import groupby

from rich.console import Console

from unclench.appraisal.findings import AlternativeAppraisal, CombinedFound
from unclench.consult import Consultation
from unclench.report import wording as words
from unclench.report.content import Content, content
from unclench.report.merge import Merged
from unclench.report.terminal_effects import print_effects
from unclench.report.terminal_taper import print_brief
from unclench.report.writer import Writer
from unclench.values import Answer, Verdict

ADVICE_SHOWN = 4
INSTEAD_SHOWN = 6
CONSIDERED_SHOWN = 3
COMBINED_SHOWN = 4
GENERAL_LIMITS_SHOWN = 2
STYLES = {
    Verdict.AVOID: "bold red",
    Verdict.NOT_FIRST_LINE: "bold yellow",
    Verdict.USABLE_WITH_CHANGES: "bold cyan",
    Verdict.REASONABLE: "bold green",
    None: "bold",
}


def print_consultation(consultation: Consultation, console: Console) -> None:
    """Print everything that matters, the most important first."""
    said, out = content(consultation), Writer(console)
    _head(said, out)
    _why(said, out)
    _questions(said, out)
    _what_to_do(said, out)
    if said.effects is not None:
        print_effects(said.effects, said.course_label, out)
    _what_it_will_do(said, out)
    _instead(said, out)
    _not_known(said, out)
    _patient(said, out)
    _made_with(said, out)


def _head(said: Content, out: Writer) -> None:
    out.line(f"{said.verdict_words.upper()}: {said.purpose}", style=STYLES[said.verdict])
    out.line(f"{said.jurisdiction} | {said.on} | {said.not_reviewed}")
    out.line(f"{said.patient} | {said.indication}")
    if said.takes_now:
        out.line(f"Diazepam now: {said.takes_now}")
    if said.request:
        out.line(f"Asked: {said.request}")
    if said.verdict_because:
        out.line(("" if said.verdict is None else "Because: ") + words.listed(said.verdict_because))
    if said.provided_that:
        out.line(f"Provided that none of these holds: {words.listed(said.provided_that)}", style="bold")


def _finding(one: Merged, out: Writer) -> None:
    mark = words.standing_mark(one.standing)
    out.item(f"{one.title} [{one.rule}, {words.EFFECTS[one.effect]}{', ' + mark if mark else ''}]")
    out.under(one.say)
    if one.because:
        out.under("; ".join(one.because))
    if one.others:
        out.under(f"also: {', '.join(one.others)}")


def _why(said: Content, out: Writer) -> None:
    if said.why:
        out.heading("Why")
        for one in said.why:
            _finding(one, out)
        if said.why_more:
            out.item(f"and {len(said.why_more)} more: {', '.join(one.rule for one in said.why_more)}")
    if said.notes and said.verdict is not None:
        out.item(f"for information: {', '.join(one.rule for one in said.notes)}")


def _questions(said: Content, out: Writer) -> None:
    if not said.questions and not said.questions_later:
        return
    unmoved = "Questions" if said.verdict is None else "Questions that would not change this"
    out.heading(said.questions_heading if said.questions else unmoved)
    for one in said.questions:
        out.item(f"{one.ask} ({one.id}: {one.allowed})", mark="?")
        out.under(" ".join((one.why, *(f"{outcome}." for outcome in one.outcomes))))
    if said.questions_later:
        out.item(("later: " if said.questions else "") + ", ".join(one.id for one in said.questions_later))
    out.item("answer with --answer ID=VALUE or --answers FILE; see all with: unclench questions")


def _how_it_ends(said: Content, out: Writer) -> None:
    if said.taper:
        out.item(f"{said.taper}.")
        for line in said.plan.taper_because:  # each by itself: a long line is cut, and these are dangers
            out.under(line)
    if said.taper_plan is not None:
        print_brief(said.taper_plan, out)


def _what_to_do(said: Content, out: Writer) -> None:
    plan = said.plan
    if plan.regimen is None:
        out.section(
            "What to do instead" if said.verdict is Verdict.AVOID else "What to do", plan.instead[:INSTEAD_SHOWN]
        )
        if len(plan.instead) > INSTEAD_SHOWN:
            out.item("more under alternatives")
    else:
        out.heading("What to do" + (f": {said.plan_heading}" if said.plan_heading else ""))
        out.item(f"Diazepam {said.regimen}", style="bold")
        if plan.max_daily_mg is not None:
            # Where it ends by a taper, the last day of these doses is not the last dose.
            until = "These doses until" if said.taper else "Last dose on"
            out.item(f"At most {words.amount(plan.max_daily_mg)} mg a day. {until} {said.stop_on}.")
        if plan.chosen is not None:
            out.item(f"Why this one: {plan.chosen.reason}")
        if said.reviews:
            out.item("Review on " + ", ".join(said.reviews) + ".")
        out.item(f"Supply: {'; '.join(line.rstrip('.') for line in said.supply)}.")
        for line in plan.titration:
            out.item(line)
        for line in plan.instead:
            out.item(f"First: {line}")
    _how_it_ends(said, out)
    if said.monitoring:
        out.heading("Watch")
        for when, watches in said.monitoring:
            out.item(f"{when}: " + " ".join(f"{watch.what} [{watch.rule}]" for watch in watches))


def _what_it_will_do(said: Content, out: Writer) -> None:
    if said.course is None:
        if said.plan.regimen is not None:
            out.section("What it will do", (said.no_course,))
    else:
        out.heading(f"{'Levels in plasma' if said.effects else 'What it will do'}: {said.course_label}")
        out.line("  typical, and in brackets the range of 9 in 10 people like this patient", style="dim")
        widest = max(len(f"{row.typical} {row.unit}") for row in said.numbers)
        for row in said.numbers:
            out.item(f"{row.name} ", mark=f"{row.typical} {row.unit}".rjust(widest) + f" ({row.interval})".ljust(17))
        _how_sure(said, out)
        for note in said.curve_notes[1:]:
            out.item(note)
    if said.interactions:
        out.heading("Exposure to diazepam with the other medicines")
        for one in said.interactions:
            numbers = f"{one.ratio} ({one.interval})" if one.interval else one.ratio
            out.item(f"{one.medicine}: {numbers}, {one.basis}")
            out.under(one.says)
    if said.combined:
        out.heading("Effect together with the other medicines")
        shown = _one_for_each(said.combined)[:COMBINED_SHOWN]
        for both in shown:
            sure = "" if both.certain else ", if taken"
            mark = words.standing_mark(both.standing)
            out.item(
                f"{', '.join(both.medicines) or both.title}: {both.effect} [{both.severity}{sure}; {mark or both.fact}]"
            )
            out.under(both.do)
        rest = [both.fact for both in said.combined if both not in shown]
        if rest:
            out.item("also: " + ", ".join(rest))
    others = [one for one in said.considered if not one.chosen]
    out.section("Other regimens considered", (f"{one.words}: {one.reason}" for one in others[:CONSIDERED_SHOWN]))
    if len(others) > CONSIDERED_SHOWN:
        out.item(f"and {len(others) - CONSIDERED_SHOWN} more: --html FILE")


def _how_sure(said: Content, out: Writer) -> None:
    """What studies leave unsure of the first number, which stands for the others, and what was never studied."""
    first = said.numbers[0]
    if first.sure:
        share = f", {first.unsure} of the interval" if first.unsure else ""
        error = f"; chance in the simulation moves the upper end by {first.error} {first.unit}" if first.error else ""
        what = first.name[:1].lower() + first.name[1:]
        out.item(f"{what} of the typical person, by what studies leave unsure: {first.sure} {first.unit}{share}{error}")
    if said.course is not None and said.course.extrapolated:
        out.item(f"Outside what was studied: {' '.join(said.course.extrapolated)}", style="bold")


def _one_for_each(combined: tuple[CombinedFound, ...]) -> list[CombinedFound]:
    """The most serious row for each set of medicines: the other rows say the same thing in other numbers."""
    first: dict[tuple[str, ...], CombinedFound] = {}
    for both in combined:
        first.setdefault(both.medicines, both)
    return list(first.values())


def _instead(said: Content, out: Writer) -> None:
    if not said.alternatives:
        return
    out.heading("Alternatives")
    for group in said.alternatives:
        heading = group.heading.lower()
        if group.result == "caution":
            for one in group.members:
                tried = f"{words.TRIED} " if one.tried is Answer.YES else ""
                out.item(f"{heading}: {_treatment(one)}: {tried}{' '.join(one.because[:2]) or one.say}")
        elif group.result == "offer":
            for tried_already, same in groupby(group.members, key=lambda one: one.tried is Answer.YES):
                lead = f"{heading} ({words.TRIED.lower().rstrip('.')})" if tried_already else heading
                out.item(f"{lead}: " + "; ".join(_treatment(one) for one in same))
        else:
            out.item(f"{heading}: " + "; ".join(_refused(one) for one in group.members))


def _treatment(one: AlternativeAppraisal) -> str:
    return f"{one.name} ({one.dose})" if one.dose else one.name


def _refused(one: AlternativeAppraisal) -> str:
    why = f"ask {', '.join(one.missing)}" if one.missing else (*one.because, one.say)[0].rstrip(".")
    return f"{one.name} ({why})"


def _not_known(said: Content, out: Writer) -> None:
    lines = [
        f"{one.title} [{one.rule}]" + (f": ask {', '.join(one.missing)}" if one.missing else "")
        for one in said.not_known
    ]
    out.section("Not known", lines)
    out.section("Entries that were not recognised", said.unrecognised)
    out.section("Noticed in the record", said.noticed)


def _patient(said: Content, out: Writer) -> None:
    rows = [row for _, group in said.advice for row in group]
    if not rows:
        return
    out.section("For the patient", (row.say for row in rows[:ADVICE_SHOWN]))
    if len(rows) > ADVICE_SHOWN:
        out.item(f"and {len(rows) - ADVICE_SHOWN} more: --html FILE")


def _made_with(said: Content, out: Writer) -> None:
    out.heading("Limits and sources")
    for limit in said.limits_here:
        out.item(limit)
    general = said.limits[len(said.limits_here) :]
    for limit in general[:GENERAL_LIMITS_SHOWN]:
        out.item(limit)
    if len(general) > GENERAL_LIMITS_SHOWN:
        out.item(f"and {len(general) - GENERAL_LIMITS_SHOWN} limits of every answer: --html FILE")
    made = said.made_with
    facts, sources = words.counted(len(said.facts), "fact"), words.counted(len(said.sources), "source")
    out.item(f"{facts} from {sources}; see one with: unclench explain ID")
    out.item(f"made with unclench {made.unclench}, knowledge {made.edition}, seed {made.seed}")
