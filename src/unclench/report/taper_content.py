"""What a report of a taper says, in its order, before it is drawn: the terminal and the page say the same.

Nothing clinical is computed here: values of a taper are picked, grouped, counted and put into words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from unclench.appraisal.findings import SourceView
from unclench.individual.learnt import Learning, Learnt
from unclench.knowledge import knowledge
from unclench.knowledge.rows import Source, Statement
from unclench.planning.plan import SupplyLine
from unclench.planning.taper_plan import Drive, HiddenChange, Proof, Taper, TaperSupply
from unclench.report import wording as words
from unclench.report.basis import sources_of, taper_facts, taper_limits
from unclench.report.taper_compared import ComparedLine, compared_lines, trade
from unclench.report.taper_steps import TURNS, BriefStep, StepLine, brief_steps, counted, headed, step_lines, supplied
from unclench.report.taper_switch import SwitchPart, switch_part
from unclench.values import Jurisdiction, MadeWith

NEEDS = {
    "none": "No taper needed",
    "step-down": "Step down",
    "taper": "Taper",
    "specialist": "Do not stop: a specialist plans this",
}
ENDED = "It has just ended: see the patient today"
VIEWS = {
    "none": "no taper",
    "step-down": "a short step-down",
    "taper": "a taper",
    "specialist": "a specialist",
}
DECISIONS = {
    "go-on": "Go on as planned",
    "slower": "Go slower from here",
    "hold": "Hold the present dose",
    "faster": "It may go faster, never beyond the caps",
    "back-one-level": "Go back one level, then slower",
    "ask": "Ask before anything is changed",
}
WEEKS_FROM = 21  # days: what is longer is counted in weeks


@dataclass(frozen=True, slots=True)
class ProofLine:
    rule: str
    holds: bool
    mark: str  # holds | exempt | BROKEN
    say: str
    worst: str  # "24.3, limit 25 % in 14 days; on 7 Jun 2027"


@dataclass(frozen=True, slots=True)
class DriveLine:
    """The peak of the withdrawal drive in words."""

    typical: str
    interval: str
    worst_fifth: str
    when: str


@dataclass(frozen=True, slots=True)
class SupplyPart:
    total: tuple[str, ...]
    total_mg: str
    prescriptions: tuple[tuple[str, tuple[str, ...]], ...]  # from when to when, what
    columns: tuple[str, ...]  # products
    counts: tuple[tuple[str, ...], ...]  # of each prescription, and last of all
    interval: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HiddenLine:
    medicine: str
    on: str
    acts_like: str
    say: str


@dataclass(frozen=True, slots=True)
class LearntLine:
    name: str
    prior: str
    posterior: str
    moved: str
    say: str


@dataclass(frozen=True, slots=True)
class LearningPart:
    decision: str
    seen: str
    parameters: tuple[LearntLine, ...]
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TaperContent:
    need: str
    headline: str
    line: str  # "Diazepam 20 mg a day to nothing, 23 Nov 2026 to 30 Aug 2027"
    because: tuple[str, ...]
    hold: str
    urgency: str
    jurisdiction: str
    language: str
    on: str
    not_reviewed: str
    views: tuple[SourceView, ...]
    pace: str
    pace_because: tuple[str, ...]
    start_on: str
    end_on: str
    now: str
    before_mg: str  # of the day before the first cut
    curves_say: str
    steps: tuple[StepLine, ...]
    proofs: tuple[ProofLine, ...]
    drive: DriveLine | None
    compared: tuple[ComparedLine, ...]
    trade: tuple[str, ...]
    supply: SupplyPart | None
    hidden: tuple[HiddenLine, ...]
    switch: SwitchPart | None
    learning: LearningPart | None
    holds_at: tuple[tuple[str, str], ...]
    says: tuple[str, ...]
    limits: tuple[str, ...]
    sources: tuple[Source, ...]
    facts: tuple[str, ...]
    made_with: MadeWith

    @property
    def agree(self) -> tuple[SourceView, ...]:
        return tuple(view for view in self.views if view.agrees)

    @property
    def differ(self) -> tuple[SourceView, ...]:
        return tuple(view for view in self.views if not view.agrees)

    @property
    def broken(self) -> tuple[ProofLine, ...]:
        return tuple(proof for proof in self.proofs if not proof.holds)

    @property
    def verdict(self) -> str:
        """Of all rules together."""
        exempt = sum(proof.mark == "exempt" for proof in self.proofs)
        if self.broken:
            return f"{len(self.broken)} BROKEN"
        return f"all {len(self.proofs) - exempt} hold" + (f", {exempt} exempt" if exempt else "")

    @property
    def brief(self) -> tuple[BriefStep, ...]:
        return brief_steps(self.steps)

    @property
    def in_turn(self) -> bool:
        """Whether kinds of day take turns somewhere."""
        return any(take.day in TURNS for step in self.steps for take in step.take)


def taper_content(taper: Taper, *, on: date, jurisdiction: Jurisdiction, made_with: MadeWith) -> TaperContent:
    """Everything that a report of this taper says."""
    schedule, facts = taper.schedule, taper_facts(taper)
    return TaperContent(
        need=taper.need,
        headline=_headline(taper),
        line=_line(taper),
        because=taper.because,
        hold=taper.hold,
        urgency=taper.urgency,
        jurisdiction=words.JURISDICTIONS[jurisdiction],
        language="en-GB" if jurisdiction is Jurisdiction.UK else "en-US",
        on=words.day(on),
        not_reviewed=" ".join(words.statements("not-reviewed")),
        views=taper.views,
        pace=taper.pace,
        pace_because=taper.pace_because,
        start_on=words.day(schedule.start_on) if schedule else "",
        end_on=words.day(schedule.ends_on) if schedule else "",
        now=f"{words.amount(taper.from_mg)} mg a day" if taper.from_mg is not None else "",
        before_mg=words.amount(schedule.from_mg) if schedule else "",
        curves_say=" ".join(words.statements("taper-curves-learnt" if taper.learning else "taper-curves")),
        steps=step_lines(taper),
        proofs=tuple(_proof(proof) for proof in taper.proofs),
        drive=_drive(taper.peak, taper) if taper.peak is not None else None,
        compared=compared_lines(taper.compared),
        trade=(*trade(taper.compared), *_loss(taper)),
        supply=_supply(taper.supply) if taper.supply is not None else None,
        hidden=tuple(_hidden(one) for one in taper.hidden),
        switch=switch_part(taper.switch) if taper.switch is not None else None,
        learning=_learning(taper.learning) if taper.learning is not None else None,
        holds_at=taper.holds_at,
        says=taper.says,
        limits=taper_limits(taper, on, made_with),
        sources=sources_of(facts, also={row.source for row in _shown_rows(taper)}),
        facts=facts,
        made_with=made_with,
    )


def _shown_rows(taper: Taper) -> tuple[Statement, ...]:
    """The sentences of the knowledge base that stand beside a drive."""
    if taper.peak is None:
        return ()
    return tuple(row for row in knowledge().table("statements") if row.where == "taper-drive")


def _headline(taper: Taper) -> str:
    name = NEEDS.get(taper.need, taper.need)
    if taper.schedule is None:
        if taper.ended:
            return ENDED
        return name if taper.need in ("none", "specialist") else words.TAPERS[taper.need]
    return f"{name} over {length(taper.schedule.days)}"


def length(days: int) -> str:
    """In weeks, or in days where it is short or no whole number of weeks."""
    return words.counted(days, "day") if days < WEEKS_FROM else f"{words.number(days / 7, 3)} weeks"


def _line(taper: Taper) -> str:
    if taper.schedule is None:
        return f"Diazepam now: {words.amount(taper.from_mg)} mg a day" if taper.from_mg is not None else ""
    dates = words.dates(taper.schedule.start_on, taper.schedule.ends_on)
    return f"Diazepam {words.amount(taper.schedule.from_mg)} mg a day to nothing, {dates}"


def _proof(proof: Proof) -> ProofLine:
    said = ""
    if proof.worst or proof.limit:  # nothing at all, against nothing, has no worst place
        limit = f", limit {words.number(proof.limit, 3)}" if proof.limit is not None else ""
        when = f"; on {words.dated(proof.on)}" if proof.on is not None else ""
        said = f"worst {words.number(proof.worst, 3)}{limit} {proof.unit}".rstrip() + when
    # A worst place without a limit: the rule does not bind this schedule. That it "holds" would mislead.
    exempt = proof.limit is None and proof.worst > 0
    mark = "BROKEN" if not proof.holds else "exempt" if exempt else "holds"
    return ProofLine(proof.rule, proof.holds, mark, proof.say, said)


def _drive(drive: Drive, taper: Taper) -> DriveLine:
    day = round(drive.day)
    when = f"on day {day + 1}" if day < WEEKS_FROM else f"in week {day // 7 + 1}"
    if taper.schedule is not None and drive.day >= taper.schedule.days:
        when += ", after the last dose"
    return DriveLine(
        words.number(drive.typical),
        f"{words.number(drive.low)} to {words.number(drive.high)}",
        words.number(drive.worst_fifth),
        when,
    )


def _loss(taper: Taper) -> tuple[str, ...]:
    if taper.loss is None:
        return ()
    here, best = (f"{words.number(value)} %" for value in taper.loss)
    return (knowledge().say("TAPER-PAGE-LOSS", here=here, best=best),)


def _supply(supply: TaperSupply) -> SupplyPart:
    return SupplyPart(
        total=tuple(supplied(line) for line in supply.lines),
        total_mg=f"{words.amount(supply.total_mg)} mg",
        prescriptions=tuple(
            (words.dates(one.from_on, one.to_on), tuple(supplied(line) for line in one.lines))
            for one in supply.prescriptions
        ),
        columns=tuple(headed(line) for line in supply.lines),
        counts=tuple(
            _counts(one, supply.lines) for one in (*(each.lines for each in supply.prescriptions), supply.lines)
        ),
        interval=words.counted(supply.interval_days, "day"),
        notes=supply.notes,
    )


def _counts(lines: tuple[SupplyLine, ...], products: tuple[SupplyLine, ...]) -> tuple[str, ...]:
    """How much of each product, in the order of the columns."""
    found = {line.product: line.count for line in lines}
    return tuple(counted(found[one.product]) if one.product in found else "" for one in products)


def _hidden(one: HiddenChange) -> HiddenLine:
    low, typical, high = (words.number(mg) for mg in one.as_if_mg)
    return HiddenLine(
        one.medicine,
        words.dated(one.on),
        f"{words.amount(one.dose_mg)} mg then acts like {typical} mg ({low} to {high})",
        one.say,
    )


def _learning(learning: Learning) -> LearningPart:
    seen = f"{words.counted(learning.levels, 'level')} and {words.counted(learning.ratings, 'rating')}"
    return LearningPart(
        DECISIONS.get(learning.decision, learning.decision),
        seen,
        tuple(_learnt(one) for one in learning.parameters),
        learning.says,
    )


def _learnt(one: Learnt) -> LearntLine:
    return LearntLine(
        one.name,
        _middle(one.prior, one.unit),
        _middle(one.posterior, one.unit),
        words.percent(max(one.moved, 0.0)),
        one.say,
    )


def _middle(values: tuple[float, float, float], unit: str) -> str:
    median, low, high = (words.number(value) for value in values)
    return f"{median} {unit}".rstrip() + f" ({low} to {high})"
