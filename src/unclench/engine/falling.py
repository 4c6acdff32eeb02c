"""Linear modes walked a day at a time, and a state that follows a saturating share of them, up and down at two rates.

Everything is an average of a day: amounts at midnight decide it together with what is given on that day. Columns
(people) are the last axis. What depends on the inputs of the days is linear up to the share, so that many series are
sums of the responses to a unit that begins on a given day: `steps_of` finds these once, `highest` judges whole batches
of series by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unclench.engine.linear import Modes, reproject

Array = NDArray[np.float64]
Any32 = NDArray[Any]

DAY_H = 24.0
MOST_LOOKS = 420  # days that a search looks at: a longer course is looked at every other day, or more rarely
AT_ONCE = 20  # beginnings in one product: larger ones wake the threads of BLAS, which cost more than they bring
CACHED_ROWS = 64  # series judged at a time: their share of one day stays in the cache
# Products of more terms BLAS spreads over threads, which on a busy machine takes a thousand times as long.


@dataclass(frozen=True, slots=True, eq=False)
class Daily:
    """One span of constant rates, in days: what a midnight amount and a unit given during the day lead to."""

    from_day: int
    modes: Modes
    kept: Array  # (modes, columns): of an amount, after a day
    given: Array  # (modes, columns): of a unit given during the day, at its end
    mean_kept: Array  # (modes, columns): average over the day of an amount that was there at midnight
    mean_given: Array  # (modes, columns): average over the day of a unit given during it


def daily(from_day: int, modes: Modes, lag_h: Array, clock_h: Sequence[float]) -> Daily:
    """One span. A unit is split evenly over the hours of the clock; what is late is counted at the day's end."""
    hours = modes.rates * DAY_H
    kept = np.exp(-hours)
    mean_kept = -np.expm1(-hours) / hours
    given, mean_given = np.zeros_like(kept), np.zeros_like(kept)
    for clock in clock_h:
        left_h = np.maximum(DAY_H - clock - lag_h, 0.0)
        given += np.exp(-modes.rates * left_h)
        mean_given += -np.expm1(-modes.rates * left_h) / hours
    scale = modes.given / len(clock_h)
    return Daily(from_day, modes, kept, given * scale, mean_kept, mean_given * scale)


def drawn(span: Daily, columns: NDArray[np.intp]) -> Daily:
    """The same span for columns drawn from its own."""
    names = (field.name for field in fields(Modes))
    modes = Modes(**{name: np.ascontiguousarray(getattr(span.modes, name)[..., columns]) for name in names})
    found = (getattr(span, name)[:, columns] for name in ("kept", "given", "mean_kept", "mean_given"))
    return Daily(span.from_day, modes, *found)


def weighed(spans: Sequence[Daily], amounts: Array, inputs: Array, by_span: Sequence[Array]) -> Array:
    """(series, days, columns): sums of the averages of each day by mode, weighed.

    `amounts` (modes, columns) at midnight of day 0 under the first span, shared by all series; `inputs` (series, days);
    `by_span` holds weights (modes, columns) for each span.
    """
    series, days = inputs.shape
    state = np.repeat(amounts[None], series, axis=0)
    out = np.zeros((series, days, amounts.shape[1]))
    for index, span in enumerate(spans):
        until = min(spans[index + 1].from_day, days) if index + 1 < len(spans) else days
        if index:
            state = reproject(state, spans[index - 1].modes, span.modes)
        # Not by BLAS, whose threads cost more here than the sums.
        there, new = by_span[index] * span.mean_kept, (by_span[index] * span.mean_given).sum(axis=0)
        for day in range(max(span.from_day, 0), until):
            units = inputs[:, day, None]
            np.einsum("smc,mc->sc", state, there, out=out[:, day])
            out[:, day] += units * new
            state *= span.kept
            state += units[:, :, None] * span.given
    return out


