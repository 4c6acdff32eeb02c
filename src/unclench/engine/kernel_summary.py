"""What a course comes to, person by person, without keeping it: peaks, areas, time above a level, what is left.

Between two events every level is a sum of exponentials. Levels and slopes at a ladder of times after the event (each
1.5 times the last, from a hundredth of the fastest mode's time) show where a level turns; there the slope's root is
found by Newton's method within its bracket. Areas are closed forms.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unclench.engine.compiled import Array, kernel, part
from unclench.engine.kernel_events import CHANGE, INTO_BODY, INTO_DEPOT, RATE_UP, timeline
from unclench.engine.kernel_exp import exp_minus, mean_of_exp_minus
from unclench.engine.kernel_modes import DAUGHTER, ENTERING, FIRST_DAUGHTER, VOLUME, decompose, to_amounts, to_modes

STEPS, RATIO, FIRST = 40, 1.5, 0.01
CMAX, TMAX, AREA, AREA_INF, ABOVE, LAST = 0, 1, 2, 3, 4, 5
# Rows of a person's work space, each as long as the ladder with both ends.
LONG = STEPS + 2
TAU, LEVEL, SLOPE, DECAY = 0, 1, 5, 9
ROWS = 17
# Rows of eight modes each: rates, weights of four analytes, state and the part of it that shrinks, given, decay, room.
RATES, WEIGHTS, STATE, SHRINKS, DEPOT, BOLUS, LEFT, ROOM = 0, 1, 5, 6, 7, 8, 9, 10


@part
def used(k: int, bodies: int, a: int) -> bool:
    """Whether analyte `a` holds anything of mode k."""
    return k <= bodies or FIRST_DAUGHTER <= k < FIRST_DAUGHTER + a


@part
def ladder(fastest: float, t: Array) -> None:
    """The times after an event at which to look."""
    t[TAU, 0], tau = 0.0, FIRST / fastest
    for s in range(1, STEPS + 1):
        t[TAU, s] = tau
        tau *= RATIO


@part
def take_apart(par: Array, p: int, bodies: int, daughters: int, m: Array, v: Array, t: Array) -> bool:
    """The person's modes, and their decays along the ladder."""
    good = decompose(par, p, bodies, daughters, m)
    fastest = 0.0
    for k in range(8):
        v[RATES, k] = m[0, k]
        v[DEPOT, k], v[BOLUS, k] = m[7, k] * par[ENTERING, p], m[8, k]
        v[WEIGHTS, k] = m[1, k] / par[VOLUME, p]
        for d in range(daughters):
            v[WEIGHTS + 1 + d, k] = m[3 + d, k] / par[DAUGHTER + 3 * d + 2, p]
        fastest = max(fastest, m[0, k])
    ladder(fastest, t)
    for k in range(8):
        for s in range(STEPS + 1):
            t[DECAY + k, s] = exp_minus(v[RATES, k] * t[TAU, s])
    return good


@part
def rungs(t: Array, hours: float) -> int:
    """The ladder's times before the interval ends; the end becomes the next."""
    n = 1
    while n <= STEPS and t[TAU, n] < hours:
        n += 1
    return n


@part
def look(v: Array, t: Array, bodies: int, daughters: int, hours: float, inflow: float, n: int, areas: Array) -> None:
    """Levels and slopes of every analyte at the first n times and at the end; areas; and the state to the end."""
    for k in range(8):
        v[LEFT, k] = exp_minus(v[RATES, k] * hours)
        v[SHRINKS, k] = v[STATE, k] - (
            v[BOLUS, k] * inflow / v[RATES, k] if inflow != 0.0 and v[RATES, k] > 0.0 else 0.0
        )
    for a in range(1 + daughters):
        steady = 0.0
        for s in range(n + 1):
            t[LEVEL + a, s] = t[SLOPE + a, s] = 0.0
        for k in range(8):
            if used(k, bodies, a):
                part_of = v[WEIGHTS + a, k] * v[SHRINKS, k]
                falls = -part_of * v[RATES, k]
                steady += v[WEIGHTS + a, k] * v[STATE, k] - part_of
                for s in range(n):
                    t[LEVEL + a, s] += part_of * t[DECAY + k, s]
                    t[SLOPE + a, s] += falls * t[DECAY + k, s]
                t[LEVEL + a, n] += part_of * v[LEFT, k]
                t[SLOPE + a, n] += falls * v[LEFT, k]
                areas[a] += part_of * hours * mean_of_exp_minus(v[RATES, k] * hours, v[LEFT, k])
        areas[a] += steady * hours
        if steady != 0.0:
            for s in range(n + 1):
                t[LEVEL + a, s] += steady
    for k in range(8):
        came = (
            v[BOLUS, k] * inflow * hours * mean_of_exp_minus(v[RATES, k] * hours, v[LEFT, k]) if inflow != 0.0 else 0.0
        )
        v[STATE, k] = v[STATE, k] * v[LEFT, k] + came


