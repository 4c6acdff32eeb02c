"""What is really taken now, from a diary: where the rest of a taper starts. Interrupted tapers are normal.

It never goes up by itself: a dose that was borne for some days is kept, and one high or missed day changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from itertools import groupby, pairwise

from unclench.individual.diary_file import Diary
from unclench.knowledge.load import Knowledge
from unclench.planning import words
from unclench.planning.taper_plan import Schedule

NOTHING = Decimal(0)
PERCENT = Decimal(100)
GRID = Decimal("0.01")  # of an average
Taken = tuple[tuple[date, Decimal], ...]


def base_dose(diary: Diary, schedule: Schedule | None, known: Knowledge) -> tuple[Decimal | None, tuple[str, ...]]:
    """The daily dose to go on from, and why; none where somebody must be asked first."""
    planned = planned_mg(schedule, diary.until)
    window = int(known.limit("RATE-BASE-DAYS", "d"))
    taken = _recent(diary, window)
    if not taken:
        return None, (known.say("RATE-BASE-UNKNOWN", days=window),)
    doses = [mg for _, mg in taken[-window:]]
    if _ended(schedule, taken):
        return NOTHING, (known.say("RATE-BASE-ENDED"),)
    without = _without(doses)
    if without >= known.limit("RATE-LOWER-DAYS", "d") or without == len(doses):
        return None, (known.say("RATE-BASE-STOPPED", days=without), known.say("RATE-BASE-NO-RESTART"))
    if planned is not None and planned_mg(schedule, taken[-1][0]) == doses[-1]:
        return doses[-1], (known.say("RATE-BASE-AS-PLANNED", mg=words.number(doses[-1])),)
    return _own(doses, known)


def planned_mg(schedule: Schedule | None, on: date) -> Decimal | None:
    """The dose that the schedule has for a day: the one before it begins, and nothing after its end."""
    if schedule is None:
        return None
    if on < schedule.start_on:
        return schedule.from_mg
    daily, at = schedule.daily(), (on - schedule.start_on).days
    return daily[at] if at < len(daily) else NOTHING


def _recent(diary: Diary, window: int) -> Taken:
    """The recorded doses, if the last of them is not too long ago to speak for today."""
    taken = diary.taken()
    fresh = taken and (diary.until - taken[-1][0]).days <= window
    return taken if fresh else ()


def _without(doses: Sequence[Decimal]) -> int:
    """The longest run of recorded days on which nothing was taken."""
    return max((len(list(run)) for mg, run in groupby(doses, key=bool) if not mg), default=0)


def _ended(schedule: Schedule | None, taken: Taken) -> bool:
    """Whether nothing was taken since the schedule ended, as it says."""
    if schedule is None or taken[-1][0] < schedule.ends_on:
        return False
    return not any(mg for on, mg in taken if on >= schedule.ends_on)


def _own(doses: list[Decimal], known: Knowledge) -> tuple[Decimal, tuple[str, ...]]:
    """The middle of the last days, or what the very last of them agree on if that is lower."""
    ordered = sorted(doses)
    middle = ordered[(len(ordered) - 1) // 2]  # the lower of two: never up by itself
    last = doses[-int(known.limit("RATE-LOWER-DAYS", "d")) :]
    lower = min(middle, max(last))
    if lower <= NOTHING or sum(after > before for before, after in pairwise(doses)) > 1:
        return _average(doses, known)
    if _like_a_cut(lower, doses[-1], known):
        lower = doses[-1]
    because = [known.say("RATE-BASE-TAKEN", days=len(doses), mg=words.number(lower))]
    if max(doses) > lower and doses.count(max(doses)) == 1:
        because.append(known.say("RATE-BASE-ONE-HIGH", mg=words.number(max(doses))))
    if lower < middle:
        because.append(known.say("RATE-BASE-LOWER"))
    return lower, tuple(because)


def _like_a_cut(before: Decimal, last: Decimal, known: Knowledge) -> bool:
    """Whether the dose of the last day is a cut that the taper may have made: lower, but no further than the caps."""
    share = Decimal(str(known.limit("TAPER-WINDOW-SHARE", "%"))) / PERCENT
    most = max(share * before, Decimal(str(known.limit("TAPER-WINDOW-FLOOR", "mg"))))
    return NOTHING < last < before and before - last <= most


def _average(doses: list[Decimal], known: Knowledge) -> tuple[Decimal, tuple[str, ...]]:
    """What doses that go up and down amount to, over whole pairs of days; a single highest day counts as the next."""
    usual = sorted(mg for mg in doses if mg)[-2:][0]
    mild = [min(mg, usual) for mg in doses]
    paired = mild[len(mild) % 2 :]
    paired = paired if any(paired) else mild
    mean = (sum(paired, NOTHING) / len(paired)).quantize(GRID, ROUND_FLOOR)
    return mean, (known.say("RATE-BASE-UP-AND-DOWN", days=len(paired), mg=words.number(mean)),)
