"""Levels of many people at shared times, without and with events on the way.

Between events every mode is multiplied by its decay over the step, which is computed once for each distinct step. Where
an event falls between two times the block goes there first, each person by an own step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unclench.engine.compiled import Array, kernel, making_arrays, part, view
from unclench.engine.kernel_block import (
    AMOUNT,
    BOLUS,
    DECAYS,
    INTO,
    LANES,
    NEXT,
    NOW,
    SPACE,
    STILL,
    TEMPORARY,
    anchor,
    arrive,
    begin,
    fill_decay,
    flush,
    return_to_anchor,
    row,
    some,
    soonest,
    step_to,
    unused,
)
from unclench.engine.kernel_emit import emitter
from unclench.engine.kernel_events import INTO_BODY, INTO_DEPOT
from unclench.engine.kernel_stream import copy, fence

# Levels beyond so many numbers (32 MB) are written past the cache.
CACHED = 4_000_000
# So many times and blocks make a sheet, which stays in the cache of one core: 64 kB for each analyte.
RUN, TOGETHER = 8, 16
# After so many steps the state is had again from the last event; a multiple of RUN.
MANY = 256
# Rows of the sheet are a block longer than they need be: at distances of a power of two they would all compete for
# the same few places in the cache.
ROW = (TOGETHER + 1) * LANES
PLANE = RUN * ROW


ONE_0, ONE_1, ONE_2, ONE_3 = (emitter(1, d, ROW, PLANE) for d in range(4))
TWO_0, TWO_1, TWO_2, TWO_3 = (emitter(2, d, ROW, PLANE) for d in range(4))
THREE_0, THREE_1, THREE_2, THREE_3 = (emitter(3, d, ROW, PLANE) for d in range(4))


@part
def emit(size: int, ws: Array, decays: Array, sheet: Array, slots: Any, first: int, last: int, place: int) -> None:
    """The emitter of this size, where `size` is 10 times the compartments and the daughters."""
    if size == 10:
        ONE_0(ws, decays, sheet, slots, first, last, place)
    elif size == 11:
        ONE_1(ws, decays, sheet, slots, first, last, place)
    elif size == 12:
        ONE_2(ws, decays, sheet, slots, first, last, place)
    elif size == 13:
        ONE_3(ws, decays, sheet, slots, first, last, place)
    elif size < 30:
        emit_two(size, ws, decays, sheet, slots, first, last, place)
    elif size == 30:
        THREE_0(ws, decays, sheet, slots, first, last, place)
    elif size == 31:
        THREE_1(ws, decays, sheet, slots, first, last, place)
    elif size == 32:
        THREE_2(ws, decays, sheet, slots, first, last, place)
    else:
        THREE_3(ws, decays, sheet, slots, first, last, place)


@part
def emit_two(size: int, ws: Array, decays: Array, sheet: Array, slots: Any, first: int, last: int, place: int) -> None:
    """The emitters of two compartments."""
    if size == 20:
        TWO_0(ws, decays, sheet, slots, first, last, place)
    elif size == 21:
        TWO_1(ws, decays, sheet, slots, first, last, place)
    elif size == 22:
        TWO_2(ws, decays, sheet, slots, first, last, place)
    else:
        TWO_3(ws, decays, sheet, slots, first, last, place)


@part
def all_at(ws: Array, what: Array, count: Any, pointer: Any, running: Any, time: float) -> bool:
    """Whether everybody's next event is the same dose at this very time, and nothing runs in."""
    if what.shape[0] > 1 or running[0] > 0 or pointer[0] >= count[0]:
        return False
    kind = what[0, pointer[0], 1]
    return what[0, pointer[0], 0] == time and kind in (INTO_DEPOT, INTO_BODY)


@part
def dose_all(ws: Array, what: Array, count: Any, pointer: Any, bodies: int, daughters: int) -> None:
    """Everybody's next event, which is one dose."""
    event = what[0, pointer[0]]
    given, amount = INTO if event[1] == INTO_DEPOT else BOLUS, event[2]
    pointer[:] = pointer[0] + 1
    row(ws, NEXT)[:] = what[0, pointer[0], 0] if pointer[0] < count[0] else np.inf
    for k in range(8):
        if not unused(k, bodies, daughters):
            z, each = row(ws, AMOUNT + k), row(ws, given + k)
            for i in range(LANES):
                z[i] += amount * each[i]


@part
def quiet_until(stops: Array, slots: Any, first: int, last: int, next_event: float) -> int:
    """How far the run of steps goes from here that no event touches and that need no decay of their own."""
    at = first
    while at < last and stops[at] < next_event:
        if slots[at] == TEMPORARY:
            return max(at, first + 1)
        at += 1
    return at


@part
def ready_decay(ws: Array, decays: Array, slot: int, hours: float, ready: Any, bodies: int, daughters: int) -> None:
    """Make sure that the slot holds the decay over this step."""
    if slot == TEMPORARY or ready[slot] == 0:
        fill_decay(ws, decays, slot, hours, bodies, daughters)
        ready[slot] = 1


