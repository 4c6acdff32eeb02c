"""Effect with tolerance: Tol' = kon E - koff Tol, with E = Emax C^g / ((EC50 (1 + Tol))^g + C^g) and C at a site.

Everything but Tol is linear and solved exactly; the effect site is one more daughter, which takes nothing away. Tol
goes by Gauss collocation with five nodes on exp(koff t) Tol, so its own decay is exact too: order 10 where C is smooth.
Steps end at every event, so that it is. The nodes' values are found by fixed-point sweeps, which converge at the rate
of kon times a step (a few parts in a thousand for a step of an hour).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unclench.engine.compiled import Array, kernel, making_arrays, part
from unclench.engine.kernel_block import (
    AMOUNT,
    BOLUS,
    HOURS,
    INFLOW,
    LANES,
    NEXT,
    NOW,
    RATE,
    SPACE,
    WEIGHT,
    arrive,
    begin,
    flush,
    unused,
)  # fmt: skip
from unclench.engine.kernel_exp import exp_minus, mean_of_exp_minus
from unclench.engine.kernel_modes import FIRST_DAUGHTER
from unclench.engine.kernel_stream import copy, put, take

_ROOTS, _WEIGHTS = np.polynomial.legendre.leggauss(5)
NODES = tuple(float(x) for x in (_ROOTS + 1.0) / 2.0)
STAGES = len(NODES)


def _integral(node: int, to: float) -> float:
    """Of the polynomial that is 1 at this node and 0 at the others, from 0."""
    others = [x for at, x in enumerate(NODES) if at != node]
    basis = np.polynomial.Polynomial.fromroots(others)
    return float((basis.integ()(to)) / basis(NODES[node]))


TO_NODE = np.array([[_integral(m, x) for m in range(STAGES)] for x in (*NODES, 1.0)])
# The first step after an event is this share of the longest; each further one may be twice as long.
FIRST_STEP = 0.25
THERE, MOVING, MOVING_WITH_INFLOW = 0, 1, 2
# Rows of the block's second work space.
EMAX, EC50, GAMMA, KON, KOFF, TOL, KEY, LEFT, OLD = 0, 1, 2, 3, 4, 5, 6, 7, 8
WHOLE = 9
SITE, SHRUNK, GROWN, EFFECT, LAST, NODE_DECAY = 17, 22, 27, 32, 37, 38
MORE_SPACE = (NODE_DECAY + 8 * STAGES) * LANES


@part
def prepare(ws: Array, es: Array, bodies: int, daughters: int) -> None:
    """Decays over each lane's HOURS and to its nodes, unless they are those of the last step."""
    same = True
    for i in range(LANES):
        same = same and ws[HOURS * LANES + i] == es[KEY * LANES + i]
        es[KEY * LANES + i] = ws[HOURS * LANES + i]
    if same:
        return
    for k in range(8):
        if unused(k, bodies, daughters):
            continue
        for i in range(LANES):
            put(es, (WHOLE + k) * LANES + i, exp_minus(take(ws, (RATE + k) * LANES + i) * ws[HOURS * LANES + i]))
        if k <= bodies or k == FIRST_DAUGHTER + daughters - 1:
            for n in range(STAGES):
                for i in range(LANES):
                    x = take(ws, (RATE + k) * LANES + i) * ws[HOURS * LANES + i] * NODES[n]
                    put(es, (NODE_DECAY + 8 * n + k) * LANES + i, exp_minus(x))
    for n in range(STAGES):
        for i in range(LANES):
            x = ws[HOURS * LANES + i] * es[KOFF * LANES + i] * NODES[n]
            shrunk = exp_minus(x)
            put(es, (SHRUNK + n) * LANES + i, shrunk)
            put(es, (GROWN + n) * LANES + i, 1.0 / shrunk)
    for i in range(LANES):
        es[LEFT * LANES + i] = exp_minus(ws[HOURS * LANES + i] * es[KOFF * LANES + i])


@part
def at_site(ws: Array, es: Array, bodies: int, daughters: int, steady: bool) -> None:
    """Concentration at the effect site at every node."""
    weight = WEIGHT + 8 * daughters
    for n in range(STAGES):
        for i in range(LANES):
            put(es, (SITE + n) * LANES + i, 0.0)
        for k in range(8):
            if k > bodies and k != FIRST_DAUGHTER + daughters - 1:
                continue
            z, w, decay = (AMOUNT + k) * LANES, (weight + k) * LANES, (NODE_DECAY + 8 * n + k) * LANES
            to = (SITE + n) * LANES
            for i in range(LANES):
                put(es, to + i, take(es, to + i) + take(ws, w + i) * take(ws, z + i) * take(es, decay + i))
            if not steady:
                for i in range(LANES):
                    hours = ws[HOURS * LANES + i] * NODES[n]
                    mean = mean_of_exp_minus(take(ws, (RATE + k) * LANES + i) * hours, take(es, decay + i))
                    came = take(ws, (BOLUS + k) * LANES + i) * ws[INFLOW * LANES + i] * hours * mean
                    put(es, to + i, take(es, to + i) + take(ws, w + i) * came)


