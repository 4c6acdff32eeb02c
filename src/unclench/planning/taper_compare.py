"""Other ways to stop beside the chosen one: what slower costs in weeks, and what it does to the drive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from unclench.knowledge.load import Knowledge
from unclench.planning.taper_best import QUICK_ROUNDS, Searched, best_doses, families, judge_of, schedule_of
from unclench.planning.taper_caps import Caps, meets
from unclench.planning.taper_drawn import drive_of
from unclench.planning.taper_pace import Rungs, ladder_of, length_of
from unclench.planning.taper_plan import Compared, Schedule, Step
from unclench.planning.taper_shapes import published
from unclench.planning.taper_start import Start
from unclench.simulation.taper_model import Falling

Array = NDArray[np.float64]

ABRUPT, CHOSEN = "ABRUPT", "CHOSEN"
DAYS_A_WEEK = 7
PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class Way:
    """One way to stop. `steps` empty: at once."""

    id: str
    name: str
    steps: tuple[Step, ...]
    facts: tuple[str, ...]
    say: str = ""

    def daily(self) -> list[float]:
        return [float(step.mg) for step in self.steps for _ in range(step.days)]


def beside(
    found: Searched, start: Start, rungs: Rungs, caps: Caps, people: Falling, facts: Knowledge, *, alone: bool
) -> list[Way]:
    """The chosen way, stopping at once, which is shown to be compared and never proposed; published schedules as
    written, the plain shapes of the same length, and the other paces. `alone`: the first two only."""
    chosen = Way(CHOSEN, facts.say("TAPER-CHOSEN"), found.schedule.steps, (), facts.say("TAPER-CHOSEN-SAY"))
    ways = [chosen, Way(ABRUPT, facts.say("TAPER-ABRUPT"), (), (), facts.say("TAPER-ABRUPT-SAY"))]
    if alone:
        return ways
    longest = int(facts.limit("TAPER-LONGEST", "wk")) * DAYS_A_WEEK
    ways += [
        Way(one.id, one.name, one.steps, one.facts)
        for one in published(facts, start.from_mg)
        if sum(step.days for step in one.steps) <= longest
    ]
    ways += _plain(found, start, facts)
    for row in facts.table("paces"):
        length = length_of(row, ladder_of(row, start, rungs, caps), facts)
        if row.id == found.pace or length is None:
            continue
        doses, _ = best_doses(judge_of(length, start, people, facts), length, start, facts, rounds=QUICK_ROUNDS)
        name = facts.say("TAPER-OTHER-PACE", name=row.name.lower())
        ways.append(Way(f"PACE-{row.id.upper()}", name, schedule_of(start, length, doses).steps, (row.id,), row.say))
    return ways


def _plain(found: Searched, start: Start, facts: Knowledge) -> list[Way]:
    """Linear, proportional and of equal effect: as long as the chosen one, at the nearest doses that keep the caps."""
    length = found.length
    if length is None:
        return []
    ways = []
    for key, target in families(length, start, facts):
        places = length.ladder.fitted(target)
        if places is not None:
            steps = schedule_of(start, length, [length.ladder.doses[place] for place in places]).steps
            ways.append(Way(key, facts.say(f"TAPER-{key}"), steps, (), facts.say("TAPER-PLAIN-SAY")))
    return ways


def compared(
    ways: Sequence[Way],
    people: Falling,
    start: Start,
    *,
    caps: Caps,
    rungs: Sequence[Decimal],
    facts: Knowledge,
) -> tuple[Compared, ...]:
    """Every way, walked by the same people, the shortest first."""
    tail_days, worst_share = int(facts.limit("TAPER-TAIL", "d")), facts.limit("TAPER-WORST-SHARE", "%") / PERCENT
    before = [float(mg) for mg in start.known_mg]
    longest = max(len(way.daily()) for way in ways)
    rows = np.zeros((len(ways), len(before) + longest + tail_days))
    for row, way in enumerate(ways):
        taken = before + way.daily()
        rows[row, : len(taken)] = taken
    made = set(rungs)
    found = []
    # One by one: all at once would not fit the cache.
    for row, way in enumerate(ways):
        falls = Schedule(start.start_on, start.from_mg, way.steps)
        makeable = all(step.mg in made for step in way.steps)
        within = meets(falls, caps, goes_on=start.goes_on)
        end = len(before) + falls.days + tail_days
        found.append(
            Compared(
                id=way.id,
                name=way.name,
                weeks=falls.days / DAYS_A_WEEK,
                drive=drive_of(people.drive(rows[row, :end]), len(before), worst_share),
                meets_caps=within,
                makeable=makeable,
                chosen=way.id == CHOSEN,
                say=way.say or _said(facts, within=within, makeable=makeable),
                facts=way.facts,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.weeks, one.id)))


def _said(facts: Knowledge, *, within: bool, makeable: bool) -> str:
    if not within:
        return facts.say("TAPER-BREAKS-CAPS")
    return facts.say("TAPER-AS-WRITTEN") if makeable else facts.say("TAPER-NOT-MADE")
