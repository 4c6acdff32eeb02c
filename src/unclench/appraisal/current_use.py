"""Diazepam as it is probably taken now, with ranges where the record leaves room. Stated answers complete it."""

from __future__ import annotations

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
# Run-in before `on`: long enough for any body to reach its steady state.
RUN_IN_DAYS = 120


def diazepam_entries(situation: Situation) -> list[CurrentMedicine]:
    return [medicine for medicine in situation.medicines if DIAZEPAM in medicine.drugs]


def first_continuous(entries: list[CurrentMedicine], on: date) -> date | None:
    """The first day of the stretch of use that reaches the present."""
    spans = []
    for entry in entries:
        if entry.since is None or entry.since > on:
            continue
        seen = entry.entry.last_seen.last if entry.entry and entry.entry.last_seen else entry.since
        end = entry.until or (on if entry.active is YES else seen)
        spans.append((entry.since, max(end, entry.since)))
    start: date | None = None
    for begin, end in sorted(spans, key=lambda span: span[1], reverse=True):
        reach = start or on
        if (reach - end).days <= GAP_DAYS:
            start = begin if start is None else min(start, begin)
    return start


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
    if answer is not YES:
        return CurrentUse(answer, None, None, None, None, None, None, None, None, because,
                          ("diazepam-now",) if answer is CANNOT_SAY else ())  # fmt: skip
    return describe(situation, sure, because)


def describe(situation: Situation, sure: list[CurrentMedicine], because: tuple[str, ...]) -> CurrentUse:
    """Dose, duration and days a week of someone who takes it."""
    missing = []
    said_mg = situation.stated_number("diazepam-mg-per-day")
    doses_per_day = 2
    if said_mg is not None:
        low = high = Decimal(str(said_mg))
        because += (f"stated: {low} mg a day",)
    else:
        daily = [entry.mg_per_day for entry in sure]
        unread = not daily or any(mg is None for mg in daily)
        known_mg = [mg for mg in daily if mg is not None]
        low = high = sum(known_mg, Decimal(0)) if known_mg and not unread else None  # type: ignore[assignment]
        if low is None:
            missing.append("diazepam-mg-per-day")
        dosages = [entry.entry.dosage for entry in sure if entry.entry and entry.entry.dosage]
        times = [dosage.doses_per_day for dosage in dosages if dosage.doses_per_day is not None]
        if times:
            doses_per_day = max(1, round(sum(times)))
    months = situation.stated_number("diazepam-months")
    since = first_continuous(diazepam_entries(situation), situation.on)
    if months is not None:
        days_low = days_high = int(Decimal(str(months)) * DAYS_A_MONTH)
        since = situation.on - timedelta(days=days_low)
        because += (f"stated: for {months:g} months",)
    elif since is not None:
        days_low = days_high = (situation.on - since).days
    else:
        days_low, days_high = None, None  # type: ignore[assignment]
        missing.append("diazepam-months")
    week = situation.stated_number("diazepam-days-per-week")
    needed = any(entry.entry and entry.entry.dosage and entry.entry.dosage.as_needed for entry in sure)
    week_low, week_high = (week, week) if week is not None else ((0.0, 7.0) if needed else (7.0, 7.0))
    if needed and week is None:
        missing.append("diazepam-days-per-week")
    # Days without it lower the average; the run-in takes the top of the range, the cautious side for levels.
    regimen = None
    if high is not None and high > 0 and days_high is not None and days_high > 0:
        regimen = regimen_now(high, doses_per_day, days_high, situation.on)
    return CurrentUse(YES, low, high, days_low, days_high, week_low, week_high, since, regimen, because, tuple(missing))
