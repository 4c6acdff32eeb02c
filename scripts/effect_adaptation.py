"""Constants of adaptation, together: what it counts, how fast it comes and goes, thresholds of withdrawal, ED50.

A grid over five unknowns, its posterior and the middle of that: how much of nordazepam counts, both time constants, the
spread of what people feel, and how long "less than 8 months" typically was. The thresholds follow from the shares of
people who had withdrawal. People differ in how fast they adapt and lose it, in kinetics, and in how long they took it.
Nothing here is validated: the anchors are shares of people in two trials and the shape of a few courses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts import effect_stops as stops
from scripts.effect_kinetics import STEADY_MG
from scripts.effect_predictions import arms
from unclench.knowledge import knowledge
from unclench.models import adaptation, receptor
from unclench.models.effects import expit, logit
from unclench.simulation import effects_model as model
from unclench.simulation.effects_constants import Constants
from unclench.simulation.parameters import Numbers
from unclench.simulation.sample import Z90

Array = NDArray[np.float64]
Triple = tuple[float, float, float]

PEOPLE = 200  # for the spread that kinetics add
WIDE_ED50 = (5.0, 100.0)  # mg a day: imaging and cells differ 15 to 150 times; the range of the evidence is kept
REFERENCE_D = 730.0
# Days of use of those who had taken it for 8 months or more: as far above two years as 8 months are below.
LONG_D = 240.0 * (2190.0 / 240.0) ** ((np.arange(3) + 0.5) / 3)
CLEAR_LONG, CLEAR_SHORT, ANY_QUARTERS = 0.43, 0.05, 0.9
SHORT_SD = (
    0.6  # of the log-odds of 5 %: 14 people in the whole trial had withdrawal, so it rests on some three to eight
)
PEAK_D, DAY_2, DAY_28 = (5.5, 1.0), (0.5, 0.5), (0.1, 0.6)  # day of the peak; share of it then: value and (log-)SD
# What was believed before, and within which ends: middle and log-SD.
TAU_OFF, TAU_OFF_ENDS = (7.0, 0.44), (5.0, 21.0)
TAU_ON, TAU_ON_ENDS = (175.0, 0.43), (60.0, 250.0)
SPREAD, SPREAD_ENDS = (0.5, 0.3), (0.3, 0.8)
SHORT, SHORT_ENDS = (100.0, 0.5), (42.0, 240.0)  # the trial gave it for 6 to 22 weeks; some had taken it before
LATE_ENDS = (0.01, 0.95)  # any share is as likely as another before


@dataclass(frozen=True, slots=True)
class People:
    """How people adapt: by quadrature, as factors of the time constants and the share of people at each."""

    on: Array
    off: Array
    slow_d: float
    share: Array

    def taus(self, tau_on: Array, tau_off: Array) -> tuple[Array, Array]:
        """(..., people): time constants around these middles. Slow people come last of each `on`."""
        on = tau_on[..., None] * self.on
        off = tau_off[..., None] * self.off
        return on, np.where(np.isfinite(off), off, np.maximum(self.slow_d, tau_off[..., None]))


def people_of(numbers: Numbers) -> People:
    """Five speeds of adapting, and seven of losing it with those who are slow."""
    z_on, share_on = _nodes(5)
    z_off, share_off = _nodes(7)
    slow = numbers.value("PD-SLOW-SHARE", "1")
    on = np.exp(numbers.log_sd("PD-TAU-ON") * z_on)
    off = np.append(np.exp(numbers.log_sd("PD-TAU-OFF") * z_off), np.inf)
    each = np.append((1.0 - slow) * share_off, slow)
    return People(
        on=np.repeat(on, off.size),
        off=np.tile(off, on.size),
        slow_d=numbers.value("PD-TAU-SLOW", "d"),
        share=np.outer(share_on, each).ravel(),
    )


def _nodes(count: int) -> tuple[Array, Array]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """One unknown of the grid: what is tried, on the scale of its belief, and the log of that belief."""

    scaled: Array
    tried: Array
    believed: Array


def log_unknown(belief: tuple[float, float], ends: tuple[float, float], count: int) -> Unknown:
    """Normal on the log scale, within ends."""
    scaled = np.linspace(*np.log(ends), count)
    return Unknown(scaled, np.exp(scaled), -0.5 * ((scaled - np.log(belief[0])) / belief[1]) ** 2)


def share_unknown(ends: tuple[float, float], count: int) -> Unknown:
    """Every share as likely as another, on the scale of log-odds."""
    scaled = np.linspace(*logit(np.array(ends)), count)
    share = expit(scaled)
    return Unknown(scaled, share, np.log(share * (1.0 - share)))


# In the order of the axes of every array of the grid.
UNKNOWN = (
    share_unknown(LATE_ENDS, 11),
    log_unknown(TAU_OFF, TAU_OFF_ENDS, 9),
    log_unknown(TAU_ON, TAU_ON_ENDS, 7),
    log_unknown(SPREAD, SPREAD_ENDS, 6),
    log_unknown(SHORT, SHORT_ENDS, 5),
)
LATE, OFF, ON, FELT, USED = range(5)


@dataclass(eq=False)
class Courses:
    """The two ways of stopping, and what the middle of the constants says of them."""

    per_ng_ml: dict[str, Array]
    abrupt: stops.Stop
    quarters: stops.Stop
    people: People

    def hourly(self, stop: stops.Stop, late: float) -> Array:
        return receptor.occupancy(stop.load(model.as_adaptation_counts(self.per_ng_ml, late)))

    def daily(self, stop: stops.Stop, late: float) -> Array:
        """(days, people): shares of the mean loads of days."""
        return receptor.occupancy(stops.daily(stop.load(model.as_adaptation_counts(self.per_ng_ml, late))))


def courses_of(middle: Constants) -> Courses:
    per_ng_ml = model.load_per_ng_ml(stops.of_each(middle, PEOPLE + 1), arms().fixed)
    return Courses(
        per_ng_ml,
        stops.stopping(stops.ABRUPT, people=PEOPLE),
        stops.stopping(stops.QUARTERS, people=PEOPLE),
        people_of(Numbers(knowledge(), {})),
    )


def peaks(share: Array, days_of_use: float, tau_on: Array, tau_off: Array) -> Array:
    """Peak of the drive after so many days of use. `share` (days,) or (days, columns), the first day that of use."""
    lines = np.broadcast_to(share.reshape(share.shape[0], -1), (share.shape[0], tau_on.size))
    start = adaptation.adapted_after(
        np.zeros(tau_on.size), level=lines[0], tau_on_d=tau_on, tau_off_d=tau_off, days=days_of_use
    )
    days = np.arange(lines.shape[0]) - 0.5
    adapted = adaptation.adapted(days, lines, tau_on_d=tau_on, tau_off_d=tau_off, start=start)
    highest: Array = adaptation.withdrawal_drive(adapted, lines).max(axis=0)
    return highest


def time_course(courses: Courses, late: float, tau_off: Array) -> tuple[Array, Array, Array]:
    """(tau off,): day of the typical person's peak after an abrupt stop, and the share of it on days 2 and 28."""
    share = courses.hourly(courses.abrupt, late)[stops.HOURS - 1 :, -1:]
    lines = np.repeat(share, tau_off.size, axis=1)
    level = np.full(tau_off.size, courses.daily(courses.abrupt, late)[0, -1])
    on = np.full(tau_off.size, TAU_ON[0])
    start = adaptation.adapted_after(
        np.zeros_like(level), level=level, tau_on_d=on, tau_off_d=tau_off, days=REFERENCE_D
    )
    days = np.arange(share.shape[0]) / stops.HOURS
    drive = adaptation.withdrawal_drive(
        adaptation.adapted(days, lines, tau_on_d=on, tau_off_d=tau_off, start=start), lines
    )
    highest = drive.max(axis=0)
    return days[drive.argmax(axis=0)], drive[2 * stops.HOURS] / highest, drive[28 * stops.HOURS] / highest


