"""The falling end of a course: need, start, pace and length, search, dispensing, proofs, and what it will do.

Nothing here decides whether diazepam should end: that is the prescriber's and the patient's. It says how.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Appraisal
from unclench.knowledge import knowledge
from unclench.knowledge.load import Knowledge
from unclench.planning.dispense import dispensed
from unclench.planning.dispense_doses import SOLUTION, TABLET, forms, reachable
from unclench.planning.dispense_forms import can_be_dispensed
from unclench.planning.dispense_stock import Stock, stock_of
from unclench.planning.plan import Plan
from unclench.planning.replan import emergency_rule, symptom_rules
from unclench.planning.switch_supply import with_units
from unclench.planning.taper_best import Searched, searched
from unclench.planning.taper_caps import FALLS, caps_of, proofs
from unclench.planning.taper_compare import ABRUPT, beside, compared
from unclench.planning.taper_drawn import beside_it, curves_of, drive_of, hidden_changes
from unclench.planning.taper_ground import NOTHING_SEEN, Ground, Seen, ground
from unclench.planning.taper_pace import Rungs
from unclench.planning.taper_plan import Drive, Proof, Schedule, Taper, TaperDay
from unclench.planning.taper_start import Start, dose_left_open, just_ended, start_of_taper
from unclench.planning.taper_step_down import step_down
from unclench.planning.taper_switched import Switched, switched
from unclench.planning.taper_wish import ANYTHING, Wish
from unclench.simulation.simulate import SEED
from unclench.simulation.taper_model import CLOCK_H, PEOPLE, SEARCHED, Falling
from unclench.values import RegimenError

Array = NDArray[np.float64]

NONE, STEP_DOWN, TAPER, SPECIALIST = "none", "step-down", "taper", "specialist"
DAYS_A_WEEK = 7
PERCENT = 100.0
SAYS = ("TAPER-UNVALIDATED", "TAPER-ANCHORS", "TAPER-NO-SUCCESS", "TAPER-NO-SEIZURES", "TAPER-AREA", "TAPER-CHOICE")
STILL = "TAPER-STILL-ADAPTING"


def plan_taper(
    appraisal: Appraisal,
    wish: Wish = ANYTHING,
    *,
    plan: Plan | None = None,
    seen: Seen = NOTHING_SEEN,
    seed: int = SEED,
) -> Taper:
    """How diazepam ends in this patient, after present use or after a planned course; or the rest of a taper, `seen`.

    Raises
    ------
    RegimenError
        for a start in the past, a length too short for the caps, a product that does not exist, or doses that the
        products cannot make small enough.
    """
    facts = knowledge()
    stock = stock_of(facts, appraisal.jurisdiction, wish.products)
    need = appraisal.taper_need if plan is None else plan.taper_needed
    if need == NONE and (plan is None or plan.regimen is None):
        other = switched(appraisal, reachable(stock, Decimal(PERCENT), 1), seed=seed)
        if other is not None:
            return _after_switch(appraisal, other, wish, stock, seed)
        if appraisal.purpose != "new" and (ended := just_ended(appraisal, facts)):
            hold = facts.say("TAPER-JUST-ENDED-HOLD")
            return replace(_without(appraisal, plan, SPECIALIST), because=(ended,), hold=hold, urgency="", ended=True)
    if need in (NONE, SPECIALIST):
        return _without(appraisal, plan, need)
    if seen.diary is None and (left := dose_left_open(appraisal, caps_of(facts), facts)):
        return replace(_without(appraisal, plan, need), hold=left)
    asked = start_of_taper(appraisal, plan, wish.start_on, facts, rungs=reachable(stock, Decimal(PERCENT), 1))
    if asked is None:
        return replace(_without(appraisal, plan, need), hold=facts.say("TAPER-DOSE-UNKNOWN"))
    return _planned(appraisal, wish, plan, need, asked, seen, stock, seed)


def _after_switch(appraisal: Appraisal, other: Switched, wish: Wish, stock: Stock, seed: int) -> Taper:
    """The taper after a switch from another drug; or why there is none."""
    if other.after is not None and other.switch is not None:
        history = other.after.current_use.regimen
        clock = CLOCK_H if history is None else tuple(dose.clock_h for dose in history.phases[-1].doses)
        switch = with_units(other.switch, stock, clock, knowledge(), wish.supply_days)
        return replace(plan_taper(other.after, wish, seed=seed), switch=switch)
    without = _without(appraisal, None, other.need.need)
    return replace(
        without,
        because=other.need.because,
        views=other.need.views,
        hold=other.hold,
        urgency=other.need.urgency,
        switch=other.switch,
        facts=tuple(dict.fromkeys((*other.need.rules, *(other.switch.facts if other.switch is not None else ())))),
    )


def with_taper(appraisal: Appraisal, plan: Plan, *, seed: int = SEED) -> Plan:
    """The plan with its taper, where one is needed. One that cannot be planned says why, and what to do until then."""
    ended = appraisal.purpose != "new" and just_ended(appraisal, knowledge())
    if plan.taper_needed == NONE and not ended:
        return plan
    try:
        taper = plan_taper(appraisal, plan=plan, seed=seed)
    except RegimenError as error:
        facts = knowledge()
        taper = replace(
            _without(appraisal, plan, plan.taper_needed), hold=facts.say("TAPER-NOT-PLANNED", why=str(error))
        )
    return replace(plan, taper=taper)


def _planned(
    appraisal: Appraisal, wish: Wish, plan: Plan | None, need: str, asked: Start, seen: Seen, stock: Stock, seed: int
) -> Taper:
    facts = knowledge()
    asked = _often_enough(asked, stock, facts)
    able = reachable(stock, asked.from_mg, len(asked.clock_h))
    stands = ground(appraisal, asked, seen, able, seed=seed, people=SEARCHED if wish.quick else PEOPLE)
    if stands.start is None or stands.people is None:
        key = "TAPER-ENDED" if stands.ended else "TAPER-ASK-FIRST"
        return replace(_without(appraisal, plan, need), hold=facts.say(key), learning=stands.learning)
    start = stands.start
    if need == STEP_DOWN and seen.diary is None:
        rungs = rungs_of(stock, start)
        schedule = step_down(start.from_mg, rungs.doses, start.start_on, facts, tablets=rungs.tablets)
        found = Searched(schedule, (facts.say("TAPER-STEP-DOWN-CHOICE"),), None, None)
        return _drawn(appraisal, plan, need, start, found, stock, stands, wish, rungs)
    for alternate in (True, False) if wish.alternate_days else (False,):
        rungs = rungs_of(stock, start, alternate=alternate)
        crowd = stands.people.first(SEARCHED)
        found = searched(appraisal, wish, start, rungs, caps_of(facts), crowd, facts, decision=stands.pace_decision)
        # A step of an odd number of days cannot alternate, and the form never changes in the middle of one that does.
        if can_be_dispensed(found.schedule, stock, len(start.clock_h), facts, alternate=alternate):
            break
    return _drawn(appraisal, plan, need, start, found, stock, stands, wish, rungs)


def _often_enough(asked: Start, stock: Stock, facts: Knowledge) -> Start:
    """The same, twice a day where the tablets of one time of the day make nothing near enough for the first cut."""
    least = asked.from_mg - caps_of(facts).most_first(asked.from_mg)
    able = reachable(stock, asked.from_mg, len(asked.clock_h))
    if len(asked.clock_h) > 1 or any(least <= mg < asked.from_mg for mg in able):
        return asked
    return replace(asked, clock_h=CLOCK_H, says=(*asked.says, facts.say("TAPER-TWICE-A-DAY")))


def rungs_of(stock: Stock, start: Start, *, alternate: bool = False) -> Rungs:
    """What can be dispensed below the present dose, and by which form; nothing so small that it cannot matter.

    `alternate`: with the means of two days' tablets, where nothing else makes them and the load hardly swings.
    """
    lowest = Decimal(str(knowledge().limit("TAPER-LOWEST", "mg")))
    once = Decimal(str(knowledge().limit("DISP-ONCE-UPTO", "mg")))
    at_once = frozenset(reachable(stock, start.from_mg, 1, alternate))
    able = reachable(stock, start.from_mg, len(start.clock_h), alternate)
    grid = Decimal(str(knowledge().limit("TAPER-GRID", "mg")))
    able = tuple(mg for mg in able if mg > once or (mg in at_once and mg % grid == 0))
    doses = tuple(mg for mg in able if mg >= lowest or mg == max(able))
    made = {mg: forms(stock, mg, len(start.clock_h)) for mg in doses}
    return Rungs(
        doses,
        frozenset(mg for mg, by in made.items() if TABLET in by or not by),
        frozenset(mg for mg, by in made.items() if SOLUTION in by),
    )


def _drawn(
    appraisal: Appraisal,
    plan: Plan | None,
    need: str,
    start: Start,
    found: Searched,
    stock: Stock,
    stands: Ground,
    wish: Wish,
    rungs: Rungs,
) -> Taper:
    """Dispensed, proven, and followed through the same people."""
    facts, caps, people = knowledge(), caps_of(knowledge()), stands.people
    assert people is not None, "there is a start"
    schedule, share = found.schedule, facts.limit("TAPER-WORST-SHARE", "%") / PERCENT
    tail = (Decimal(0),) * int(facts.limit("TAPER-TAIL", "d"))
    doses = np.array([float(mg) for mg in (*start.known_mg, *schedule.daily(), *tail)])
    days, supply = dispensed(
        schedule, stock, start.clock_h, facts, supply_days=wish.supply_days, alternate=wish.alternate_days
    )
    held = proofs(schedule, caps, facts, exempt=need == STEP_DOWN and not start.goes_on, goes_on=start.goes_on)
    peak = drive_of(people.drive(doses), len(start.known_mg), share)
    ways = beside(found, start, rungs, caps, people.first(SEARCHED), facts, alone=wish.quick or not found.pace)
    others = compared(ways, people, start, caps=caps, rungs=rungs.doses, facts=facts)
    still = any(one.id == ABRUPT and one.drive.worst_fifth <= peak.worst_fifth for one in others)
    return replace(
        _without(appraisal, plan, need),
        hold="",
        from_mg=start.from_mg,
        schedule=schedule,
        pace=found.pace,
        pace_because=found.because,
        days=days,
        cuts=tuple(schedule.cuts()),
        proofs=(*_told_by_means(held, schedule, days, facts), _sums(days, facts)),
        peak=peak,
        curves=curves_of(people, doses, len(start.known_mg)),
        compared=others,
        loss=_loss(found, start, people, peak, share, tail),
        supply=supply,
        hidden=hidden_changes(appraisal, people, start, schedule.daily(), facts),
        learning=stands.learning,
        holds_at=symptom_rules(facts),
        says=(*beside_it(appraisal, facts), *start.says, *_model_says(still, facts), *people.assumed),
        facts=_facts(people, found),
    )


def _model_says(still_adapting: bool, facts: Knowledge) -> tuple[str, ...]:
    return tuple(facts.say(key) for key in (*SAYS, *((STILL,) if still_adapting else ())))


def _told_by_means(
    held: Sequence[Proof], schedule: Schedule, days: Sequence[TaperDay], facts: Knowledge
) -> tuple[Proof, ...]:
    """Where days take turns, what falls is their mean, and the proof says so."""
    if tuple(day.mg for day in days[:-1]) == schedule.daily():
        return tuple(held)
    said = facts.say("TAPER-FALLS-MEAN-PROOF")
    return tuple(replace(proof, say=said) if proof.rule == FALLS else proof for proof in held)


def _loss(
    found: Searched, start: Start, people: Falling, peak: Drive, share: float, tail: Sequence[Decimal]
) -> tuple[float, float] | None:
    """The worst fifth here, and with the best doses found without caps and products, among the same people."""
    if found.free_mg is None:
        return None
    before, after = ([float(mg) for mg in part] for part in (start.known_mg, tail))
    drive = people.drive(np.concatenate([before, found.free_mg, after]))
    free = drive_of(drive, len(before), share).worst_fifth
    return peak.worst_fifth, min(free, peak.worst_fifth)


def _sums(days: Sequence[TaperDay], facts: Knowledge) -> Proof:
    """The units of every day against its dose: the largest difference, which `TaperDay` already refuses."""
    off = max(abs(sum((unit.mg for unit in day.units), Decimal(0)) - day.mg) for day in days)
    return Proof("TAPER-SUMS", off == 0, float(off), 0.0, "mg", None, facts.say("TAPER-SUMS-PROOF"))


def _because(appraisal: Appraisal, plan: Plan | None) -> tuple[str, ...]:
    return appraisal.taper_because if plan is None else plan.taper_because


def _facts(people: Falling, found: Searched) -> tuple[str, ...]:
    caps = ("TAPER-WINDOW", "TAPER-WINDOW-SHARE", "TAPER-WINDOW-FLOOR", "TAPER-FIRST-SHARE", "TAPER-LAST-DOSE")
    return tuple(dict.fromkeys((*caps, *((found.pace,) if found.pace else ()), *people.facts)))


def _without(appraisal: Appraisal, plan: Plan | None, need: str) -> Taper:
    """No schedule: none is needed, or a specialist makes it."""
    facts = knowledge()
    return Taper(
        need=need,
        because=_because(appraisal, plan),
        views=appraisal.taper_views if plan is None else plan.taper_views,
        hold="" if need != SPECIALIST else appraisal.taper_hold if plan is None else plan.taper_hold,
        urgency="" if need != SPECIALIST else appraisal.taper_urgency if plan is None else plan.taper_urgency,
        from_mg=None,
        schedule=None,
        pace="",
        pace_because=(),
        days=(),
        cuts=(),
        proofs=(),
        peak=None,
        curves=(),
        compared=(),
        loss=None,
        supply=None,
        hidden=(),
        switch=None,
        learning=None,
        holds_at=() if need == NONE else emergency_rule(facts),
        says=() if need == NONE else (*beside_it(appraisal, facts), facts.say("TAPER-NO-SEIZURES")),
        facts=appraisal.facts if need == SPECIALIST else (),
    )
