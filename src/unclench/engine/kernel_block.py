"""A block of people side by side: their modes, one step of all of them, and what an event does to one of them.

A block's numbers lie in one flat work space at fixed places, so that the compiler sees that they do not overlap and
makes vector instructions of every loop over `LANES` people.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unclench.engine.compiled import Array, part, view
from unclench.engine.kernel_events import CHANGE, INTO_BODY, INTO_DEPOT, RATE_UP, timeline
from unclench.engine.kernel_exp import exp_minus, mean_of_exp_minus
from unclench.engine.kernel_modes import DAUGHTER, ENTERING, FIRST_DAUGHTER, VOLUME, decompose, to_amounts, to_modes

LANES = 64
# Rows of the work space, each LANES long; blocks of 8 rows are mode vectors.
AMOUNT, RATE, INTO, BOLUS, WEIGHT, HOURS, INFLOW, NOW, NEXT = 0, 8, 16, 24, 32, 72, 73, 74, 75
KEPT_STEPS = 8
TEMPORARY, STILL = KEPT_STEPS, KEPT_STEPS + 1
# Below this a mode has vanished.
VANISHED = 1e-250
# Amounts at the last event, and when that was.
ANCHOR, ANCHORED = 76, 84
SPACE = 85 * LANES
DECAYS = 8 * (KEPT_STEPS + 2) * LANES


@view
def row(ws: Array, at: int) -> Array:
    """One row: seen as an array of its own, its loops need no check for negative places."""
    return ws[at * LANES : (at + 1) * LANES]


@part
def soonest(ws: Array) -> float:
    """The next event of anybody."""
    found = np.inf
    for i in range(LANES):
        found = min(found, ws[NEXT * LANES + i])
    return found


@part
def some(counts: Any) -> bool:
    """Whether any is above zero."""
    found = False
    for i in range(counts.shape[0]):
        found = found or counts[i] > 0
    return found


@part
def fill_lane(par: Array, p: int, i: int, bodies: int, daughters: int, m: Array, ws: Array) -> bool:
    """The person's modes into lane i; false where the closed form cancels."""
    good = decompose(par, p, bodies, daughters, m)
    for k in range(8):
        ws[(RATE + k) * LANES + i] = m[0, k]
        ws[(INTO + k) * LANES + i] = m[7, k] * par[ENTERING, p]
        ws[(BOLUS + k) * LANES + i] = m[8, k]
        ws[(WEIGHT + k) * LANES + i] = m[1, k] / par[VOLUME, p]
        for d in range(daughters):
            ws[(WEIGHT + 8 * (1 + d) + k) * LANES + i] = m[3 + d, k] / par[DAUGHTER + 3 * d + 2, p]
    return good


@part
def unused(k: int, bodies: int, daughters: int) -> bool:
    """Whether a system of this size has no mode in slot k."""
    return bodies < k < FIRST_DAUGHTER or k >= FIRST_DAUGHTER + daughters


@part
def fill_decay(ws: Array, decays: Array, slot: int, hours: float, bodies: int, daughters: int) -> None:
    """Decays over a step that is the same for everyone."""
    for k in range(8):
        if unused(k, bodies, daughters):
            continue
        to, rate = row(decays, 8 * slot + k), row(ws, RATE + k)
        for i in range(LANES):
            to[i] = exp_minus(rate[i] * hours)


@part
def advance(ws: Array, bodies: int, daughters: int, steady: bool) -> None:
    """Each lane by its own HOURS, with its own INFLOW into the first compartment unless `steady`."""
    for k in range(8):
        if unused(k, bodies, daughters):
            continue
        z, rate, bolus, hours = row(ws, AMOUNT + k), row(ws, RATE + k), row(ws, BOLUS + k), row(ws, HOURS)
        if steady:
            for i in range(LANES):
                z[i] *= exp_minus(rate[i] * hours[i])
        else:
            inflow = row(ws, INFLOW)
            for i in range(LANES):
                x = rate[i] * hours[i]
                left = exp_minus(x)
                z[i] = z[i] * left + bolus[i] * inflow[i] * hours[i] * mean_of_exp_minus(x, left)