@part
def effect(site: float, tolerance: float, emax: float, ec50: float, gamma: float) -> float:
    """The effect, from 0 to emax."""
    site = max(site, 0.0)
    half = ec50 * (1.0 + tolerance)
    if gamma != 1.0:
        return emax / (1.0 + (half / site) ** gamma) if site > 0.0 else 0.0
    return emax * site / (half + site)


@part
def weighed(es: Array, i: int, w0: float, w1: float, w2: float, w3: float, w4: float) -> float:
    """The effects at the nodes of one lane, summed with these weights."""
    e = EFFECT * LANES + i
    some = w0 * take(es, e) + w1 * take(es, e + LANES) + w2 * take(es, e + 2 * LANES)
    return some + w3 * take(es, e + 3 * LANES) + w4 * take(es, e + 4 * LANES)


@part
def push(ws: Array, es: Array, n: int, shrunk: int) -> None:
    """Tolerance at a node, or at the end, from the effects so far, into OLD (a fixed row, or the loop stays scalar)."""
    w0, w1, w2, w3, w4 = TO_NODE[n, 0], TO_NODE[n, 1], TO_NODE[n, 2], TO_NODE[n, 3], TO_NODE[n, 4]
    for i in range(LANES):
        pace = take(ws, HOURS * LANES + i) * take(es, KON * LANES + i) * take(es, EMAX * LANES + i)
        pushed = pace * weighed(es, i, w0, w1, w2, w3, w4)
        put(es, OLD * LANES + i, take(es, shrunk * LANES + i) * (take(es, TOL * LANES + i) + pushed))


@part
def sweep(ws: Array, es: Array, plain: bool) -> None:
    """Improve the effect at each node in turn, divided by what the node's time has left of a decay."""
    for n in range(STAGES):
        push(ws, es, n, SHRUNK + n)
        if plain:
            for i in range(LANES):
                site = max(take(es, (SITE + n) * LANES + i), 0.0)
                half = take(es, EC50 * LANES + i) * (1.0 + take(es, OLD * LANES + i))
                put(es, (EFFECT + n) * LANES + i, site / (half + site) * take(es, (GROWN + n) * LANES + i))
        else:
            for i in range(LANES):
                own, half, gamma = es[OLD * LANES + i], es[EC50 * LANES + i], es[GAMMA * LANES + i]
                found = effect(es[(SITE + n) * LANES + i], own, 1.0, half, gamma)
                es[(EFFECT + n) * LANES + i] = found * es[(GROWN + n) * LANES + i]


@part
def step(ws: Array, es: Array, bodies: int, daughters: int, sweeps: int, steady: bool, plain: bool) -> None:
    """Every lane by its own HOURS."""
    prepare(ws, es, bodies, daughters)
    at_site(ws, es, bodies, daughters, steady)
    for n in range(STAGES * LANES):
        put(es, EFFECT * LANES + n, 0.0)
    for _ in range(sweeps):
        sweep(ws, es, plain)
    push(ws, es, STAGES, LEFT)
    for i in range(LANES):
        put(es, TOL * LANES + i, take(es, OLD * LANES + i))
    for k in range(8):
        if unused(k, bodies, daughters):
            continue
        z, decay = (AMOUNT + k) * LANES, (WHOLE + k) * LANES
        if steady:
            for i in range(LANES):
                put(ws, z + i, take(ws, z + i) * take(es, decay + i))
        else:
            for i in range(LANES):
                hours = ws[HOURS * LANES + i]
                mean = mean_of_exp_minus(take(ws, (RATE + k) * LANES + i) * hours, take(es, decay + i))
                came = take(ws, (BOLUS + k) * LANES + i) * ws[INFLOW * LANES + i] * hours * mean
                put(ws, z + i, take(ws, z + i) * take(es, decay + i) + came)


@part
def soonest_due(ws: Array) -> bool:
    """Whether an event of anybody is due now."""
    due = False
    for i in range(LANES):
        due = due or ws[NEXT * LANES + i] <= ws[NOW * LANES + i]
    return due