@part
def decay_only(ws: Array, decays: Array, slot: int, bodies: int, daughters: int) -> None:
    """One step of everyone, by decays that are ready."""
    for k in range(8):
        if not unused(k, bodies, daughters):
            z, decay = row(ws, AMOUNT + k), row(decays, 8 * slot + k)
            for i in range(LANES):
                z[i] *= decay[i]


@part
def march(
    par: Array, now: float, stops: Array, steps: Array, slots: Any, still: Any, first: int, last: int,
    at: int, bodies: int, daughters: int, room: Any, sheet: Array, column: int, flags: Any,
) -> None:  # fmt: skip
    """One block from `now` through times first to last, its levels into this column of the sheet."""
    what, count, pointer, running, ready, m, ws, decays = room
    size, j = 10 * bodies + daughters, first
    if first > 0 and first % MANY == 0 and not some(running):
        return_to_anchor(ws, now, bodies, daughters)
    flush(ws)
    while j < last:
        next_event, place = soonest(ws), (j - first) * ROW + column
        if j > 0 and next_event >= stops[j] and not some(running):
            ready_decay(ws, decays, slots[j], steps[j], ready, bodies, daughters)
            end = quiet_until(stops, slots, j, last, next_event)
            for k in range(j + 1, end):
                ready_decay(ws, decays, slots[k], steps[k], ready, bodies, daughters)
            if end > j:
                emit(size, ws, decays, sheet, slots, j, end, place)
                j, now = end, stops[end - 1]
                continue
            decay_only(ws, decays, slots[j], bodies, daughters)
            now = stops[j]
            while all_at(ws, what, count, pointer, running, now):
                dose_all(ws, what, count, pointer, bodies, daughters)
        row(ws, NOW)[:] = now
        behind = now < stops[j] or soonest(ws) <= now
        while behind:
            behind = step_to(ws, stops[j], bodies, daughters)
            if arrive(par, at, bodies, daughters, what, count, pointer, running, m, ws, flags):
                ready[:] = 0
        emit(size, ws, decays, sheet, still, j, j + 1, place)
        now = stops[j]
        anchor(ws, now)
        j += 1


@making_arrays
def room_for(blocks: int, lines: int, events: int) -> Any:
    """The arrays that so many blocks at a time work in."""
    return (
        np.empty((blocks, lines, events, 3)),
        np.empty((blocks, LANES), np.int64),
        np.empty((blocks, LANES), np.int64),
        np.empty((blocks, LANES), np.int64),
        np.zeros((blocks, STILL + 1), np.int64),
        np.empty((blocks, 18, 8)),
        np.empty((blocks, SPACE)),
        np.ones((blocks, DECAYS)),
    )


@view
def room_of(room: Any, block: int) -> Any:
    """One block's part of the room."""
    what, count, pointer, running, ready, m, ws, decays = room
    return (
        what[block], count[block], pointer[block], running[block], ready[block], m[block], ws[block], decays[block],
    )  # fmt: skip


@kernel(
    "void(float64[:,:,::1], float64[::1], Tuple((float64[:,::1], float64[:,::1], int8[:,::1], float64[:,::1],"
    "float64[::1])), int64, int64, int64, float64, float64[::1], float64[::1], int64[::1], int64[::1], int64, int64,"
    "int64, int64, float64[:,:,::1], uint8[::1])"
)
def levels_of_blocks(
    par: Array, starts: Array, doses: Any, lines: int, events: int, together: int,
    start: float, stops: Array, steps: Array, slots: Any, rows: Any,
    first: int, last: int, bodies: int, daughters: int, out: Array, flags: Any,
) -> None:  # fmt: skip
    """Groups (of `together` blocks) first to last, to `out` (analytes, times, people).

    A sheet of a few times of the whole group is filled and then copied, so that memory sees long rows: writing
    512 bytes here and there takes several times as long. A person who needs `kernel_matrix` is flagged.
    """
    rooms, sheet, times = room_for(together, lines, events), np.empty(4 * PLANE), stops.shape[0]
    still, people = np.full(times, STILL, np.int64), par.shape[2]
    for group in range(first, last):
        left, right = group * together * LANES, min(people, (group + 1) * together * LANES)
        blocks = (right - left + LANES - 1) // LANES
        for block in range(blocks):
            what, count, pointer, running, ready, m, ws, _ = room_of(rooms, block)
            at = left + block * LANES
            begin(par, starts, doses, at, bodies, daughters, what, count, pointer, running, m, ws, flags)
            ready[:] = 0
        for j in range(0, times, RUN):
            end, now = min(j + RUN, times), stops[j - 1] if j > 0 else start
            for block in range(blocks):
                march(
                    par, now, stops, steps, slots, still, j, end, left + block * LANES, bodies, daughters,
                    room_of(rooms, block), sheet, block * LANES, flags,
                )  # fmt: skip
            for a in range(1 + daughters):
                for k in range(j, end):
                    place = a * PLANE + (k - j) * ROW
                    copy(out[a, rows[k], left:right], sheet[place : place + right - left], out.size > CACHED)
    fence()
