"""Ways of stopping that the evidence compares, in the model as it is: their order, their days, and hours against days.

Somebody on 20 mg a day for two years. The order of the peaks was not used to fit anything; the day of the peak was.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from scripts import effect_stops as stops
from unclench.knowledge import knowledge
from unclench.models import adaptation, receptor
from unclench.simulation import effects_model as model
from unclench.simulation.effects_draws import adaptation_coefficients, crowd_of
from unclench.simulation.parameters import Numbers

Array = NDArray[np.float64]

YEARS_D = 730.0
CKS_FAST = tuple(np.repeat([18.0, 16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 7))
CKS_SLOW = tuple(np.repeat([*np.arange(19.0, 4.0, -1.0), *np.arange(4.5, 0.0, -0.5)], 14))
ABRUPT, QUICK = "E13 stopped at once", "E11 a quarter less each week"
# From the largest peak to the smallest, in mg a day on each day after 20 mg: the names are those of the evidence.
SCHEDULES: dict[str, tuple[float, ...]] = {
    ABRUPT: (),
    QUICK: stops.QUARTERS,
    "E10 half for two weeks, half of that for two": (10.0,) * 14 + (5.0,) * 14,
    "E04c 2 mg, later 1 mg each week": CKS_FAST,
    "E04d 1 mg, later half a milligram each fortnight": CKS_SLOW,
}


@cache
def hourly_load(name: str) -> Array:
    """(hours, 1) of the typical person, from a day before the first change; made once per schedule."""
    numbers = Numbers(knowledge(), {})
    crowd = crowd_of(numbers, np.full(3, 40.0), seed=1, skip=frozenset())
    per_ng_ml = adaptation_coefficients(crowd, model.structure(numbers))
    return stops.stopping(SCHEDULES[name], people=2).load(per_ng_ml)[:, -1:]


def row(key: str) -> float:
    return knowledge().parameter(key).value


def drive(load: Array, days: Array, level: Array) -> Array:
    """W at these times, after two years at this average load."""
    taus = {"tau_on_d": np.array([row("PD-TAU-ON")]), "tau_off_d": np.array([row("PD-TAU-OFF")])}
    start = adaptation.adapted_after(np.zeros(1), level=receptor.occupancy(level), days=YEARS_D, **taus)
    effect = receptor.occupancy(load)
    return adaptation.withdrawal_drive(adaptation.adapted(days, effect, start=start, **taus), effect)[:, 0]


def daily(name: str, ed50: float | None = None) -> tuple[Array, Array]:
    """Days after the first change, and the drive on each, as every answer has it: from the average of each day."""
    load = stops.daily(hourly_load(name)) * (row("PD-ED50") / ed50 if ed50 else 1.0)
    days = np.arange(load.shape[0]) - 0.5
    return days, drive(load, days, load[0])


def hourly(name: str) -> tuple[Array, Array]:
    load = hourly_load(name)
    days = (np.arange(load.shape[0]) + 1.0 - stops.HOURS) / stops.HOURS
    return days, drive(load, days, stops.daily(load)[0])


def day_of_peak(name: str, ed50: float) -> float:
    days, found = daily(name, ed50)
    return float(days[found.argmax()])


@pytest.mark.verifies("M7")
@pytest.mark.parametrize("ed50", [5.0, 10.0, 30.0, 100.0])
def test_the_order_of_schedules_does_not_hang_on_the_dose_that_holds_half(ed50: float) -> None:
    peaks = [daily(name, ed50)[1].max() for name in SCHEDULES]

    assert peaks == sorted(peaks, reverse=True)
    assert peaks[-1] < 0.25 * peaks[0]


@pytest.mark.parametrize("ed50", [10.0, 30.0, 100.0])
def test_a_quick_taper_is_hardest_after_its_last_cut(ed50: float) -> None:
    """The last cut is on day 21; people find the last half the hardest."""
    assert 23.5 <= day_of_peak(QUICK, ed50) <= 26.0


@pytest.mark.verifies("M7")
@pytest.mark.parametrize(("ed50", "day"), [(5.0, 10.5), (10.0, 8.5), (30.0, 6.5), (100.0, 5.5)])
def test_an_abrupt_stop_peaks_within_days_not_weeks(ed50: float, day: float) -> None:
    """Day 4 to 7 in people. The more receptors a dose holds, the longer most of them stay held: at 5 it is too late."""
    assert day_of_peak(ABRUPT, ed50) == day


@pytest.mark.verifies("M7")
def test_half_of_the_peak_is_there_by_the_second_day_and_a_tenth_is_left_after_four_weeks() -> None:
    days, found = daily(ABRUPT)

    assert np.interp(2.0, days, found) > 0.5 * found.max()
    assert np.interp(28.0, days, found) == pytest.approx(0.1 * found.max(), rel=0.4)
    assert found.max() == pytest.approx(row("PD-W-REFERENCE"), rel=0.01)


@pytest.mark.verifies("M7")
@pytest.mark.parametrize("name", [ABRUPT, QUICK])
def test_the_average_of_each_day_is_enough(name: str) -> None:
    """Where the drive is far above the ripple of a day, days and hours find the same peak."""
    assert daily(name)[1].max() == pytest.approx(hourly(name)[1].max(), rel=0.005)


def test_hour_by_hour_a_slow_taper_would_show_the_ripple_of_the_day_instead() -> None:
    """Why answers take the average of a day: the trough before each dose would count as withdrawal."""
    slow = list(SCHEDULES)[-1]

    assert hourly(slow)[1].max() > 2.0 * daily(slow)[1].max()
    assert hourly(slow)[1][: stops.HOURS].max() > daily(slow)[1].max()  # before any change
