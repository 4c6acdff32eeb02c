"""Which hours of a course an answer is about, and how values between the times given are found (along lines)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.values import DAY_H, Regimen

Array = NDArray[np.float64]

PARTS = 24


def full_day(regimen: Regimen) -> int:
    """The last day, from 0, on which the highest daily dose is taken."""
    last = day = 0
    for phase in regimen.phases:
        day += phase.days
        if phase.mg_per_day == regimen.max_mg_per_day:
            last = day - 1
    return last


def weights_at(t_h: Array, hours: Array) -> Array:
    """(hours, times): rows that read lines at these hours. Hours outside are read at the nearest end."""
    after = np.clip(np.searchsorted(t_h, hours), 1, t_h.size - 1)
    part = np.clip((hours - t_h[after - 1]) / (t_h[after] - t_h[after - 1]), 0.0, 1.0)
    rows = np.zeros((hours.size, t_h.size))
    at = np.arange(hours.size)
    rows[at, after - 1] = 1.0 - part
    rows[at, after] += part
    return rows


def mean_over(t_h: Array, from_h: float, to_h: float) -> Array:
    """(times,): weights of the average between two hours."""
    edges = np.linspace(from_h, to_h, PARTS + 1)
    rule = np.ones(PARTS + 1)
    rule[[0, -1]] = 0.5
    weights: Array = rule / rule.sum() @ weights_at(t_h, edges)
    return weights


def along(t_h: Array, lines: Array, hours: Array) -> Array:
    """(hours, people): lines (times, people) read at these hours. Hours outside are read at the nearest end."""
    after = np.clip(np.searchsorted(t_h, hours), 1, t_h.size - 1)
    part = np.clip((hours - t_h[after - 1]) / (t_h[after] - t_h[after - 1]), 0.0, 1.0)[:, None]
    found: Array = lines[after - 1] * (1.0 - part) + lines[after] * part
    return found


def day_means(t_h: Array, lines: Array) -> tuple[Array, Array]:
    """Averages of lines (times, people) over days from the first time on: their middles in hours, (days, people)."""
    edges = np.append(np.arange(t_h[0], t_h[-1], DAY_H), t_h[-1])
    at = np.union1d(t_h, edges)
    values = along(t_h, lines, at)
    areas = 0.5 * (values[1:] + values[:-1]) * np.diff(at)[:, None]
    means: Array = np.add.reduceat(areas, np.searchsorted(at, edges[:-1]), axis=0) / np.diff(edges)[:, None]
    return 0.5 * (edges[1:] + edges[:-1]), means


def read(weights: Array, lines: Array) -> Array:
    """(..., people): lines (times, people) read by weights (..., times). Not by BLAS, whose threads cost more here."""
    values: Array = np.einsum("...t,tp->...p", weights, lines)
    return values


def mornings(regimen: Regimen, t_h: Array, *, night_from_h: float, from_h: float, to_h: float) -> Array | None:
    """(mornings, times): weights of the average of each next morning after a night dose; None: no night dose."""
    nights = [at for at, _ in regimen.timed() if at % DAY_H >= night_from_h]
    starts = np.unique([night + from_h for night in nights if night + to_h <= t_h[-1]])
    if not starts.size:
        return None
    hours = starts[:, None] + np.linspace(0.0, to_h - from_h, 3)
    average: Array = weights_at(t_h, hours.ravel()).reshape(starts.size, 3, -1).mean(axis=1)
    return average


def hours_above(t_h: Array, lines: Array, level: float, since_h: float) -> Array:
    """(people,): hours after `since_h` until a line is under the level for good; 0 where it never is above.

    A line that is still above at the end is counted to the end: the answer is then at least that long.
    """
    first = max(int(np.searchsorted(t_h, since_h)) - 1, 0)
    times, part = t_h[first:], lines[first:]
    above = part >= level
    ever = above.any(axis=0)
    last = times.size - 1 - above[::-1].argmax(axis=0)
    following = np.minimum(last + 1, times.size - 1)
    people = np.arange(lines.shape[1])
    here, there = part[last, people], part[following, people]
    drop = here - there
    share = np.where((following > last) & (drop > 0), (here - level) / np.where(drop > 0, drop, 1.0), 0.0)
    crossing = times[last] + share * (times[following] - times[last])
    return np.where(ever, np.maximum(crossing - since_h, 0.0), 0.0)
