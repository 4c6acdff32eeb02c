"""The best doses for a taper: its pace, its length, the search, and how near that comes to the best of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import numpy as np

from unclench.appraisal.findings import Appraisal
from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows_stopping import Pace
from unclench.planning.taper_caps import Caps
from unclench.planning.taper_drawn import kept_free
from unclench.planning.taper_pace import Length, Rungs, begins_of, changed, choose_pace, ladder_of, length_for
from unclench.planning.taper_plan import Schedule, Step
from unclench.planning.taper_search import Judge, beginnings, judge, search, unconstrained
from unclench.planning.taper_shapes import Array, equal_effect, linear, paced, proportional, published, stretched
from unclench.planning.taper_start import Start
from unclench.planning.taper_wish import Wish
from unclench.simulation.taper_model import Falling
from unclench.values import EngineError, RegimenError

DAYS_A_WEEK = 7
PERCENT = 100.0
QUICK_ROUNDS = 3
BOUND_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Searched:
    """What the search settled: the schedule, its length and why, and the daily doses of the best without constraints.

    `length` and `free_mg` are None for a step-down, which is not searched; `free_mg` also where only a quick one is.
    """

    schedule: Schedule
    because: tuple[str, ...]
    length: Length | None
    free_mg: Array | None

    @property
    def pace(self) -> str:
        """The id of its pace; "" for a step-down."""
        return "" if self.length is None else self.length.pace.id


def searched(
    appraisal: Appraisal,
    wish: Wish,
    start: Start,
    rungs: Rungs,
    caps: Caps,
    people: Falling,
    facts: Knowledge,
    *,
    decision: str = "",
) -> Searched:
    """The pace, the length that follows from it or is asked for, and the best doses found for that length.

    `decision`: what a diary says of the pace. A quick wish leaves out the best without constraints.
    """
    pace, because = choose_pace(appraisal, wish.pace, facts)
    if decision:
        pace = changed(pace, decision, facts)
        because = (facts.say(f"TAPER-PACE-{decision.upper()}-BY-DIARY", days=pace.interval_days),)
    if wish.peak_percent is not None:
        length = _for_peak(wish.peak_percent, start, rungs, caps, people, facts, pace)
    else:
        first_cut = start.start_on + timedelta(days=start.hold_days)
        free = kept_free(appraisal, first_cut, facts)
        length = length_for(pace, start, rungs, caps, facts, weeks=wish.weeks, kept_free=free)
    if length.pace.id != pace.id:
        because = (*because, facts.say("TAPER-PACE-FASTER", name=length.pace.name.lower(), weeks=wish.weeks))
    judged = judge_of(length, start, people, facts)
    doses, _ = best_doses(judged, length, start, facts, rounds=QUICK_ROUNDS if wish.quick else None)
    schedule, least = schedule_of(start, length, doses), None
    if not wish.quick:
        begin = np.array([float(mg) for mg in doses])
        found = unconstrained(judged, float(start.from_mg), begin, rounds=BOUND_ROUNDS)
        least = np.concatenate(
            [np.full(start.hold_days, float(start.from_mg)), np.repeat(found, np.diff(length.begins))]
        )
    return Searched(schedule, because, length, least)


def judge_of(length: Length, start: Start, people: Falling, facts: Knowledge) -> Judge:
    """The judge of the slots of a length, after what is settled."""
    known = np.array([float(mg) for mg in start.settled_mg()])
    tail = int(facts.limit("TAPER-TAIL", "d"))
    begins = [known.size + begin for begin in length.begins]
    share = facts.limit("TAPER-WORST-SHARE", "%") / PERCENT
    return judge(people, known, begins, begins[-1] + tail, share)


def best_doses(
    judged: Judge, length: Length, start: Start, facts: Knowledge, *, rounds: int | None = None
) -> tuple[tuple[Decimal, ...], float]:
    """The doses of the slots, and their worst fifth. Published schedules of this length are among the beginnings."""
    targets = beginnings(length.ladder, length.slots)
    targets += [target for _, target in families(length, start, facts)]
    targets += [stretched(one.daily(), length.slots) for one in published(facts, start.from_mg) if one.steps]
    own = np.array([float(mg) for mg in paced(length.pace, start.from_mg, length.ladder.doses)])
    # From a dose as small as its smallest cut a pace has none of its own.
    targets += [stretched(own, length.slots)] if own.size else []
    kept = {} if rounds is None else {"rounds": rounds}
    found = search(judged, length.ladder, targets, **kept)
    if found is None:
        raise EngineError(
            where="the search for a taper",
            found=f"no schedule of {length.slots} steps that keeps every cap",
            need="one",
            fix="Allow more weeks, or products with smaller steps.",
        )
    return tuple(length.ladder.doses[place] for place in found.places), found.worst


def families(length: Length, start: Start, facts: Knowledge) -> tuple[tuple[str, Array], ...]:
    """The plain shapes of this length by name: doses of the slots, before caps and products."""
    mg, slots, last = float(start.from_mg), length.slots, float(min(length.ladder.caps.last_mg, start.from_mg))
    return (
        ("LINEAR", linear(mg, slots)),
        ("PROPORTIONAL", proportional(mg, slots, last)),
        ("EQUAL-EFFECT", equal_effect(mg, slots, facts.parameter("PD-ED50").value)),
    )


def _for_peak(
    percent: float,
    start: Start,
    rungs: Rungs,
    caps: Caps,
    people: Falling,
    facts: Knowledge,
    pace: Pace,
) -> Length:
    """The shortest length at this pace whose worst fifth stays below a peak: by bisection, as longer is never worse."""
    ladder = ladder_of(pace, start, rungs, caps)
    longest = int(facts.limit("TAPER-LONGEST", "wk")) * DAYS_A_WEEK // pace.interval_days
    fewest = length_for(pace, start, rungs, caps, facts, weeks=None)

    def tried(slots: int) -> tuple[Length, float]:
        length = Length(pace, ladder, begins_of(slots, pace.interval_days, ()))
        return length, best_doses(judge_of(length, start, people, facts), length, start, facts, rounds=QUICK_ROUNDS)[1]

    low, high = ladder.shortest(longest) or fewest.slots, 0
    best, worst = tried(low)
    lowest = worst
    while worst > percent:
        low, high = best.slots + 1, min(best.slots + max(best.slots // 2, 1), longest)
        if high < low:
            raise RegimenError(
                where="the peak asked for",
                found=f"{percent:g} % of the reference",
                need=f"at least {lowest:.0f} %, the lowest found within {longest * pace.interval_days} days",
                fix="Allow a higher peak: no length brings it to nothing.",
            )
        best, worst = tried(high)
        lowest = min(lowest, worst)
    while low < high:
        middle = (low + high) // 2
        length, worst = tried(middle)
        if worst <= percent:
            best, high = length, middle
        else:
            low = middle + 1
    return best


def schedule_of(start: Start, length: Length, doses: Sequence[Decimal]) -> Schedule:
    """Slots with one dose become one step."""
    steps = [Step(start.hold_days, start.from_mg)] if start.hold_days else list[Step]()
    for slot, mg in enumerate(doses):
        days = length.begins[slot + 1] - length.begins[slot]
        if steps and steps[-1].mg == mg:
            steps[-1] = Step(steps[-1].days + days, mg)
        else:
            steps.append(Step(days, mg))
    return Schedule(start.start_on, start.from_mg, tuple(steps))