def tracked(share: Array, *, rise_per_day: Array, fall_per_day: Array, start: Array) -> Array:
    """(..., days, columns): by how much the following state stands above the share at the middle of each day.

    A' = (share - A) * rate, with the rate of rising where the share is above; negative where the state lags behind
    a rising share. Within a day the share is constant, so that nothing is stepped and nothing crosses.
    """
    kept_rise, kept_fall = np.exp(-rise_per_day), np.exp(-fall_per_day)
    noon_rise, noon_fall = np.exp(-0.5 * rise_per_day), np.exp(-0.5 * fall_per_day)
    state = np.broadcast_to(start, share.shape[:-2] + share.shape[-1:]).copy()
    out = np.empty_like(share)
    for day in range(share.shape[-2]):
        now = share[..., day, :]
        above = state - now
        falling = above > 0.0
        out[..., day, :] = above * np.where(falling, noon_fall, noon_rise)
        state = now + above * np.where(falling, kept_fall, kept_rise)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Responses to a unit that begins on each of some days and lasts, and to what is there anyway."""

    anyway: Any32  # (days, columns)
    unit: Any32  # (days, beginnings, columns)
    begun: tuple[int, ...]  # of each day, how many units have begun: the rest add nothing yet
    apart: int = 1  # days from one look to the next


def steps_of(
    spans: Sequence[Daily],
    amounts: Array,
    by_span: Sequence[Array],
    *,
    begins: Sequence[int],
    known: Array,
    unit: float,
    others: Array | None = None,
) -> Steps:
    """What a search needs, in single precision; a long one looks at some of the days only.

    `begins`: days, rising. `known` (days,): inputs that are settled, in units; `unit`: how much one is, in what
    `amounts` count. `others` (days, columns): further loads.
    """
    days = known.size
    anyway = weighed(spans, amounts, known[None] * unit, by_span)[0]
    if others is not None:
        anyway = anyway + others
    apart = -(-days // MOST_LOOKS)
    looks = np.arange(0, days, apart)
    each = np.zeros((looks.size, len(begins), amounts.shape[1]), dtype=np.float32)
    if len(spans) == 1:  # nothing changes with time: one response serves every beginning
        response = weighed(spans, np.zeros_like(amounts), np.full((1, days), unit), by_span)[0]
        for row, begin in enumerate(begins):
            after = looks >= begin
            each[after, row] = response[looks[after] - begin]
    else:
        inputs = np.where(np.arange(days) >= np.asarray(begins)[:, None], unit, 0.0)
        each[:] = weighed(spans, np.zeros_like(amounts), inputs, by_span)[:, looks].transpose(1, 0, 2)
    begun = tuple(int(count) for count in np.searchsorted(begins, looks, side="right"))
    return Steps(anyway[looks].astype(np.float32), each, begun, apart)


def highest(
    steps: Steps, changes: Array, *, rise_per_day: Array, fall_per_day: Array, start: Array, from_day: int = 0
) -> Array:
    """(series, columns): the highest that the following state stands above the share, from a day on.

    `changes` (series, beginnings): by how much the input changes at each beginning. The state and its rates as in
    `tracked`; single precision.
    """
    found = np.empty((changes.shape[0], start.size))
    for first in range(0, changes.shape[0], CACHED_ROWS):
        part = slice(first, first + CACHED_ROWS)
        found[part] = _highest(steps, changes[part].astype(np.float32), rise_per_day, fall_per_day, start, from_day)
    return found


def _highest(
    steps: Steps, changes: Any32, rise_per_day: Array, fall_per_day: Array, start: Array, from_day: int
) -> Any32:
    rise, fall = (np.exp(-rate * steps.apart).astype(np.float32) for rate in (rise_per_day, fall_per_day))
    drop = fall - rise
    noon = np.exp(-0.5 * fall_per_day * steps.apart).astype(np.float32)
    state = np.repeat(start.astype(np.float32)[None], changes.shape[0], axis=0)
    best = np.zeros_like(state)
    above, kept = np.empty_like(state), np.empty_like(state)
    for day, unit in enumerate(steps.unit):
        begun = steps.begun[day]
        share = changes[:, :AT_ONCE] @ unit[:AT_ONCE]
        for first in range(AT_ONCE, begun, AT_ONCE):
            share += changes[:, first : first + AT_ONCE] @ unit[first : first + AT_ONCE]
        share += steps.anyway[day]
        np.add(share, 1.0, out=kept)
        share /= kept
        np.subtract(state, share, out=above)
        if day * steps.apart >= from_day:
            np.maximum(best, above, out=best)
        np.multiply(above > 0.0, drop, out=kept)
        kept += rise
        above *= kept
        np.add(share, above, out=state)
    best *= noon
    return best
