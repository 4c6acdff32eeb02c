"""How fast a taper goes, and so how long it takes: the pace from features of the patient, the length from the pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from msgspec import structs

from unclench.appraisal.findings import Appraisal
from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows_stopping import Pace
from unclench.planning.taper_caps import Caps
from unclench.planning.taper_ladder import Ladder
from unclench.planning.taper_shapes import paced
from unclench.planning.taper_start import Start
from unclench.values import RegimenError

AUTO = "auto"
SLOWER, FASTER = "slower", "faster"
DAYS_A_WEEK = 7
PERCENT = Decimal(100)
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Rungs:
    """Daily doses that can be dispensed, falling, and which form makes each."""

    doses: tuple[Decimal, ...]
    tablets: frozenset[Decimal]
    liquids: frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class Length:
    """A pace, and the days on which its slots begin; the last beginning is that of nothing."""

    pace: Pace
    ladder: Ladder
    begins: tuple[int, ...]

    @property
    def slots(self) -> int:
        return len(self.begins) - 1

    @property
    def days(self) -> int:
        return self.begins[-1]


def choose_pace(appraisal: Appraisal, wanted: str, facts: Knowledge) -> tuple[Pace, tuple[str, ...]]:
    """The pace asked for; or the usual one, slower or faster by what is found. With why.

    Faster only where nothing asks for slower: a missing fact never speeds a taper up.
    """
    if wanted != AUTO:
        row: Pace = facts.get("paces", wanted)
        return row, (row.say, _cuts(row, facts), facts.say("TAPER-PACE-ASKED"))
    slower = [said for _, said, direction in appraisal.pace_features if direction == SLOWER]
    faster = [said for _, said, direction in appraisal.pace_features if direction == FASTER]
    if len(slower) >= int(facts.limit("TAPER-SLOWER-COUNT", "1")):
        chosen, why = "slow", slower
    elif faster and not slower:
        chosen, why = "fast", faster
    else:
        chosen, why = "usual", slower
    row = facts.get("paces", chosen)
    found = "; ".join(why) or facts.say("TAPER-PACE-NOTHING")
    return row, (row.say, _cuts(row, facts), facts.say(f"TAPER-PACE-{chosen.upper()}", found=found))


def _cuts(pace: Pace, facts: Knowledge) -> str:
    return facts.say("TAPER-PACE-CUTS", most=f"{pace.most_percent:g}", least=f"{pace.least_cut_mg:g}")


def changed(pace: Pace, decision: str, facts: Knowledge) -> Pace:
    """The pace after a diary: the next slower or faster one; beyond the slowest, twice the time between cuts."""
    by_order: dict[int, Pace] = {row.order: row for row in facts.table("paces")}
    if decision == FASTER:
        return by_order.get(pace.order + 1, pace)
    if pace.order - 1 in by_order:
        return by_order[pace.order - 1]
    return structs.replace(pace, interval_days=2 * pace.interval_days)


def ladder_of(pace: Pace, start: Start, rungs: Rungs, caps: Caps) -> Ladder:
    """The rungs below the present dose, and the caps of this pace between them."""
    # The first slot is a cut, so that the rule of the first cut is about it; unless nothing lower can be made.
    lower = tuple(rung for rung in rungs.doses if 0 < rung < start.from_mg)
    kept = tuple(rung for rung in rungs.doses if rung == start.from_mg) if start.goes_on or not lower else ()
    below = (*kept, *lower)
    return Ladder(
        from_mg=start.from_mg,
        doses=(*below, Decimal(0)),
        slot_days=pace.interval_days,
        caps=caps,
        cut_share=Decimal(f"{pace.most_percent:g}") / PERCENT,
        cut_floor_mg=Decimal(f"{pace.least_cut_mg:g}"),
        cut_most_mg=start.largest_cut_mg,
        first_is_cut=not start.goes_on or start.largest_cut_mg is not None,
        counted=(*(rung in rungs.tablets for rung in below), True),
        poured=(*(rung in rungs.liquids for rung in below), True),
    )


def begins_of(slots: int, slot_days: int, kept_free: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The days on which slots begin, and the end. No cut but the first falls on days that are kept free."""
    begins = [0]
    while len(begins) <= slots:
        day = begins[-1] + slot_days
        while blocked := [until for first, until in kept_free if first <= day <= until]:
            day = max(blocked) + 1
        begins.append(day)
    return tuple(begins)