@part
def slope_at(v: Array, bodies: int, a: int, tau: float, order: int) -> float:
    """The level (order 0) less what is steady, its slope (1) or curvature (2), by modes."""
    total = 0.0
    for k in range(8):
        if used(k, bodies, a):
            term = v[WEIGHTS + a, k] * v[SHRINKS, k] * exp_minus(v[RATES, k] * tau)
            for _ in range(order):
                term *= -v[RATES, k]
            total += term
    return total


@part
def root(v: Array, bodies: int, a: int, low: float, high: float, rising: bool, order: int, aim: float) -> float:
    """Where the level or slope passes `aim` between two times on either side of it: Newton, kept in the bracket."""
    at = 0.5 * (low + high)
    for _ in range(60):
        off = slope_at(v, bodies, a, at, order) - aim
        if (off > 0.0) == rising:
            high = at
        else:
            low = at
        steep = slope_at(v, bodies, a, at, order + 1)
        new = at - off / steep if steep != 0.0 else 0.5 * (low + high)
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - at) <= 1e-9 * (high - low) + 4e-16 * new or high - low <= 1e-15 * high:
            return new
        near = abs(new - at) <= 1e-7 * new
        at = new
        if near and order == 1:
            return at
    return at


@part
def above_between(
    v: Array, bodies: int, a: int, low: float, high: float, first: float, second: float, steady: float, limit: float
) -> float:
    """Hours above the limit in a stretch where the level only rises or only falls."""
    if first >= limit and second >= limit:
        return high - low
    if first < limit and second < limit:
        return 0.0
    at = root(v, bodies, a, low, high, second > first, 0, limit - steady)
    return high - at if second > first else at - low


@part
def digest(v: Array, t: Array, bodies: int, a: int, n: int, now: float, hours: float, limit: float, f: Array) -> None:
    """One analyte between two events, into what is found so far."""
    t[TAU, n], kept = hours, t[TAU, n]
    steady = t[LEVEL + a, 0] - slope_at(v, bodies, a, 0.0, 0)
    for s in range(n + 1):
        if t[LEVEL + a, s] > f[CMAX, a]:
            f[CMAX, a], f[TMAX, a] = t[LEVEL + a, s], now + t[TAU, s]
        if s == 0:
            continue
        low, high, before, after = t[TAU, s - 1], t[TAU, s], t[SLOPE + a, s - 1], t[SLOPE + a, s]
        turns = before * after < 0.0
        bound = t[LEVEL + a, s - 1] + before * (high - low)
        timed = limit < np.inf
        if turns and (timed or (before > 0.0 and bound > f[CMAX, a])):
            at = root(v, bodies, a, low, high, after > 0.0, 1, 0.0)
            level = slope_at(v, bodies, a, at, 0) + steady
            if level > f[CMAX, a]:
                f[CMAX, a], f[TMAX, a] = level, now + at
            if timed:
                f[ABOVE, a] += above_between(v, bodies, a, low, at, t[LEVEL + a, s - 1], level, steady, limit)
                f[ABOVE, a] += above_between(v, bodies, a, at, high, level, t[LEVEL + a, s], steady, limit)
        elif timed:
            ends = t[LEVEL + a, s - 1], t[LEVEL + a, s]
            f[ABOVE, a] += above_between(v, bodies, a, low, high, ends[0], ends[1], steady, limit)
    t[TAU, n] = kept


