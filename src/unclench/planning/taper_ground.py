"""What a taper is planned on: the people like this patient, and what levels and a diary taught about this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from unclench.appraisal.findings import Appraisal, Exposure
from unclench.individual.diary_file import Diary
from unclench.individual.learnt import Learning, Learnt
from unclench.individual.levels import LevelsLearnt, learn_levels
from unclench.individual.measured import Level
from unclench.individual.ratings import RatingsLearnt, learn_ratings, rated_days
from unclench.knowledge import knowledge
from unclench.knowledge.load import Knowledge
from unclench.planning import words
from unclench.planning.replan import Decision, decide, last_cut
from unclench.planning.taper_caps import caps_of
from unclench.planning.taper_drawn import settled_by
from unclench.planning.taper_pace import FASTER, SLOWER
from unclench.planning.taper_start import Start, dosed
from unclench.simulation.parameters import Numbers
from unclench.simulation.sample import NOTHING_LEARNT
from unclench.simulation.taper_model import PEOPLE, SEARCHED, Falling, falling
from unclench.values import DAY_H, Regimen

NOTHING = Decimal(0)
STAYS = ("hold", "back-one-level", "ask")


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was seen of one person since the taper began. Either may be missing."""

    diary: Diary | None = None
    levels: tuple[Level, ...] = ()


NOTHING_SEEN = Seen()


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """`start` is None where the diary leaves open what is taken: then somebody must be asked first."""

    start: Start | None
    people: Falling | None
    learning: Learning | None
    pace_decision: str  # "" | slower | faster
    because: tuple[str, ...]
    ended: bool = False


def ground(
    appraisal: Appraisal, start: Start, seen: Seen, rungs: Sequence[Decimal], *, seed: int, people: int = PEOPLE
) -> Ground:
    """The people, as far as they are known, at the first day of the diary or of the question."""
    facts = knowledge()
    if seen.diary is None:
        waits = (start.start_on - appraisal.on).days
        start = replace(start, hold_days=max(settled_by(appraisal, facts) - waits, 0))
        levels = _levels(appraisal, start, (), seen, seed)
        crowd = _people(appraisal, start, levels, seed, people)
        return Ground(start, crowd, _learning(levels, None, None, seen, facts), "", ())
    diary = seen.diary
    begun = _begun(start, diary)
    levels = _levels(appraisal, begun, begun.known_mg, seen, seed)
    crowd = _people(appraisal, begun, levels, seed, people)
    ratings = _ratings(crowd.first(SEARCHED), begun, diary, appraisal, seed)
    decision = decide(diary, None, ratings, facts)
    learning = _learning(levels, ratings, decision, seen, facts)
    if decision.base_mg is None or decision.base_mg <= NOTHING:
        ended = decision.base_mg is not None
        return Ground(None, None, learning, "", decision.because, ended=ended)
    again = _again(begun, diary, decision, rungs, appraisal.on, facts)
    if ratings is not None and ratings.trusted:
        few = slice(0, people)
        crowd = crowd.first(SEARCHED).like(ratings.column[few], ratings.tau_off_d[few])
    pace = _pace_of(decision)
    asks = [said for _, said, direction in appraisal.pace_features if direction == SLOWER]
    if pace == FASTER and asks:  # as before the first cut: quiet days do not outweigh what is known of the person
        said = facts.say("TAPER-PACE-NOT-FASTER", found="; ".join(asks))
        again, pace = replace(again, says=(*again.says, said)), ""
    return Ground(again, crowd, learning, pace, decision.because)


def _begun(start: Start, diary: Diary) -> Start:
    """The time until today, with what the diary says was taken; days it leaves out are like the day before them."""
    days = (diary.until - diary.first_on).days
    by_day = dict(diary.taken())
    taken, last = [], start.from_mg
    for day in range(days):
        last = by_day.get(diary.first_on + timedelta(days=day), last)
        taken.append(last)
    history = start.history
    if history is not None:
        length = max(history.days - days, 1)
        doses = history.phases[-1].doses
        history = Regimen(
            diary.first_on - timedelta(days=length), (replace(history.phases[-1], days=length, doses=doses),)
        )
    said = start.says
    first = next((mg for _, mg in diary.taken()), None)
    least = start.from_mg - caps_of(knowledge()).most_first(start.from_mg)
    if first is not None and not least <= first <= start.from_mg:
        blanks = {"first": words.mg(first), "before": words.mg(start.from_mg)}
        said = (*said, knowledge().say("TAPER-DIARY-DIFFERS", **blanks))
    return replace(start, history=history, since=diary.first_on, known_mg=tuple(taken), start_on=diary.until, says=said)