@part
def happen(
    par: Array, p: int, i: int, bodies: int, daughters: int, event: Array, running: Any, m: Array, ws: Array
) -> bool:
    """One event of one person; false where the closed form cancels. `par` is of all spans: (spans, rows, people)."""
    good = True
    kind, how_much = int(event[1]), event[2]
    if kind in (INTO_DEPOT, INTO_BODY):
        given = INTO if kind == INTO_DEPOT else BOLUS
        for k in range(8):
            ws[(AMOUNT + k) * LANES + i] += how_much * ws[(given + k) * LANES + i]
    elif kind == CHANGE:
        new = int(how_much)
        for k in range(8):
            m[15, k] = ws[(AMOUNT + k) * LANES + i]
        decompose(par[new - 1], p, bodies, daughters, m)
        to_amounts(par[new - 1], p, bodies, daughters, m, m[15], m[16])
        good = fill_lane(par[new], p, i, bodies, daughters, m, ws)
        to_modes(par[new], p, bodies, daughters, m, m[16], m[15])
        for k in range(8):
            ws[(AMOUNT + k) * LANES + i] = m[15, k]
    else:
        running[i] += 1 if kind == RATE_UP else -1
        change = how_much if kind == RATE_UP else -how_much
        ws[INFLOW * LANES + i] = ws[INFLOW * LANES + i] + change if running[i] > 0 else 0.0
    return good


@part
def flush(ws: Array) -> None:
    """Modes that have all but vanished become 0: the processor is slow with the smallest numbers there are."""
    for k in range(8):
        for i in range(LANES):
            z = ws[(AMOUNT + k) * LANES + i]
            ws[(AMOUNT + k) * LANES + i] = z if abs(z) > VANISHED else 0.0


@part
def anchor(ws: Array, now: float) -> None:
    """Remember this state, from which later ones can be had in one step."""
    for i in range(8 * LANES):
        ws[ANCHOR * LANES + i] = ws[AMOUNT * LANES + i]
    ws[ANCHORED * LANES] = now


@part
def return_to_anchor(ws: Array, now: float, bodies: int, daughters: int) -> None:
    """The state by one step from the last event: very many small steps would gather their rounding errors."""
    hours = now - ws[ANCHORED * LANES]
    for k in range(8):
        if not unused(k, bodies, daughters):
            z, rate, old = row(ws, AMOUNT + k), row(ws, RATE + k), row(ws, ANCHOR + k)
            for i in range(LANES):
                z[i] = old[i] * exp_minus(rate[i] * hours)


@part
def begin(
    par: Array, starts: Array, doses: Any, at: int, bodies: int, daughters: int,
    what: Array, count: Any, pointer: Any, running: Any, m: Array, ws: Array, flags: Any,
) -> None:  # fmt: skip
    """The block of people from `at` on, with nothing in the body. A last block that is not full repeats its last.

    `what` holds one line of events for each lane, or one line for all where everybody's are the same.
    """
    ws[:] = 0.0
    people = par.shape[2]
    for i in range(LANES):
        p = min(at + i, people - 1)
        if not fill_lane(par[0], p, i, bodies, daughters, m, ws):
            flags[p] = 1
        if i < what.shape[0]:
            count[i] = timeline(p, starts, doses, what[i])
        line = i if what.shape[0] > 1 else 0
        count[i], pointer[i], running[i] = count[line], 0, 0
        ws[NEXT * LANES + i] = what[line, 0, 0] if count[i] > 0 else np.inf


@part
def arrive(
    par: Array, at: int, bodies: int, daughters: int,
    what: Array, count: Any, pointer: Any, running: Any, m: Array, ws: Array, flags: Any,
) -> bool:  # fmt: skip
    """All events of every lane up to its NOW; true if parameters have changed."""
    people, changed = par.shape[2], False
    for i in range(LANES):
        p, line = min(at + i, people - 1), i if what.shape[0] > 1 else 0
        while pointer[i] < count[i] and what[line, pointer[i], 0] <= ws[NOW * LANES + i]:
            event = what[line, pointer[i]]
            changed = changed or event[1] == CHANGE
            if not happen(par, p, i, bodies, daughters, event, running, m, ws):
                flags[p] = 1
            pointer[i] += 1
        ws[NEXT * LANES + i] = what[line, pointer[i], 0] if pointer[i] < count[i] else np.inf
    return changed


@part
def step_to(ws: Array, to: float, bodies: int, daughters: int) -> bool:
    """Each lane to its next event or to this time, whichever is first; true if a lane has farther to go."""
    behind, steady = False, True
    for i in range(LANES):
        steady = steady and ws[INFLOW * LANES + i] == 0.0
        stop = min(ws[NEXT * LANES + i], to)
        behind = behind or stop < to
        ws[HOURS * LANES + i] = stop - ws[NOW * LANES + i]
        ws[NOW * LANES + i] = stop
    advance(ws, bodies, daughters, steady)
    return behind
