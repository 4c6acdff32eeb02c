"""Curves of a taper as SVG, over weeks from the first cut, with the words and the table that say the same.

Dose is a stair; the others are a line with bands of 50 and 90 of 100 predictions, as on every page. Marks under the
axis are cuts; the broken line is where doses end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

import numpy as np

from unclench.planning.taper_plan import Schedule, Switch, Taper, TaperCurve
from unclench.report import wording as words
from unclench.report.drawing import Box, Frame, day_step, kept_points, nice_above, nice_step
from unclench.values import DAY_H

LARGE = Box(width=460, height=230, left=44, right=12, top=22, bottom=42)
SMALL = Box(width=300, height=180, left=40, right=10, top=22, bottom=38)
CROSSING = {
    "load-other": "Load of the drug that goes",
    "load-diazepam": "Load of the diazepam that comes",
    "load-together": "Both together",
}
NAMES = {
    "dose": "Dose",
    "withdrawal-drive": "Withdrawal drive",
    "diazepam": "Diazepam in plasma",
    "nordazepam": "Nordazepam in plasma",
    "effect": "Effect: receptors held",
}
MARKS = {"withdrawal-drive": "unvalidated", "effect": "project estimate"}
UNITS = {"mg/d": "mg a day", "% of reference": "% of reference"}
LEADING = ("dose", "withdrawal-drive")  # these are drawn large
BUCKETS = 90
NOTHING = 1000  # what is under so small a part of the highest value is written as 0
DAYS_SHOWN_BELOW = 21  # a shorter taper is drawn in days
MOST_ROWS = 16


@dataclass(frozen=True, slots=True)
class TaperPlot:
    name: str
    heading: str
    mark: str
    svg: str
    summary: str
    large: bool


@dataclass(frozen=True, slots=True)
class CurveTable:
    """Typical (5 % to 95 %), a row for some days and a column for each curve."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def taper_plots(taper: Taper) -> tuple[TaperPlot, ...]:
    """Those that are named here, in this order; both levels in plasma on one scale."""
    schedule = taper.schedule
    if schedule is None:
        return ()
    curves = {curve.name: curve for curve in taper.curves}
    plasma = [float(np.max(curves[name].p95)) for name in ("diazepam", "nordazepam") if name in curves]
    made = []
    for name in NAMES:
        if name in curves:
            top = max(plasma) if name in ("diazepam", "nordazepam") else float(np.max(curves[name].p95))
            most = float(schedule.from_mg) if name == "dose" else top
            made.append(_plot(curves[name], schedule, nice_above(most), taper))
    return tuple(made)


def _plot(curve: TaperCurve, schedule: Schedule, top: float, taper: Taper) -> TaperPlot:
    box = LARGE if curve.name in LEADING else SMALL
    frame = Frame(box, max(float(curve.t_d[-1]), 1.0) * DAY_H, top)
    summary = _summary(curve, schedule, taper)
    key = f"taper-{escape(curve.name)}"
    parts = [
        f'<svg class="plot c-{escape(curve.name)}" viewBox="0 0 {box.width} {box.height}" role="img" '
        f'aria-labelledby="{key}-t {key}-d">',
        f'<title id="{key}-t">{escape(NAMES[curve.name])} over the taper</title>',
        f'<desc id="{key}-d">{escape(summary)}</desc>',
        *axes(frame, UNITS.get(curve.unit, curve.unit)),
        *(_stair(schedule, frame) if curve.name == "dose" else _line(curve, frame)),
        *_marks(schedule, frame),
        "</svg>",
    ]
    return TaperPlot(
        curve.name, NAMES[curve.name], MARKS.get(curve.name, ""), "".join(parts), summary, curve.name in LEADING
    )


def crossing_plots(switch: Switch) -> tuple[TaperPlot, ...]:
    """The loads of both medicines while one replaces the other, on one scale."""
    if not switch.curves:
        return ()
    top = nice_above(max(float(np.max(curve.p95)) for curve in switch.curves))
    return tuple(_crossing(index, curve, top) for index, curve in enumerate(switch.curves))


def _crossing(index: int, curve: TaperCurve, top: float) -> TaperPlot:
    """Names may come from a record: the ids of a drawing never do."""
    frame, key, last = Frame(SMALL, float(curve.t_d[-1]) * DAY_H, top), f"crossing-{index}", len(curve.t_d) - 1
    name = CROSSING.get(curve.name, words.clean(curve.name))
    summary = f"{name}, {words.clean(curve.unit)}: {cell(curve, 0)} at first, {cell(curve, last)} at the end."
    parts = [
        f'<svg class="plot c-crossing" viewBox="0 0 {SMALL.width} {SMALL.height}" role="img" '
        f'aria-labelledby="{key}-t {key}-d">',
        f'<title id="{key}-t">{escape(name)} during the switch</title>',
        f'<desc id="{key}-d">{escape(summary)}</desc>',
        *axes(frame, words.clean(curve.unit), below="days of the switch"),
        *_line(curve, frame),
        "</svg>",
    ]
    return TaperPlot(key, name, "", "".join(parts), summary, large=False)


