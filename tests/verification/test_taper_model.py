"""The people of a taper in daily means against the model of hours that everything else is foreseen by.

Same draws, same spans of clearance, same history; only the walk differs: here every dose at its hour, levels every half
hour, and the adaptation of `effects_model`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray

from unclench.appraisal.findings import Body, ClearanceSegment, Exposure
from unclench.knowledge import knowledge
from unclench.models import pk, receptor
from unclench.simulation import effects_model as model
from unclench.simulation.clearance import Spans, spans_of
from unclench.simulation.effects_draws import PastUse, adaptation_load, crowd_of, start_of
from unclench.simulation.existing import advance, begin, looks_back
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.simulation.people import METABOLITES, people_like
from unclench.simulation.sample import NOTHING_LEARNT, Deviates, Sample
from unclench.simulation.taper_model import Falling, falling
from unclench.values import DAY_H, Answer, Dose, Phase, Regimen

Array = NDArray[np.float64]

ON = date(2026, 11, 22)
SEED, PEOPLE, LOOK_H = 7, 24, 0.5
BODY = Body(45.0, "female", 70.0, 168.0, 42.0, "none", Answer.NO, None, Answer.NO)
CHILD = Body(6.0, "male", 21.0, 116.0, None, "none", Answer.NO, None, Answer.NO)
BARE = Body(None, None, None, None, None, None, Answer.CANNOT_SAY, None, Answer.CANNOT_SAY)
ILL = Body(71.0, "male", 62.0, None, 29.0, "B", Answer.YES, "PM", Answer.NO)
LEVELS = (20.0, 18.0, 15.0, 12.0, 9.0, 6.0, 4.0, 2.0, 1.0, 0.5)


def exposed(*segments: tuple[float, float, float], log_sd: float = 0.3) -> Exposure:
    """Segments of (from day, multiple of diazepam, of nordazepam)."""
    made = tuple(ClearanceSegment(day * DAY_H, one, two) for day, one, two in segments)
    return Exposure((), made, 1.0, 1.0, 1.0, log_sd if segments else 0.0)


def used(days: int, *doses: tuple[str, float]) -> Regimen:
    given = tuple(Dose(Decimal(mg), hour) for mg, hour in doses)
    return Regimen(ON - timedelta(days=days), (Phase(days, given),))


TWICE = used(400, ("10", 8.0), ("10", 22.0))
NIGHT = used(90, ("20", 22.0))
CASES: dict[str, tuple[Body, Exposure, Regimen | None]] = {
    "an adult": (BODY, exposed(), TWICE),
    "one dose at night": (BODY, exposed(), NIGHT),
    "nothing known": (BARE, exposed(), TWICE),
    "a child": (CHILD, exposed(), TWICE),
    "cirrhosis, dialysis and a poor metaboliser": (ILL, exposed(), TWICE),
    "no use before": (BODY, exposed(), None),
    "an inhibitor long before": (BODY, exposed((-200.0, 0.5, 0.8)), TWICE),
    "two changes before": (BODY, exposed((-60.0, 0.4, 0.6), (-15.0, 1.0, 1.0)), TWICE),
    "a change on the first day": (BODY, exposed((-30.0, 0.5, 0.7), (0.0, 1.0, 1.0)), TWICE),
    "an inducer that comes and goes": (BODY, exposed((20.0, 2.5, 1.8), (60.0, 1.2, 1.1), (70.0, 1.0, 1.0)), TWICE),
}


def daily_mg(slots: int = 7) -> Array:
    return np.append(np.repeat(LEVELS, slots), np.zeros(42))


def of_hours(
    body: Body,
    exposure: Exposure,
    history: Regimen | None,
    doses_mg: Array,
    clock_h: tuple[float, ...],
    given: Deviates = NOTHING_LEARNT,
) -> tuple[Array, Array, Array, Array]:
    """(days, columns): mean levels of diazepam and nordazepam, mean load, and drive at noon; the typical one last."""
    sample = Sample(SEED, PEOPLE, "", given)
    numbers = Numbers(knowledge(), {}, sample)
    people = people_like(body, numbers)
    spans = spans_of(exposure, people, metabolites=len(METABOLITES))
    keep = np.r_[0:PEOPLE, sample.columns - 1]
    crowd = crowd_of(numbers, people.age_y[keep], seed=SEED, skip=frozenset())
    fixed = model.structure(numbers)
    fractions = people.disposition.unbound
    march = begin(spans, history, ON, scale=pk.NG_ML_PER_MG_L)
    seen = [march.levels()[:, 0][:, keep].copy()]
    for day, mg in enumerate(doses_mg):
        for hour in clock_h:
            march.give(day * DAY_H + hour, (float(mg) / len(clock_h) * pk.NG_ML_PER_MG_L,))
        for look in range(1, int(DAY_H / LOOK_H) + 1):
            advance(march, spans, day * DAY_H + look * LOOK_H)
            seen.append(march.levels()[:, 0][:, keep].copy())
    levels = np.stack(seen, axis=1)
    unbound = {name: pk.unbound(levels[at], fractions[at]) for at, name in enumerate(ANALYTES)}
    load = adaptation_load(unbound, crowd, fixed)
    start = start_of(_past(spans, history, keep, fractions), crowd, fixed, others=0.0, adapting=0.0)
    t_h = np.arange(load.shape[0]) * LOOK_H
    drive = model.drive_over(t_h, load, tau_on_d=crowd.tau_on_d, tau_off_d=crowd.tau_off_d, start=start.adaptation)
    noons = np.searchsorted(t_h, (np.arange(doses_mg.size) + 0.5) * DAY_H)
    return _means(levels[0]), _means(levels[1]), _means(load), drive[noons] / numbers.value("PD-W-REFERENCE", "1")


def _means(hourly: Array) -> Array:
    """(days, columns): the average of each day, by lines between the looks."""
    a_day = int(DAY_H / LOOK_H)
    between: Array = 0.5 * (hourly[1:] + hourly[:-1])
    return between.reshape(-1, a_day, hourly.shape[1]).mean(axis=1)


def _past(spans: Spans, history: Regimen | None, keep: NDArray[np.intp], fractions: tuple[float, ...]) -> list[PastUse]:
    if history is None:
        return []
    return [
        PastUse(days, {name: pk.unbound(levels[at][keep], fractions[at]) for at, name in enumerate(ANALYTES)})
        for days, levels in looks_back(spans, history, ON, scale=pk.NG_ML_PER_MG_L)
    ]


def people(
    body: Body, exposure: Exposure, history: Regimen | None, clock_h: tuple[float, ...], **more: Deviates
) -> Falling:
    return falling(
        body=body, exposure=exposure, on=ON, history=history, seed=SEED, people=PEOPLE, clock_h=clock_h, **more
    )


def clock_of(history: Regimen | None) -> tuple[float, ...]:
    return (8.0, 22.0) if history is None else tuple(dose.clock_h for dose in history.phases[-1].doses)


@pytest.mark.verifies("P5")
@pytest.mark.parametrize("name", CASES)
def test_days_are_the_averages_of_hours(name: str) -> None:
    """Levels and loads to 2 %, the highest drive to 3 % of itself or 1 % of the reference, of every single person."""
    body, exposure, history = CASES[name]
    doses, clock = daily_mg(), clock_of(history)
    parent, daughter, load, drive = of_hours(body, exposure, history, doses, clock)
    found = people(body, exposure, history, clock)
    levels, loads = found.levels(doses), found.load(doses)
    for ours, theirs in ((levels[0], parent), (levels[1], daughter), (loads, load)):
        assert np.abs(ours - theirs).max() <= 0.02 * theirs.max()
    highest, by_hours = found.drive(doses).max(axis=0) / 100.0, drive.max(axis=0)
    np.testing.assert_allclose(highest, by_hours, rtol=0.03, atol=0.01)


@pytest.mark.verifies("P5")
@pytest.mark.parametrize("name", ["an adult", "an inhibitor long before", "cirrhosis, dialysis and a poor metaboliser"])
def test_whatever_falls_the_area_under_the_drive_is_tau_off_times_adaptation(name: str) -> None:
    """Slower does not mean less withdrawal, only lower: of every person, for every course that only falls."""
    body, exposure, history = CASES[name]
    found = people(body, exposure, history, clock_of(history))
    longest = 4000
    ways = np.zeros((4, longest))
    for row, slot in enumerate((0, 7, 14, 28)):
        ways[row, : 10 * slot] = np.repeat(LEVELS, slot)
    share = receptor.occupancy(found.load(ways))
    full = replace(found, adaptation=share.max(axis=(0, 1)))
    drive = full.drive(ways) * full.reference / 100.0
    # Within a day it falls by one exponential; here it is known at noon.
    half = 0.5 / full.tau_off_d
    area = (drive * np.sinh(half) / half).sum(axis=1)
    np.testing.assert_allclose(area, np.broadcast_to(full.tau_off_d * full.adaptation, area.shape), rtol=1e-6)
    assert np.all(np.diff(drive.max(axis=1), axis=0) < 0)


@pytest.mark.verifies("P5")
def test_the_search_sees_what_single_days_see() -> None:
    """Single precision and sums of steps against the walk of days, and only from the first slot on."""
    body, exposure, history = CASES["an inducer that comes and goes"]
    found = people(body, exposure, history, clock_of(history))
    known = np.append(np.full(5, 20.0), np.zeros(20))  # somebody stopped at once, and took it up again
    slots = np.array([[10.0, 8.0, 6.0, 4.0, 2.0], [10.0, 9.5, 5.0, 2.5, 0.0]])
    begins = [known.size + 10 * slot for slot in range(slots.shape[1] + 1)]
    days = begins[-1] + 42
    steps = found.steps(np.append(known, np.zeros(days - known.size)), begins)
    changes = np.diff(np.pad(slots, ((0, 0), (1, 1))), axis=1)
    doses = np.zeros((slots.shape[0], days))
    doses[:, : known.size] = known
    doses[:, known.size : begins[-1]] = np.repeat(slots, 10, axis=1)
    drive = found.drive(doses)
    for day in (0, begins[0]):
        np.testing.assert_allclose(
            found.highest(steps, changes, from_day=day), drive[:, day:].max(axis=1), rtol=1e-4, atol=1e-3
        )
    assert np.any(drive[:, : begins[0]].max(axis=1) > drive[:, begins[0] :].max(axis=1))


@pytest.mark.verifies("P5")
def test_a_span_is_the_same_however_the_same_time_is_cut_into_spans() -> None:
    """Planned from today, or from an earlier day on with the doses since then known, people stand the same."""
    body, exposure, history = CASES["two changes before"]
    assert history is not None
    now = people(body, exposure, history, clock_of(history))
    earlier = replace(history, phases=(Phase(history.days - 40, history.phases[0].doses),))
    moved = replace(exposure, segments=tuple(replace(one, from_h=one.from_h + 40 * DAY_H) for one in exposure.segments))
    before = falling(
        body=body, exposure=moved, on=ON - timedelta(days=40), history=earlier, seed=SEED, people=PEOPLE,
        clock_h=clock_of(history),
    )  # fmt: skip
    doses = daily_mg()
    np.testing.assert_allclose(
        before.levels(np.append(np.full(40, 20.0), doses))[:, 40:], now.levels(doses), rtol=0.02, atol=1e-3
    )
    later = before.drive(np.append(np.full(40, 20.0), doses))[40:].max(axis=0)
    np.testing.assert_allclose(later, now.drive(doses).max(axis=0), rtol=0.03, atol=1.0)
