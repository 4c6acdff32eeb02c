"""One person by the matrix exponential: for whom rates meet, so that the closed form would divide by next to nothing.

The rate matrix has no negative number off its diagonal. Shifted by its fastest exit it has none at all, so that the
Taylor series of its exponential and the squarings only ever add: every element keeps its relative precision, whatever
rates coincide (the idea of Xue and Ye, Numer. Math. 2008; errors grow only with rate times hours).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unclench.engine.compiled import Array, kernel, part
from unclench.engine.kernel_block import KEPT_STEPS
from unclench.engine.kernel_events import CHANGE, INTO_BODY, INTO_DEPOT, RATE_UP, timeline
from unclench.engine.kernel_modes import DAUGHTER, DEPOT, ENTERING, EXCHANGE, LOSS, PASSED, VOLUME

# Amounts: 0 depot, 1... body, then daughters, last the steady inflow into the first compartment.
MOST, TERMS, SMALL = 9, 22, 0.5


@part
def rate_matrix(par: Array, p: int, bodies: int, daughters: int, a: Array) -> float:
    """Rates into `a`, shifted up by the fastest exit, which is returned."""
    size, body = 1 + bodies + daughters, 1 + bodies
    a[:] = 0.0
    a[0, 0], a[1, 0] = -par[DEPOT, p], par[DEPOT, p]
    out = par[LOSS, p]
    for k in range(1, bodies):
        flow = par[EXCHANGE + k - 1, p]
        out += flow
        a[1 + k, 1] = flow / par[VOLUME, p]
        a[1 + k, 1 + k], a[1, 1 + k] = -flow / par[VOLUME + k, p], flow / par[VOLUME + k, p]
    a[1, 1] = -out / par[VOLUME, p]
    for d in range(daughters):
        a[body + d, 1] = par[DAUGHTER + 3 * d, p] / par[VOLUME, p]
        a[body + d, body + d] = -par[DAUGHTER + 3 * d + 1, p]
        for e in range(d):
            a[body + d, body + e] = par[PASSED + 4 * e + d, p]
    a[1, size] = 1.0
    fastest = 0.0
    for k in range(size):
        fastest = max(fastest, -a[k, k])
    for k in range(size + 1):
        a[k, k] += fastest
    return fastest


@part
def multiply(one: Array, other: Array, product: Array, size: int) -> None:
    for i in range(size):
        for j in range(size):
            total = 0.0
            for k in range(size):
                total += one[i, k] * other[k, j]
            product[i, j] = total


@part
def propagator(a: Array, fastest: float, hours: float, size: int, made: Array, room: Array) -> None:
    """exp of the rates over these hours into `made`."""
    halvings, h = 0, hours
    while fastest * h > SMALL:
        h *= 0.5
        halvings += 1
    term, product = room[0], room[1]
    for i in range(size):
        for j in range(size):
            made[i, j] = term[i, j] = 1.0 if i == j else 0.0
    for n in range(1, TERMS):
        multiply(term, a, product, size)
        for i in range(size):
            for j in range(size):
                term[i, j] = product[i, j] * (h / n)
                made[i, j] += term[i, j]
    shift = np.exp(-fastest * h)
    for i in range(size):
        for j in range(size):
            made[i, j] *= shift
    made[size - 1, size - 1] = 1.0
    for _ in range(halvings):
        multiply(made, made, product, size)
        for i in range(size):
            for j in range(size):
                made[i, j] = product[i, j]
        made[size - 1, size - 1] = 1.0


@part
def apply(made: Array, y: Array, size: int, room: Array) -> None:
    """One step."""
    for i in range(size):
        total = 0.0
        for k in range(size):
            total += made[i, k] * y[k]
        room[0, 0, i] = total
    for i in range(size):
        y[i] = room[0, 0, i]


@part
def happen_to(par: Array, p: int, size: int, event: Array, y: Array, running: int) -> int:
    """One event other than a change of parameters; returns how many infusions run."""
    kind, how_much = int(event[1]), event[2]
    if kind == INTO_DEPOT:
        y[0] += how_much * par[ENTERING, p]
    elif kind == INTO_BODY:
        y[1] += how_much
    else:
        running += 1 if kind == RATE_UP else -1
        y[size - 1] = y[size - 1] + (how_much if kind == RATE_UP else -how_much) if running > 0 else 0.0
    return running


@part
def write_levels(par: Array, p: int, bodies: int, daughters: int, y: Array, out: Array, row: int) -> None:
    out[0, row, p] = y[1] / par[VOLUME, p]
    for d in range(daughters):
        out[1 + d, row, p] = y[1 + bodies + d] / par[DAUGHTER + 3 * d + 2, p]


@kernel(
    "void(float64[:,:,::1], float64[::1], Tuple((float64[:,::1], float64[:,::1], int8[:,::1], float64[:,::1],"
    "float64[::1])), float64, float64[::1], float64[::1], int64[::1], int64[::1], int64, int64, int64,"
    "float64[:,:,::1])"
)
def levels_of_person(
    par: Array, starts: Array, doses: Any, start: float, stops: Array, steps: Array, slots: Any, rows: Any,
    p: int, bodies: int, daughters: int, out: Array,
) -> None:  # fmt: skip
    """The levels of one person, written to the person's column of `out`."""
    what = np.empty((2 * doses[0].shape[0] + starts.shape[0] + 1, 3))
    count, size = timeline(p, starts, doses, what), 2 + bodies + daughters
    kept, ready = np.zeros((KEPT_STEPS + 1, MOST, MOST)), np.zeros(KEPT_STEPS + 1, np.int64)
    room, a, y = np.zeros((2, MOST, MOST)), np.zeros((MOST, MOST)), np.zeros(MOST)
    now, event, running, span = start, 0, 0, 0
    fastest = rate_matrix(par[0], p, bodies, daughters, a)
    for j in range(stops.shape[0]):
        whole = j > 0
        while event < count and what[event, 0] <= stops[j]:
            if what[event, 0] > now:
                propagator(a, fastest, what[event, 0] - now, size, kept[KEPT_STEPS], room)
                apply(kept[KEPT_STEPS], y, size, room)
                now, whole = what[event, 0], False
            if what[event, 1] == CHANGE:
                span = int(what[event, 2])
                fastest = rate_matrix(par[span], p, bodies, daughters, a)
                ready[:] = 0
            else:
                running = happen_to(par[span], p, size, what[event], y, running)
            event += 1
        if now < stops[j]:
            slot = slots[j] if whole else KEPT_STEPS
            if slot == KEPT_STEPS or ready[slot] == 0:
                propagator(a, fastest, steps[j] if whole else stops[j] - now, size, kept[slot], room)
                ready[slot] = 1
            apply(kept[slot], y, size, room)
            now = stops[j]
        write_levels(par[span], p, bodies, daughters, y, out, rows[j])
