"""What the ratings of a diary mean for the rest of a taper: go on, slower, hold, faster, back one level, or ask first.

One bad day is not a trend. Spasm is another matter than withdrawal: it never slows a taper, it asks for treatment.
Worse ratings of the last days never give a faster plan; and nothing here is faster than the caps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean

import numpy as np

from unclench.individual.diary_file import Diary
from unclench.individual.ratings import RatingsLearnt
from unclench.knowledge.load import Knowledge
from unclench.planning import words
from unclench.planning.base_dose import base_dose
from unclench.planning.taper_plan import Schedule

DECISIONS = ("faster", "go-on", "slower", "hold", "ask", "back-one-level")
"""The last two of holding keep the dose as it is until somebody has decided."""

Rating = tuple[date, float]
RULES = (
    "RATE-EMERGENCY", "RATE-PAUSE", "RATE-RESUME", "RATE-NOT-WHILE", "RATE-HOLD-LENGTH", "RATE-BACK-RARE",
    "RATE-BACK-LABEL", "RATE-HOLD-UK", "RATE-MAINTAIN", "RATE-OWN-PACE",
)  # fmt: skip
SURE = 0.95  # share of the draws
CONTRADICTIONS = frozenset({"RATE-RISE-UNCUT", "RATE-CONTRADICT"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with the rest. `hold_days`: the shortest hold, `review_days`: the longest before it is reviewed;
    `step_share`: later steps, of what they were; `largest_cut_mg`: what that makes of the last cut, where one was seen.
    """

    decision: str
    because: tuple[str, ...]
    facts: tuple[str, ...]
    hold_days: int = 0
    review_days: int = 0
    step_share: float = 1.0
    largest_cut_mg: Decimal | None = None
    back_to_mg: Decimal | None = None  # the level before the last cut; the prescriber decides
    base_mg: Decimal | None = None  # what is taken now; None: somebody must be asked


@dataclass(frozen=True, slots=True)
class LastCut:
    on: date
    from_mg: Decimal


def symptom_rules(known: Knowledge) -> tuple[tuple[str, str], ...]:
    """What to do when there are symptoms, with or without a diary: (rule, sentence)."""
    return tuple((key, known.say(key)) for key in RULES)


def emergency_rule(known: Knowledge) -> tuple[tuple[str, str], ...]:
    """The one of them that holds for whoever takes it, planned or not."""
    return ((RULES[0], known.say(RULES[0])),)


def decide(diary: Diary, schedule: Schedule | None, learnt: RatingsLearnt | None, known: Knowledge) -> Decision:
    """The decision for the rest, on the day `diary.until`. `schedule`: the taper so far, if there is one."""
    base, because = base_dose(diary, schedule, known)
    found = replace(_decided(diary, schedule, learnt, base, because, known), base_mg=base)
    cut = None if base is None or found.step_share >= 1.0 else last_cut(diary, schedule, base)
    if base is None or cut is None:
        return found
    return replace(found, largest_cut_mg=(cut.from_mg - base) * Decimal(str(found.step_share)))


def _decided(
    diary: Diary,
    schedule: Schedule | None,
    learnt: RatingsLearnt | None,
    base: Decimal | None,
    because: tuple[str, ...],
    known: Knowledge,
) -> Decision:
    spasm = _spasm(diary, known)
    if base is None:
        return _decision("ask", (*because, *spasm, known.say("RATE-EMERGENCY")), known)
    weeks = _weeks(diary.withdrawal(), diary.until, known)
    if not weeks.recent:
        unrated = known.say("RATE-NOT-RATED", days=f"{known.limit('RATE-RECENT', 'd'):g}")
        return _decision("ask", (unrated, *because, *spasm), known)
    cut = last_cut(diary, schedule, base)
    name, why = _by_symptoms(diary, weeks, cut, learnt, known)
    if name == "go-on" and not spasm and _may_go_faster(diary, cut, learnt, known):
        name, why = "faster", (known.say("RATE-FASTER", days=f"{known.limit('RATE-LOW-DAYS', 'd'):g}"),)
    # What is asked does not undo what slows: the answer may never come.
    slower = _slower(diary, weeks, learnt, known) if name == "ask" else ()
    back_to = cut.from_mg if cut and name == "back-one-level" else None
    return _decision(name, (*why, *slower, *because, *spasm), known, back_to, slows=bool(slower))


