"""Questions about present use, dependence and stopping, and about the state of the record."""

from __future__ import annotations

from unclench.appraisal import measures
from unclench.appraisal.findings import CurrentUse, Reply
from unclench.appraisal.lookup import conditions, is_outdated_acute
from unclench.appraisal.questions_general import needed, recent, yes_if
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation, all_of, any_of, ask, is_not, question
from unclench.record.patient import Status


def use(situation: Situation) -> CurrentUse:
    if situation.current_use is None:
        raise RuntimeError("present use is found before any rule is asked")
    return situation.current_use


def when_used(situation: Situation, test: Reply) -> Reply:
    taken = ask("uses_diazepam_now", situation)
    return taken if taken.answer is not YES else test


def between(low: float | None, high: float | None, first: float, last: float, words: str, asked: str) -> Reply:
    """Whether a range lies within [first, last]: all of it, none of it, or cannot-say."""
    if low is None or high is None:
        return Reply(CANNOT_SAY, (f"{words} not recorded",), (asked,))
    if first <= low and high <= last:
        return Reply(YES, (f"{words}: {low:g}" if low == high else f"{words}: {low:g} to {high:g}",))
    outside = high < first or low > last
    return Reply(NO if outside else CANNOT_SAY, (f"{words}: {low:g} to {high:g}",), () if outside else (asked,))


FOREVER = float("inf")


def duration(situation: Situation, first: float, last: float = FOREVER) -> Reply:
    now = use(situation)
    return between(now.duration_days_low, now.duration_days_high, first, last, "days of use", "diazepam-months")


def regular(situation: Situation) -> Reply:
    now = use(situation)
    least = situation.limit_of("DAYS-A-WEEK-REGULAR", "d/wk")
    return between(
        now.days_per_week_low, now.days_per_week_high, least, FOREVER, "days a week", "diazepam-days-per-week"
    )


def daily_mg(situation: Situation, first: float, last: float) -> Reply:
    now = use(situation)
    low = None if now.mg_per_day_low is None else float(now.mg_per_day_low)
    high = None if now.mg_per_day_high is None else float(now.mg_per_day_high)
    return between(low, high, first, last, "mg a day", "diazepam-mg-per-day")


@question
def uses_diazepam_now(situation: Situation, of: str, limit: float | None) -> Reply:
    now = use(situation)
    return Reply(now.answer, now.because, now.missing if now.answer is CANNOT_SAY else ())


@question
def uses_diazepam_for_days(situation: Situation, of: str, limit: float | None) -> Reply:
    return when_used(situation, duration(situation, needed(limit, "uses_diazepam_for_days")))


@question
def uses_diazepam_on_days_at_most(situation: Situation, of: str, limit: float | None) -> Reply:
    now = use(situation)
    bound = needed(limit, "uses_diazepam_on_days_at_most")
    return when_used(
        situation,
        between(now.days_per_week_low, now.days_per_week_high, 0, bound, "days a week", "diazepam-days-per-week"),
    )


@question
def dependence_is_likely(situation: Situation, of: str, limit: float | None) -> Reply:
    """Rule DEP-03: most days for a month, or three months unless it is known to be on few days a week (DEP-05)."""
    month = situation.limit_of("DEPENDENCE-DAYS", "d")
    long = duration(situation, situation.limit_of("DEPENDENCE-DAYS-ANY", "d"))
    few = ask("uses_diazepam_on_days_at_most", situation, limit=situation.facts.get("rules", "DEP-05").limit)
    if few.answer is YES:
        long = Reply(NO, few.because)
    return when_used(situation, any_of([all_of([duration(situation, month), regular(situation)]), long]))


def months_one_to_three(situation: Situation) -> Reply:
    month, three = situation.limit_of("MONTH-DAYS", "d"), situation.limit_of("DEPENDENCE-DAYS-ANY", "d")
    return all_of([duration(situation, month, three - 1), regular(situation)])


@question
def used_under_a_month(situation: Situation, of: str, limit: float | None) -> Reply:
    month = situation.limit_of("MONTH-DAYS", "d")
    return when_used(situation, all_of([duration(situation, 0, month - 1), regular(situation)]))


@question
def used_one_to_three_months_up_to(situation: Situation, of: str, limit: float | None) -> Reply:
    low = daily_mg(situation, 0, needed(limit, "used_one_to_three_months_up_to"))
    return when_used(situation, all_of([months_one_to_three(situation), low]))


