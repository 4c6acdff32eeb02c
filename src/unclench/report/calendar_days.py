"""Every day of the calendar with what changes on it: the switch, the taper, and the days of rating after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from unclench.knowledge import knowledge
from unclench.planning.taper_plan import Switch, Taper, TaperDay
from unclench.report.calendar_words import Take, mg, take
from unclench.report.wording import clean
from unclench.values import DAY_H, RegimenError

ALL_DAY = "In all that day"
# Marks: a new dose; the same dose in other tablets or at other times; another medicine taken beside it while changing
# over; the first day of nothing; only ratings.
NEW, SAME, CROSSING, END, AFTER = "new", "same", "crossing", "end", "after"


@dataclass(frozen=True, slots=True)
class Dated:
    """One day. `mg` is what is taken of diazepam, and None after the last dose."""

    on: date
    takes: tuple[Take, ...]
    mg: Decimal | None
    mark: str


def dated(taper: Taper) -> tuple[Dated, ...]:
    """The days in order, without a gap: a day that is left out would be a day without a dose."""
    return joined((), tuple(_after(taper, tuple(_marked(taper)))))


def joined(first: tuple[Dated, ...], then: tuple[Dated, ...]) -> tuple[Dated, ...]:
    """Two runs of days as one. A gap between any two days is refused."""
    days = (*first, *then)
    for before, day in pairwise(days):
        if day.on != before.on + timedelta(days=1):
            raise RegimenError(
                where="the days of a calendar",
                found=f"{day.on} after {before.on}",
                need="every day once, in order",
                fix="Plan the taper again without the gap.",
            )
    return days


def _marked(taper: Taper) -> Iterator[Dated]:
    cuts = {cut.on for cut in taper.cuts}
    seen: list[tuple[Take, ...]] = []
    ended, before = False, None
    crossing = set() if taper.switch is None else {day.on for day in taper.switch.days}
    taken = list(_taken(taper))
    last = max((on for on, _, takes in taken if takes), default=date.min)
    for on, amount, takes in taken:
        if on in crossing:
            mark = CROSSING
        elif on > last:
            mark = AFTER if ended else END
            ended = True
        elif on in cuts:
            mark = NEW
        else:
            mark = SAME if amount == before and takes not in seen[-2:] else ""
        yield Dated(on, takes, amount, mark)
        seen.append(takes)
        before = amount


def _taken(taper: Taper) -> Iterator[tuple[date, Decimal, tuple[Take, ...]]]:
    """Days of a switch, with the other medicine beside diazepam, and then those of the taper."""
    planned = {day.on: day for day in taper.days}
    switch = {} if taper.switch is None else {day.on: day for day in taper.switch.days}
    for on in sorted(planned.keys() | switch.keys()):
        takes = _intakes(planned.get(on))
        if on in switch and taper.switch is not None:
            amount = planned[on].mg if on in planned else switch[on].diazepam_mg
            yield on, amount, takes + _crossing(taper.switch, on, with_diazepam=on not in planned)
        else:
            yield on, planned[on].mg, takes


def _intakes(day: TaperDay | None) -> tuple[Take, ...]:
    if day is None:
        return ()
    return tuple(take(intake) for intake in sorted(day.intakes, key=lambda one: one.clock_h) if intake.units)


def _crossing(switch: Switch, on: date, *, with_diazepam: bool) -> tuple[Take, ...]:
    """What the switch says for one day, in mg a day: how it is divided stands on the label."""
    say = knowledge().say
    day = next(day for day in switch.days if day.on == on)
    amounts = [(clean(switch.drug), day.other_mg)]
    if with_diazepam:
        amounts.insert(0, ("diazepam", day.diazepam_mg))
    return tuple(
        Take(DAY_H, ALL_DAY, "", f"{mg(amount)} of {name}", say("CAL-CROSSING", drug=name), mg(amount), (), (name,))
        for name, amount in amounts
        if amount > 0
    )


def _after(taper: Taper, days: tuple[Dated, ...]) -> Iterator[Dated]:
    """The days given, and then those on which symptoms may still come, for ratings alone."""
    yield from days
    ends = next((day.on for day in days if day.mark == END), None)
    if ends is not None:
        limit = "CAL-AFTER-STEP-DOWN" if taper.need == "step-down" else "CAL-AFTER-TAPER"
        for later in range((days[-1].on - ends).days + 1, round(knowledge().limit(limit, "d"))):
            yield Dated(ends + timedelta(days=later), (), None, AFTER)
