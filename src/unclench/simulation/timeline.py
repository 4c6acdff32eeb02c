"""When to look: one set of times for all regimens, dense where levels turn and sparse where they only drift."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from unclench.values import DAY_H, Regimen

# Hours after a dose: in days that are looked at closely, in other dosing days, and where only the peak is sought.
CLOSE = (0.0, 0.5, 1.0, 1.5, 2.5, 4.5, 8.0, 14.0)
MIDDLE = (0.0, 0.75, 1.25, 3.0, 8.0)
PLAIN = (0.0, 1.0, 4.0, 10.0)
PLAIN_BUSY = (0.0, 1.0)  # where other doses of the day fill the gaps
PEAK = (0.3, 0.4, 0.52, 0.66, 0.84, 1.05, 1.35, 1.75, 2.3, 3.1)
WASHOUT = (0.25, 0.5, 0.75, 1.0, 1.3, 1.7, 2.2, 3.0, 4.5, 6.0, 9.0, 12.0, 18.0)
NEAREST_H = 0.2
PLAIN_POINTS = 96
FEW_DOSES = 2
PEAK_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Stop:
    """A time to stop at: `shown` in the curves, and the regimens whose peak may be there."""

    at_h: float
    shown: bool
    peaks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """The times of one regimen that its summary needs, in hours after midnight of day 1."""

    first_dose_h: float
    last_day_dose_h: float  # the first dose of the last day with doses
    last_dose_h: float
    end_h: float  # the end of the last day with doses

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """The 24 h from the first dose of the first and of the last day: their averages are compared."""
        return (self.first_dose_h, self.first_dose_h + DAY_H, self.last_day_dose_h, self.last_day_dose_h + DAY_H)


def marks_of(regimen: Regimen) -> Marks:
    """The marks of a regimen."""
    times = [at for at, _ in regimen.timed()]
    last_day = times[-1] // DAY_H
    return Marks(
        first_dose_h=times[0],
        last_day_dose_h=next(at for at in times if at // DAY_H == last_day),
        last_dose_h=times[-1],
        end_h=(last_day + 1) * DAY_H,
    )


def stops_of(regimens: Sequence[Regimen], marks: Sequence[Marks]) -> list[Stop]:
    """Every stop until the last dose of all, in order."""
    until = max(mark.last_dose_h for mark in marks)
    doses: dict[int, set[float]] = {}
    for regimen in regimens:
        for at, _ in regimen.timed():
            doses.setdefault(int(at // DAY_H), set()).add(at)
    shown = _shown(doses, marks, until)
    peaks = _peaks(regimens)
    turning = sorted({edge for mark in marks for edge in mark.edges if edge <= until})
    times = sorted(shown | set(peaks) | set(turning))
    return [Stop(at, at in shown, tuple(sorted(peaks.get(at, ())))) for at in times if at <= until]


def _shown(doses: dict[int, set[float]], marks: Sequence[Marks], until: float) -> set[float]:
    """Times of the curves until the last dose of all. A dose's own time is always kept: there the curve turns."""
    last_days = {int(mark.last_dose_h // DAY_H) for mark in marks}
    close = {min(doses), max(doses)}
    plain = [day for day in sorted(doses) if day not in close | last_days]
    count = sum(len(doses[day]) * len(_plain(doses[day])) for day in plain)
    every = -(-count // PLAIN_POINTS) or 1
    seen_plain = set(plain[::every])
    fixed = {0.0} | {mark.end_h for mark in marks if mark.end_h <= until}
    loose: set[float] = set()
    for day, times in doses.items():
        offsets: tuple[float, ...]
        if day in close:
            offsets = CLOSE
        elif day in last_days:
            offsets = MIDDLE
        elif day in seen_plain:
            offsets = _plain(times)
        else:
            continue
        fixed |= times
        loose |= {at + offset for at in times for offset in offsets}
    return _thinned(fixed, {at for at in loose if at <= until})


def _plain(times: set[float]) -> tuple[float, ...]:
    return PLAIN if len(times) <= FEW_DOSES else PLAIN_BUSY


def _thinned(fixed: set[float], loose: set[float]) -> set[float]:
    """All fixed times, and the loose ones that are not next to a kept one."""
    kept: list[float] = []
    corners = sorted(fixed)
    for at in sorted(fixed | loose):
        place = bisect_right(corners, at)
        after = corners[place] if place < len(corners) else inf
        if at in fixed or (at - kept[-1] >= NEAREST_H and after - at >= NEAREST_H):
            kept.append(at)
    return set(kept)


def _peaks(regimens: Sequence[Regimen]) -> dict[float, set[int]]:
    """Times at which a regimen may peak: after each dose of its first day and of the last day of each high phase."""
    found: dict[float, set[int]] = {}
    for index, regimen in enumerate(regimens):
        highest = float(regimen.max_mg_per_day)
        days, day = {int(regimen.timed()[0][0] // DAY_H)}, 0
        for number, phase in enumerate(regimen.phases):
            day += phase.days
            after = regimen.phases[number + 1].mg_per_day if number + 1 < len(regimen.phases) else 0
            if after < phase.mg_per_day and float(phase.mg_per_day) >= PEAK_SHARE * highest:
                days.add(day - 1)
        for at, _ in regimen.timed():
            if int(at // DAY_H) in days:
                for offset in PEAK:
                    found.setdefault(at + offset, set()).add(index)
    return found


def washout_steps(until_h: float) -> list[float]:
    """Times after the last dose of all, ever sparser, for a year. The caller stops when all is gone."""
    times = [until_h + offset for offset in WASHOUT]
    day = 1.0
    while day <= 365:
        times.append(until_h + day * DAY_H)
        day += 1 if day < 14 else 2 if day < 60 else 5
    return times
