"""Other ways to stop beside the chosen one: what slower costs in weeks, and what it does to the drive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from unclench.knowledge.load import Knowledge
from unclench.planning.taper_caps import Caps, meets
from unclench.planning.taper_drawn import drive_of
from unclench.planning.taper_plan import Compared, Schedule, Step
from unclench.planning.taper_shapes import Published
from unclench.simulation.taper_model import Falling

Array = NDArray[np.float64]

ABRUPT, CHOSEN = "ABRUPT", "CHOSEN"
DAYS_A_WEEK = 7


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


def as_written(facts: Knowledge, listed: Sequence[Published], longest_days: int) -> list[Way]:
    """Published schedules, and stopping at once, which is shown to be compared and never proposed."""
    found = [Way(ABRUPT, facts.say("TAPER-ABRUPT"), (), (), facts.say("TAPER-ABRUPT-SAY"))]
    found += [
        Way(one.id, one.name, one.steps, one.facts)
        for one in listed
        if sum(step.days for step in one.steps) <= longest_days
    ]
    return found


def compared(
    ways: Sequence[Way],
    people: Falling,
    schedule: Schedule,
    known: Sequence[Decimal],
    *,
    caps: Caps,
    rungs: Sequence[Decimal],
    tail_days: int,
    worst_share: float,
    facts: Knowledge,
) -> tuple[Compared, ...]:
    """Every way, walked by the same people, the shortest first."""
    before = [float(mg) for mg in known]
    longest = max(len(way.daily()) for way in ways)
    rows = np.zeros((len(ways), len(before) + longest + tail_days))
    for row, way in enumerate(ways):
        taken = before + way.daily()
        rows[row, : len(taken)] = taken
    made = set(rungs)
    found = []
    # One by one: all at once would not fit the cache.
    for row, way in enumerate(ways):
        falls = Schedule(schedule.start_on, schedule.from_mg, way.steps)
        makeable = all(step.mg in made for step in way.steps)
        within = meets(falls, caps)
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
