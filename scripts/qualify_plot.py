"""Predicted against observed, as SVG: one plot a group, with bands at 1.25, 1.5 and 2-fold."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from scripts.qualify_rows import Compared, number

SIDE, LEFT, BELOW = 420.0, 62.0, 48.0
BANDS = ((2.0, "band2"), (1.5, "band15"), (1.25, "band125"))
MARKS = {"counted": "judging", "seen": "seen", "building": "building", "not counted": "apart"}


def plot(group: str, rows: Sequence[Compared]) -> str:
    """The plot of a group; empty where nothing has a fold."""
    shown = [row for row in rows if row.fold is not None and row.status in MARKS]
    if not shown:
        return ""
    values = [value for row in shown for value in (row.observed, row.predicted) if value]
    low, high = math.floor(math.log10(min(values)) - 0.15), math.ceil(math.log10(max(values)) + 0.15)

    def at(value: float) -> float:
        inside = min(max(math.log10(value), low), high)
        return (inside - low) / (high - low) * SIDE

    parts = [_band(fold, name, low, high) for fold, name in BANDS]
    parts.append(_line("identity", 0, SIDE, SIDE, 0))
    parts += _axes(low, high)
    parts += [_mark(row, at) for row in sorted(shown, key=lambda row: row.status != "building")]
    title = escape(f"{group}: predicted against observed")
    text = escape(
        f"{len(shown)} values, both axes logarithmic, in the unit of each quantity; the table below holds them."
    )
    width, height = SIDE + LEFT + 34, SIDE + BELOW + 12
    return (
        f'<svg viewBox="{-LEFT:g} -12 {width:g} {height:g}" role="img" aria-label="{title}"><title>{title}</title>'
        f"<desc>{text}</desc>{''.join(parts)}</svg>"
    )


def _band(fold: float, name: str, low: float, high: float) -> str:
    """A strip around the diagonal, cut at the frame."""
    off = math.log10(fold) / (high - low) * SIDE
    corners = ((0, SIDE), (0, SIDE - off), (SIDE - off, 0), (SIDE, 0), (SIDE, off), (off, SIDE))
    return f'<polygon class="{name}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}"/>'


def _line(name: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _axes(low: int, high: int) -> list[str]:
    parts = [f'<rect class="frame" x="0" y="0" width="{SIDE:g}" height="{SIDE:g}"/>']
    for power in range(low, high + 1):
        place = (power - low) / (high - low) * SIDE
        label = f"{10.0**power:g}"
        parts.append(_line("tick", place, SIDE, place, SIDE + 5))
        parts.append(f'<text x="{place:.1f}" y="{SIDE + 18:g}" text-anchor="middle">{label}</text>')
        parts.append(_line("tick", -5, SIDE - place, 0, SIDE - place))
        parts.append(f'<text x="-8" y="{SIDE - place + 4:.1f}" text-anchor="end">{label}</text>')
    parts.append(f'<text x="{SIDE / 2:g}" y="{SIDE + 38:g}" text-anchor="middle">observed</text>')
    parts.append(f'<text transform="translate(-48 {SIDE / 2:g}) rotate(-90)" text-anchor="middle">predicted</text>')
    return parts


def _mark(row: Compared, at: Callable[[float], float]) -> str:
    assert row.observed is not None
    assert row.predicted is not None
    x, y = at(row.observed), SIDE - at(row.predicted)
    said = (
        f"{row.id}, {row.quantity}: observed {number(row.observed)}, predicted {number(row.predicted)} ({row.status})"
    )
    bar = ""
    if row.p5 is not None and row.p95 is not None and row.p5 > 0:
        bar = _line("interval", x, SIDE - at(row.p5), x, SIDE - at(row.p95))
    kind = MARKS[row.status]
    if kind == "building":
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    elif kind == "seen":
        shape = f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z"/>'
    elif kind == "apart":
        shape = f'<path d="M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8"/>'
    else:
        shape = f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>'
    return f'<g class="{kind}"><title>{escape(said)}</title>{bar}{shape}</g>'


ROW, LABEL, WIDE = 17.0, 300.0, 420.0
FOLDS = (0.25, 0.5, 0.667, 0.8, 1.0, 1.25, 1.5, 2.0, 4.0)


def forest(group: str, rows: Sequence[Compared]) -> str:
    """How far off each judging value is: one line a value, with the interval, on an axis of folds."""
    shown = [row for row in rows if row.fold is not None and row.status in MARKS and row.use == "judging"]
    if not shown:
        return ""

    def across(fold: float) -> float:
        return LABEL + (math.log(min(max(fold, 0.25), 4.0)) / math.log(4.0) + 1.0) / 2.0 * WIDE

    height = ROW * len(shown)
    parts = [
        f'<rect class="{name}" x="{across(1 / fold):.1f}" y="0" width="{across(fold) - across(1 / fold):.1f}" '
        f'height="{height:g}"/>'
        for fold, name in BANDS
    ]
    parts.append(_line("identity", across(1.0), 0, across(1.0), height))
    for fold in FOLDS:
        parts.append(_line("tick", across(fold), height, across(fold), height + 4))
        parts.append(f'<text x="{across(fold):.1f}" y="{height + 17:g}" text-anchor="middle">{fold:g}</text>')
    for place, row in enumerate(sorted(shown, key=lambda row: (row.status, row.id, row.quantity))):
        parts.append(_forest_row(row, ROW * (place + 0.5), across))
    title = escape(f"{group}: predicted over observed, value by value")
    text = escape("Each line is a judging value with its 5 to 95 % interval; values beyond 4-fold stand at the edge.")
    return (
        f'<svg viewBox="0 -4 {LABEL + WIDE + 14:g} {height + 30:g}" role="img" aria-label="{title}">'
        f"<title>{title}</title><desc>{text}</desc>{''.join(parts)}</svg>"
    )


def _forest_row(row: Compared, y: float, across: Callable[[float], float]) -> str:
    assert row.fold is not None
    name = f"{row.id} {row.quantity}"
    label = f'<text x="{LABEL - 8:g}" y="{y + 4:.1f}" text-anchor="end">{escape(name[:48])}</text>'
    bar = ""
    if row.p5 is not None and row.p95 is not None and row.observed:
        bar = _line("interval", across(row.p5 / row.observed), y, across(row.p95 / row.observed), y)
    x, kind = across(row.fold), MARKS[row.status]
    shape = f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>'
    if kind == "seen":
        shape = f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z"/>'
    elif kind == "apart":
        shape = f'<path d="M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8"/>'
    return f'{label}<g class="{kind}"><title>{escape(f"{name}: {number(row.fold)}-fold")}</title>{bar}{shape}</g>'
