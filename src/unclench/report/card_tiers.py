"""Which situation a card is about, and so how loud it is: the first row of card_tiers.csv that holds.

Each name in `holds` is a function here that gives the findings behind it, worst first, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from unclench.appraisal.findings import Appraisal, Finding
from unclench.appraisal.judge import STEP_STAGES, matters
from unclench.appraisal.medicines import DIAZEPAM
from unclench.consult import Opinion
from unclench.knowledge import knowledge
from unclench.knowledge.rows_cards import CardTier
from unclench.ordering import OF_THE_AMOUNT
from unclench.planning.instead import CHILD_RULE
from unclench.report.card_order import NEW_COURSE, Excess, excess
from unclench.report.drafts import OrderDraft
from unclench.report.schema_cards import Indicator
from unclench.values import Answer, Effect, Severity

OUTSIDE = "outside-scope"
ORDER, OTHER, USE = "order", "other", "use"
INTERACTION, OPIOID, PREGNANCY, DURATION, ON_TOP = "interaction", "opioid", "pregnancy", "duration", "USE-01"
INDICATORS: dict[str, Indicator] = {"critical": "critical", "warning": "warning", "info": "info"}
OF_LONG_USE = ("PATH-13", "DEP-02", "DEP-08", "DEP-04", "DEP-07", "DEP-03", "TAP-01", "DEP-06")


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The row that holds, and what it rests on: findings, or what the order itself is above or lacks."""

    tier: CardTier
    findings: tuple[Finding, ...] = ()
    excess: tuple[Excess, ...] = ()

    @property
    def rule(self) -> str:
        """The rule that the card is named after. A limit that no rule set has none of its own."""
        if self.findings:
            return self.findings[0].rule
        rules = (one.rule for one in self.excess if knowledge().has("rules", one.rule))
        return next(rules, NEW_COURSE)

    @property
    def indicator(self) -> Indicator:
        """How loud the card is."""
        return INDICATORS[self.tier.indicator]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the functions below look at."""

    opinion: Opinion
    known: tuple[Finding, ...]  # what holds; for another medicine only what holds because of it
    about: str


def lasting(appraisal: Appraisal) -> bool:
    """Whether diazepam is taken, and for so long that it must not stop suddenly."""
    return appraisal.current_use.answer is Answer.YES and appraisal.taper_need != "none"


def perhaps(appraisal: Appraisal) -> bool:
    """Whether diazepam is recorded as ordered, and nobody can say whether it is still taken."""
    doubtful = (one for one in appraisal.medicines if DIAZEPAM in one.drugs and one.active is Answer.CANNOT_SAY)
    return appraisal.current_use.answer is Answer.CANNOT_SAY and any(doubtful)


def outside(appraisal: Appraisal) -> bool:
    """Whether a new order is for something that is not judged here: seizures, alcohol withdrawal, anxiety, sleep."""
    return appraisal.indication.entity == OUTSIDE and appraisal.purpose == "new"


def ground_of(opinion: Opinion, order: OrderDraft | None, hook: str) -> Ground | None:
    """The first row that holds and that is shown at this hook; None where nothing is said."""
    about = USE if order is None else ORDER if order.is_diazepam is Answer.YES else OTHER
    if opinion.appraisal.verdict is None or (order is not None and order.is_diazepam is Answer.CANNOT_SAY):
        return None
    view = View(opinion, _known(opinion, order, about), about)
    if about == USE and opinion.appraisal.current_use.answer is not Answer.YES:
        return None
    for tier in sorted((row for row in knowledge().table("card_tiers") if row.about == about), key=_by_order):
        held = HOLDS[tier.holds](view)
        if held is not None:
            return Ground(tier, *held) if hook in tier.hooks else None
    return None


def _by_order(tier: CardTier) -> int:
    return tier.order


def _known(opinion: Opinion, order: OrderDraft | None, about: str) -> tuple[Finding, ...]:
    known = tuple(one for one in opinion.appraisal.findings if one.answer is Answer.YES)
    if about != OTHER or order is None:
        return known
    drugs = {drug for one in opinion.appraisal.medicines if order.reference in one.refs for drug in one.drugs}
    changes = [one for one in opinion.appraisal.exposure.changes if drugs & {one.perpetrator, *one.perpetrator.split()}]
    told = {order.reference, *(one.say.removesuffix(".") for one in changes)}
    return tuple(one for one in known if any(part in because for because in one.because for part in told))


Held = tuple[tuple[Finding, ...], tuple[Excess, ...]] | None


def _some(found: tuple[Finding, ...]) -> Held:
    return (found, ()) if found else None


def blocked(view: View) -> Held:
    return _some(tuple(one for one in view.known if one.effect is Effect.BLOCK))


def outside_opioid(view: View) -> Held:
    return opioid_change(view) if outside(view.opinion.appraisal) else None


def outside_avoid(view: View) -> Held:
    return avoid(view) if outside(view.opinion.appraisal) else None


def opioid_avoid(view: View) -> Held:
    found = (one for one in view.known if one.cause == OPIOID and one.effect is Effect.AVOID)
    return _some(tuple(found))


def opioid_change(view: View) -> Held:
    found = (one for one in view.known if one.cause == OPIOID and one.stage == INTERACTION)
    return _some(tuple(one for one in found if one.effect is not Effect.NOTE))


def avoid(view: View) -> Held:
    return _some(tuple(one for one in view.known if one.effect is Effect.AVOID))


def major_interaction(view: View) -> Held:
    """A serious interaction. One that is answered by a dose is none for an order that has that dose already."""
    serious = (one for one in view.known if one.stage == INTERACTION and one.severity.rank <= Severity.MAJOR.rank)
    found = tuple(one for one in serious if one.effect is not Effect.NOTE)
    answered = all(one.effect is Effect.CHANGE for one in found) and not excess(view.opinion.appraisal)
    return None if view.about == ORDER and answered else _some(found)


def on_top(view: View) -> Held:
    return _some(tuple(one for one in view.known if one.rule == ON_TOP))


def avoid_besides_duration(view: View) -> Held:
    """To be avoided for more than how long it has been taken."""
    return _some(tuple(one for one in view.known if one.effect is Effect.AVOID and one.cause != DURATION))


def too_much(view: View) -> Held:
    """Nothing but the dose or the duration asked for is to be avoided."""
    avoided = avoid(view)
    if avoided is None or view.opinion.appraisal.purpose != "new":
        return None
    only = {one.cause for one in avoided[0]} <= OF_THE_AMOUNT
    return (avoided[0], excess(view.opinion.appraisal)) if only else None


def on_top_long(view: View) -> Held:
    """More diazepam on top of a use that is itself too long, and nothing else speaks for avoiding it."""
    avoided = avoid(view)
    causes = {one.cause for one in avoided[0]} if avoided else set()
    return on_top(view) if causes == {DURATION} else None


def on_top_taper(view: View) -> Held:
    return on_top(view) if view.opinion.appraisal.taper_need != "none" else None


def perhaps_on_top(view: View) -> Held:
    found = (one for one in view.opinion.appraisal.findings if one.rule == ON_TOP and one.answer is Answer.CANNOT_SAY)
    return _some(tuple(found)) if perhaps(view.opinion.appraisal) else None


def no_automatic_dose(view: View) -> Held:
    """A child: no dose is worked out."""
    return _some(tuple(one for one in view.known if one.rule == CHILD_RULE))


def unmet_step(view: View) -> Held:
    found = (one for one in view.known if one.effect is Effect.SECOND_LINE and one.stage in STEP_STAGES)
    return _some(tuple(found))


def second_line(view: View) -> Held:
    return _some(tuple(one for one in view.known if one.effect is Effect.SECOND_LINE))


def order_above_limits(view: View) -> Held:
    """The order asks for more than the limits of this patient, or has no end."""
    found = excess(view.opinion.appraisal)
    causes = {one.rule for one in found}
    behind = tuple(one for one in view.known if one.rule in causes)
    return (behind, found) if found else None


def care(view: View) -> Held:
    found = (one for one in view.known if one.effect is Effect.CHANGE and one.severity.rank <= Severity.REQUIRED.rank)
    return _some(tuple(found))


def _open(view: View) -> tuple[Finding, ...]:
    if not view.opinion.appraisal.provided_that:
        return ()
    waiting = (one for one in view.opinion.appraisal.findings if one.answer is Answer.CANNOT_SAY)
    return tuple(one for one in waiting if matters(one))


def open_danger(view: View) -> Held:
    dangers = [one for one in _open(view) if one.effect is Effect.BLOCK or one.cause in (OPIOID, PREGNANCY)]
    return _some(tuple(sorted(dangers, key=lambda one: one.cause != OPIOID)))


def open_points(view: View) -> Held:
    return _some(_open(view))


def review_due(view: View) -> Held:
    """Taken for longer than a course, or for so long that it cannot simply end."""
    if not lasting(view.opinion.appraisal):
        return None
    found = [one for one in view.known if one.rule in OF_LONG_USE]
    return _some(tuple(sorted(found, key=lambda one: OF_LONG_USE.index(one.rule))))


HOLDS: dict[str, Callable[[View], Held]] = {
    "blocked": blocked,
    "outside-opioid": outside_opioid,
    "outside-avoid": outside_avoid,
    "opioid-avoid": opioid_avoid,
    "opioid-change": opioid_change,
    "avoid": avoid,
    "major-interaction": major_interaction,
    "avoid-besides-duration": avoid_besides_duration,
    "too-much": too_much,
    "on-top-long": on_top_long,
    "on-top-taper": on_top_taper,
    "on-top": on_top,
    "perhaps-on-top": perhaps_on_top,
    "no-automatic-dose": no_automatic_dose,
    "unmet-step": unmet_step,
    "second-line": second_line,
    "order-above-limits": order_above_limits,
    "care": care,
    "open-danger": open_danger,
    "open": open_points,
    "review-due": review_due,
}