@part
def forward(ws: Array, to: float, longest: float) -> int:
    """Set each lane's HOURS: to its next event, to this time, or a step; say whether any moves and any inflow runs."""
    moving, running = False, False
    for i in range(LANES):
        now = ws[NOW * LANES + i]
        stop = min(ws[NEXT * LANES + i], to)
        steps = np.ceil((stop - now) / longest)
        ws[HOURS * LANES + i] = (stop - now) / steps if steps > 1.0 else stop - now
        ws[NOW * LANES + i] = now + ws[HOURS * LANES + i] if steps > 1.0 else stop
        moving = moving or stop > now
        running = running or ws[INFLOW * LANES + i] != 0.0
    if not moving:
        return THERE
    return MOVING_WITH_INFLOW if running else MOVING


@part
def write(
    ws: Array, es: Array, bodies: int, daughters: int, at: int, width: int, row: int, plain: bool, out: Array
) -> None:
    """Levels, effect and tolerance of every lane."""
    for a in range(1 + daughters):
        for i in range(LANES):
            es[OLD * LANES + i] = 0.0
        for k in range(8):
            if not unused(k, bodies, daughters):
                for i in range(LANES):
                    es[OLD * LANES + i] += take(ws, (WEIGHT + 8 * a + k) * LANES + i) * take(
                        ws, (AMOUNT + k) * LANES + i
                    )
        if a < daughters:
            copy(out[a, row, at : at + width], es[OLD * LANES : OLD * LANES + width], False)
    if plain:
        for i in range(LANES):
            site = max(take(es, OLD * LANES + i), 0.0)
            half = take(es, EC50 * LANES + i) * (1.0 + take(es, TOL * LANES + i))
            put(es, LAST * LANES + i, take(es, EMAX * LANES + i) * site / (half + site))
    else:
        for i in range(LANES):
            own, half, gamma = es[TOL * LANES + i], es[EC50 * LANES + i], es[GAMMA * LANES + i]
            es[LAST * LANES + i] = effect(es[OLD * LANES + i], own, es[EMAX * LANES + i], half, gamma)
    copy(out[daughters, row, at : at + width], es[LAST * LANES : LAST * LANES + width], False)
    copy(out[daughters + 1, row, at : at + width], es[TOL * LANES : TOL * LANES + width], False)


@part
def follow(
    par: Array, effects: Array, start: float, stops: Array, rows: Any, longest: float, sweeps: int, at: int,
    bodies: int, daughters: int, room: Any, out: Array, flags: Any,
) -> None:  # fmt: skip
    """One block through all times."""
    what, count, pointer, running, m, ws, es = room
    people, plain = par.shape[2], True
    width = min(LANES, people - at)
    es[:] = 0.0
    for i in range(LANES):
        p = min(at + i, people - 1)
        for each in range(5):
            es[each * LANES + i] = effects[each, p]
        plain = plain and effects[GAMMA, p] == 1.0
        es[KEY * LANES + i], ws[NOW * LANES + i] = -1.0, start
    allowed = longest
    for j in range(stops.shape[0]):
        flush(ws)
        while True:
            if soonest_due(ws):
                allowed = FIRST_STEP * longest
                if arrive(par, at, bodies, daughters, what, count, pointer, running, m, ws, flags):
                    for i in range(LANES):
                        es[KEY * LANES + i] = -1.0
            state = forward(ws, stops[j], allowed)
            if state == THERE:
                break
            step(ws, es, bodies, daughters, sweeps, state == MOVING, plain)
            allowed = min(longest, 2.0 * allowed)
        write(ws, es, bodies, daughters, at, width, rows[j], plain, out)


@making_arrays
def room_for(lines: int, events: int) -> Any:
    """The arrays that one block works in."""
    return (
        np.empty((lines, events, 3)),
        np.empty(LANES, np.int64),
        np.empty(LANES, np.int64),
        np.empty(LANES, np.int64),
        np.empty((18, 8)),
        np.empty(SPACE),
        np.empty(MORE_SPACE),
    )


@kernel(
    "void(float64[:,:,::1], float64[::1], Tuple((float64[:,::1], float64[:,::1], int8[:,::1], float64[:,::1],"
    "float64[::1])), float64[:,::1], int64, int64, float64, float64[::1], int64[::1], float64, int64, int64, int64,"
    "int64, int64, float64[:,:,::1], uint8[::1])"
)
def effects_of_blocks(
    par: Array, starts: Array, doses: Any, effects: Array, lines: int, events: int, start: float, stops: Array,
    rows: Any, longest: float, sweeps: int, first: int, last: int, bodies: int, daughters: int, out: Array, flags: Any,
) -> None:  # fmt: skip
    """Blocks first to last, to `out` (analytes, effect, tolerance; times; people). The last daughter is the site."""
    room = room_for(lines, events)
    what, count, pointer, running, m, ws, _ = room
    for block in range(first, last):
        at = block * LANES
        begin(par, starts, doses, at, bodies, daughters, what, count, pointer, running, m, ws, flags)
        follow(par, effects, start, stops, rows, longest, sweeps, at, bodies, daughters, room, out, flags)
