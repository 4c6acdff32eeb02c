"""Walking through spans of constant clearance, and what a history of doses has left in the body."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import ceil

import numpy as np
from numpy.typing import NDArray

from unclench.engine.linear import March
from unclench.simulation.clearance import Spans
from unclench.values import DAY_H, Phase, Regimen, RegimenError

Array = NDArray[np.float64]

LOOKS = (4.0, 8.0, 12.0, 16.0, 20.0, 24.0)


def advance(march: March, spans: Spans, to_h: float) -> None:
    """Move on, changing rates wherever a new span begins on the way."""
    for index, start in enumerate(spans.starts_h):
        if march.now_h < start <= to_h:
            march.advance(start)
            march.change(spans.modes(index))
    march.advance(to_h)


def begin(spans: Spans, existing: Regimen | None, on: date, *, scale: float, past: Spans | None = None) -> March:
    """A march of one series that stands at midnight of `on`, with the doses taken before behind it, times `scale`.

    `past`: the same people with the absorption of the earlier doses, where these came by another route or form.
    """
    if existing is None:
        return March(spans.modes(spans.at(0.0)), spans.people.absorption.lag_h, series=1, start_h=0.0)
    earlier = spans if past is None else past
    if existing.last_day >= on:
        raise RegimenError(
            where="existing use",
            found=f"doses until {existing.last_day}",
            need=f"doses that end before {on}",
            fix="Count doses from that day on in the regimens.",
        )
    now = (existing.start - on).days * DAY_H
    march = March(earlier.modes(earlier.at(now)), earlier.people.absorption.lag_h, series=1, start_h=now)
    for phase in existing.phases:
        walk_phase(march, earlier, phase, scale)
    advance(march, earlier, 0.0)
    if past is not None:
        march.enter_otherwise(spans.modes(spans.at(0.0)), spans.people.absorption.lag_h)
    return march


def looks_back(spans: Spans, existing: Regimen, on: date, *, scale: float) -> list[tuple[int, Array]]:
    """Past doses in pieces: days, and mean levels of each piece's last day. Each piece is twice as long as that before.

    They begin anew with every phase, and with every change of rates on the way: levels move most after it. The levels
    are (analytes, columns), oldest piece first.
    """
    now = (existing.start - on).days * DAY_H
    march = March(spans.modes(spans.at(now)), spans.people.absorption.lag_h, series=1, start_h=now)
    pieces: list[tuple[int, Array]] = []
    for phase in existing.phases:
        left, piece = phase.days, 1
        while left:
            change = min((start for start in spans.starts_h if start > march.now_h), default=float("inf"))
            until = ceil((change - march.now_h) / DAY_H) if change < float("inf") else left
            days = min(piece, left, until)
            if days > 1:
                walk_phase(march, spans, replace(phase, days=days - 1), scale)
            pieces.append((days, _mean_of_day(march, spans, phase, scale)))
            left, piece = left - days, 1 if days == until else 2 * piece
    return pieces


def _mean_of_day(march: March, spans: Spans, phase: Phase, scale: float) -> Array:
    """Walk one day of the phase and average its levels."""
    midnight, seen = march.now_h, []
    for dose in phase.doses:
        march.give(midnight + dose.clock_h, (float(dose.mg) * scale,))
    for hour in LOOKS:
        advance(march, spans, midnight + hour)
        seen.append(march.levels()[:, 0].copy())
    mean: Array = np.mean(seen, axis=0)
    return mean


def walk_phase(march: March, spans: Spans, phase: Phase, scale: float) -> None:
    """Walk through one phase, from its midnight, where the march stands.

    Whole stretches of equal days are one stride; days near a change of rates are walked one by one.
    """
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
