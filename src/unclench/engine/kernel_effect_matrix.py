"""Effect with tolerance for one person in whom rates meet: the method of `kernel_effect` on the matrix exponential."""

from __future__ import annotations

from typing import Any

import numpy as np

from unclench.engine.compiled import Array, kernel, part
from unclench.engine.kernel_effect import EC50, EMAX, FIRST_STEP, GAMMA, KOFF, KON, NODES, STAGES, TO_NODE, effect
from unclench.engine.kernel_events import CHANGE, timeline
from unclench.engine.kernel_matrix import MOST, apply, happen_to, propagator, rate_matrix
from unclench.engine.kernel_modes import DAUGHTER, VOLUME


@part
def push(own: Array, sites: Array, hours: float, tolerance: float, sweeps: int, found: Array) -> float:
    """Tolerance after the step, given the concentrations at its nodes."""
    found[:] = 0.0
    pace = hours * own[KON] * own[EMAX]
    for _ in range(sweeps):
        for n in range(STAGES):
            total = 0.0
            for m in range(STAGES):
                total += TO_NODE[n, m] * found[m]
            shrunk = np.exp(-own[KOFF] * hours * NODES[n])
            now = shrunk * (tolerance + pace * total)
            found[n] = effect(sites[n], now, 1.0, own[EC50], own[GAMMA]) / shrunk
    total = 0.0
    for m in range(STAGES):
        total += TO_NODE[STAGES, m] * found[m]
    return np.exp(-own[KOFF] * hours) * (tolerance + pace * total)


@part
def step(
    a: Array, fastest: float, hours: float, size: int, site: int, y: Array, own: Array, tolerance: float,
    sweeps: int, kept: Array, room: Array, sites: Array, known: float,
) -> float:  # fmt: skip
    """One step of state and tolerance; `kept` holds the exponentials to the nodes if the last step was as long."""
    old = sites[2]
    for k in range(size):
        old[k] = y[k]
    for n in range(STAGES + 1):
        if hours != known:
            propagator(a, fastest, hours * (NODES[n] if n < STAGES else 1.0), size, kept[n], room)
        for k in range(size):
            y[k] = old[k]
        apply(kept[n], y, size, room)
        if n < STAGES:
            sites[0, n] = y[site]
    return push(own, sites[0], hours, tolerance, sweeps, sites[1])


@kernel(
    "void(float64[:,:,::1], float64[::1], Tuple((float64[:,::1], float64[:,::1], int8[:,::1], float64[:,::1],"
    "float64[::1])), float64[:,::1], float64, float64[::1], int64[::1], float64, int64, int64, int64, int64,"
    "float64[:,:,::1])"
)
def effects_of_person(
    par: Array, starts: Array, doses: Any, effects: Array, start: float, stops: Array, rows: Any, longest: float,
    sweeps: int, p: int, bodies: int, daughters: int, out: Array,
) -> None:  # fmt: skip
    """Levels, effect and tolerance of one person, to the person's column of `out`."""
    what = np.empty((2 * doses[0].shape[0] + starts.shape[0] + 1, 3))
    count, size = timeline(p, starts, doses, what), 2 + bodies + daughters
    kept, room, a = np.zeros((STAGES + 1, MOST, MOST)), np.zeros((2, MOST, MOST)), np.zeros((MOST, MOST))
    y, sites, own, site = np.zeros(MOST), np.zeros((3, MOST)), effects[:, p].copy(), bodies + daughters
    now, event, running, span, tolerance, known, allowed = start, 0, 0, 0, 0.0, -1.0, longest
    fastest = rate_matrix(par[0], p, bodies, daughters, a)
    for j in range(stops.shape[0]):
        while now < stops[j] or (event < count and what[event, 0] <= now):
            while event < count and what[event, 0] <= now:
                if what[event, 1] == CHANGE:
                    span, known = int(what[event, 2]), -1.0
                    fastest = rate_matrix(par[span], p, bodies, daughters, a)
                else:
                    running = happen_to(par[span], p, size, what[event], y, running)
                event, allowed = event + 1, FIRST_STEP * longest
            stop = min(stops[j], what[event, 0]) if event < count else stops[j]
            if stop > now:
                hours = (stop - now) / np.ceil((stop - now) / allowed)
                tolerance = step(
                    a, fastest, hours, size, site, y, own, tolerance, sweeps, kept, room, sites, known
                )  # fmt: skip
                known, now = hours, stop if stop - now <= allowed else now + hours
                allowed = min(longest, 2.0 * allowed)
        out[0, rows[j], p] = y[1] / par[span, VOLUME, p]
        for d in range(daughters - 1):
            out[1 + d, rows[j], p] = y[1 + bodies + d] / par[span, DAUGHTER + 3 * d + 2, p]
        out[daughters, rows[j], p] = effect(y[site], tolerance, own[EMAX], own[EC50], own[GAMMA])
        out[daughters + 1, rows[j], p] = tolerance
