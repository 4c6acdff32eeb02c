"""Questions to kernels: times made into steps, people into blocks, blocks into threads."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from unclench.engine.cascade import Array, Doses, Progress, Spans, Summaries
from unclench.engine.kernel_block import KEPT_STEPS, LANES, TEMPORARY
from unclench.engine.kernel_effect import effects_of_blocks
from unclench.engine.kernel_effect_matrix import effects_of_person
from unclench.engine.kernel_levels import TOGETHER, levels_of_blocks
from unclench.engine.kernel_matrix import levels_of_person
from unclench.engine.kernel_summary import summaries_of_people
from unclench.engine.kernel_summary_matrix import summary_of_person
from unclench.engine.nonlinear import Effect, sweeps_for, with_site
from unclench.values import EngineError

Integers = NDArray[np.int64]
# Steps that differ by less than so many units in the last place of the times are one step.
SAME_STEP_ULPS = 8
# Room for the events of the blocks that a thread works on together: 100 MB.
ROOM = 4_000_000
# So many people are summarised in one go.
SHARE = 256


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Times in order, and the steps between them; those that come often are told apart by a slot."""

    stops: Array
    steps: Array
    slots: Integers
    rows: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Spans and doses, checked against each other and laid out as the kernels read them."""

    par: Array  # (spans, rows, people)
    starts: Array
    doses: tuple[Array, Array, NDArray[np.int8], Array, Array]
    bodies: int
    daughters: int

    @property
    def people(self) -> int:
        return int(self.par.shape[2])

    @property
    def lines(self) -> int:
        """How many lines of events a block needs: one, unless people's doses differ."""
        at, _, _, _, lag = self.doses
        return 1 if at.shape[1] == 1 and np.all(lag == lag[:1]) else LANES

    @property
    def events(self) -> int:
        """The most events that a person can have."""
        return self.starts.size + int(np.sum(1 + np.any(self.doses[3] > 0, axis=1)))

    @property
    def first_dose(self) -> float:
        return float(self.doses[0].min(initial=np.inf))


def problem(spans: Spans, doses: Doses) -> Problem:
    """Check spans and doses against each other."""
    if not spans:
        raise EngineError(where="spans", found="none", need="at least one (start_h, Cascade)", fix="Give the system.")
    first = spans[0][1]
    starts = np.array([start for start, _ in spans], dtype=np.float64)
    if not np.all(np.isfinite(starts)) or np.any(np.diff(starts) <= 0):
        raise EngineError(
            where="spans", found=f"starts {starts.tolist()}", need="rising hours", fix="Put them in order."
        )
    for start, cascade in spans[1:]:
        shape = (cascade.people, cascade.bodies, cascade.daughters)
        if shape != (first.people, first.bodies, first.daughters):
            raise EngineError(
                where=f"span at {start:g} h",
                found=f"(people, compartments, daughters) {shape}",
                need=f"{(first.people, first.bodies, first.daughters)} as in the first span",
                fix="Give every span the same people and system.",
            )
    packed = first.packed[None] if len(spans) == 1 else np.stack([cascade.packed for _, cascade in spans])
    asked = Problem(packed, starts, doses.table(first.people), first.bodies, first.daughters)
    if asked.first_dose < starts[0]:
        raise EngineError(
            where="doses",
            found=f"a dose at {asked.first_dose:g} h",
            need=f"none before the first span ({starts[0]:g} h)",
            fix="Let the first span start earlier.",
        )  # fmt: skip
    return asked


def plan(times: Array) -> Plan:
    """Steps between times that are sorted and all different."""
    steps = np.diff(times, prepend=times[:1])
    slots = np.full(times.size, TEMPORARY, dtype=np.int64)
    if times.size > 1:
        same = SAME_STEP_ULPS * np.spacing(np.max(np.abs(times)))
        order = np.argsort(steps[1:], kind="stable") + 1
        group = np.cumsum(np.diff(steps[order], prepend=steps[order[0]]) > same)
        many = np.bincount(group)
        mean = np.bincount(group, weights=steps[order]) / many
        steps[order] = np.where(many[group] > 1, mean[group], steps[order])
        for slot, kept in enumerate(np.argsort(-many, kind="stable")[:KEPT_STEPS]):
            slots[order[group == kept]] = slot
    return Plan(times, steps, slots, np.arange(times.size))


def checked_times(times_h: ArrayLike) -> Array:
    """Times as an array, each finite."""
    times = np.asarray(times_h, dtype=np.float64)
    if times.ndim != 1 or not np.all(np.isfinite(times)):
        raise EngineError(
            where="times_h", found=f"shape {times.shape}" if times.ndim != 1 else "a time that is not finite",
            need="finite hours, one after the other", fix="Correct the times.",
        )  # fmt: skip
    return times


def checked_out(out: Array | None, shape: tuple[int, int, int]) -> Array:
    """The array to write, as it was given or new."""
    if out is None:
        return np.empty(shape)
    if out.shape != shape or out.dtype != np.float64 or not out.flags.c_contiguous or not out.flags.writeable:
        raise EngineError(
            where="out", found=f"{out.dtype} of shape {out.shape}", need=f"writable C-contiguous float64 of {shape}",
            fix="Give a matching array, or none.",
        )  # fmt: skip
    return out


def cores(threads: int | None) -> int:
    """How many threads to use."""
    if threads is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if threads < 1:
        raise EngineError(where="threads", found=str(threads), need="1 or more", fix="Leave it out to use every core.")
    return threads


