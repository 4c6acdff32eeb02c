"""The system and the doses as values, and the questions one can ask of them.

A depot empties into a reversible body of one to three compartments; what is lost from its first compartment forms up to
three daughters, and an earlier daughter may form a later one. People are the last axis of every array. The answers are
exact (eigenmodes; the matrix exponential for a person in whom rates meet), not stepped.
Units are whatever the caller keeps to: with volumes in L, flows in L/h and amounts in mg, levels are in mg/L.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from unclench.values import EngineError

Array = NDArray[np.float64]
Spans = Sequence[tuple[float, "Cascade"]]
Progress = Callable[[float], None]

MOST_COMPARTMENTS, MOST_DAUGHTERS = 3, 3
# Rows of the packed parameters; the same numbers stand in kernel_modes, which must not be imported without Numba.
DEPOT, ENTERING, VOLUME, EXCHANGE, LOSS, DAUGHTER, PASSED, ROWS = 0, 1, 2, 5, 7, 8, 20, 36
INTO_DEPOT, INTO_BODY = 0, 1


def array(where: str, given: ArrayLike, shape: tuple[int | None, ...], *, above_zero: bool) -> Array:
    """A float64 array of this shape (None: any length), finite, and above zero or at least not below it."""
    try:
        found = np.ascontiguousarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise EngineError(where=where, found=str(error), need="numbers", fix="Give an array of numbers.") from None
    if found.ndim != len(shape) or any(want not in (None, have) for want, have in zip(shape, found.shape, strict=True)):
        want = " x ".join("any" if size is None else str(size) for size in shape)
        raise EngineError(
            where=where, found=f"shape {found.shape}", need=f"shape {want}", fix="People are the last axis."
        )
    need = "finite numbers above zero" if above_zero else "finite numbers, zero or above"
    with np.errstate(invalid="ignore"):
        bad = ~np.isfinite(found) | (found <= 0 if above_zero else found < 0)
    if np.any(bad):
        at = tuple(int(index[0]) for index in np.nonzero(bad))
        raise EngineError(
            where=f"{where}, person {at[-1]}" if len(shape) == 1 else f"{where}, row {at[:-1]}, person {at[-1]}",
            found=f"{found[at]!r} ({int(np.count_nonzero(bad))} such)",
            need=need,
            fix="Correct the number, or leave that person out.",
        )
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Cascade:
    """Depot, body and daughters of people who are the last axis; checked when made, so that kernels need not ask.

    Raises EngineError, with the person's column, for a number that is not finite or a rate, flow or volume that is not
    above zero. Shares may be zero and above one (1 mg of one substance may form more than 1 mg of another).
    """

    depot_per_h: ArrayLike  # (people,)
    entering: ArrayLike  # (people,), share of a dose put into the depot that reaches it
    volumes_l: ArrayLike  # (compartments, people); the first is sampled
    exchange_l_per_h: ArrayLike  # (compartments - 1, people), between the first and each other
    loss_l_per_h: ArrayLike  # (people,), out of the first
    formed: ArrayLike  # (daughters, people), amount of a daughter per amount lost from the first compartment
    passed_on: ArrayLike  # (daughters, daughters, people): [d, e] is amount of e per amount of d lost, d < e
    daughter_loss_l_per_h: ArrayLike  # (daughters, people)
    daughter_volume_l: ArrayLike  # (daughters, people)
    packed: Array = field(init=False, repr=False)  # (rows, people), as the kernels read it

    def __post_init__(self) -> None:
        rate = array("depot_per_h", self.depot_per_h, (None,), above_zero=True)
        people = rate.shape[0]
        volumes = array("volumes_l", self.volumes_l, (None, people), above_zero=True)
        bodies = _within("volumes_l", volumes.shape[0], 1, MOST_COMPARTMENTS)
        formed = array("formed", self.formed, (None, people), above_zero=False)
        daughters = _within("formed", formed.shape[0], 0, MOST_DAUGHTERS)
        packed = np.zeros((ROWS, people))
        packed[DEPOT] = rate
        packed[ENTERING] = array("entering", self.entering, (people,), above_zero=False)
        packed[VOLUME : VOLUME + bodies] = volumes
        packed[EXCHANGE : EXCHANGE + bodies - 1] = array(
            "exchange_l_per_h", self.exchange_l_per_h, (bodies - 1, people), above_zero=True
        )
        packed[LOSS] = array("loss_l_per_h", self.loss_l_per_h, (people,), above_zero=True)
        shape = (daughters, people)
        loss = array("daughter_loss_l_per_h", self.daughter_loss_l_per_h, shape, above_zero=True)
        volume = array("daughter_volume_l", self.daughter_volume_l, shape, above_zero=True)
        passed = array("passed_on", self.passed_on, (daughters, *shape), above_zero=False)
        _only_onward(passed)
        for d in range(daughters):
            packed[DAUGHTER + 3 * d] = formed[d] * packed[LOSS]
            packed[DAUGHTER + 3 * d + 1] = loss[d] / volume[d]
            packed[DAUGHTER + 3 * d + 2] = volume[d]
            for e in range(d + 1, daughters):
                packed[PASSED + 4 * d + e] = passed[d, e] * loss[d] / volume[d]
        object.__setattr__(self, "packed", packed)

    @property
    def people(self) -> int:
        return int(self.packed.shape[1])

    @property
    def bodies(self) -> int:
        return int(np.shape(self.volumes_l)[0])

    @property
    def daughters(self) -> int:
        return int(np.shape(self.formed)[0])


def _within(where: str, found: int, low: int, high: int) -> int:
    if not low <= found <= high:
        raise EngineError(
            where=where, found=f"{found} rows", need=f"{low} to {high}", fix="Give a system of the size that is solved."
        )
    return found


def _only_onward(passed: Array) -> None:
    for d in range(passed.shape[0]):
        for e in range(d + 1):
            if np.any(passed[d, e]):
                person = int(np.nonzero(passed[d, e])[0][0])
                raise EngineError(
                    where=f"passed_on [{d}, {e}], person {person}",
                    found=f"{passed[d, e, person]!r}",
                    need="zero: a daughter forms only later ones",
                    fix="Put the daughters in the order in which they form each other.",
                )


@dataclass(frozen=True, slots=True, eq=False)
class Doses:
    """Doses in any order, the same instant included; the same for everyone, or a column for each person.

    `at_h` and `amount` are (events,) or (events, people); so may be `into_body` (false: into the depot) and
    `duration_h` (of an infusion into the first compartment; 0 is at once), which default to the depot, at once.
    `lag_h`, one number or (people,), delays what is put into the depot. An amount of 0 fills up a shorter column.
    """

    at_h: ArrayLike
    amount: ArrayLike
    into_body: ArrayLike = False
    duration_h: ArrayLike = 0.0
    lag_h: ArrayLike = 0.0

    def __post_init__(self) -> None:
        at = np.asarray(self.at_h, dtype=np.float64)
        if at.ndim not in (1, 2):
            raise EngineError(
                where="doses",
                found=f"times of shape {at.shape}",
                need="(events,) or (events, people)",
                fix="Reshape them.",
            )
        if not np.all(np.isfinite(at)):
            raise EngineError(
                where="doses, at_h", found="a time that is not finite", need="finite hours", fix="Correct it."
            )
        for name in ("amount", "duration_h", "lag_h"):
            given = np.asarray(getattr(self, name), dtype=np.float64)
            bad = ~(np.isfinite(given) & (given >= 0))
            if np.any(bad):
                where = f"doses, {name}" + (f", at {tuple(map(int, np.argwhere(bad)[0]))}" if given.ndim else "")
                raise EngineError(
                    where=where, found=f"{given[bad][0]!r}", need="finite, zero or above", fix="Correct the dose."
                )
        if np.any(np.where(np.asarray(self.into_body, dtype=bool), 0.0, np.asarray(self.duration_h, dtype=np.float64))):
            raise EngineError(
                where="doses",
                found="a duration into the depot",
                need="infusions only into the body",
                fix="Set into_body.",
            )

    def table(self, people: int) -> tuple[Array, Array, NDArray[np.int8], Array, Array]:
        """Times, amounts, kinds and durations, each (events, 1 or people) sorted by time, and lags (people,)."""
        parts = [self.at_h, self.amount, self.into_body, self.duration_h]
        wide = [np.asarray(part, dtype=np.float64) for part in parts]
        columns = max([1, *(part.shape[1] for part in wide if part.ndim == 2)])
        if columns not in (1, people):
            raise EngineError(
                where="doses",
                found=f"{columns} columns",
                need=f"one, or {people} people",
                fix="Give each person a column.",
            )
        events = wide[0].shape[0]
        short = [part.shape[0] for part in wide if part.ndim and part.shape[0] != events]
        try:
            if short:
                raise ValueError(f"{short[0]} entries for {events} events")
            lag = np.array(np.broadcast_to(np.asarray(self.lag_h, dtype=np.float64), (people,)))
            full = [np.broadcast_to(part[:, None] if part.ndim == 1 else part, (events, columns)) for part in wide]
        except ValueError as error:
            raise EngineError(
                where="doses", found=str(error), need="arrays of one length", fix="Give every event all its parts."
            ) from None
        order = np.argsort(full[0], axis=0, kind="stable")
        at, amount, into, duration = (np.take_along_axis(part, order, axis=0) for part in full)
        return at, amount, into.astype(np.int8), duration, lag


def levels(
    spans: Spans,
    doses: Doses,
    times_h: ArrayLike,
    out: Array | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Array:
    """Levels (analytes, times, people): the first compartment, then each daughter, exact at every time asked.

    `spans` are (start, Cascade), in order; each holds until the next starts, and amounts carry over. The first start is
    the beginning of the story: before the first dose levels are 0, and a dose before the start is refused. Times come
    in any order. At the instant of a dose into the body the level is the one just after it. `out`, C-contiguous float64
    of the right shape, is written and returned: a reused one is much faster than a new one. `threads` defaults to the
    cores. `progress`, if given, is called with the share done, from 0 to 1.

    The error of a level is below 1e-11 of the person's peak, and so, relative to the level, below 1e-9 wherever it is
    above a hundredth of that peak. Raises EngineError for input that has no right answer.
    """
    from unclench.engine.run import run_levels

    return run_levels(spans, doses, times_h, out, threads, progress)


@dataclass(frozen=True, slots=True, eq=False)
class Summaries:
    """Each (analytes, people)."""

    cmax: Array  # the true maximum, not that of a grid
    tmax: Array
    auc_0_t: Array
    auc_inf: Array
    hours_above: Array
    last: Array


def summaries(
    spans: Spans,
    doses: Doses,
    until_h: float,
    above: ArrayLike | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Summaries:
    """What the course up to `until_h` comes to, without keeping it.

    `above` is a level for each analyte, (analytes,) or (analytes, people), for the hours above it; without it these are
    0. The area to infinity is that after `until_h` with no further dose, an infusion cut there. Spans and doses as for
    `levels`. Peaks are right to 1e-9 relative. Raises EngineError for input that has no right answer.
    """
    from unclench.engine.run import run_summaries

    return run_summaries(spans, doses, until_h, above, threads, progress)


def percentiles(
    spans: Spans,
    doses: Doses,
    times_h: ArrayLike,
    percents: Sequence[float],
    threads: int | None = None,
    progress: Progress | None = None,
) -> Array:
    """Percentiles over the people, (analytes, times, percents), of any number of people in one pass.

    Memory does not grow with the people: levels are counted in bins at most 0.39 % wide, and a percentile errs by less
    than that from the sample's own. Levels below about 1e-12 of the highest that could be count as 0.
    """
    from unclench.engine.percentiles import run_percentiles

    return run_percentiles(spans, doses, times_h, percents, threads, progress)