def share_reaching(found: Array, people: People, half: Array, log_sd: Array) -> Array:
    """Share of people over a threshold. `found` (uses, ..., people); `half` and `log_sd` as the axes between."""
    each = adaptation.share_reaching(found, half=half[..., None], log_sd=log_sd[..., None])
    total: Array = (each * people.share).sum(axis=-1).mean(axis=0)
    return total


def threshold(found: Array, people: People, share: float, log_sd: Array) -> Array:
    """The threshold at which this share of people is above it, by bisection."""
    shape = np.broadcast_shapes(found.shape[1:-1], log_sd.shape)
    low, high = np.full(shape, np.log(1e-5)), np.full(shape, np.log(2.0))
    for _ in range(40):
        middle = 0.5 * (low + high)
        above = share_reaching(found, people, np.exp(middle), log_sd) > share
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.exp(0.5 * (low + high))


def log_posterior(courses: Courses, kinetic_sd: float) -> Array:
    """Over the grid."""
    late, off, on, felt, used = (each.tried for each in UNKNOWN)
    sd = np.hypot(felt, kinetic_sd)
    taus = courses.people.taus(on[None, :], np.repeat(off[:, None], on.size, axis=1))
    taus = taus[0] + np.zeros_like(taus[1]), taus[1]
    total = np.zeros([each.tried.size for each in UNKNOWN])
    for at, share in enumerate(late):
        day, second, last = time_course(courses, float(share), off)
        seen = -0.5 * ((day - PEAK_D[0]) / PEAK_D[1]) ** 2
        for found, (value, log_sd) in ((second, DAY_2), (last, DAY_28)):
            seen -= 0.5 * (np.log(np.maximum(found, 1e-6) / value) / log_sd) ** 2
        daily = courses.daily(courses.abrupt, float(share))[:, -1]
        long, short = (_peaks_of(daily, uses, taus) for uses in (LONG_D, used))
        clear = threshold(long[..., None, :], courses.people, CLEAR_LONG, sd)
        for use in range(used.size):
            few = share_reaching(short[use][None, ..., None, :], courses.people, clear, sd)
            misfit = (logit(few) - logit(np.array(CLEAR_SHORT))) / SHORT_SD
            total[at, ..., use] = seen[:, None, None] - 0.5 * misfit**2
    for axis, each in enumerate(UNKNOWN):
        total += each.believed.reshape([-1 if axis == other else 1 for other in range(len(UNKNOWN))])
    return total


