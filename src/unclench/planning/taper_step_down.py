"""The short step-down after two to four weeks, where dependence is unlikely: thirds of a week, even shares of the dose.

No guideline gives numbers for so short a fall. It is a project choice, exempt from the caps of pace, and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from unclench.knowledge.load import Knowledge
from unclench.planning.taper_plan import Schedule, Step


def step_down(
    from_mg: Decimal, rungs: Sequence[Decimal], start_on: date, facts: Knowledge, *, tablets: Collection[Decimal] = ()
) -> Schedule:
    """Equal parts of the dose, a few days each, at the nearest doses that can be made; each below the one before.

    `tablets`: doses that tablets make. For these few days they do where they can: a bottle is not worth a rounder part.
    """
    parts = int(facts.limit("STEP-DOWN-PARTS", "1"))
    days = int(facts.limit("STEP-DOWN-PART-DAYS", "d"))
    mg, steps = from_mg, list[Step]()
    able = [rung for rung in rungs if rung in tablets and 0 < rung < from_mg] or rungs
    for part in range(parts, 0, -1):
        target = from_mg * part / (parts + 1)
        below = [rung for rung in able if 0 < rung < mg]
        if not below:
            break
        mg = min(below, key=lambda rung: (abs(rung - target), rung))
        steps.append(Step(days, mg))
    # Nothing smaller can be made: the dose itself, for one part, is the whole step-down.
    return Schedule(start_on, from_mg, tuple(steps) or (Step(days, from_mg),))
