"""The tables behind the drawings of effect: hour by hour for two days, and day by day for the course."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from unclench.planning.words import clock
from unclench.report.quantities import scale
from unclench.simulation.effect_course import EffectCourse, EffectCurve
from unclench.values import DAY_H, Jurisdiction

NAMES = {
    "muscle": "Less reflex excess and tone",
    "drowsy": "Drowsy",
    "sedation": "Sedation",
    "impairment": "Impaired as by alcohol",
    "co2-slope": "Drive to breathe",
    "co2-slope-together": "Drive to breathe, taken together",
    "event-together": "Odds of low oxygen, taken together",
    "withdrawal-drive": "Withdrawal drive (unvalidated)",
    "occupancy": "Receptors occupied",
}
LOWERED = frozenset({"co2-slope", "co2-slope-together"})  # here the lowest point of a day is the one that matters
WINDOW_H = 2 * DAY_H
STEP_H = 3
WINDOW_GRID_H = 6
MOST_DAYS = 12


@dataclass(frozen=True, slots=True)
class EffectTable:
    """Typical (5 % to 95 %), one row per time and one column per effect."""

    first: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def ordered(course: EffectCourse) -> tuple[EffectCurve, ...]:
    """Curves in the order in which they are told; one of an unknown effect comes last."""
    order = list(NAMES)
    return tuple(
        sorted(course.curves, key=lambda curve: order.index(curve.effect) if curve.effect in NAMES else len(order))
    )


def named(curve: EffectCurve) -> str:
    return NAMES.get(curve.effect, curve.effect)


def begins_h(course: EffectCourse) -> float:
    """Where the first two days begin: the quarter of a day before the first dose."""
    return math.floor(course.regimen.timed()[0][0] / WINDOW_GRID_H) * float(WINDOW_GRID_H)


def by_hour(
    course: EffectCourse, jurisdiction: Jurisdiction, *, step_h: int = STEP_H, only: tuple[str, ...] = ()
) -> EffectTable:
    """The first two days from the first dose on, of all effects or of some."""
    curves = tuple(curve for curve in ordered(course) if not only or curve.effect in only)
    if not curves:
        return EffectTable("Time", (), ())
    begin = begins_h(course)
    last = float(course.curves[0].t_h[-1])
    times = [begin + hours for hours in range(0, int(WINDOW_H) + 1, step_h) if begin + hours <= last]
    rows = tuple((when(at), *(_at(curve, at, jurisdiction) for curve in curves)) for at in times)
    return EffectTable("Time", _columns(curves, jurisdiction), rows)


def by_day(course: EffectCourse, jurisdiction: Jurisdiction) -> EffectTable:
    """The strongest moment of each day, course and washout; some days are left out of a long course."""
    if not course.curves:
        return EffectTable("Day", (), ())
    days = max(1, int(course.curves[0].t_h[-1] // DAY_H))
    step = max(1, math.ceil(days / MOST_DAYS))
    rows = tuple(
        (str(day), *(_strongest(curve, day, jurisdiction) for curve in ordered(course)))
        for day in range(1, days + 1, step)
    )
    return EffectTable("Day", _columns(ordered(course), jurisdiction), rows)


def when(t_h: float) -> str:
    """day 1, 22:00"""
    hours = round(t_h)
    return f"day {hours // int(DAY_H) + 1}, {clock(hours % int(DAY_H))}"


def _columns(curves: tuple[EffectCurve, ...], jurisdiction: Jurisdiction) -> tuple[str, ...]:
    return tuple(f"{named(curve)}, {scale(curve.unit, jurisdiction).unit}" for curve in curves)


def _at(curve: EffectCurve, t_h: float, jurisdiction: Jurisdiction) -> str:
    """Between two points a curve is a line, as it is drawn."""
    found = (float(np.interp(t_h, curve.t_h, line)) for line in (curve.typical, curve.p05, curve.p95))
    return scale(curve.unit, jurisdiction).cell(*found)


def _strongest(curve: EffectCurve, day: int, jurisdiction: Jurisdiction) -> str:
    inside = np.flatnonzero((curve.t_h >= (day - 1) * DAY_H) & (curve.t_h <= day * DAY_H))
    return cell(curve, strongest(curve, inside), jurisdiction) if len(inside) else ""


def strongest(curve: EffectCurve, inside: np.ndarray) -> int:
    """Among these points the one where the effect is strongest."""
    levels = curve.typical[inside]
    return int(inside[int(np.argmin(levels) if curve.effect in LOWERED else np.argmax(levels))])


def cell(curve: EffectCurve, at: int, jurisdiction: Jurisdiction) -> str:
    return scale(curve.unit, jurisdiction).cell(float(curve.typical[at]), float(curve.p05[at]), float(curve.p95[at]))
