"""The summaries of one person in whom rates meet: `kernel_summary` with the matrix exponential for the modes.

Slower, and so plainer: between two events it looks along the same kind of ladder, and closes in on each turn and each
crossing by bisection of the bracket.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unclench.engine.compiled import Array, kernel, part
from unclench.engine.kernel_events import CHANGE, timeline
from unclench.engine.kernel_matrix import MOST, apply, happen_to, propagator, rate_matrix
from unclench.engine.kernel_modes import DAUGHTER, VOLUME
from unclench.engine.kernel_summary import ABOVE, AREA, AREA_INF, CMAX, FIRST, LAST, RATIO, TMAX


@part
def seen(par: Array, p: int, bodies: int, a: int, y: Array) -> float:
    """The level of an analyte."""
    return y[1] / par[VOLUME, p] if a == 0 else y[bodies + a] / par[DAUGHTER + 3 * (a - 1) + 2, p]


@part
def ahead(g: Array, fastest: float, size: int, y: Array, hours: float, b: Array, e: Array, room: Array) -> None:
    """The state so many hours after y, into b[0]; its rate of change into b[1]."""
    propagator(g, fastest, hours, size, e, room)
    for k in range(size):
        b[0, k] = y[k]
    apply(e, b[0], size, room)
    for i in range(size):
        total = -fastest * b[0, i]
        for k in range(size):
            total += g[i, k] * b[0, k]
        b[1, i] = total


@part
def pass_between(
    par: Array, p: int, bodies: int, a: int, g: Array, fastest: float, size: int, y: Array, low: float, high: float,
    slope: bool, aim: float, b: Array, e: Array, room: Array,
) -> float:  # fmt: skip
    """Where level or slope passes the aim."""
    which = 1 if slope else 0
    ahead(g, fastest, size, y, low, b, e, room)
    below = seen(par, p, bodies, a, b[which]) < aim
    for _ in range(52):
        at = 0.5 * (low + high)
        if high - low <= 1e-13 * high or (slope and high - low <= 1e-7 * high):
            break
        ahead(g, fastest, size, y, at, b, e, room)
        if (seen(par, p, bodies, a, b[which]) < aim) == below:
            low = at
        else:
            high = at
    return 0.5 * (low + high)


@part
def interval(
    par: Array, p: int, bodies: int, a: int, g: Array, fastest: float, size: int, y: Array, now: float, hours: float,
    limit: float, b: Array, e: Array, room: Array, f: Array,
) -> None:  # fmt: skip
    """One analyte between two events."""
    low, high = 0.0, FIRST / fastest
    ahead(g, fastest, size, y, 0.0, b, e, room)
    level, slope = seen(par, p, bodies, a, b[0]), seen(par, p, bodies, a, b[1])
    while low < hours:
        high = min(high, hours)
        ahead(g, fastest, size, y, high, b, e, room)
        after, next_slope, middle, at = seen(par, p, bodies, a, b[0]), seen(par, p, bodies, a, b[1]), level, low
        if slope * next_slope < 0.0:
            at = pass_between(par, p, bodies, a, g, fastest, size, y, low, high, True, 0.0, b, e, room)
            ahead(g, fastest, size, y, at, b, e, room)
            middle = seen(par, p, bodies, a, b[0])
        for where, found in ((low, level), (at, middle), (high, after)):
            if found > f[CMAX, a]:
                f[CMAX, a], f[TMAX, a] = found, now + where
        if limit < np.inf:
            for left, right, one, other in ((low, at, level, middle), (at, high, middle, after)):
                if one >= limit and other >= limit:
                    f[ABOVE, a] += right - left
                elif one >= limit or other >= limit:
                    cross = pass_between(
                        par, p, bodies, a, g, fastest, size, y, left, right, False, limit, b, e, room
                    )  # fmt: skip
                    f[ABOVE, a] += right - cross if other > one else cross - left
        low, high, level, slope = high, high * RATIO, after, next_slope


@part
def areas(g: Array, fastest: float, size: int, gone: Array, work: Array) -> None:
    """Amount-hours x of every compartment, from what has gone: the rates times x are minus that. Into `gone`."""
    n = size - 1
    for i in range(n):
        for k in range(n):
            work[i, k] = -g[i, k] + (fastest if i == k else 0.0)
    for c in range(n):
        for i in range(c + 1, n):
            ratio = work[i, c] / work[c, c]
            for k in range(c, n):
                work[i, k] -= ratio * work[c, k]
            gone[i] -= ratio * gone[c]
    for back in range(n):
        i = n - 1 - back
        for k in range(i + 1, n):
            gone[i] -= work[i, k] * gone[k]
        gone[i] /= work[i, i]


@kernel(
    "void(float64[:,:,::1], float64[::1], Tuple((float64[:,::1], float64[:,::1], int8[:,::1], float64[:,::1],"
    "float64[::1])), float64, float64, int64, int64, int64, int64, float64[:,::1], float64[:,:,::1])"
)
def summary_of_person(
    par: Array, starts: Array, doses: Any, start: float, until: float, events: int, p: int, bodies: int,
    daughters: int, limits: Array, out: Array,
) -> None:  # fmt: skip
    """One person, to the person's column of `out` (six summaries, analytes, people)."""
    what, size = np.empty((events + 1, 3)), 2 + bodies + daughters
    count, f, y = timeline(p, starts, doses, what), np.zeros((6, 4)), np.zeros(MOST)
    room, g, e, b = np.zeros((2, MOST, MOST)), np.zeros((MOST, MOST)), np.zeros((MOST, MOST)), np.zeros((2, MOST))
    gone, now, event, running, span = np.zeros(MOST), start, 0, 0, 0
    fastest = rate_matrix(par[0], p, bodies, daughters, g)
    while True:
        while event < count and what[event, 0] <= now:
            if what[event, 1] == CHANGE:
                span = int(what[event, 2])
                fastest = rate_matrix(par[span], p, bodies, daughters, g)
            else:
                running = happen_to(par[span], p, size, what[event], y, running)
            event += 1
        stop = min(until, what[event, 0]) if event < count else until
        for a in range(1 + daughters):
            limit = limits[a, 0] if limits.shape[1] == 1 else limits[a, p]
            interval(par[span], p, bodies, a, g, fastest, size, y, now, stop - now, limit, b, e, room, f)
        ahead(g, fastest, size, y, stop - now, b, e, room)
        for k in range(size):
            gone[k] = y[k] - b[0, k] + (y[size - 1] * (stop - now) if k == 1 else 0.0)
            y[k] = b[0, k]
        areas(g, fastest, size, gone, e)
        for a in range(1 + daughters):
            f[AREA, a] += seen(par[span], p, bodies, a, gone)
        now = stop
        if now >= until and (event >= count or what[event, 0] > until):
            break
    for k in range(size):
        gone[k] = y[k]
    areas(g, fastest, size, gone, e)
    for a in range(1 + daughters):
        f[AREA_INF, a] = f[AREA, a] + seen(par[span], p, bodies, a, gone)
        f[LAST, a] = seen(par[span], p, bodies, a, y)
        level = f[LAST, a]
        if level > f[CMAX, a]:
            f[CMAX, a], f[TMAX, a] = level, until
        for each in range(6):
            out[each, a, p] = f[each, a]