def _peaks_of(daily: Array, uses: Array, taus: tuple[Array, Array]) -> Array:
    """(uses, tau off, tau on, people)."""
    on, off = (tau.ravel() for tau in taus)
    return np.stack([peaks(daily, float(use), on, off).reshape(taus[0].shape) for use in uses])


def middles(log_p: Array) -> tuple[Array, Array]:
    """Mean and SD of every unknown on its scale."""
    weight = np.exp(log_p - log_p.max())
    weight /= weight.sum()
    found = []
    for axis, each in enumerate(UNKNOWN):
        alone = weight.sum(axis=tuple(other for other in range(len(UNKNOWN)) if other != axis))
        mean = float(alone @ each.scaled)
        found.append((mean, float(np.sqrt(alone @ (each.scaled - mean) ** 2))))
    mean, sd = np.array(found).T
    return mean, sd


def adaptation_rows(middle: Constants, number: Callable[[float], float]) -> dict[str, Triple]:
    """Rows of adaptation for the middle of the fit."""
    courses = courses_of(middle)
    kinetic_sd = kinetic_spread(courses)
    mean, sd = middles(log_posterior(courses, kinetic_sd))
    late = float(expit(mean[LATE]))
    tau_off, tau_on, felt, used = (float(np.exp(mean[axis])) for axis in (OFF, ON, FELT, USED))
    taus = courses.people.taus(np.array(tau_on), np.array(tau_off))
    log_sd = np.array(np.hypot(felt, kinetic_sd))
    abrupt, quarters = (courses.daily(stop, late)[:, -1] for stop in (courses.abrupt, courses.quarters))
    clear = threshold(_peaks_of(abrupt, LONG_D, taus), courses.people, CLEAR_LONG, log_sd)
    anything = threshold(_peaks_of(quarters, LONG_D, taus), courses.people, ANY_QUARTERS, log_sd)
    reference = float(peaks(abrupt, REFERENCE_D, np.array([tau_on]), np.array([tau_off]))[0])
    per_mg, counted = (
        float(stops.daily(courses.abrupt.load(each))[0, -1]) / STEADY_MG
        for each in (courses.per_ng_ml, model.as_adaptation_counts(courses.per_ng_ml, late))
    )
    ed50 = float(adaptation.half_dose_mg_per_day(counted))
    low, high = min(WIDE_ED50[0], ed50 / 2), max(WIDE_ED50[1], ed50 * 2)
    found = {
        "PD-LATE-ADAPTS": (late, *(float(expit(mean[LATE] + side * Z90 * sd[LATE])) for side in (-1, 1))),
        "PD-LOAD-PER-MG": (per_mg, 1.0 / high, 1.0 / low),
        "PD-ED50": (ed50, low, high),
        "PD-TAU-OFF": (tau_off, *TAU_OFF_ENDS),
        "PD-TAU-ON": (tau_on, *TAU_ON_ENDS),
        "PD-W-SPREAD": (felt, *SPREAD_ENDS),
        "PD-W50-CLEAR": (float(clear), float(clear) / 2.5, float(clear) * 2.5),
        "PD-W50-ANY": (float(anything), float(anything) / 2.5, float(anything) * 2.5),
        "PD-W-REFERENCE": (reference, reference / 2.0, min(2.0 * reference, 1.0)),
    }
    _report(courses, found, used, log_sd)
    return {row: (number(value), number(low), number(high)) for row, (value, low, high) in found.items()}


