"""Small drawings of effect, side by side: the first two days hour by hour, and the whole course day by day.

One column is one effect, on one scale in both rows. What a curve is held against (placebo, the stated mark of alcohol,
the same without the other medicine) is a broken line with its name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from unclench.planning.words import clock
from unclench.report import wording as words
from unclench.report.drawing import Box, Frame, day_step, kept_points, nice_above, nice_step
from unclench.report.effect_tables import LOWERED, WINDOW_H, begins_h, cell, named, strongest, when
from unclench.report.quantities import Scale, scale
from unclench.report.subjects import Drawing
from unclench.simulation.effect_course import Array, EffectCourse, EffectCurve
from unclench.values import DAY_H, Jurisdiction

BOX = Box(width=240, height=118, left=30, right=6, top=16, bottom=20)
TOGETHER = {"co2-slope": "co2-slope-together"}  # drawn instead where there is one, with the other as a broken line
WHOLE = frozenset({"co2-slope", "co2-slope-together"})  # from nothing to normal, 100 %
NORMAL = 100.0
HEADINGS = {"hours": "first two days", "days": "whole course"}
TOLD = {"hours": "in the first two days", "days": "over the whole course"}
BUCKETS = 60
MOST_DOSE_MARKS = 30
TICKS = 3
CLOCK_STEP_H = 12


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing, and what it says."""

    effect: str
    span: str  # hours | days
    heading: str
    svg: str
    summary: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """A curve that is drawn, what it is held against, and its scale."""

    curve: EffectCurve
    scale: Scale
    top: float
    level: tuple[float, str] | None
    alone: EffectCurve | None


def panels(
    course: EffectCourse,
    wanted: tuple[Drawing, ...],
    references: dict[str, tuple[float, str]],
    jurisdiction: Jurisdiction,
) -> tuple[Panel, ...]:
    """The drawings that are wanted: of each the first of its effects that the course holds, over "hours" or "days"."""
    begin, made = begins_h(course), []
    for effects, span in wanted:
        found = (_shown(course, effect, references, jurisdiction) for effect in effects)
        shown = next((one for one in found if one is not None), None)
        if shown is not None:
            last = float(shown.curve.t_h[-1])
            window = (begin, min(begin + WINDOW_H, last)) if span == "hours" else (0.0, last)
            made.append(_panel(course, shown, span, window, jurisdiction))
    return tuple(made)


def _shown(
    course: EffectCourse, effect: str, references: dict[str, tuple[float, str]], jurisdiction: Jurisdiction
) -> _Shown | None:
    curves = {curve.effect: curve for curve in course.curves}
    alone = curves.get(effect)
    curve = curves.get(TOGETHER.get(effect, ""), alone)
    if curve is None:
        return None
    unit = scale(curve.unit, jurisdiction)
    level = None
    if effect in references:
        value, name = references[effect]
        level = (value * unit.factor, name)
    highest = max(float(np.max(curve.p95)) * unit.factor, level[0] * 1.2 if level else 0.0)
    top = NORMAL if curve.effect in WHOLE else nice_above(highest)
    return _Shown(curve, unit, top, level, alone if alone is not curve else None)


def _panel(
    course: EffectCourse, shown: _Shown, span: str, window: tuple[float, float], jurisdiction: Jurisdiction
) -> Panel:
    curve, factor = shown.curve, shown.scale.factor
    frame = Frame(BOX, max(window[1] - window[0], 1.0), shown.top, window[0])
    inside = np.flatnonzero((curve.t_h >= window[0]) & (curve.t_h <= window[1]))
    t_h = _times(curve, inside, window)
    key = f"e-{span}-{escape(curve.effect)}"
    summary = _summary(shown, inside, TOLD[span], jurisdiction)

    def at(line: Array) -> Array:
        return np.interp(t_h, curve.t_h, line) * factor

    parts = [
        f'<svg class="plot effect" viewBox="0 0 {BOX.width} {BOX.height}" role="img" '
        f'aria-labelledby="{key}-t {key}-d">',
        f'<title id="{key}-t">{escape(named(curve))} {TOLD[span]}</title>',
        f'<desc id="{key}-d">{escape(summary)}</desc>',
        *_levels(frame, shown),
        *(_clock_axis(frame) if span == "hours" else _day_axis(frame)),
        f'<path class="band90" d="{frame.band(t_h, at(curve.p05), at(curve.p95))}"/>',
        f'<path class="band50" d="{frame.band(t_h, at(curve.p25), at(curve.p75))}"/>',
        *_held_against(frame, shown, t_h),
        f'<path class="typical" d="{frame.line(t_h, at(curve.typical))}"/>',
        *_doses(course, frame),
        "</svg>",
    ]
    return Panel(curve.effect, span, f"{named(curve)}, {HEADINGS[span]}", "".join(parts), summary)


