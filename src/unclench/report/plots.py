"""Curves as SVG, with the words and the table that say the same without eyes.

The drawing carries class names only; the page's style sheet gives them colours, light, dark and in print. The typical
line, the middle 50 % and the middle 90 % differ in line and shade, so that colour is never needed to tell them apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np

from unclench.report import wording as words
from unclench.report.drawing import Box, Frame, day_step, kept_points, nice_above, nice_step
from unclench.simulation.course import Course, Curve
from unclench.values import DAY_H

BOX = Box(width=460, height=250, left=46, right=10, top=14, bottom=44)
MOST_DOSE_MARKS = 90
MOST_TABLE_DAYS = 12


@dataclass(frozen=True, slots=True)
class Plot:
    """One panel: its drawing, and what it says."""

    analyte: str
    svg: str
    summary: str


@dataclass(frozen=True, slots=True)
class LevelRow:
    """Levels at the end of one day: typical, and the middle 90 %."""

    day: str
    cells: tuple[str, ...]


def find(course: Course, analyte: str, kind: str = "total") -> Curve | None:
    return next((curve for curve in course.curves if (curve.analyte, curve.kind) == (analyte, kind)), None)


def plots(course: Course) -> tuple[Plot, ...]:
    """Diazepam and nordazepam, total, on one scale."""
    shown = [curve for curve in (find(course, "diazepam"), find(course, "nordazepam")) if curve is not None]
    if not shown:
        return ()
    top = nice_above(max(float(np.max(curve.p95)) for curve in shown))
    return tuple(_plot(course, curve, top) for curve in shown)


def _plot(course: Course, curve: Curve, top: float) -> Plot:
    frame = Frame(BOX, float(curve.t_h[-1]), top)
    kept = kept_points(curve.t_h, curve.typical)
    t_h = curve.t_h[kept]
    name = curve.analyte
    summary = summary_of(course, name)
    parts = [
        f'<svg class="plot {escape(name)}" viewBox="0 0 {BOX.width} {BOX.height}" role="img" '
        f'aria-labelledby="{escape(name)}-t {escape(name)}-d">',
        f'<title id="{escape(name)}-t">{escape(name.capitalize())} in plasma over the course</title>',
        f'<desc id="{escape(name)}-d">{escape(summary)}</desc>',
        *_axes(frame, curve.unit),
        f'<path class="band90" d="{frame.band(t_h, curve.p05[kept], curve.p95[kept])}"/>',
        f'<path class="band50" d="{frame.band(t_h, curve.p25[kept], curve.p75[kept])}"/>',
        f'<path class="typical" d="{frame.line(t_h, curve.typical[kept])}"/>',
        *_marks(course, frame),
        "</svg>",
    ]
    return Plot(name, "".join(parts), summary)


def _axes(frame: Frame, unit: str) -> list[str]:
    out = []
    step = nice_step(frame.top)
    for index in range(int(frame.top / step + 1e-9) + 1):
        y = frame.y(index * step)
        out.append(f'<path class="grid" d="M{BOX.left} {y:.1f}H{BOX.end}"/>')
        out.append(
            f'<text class="tick" x="{BOX.left - 6}" y="{y + 4:.1f}" text-anchor="end">'
            f"{words.number(index * step, 3)}</text>"
        )
    days = frame.hours / DAY_H
    for day in range(0, math.floor(days) + 1, day_step(days)):
        x = frame.x(day * DAY_H)
        out.append(f'<path class="grid" d="M{x:.1f} {BOX.floor}v4"/>')
        out.append(f'<text class="tick" x="{x:.1f}" y="{BOX.floor + 19}" text-anchor="middle">{day + 1}</text>')
    out.append(f'<text class="tick" x="{BOX.left + 6}" y="{BOX.top + 4}">{escape(unit)}</text>')
    out.append(f'<text class="tick" x="{BOX.end}" y="{BOX.height - 6}" text-anchor="end">day of the course</text>')
    return out


def _marks(course: Course, frame: Frame) -> list[str]:
    """A tick per dose under the axis, and a line where dosing ends."""
    doses = [at for at, _ in course.regimen.timed() if at <= frame.hours]
    out = []
    if len(doses) <= MOST_DOSE_MARKS:
        ticks = "".join(f"M{frame.x(at):.1f} {BOX.floor}v-7" for at in doses)
        out.append(f'<path class="dose" d="{ticks}"/>')
    end = frame.x(min(course.regimen.days * DAY_H, frame.hours))
    out.append(f'<path class="end" d="M{end:.1f} {BOX.top}V{BOX.floor}"/>')
    beyond = end > BOX.width * 0.7
    side, anchor = (end - 5, "end") if beyond else (end + 5, "start")
    out.append(f'<text class="tick" x="{side:.1f}" y="{BOX.top + 18}" text-anchor="{anchor}">last day of doses</text>')
    return out


def summary_of(course: Course, analyte: str) -> str:
    """What the drawing of one analyte says, without eyes."""
    peak = course.peak_ng_ml if analyte == "diazepam" else course.nordazepam_peak_ng_ml
    half = course.half_life_h if analyte == "diazepam" else course.nordazepam_half_life_h
    return (
        f"{analyte.capitalize()} rises to about {words.number(peak.typical)} {peak.unit} "
        f"(9 in 10 people like this: {words.interval(peak)}); "
        f"its half-life is about {words.number(half.typical)} {half.unit} ("
        f"{words.interval(half)}). Doses end on day {course.regimen.days}."
    )


def level_columns(course: Course) -> tuple[str, ...]:
    return tuple(f"{curve.analyte} {curve.kind}, {curve.unit}" for curve in course.curves)


def level_rows(course: Course) -> tuple[LevelRow, ...]:
    """Levels at the end of days through course and washout: the table behind the drawing."""
    if not course.curves:
        return ()
    days = int(course.curves[0].t_h[-1] // DAY_H)
    step = max(1, math.ceil(days / MOST_TABLE_DAYS))
    wanted = range(step, days + 1, step)
    return tuple(LevelRow(str(day), tuple(_cell(curve, day * DAY_H) for curve in course.curves)) for day in wanted)


def _cell(curve: Curve, t_h: float) -> str:
    at = min(int(np.searchsorted(curve.t_h, t_h)), len(curve.t_h) - 1)
    low, high = float(curve.p05[at]), float(curve.p95[at])
    return f"{words.number(float(curve.typical[at]))} ({words.number(low)} to {words.number(high)})"
