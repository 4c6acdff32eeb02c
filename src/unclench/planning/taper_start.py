"""Where a taper begins: what is taken now, for how long, and the doses that are settled until the first cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import groupby

from unclench.appraisal.findings import Appraisal
from unclench.appraisal.medicines import DIAZEPAM
from unclench.knowledge.load import Knowledge
from unclench.planning import words
from unclench.planning.dispense_doses import forms, reachable
from unclench.planning.dispense_stock import making, stock_of
from unclench.planning.plan import Plan
from unclench.planning.taper_caps import Caps
from unclench.values import Dose, Phase, Regimen, RegimenError

DAYS_A_WEEK = Decimal(7)
TIMES_A_DAY = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Start:
    """`history` ends the day before `since`; `known_mg` is taken from then until the day before `start_on`.

    `hold_days`: so many days at the present dose come first. `goes_on`: a taper that has begun already.
    """

    from_mg: Decimal
    history: Regimen | None
    since: date
    known_mg: tuple[Decimal, ...]
    clock_h: tuple[float, ...]
    start_on: date
    says: tuple[str, ...]
    hold_days: int = 0
    goes_on: bool = False
    largest_cut_mg: Decimal | None = None  # after symptoms

    def settled_mg(self) -> tuple[Decimal, ...]:
        """The doses of all days before the first cut."""
        return (*self.known_mg, *(self.from_mg,) * self.hold_days)


def start_of_taper(
    appraisal: Appraisal,
    plan: Plan | None,
    start_on: date | None,
    facts: Knowledge,
    *,
    rungs: Sequence[Decimal],
) -> Start | None:
    """Present use, or the course that is planned on top of it. None: the dose is not known.

    Raises RegimenError for a start in the past, before the planned course has ended, or more than a year ahead, and for
    a present dose that no product makes.
    """
    # What is taken already may end from today; a new course ends after it has run.
    planned = plan.regimen if plan is not None and appraisal.purpose == "new" else None
    first_free = appraisal.on if planned is None else planned.last_day + timedelta(days=1)
    # Present use stays as it is until its review, where that is what is planned; who asks may begin before.
    settled = first_free if plan is None or plan.regimen is None else plan.regimen.last_day + timedelta(days=1)
    begins = settled if start_on is None else start_on
    if begins < first_free:
        raise RegimenError(
            where="the start of a taper",
            found=str(begins),
            need=f"{first_free} or later",
            fix="A taper begins today or later. What was taken until now goes into the record or the diary.",
        )
    latest = first_free + timedelta(days=facts.limit("TAPER-START-LATEST", "d"))
    if begins > latest:
        raise RegimenError(
            where="the start of a taper",
            found=str(begins),
            need=f"{latest} or earlier",
            fix="Ask again nearer to the day: the dose and the person change until then.",
        )
    history = past_use(appraisal)
    if planned is not None:
        daily = tuple(phase.mg_per_day for phase in planned.phases for _ in range(phase.days))
        wait = (begins - first_free).days
        clock = tuple(dose.clock_h for dose in planned.phases[-1].doses)
        last = daily[-1] if planned.phases[-1].doses else planned.max_mg_per_day
        return Start(last, history, appraisal.on, (*daily, *(last,) * wait), clock, begins, ())
    if history is None:
        return None
    last_phase = history.phases[-1]
    mg, said = _every_day(appraisal, last_phase.mg_per_day, facts, rungs)
    known = (mg,) * (begins - appraisal.on).days
    clock = tuple(dose.clock_h for dose in last_phase.doses)
    return Start(mg, history, appraisal.on, known, clock, begins, said)


def dose_left_open(appraisal: Appraisal, caps: Caps, facts: Knowledge) -> str:
    """Why nothing is planned yet, where what is recorded spans more than a first cut; "" where it does not.

    From the lower end the first day could be a sudden cut for somebody who takes the upper one.
    """
    use = appraisal.current_use
    ends = (use.mg_per_day_low, use.days_per_week_low), (use.mg_per_day_high, use.days_per_week_high)
    if appraisal.purpose == "new" or any(mg is None or days is None for mg, days in ends):
        return ""
    low, high = (mg * Decimal(f"{days:g}") / DAYS_A_WEEK for mg, days in ends if mg is not None and days is not None)
    if high - low <= caps.most_first(high):
        return ""
    return facts.say("TAPER-DOSE-OPEN", low=words.mg(low).removesuffix(" mg"), high=words.mg(high).removesuffix(" mg"))


def just_ended(appraisal: Appraisal, facts: Knowledge) -> str:
    """That diazepam ended within weeks after long use, when withdrawal comes; "" where it did not."""
    within, after = (int(facts.limit(key, "d")) for key in ("JUST-ENDED-WITHIN", "JUST-ENDED-AFTER"))
    ends = [
        (one.until, one.since)
        for one in appraisal.medicines
        if DIAZEPAM in one.drugs and one.since is not None and one.until is not None
    ]
    last = max(ends, default=None)
    if last is None or not 0 <= (appraisal.on - last[0]).days <= within or (last[0] - last[1]).days < after:
        return ""
    return facts.say("TAPER-JUST-ENDED", on=words.day(last[0]), days=(last[0] - last[1]).days)


def _every_day(
    appraisal: Appraisal, mg: Decimal, facts: Knowledge, rungs: Sequence[Decimal]
) -> tuple[Decimal, tuple[str, ...]]:
    """The daily dose that does not raise what a week brings, where some days go without, or the dose is a range."""
    use, said = appraisal.current_use, list[str]()
    low, high = use.mg_per_day_low, use.mg_per_day_high
    if low is not None and high is not None and low < high:
        mg = low
        said.append(facts.say("TAPER-DOSE-RANGE", low=words.mg(low), high=words.mg(high)))
    _check_made(mg, appraisal, facts)
    weekly = use.days_per_week_low
    if weekly is not None and 0 < Decimal(str(weekly)) < DAYS_A_WEEK:
        mean = mg * Decimal(str(weekly)) / DAYS_A_WEEK
        even = next((rung for rung in rungs if 0 < rung <= mean), mean.quantize(Decimal("0.01"), ROUND_FLOOR))
        said.append(facts.say("TAPER-NOT-DAILY", days=f"{weekly:g}", mg=words.mg(mg), even=words.mg(even)))
        mg = even
    return mg, tuple(said)


def _check_made(mg: Decimal, appraisal: Appraisal, facts: Knowledge) -> None:
    """Refuse a dose that no product of the country makes, however often a day it is taken: it is a slip."""
    stock = stock_of(facts, appraisal.jurisdiction)
    if any(forms(stock, mg, times) for times in TIMES_A_DAY):
        return
    doses = reachable(stock, mg * 2 + making(facts).grid_above_mg, TIMES_A_DAY[-1])
    near = [made for made in doses if made < mg][:1] + [made for made in doses if made > mg][-1:]
    raise RegimenError(
        where="the present dose",
        found=f"{words.mg(mg)} a day",
        need=f"a dose that tablets, halves or the liquid of {appraisal.jurisdiction.upper()} make",
        fix=f"Ask what is really taken. The nearest: {words.listed(map(words.mg, near))}.",
    )


def past_use(appraisal: Appraisal) -> Regimen | None:
    """Present use as taken until yesterday; the longer end of what is known of its length."""
    use = appraisal.current_use
    if use.regimen is None or not use.regimen.phases[-1].doses:
        return None
    days = use.duration_days_high or use.duration_days_low
    if days is None or days <= use.regimen.days:
        return use.regimen
    # One phase at the present dose: what was taken before it is not known any better.
    doses = use.regimen.phases[-1].doses
    return replace(use.regimen, start=appraisal.on - timedelta(days=days), phases=(Phase(days, doses),))


def dosed(start_on: date, daily_mg: Sequence[Decimal], clock_h: Sequence[float]) -> Regimen:
    """Daily doses as a regimen, each in equal parts over the hours of the clock."""
    parts = len(clock_h)
    phases = (
        Phase(sum(1 for _ in same), tuple(Dose(mg / parts, hour) for hour in clock_h) if mg else ())
        for mg, same in groupby(daily_mg)
    )
    return Regimen(start_on, tuple(phases))
