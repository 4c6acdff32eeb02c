"""Levels of many people at shared times, without and with events on the way.

Between events every mode is multiplied by its decay over the step, which is computed once for each distinct step. Where
an event falls between two times the block goes there first, each person by an own step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unclench.engine.compiled import Array, kernel, part
from unclench.engine.kernel_block import (
    AMOUNT,
    BOLUS,
    DECAYS,
    HOURS,
    INTO,
    LANES,
    LEVEL,
    NEXT,
    NOW,
    SPACE,
    STILL,
    TEMPORARY,
    WEIGHT,
    arrive,
    begin,
    fill_decay,
    flush,
    row,
    step_to,
    unused,
)
from unclench.engine.kernel_events import INTO_BODY, INTO_DEPOT

# After so many steps modes that have vanished are cleared.
RUN = 8


def emitter(bodies: int, daughters: int) -> Any:
    """A loop over steps without events, for one size of system: decay, levels, and out."""
    two, three, any_daughter = bodies > 1, bodies > 2, daughters

    @part
    def emit(
        ws: Array, decays: Array, out: Array, rows: Any, slots: Any, first: int, last: int, at: int, width: int
    ) -> None:
        for j in range(first, last):
            decay = decays[8 * slots[j] * LANES : 8 * (slots[j] + 1) * LANES]
            for i in range(LANES):
                z0 = ws[i] * decay[i]
                z1 = ws[LANES + i] * decay[LANES + i]
                ws[i], ws[LANES + i] = z0, z1
                z2 = z3 = z4 = z5 = z6 = 0.0
                w = WEIGHT * LANES + i
                level = ws[w] * z0 + ws[w + LANES] * z1
                if two:
                    z2 = ws[2 * LANES + i] * decay[2 * LANES + i]
                    ws[2 * LANES + i] = z2
                    level += ws[w + 2 * LANES] * z2
                if three:
                    z3 = ws[3 * LANES + i] * decay[3 * LANES + i]
                    ws[3 * LANES + i] = z3
                    level += ws[w + 3 * LANES] * z3
                ws[LEVEL * LANES + i] = level
                if any_daughter > 0:
                    z4 = ws[4 * LANES + i] * decay[4 * LANES + i]
                    ws[4 * LANES + i] = z4
                    w += 8 * LANES
                    level = ws[w] * z0 + ws[w + LANES] * z1 + ws[w + 4 * LANES] * z4
                    if two:
                        level += ws[w + 2 * LANES] * z2
                    if three:
                        level += ws[w + 3 * LANES] * z3
                    ws[(LEVEL + 1) * LANES + i] = level
                if any_daughter > 1:
                    z5 = ws[5 * LANES + i] * decay[5 * LANES + i]
                    ws[5 * LANES + i] = z5
                    w += 8 * LANES
                    level = ws[w] * z0 + ws[w + LANES] * z1 + ws[w + 4 * LANES] * z4 + ws[w + 5 * LANES] * z5
                    if two:
                        level += ws[w + 2 * LANES] * z2
                    if three:
                        level += ws[w + 3 * LANES] * z3
                    ws[(LEVEL + 2) * LANES + i] = level
                if any_daughter > 2:
                    z6 = ws[6 * LANES + i] * decay[6 * LANES + i]
                    ws[6 * LANES + i] = z6
                    w += 8 * LANES
                    level = ws[w] * z0 + ws[w + LANES] * z1 + ws[w + 4 * LANES] * z4 + ws[w + 5 * LANES] * z5
                    level += ws[w + 6 * LANES] * z6
                    if two:
                        level += ws[w + 2 * LANES] * z2
                    if three:
                        level += ws[w + 3 * LANES] * z3
                    ws[(LEVEL + 3) * LANES + i] = level
            for a in range(1 + daughters):
                found, to = row(ws, LEVEL + a), out[a, rows[j], at : at + width]
                for i in range(width):
                    to[i] = found[i]

    return emit


ONE_0, ONE_1, ONE_2, ONE_3 = (emitter(1, d) for d in range(4))
TWO_0, TWO_1, TWO_2, TWO_3 = (emitter(2, d) for d in range(4))
THREE_0, THREE_1, THREE_2, THREE_3 = (emitter(3, d) for d in range(4))


@part
def emit(
    size: int, ws: Array, decays: Array, out: Array, rows: Any, slots: Any, first: int, last: int, at: int, width: int
) -> None:
    """The emitter of this size, where `size` is 10 times the compartments and the daughters."""
    if size == 10:
        ONE_0(ws, decays, out, rows, slots, first, last, at, width)
    elif size == 11:
        ONE_1(ws, decays, out, rows, slots, first, last, at, width)
    elif size == 12:
        ONE_2(ws, decays, out, rows, slots, first, last, at, width)
    elif size == 13:
        ONE_3(ws, decays, out, rows, slots, first, last, at, width)
    elif size < 30:
        emit_two(size, ws, decays, out, rows, slots, first, last, at, width)
    elif size == 30:
        THREE_0(ws, decays, out, rows, slots, first, last, at, width)
    elif size == 31:
        THREE_1(ws, decays, out, rows, slots, first, last, at, width)
    elif size == 32:
        THREE_2(ws, decays, out, rows, slots, first, last, at, width)
    else:
        THREE_3(ws, decays, out, rows, slots, first, last, at, width)


@part
def emit_two(
    size: int, ws: Array, decays: Array, out: Array, rows: Any, slots: Any, first: int, last: int, at: int, width: int
) -> None:
    """The emitters of two compartments."""
    if size == 20:
        TWO_0(ws, decays, out, rows, slots, first, last, at, width)
    elif size == 21:
        TWO_1(ws, decays, out, rows, slots, first, last, at, width)
    elif size == 22:
        TWO_2(ws, decays, out, rows, slots, first, last, at, width)
    else:
        TWO_3(ws, decays, out, rows, slots, first, last, at, width)


@part
def all_at(ws: Array, what: Array, pointer: Any, running: Any, time: float) -> bool:
    """Whether every lane's next event is a dose into the same place at this very time, and nothing runs in."""
    kind = what[0, pointer[0], 1]
    same = kind in (INTO_DEPOT, INTO_BODY)
    for i in range(LANES):
        if ws[NEXT * LANES + i] != time or what[i, pointer[i], 1] != kind or running[i] > 0:
            same = False
    return same


