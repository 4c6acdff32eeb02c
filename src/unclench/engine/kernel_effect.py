"""Effect with tolerance: Tol' = kon E - koff Tol, with E = Emax C^g / ((EC50 (1 + Tol))^g + C^g) and C at an effect site.

Everything but Tol is linear and solved exactly; the effect site is one more daughter, which takes nothing away. Tol goes
by Gauss collocation with five nodes on exp(koff t) Tol, so its own decay is exact too: order 10 where C is smooth, and
steps end at every event, so that it is. The nodes' values are found by fixed-point sweeps, which converge at the rate of
kon times a step (a few parts in a thousand for a step of an hour).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unclench.engine.compiled import Array, kernel, making_arrays, part
from unclench.engine.kernel_block import (
    AMOUNT, BOLUS, HOURS, INFLOW, LANES, NEXT, NOW, RATE, SPACE, WEIGHT, arrive, begin, flush, soonest, unused,
)  # fmt: skip
from unclench.engine.kernel_exp import exp_minus, mean_of_exp_minus
from unclench.engine.kernel_modes import FIRST_DAUGHTER
from unclench.engine.kernel_stream import put, take

_ROOTS, _WEIGHTS = np.polynomial.legendre.leggauss(5)
NODES = tuple(float(x) for x in (_ROOTS + 1.0) / 2.0)
STAGES = len(NODES)


def _integral(node: int, to: float) -> float:
    """Of the polynomial that is 1 at this node and 0 at the others, from 0."""
    others = [x for at, x in enumerate(NODES) if at != node]
    basis = np.polynomial.Polynomial.fromroots(others)
    return float((basis.integ()(to)) / basis(NODES[node]))


TO_NODE = tuple(tuple(_integral(m, x) for m in range(STAGES)) for x in NODES)
TO_END = tuple(_integral(m, 1.0) for m in range(STAGES))
# Rows of the block's second work space.
EMAX, EC50, GAMMA, KON, KOFF, TOL, KEY, LEFT, OLD = 0, 1, 2, 3, 4, 5, 6, 7, 8
WHOLE = 9
SITE, SHRUNK, EFFECT, NODE_DECAY = 17, 22, 27, 32
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
            put(es, (SHRUNK + n) * LANES + i, exp_minus(x))
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
def effects_at_node(es: Array, n: int, plain: bool) -> None:
    """From tolerance in OLD to the effect at this node, divided by what the node's time has left of a decay."""
    for i in range(LANES):
        site, half = max(take(es, (SITE + n) * LANES + i), 0.0), es[EC50 * LANES + i] * (1.0 + es[OLD * LANES + i])
        put(es, (EFFECT + n) * LANES + i, site / ((half + site) * take(es, (SHRUNK + n) * LANES + i)))
    if not plain:
        for i in range(LANES):
            found = effect(
                es[(SITE + n) * LANES + i], es[OLD * LANES + i], 1.0, es[EC50 * LANES + i], es[GAMMA * LANES + i]
            )
            es[(EFFECT + n) * LANES + i] = found / es[(SHRUNK + n) * LANES + i]


@part
def sweep(ws: Array, es: Array, first: bool, plain: bool) -> None:
    """Improve the effect at each node in turn."""
    for n in range(STAGES):
        for i in range(LANES):
            total = 0.0
            if not first:
                for m in range(STAGES):
                    total += TO_NODE[n][m] * es[(EFFECT + m) * LANES + i]
            pushed = ws[HOURS * LANES + i] * es[KON * LANES + i] * es[EMAX * LANES + i] * total
            es[OLD * LANES + i] = take(es, (SHRUNK + n) * LANES + i) * (es[TOL * LANES + i] + pushed)
        effects_at_node(es, n, plain)


@part
def step(ws: Array, es: Array, bodies: int, daughters: int, sweeps: int, steady: bool, plain: bool) -> None:
    """Every lane by its own HOURS."""
    prepare(ws, es, bodies, daughters)
    at_site(ws, es, bodies, daughters, steady)
    for turn in range(sweeps):
        sweep(ws, es, turn == 0, plain)
    for i in range(LANES):
        total = 0.0
        for m in range(STAGES):
            total += TO_END[m] * es[(EFFECT + m) * LANES + i]
        pushed = ws[HOURS * LANES + i] * es[KON * LANES + i] * es[EMAX * LANES + i] * total
        es[TOL * LANES + i] = es[LEFT * LANES + i] * (es[TOL * LANES + i] + pushed)
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
def forward(ws: Array, to: float, longest: float) -> int:
    """Set each lane's HOURS: to its next event, this time, or the longest step. 0: all are there; 2: inflow runs."""
    moving, running = False, False
    for i in range(LANES):
        now = ws[NOW * LANES + i]
        left = min(ws[NEXT * LANES + i], to) - now
        hours = left if left <= longest else left / np.ceil(left / longest)
        arrives = left <= longest
        ws[HOURS * LANES + i] = hours
        ws[NOW * LANES + i] = min(ws[NEXT * LANES + i], to) if arrives else now + hours
        moving = moving or hours > 0.0
        running = running or ws[INFLOW * LANES + i] != 0.0
    if running:
        return 2
    return 1 if moving else 0


@part
def write(ws: Array, es: Array, bodies: int, daughters: int, at: int, width: int, row: int, out: Array) -> None:
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
            for i in range(width):
                out[a, row, at + i] = es[OLD * LANES + i]
    for i in range(width):
        tolerance = es[TOL * LANES + i]
        out[daughters, row, at + i] = effect(
            es[OLD * LANES + i], tolerance, es[EMAX * LANES + i], es[EC50 * LANES + i], es[GAMMA * LANES + i]
        )
        out[daughters + 1, row, at + i] = tolerance


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
    for j in range(stops.shape[0]):
        flush(ws)
        while True:
            if soonest(ws) <= stops[j]:
                if arrive(par, at, bodies, daughters, what, count, pointer, running, m, ws, flags):
                    for i in range(LANES):
                        es[KEY * LANES + i] = -1.0
            state = forward(ws, stops[j], longest)
            moves = False
            for i in range(LANES):
                moves = moves or ws[HOURS * LANES + i] > 0.0
            if not moves:
                break
            step(ws, es, bodies, daughters, sweeps, state < 2, plain)
        write(ws, es, bodies, daughters, at, width, rows[j], out)


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
    """Blocks first to last, to `out` (analytes, effect, tolerance; times; people). The last daughter is the effect site."""
    room = room_for(lines, events)
    what, count, pointer, running, m, ws, _ = room
    for block in range(first, last):
        at = block * LANES
        begin(par, starts, doses, at, bodies, daughters, what, count, pointer, running, m, ws, flags)
        follow(par, effects, start, stops, rows, longest, sweeps, at, bodies, daughters, room, out, flags)
