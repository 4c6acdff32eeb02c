"""Clearance over time as a few steps: perpetrators that start, stop, overlap and fade."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from unclench.appraisal.findings import ClearanceSegment
from unclench.appraisal.perpetrators import Course, Strength, shares
from unclench.knowledge import Knowledge
from unclench.models.enzymes import Block, Levels, clearance_at, inducer_level, inhibitor_level
from unclench.values import DAY_H

# The exact solver pays for every step; more would change no curve by more than its line.
LONG_AGO_DAYS = 60
MOST_SEGMENTS = 6
# An exponential rise or fall becomes steps that end after 1, 2 and 4 half-lives; the rest, one sixteenth, is dropped.
STEPS = (0, 1, 2, 4)
SAME = 1e-6  # log clearance times hours: rounding only
WITHIN = 3  # hours looked at within a step, for its mean


@dataclass(frozen=True, slots=True)
class Acting:
    """One perpetrator over time: its full effect, and when it is there."""

    strength: Strength
    spans: tuple[tuple[float, float], ...]  # hours after midnight of the day of the consultation
    on_h: float
    off_inhibition_h: float
    off_induction_h: float

    def levels(self, at_h: Levels) -> tuple[Levels, Levels]:
        """How much of its inhibition and of its induction is there at these hours."""
        none = np.zeros_like(at_h)
        inhibition, induction = none, none
        for span in self.spans:
            inhibition = np.maximum(inhibition, inhibitor_level(at_h, *span, self.off_inhibition_h))
            induction = np.maximum(induction, inducer_level(at_h, *span, self.on_h, self.off_induction_h))
        return inhibition, induction

    def left_at(self, hour: float) -> Block:
        """What is there of its effect on diazepam at one hour."""
        inhibition, induction = (float(level[0]) for level in self.levels(np.array([hour])))
        block = self.strength.diazepam
        return Block(
            block.cyp3a4 * (inhibition if block.cyp3a4 > 0 else induction),
            block.cyp2c19 * (inhibition if block.cyp2c19 > 0 else induction),
            block.factor ** (inhibition if block.factor > 1 else induction),
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
    long_ago_h = -LONG_AGO_DAYS * DAY_H
    off_inhibition = strength.off_half_life_h or facts.parameter("IX-INHIBITOR-OFF").value
    off_induction = strength.off_half_life_h or facts.parameter("IX-INDUCER-OFF").value
    gone_h = -facts.parameter("IX-WASHOUT").value * (off_induction if strength.induces else off_inhibition)
    horizon_h = horizon_days * DAY_H
    for course in courses:
        began = -math.inf if course.since is None else (course.since - on).days * DAY_H
        ended = math.inf if course.until is None else ((course.until - on).days + 1) * DAY_H
        if began >= horizon_h or ended <= gone_h or ended <= began:
            continue
        spans.append((-math.inf if began < long_ago_h else began, math.inf if ended > horizon_h else ended))
    on_h = facts.parameter("IX-INDUCER-ON").value
    return Acting(strength, tuple(spans), on_h, off_inhibition, off_induction)


def segments(all_acting: list[Acting], active: float, facts: Knowledge) -> tuple[ClearanceSegment, ...]:
    """Clearance multiples of diazepam and nordazepam over time, in at most `MOST_SEGMENTS` steps."""
    starts = [-math.inf, *sorted(set().union(*(one.breaks() for one in all_acting)))]
    hours = np.concatenate([_hours_within(*pair) for pair in zip(starts, [*starts[1:], math.inf], strict=True)])
    levels = [one.levels(hours) for one in all_acting]
    strengths = [one.strength for one in all_acting]
    means = []
    for victim, blocks in (
        ("diazepam", [strength.diazepam for strength in strengths]),
        ("nordazepam", [strength.nordazepam for strength in strengths]),
    ):
        partly = [(block, *pair) for block, pair in zip(blocks, levels, strict=True)]
        multiples = np.broadcast_to(clearance_at(shares(facts, victim), active, partly), hours.shape)
        means.append(np.exp(np.log(multiples).reshape(-1, WITHIN).mean(axis=1)).tolist())
    return _fewer([ClearanceSegment(*row) for row in zip(starts, *means, strict=True)])


def _hours_within(start: float, end: float) -> Levels:
    """Hours that stand for a step: the endless past and future by their limits."""
    if math.isinf(start) or math.isinf(end):
        return np.full(WITHIN, start if math.isinf(start) else end)
    return start + (end - start) * (np.arange(WITHIN) + 0.5) / WITHIN


def _fewer(made: list[ClearanceSegment]) -> tuple[ClearanceSegment, ...]:
    """Join the neighbours that cost least area, until there are few enough and no two are the same."""
    kept = list(made)
    costs = [_cost(kept, place) for place in range(len(kept) - 1)]
    while costs:
        least = costs.index(min(costs))
        if len(kept) <= MOST_SEGMENTS and costs[least] > SAME:
            break
        kept[least : least + 2] = [_joined(kept[least], kept[least + 1], _end(kept, least + 1))]
        del costs[least]
        for place in (least - 1, least):
            if 0 <= place < len(costs):
                costs[place] = _cost(kept, place)
    return tuple(kept)


def _end(kept: list[ClearanceSegment], place: int) -> float:
    return kept[place + 1].from_h if place + 1 < len(kept) else math.inf


def _cost(kept: list[ClearanceSegment], place: int) -> float:
    """How far off, in log clearance times hours, one step for this and the next would be."""
    earlier, later = kept[place], kept[place + 1]
    apart = abs(math.log(later.diazepam / earlier.diazepam)) + abs(math.log(later.nordazepam / earlier.nordazepam))
    if apart == 0:
        return 0.0
    first, second = later.from_h - earlier.from_h, _end(kept, place + 1) - later.from_h
    return math.inf if math.isinf(first) and math.isinf(second) else apart / (1 / first + 1 / second)


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