def _pace_of(decision: Decision) -> str:
    """What a decision does to the pace. Whatever makes later steps smaller also makes them rarer."""
    if decision.step_share < 1.0:
        return "slower"
    return "faster" if decision.decision == "faster" else ""


def _again(
    begun: Start, diary: Diary, decision: Decision, rungs: Sequence[Decimal], on: date, facts: Knowledge
) -> Start:
    """Where the rest starts: the dose that is taken now, held until the window of the last cut has passed."""
    assert decision.base_mg is not None, "asked before"
    base = next((rung for rung in rungs if 0 < rung <= decision.base_mg), decision.base_mg)
    window, slower = timedelta(days=facts.limit("TAPER-WINDOW", "d")), _pace_of(decision) == "slower"
    cut = last_cut(diary, None, decision.base_mg)
    cut_on = cut.on if cut is not None else diary.first_on if decision.base_mg < begun.from_mg else None
    # Slower is twice the time since the last cut; where no cut is seen, a window passes all the same.
    free_on = cut_on + (2 * window if slower else window) if cut_on is not None else on + window if slower else on
    hold = max(decision.hold_days, int(facts.limit("RATE-HOLD-DAYS", "d")) if decision.decision in STAYS else 0)
    held = max((free_on - on).days, hold, 0)
    return replace(
        begun,
        from_mg=base,
        hold_days=held,
        goes_on=True,
        largest_cut_mg=decision.largest_cut_mg if slower else None,
    )


def _people(appraisal: Appraisal, start: Start, levels: LevelsLearnt | None, seed: int, people: int) -> Falling:
    return falling(
        body=appraisal.body,
        exposure=_since(appraisal.exposure, (appraisal.on - start.since).days),
        on=start.since,
        history=start.history,
        seed=seed,
        people=people,
        patient=appraisal.patient_ref,
        clock_h=start.clock_h,
        # What contradicts itself is told, and nothing is planned on it.
        given=NOTHING_LEARNT if levels is None or levels.contradictory else levels.deviates,
    )


def _since(exposure: Exposure, days: int) -> Exposure:
    """The same changes of clearance, counted from so many days earlier."""
    if not days:
        return exposure
    moved = tuple(replace(one, from_h=one.from_h + days * DAY_H) for one in exposure.segments)
    return replace(exposure, segments=moved)


def _levels(
    appraisal: Appraisal, start: Start, taken_mg: Sequence[Decimal], seen: Seen, seed: int
) -> LevelsLearnt | None:
    if not seen.levels:
        return None
    since = [] if start.history is None else [start.history]
    # Today's dose comes before a level of today; doses after a level do not bear on it.
    since.append(dosed(start.since, (*taken_mg, taken_mg[-1] if taken_mg else start.from_mg), start.clock_h))
    return learn_levels(
        body=appraisal.body,
        exposure=appraisal.exposure,
        taken=tuple(since),
        on=appraisal.on,
        measured=seen.levels,
        seed=seed,
        patient=appraisal.patient_ref,
    )


def _ratings(people: Falling, begun: Start, diary: Diary, appraisal: Appraisal, seed: int) -> RatingsLearnt | None:
    rated = rated_days(diary)
    if not rated.day.size:
        return None
    taken = [*begun.known_mg, begun.known_mg[-1] if begun.known_mg else begun.from_mg]
    load = people.load(np.array([float(mg) for mg in taken]))
    return learn_ratings(
        load[:, :-1],
        adaptation=people.adaptation[:-1],
        tau_on_d=people.tau_on_d[:-1],
        ratings=rated,
        numbers=Numbers(knowledge(), {}),
        seed=seed,
        patient=appraisal.patient_ref,
    )


def _learning(
    levels: LevelsLearnt | None,
    ratings: RatingsLearnt | None,
    decision: Decision | None,
    seen: Seen,
    facts: Knowledge,
) -> Learning | None:
    parts = [part for part in (levels, ratings) if part is not None]
    if not parts and decision is None:
        return None
    parameters: list[Learnt] = [one for part in parts for one in part.parameters]
    says = [say for part in parts for say in part.says]
    used = [fact for part in parts for fact in part.facts]
    if decision is not None:
        says, used = [*decision.because, *says], [*used, *decision.facts]
        if seen.diary is not None and seen.diary.not_recorded:
            gaps = sum(gap.days for gap in seen.diary.not_recorded)
            says.append(facts.say("TAPER-DIARY-GAPS", days=gaps))
    return Learning(
        parameters=tuple(parameters),
        levels=len(seen.levels),
        ratings=0 if ratings is None else ratings.rated,
        decision="" if decision is None else decision.decision,
        says=tuple(dict.fromkeys(says)),
        facts=tuple(dict.fromkeys(used)),
    )