def length_of(
    pace: Pace,
    ladder: Ladder,
    facts: Knowledge,
    *,
    weeks: int | None = None,
    kept_free: Sequence[tuple[int, int]] = (),
) -> Length | None:
    """The slots of a pace: those of its own cuts, never fewer than its caps need. None: not in so many weeks."""
    longest = int(facts.limit("TAPER-LONGEST", "wk")) * DAYS_A_WEEK // pace.interval_days
    fewest = ladder.shortest(longest)
    if fewest is None:
        return None
    if weeks is None:
        slots = max(len(paced(pace, ladder.from_mg, ladder.doses)), fewest)
        return Length(pace, ladder, begins_of(slots, pace.interval_days, kept_free))
    days = weeks * DAYS_A_WEEK
    begins = begins_of(max(days // pace.interval_days, 1), pace.interval_days, kept_free)
    within = tuple(day for day in begins if day + pace.interval_days <= days)
    if len(within) < fewest:
        return None
    # What does not fill a slot makes the last dose last longer.
    return Length(pace, ladder, (*within, days))


def length_for(
    pace: Pace,
    start: Start,
    rungs: Rungs,
    caps: Caps,
    facts: Knowledge,
    *,
    weeks: int | None,
    kept_free: Sequence[tuple[int, int]] = (),
) -> Length:
    """The length asked for, at this pace or the next faster one that can be so short.

    Raises RegimenError where no pace can.
    """
    faster = sorted((row for row in facts.table("paces") if row.order > pace.order), key=lambda row: row.order)
    fewest: list[int] = []
    for row in [pace, *faster] if weeks is not None else [pace]:
        ladder = ladder_of(row, start, rungs, caps)
        found = length_of(row, ladder, facts, weeks=weeks, kept_free=kept_free)
        if found is not None:
            return found
        shortest = ladder.shortest(int(facts.limit("TAPER-LONGEST", "wk")) * DAYS_A_WEEK // row.interval_days)
        fewest += [] if shortest is None else [-(-shortest * row.interval_days // DAYS_A_WEEK)]
    if not fewest:
        raise _no_way_down(start.from_mg, rungs, caps)
    raise RegimenError(
        where="the length of a taper",
        found=f"{weeks} weeks from {start.from_mg:f} mg a day",
        need=f"at least {min(fewest)} weeks: no 14 days may take away more than the cap",
        fix="Allow more weeks, or products with smaller steps.",
    )


def _no_way_down(from_mg: Decimal, rungs: Rungs, caps: Caps) -> RegimenError:
    """Why no row of doses keeps the caps: nothing near enough for the first cut, or steps too large further down."""
    least = from_mg - caps.most_first(from_mg)
    if not any(least <= rung < from_mg for rung in rungs.doses):
        highest = max((rung for rung in rungs.doses if rung < from_mg), default=Decimal(0))
        found, need = f"{highest:f} mg as the next dose these products make", f"one from {least:f} mg for the first cut"
    else:
        lowest = ", ".join(f"{rung:f}" for rung in rungs.doses[-SHOWN:])
        found = f"lowest doses of {lowest} mg a day"
        need = f"steps small enough to keep the caps down to {caps.last_mg:f} mg"
    return RegimenError(
        where="the taper",
        found=found,
        need=need,
        fix="Allow more products: other strengths, halves of tablets, or the oral solution.",
    )
