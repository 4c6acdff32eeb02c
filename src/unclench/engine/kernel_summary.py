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
from unclench.engine.kernel_modes import DAUGHTER, ENTERING, VOLUME, decompose, to_amounts, to_modes
from unclench.engine.kernel_stream import put, take

STEPS, RATIO, FIRST = 40, 1.5, 0.01
# A step of Newton's method that is this share of its bracket is the last.
SMALL_STEP = 1e-3
CMAX, TMAX, AREA, AREA_INF, ABOVE, LAST = 0, 1, 2, 3, 4, 5
# Where the rows of a person's work space begin, each as long as the ladder with both ends, in whole eights.
LONG = 48
TAU, LEVEL, SLOPE, DECAY = 0, LONG, 2 * LONG, 3 * LONG
ALONG = 11 * LONG
# The same of rows of eight modes: rates, weights of four analytes, state and the part of it that shrinks, what a dose
# gives, decay and mean over the interval, terms of one analyte, those at one time, room.
RATES, WEIGHTS, STATE, SHRINKS, DEPOT, BOLUS, LEFT, MEAN, TERM, HERE, ROOM = 0, 8, 40, 48, 56, 64, 72, 80, 88, 96, 104
MODES = 112


@part
def ladder(fastest: float, t: Array) -> None:
    """The times after an event at which to look."""
    t[TAU], tau = 0.0, FIRST / fastest
    for s in range(1, STEPS + 1):
        t[TAU + s] = tau
        tau *= RATIO


@part
def take_apart(par: Array, p: int, bodies: int, daughters: int, m: Array, v: Array, t: Array) -> bool:
    """The person's modes, and their decays along the ladder."""
    good = decompose(par, p, bodies, daughters, m)
    fastest = 0.0
    for k in range(8):
        v[RATES + k] = m[0, k]
        v[DEPOT + k], v[BOLUS + k] = m[7, k] * par[ENTERING, p], m[8, k]
        v[WEIGHTS + k] = m[1, k] / par[VOLUME, p]
        for d in range(daughters):
            v[WEIGHTS + 8 * (1 + d) + k] = m[3 + d, k] / par[DAUGHTER + 3 * d + 2, p]
        fastest = max(fastest, m[0, k])
    ladder(fastest, t)
    for k in range(8):
        for s in range(LONG):
            put(t, DECAY + k * LONG + s, exp_minus(take(v, RATES + k) * take(t, TAU + s)))
    return good


@part
def rungs(t: Array, hours: float) -> int:
    """The ladder's times before the interval ends; the end becomes the next."""
    n = 1
    while n <= STEPS and t[TAU + n] < hours:
        n += 1
    return n


@part
def prepare(v: Array, hours: float, inflow: float) -> None:
    """What is left of each mode, its mean, and the part of each that shrinks while the inflow stays the same."""
    for k in range(8):
        x = take(v, RATES + k) * hours
        left = exp_minus(x)
        put(v, LEFT + k, left)
        put(v, MEAN + k, hours * mean_of_exp_minus(x, left))
    for k in range(8):
        rate = take(v, RATES + k)
        steady = take(v, BOLUS + k) * inflow / rate if inflow != 0.0 and rate > 0.0 else 0.0
        put(v, SHRINKS + k, take(v, STATE + k) - steady)


@part
def look(v: Array, t: Array, a: int, hours: float, n: int) -> Any:
    """Levels and slopes of one analyte at the first n times and at the end, into `t`; the area; and what is steady."""
    weights = WEIGHTS + 8 * a
    steady = area = last = falling = 0.0
    for k in range(8):
        held = take(v, weights + k) * take(v, SHRINKS + k)
        put(v, TERM + k, held)
        steady += take(v, weights + k) * take(v, STATE + k) - held
        area += held * take(v, MEAN + k)
        last += held * take(v, LEFT + k)
        falling -= held * take(v, RATES + k) * take(v, LEFT + k)
    p0, p1, p2, p3 = take(v, TERM), take(v, TERM + 1), take(v, TERM + 2), take(v, TERM + 3)
    p4, p5, p6 = take(v, TERM + 4), take(v, TERM + 5), take(v, TERM + 6)
    f0, f1, f2, f3 = -p0 * v[RATES], -p1 * v[RATES + 1], -p2 * v[RATES + 2], -p3 * v[RATES + 3]
    f4, f5, f6 = -p4 * v[RATES + 4], -p5 * v[RATES + 5], -p6 * v[RATES + 6]
    # In eights, past the end: what is too much is not looked at, and the loop is made of whole vectors.
    for s in range((n + 7) // 8 * 8):
        d0, d1, d2 = take(t, DECAY + s), take(t, DECAY + LONG + s), take(t, DECAY + 2 * LONG + s)
        d3, d4 = take(t, DECAY + 3 * LONG + s), take(t, DECAY + 4 * LONG + s)
        d5, d6 = take(t, DECAY + 5 * LONG + s), take(t, DECAY + 6 * LONG + s)
        put(t, LEVEL + s, steady + p0 * d0 + p1 * d1 + p2 * d2 + p3 * d3 + (p4 * d4 + p5 * d5 + p6 * d6))
        put(t, SLOPE + s, f0 * d0 + f1 * d1 + f2 * d2 + f3 * d3 + (f4 * d4 + f5 * d5 + f6 * d6))
    t[LEVEL + n], t[SLOPE + n] = last + steady, falling
    return area + steady * hours, steady


@part
def move_on(v: Array, inflow: float) -> None:
    """The state at the end of the interval."""
    for k in range(8):
        came = take(v, BOLUS + k) * inflow * take(v, MEAN + k)
        put(v, STATE + k, take(v, STATE + k) * take(v, LEFT + k) + came)


@part
def course_at(v: Array, tau: float) -> Any:
    """The level of the analyte that was looked at, less what is steady; its slope and curvature."""
    for k in range(8):
        put(v, HERE + k, take(v, TERM + k) * exp_minus(take(v, RATES + k) * tau))
    level = slope = curvature = 0.0
    for k in range(8):
        term, rate = take(v, HERE + k), take(v, RATES + k)
        level += term
        slope -= term * rate
        curvature += term * rate * rate
    return level, slope, curvature


@part
def turn(v: Array, low: float, high: float, before: float, after: float) -> Any:
    """Where the level turns between two times at which its slope is known, and the level there, less what is steady.

    Newton on the slope, kept in the bracket. The last step is not looked at again: the level there follows from slope
    and curvature, and errs by the third power of a step that is below a thousandth of the bracket.
    """
    at = low + (high - low) * before / (before - after)
    for _ in range(60):
        level, slope, curvature = course_at(v, at)
        if (slope > 0.0) == (after > 0.0):
            high = at
        else:
            low = at
        new = at - slope / curvature if curvature != 0.0 else 0.5 * (low + high)
        step = new - at
        if abs(step) <= SMALL_STEP * (high - low) or abs(step) <= 1e-6 * at or high - low <= 1e-15 * high:
            break
        at = new if low < new < high else 0.5 * (low + high)
    return new, level + step * (slope + 0.5 * step * curvature)


@part
def root(v: Array, low: float, high: float, rising: bool, aim: float) -> float:
    """Where the level passes `aim` between two times on either side of it: Newton, kept in the bracket."""
    at = 0.5 * (low + high)
    for _ in range(60):
        level, steep, _ = course_at(v, at)
        off = level - aim
        if (off > 0.0) == rising:
            high = at
        else:
            low = at
        new = at - off / steep if steep != 0.0 else 0.5 * (low + high)
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - at) <= 1e-9 * (high - low) + 4e-16 * new or high - low <= 1e-15 * high:
            return new
        at = new
    return at


