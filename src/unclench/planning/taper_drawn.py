"""What a taper does, in numbers: drive, curves, other ways to stop beside it, and hidden changes of the dose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Appraisal, ExposureChange
from unclench.knowledge.load import Knowledge
from unclench.models import receptor
from unclench.planning import words
from unclench.planning.taper_plan import Drive, HiddenChange, TaperCurve
from unclench.planning.taper_search import worst_fifth
from unclench.planning.taper_start import Start
from unclench.simulation.taper_model import Falling
from unclench.values import Answer

Array = NDArray[np.float64]

MIDDLE = (5.0, 25.0, 50.0, 75.0, 95.0)
PERCENT = 100.0
NOON, OPIOID = 0.5, "PF-OPIOID"
# A smaller change of the load is not worth a line.
VISIBLE = 0.02
ANALYTES = ("diazepam", "nordazepam")


def drive_of(drive: Array, first_day: int, share: float) -> Drive:
    """The highest drive of (days, columns) from the first cut on."""
    falling = drive[first_day:]
    highest = falling.max(axis=0)
    low, high = np.percentile(highest[:-1], (MIDDLE[0], MIDDLE[-1]))
    return Drive(
        typical=float(highest[-1]),
        low=float(low),
        high=float(high),
        worst_fifth=float(worst_fifth(highest[None, :-1], share)[0]),
        day=float(falling[:, -1].argmax()),
    )


def curves_of(people: Falling, doses_mg: Array, first_day: int) -> tuple[TaperCurve, ...]:
    """Dose, levels, the share of receptors held, and the drive; day 0 is that of the first cut."""
    t_d: Array = np.arange(doses_mg.size, dtype=np.float64) - first_day + NOON
    share = receptor.occupancy(people.load(doses_mg))
    drive = np.maximum(people.above(share), 0.0)
    dose = np.repeat(doses_mg[:, None], people.columns, axis=1)
    levels = people.levels(doses_mg)
    return (
        _curve("dose", "mg", t_d, dose),
        *(_curve(name, "ng/mL", t_d, levels[at]) for at, name in enumerate(ANALYTES)),
        _curve("effect", "%", t_d, share * PERCENT),
        _curve("withdrawal-drive", "% of reference", t_d, drive),
    )


def _curve(name: str, unit: str, t_d: Array, lines: Array) -> TaperCurve:
    bands: Array = np.percentile(lines[:, :-1], MIDDLE, axis=1)
    return TaperCurve(name, unit, t_d, lines[:, -1].copy(), *bands)


def hidden_changes(
    appraisal: Appraisal, people: Falling, start: Start, daily: Sequence[Decimal], facts: Knowledge
) -> tuple[HiddenChange, ...]:
    """Medicines that start or stop between today and the last dose: what the unchanged dose then acts like."""
    doses, passed = (*start.known_mg, *daily), (appraisal.on - start.since).days
    found = []
    for change in appraisal.exposure.changes:
        for turn, starts in _turns(change):
            day = turn + passed
            if not passed < day < len(doses):
                continue
            ratio = _ratio(people, day)
            if ratio is None:
                continue
            mg = doses[day]
            low, high = np.percentile(ratio[:-1], (MIDDLE[0], MIDDLE[-1]))
            as_if = tuple(float(mg) * float(each) for each in (low, ratio[-1], high))
            on = appraisal.on + timedelta(days=turn)
            key = "TAPER-HIDDEN-STARTS" if starts else "TAPER-HIDDEN-STOPS"
            shown = tuple(words.number(round(each, 1)) for each in as_if)
            numbers = dict(zip(("low", "typical", "high"), shown, strict=True))
            said = facts.say(key, medicine=change.perpetrator, on=words.day(on), mg=words.mg(mg), **numbers)
            found.append(HiddenChange(change.perpetrator, on, mg, (as_if[0], as_if[1], as_if[2]), said))
    return tuple(found)


def beside_it(appraisal: Appraisal, facts: Knowledge) -> tuple[str, ...]:
    """What else is taken that makes a taper dangerous, or has only just changed what the dose does."""
    opioid = any(risk.id == OPIOID and risk.answer is Answer.YES for risk in appraisal.taper_risks)
    said = [facts.say("TAPER-OPIOID")] if opioid else []
    settling = int(facts.limit("TAPER-HIDDEN-AFTER", "d"))
    for change in appraisal.exposure.changes:
        if change.counts and change.until_day is None and -settling < change.from_day <= 1:
            on = appraisal.on + timedelta(days=change.from_day - 1)
            said.append(facts.say("TAPER-HIDDEN-RECENT", medicine=change.perpetrator, on=words.day(on)))
    return tuple(said)


def kept_free(appraisal: Appraisal, start_on: date, facts: Knowledge) -> tuple[tuple[int, int], ...]:
    """Days, counted from the first cut, around the start or the end of an interacting medicine: no cut falls there."""
    before, after = (int(facts.limit(key, "d")) for key in ("TAPER-HIDDEN-BEFORE", "TAPER-HIDDEN-AFTER"))
    waits = (start_on - appraisal.on).days
    turns = [day - waits for change in appraisal.exposure.changes for day, _ in _turns(change) if day > 0]
    return tuple((day - before, day + after) for day in turns)


def _turns(change: ExposureChange) -> list[tuple[int, bool]]:
    """Days, counted from 0 today, on which it starts (true) or stops."""
    turns = [(change.from_day - 1, True)] if change.from_day > 1 else []
    return turns + ([(change.until_day, False)] if change.until_day is not None else [])


def _ratio(people: Falling, day: int) -> Array | None:
    """(columns,): steady load of a dose under the last span that this turn brings, over that before it."""
    later = [at for at, span in enumerate(people.spans) if span.from_day >= day]
    if not later or later[0] == 0:
        return None
    before, after = (people.steady_load(at) for at in (later[0] - 1, later[-1]))
    ratio: Array = after / before
    return ratio if abs(float(ratio[-1]) - 1.0) > VISIBLE else None