def axes(frame: Frame, unit: str, *, below: str = "") -> list[str]:
    """Levels at the left, weeks or days under the floor."""
    box, out = frame.box, []
    step = nice_step(frame.top)
    for index in range(int(frame.top / step + 1e-9) + 1):
        y = frame.y(index * step)
        out.append(f'<path class="grid" d="M{box.left} {y:.1f}H{box.end}"/>')
        text = words.number(index * step, 3)
        out.append(f'<text class="tick" x="{box.left - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    out.append(f'<text class="tick" x="{box.left - 6}" y="{box.top - 10}">{escape(unit)}</text>')
    return [*out, *_times(frame, below)]


def _times(frame: Frame, below: str) -> list[str]:
    box, days = frame.box, frame.hours / DAY_H
    in_days = days <= DAYS_SHOWN_BELOW
    step = day_step(days) if in_days else week_step(days / 7)
    unit = 1 if in_days else 7
    out = []
    for mark in range(0, math.floor(days / unit) + 1, step):
        x = frame.x(mark * unit * DAY_H)
        out.append(f'<path class="grid" d="M{x:.1f} {box.floor}v4"/>')
        out.append(f'<text class="tick" x="{x:.1f}" y="{box.floor + 18}" text-anchor="middle">{mark}</text>')
    text = below or f"{'days' if in_days else 'weeks'} from the first cut"
    out.append(f'<text class="tick" x="{box.end}" y="{box.height - 4}" text-anchor="end">{text}</text>')
    return out


def week_step(weeks: float) -> int:
    return next((step for step in (1, 2, 4, 8, 13, 26, 52) if weeks / step <= 8), 104)


def _stair(schedule: Schedule, frame: Frame) -> list[str]:
    """The dose before the first cut, then every step down to nothing."""
    path, day = f"M{frame.x(0):.1f} {frame.y(float(schedule.from_mg)):.1f}", 0
    for step in schedule.steps:
        day += step.days
        path += f"V{frame.y(float(step.mg)):.1f}H{frame.x(day * DAY_H):.1f}"
    path += f"V{frame.y(0.0):.1f}"
    return [f'<path class="under" d="{path}H{frame.x(0):.1f}Z"/>', f'<path class="typical" d="{path}"/>']


def _line(curve: TaperCurve, frame: Frame) -> list[str]:
    kept = kept_points(curve.t_d, curve.typical, BUCKETS)
    kept = kept[curve.t_d[kept] >= 0.0]  # days of a diary before the first cut are not on the axis
    t_h = curve.t_d[kept] * DAY_H
    return [
        f'<path class="band90" d="{frame.band(t_h, curve.p05[kept], curve.p95[kept])}"/>',
        f'<path class="band50" d="{frame.band(t_h, curve.p25[kept], curve.p75[kept])}"/>',
        f'<path class="typical" d="{frame.line(t_h, curve.typical[kept])}"/>',
    ]


def _marks(schedule: Schedule, frame: Frame) -> list[str]:
    """A mark for each cut, and a broken line where doses end."""
    cuts = [frame.x((cut.on - schedule.start_on).days * DAY_H) for cut in schedule.cuts()]
    end = frame.x(schedule.days * DAY_H)
    ticks = "".join(f"M{x:.1f} {frame.box.floor}v-6" for x in cuts)
    return [
        f'<path class="dose" d="{ticks}"/>',
        f'<path class="end" d="M{end:.1f} {frame.box.top}V{frame.box.floor}"/>',
    ]


def _summary(curve: TaperCurve, schedule: Schedule, taper: Taper) -> str:
    name, unit = NAMES[curve.name], UNITS.get(curve.unit, curve.unit)
    if curve.name == "dose":
        return (
            f"{name}: from {words.amount(schedule.from_mg)} mg a day in "
            f"{words.counted(len(taper.cuts), 'cut')} to nothing on {words.dated(schedule.ends_on)}."
        )
    last = len(curve.t_d) - 1
    if curve.name == "withdrawal-drive":
        at = int(np.argmax(curve.typical))
        after = " after the last dose" if curve.t_d[at] >= schedule.days else ""
        return (
            f"{name}, unvalidated: of the typical person highest {_when(curve.t_d[at])}{after}, at "
            f"{cell(curve, at)} {unit}; at the end of the drawing {cell(curve, last)}."
        )
    half = int(np.searchsorted(curve.t_d, schedule.days / 2))
    said = f"{cell(curve, 0)} at the first cut, {cell(curve, half)} half-way, {cell(curve, last)} at the end"
    return f"{name}, {unit}: {said} of the drawing."


def _when(t_d: float) -> str:
    return f"in week {int(t_d // 7) + 1}" if t_d >= DAYS_SHOWN_BELOW else f"on day {int(t_d) + 1}"


def cell(curve: TaperCurve, at: int) -> str:
    """9.1 (3.8 to 24)"""
    least = float(np.max(curve.p95)) / NOTHING
    values = (float(line[at]) for line in (curve.typical, curve.p05, curve.p95))
    typical, low, high = (words.number(value if abs(value) >= least else 0.0) for value in values)
    return f"{typical} ({low} to {high})"


def curve_table(taper: Taper) -> CurveTable:
    """Some days of the taper and after it, evenly spread, and the date of each."""
    shown = [curve for name in NAMES for curve in taper.curves if curve.name == name]
    if not shown or taper.schedule is None:
        return CurveTable((), ())
    columns = [f"{NAMES[curve.name]}, {UNITS.get(curve.unit, curve.unit)}" for curve in shown]
    days = _rows(int(shown[0].t_d[-1]))
    rows = ((_dated(taper.schedule.start_on, day), str(day), *(_at(curve, day) for curve in shown)) for day in days)
    return CurveTable(tuple(columns), tuple(rows))


def _rows(days: int) -> Sequence[int]:
    """Weeks where it is long enough."""
    step = max(1, math.ceil(days / MOST_ROWS))
    return range(0, days + 1, math.ceil(step / 7) * 7 if days > DAYS_SHOWN_BELOW else step)


def _dated(start: date, day: int) -> str:
    return words.dated(start + timedelta(days=day))


def _at(curve: TaperCurve, day: int) -> str:
    at = min(int(np.searchsorted(curve.t_d, day)), len(curve.t_d) - 1)
    return words.number(float(curve.typical[at]), 3) if curve.name == "dose" else cell(curve, at)