def _report(courses: Courses, found: dict[str, Triple], used: float, log_sd: Array) -> None:
    """What the middle says of every anchor, and of what was not fitted."""
    late, tau_off, tau_on = (found[row][0] for row in ("PD-LATE-ADAPTS", "PD-TAU-OFF", "PD-TAU-ON"))
    day, second, last = time_course(courses, late, np.array([tau_off]))
    print(f"abrupt stop after two years: peak on day {day[0]:.1f} (anchor 4 to 7)")
    print(f"of the peak {second[0]:.2f} at day 2 (anchor half or more), {last[0]:.2f} at day 28 (anchor about 0.1)")
    taus = courses.people.taus(np.array(tau_on), np.array(tau_off))
    abrupt, quarters = (courses.daily(stop, late)[:, -1] for stop in (courses.abrupt, courses.quarters))
    clear, anything = (np.array(found[f"PD-W50-{kind}"][0]) for kind in ("CLEAR", "ANY"))

    def share(daily: Array, uses: Array, half: Array) -> float:
        return float(share_reaching(_peaks_of(daily, uses, taus), courses.people, half, log_sd))

    for days in (*(each for each in SHORT_ENDS), SHORT[0], used):
        print(f"clear withdrawal after {days:.0f} d of use: {share(abrupt, np.array([days]), clear):.3f}, anchor 0.05")
    month = np.array([28.0])
    print(f"a quarter less each week, clear: {share(quarters, LONG_D, clear):.2f} (not fitted; 0.32 not drug-free)")
    print(f"28 d of use, any: {share(abrupt, month, anything):.2f}, clear: {share(abrupt, month, clear):.3f}")


def kinetic_spread(courses: Courses) -> float:
    """Log-SD of the peak after long use between people who differ in nothing but kinetics."""
    late = 0.1
    share = courses.daily(courses.abrupt, late)[:, :-1]
    found = peaks(share, REFERENCE_D, np.full(PEOPLE, TAU_ON[0]), np.full(PEOPLE, TAU_OFF[0]))
    return float(np.log(found).std())