@part
def above_between(v: Array, low: float, high: float, first: float, second: float, steady: float, limit: float) -> float:
    """Hours above the limit in a stretch where the level only rises or only falls."""
    if first >= limit and second >= limit:
        return high - low
    if first < limit and second < limit:
        return 0.0
    at = root(v, low, high, second > first, limit - steady)
    return high - at if second > first else at - low


@part
def added(t: Array, first: int, n: int) -> float:
    """All levels or slopes of a stretch, added up: what the arithmetic alone is measured with."""
    total = 0.0
    for s in range(n + 1):
        total += take(t, first + s)
    return total


@part
def digest(v: Array, t: Array, a: int, n: int, now: float, hours: float, steady: float, limit: float, f: Array) -> None:
    """One analyte between two events, which was just looked at, into what is found so far."""
    timed, kept = limit < np.inf, t[TAU + n]
    t[TAU + n] = hours
    top, at_top, above = f[CMAX, a], f[TMAX, a], 0.0
    low, left, before = 0.0, t[LEVEL], t[SLOPE]
    if left > top:
        top, at_top = left, now
    for s in range(1, n + 1):
        high, right, after = take(t, TAU + s), take(t, LEVEL + s), take(t, SLOPE + s)
        if right > top:
            top, at_top = right, now + high
        if before * after < 0.0 and (timed or (before > 0.0 and left + before * (high - low) > top)):
            at, level = turn(v, low, high, before, after)
            level += steady
            if level > top:
                top, at_top = level, now + at
            if timed:
                above += above_between(v, low, at, left, level, steady, limit)
                above += above_between(v, at, high, level, right, steady, limit)
        elif timed:
            above += above_between(v, low, high, left, right, steady, limit)
        low, left, before = high, right, after
    f[CMAX, a], f[TMAX, a] = top, at_top
    f[ABOVE, a] += above
    t[TAU + n] = kept


@part
def occur(par: Array, p: int, bodies: int, daughters: int, event: Array, m: Array, v: Array, t: Array) -> bool:
    """An event other than an infusion; false where the closed form cancels."""
    kind, how_much = int(event[1]), event[2]
    if kind in (INTO_DEPOT, INTO_BODY):
        given = DEPOT if kind == INTO_DEPOT else BOLUS
        for k in range(8):
            v[STATE + k] += how_much * v[given + k]
        return True
    new, room, state = int(how_much), v[ROOM : ROOM + 8], v[STATE : STATE + 8]
    decompose(par[new - 1], p, bodies, daughters, m)
    to_amounts(par[new - 1], p, bodies, daughters, m, state, room)
    good = take_apart(par[new], p, bodies, daughters, m, v, t)
    to_modes(par[new], p, bodies, daughters, m, room, state)
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
        prepare(v, stop - now, inflow)
        for a in range(1 + daughters):
            area, steady = look(v, t, a, stop - now, n)
            f[AREA, a] += area
            if only_sum:
                f[CMAX, a] += added(t, LEVEL, n)
                f[TMAX, a] += added(t, SLOPE, n)
            else:
                digest(v, t, a, n, now, stop - now, steady, limits[a], f)
        move_on(v, inflow)
        now = stop
        if now >= until and (event >= count or what[event, 0] > until):
            break
    for a in range(1 + daughters):
        f[AREA_INF, a] = f[AREA, a]
        for k in range(8):
            held = v[WEIGHTS + 8 * a + k] * v[STATE + k]
            f[LAST, a] += held
            f[AREA_INF, a] += held / v[RATES + k] if held != 0.0 else 0.0
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
    v, t, f = np.zeros(MODES), np.zeros(ALONG), np.empty((6, 4))
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
