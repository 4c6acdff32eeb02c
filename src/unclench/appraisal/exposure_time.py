"""Clearance over time as a few steps: perpetrators that start, stop, overlap and fade."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from unclench.appraisal.findings import ClearanceSegment
from unclench.appraisal.perpetrators import Course, Strength, shares
from unclench.knowledge import Knowledge
from unclench.models.enzymes import Block, clearance, inducer_level, inhibitor_level

# The exact solver pays for every step; more would change no curve by more than its line.
MOST_SEGMENTS = 6
# An exponential rise or fall becomes steps that end after 1, 2 and 4 half-lives; the rest, one sixteenth, is dropped.
STEPS = (0, 1, 2, 4)
DAY_H = 24.0
SAME = 1e-6  # log clearance times hours: rounding only


@dataclass(frozen=True, slots=True)
class Acting:
    """One perpetrator over time: its full effect, and when it is there."""

    strength: Strength
    spans: tuple[tuple[float, float], ...]  # hours after midnight of the day of the consultation
    on_h: float
    off_inhibition_h: float
    off_induction_h: float

    def at(self, block: Block, at_h: float) -> Block:
        """The block with as much of it as is there at this hour."""
        blocked = max((inhibitor_level(at_h, *span, self.off_inhibition_h) for span in self.spans), default=0.0)
        induced = max((inducer_level(at_h, *span, self.on_h, self.off_induction_h) for span in self.spans), default=0.0)
        return Block(
            block.cyp3a4 * (blocked if block.cyp3a4 > 0 else induced),
            block.cyp2c19 * (blocked if block.cyp2c19 > 0 else induced),
            block.factor ** (blocked if block.factor > 1 else induced),
        )

    def breaks(self) -> set[float]:
        """Hours between which a constant level is near enough."""
        block = self.strength.diazepam
        inhibits = max(block.cyp3a4, block.cyp2c19, block.factor - 1) > 0
        induces = min(block.cyp3a4, block.cyp2c19, block.factor - 1) < 0
        found: set[float] = set()
        for began, ended in self.spans:
            if inhibits:
                found |= {began} | {ended + step * self.off_inhibition_h for step in STEPS}
            if induces:
                found |= {began + step * self.on_h for step in STEPS if began + step * self.on_h < ended}
                found |= {ended + step * self.off_induction_h for step in STEPS}
        return {hour for hour in found if not math.isinf(hour)}


def acting(strength: Strength, courses: tuple[Course, ...], on: date, facts: Knowledge, horizon_days: int) -> Acting:
    """The perpetrator's courses in hours. What began long ago is steady; what ends beyond the horizon goes on."""
    spans = []
    off_inhibition = strength.off_half_life_h or facts.parameter("IX-INHIBITOR-OFF").value
    off_induction = strength.off_half_life_h or facts.parameter("IX-INDUCER-OFF").value
    gone_h = -facts.parameter("IX-WASHOUT").value * (off_induction if strength.induces else off_inhibition)
    horizon_h = horizon_days * DAY_H
    for course in courses:
        began = -math.inf if course.since is None else (course.since - on).days * DAY_H
        ended = math.inf if course.until is None else ((course.until - on).days + 1) * DAY_H
        if began >= horizon_h or ended <= gone_h or ended <= began:
            continue
        spans.append((-math.inf if began < -horizon_h else began, math.inf if ended > horizon_h else ended))
    on_h = facts.parameter("IX-INDUCER-ON").value
    return Acting(strength, tuple(spans), on_h, off_inhibition, off_induction)


def segments(all_acting: list[Acting], active: float, facts: Knowledge) -> tuple[ClearanceSegment, ...]:
    """Clearance multiples of diazepam and nordazepam over time, in at most `MOST_SEGMENTS` steps."""
    starts = [-math.inf, *sorted(set().union(*(one.breaks() for one in all_acting)))]
    ends = [*starts[1:], math.inf]
    parent, metabolite = shares(facts), shares(facts, "nordazepam")
    made = []
    for start, end in zip(starts, ends, strict=True):
        logs = [0.0, 0.0]
        hours = _hours_within(start, end)
        for hour in hours:
            logs[0] += math.log(
                clearance(parent, active, [one.at(one.strength.diazepam, hour) for one in all_acting])
            ) / len(hours)
            logs[1] += math.log(
                clearance(metabolite, active, [one.at(one.strength.nordazepam, hour) for one in all_acting])
            ) / len(hours)
        made.append(ClearanceSegment(start, math.exp(logs[0]), math.exp(logs[1])))
    return _fewer(made)


def _hours_within(start: float, end: float) -> tuple[float, ...]:
    if math.isinf(start):
        return (start,)
    if math.isinf(end):
        return (end,)
    return tuple(start + (end - start) * part for part in (1 / 6, 1 / 2, 5 / 6))


def _fewer(made: list[ClearanceSegment]) -> tuple[ClearanceSegment, ...]:
    """Join the neighbours that cost least area, until there are few enough and no two are the same."""
    kept = list(made)
    while len(kept) > 1:
        ends = [*(segment.from_h for segment in kept[1:]), math.inf]
        costs = [_cost(kept[place], kept[place + 1], ends[place + 1]) for place in range(len(kept) - 1)]
        least = min(range(len(costs)), key=costs.__getitem__)
        if len(kept) <= MOST_SEGMENTS and costs[least] > SAME:
            break
        kept[least : least + 2] = [_joined(kept[least], kept[least + 1], ends[least + 1])]
    return tuple(kept)


def _cost(earlier: ClearanceSegment, later: ClearanceSegment, end_h: float) -> float:
    """How far off, in log clearance times hours, the joined step would be."""
    apart = abs(math.log(later.diazepam / earlier.diazepam)) + abs(math.log(later.nordazepam / earlier.nordazepam))
    if apart == 0:
        return 0.0
    first, second = later.from_h - earlier.from_h, end_h - later.from_h
    return apart / (1 / first + 1 / second) if not math.isinf(first) or not math.isinf(second) else math.inf


def _joined(earlier: ClearanceSegment, later: ClearanceSegment, end_h: float) -> ClearanceSegment:
    """One step for two: the mean by duration, but the endless past and the endless future keep their own value."""
    if math.isinf(earlier.from_h):
        share = 0.0
    elif math.isinf(end_h):
        share = 1.0
    else:
        share = (end_h - later.from_h) / (end_h - earlier.from_h)
    return ClearanceSegment(
        earlier.from_h,
        earlier.diazepam ** (1 - share) * later.diazepam**share,
        earlier.nordazepam ** (1 - share) * later.nordazepam**share,
    )
