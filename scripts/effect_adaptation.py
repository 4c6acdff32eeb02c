"""Constants of adaptation that follow from the fit: load per mg, ED50, loss of adaptation, thresholds of withdrawal.

Nothing here is validated: the anchors are shares of people in two trials and the shape of a few courses.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scripts import effect_kinetics as kinetics
from scripts.effect_predictions import arms
from unclench.engine import draw
from unclench.knowledge import knowledge
from unclench.models import adaptation, receptor
from unclench.models.effects import logit
from unclench.simulation import effects_model as model
from unclench.simulation.effects_constants import Constants
from unclench.simulation.parameters import Numbers

Array = NDArray[np.float64]
Triple = tuple[float, float, float]

SEED = 20261122
PEOPLE = 1500
WIDE_ED50 = (5.0, 100.0)  # mg a day: imaging and cells differ 15 to 150 times; the range of the evidence is kept
LONG_D, SHORT_D = 730.0, 120.0
CLEAR_LONG, CLEAR_SHORT, ANY_QUARTERS = 0.43, 0.05, 0.9
TIME_COURSE = (5.5, 1.0, 0.1, 0.6)  # day of the peak and its SD; share of the peak left at day 28, and its log-SD
TAU_ON = (60.0, 175.0, 250.0)  # days: range and middle of the evidence
TAU_ON_SD, SHORT_SD = 0.43, 0.6  # log-SD believed; SD of the log-odds of the share after short use
TAU_OFF, TAU_OFF_RANGE = (7.0, 0.44), (5.0, 21.0)  # days: middle and log-SD; range of the evidence


def adaptation_rows(middle: Constants, number: Callable[[float], float]) -> dict[str, Triple]:
    """Rows of adaptation for the middle of the fit."""
    numbers = Numbers(knowledge(), {})
    abrupt, quarters = _occupied(kinetics.steady(), middle), _occupied(kinetics.quarters(), middle)
    per_mg = _load_per_mg(middle)
    tau_off = _tau_off(abrupt)
    crowd = _crowd(numbers, tau_off)
    clear, anything, tau_on = _thresholds(abrupt, quarters, crowd, numbers)
    reference = _peak(abrupt, LONG_D, np.array([tau_on]), np.array([tau_off]))[0]
    ed50 = float(adaptation.half_dose_mg_per_day(per_mg))
    low, high = min(WIDE_ED50[0], ed50 / 2), max(WIDE_ED50[1], ed50 * 2)
    found = {
        "PD-LOAD-PER-MG": (per_mg, 1.0 / high, 1.0 / low),
        "PD-ED50": (ed50, low, high),
        "PD-TAU-OFF": (tau_off, *TAU_OFF_RANGE),
        "PD-TAU-ON": (tau_on, TAU_ON[0], TAU_ON[2]),
        "PD-W50-CLEAR": (clear, clear / 2.5, clear * 2.5),
        "PD-W50-ANY": (anything, anything / 2.5, anything * 2.5),
        "PD-W-REFERENCE": (reference, reference / 2.0, min(2.0 * reference, 1.0)),
    }
    return {row: (number(value), number(low), number(high)) for row, (value, low, high) in found.items()}


def _load_per_mg(middle: Constants) -> float:
    """Average load of a day at steady state, per mg a day."""
    last = arms().steady
    load = model.load_of({name: line[:, None] for name, line in last.unbound.items()}, middle, arms().fixed)[:, 0]
    return average_of_last_day(last.t_h, load) / kinetics.STEADY_MG


def average_of_last_day(t_h: Array, line: Array) -> float:
    """Average over the last 24 h, whose first moment may lie between two times."""
    begin = t_h[-1] - 24.0
    inside = t_h > begin
    times = np.concatenate([[begin], t_h[inside]])
    return float(np.trapezoid(np.interp(times, t_h, line), times) / 24.0)


def _occupied(levels: kinetics.Levels, middle: Constants) -> tuple[Array, Array]:
    """Days since the fourth week ended, and daily averages of occupancy from then on."""
    load = model.load_of({name: line[:, None] for name, line in levels.unbound.items()}, middle, arms().fixed)[:, 0]
    edges = np.arange(24.0 * (kinetics.STEADY_DAYS - 1), levels.t_h[-1] + 1e-9, 24.0)
    fine = np.linspace(levels.t_h[0], levels.t_h[-1], int(levels.t_h[-1] * 2) + 1)
    held = np.concatenate(
        [[0.0], np.cumsum((fine[1] - fine[0]) * receptor.occupancy(np.interp(fine, levels.t_h, load))[:-1])]
    )
    average = np.diff(np.interp(edges, fine, held)) / 24.0
    end = 120
    days = np.arange(end, dtype=np.float64)
    tail = average[-1] * np.exp(np.log(average[-1] / average[-2]) * np.arange(1, end))
    return days, np.concatenate([average, tail])[:end]


def _crowd(numbers: Numbers, tau_off: float) -> tuple[Array, Array]:
    """Deviates of adapting, and time constants of losing adaptation, slow people among them."""
    deviates = draw.normal(SEED, "tau on", PEOPLE)
    off = tau_off * np.exp(numbers.log_sd("PD-TAU-OFF") * draw.normal(SEED, "tau off", PEOPLE))
    slow = draw.uniform(SEED, "slow to lose adaptation", PEOPLE) < numbers.value("PD-SLOW-SHARE", "1")
    return deviates, np.where(slow, numbers.value("PD-TAU-SLOW", "d"), off)


def _course(occupied: tuple[Array, Array], days_of_use: float, tau_on: Array, tau_off: Array) -> Array:
    """Drive over days after so many days of use at the first average."""
    days, share = occupied
    lines = np.repeat(share[:, None], tau_on.size, axis=1)
    start = adaptation.adapted_after(
        np.zeros(tau_on.size), level=lines[0], tau_on_d=tau_on, tau_off_d=tau_off, days=days_of_use
    )
    adapted = adaptation.adapted(days, lines, tau_on_d=tau_on, tau_off_d=tau_off, start=start)
    return adaptation.withdrawal_drive(adapted, lines)


def _peak(occupied: tuple[Array, Array], days_of_use: float, tau_on: Array, tau_off: Array) -> Array:
    highest: Array = _course(occupied, days_of_use, tau_on, tau_off).max(axis=0)
    return highest


def _tau_off(abrupt: tuple[Array, Array]) -> float:
    """What fits the day of the peak and the share left at day 28 best, against what was believed."""
    tries = np.geomspace(*TAU_OFF_RANGE, 80)
    drive = _course(abrupt, LONG_D, np.full(tries.size, TAU_ON[1]), tries)
    highest = drive.max(axis=0)
    day, day_sd, left, left_sd = TIME_COURSE
    misfit = ((drive.argmax(axis=0) - day) / day_sd) ** 2
    misfit += (np.log(np.maximum(drive[28] / highest, 1e-6) / left) / left_sd) ** 2
    misfit += (np.log(tries / TAU_OFF[0]) / TAU_OFF[1]) ** 2
    best = int(misfit.argmin())
    shown, day = drive[[2, 28], best] / highest[best], drive[:, best].argmax()
    print(f"abrupt stop after two years, tau off {tries[best]:.1f} d: peak on day {day}, anchor 4 to 7")
    print(f"of the peak there are {shown[0]:.2f} at day 2 (early onset), {shown[1]:.2f} at day 28 (anchor about 0.1)")
    return float(tries[best])


def _thresholds(
    abrupt: tuple[Array, Array], quarters: tuple[Array, Array], crowd: tuple[Array, Array], numbers: Numbers
) -> tuple[float, float, float]:
    """Thresholds of clear and of any withdrawal, and the time constant of adapting, from the shares of people."""
    deviates, off = crowd
    sd, on_sd = numbers.value("PD-W-SPREAD", "log-SD"), numbers.log_sd("PD-TAU-ON")
    tries, misfits = np.geomspace(TAU_ON[0], TAU_ON[2], 16), []
    for tau_on in tries:
        on = float(tau_on) * np.exp(on_sd * deviates)
        clear = _half(_peak(abrupt, LONG_D, on, off), CLEAR_LONG, sd)
        short = _share(_peak(abrupt, SHORT_D, on, off), clear, sd)
        misfits.append(
            ((logit(short) - logit(CLEAR_SHORT)) / SHORT_SD) ** 2 + (np.log(tau_on / TAU_ON[1]) / TAU_ON_SD) ** 2
        )
    tau_on = float(tries[int(np.argmin(misfits))])
    on = tau_on * np.exp(on_sd * deviates)
    clear = _half(_peak(abrupt, LONG_D, on, off), CLEAR_LONG, sd)
    short = _share(_peak(abrupt, SHORT_D, on, off), clear, sd)
    print(f"clear withdrawal after an abrupt stop at {SHORT_D:g} d of use: {short:.2f}, anchor {CLEAR_SHORT}")
    return clear, _half(_peak(quarters, LONG_D, on, off), ANY_QUARTERS, sd), tau_on


def _share(peaks: Array, half: float, sd: float) -> float:
    return float(adaptation.share_reaching(peaks, half=half, log_sd=sd).mean())


def _half(peaks: Array, share: float, sd: float) -> float:
    """The threshold at which this share of people is above it."""
    low, high = np.log(1e-5), np.log(2.0)
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _share(peaks, float(np.exp(middle)), sd) > share else (low, middle)
    return float(np.exp(0.5 * (low + high)))