@question
def used_one_to_three_months_above(situation: Situation, of: str, limit: float | None) -> Reply:
    low = daily_mg(situation, 0, needed(limit, "used_one_to_three_months_above"))
    return when_used(situation, all_of([months_one_to_three(situation), is_not(low)]))


@question
def used_three_months(situation: Situation, of: str, limit: float | None) -> Reply:
    three = situation.limit_of("DEPENDENCE-DAYS-ANY", "d")
    return when_used(situation, all_of([duration(situation, three), regular(situation)]))


@question
def uses_more_mg_per_day_than(situation: Situation, of: str, limit: float | None) -> Reply:
    up_to = daily_mg(situation, 0, needed(limit, "uses_more_mg_per_day_than"))
    return when_used(situation, is_not(up_to))


@question
def uses_little_and_briefly(situation: Situation, of: str, limit: float | None) -> Reply:
    """Up to the limit in mg a day, for less than three months."""
    little = daily_mg(situation, 0, needed(limit, "uses_little_and_briefly"))
    briefly = is_not(duration(situation, situation.limit_of("DEPENDENCE-DAYS-ANY", "d")))
    return when_used(situation, all_of([little, briefly]))


@question
def had_earlier_course(situation: Situation, of: str, limit: float | None) -> Reply:
    """A diazepam course that ended within the window, or stated."""
    said = situation.stated("earlier-course")
    if said is not None:
        return yes_if(said == "yes", f"stated: earlier-course = {said}")
    for medicine in situation.medicines:
        entry = medicine.entry
        if "diazepam" not in medicine.drugs or medicine.active is not NO or entry is None:
            continue
        ends = (entry.ended, entry.last_seen, entry.written)
        if any(recent(situation, part, "EARLIER-COURSE-DAYS") for part in ends):
            return Reply(YES, (medicine.phrase,))
    return Reply(CANNOT_SAY, ("no earlier course is recorded",), ("earlier-course",))


@question
def has_diazepam_level(situation: Situation, of: str, limit: float | None) -> Reply:
    found = measures.latest(situation.patient, "diazepam_level", situation.on)
    return Reply(NO) if found is None else Reply(YES, (found.words,))


@question
def has_negative_urine_screen(situation: Situation, of: str, limit: float | None) -> Reply:
    found = measures.negative_benzodiazepine_screen(situation.patient, situation.on)
    return all_of([ask("uses_diazepam_now", situation), Reply(NO) if found is None else Reply(YES, (found,))])


@question
def is_deceased(situation: Situation, of: str, limit: float | None) -> Reply:
    died = situation.patient.deceased_on
    after = situation.patient.deceased and (died is None or died.first <= situation.on)
    return yes_if(after, f"deceased{f' {died.first}' if died else ''}")


@question
def has_stale_orders(situation: Situation, of: str, limit: float | None) -> Reply:
    stale = tuple(
        medicine.phrase
        for medicine in situation.medicines
        if medicine.active is CANNOT_SAY and medicine.entry is not None and medicine.entry.status is not Status.ON_HOLD
    )
    return yes_if(bool(stale), *stale)


@question
def has_race_based_egfr(situation: Situation, of: str, limit: float | None) -> Reply:
    found = measures.race_based_egfr(situation.patient, situation.on)
    return Reply(NO) if found is None else Reply(YES, (found,))


@question
def has_uncoded_allergy(situation: Situation, of: str, limit: float | None) -> Reply:
    uncoded = tuple(
        f"{entry.text} ({entry.ref})"
        for entry in situation.patient.allergies
        if not entry.codes and not entry.is_none_known and entry.text
    )
    return yes_if(bool(uncoded), *uncoded)


@question
def has_outdated_acute_problem(situation: Situation, of: str, limit: float | None) -> Reply:
    old = tuple(
        seen.words
        for seen in conditions(situation)
        if seen.entry.status is not Status.ENDED and is_outdated_acute(situation, seen)
    )
    return yes_if(bool(old), *old)


@question
def is_asked_on_top(situation: Situation, of: str, limit: float | None) -> Reply:
    """A request to start, while diazepam is already taken. To ask that it goes on is no second prescription."""
    request = situation.request
    if request is None or request.stop or request.carry_on:
        return Reply(NO, ("nothing more is asked for",))
    return ask("uses_diazepam_now", situation)