def _times(curve: EffectCurve, inside: NDArray[np.int64], window: tuple[float, float]) -> Array:
    """Where the lines have points: those that keep the shape of the curve, and both ends of the window."""
    kept = inside[kept_points(curve.t_h[inside], curve.typical[inside], BUCKETS)] if len(inside) else inside
    return np.unique(np.concatenate(([window[0]], curve.t_h[kept], [window[1]])))


def _levels(frame: Frame, shown: _Shown) -> list[str]:
    out = []
    step = nice_step(frame.top, TICKS)
    for index in range(int(frame.top / step + 1e-9) + 1):
        y = frame.y(index * step)
        out.append(f'<path class="grid" d="M{BOX.left} {y:.1f}H{BOX.end}"/>')
        text = words.number(index * step, 3)
        out.append(f'<text class="tick" x="{BOX.left - 4}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    out.append(f'<text class="tick" x="{BOX.left - 4}" y="9">{escape(shown.scale.unit)}</text>')
    return out


def _clock_axis(frame: Frame) -> list[str]:
    out = []
    first = math.ceil(frame.start_h / CLOCK_STEP_H) * CLOCK_STEP_H
    for at in range(first, int(frame.start_h + frame.hours) + 1, CLOCK_STEP_H):
        out.append(_tick(frame, at, clock(at % DAY_H)))
    return out


def _day_axis(frame: Frame) -> list[str]:
    days = frame.hours / DAY_H
    marks = range(0, math.floor(days) + 1, day_step(days * 2))
    return [_tick(frame, day * DAY_H, str(day + 1) if day else "day 1") for day in marks]


def _tick(frame: Frame, at: float, text: str) -> str:
    x = frame.x(at)
    # A label at an end would leave the drawing if it stood under its mark.
    anchor = "end" if x > BOX.end - 12 else "start" if x < BOX.left + 12 else "middle"
    return (
        f'<path class="grid" d="M{x:.1f} {BOX.floor}v4"/>'
        f'<text class="tick" x="{x:.1f}" y="{BOX.height - 5}" text-anchor="{anchor}">{text}</text>'
    )


def _held_against(frame: Frame, shown: _Shown, t_h: Array) -> list[str]:
    """A broken line, and its name in the margin above, where nothing lies over it."""
    if shown.level is not None:
        level, name = shown.level
        path, name = f"M{BOX.left} {frame.y(level):.1f}H{BOX.end}", f"{name} {words.number(level)}"
    elif shown.alone is not None:
        alone = np.interp(t_h, shown.alone.t_h, shown.alone.typical) * shown.scale.factor
        path = frame.line(t_h, alone)
        name = "diazepam alone"
    else:
        return []
    return [
        f'<path class="ref" d="{path}"/>',
        f'<text class="tick" x="{BOX.end}" y="9" text-anchor="end">- - {escape(name)}</text>',
    ]


def _doses(course: EffectCourse, frame: Frame) -> list[str]:
    doses = [at for at, _ in course.regimen.timed() if frame.start_h <= at <= frame.start_h + frame.hours]
    if not 0 < len(doses) <= MOST_DOSE_MARKS:
        return []
    return [f'<path class="dose" d="{"".join(f"M{frame.x(at):.1f} {BOX.floor}v-6" for at in doses)}"/>']


def told(
    curve: EffectCurve, jurisdiction: Jurisdiction, inside: NDArray[np.int64] | None = None, over: str = TOLD["days"]
) -> str:
    """Where the effect is strongest among these points (all of them unless said), and where it stands in the end."""
    points = np.arange(len(curve.t_h)) if inside is None else inside
    at, last = strongest(curve, points), int(points[-1])
    most, unit = "lowest" if curve.effect in LOWERED else "highest", scale(curve.unit, jurisdiction).unit
    return (
        f"{named(curve)} {over}: {most} on {when(float(curve.t_h[at]))}, at {cell(curve, at, jurisdiction)} "
        f"{unit}; at the end, on {when(float(curve.t_h[last]))}, {cell(curve, last, jurisdiction)} {unit}."
    )


def _summary(shown: _Shown, inside: NDArray[np.int64], over: str, jurisdiction: Jurisdiction) -> str:
    """The same for a drawing, with what it is held against."""
    curve = shown.curve
    at = strongest(curve, inside)
    says = told(curve, jurisdiction, inside, over)
    if shown.level is not None:
        says += f" {words.capital(shown.level[1])}: {words.number(shown.level[0])}."
    if shown.alone is not None:
        says += f" Broken line: diazepam alone, {cell(shown.alone, at, jurisdiction)} at that time."
    return says