def _decision(
    name: str, because: tuple[str, ...], known: Knowledge, back_to: Decimal | None = None, *, slows: bool = False
) -> Decision:
    stays, slows = name in ("hold", "back-one-level"), slows or name in ("slower", "hold", "back-one-level")
    said = [*because, known.say("RATE-RESUME")] if slows else list(because)
    if stays:
        said.append(known.say("RATE-EMERGENCY"))
    return Decision(
        decision=name,
        because=tuple(said),
        facts=tuple(row.id for row in known.table("limits") if row.id.startswith("RATE-")) + RULES,
        hold_days=int(known.limit("RATE-HOLD-DAYS", "d")) if stays else 0,
        review_days=int(known.limit("RATE-HOLD-LONGEST", "d")) if stays else 0,
        step_share=known.limit("RATE-SMALLER-STEPS", "1") if slows else 1.0,
        back_to_mg=back_to,
    )


@dataclass(frozen=True, slots=True)
class Weeks:
    """The last rated days, and as many before them."""

    recent: tuple[float, ...]
    before: tuple[float, ...]
    severe: bool
    marked: bool
    mean: float
    rose: bool


def _weeks(ratings: Sequence[Rating], until: date, known: Knowledge) -> Weeks:
    """The ratings as they stood on a day. Old ones do not count as recent."""
    size = int(known.limit("RATE-WINDOW", "d"))
    since = until - timedelta(days=known.limit("RATE-RECENT", "d"))
    so_far = [one for one in ratings if one[0] <= until]
    recent = [rating for on, rating in so_far[-size:] if on > since]
    before = [rating for _, rating in so_far[: len(so_far) - len(recent)]][-size:]
    least = known.limit("RATE-DAYS-AT-LEAST", "d")

    def days(at_least: str, of: Sequence[float]) -> int:
        return sum(rating >= known.limit(at_least, "{score}") for rating in of)

    last = recent[-int(known.limit("RATE-SEVERE-WINDOW", "d")) :]
    rise = fmean(recent) - fmean(before) if recent and len(before) >= least else 0.0
    return Weeks(
        recent=tuple(recent),
        before=tuple(before),
        severe=days("RATE-SEVERE", last) >= known.limit("RATE-SEVERE-DAYS", "d"),
        marked=days("RATE-HIGH", recent) >= least,
        mean=fmean(recent) if recent else 0.0,
        rose=rise >= known.limit("RATE-RISE", "{points}") and days("RATE-SOME", recent) >= least,
    )


def _by_symptoms(
    diary: Diary, weeks: Weeks, cut: LastCut | None, learnt: RatingsLearnt | None, known: Knowledge
) -> tuple[str, tuple[str, ...]]:
    """The strictest rule that holds."""
    ago = None if cut is None else (diary.until - cut.on).days
    explained = ago is not None and ago <= known.limit("RATE-CUT-EXPLAINS", "d")
    if weeks.severe:
        why = [known.say("RATE-SEVERE-HOLD")]
        if cut and explained and _held_in_vain(diary, cut, known):
            why += [known.say("RATE-BACK", mg=words.number(cut.from_mg)), known.say("RATE-BACK-RARE")]
            return "back-one-level", tuple(why)
        return "hold", tuple(why if explained else [*why, known.say("RATE-NOT-THE-CUT")])
    if weeks.marked:
        if explained:
            return "hold", (known.say("RATE-MARKED-HOLD"), known.say("RATE-NOT-WHILE"), known.say("RATE-HOLD-LENGTH"))
        return "ask", (known.say("RATE-MARKED-HOLD"), known.say("RATE-NOT-THE-CUT"), known.say("RATE-MAINTAIN"))
    odd = CONTRADICTIONS.intersection(learnt.doubts) if learnt else ()
    if odd:
        return "ask", tuple(known.say(one) for one in sorted(odd))
    slower = _slower(diary, weeks, learnt, known)
    if slower:
        return "slower", slower
    one_bad = max(weeks.recent) >= known.limit("RATE-HIGH", "{score}")
    return "go-on", (known.say("RATE-ONE-BAD-DAY" if one_bad else "RATE-GO-ON"),)