@part
def dose_all(ws: Array, what: Array, count: Any, pointer: Any, bodies: int, daughters: int) -> None:
    """Every lane's next event, which is a dose into the same place."""
    given = INTO if what[0, pointer[0], 1] == INTO_DEPOT else BOLUS
    for i in range(LANES):
        ws[HOURS * LANES + i] = what[i, pointer[i], 2]
        pointer[i] += 1
        ws[NEXT * LANES + i] = what[i, pointer[i], 0] if pointer[i] < count[i] else np.inf
    for k in range(8):
        if not unused(k, bodies, daughters):
            z, amount, each = row(ws, AMOUNT + k), row(ws, HOURS), row(ws, given + k)
            for i in range(LANES):
                z[i] += amount[i] * each[i]


@part
def quiet_until(stops: Array, slots: Any, first: int, next_event: float) -> int:
    """How far the run of steps goes from here that no event touches and that need no decay of their own."""
    last = first
    while last < stops.shape[0] and last < first + RUN and stops[last] < next_event:
        if slots[last] == TEMPORARY:
            return max(last, first + 1)
        last += 1
    return last


@part
def ready_decay(ws: Array, decays: Array, slot: int, hours: float, ready: Any, bodies: int, daughters: int) -> None:
    """Make sure that the slot holds the decay over this step."""
    if slot == TEMPORARY or ready[slot] == 0:
        fill_decay(ws, decays, slot, hours, bodies, daughters)
        ready[slot] = 1


@part
def march(
    par: Array, starts: Array, doses: Any, start: float, stops: Array, steps: Array, slots: Any, rows: Any,
    at: int, bodies: int, daughters: int, room: Any, out: Array, flags: Any,
) -> None:  # fmt: skip
    """One block through all times."""
    what, count, pointer, running, ready, still, m, ws, decays = room
    begin(par, starts, doses, at, bodies, daughters, what, count, pointer, running, m, ws, flags)
    ready[:] = 0
    width, size, j, now = min(LANES, par.shape[2] - at), 10 * bodies + daughters, 0, start
    while j < stops.shape[0]:
        next_event = np.min(ws[NEXT * LANES : (NEXT + 1) * LANES])
        flush(ws)
        if j > 0 and next_event >= stops[j] and np.max(running) == 0:
            ready_decay(ws, decays, slots[j], steps[j], ready, bodies, daughters)
            last = quiet_until(stops, slots, j, next_event)
            for k in range(j + 1, last):
                ready_decay(ws, decays, slots[k], steps[k], ready, bodies, daughters)
            if last > j:
                emit(size, ws, decays, out, rows, slots, j, last, at, width)
                j, now = last, stops[last - 1]
                continue
            if all_at(ws, what, pointer, running, stops[j]):
                decay_only(ws, decays, slots[j], bodies, daughters)
                while all_at(ws, what, pointer, running, stops[j]):
                    dose_all(ws, what, count, pointer, bodies, daughters)
                now = stops[j]
        ws[NOW * LANES : (NOW + 1) * LANES] = now
        behind = True
        while behind:
            behind = step_to(ws, stops[j], bodies, daughters)
            if arrive(par, at, bodies, daughters, what, count, pointer, running, m, ws, flags):
                ready[:] = 0
        emit(size, ws, decays, out, rows, still, j, j + 1, at, width)
        now = stops[j]
        j += 1


@part
def decay_only(ws: Array, decays: Array, slot: int, bodies: int, daughters: int) -> None:
    """One step of everyone, by decays that are ready."""
    for k in range(8):
        if not unused(k, bodies, daughters):
            z, decay = row(ws, AMOUNT + k), row(decays, 8 * slot + k)
            for i in range(LANES):
                z[i] *= decay[i]


@part
def room_for(events: int, times: int) -> Any:
    """The arrays that one block at a time works in."""
    return (
        np.empty((LANES, max(events, 1), 3)),
        np.empty(LANES, np.int64),
        np.empty(LANES, np.int64),
        np.empty(LANES, np.int64),
        np.zeros(STILL + 1, np.int64),
        np.full(times, STILL, np.int64),
        np.empty((18, 8)),
        np.empty(SPACE),
        np.ones(DECAYS),
    )


@kernel(
    "void(float64[:,:,::1], float64[::1], Tuple((float64[:,::1], float64[:,::1], int8[:,::1], float64[:,::1],"
    "float64[::1])), float64, float64[::1], float64[::1], int64[::1], int64[::1], int64, int64, int64, int64,"
    "float64[:,:,::1], uint8[::1])"
)
def levels_of_blocks(
    par: Array, starts: Array, doses: Any, start: float, stops: Array, steps: Array, slots: Any, rows: Any,
    first: int, last: int, bodies: int, daughters: int, out: Array, flags: Any,
) -> None:  # fmt: skip
    """Blocks first to last, written to `out` (analytes, times, people). A person who needs `kernel_matrix` is flagged."""
    room = room_for(2 * doses[0].shape[0] + starts.shape[0], stops.shape[0])
    for block in range(first, last):
        march(par, starts, doses, start, stops, steps, slots, rows, block * LANES, bodies, daughters, room, out, flags)
