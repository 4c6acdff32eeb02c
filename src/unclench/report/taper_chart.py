"""Cost and benefit of going slower in one drawing: weeks along, the peak of the withdrawal drive up.

The scale is logarithmic: from the fastest to the slowest way the peak falls many times over, and equal distances are
equal ratios. Each way is a numbered mark; the numbers are those of the table beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from unclench.planning.taper_plan import Compared
from unclench.report import wording as words
from unclench.report.drawing import Box
from unclench.report.taper_compared import against
from unclench.report.taper_plots import week_step

BOX = Box(width=460, height=270, left=46, right=16, top=38, bottom=44)
LOWEST = 1.0  # % of the reference: what is lower is drawn here
APART = 15.0  # marks closer than this would lie on each other
LADDER = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class Chart:
    svg: str
    summary: str


@dataclass(frozen=True, slots=True)
class _Scale:
    weeks: float
    low: float
    high: float

    def x(self, weeks: float) -> float:
        return BOX.left + (BOX.end - BOX.left) * weeks / self.weeks

    def y(self, drive: float) -> float:
        share = math.log(min(max(drive, self.low), self.high) / self.low) / math.log(self.high / self.low)
        return BOX.floor - (BOX.floor - BOX.top) * share


def chart(compared: tuple[Compared, ...]) -> Chart | None:
    """None where there is nothing to compare with."""
    ways = sorted(compared, key=lambda one: (one.weeks, one.id))
    if len(ways) < 2:
        return None
    least, most = min(one.drive.low for one in ways), max(one.drive.high for one in ways)
    low = max((step for step in LADDER if step <= max(least, LOWEST)), default=LOWEST)
    high = min((step for step in LADDER if step >= most and step > low), default=LADDER[-1])
    scale = _Scale(max(one.weeks for one in ways) * 1.06, low, high)
    summary = _summary(ways)
    parts = [
        f'<svg class="plot c-withdrawal-drive ways" viewBox="0 0 {BOX.width} {BOX.height}" role="img" '
        'aria-labelledby="ways-t ways-d">',
        '<title id="ways-t">Ways to stop: weeks against the peak of the withdrawal drive</title>',
        f'<desc id="ways-d">{escape(summary)}</desc>',
        *_axes(scale),
        *(
            _way(number, one, x, scale)
            for number, (one, x) in enumerate(zip(ways, _places(ways, scale), strict=True), 1)
        ),
        "</svg>",
    ]
    return Chart("".join(parts), summary)


def _axes(scale: _Scale) -> list[str]:
    out = []
    for step in LADDER:
        if scale.low <= step <= scale.high:
            y = scale.y(step)
            out.append(f'<path class="grid" d="M{BOX.left} {y:.1f}H{BOX.end}"/>')
            out.append(f'<text class="tick" x="{BOX.left - 6}" y="{y + 4:.1f}" text-anchor="end">{step}</text>')
    for week in range(0, math.floor(scale.weeks) + 1, week_step(scale.weeks)):
        x = scale.x(week)
        out.append(f'<path class="grid" d="M{x:.1f} {BOX.floor}v4"/>')
        out.append(f'<text class="tick" x="{x:.1f}" y="{BOX.floor + 18}" text-anchor="middle">{week}</text>')
    out.append(f'<text class="tick" x="4" y="{BOX.top - 24}">peak, % of reference</text>')
    out.append(f'<text class="tick" x="{BOX.end}" y="{BOX.height - 5}" text-anchor="end">weeks</text>')
    return out


def _places(ways: list[Compared], scale: _Scale) -> list[float]:
    """Where each mark stands: at its weeks, moved aside just enough not to cover another."""
    places: list[float] = []
    for one in ways:
        x = scale.x(one.weeks)
        places.append(max(x, places[-1] + APART) if places else x)
    for index in range(len(places) - 1, -1, -1):  # what was pushed beyond the end comes back
        beyond = BOX.end - 6 - APART * (len(places) - 1 - index)
        places[index] = min(places[index], beyond)
    return places


def _way(number: int, one: Compared, x: float, scale: _Scale) -> str:
    top, middle, bottom = (scale.y(value) for value in (one.drive.high, one.drive.typical, one.drive.low))
    worst = scale.y(one.drive.worst_fifth)
    kind = "chosen" if one.chosen else "barred" if against(one) else "able"
    if one.chosen:
        mark = f'<path class="dot" d="M{x:.1f} {middle - 8:.1f}l8 8l-8 8l-8 -8Z"/>'
    else:
        mark = f'<circle class="dot" cx="{x:.1f}" cy="{middle:.1f}" r="5"/>'
    return (
        f'<g class="way {kind}"><path class="whisker" d="M{x:.1f} {top:.1f}V{bottom:.1f}M{x - 4:.1f} {worst:.1f}h8"/>'
        f'{mark}<text class="tick" x="{x:.1f}" y="{top - 5:.1f}" text-anchor="middle">{number}</text></g>'
    )


def _summary(ways: list[Compared]) -> str:
    said = (
        f"{number}, {words.number(one.weeks, 3)} weeks{', chosen' if one.chosen else ''}: "
        f"{words.number(one.drive.typical)} ({words.number(one.drive.low)} to {words.number(one.drive.high)})"
        for number, one in enumerate(ways, 1)
    )
    return f"Peak of the withdrawal drive in % of the reference, unvalidated. {'; '.join(said)}."
