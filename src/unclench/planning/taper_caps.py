"""The rules of pace, each held against every day of a schedule. A step by step check would miss two cuts in one window.

The fall over any 14 days may not exceed a quarter of the dose at the window's start, or 1 mg where that is more: a pure
share would refuse every official schedule at low doses, whose steps are fixed. The days before the first cut count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from unclench.knowledge.load import Knowledge
from unclench.planning import words
from unclench.planning.taper_plan import Proof, Schedule

WINDOW, FIRST, LAST, FALLS, ENDS, SUMS = (
    "TAPER-WINDOW",
    "TAPER-FIRST-SHARE",
    "TAPER-LAST-DOSE",
    "TAPER-FALLS",
    "TAPER-ENDS",
    "TAPER-SUMS",
)
PERCENT = Decimal(100)
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Caps:
    """The limits of pace. Shares are of 1."""

    window_days: int
    share: Decimal
    floor_mg: Decimal
    first_share: Decimal
    last_mg: Decimal

    def most(self, mg: Decimal) -> Decimal:
        """Largest fall in a window that begins at this dose."""
        return max(self.share * mg, self.floor_mg)

    def most_first(self, mg: Decimal) -> Decimal:
        """Largest first cut."""
        return max(self.first_share * mg, self.floor_mg)


def caps_of(facts: Knowledge) -> Caps:
    """The caps, from their rows."""

    def exact(key: str, unit: str) -> Decimal:
        return Decimal(f"{facts.limit(key, unit):g}")

    return Caps(
        window_days=int(facts.limit(WINDOW, "d")),
        share=exact("TAPER-WINDOW-SHARE", "%") / PERCENT,
        floor_mg=exact("TAPER-WINDOW-FLOOR", "mg"),
        first_share=exact(FIRST, "%") / PERCENT,
        last_mg=exact(LAST, "mg"),
    )


def worst_window(doses: Sequence[Decimal], caps: Caps) -> tuple[Decimal, int, Decimal]:
    """The window that comes nearest to its cap, or breaks it most: its share of the cap, first day, and fall.

    `doses`: of every day, the days before the first cut and after the last dose included.
    """
    worst = (Decimal(-1), 0, NOTHING)
    for day, mg in enumerate(doses):
        after = doses[min(day + caps.window_days, len(doses) - 1)]
        fall = mg - after
        worst = max(worst, (fall / caps.most(mg), day, fall), key=lambda found: (found[0], -found[1]))
    return worst


def with_margins(schedule: Schedule, caps: Caps) -> tuple[Decimal, ...]:
    """Every day's dose, with a window before the first cut and one after the last dose."""
    return (
        *(schedule.from_mg,) * caps.window_days,
        *schedule.daily(),
        *(NOTHING,) * (caps.window_days + 1),
    )


def proofs(
    schedule: Schedule, caps: Caps, facts: Knowledge, *, exempt: bool, goes_on: bool = False
) -> tuple[Proof, ...]:
    """Each rule, whether it holds, and where it comes nearest to its limit. `exempt`: a step-down, which need not hold
    the caps of pace because dependence is unlikely: a project choice, and said. `goes_on`: the first cut was earlier.
    """
    doses = with_margins(schedule, caps)
    before = schedule.start_on - timedelta(days=caps.window_days)
    share, day, fall = worst_window(doses, caps)
    on, until = before + timedelta(days=day), before + timedelta(days=day + caps.window_days)
    said = facts.say(
        "TAPER-WINDOW-PROOF",
        fall=words.mg(fall),
        mg=words.mg(doses[day]),
        percent=words.number(_percent(fall, doses[day])),
        on=words.day(on),
        until=words.day(until),
        most=words.mg(caps.most(doses[day])),
    )
    found = [
        _proof(WINDOW, share <= 1, share * PERCENT, PERCENT, "% of the cap", on, said),
        *(() if goes_on else (_first(schedule, caps, facts),)),
        _last(schedule, caps, facts),
    ]
    if exempt:
        found = [_exempted(proof, facts) for proof in found]
    rises = max((after - mg for mg, after in pairwise(doses)), default=NOTHING)
    found.append(_proof(FALLS, rises <= 0, rises, NOTHING, "mg", None, facts.say("TAPER-FALLS-PROOF")))
    ended = facts.say("TAPER-ENDS-PROOF", on=words.day(schedule.ends_on))
    found.append(_proof(ENDS, doses[-1] == 0, doses[-1], NOTHING, "mg", schedule.ends_on, ended))
    return tuple(found)


def _first(schedule: Schedule, caps: Caps, facts: Knowledge) -> Proof:
    cut = next(schedule.cuts())
    fall = cut.from_mg - cut.to_mg
    most = caps.most_first(cut.from_mg)
    percent = words.number(_percent(fall, cut.from_mg))
    said = facts.say("TAPER-FIRST-PROOF", fall=words.mg(fall), percent=percent, most=words.mg(most))
    return _proof(FIRST, fall <= most, fall, most, "mg", cut.on, said)


def _last(schedule: Schedule, caps: Caps, facts: Knowledge) -> Proof:
    *_, cut = schedule.cuts()
    said = facts.say("TAPER-LAST-PROOF", mg=words.mg(cut.from_mg), most=words.mg(caps.last_mg))
    return _proof(LAST, cut.from_mg <= caps.last_mg, cut.from_mg, caps.last_mg, "mg", cut.on, said)


def _exempted(proof: Proof, facts: Knowledge) -> Proof:
    """The same, held by exemption: the number stays to be seen."""
    return Proof(proof.rule, True, proof.worst, None, proof.unit, proof.on, f"{facts.say('TAPER-EXEMPT')} {proof.say}")


def _proof(rule: str, holds: bool, worst: Decimal, limit: Decimal, unit: str, on: date | None, said: str) -> Proof:
    return Proof(rule, bool(holds), round(float(worst), 3), float(limit), unit, on, said)


def _percent(fall: Decimal, mg: Decimal) -> Decimal:
    return NOTHING if mg == 0 else round(fall / mg * PERCENT, 1)


def meets(schedule: Schedule, caps: Caps, *, goes_on: bool = False) -> bool:
    """Whether a schedule keeps all caps of pace. `goes_on`: the first cut was earlier."""
    cuts = tuple(schedule.cuts())
    first, last = cuts[0], cuts[-1]
    return (
        worst_window(with_margins(schedule, caps), caps)[0] <= 1
        and (goes_on or first.from_mg - first.to_mg <= caps.most_first(first.from_mg))
        and last.from_mg <= caps.last_mg
    )