def threaded(work: Callable[[int, int], None], count: int, threads: int | None, progress: Progress | None) -> None:
    """work(first, last) over ranges that cover `count` pieces, in so many threads."""
    workers = min(cores(threads), count)
    share = max(1, min(8, count // (2 * workers)))
    ranges = list(itertools.pairwise([*range(0, count, share), count]))

    def one(piece: tuple[int, int]) -> float:
        work(*piece)
        return piece[1] / count

    if workers == 1:
        for piece in ranges:
            done = one(piece)
            if progress:
                progress(done)
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in pool.map(one, ranges):
            if progress:
                progress(done)


def run_levels(
    spans: Spans, doses: Doses, times_h: ArrayLike, out: Array | None, threads: int | None, progress: Progress | None
) -> Array:
    """See `unclench.engine.cascade.levels`."""
    asked, times = problem(spans, doses), checked_times(times_h)
    found = checked_out(out, (1 + asked.daughters, times.size, asked.people))
    if times.size and asked.people:
        levels_of(asked, times, found, threads, progress)
    return found


def levels_of(asked: Problem, times: Array, found: Array, threads: int | None, progress: Progress | None) -> None:
    """Levels at any times, into `found`."""
    distinct, first_row, inverse = np.unique(times, return_index=True, return_inverse=True)
    made = plan(distinct)
    rows = first_row.astype(np.int64)
    start = min(asked.first_dose, float(distinct[0]))
    flags = np.zeros(asked.people, dtype=np.uint8)
    grid = (start, made.stops, made.steps, made.slots, rows)
    size = (asked.bodies, asked.daughters)
    together = max(1, min(TOGETHER, asked.people // (LANES * cores(threads)), ROOM // (asked.lines * asked.events)))
    room = (asked.lines, asked.events, together)

    def groups(first: int, last: int) -> None:
        levels_of_blocks(asked.par, asked.starts, asked.doses, *room, *grid, first, last, *size, found, flags)

    threaded(groups, -(-asked.people // (LANES * together)), threads, progress)
    confluent = np.flatnonzero(flags)

    def people(first: int, last: int) -> None:
        for person in confluent[first:last]:
            levels_of_person(asked.par, asked.starts, asked.doses, *grid, person, *size, found)

    if confluent.size:
        threaded(people, confluent.size, threads, None)
    if distinct.size < times.size:
        found[:] = found[:, first_row[inverse]]


def run_effects(
    spans: Spans, doses: Doses, times_h: ArrayLike, effect: Effect, out: Array | None, threads: int | None,
    progress: Progress | None, longest_step_h: float,
) -> Array:  # fmt: skip
    """See `unclench.engine.nonlinear.effects`."""
    asked, times = problem(spans, doses), checked_times(times_h)
    found = checked_out(out, (3 + asked.daughters, times.size, asked.people))
    if effect.packed.shape[1] != asked.people or not longest_step_h > 0:
        raise EngineError(
            where="effect", found=f"{effect.packed.shape[1]} people, steps of {longest_step_h:g} h",
            need=f"{asked.people} people, steps above 0", fix="Give the effect of the same people.",
        )  # fmt: skip
    if times.size == 0 or asked.people == 0:
        return found
    par = np.stack([with_site(each, asked.daughters, effect) for each in asked.par])
    distinct, first_row, inverse = np.unique(times, return_index=True, return_inverse=True)
    rows, start = first_row.astype(np.int64), min(asked.first_dose, float(distinct[0]))
    flags = np.zeros(asked.people, dtype=np.uint8)
    system = (par, asked.starts, asked.doses, effect.packed)
    grid = (start, distinct, rows, longest_step_h, sweeps_for(effect, longest_step_h))
    size = (asked.bodies, asked.daughters + 1)

    def blocks(first: int, last: int) -> None:
        effects_of_blocks(*system, asked.lines, asked.events, *grid, first, last, *size, found, flags)

    threaded(blocks, -(-asked.people // LANES), threads, progress)
    confluent = np.flatnonzero(flags)

    def people(first: int, last: int) -> None:
        for person in confluent[first:last]:
            effects_of_person(*system, *grid, person, *size, found)

    if confluent.size:
        threaded(people, confluent.size, threads, None)
    if distinct.size < times.size:
        found[:] = found[:, first_row[inverse]]
    return found


def run_summaries(
    spans: Spans, doses: Doses, until_h: float, above: ArrayLike | None, threads: int | None,
    progress: Progress | None, only_sum: bool = False,
) -> Summaries:  # fmt: skip
    """See `unclench.engine.cascade.summaries`."""
    asked, until = problem(spans, doses), float(checked_times([until_h])[0])
    analytes = 1 + asked.daughters
    limits = np.full((analytes, 1), np.inf) if above is None else np.asarray(above, dtype=np.float64)
    limits = np.ascontiguousarray(limits[:, None] if limits.ndim == 1 else limits)
    if limits.shape not in ((analytes, 1), (analytes, asked.people)) or np.any(np.isnan(limits)):
        raise EngineError(
            where="above",
            found=f"shape {limits.shape}, or not a number",
            need=f"a level for each of {analytes} analytes",
            fix="Give (analytes,) or (analytes, people); infinity where not asked.",
        )  # fmt: skip
    found, flags = np.zeros((6, analytes, asked.people)), np.zeros(asked.people, dtype=np.uint8)
    if asked.people and until > asked.first_dose:
        system = (asked.par, asked.starts, asked.doses, asked.first_dose, until, asked.events)
        size = (asked.bodies, asked.daughters, limits)

        def people(first: int, last: int) -> None:
            first, last = first * SHARE, min(last * SHARE, asked.people)
            summaries_of_people(*system, first, last, *size, only_sum, found, flags)

        threaded(people, -(-asked.people // SHARE), threads, progress)
        for person in np.flatnonzero(flags).tolist():
            summary_of_person(*system, person, *size, found)
    return Summaries(*found)