def _slower(diary: Diary, weeks: Weeks, learnt: RatingsLearnt | None, known: Knowledge) -> tuple[str, ...]:
    why = []
    if weeks.mean >= known.limit("RATE-MEAN-SLOWER", "{score}"):
        why.append("RATE-MEAN-HIGH")
    if weeks.rose:
        why.append("RATE-ROSE")
    if _held_lately(diary, known):
        why.append("RATE-HELD-LATELY")
    if learnt and learnt.trusted and np.median(learnt.tau_off_d) >= known.limit("RATE-TAU-LONG", "d"):
        why.append("RATE-RECOVERS-SLOWLY")
    return tuple(known.say(one) for one in why)


def _held_lately(diary: Diary, known: Knowledge) -> bool:
    """Whether symptoms would have stopped the taper on any of the last days."""
    ratings = diary.withdrawal()
    days = range(1, int(known.limit("RATE-AFTER-HOLD", "d")) + 1)
    past = (_weeks(ratings, diary.until - timedelta(days=ago), known) for ago in days)
    return any(weeks.severe or weeks.marked for weeks in past)


def _held_in_vain(diary: Diary, cut: LastCut, known: Knowledge) -> bool:
    """Whether it was severe already as long ago as a hold takes, with no cut since."""
    then = diary.until - timedelta(days=known.limit("RATE-HOLD-DAYS", "d"))
    return cut.on <= then and _weeks(diary.withdrawal(), then, known).severe


def _may_go_faster(diary: Diary, cut: LastCut | None, learnt: RatingsLearnt | None, known: Knowledge) -> bool:
    """Hardly any withdrawal for two weeks although a cut was there to be felt, and a recovery that is surely short.

    The middle of the draws would be short before anything was learnt.
    """
    needed = int(known.limit("RATE-LOW-DAYS", "d"))
    ratings = diary.withdrawal()
    felt = cut is not None and (
        ratings[0][0] <= cut.on <= diary.until - timedelta(days=known.limit("RATE-AFTER-CUT", "d"))
    )
    if not felt or len(ratings) < needed or learnt is None or not learnt.trusted:
        return False
    short = np.quantile(learnt.tau_off_d, SURE) <= known.limit("RATE-TAU-SHORT", "d")
    low = all(rating <= known.limit("RATE-LOW", "{score}") for _, rating in ratings[-needed:])
    fresh = (diary.until - ratings[-needed][0]).days <= needed + known.limit("RATE-WINDOW", "d")
    return bool(low and fresh and short)


def _spasm(diary: Diary, known: Knowledge) -> tuple[str, ...]:
    """Spasm is compared with itself alone."""
    return (known.say("RATE-SPASM-BACK"),) if _weeks(diary.spasm(), diary.until, known).rose else ()


def last_cut(diary: Diary, schedule: Schedule | None, base: Decimal) -> LastCut | None:
    """When the dose that is taken now was reached, by what was taken; by the schedule where the diary shows no cut.

    Two recorded days in a row above it are the level before. A single high day, an emergency dose, is none.
    """
    taken = diary.taken()
    for at in range(len(taken) - 2, 0, -1):
        lower = min(taken[at][1], taken[at - 1][1])
        if lower > base:
            return LastCut(taken[at + 1][0], lower)
    before = diary.first_on if taken else diary.until
    cuts = [cut for cut in schedule.cuts() if cut.on <= before] if schedule else []
    return LastCut(cuts[-1].on, cuts[-1].from_mg) if cuts else None
