"""Adaptation to a drug's presence, and the drive of withdrawal when it leaves: the one model of both.

    A' = (E - A) / tau,  tau = tau_on where E > A, else tau_off;   W = max(0, A - E)

E is the share of receptors that agonists hold, as adaptation counts them. Between two times E is a line, so A has a
closed form, and within one step it can cross E at most once. Not validated: no individual time course of withdrawal is
openly available. For every course that only falls, the area under W is tau_off times the adaptation at its start: how
slowly it falls decides the peak, and nothing else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.models.filters import factors, mean_decay

Array = NDArray[np.float64]

NOTHING = 1e-30
LOGISTIC_PER_NORMAL = 1.702


def half_dose_mg_per_day(load_per_mg_per_day: Array | float) -> Array:
    """ED50: the daily dose that holds half of the receptors at steady state, from the load of one mg a day."""
    found: Array = 1.0 / np.asarray(load_per_mg_per_day, dtype=np.float64)
    return found


def adapted(t_d: Array, effect: Array, *, tau_on_d: Array, tau_off_d: Array, start: Array) -> Array:
    """(times, people): adaptation at every time. `t_d` in days, rising; `effect` (times, people), 0 to 1.

    The difference d between adaptation and effect obeys d' = -d/tau - slope, so that within one regime
    d(t) = d0 e^(-t/tau) - slope * tau * (1 - e^(-t/tau)). In one step it can change sign once, and then keeps it.
    """
    steps, rises = np.diff(t_d), np.diff(effect, axis=0)
    decay_on, lag_on, which = factors(steps, 1.0 / tau_on_d)
    decay_off, lag_off, _ = factors(steps, 1.0 / tau_off_d)
    regimes = (decay_on, lag_on), (decay_off, lag_off)
    out = np.empty_like(effect)
    out[0] = start
    above, behind = out[0] - effect[0], np.empty_like(effect[0])
    all_gain, all_lose = bool(above.max() < 0.0), bool(above.min() > 0.0)
    for index, step in enumerate(which.tolist()):
        rise, after = rises[index], out[index + 1]
        if all_gain or all_lose:  # most steps: everyone on one side of the effect, before and after
            decay, lag = regimes[all_lose]
            np.multiply(above, decay[step], out=after)
            np.multiply(rise, lag[step], out=behind)
            after -= behind
            settled = bool(after.min() > 0.0) if all_lose else bool(after.max() < 0.0)
        else:
            settled = False
        if not settled:
            losing = above > NOTHING * rise  # at d = 0 the direction of the effect decides
            np.multiply(above, np.where(losing, decay_off[step], decay_on[step]), out=after)
            after -= rise * np.where(losing, lag_off[step], lag_on[step])
            crossing = above * after < 0.0
            if crossing.any():
                taus = np.where(losing, tau_off_d, tau_on_d), np.where(losing, tau_on_d, tau_off_d)
                after[:] = np.where(crossing, _beyond(above, rise, steps[index], *taus), after)
            all_gain, all_lose = bool(after.max() < 0.0), bool(after.min() > 0.0)
        above[:] = after
        after += effect[index + 1]
    return out


def _beyond(before: Array, rise: Array, days: float, tau: Array, tau_beyond: Array) -> Array:
    """The difference at the end of a step in which it passes zero: from there on the other time constant holds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        until = tau * np.log1p(before * days / (rise * tau))
    left = np.where((until >= 0.0) & (until <= days), days - until, 0.0)
    after: Array = -rise * (left / days) * mean_decay(left / tau_beyond)
    return after


def adapted_after(start: Array, *, level: Array, tau_on_d: Array, tau_off_d: Array, days: float) -> Array:
    """Adaptation after so many days at one average effect: what use before today leaves."""
    tau = np.where(level > start, tau_on_d, tau_off_d)
    after: Array = level + (start - level) * np.exp(-days / tau)
    return after


def withdrawal_drive(adaptation: Array, effect: Array) -> Array:
    """W: by how much adaptation stands above the effect; 0 where it does not."""
    return np.maximum(adaptation - effect, 0.0)


def doses_of_effect(left: Array, *, from_mg: float, half_dose_mg: float) -> Array:
    """The daily doses that hold these shares of the effect that `from_mg` has at steady state.

    The share of receptors at steady state is D / (ED50 + D).
    """
    share = from_mg / (half_dose_mg + from_mg) * np.asarray(left, dtype=np.float64)
    doses: Array = half_dose_mg * share / (1.0 - share)
    return doses


def equal_effect_doses(from_mg: float, *, steps: int, half_dose_mg: float) -> Array:
    """(steps,): daily doses after each of so many steps down that take away the same share of receptors, to 0.

    The steps in mg shrink towards the end, and reach nothing.
    """
    return doses_of_effect(1.0 - np.arange(1, steps + 1) / steps, from_mg=from_mg, half_dose_mg=half_dose_mg)


def smallest_peak(start: Array | float, *, tau_off_d: Array | float, days: Array | float) -> Array:
    """The lowest peak of W that any taper of so many days can have from this adaptation: A0 tau / (T + tau).

    Reached by a small first drop of the effect, a straight line, and a small last drop.
    """
    peak: Array = np.asarray(start, dtype=np.float64) * tau_off_d / (days + np.asarray(tau_off_d, dtype=np.float64))
    return peak


def days_for_peak(start: Array | float, *, tau_off_d: Array | float, peak: Array | float) -> Array:
    """The fewest days in which a taper can keep W at or below this peak; none where stopping at once does."""
    days: Array = np.asarray(tau_off_d, dtype=np.float64) * np.maximum(np.divide(start, peak) - 1.0, 0.0)
    return days


def share_reaching(peak: Array, *, half: Array | float, log_sd: Array | float) -> Array:
    """Share of people with this peak of the drive who reach a class of withdrawal that half reach at `half`.

    Normal on the log scale, by its nearest logistic curve (0.01 at worst). Not a success rate, and not a forecast.
    """
    with np.errstate(divide="ignore", over="ignore"):
        share: Array = 1.0 / (1.0 + np.exp(-LOGISTIC_PER_NORMAL * (np.log(peak) - np.log(half)) / log_sd))
    return share
