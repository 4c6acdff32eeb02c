"""Diazepam as it is probably taken now, with ranges where the record leaves room. Stated answers complete it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from unclench.appraisal.findings import CurrentMedicine, CurrentUse
from unclench.appraisal.medicines import DIAZEPAM, list_supports_no
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation
from unclench.values import Answer, Dose, Phase, Regimen

DAYS_A_MONTH = Decimal("30.44")
# Orders that follow each other within this many days are one stretch of use.
GAP_DAYS = 30
# Clock hours at which present doses are taken to be taken when the record does not say: levels depend little on them.
HOURS = {1: (22.0,), 2: (8.0, 22.0), 3: (8.0, 14.0, 22.0), 4: (8.0, 12.0, 17.0, 22.0)}
# Run-in before `on`, at most ten years: levels settle in weeks, but a body goes on adapting for years.
RUN_IN_DAYS = 3653


def diazepam_entries(situation: Situation) -> list[CurrentMedicine]:
    return [medicine for medicine in situation.medicines if DIAZEPAM in medicine.drugs]


def first_continuous(entries: list[CurrentMedicine], on: date) -> date | None:
    """The first day of the stretch of use that reaches the present."""
    spans = []
    for entry in entries:
        if entry.since is None or entry.since > on:
            continue
        end = entry.until or (on if entry.active is YES else min(on, supplied_until(entry, entry.since)))
        spans.append((entry.since, max(end, entry.since)))
    start: date | None = None
    for begin, end in sorted(spans, key=lambda span: span[1], reverse=True):
        reach = start or on
        if (reach - end).days <= GAP_DAYS:
            start = begin if start is None else min(start, begin)
    return start


def supplied_until(entry: CurrentMedicine, since: date) -> date:
    """The last day that an ended entry without an end of its own can have covered: as last seen, or by its supply."""
    if entry.entry is None:
        return since
    seen = entry.entry.last_seen.last if entry.entry.last_seen else since
    supplied = int((entry.entry.days_supply or 0) * (1 + (entry.entry.refills or 0)))
    return max(seen, since + timedelta(days=min(supplied, RUN_IN_DAYS)))


def regimen_now(mg_per_day: Decimal, doses_per_day: int, days: int, on: date) -> Regimen:
    """Present use as a regimen that ends on the day before `on`."""
    hours = HOURS[min(max(doses_per_day, 1), max(HOURS))]
    run = min(max(days, 1), RUN_IN_DAYS)
    doses = tuple(Dose(mg_per_day / len(hours), hour) for hour in hours)
    return Regimen(start=on - timedelta(days=run), phases=(Phase(run, doses),))


def stated_answer(situation: Situation) -> Answer | None:
    said = situation.stated("diazepam-now")
    if said is None and any(situation.stated(key) for key in ("diazepam-mg-per-day", "diazepam-months")):
        return YES
    return None if said is None else (YES if said == "yes" else NO)


def current_use(situation: Situation) -> CurrentUse:
    """What is known of present use; `answer` cannot-say where it may be stale or the list cannot say."""
    entries = diazepam_entries(situation)
    sure = [entry for entry in entries if entry.active is YES]
    unsure = [entry for entry in entries if entry.active is CANNOT_SAY]
    stated = stated_answer(situation)
    because = tuple(entry.phrase for entry in (sure or unsure))
    if sure:
        answer = YES
    elif stated is not None:
        answer, because = stated, (f"stated: {'takes' if stated is YES else 'does not take'} diazepam now",)
    elif unsure:
        answer = CANNOT_SAY
    else:
        reply = list_supports_no(situation)
        answer, because = reply.answer, reply.because
        if situation.request is not None and situation.request.stop:
            # Whoever asks how to stop it takes it, whatever the list leaves out; how much and how long is open.
            return replace(
                not_known_to_take(CANNOT_SAY, ("asked to stop, though no diazepam is recorded",)),
                missing=("diazepam-mg-per-day", "diazepam-months", "diazepam-now"),
            )
    if answer is not YES:
        return not_known_to_take(answer, because)
    return describe(situation, sure, because)


def not_known_to_take(answer: Answer, because: tuple[str, ...]) -> CurrentUse:
    missing = ("diazepam-now",) if answer is CANNOT_SAY else ()
    return CurrentUse(answer, None, None, None, None, None, None, None, None, because, missing)


@dataclass(frozen=True, slots=True)
class Part:
    """One aspect of present use: its range, the words for it, and the question that would settle it."""

    low: float | None
    high: float | None
    words: str = ""
    missing: str = ""


def daily_dose(situation: Situation, sure: list[CurrentMedicine]) -> Part:
    """Milligrams a day: stated, or the sum of what the entries say; an entry without a dose leaves it open."""
    said = situation.stated_number("diazepam-mg-per-day")
    if said is not None:
        return Part(said, said, f"stated: {said:g} mg a day")
    daily = [entry.mg_per_day for entry in sure]
    if not daily or any(mg is None for mg in daily):
        return Part(None, None, missing="diazepam-mg-per-day")
    total = float(sum((mg for mg in daily if mg is not None), Decimal(0)))
    most = float(sum((most_a_day(entry) for entry in sure), Decimal(0)))
    return Part(total, most, missing="diazepam-mg-per-day" if most > total else "")


def most_a_day(entry: CurrentMedicine) -> Decimal:
    """The top of "2 to 5 mg three times a day", below what the order itself allows in a day."""
    dosage, mg = entry.entry.dosage if entry.entry else None, entry.mg_per_day or Decimal(0)
    if dosage is None or not dosage.mg_per_dose or dosage.mg_per_dose_max is None:
        return mg
    most = mg * dosage.mg_per_dose_max / dosage.mg_per_dose
    return most if dosage.max_mg_per_day is None else max(mg, min(most, dosage.max_mg_per_day))


def days_of_use(situation: Situation) -> tuple[Part, date | None]:
    """Days in this stretch of use and its first day: stated, or from the first continuous entry."""
    months = situation.stated_number("diazepam-months")
    if months is not None:
        days = int(Decimal(str(months)) * DAYS_A_MONTH)
        return Part(days, days, f"stated: for {months:g} months"), situation.on - timedelta(days=days)
    since = first_continuous(diazepam_entries(situation), situation.on)
    if since is None:
        return Part(None, None, missing="diazepam-months"), None
    days = (situation.on - since).days
    return Part(days, days), since


def days_a_week(situation: Situation, sure: list[CurrentMedicine]) -> Part:
    """Seven, unless stated or taken as needed."""
    said = situation.stated_number("diazepam-days-per-week")
    if said is not None:
        return Part(said, said, f"stated: {said:g} days a week")
    needed = any(entry.entry and entry.entry.dosage and entry.entry.dosage.as_needed for entry in sure)
    return Part(0.0, 7.0, missing="diazepam-days-per-week") if needed else Part(7.0, 7.0)


def doses_a_day(sure: list[CurrentMedicine]) -> int:
    """How often a day, for the run-in of levels; twice where nothing says."""
    dosages = [entry.entry.dosage for entry in sure if entry.entry and entry.entry.dosage]
    times = [dosage.doses_per_day for dosage in dosages if dosage.doses_per_day is not None]
    return max(1, round(sum(times))) if times else 2


def describe(situation: Situation, sure: list[CurrentMedicine], because: tuple[str, ...]) -> CurrentUse:
    """Dose, duration and days a week of someone who takes it."""
    dose, week = daily_dose(situation, sure), days_a_week(situation, sure)
    stretch, since = days_of_use(situation)
    regimen = None
    # Days without it lower the average; the run-in takes the top of the range, the cautious side for levels.
    if dose.high and stretch.high and stretch.high > 0:
        regimen = regimen_now(Decimal(f"{dose.high:g}"), doses_a_day(sure), int(stretch.high), situation.on)
    return CurrentUse(
        answer=YES,
        mg_per_day_low=None if dose.low is None else Decimal(f"{dose.low:g}"),
        mg_per_day_high=None if dose.high is None else Decimal(f"{dose.high:g}"),
        duration_days_low=None if stretch.low is None else int(stretch.low),
        duration_days_high=None if stretch.high is None else int(stretch.high),
        days_per_week_low=week.low,
        days_per_week_high=week.high,
        since=since,
        regimen=regimen,
        because=because + tuple(part.words for part in (dose, stretch, week) if part.words),
        missing=tuple(part.missing for part in (dose, stretch, week) if part.missing),
    )
