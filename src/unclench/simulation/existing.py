"""Walking through spans of constant clearance, and what a history of doses has left in the body."""

from __future__ import annotations

from datetime import date

from unclench.engine.linear import March
from unclench.simulation.clearance import Spans
from unclench.values import Phase, Regimen, RegimenError

DAY_H = 24.0


def advance(march: March, spans: Spans, to_h: float) -> None:
    """Move on, changing rates wherever a new span begins on the way."""
    for index, start in enumerate(spans.starts_h):
        if march.now_h < start <= to_h:
            march.advance(start)
            march.change(spans.modes(index))
    march.advance(to_h)


def begin(spans: Spans, existing: Regimen | None, on: date, *, scale: float) -> March:
    """A march of one series that stands at midnight of `on`, with the doses taken before behind it, times `scale`."""
    lag = spans.people.absorption.lag_h
    if existing is None:
        return March(spans.modes(spans.at(0.0)), lag, series=1, start_h=0.0)
    if existing.last_day >= on:
        raise RegimenError(
            where="existing use",
            found=f"doses until {existing.last_day}",
            need=f"doses that end before {on}",
            fix="Count doses from that day on in the regimens.",
        )
    now = (existing.start - on).days * DAY_H
    march = March(spans.modes(spans.at(now)), lag, series=1, start_h=now)
    for phase in existing.phases:
        _walk(march, spans, phase, scale)
    advance(march, spans, 0.0)
    return march


def _walk(march: March, spans: Spans, phase: Phase, scale: float) -> None:
    """Walk through one phase: whole stretches of equal days in one stride, days near a change of rates one by one."""
    left = phase.days
    pattern = [(dose.clock_h, (float(dose.mg) * scale,)) for dose in phase.doses]
    while left:
        midnight = march.now_h
        next_change = min((start for start in spans.starts_h if start > midnight), default=float("inf"))
        # The last day before a change, and of the phase, is walked: its doses may still be on their way.
        free = int(min((next_change - midnight) / DAY_H, left)) - 1
        if free > 1:
            march.repeat(times=free, period_h=DAY_H, pattern=pattern)
            left -= free
            continue
        for clock_h, amounts in pattern:
            march.give(midnight + clock_h, amounts)
        advance(march, spans, midnight + DAY_H)
        left -= 1