@part
def occur(par: Array, p: int, bodies: int, daughters: int, event: Array, m: Array, v: Array, t: Array) -> bool:
    """An event other than an infusion; false where the closed form cancels."""
    kind, how_much = int(event[1]), event[2]
    if kind in (INTO_DEPOT, INTO_BODY):
        given = DEPOT if kind == INTO_DEPOT else BOLUS
        for k in range(8):
            v[STATE, k] += how_much * v[given, k]
        return True
    new = int(how_much)
    decompose(par[new - 1], p, bodies, daughters, m)
    to_amounts(par[new - 1], p, bodies, daughters, m, v[STATE], v[ROOM])
    good = take_apart(par[new], p, bodies, daughters, m, v, t)
    to_modes(par[new], p, bodies, daughters, m, v[ROOM], v[STATE])
    return good


@part
def summarise(
    par: Array, what: Array, count: int, p: int, start: float, until: float, bodies: int, daughters: int,
    limits: Array, only_sum: bool, m: Array, v: Array, t: Array, f: Array,
) -> bool:  # fmt: skip
    """One person, into `f` (six summaries, analytes); false where the closed form cancels."""
    v[:] = 0.0
    f[:] = 0.0
    good = take_apart(par[0], p, bodies, daughters, m, v, t)
    now, inflow, running, event = start, 0.0, 0, 0
    while now < until or (event < count and what[event, 0] <= until):
        while event < count and what[event, 0] <= now:
            kind = what[event, 1]
            if kind in (INTO_DEPOT, INTO_BODY, CHANGE):
                good = occur(par, p, bodies, daughters, what[event], m, v, t) and good
            else:
                running += 1 if kind == RATE_UP else -1
                inflow = inflow + (what[event, 2] if kind == RATE_UP else -what[event, 2]) if running > 0 else 0.0
            event += 1
        stop = min(until, what[event, 0]) if event < count else until
        n = rungs(t, stop - now)
        look(v, t, bodies, daughters, stop - now, inflow, n, f[AREA])
        for a in range(1 + daughters):
            if only_sum:
                for s in range(n + 1):
                    f[CMAX, a] += t[LEVEL + a, s]
            else:
                digest(v, t, bodies, a, n, now, stop - now, limits[a], f)
        now = stop
        if now >= until and (event >= count or what[event, 0] > until):
            break
    for a in range(1 + daughters):
        f[AREA_INF, a] = f[AREA, a]
        for k in range(8):
            if used(k, bodies, a):
                f[LAST, a] += v[WEIGHTS + a, k] * v[STATE, k]
                f[AREA_INF, a] += v[WEIGHTS + a, k] * v[STATE, k] / v[RATES, k]
    return good


@kernel(
    "void(float64[:,:,::1], float64[::1], Tuple((float64[:,::1], float64[:,::1], int8[:,::1], float64[:,::1],"
    "float64[::1])), float64, float64, int64, int64, int64, int64, int64, float64[:,::1], boolean,"
    "float64[:,:,::1], uint8[::1])"
)
def summaries_of_people(
    par: Array, starts: Array, doses: Any, start: float, until: float, events: int, first: int, last: int,
    bodies: int, daughters: int, limits: Array, only_sum: bool, out: Array, flags: Any,
) -> None:  # fmt: skip
    """People first to last, to `out` (six summaries, analytes, people). `only_sum` measures the arithmetic alone."""
    what, m = np.empty((events + 1, 3)), np.empty((18, 8))
    v, t, f = np.zeros((12, 8)), np.zeros((ROWS, LONG)), np.empty((6, 4))
    own = doses[0].shape[1] > 1 or starts.shape[0] > 1
    for p in range(1, doses[4].shape[0]):
        own = own or doses[4][p] != doses[4][0]
    count = timeline(first, starts, doses, what)
    for p in range(first, last):
        if own:
            count = timeline(p, starts, doses, what)
        kept = limits[:, 0] if limits.shape[1] == 1 else limits[:, p]
        if not summarise(par, what, count, p, start, until, bodies, daughters, kept, only_sum, m, v, t, f):
            flags[p] = 1
        for a in range(1 + daughters):
            for each in range(6):
                out[each, a, p] = f[each, a]
