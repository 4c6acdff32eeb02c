"""Adaptation to a drug's presence, and the drive of withdrawal when it leaves: the one model of both.

    A' = (E - A) / tau,  tau = tau_on where E > A, else tau_off;   W = max(0, A - E)

E is the share of receptors that agonists hold. Between two times E is a line, so A has a closed form, and within one
step it can cross E at most once. Not validated: no individual time course of withdrawal is openly available.
For every course that only falls, the area under W is tau_off times the adaptation at its start.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.models.filters import mean_decay

Array = NDArray[np.float64]


def half_dose_mg_per_day(load_per_mg_per_day: Array | float) -> Array:
    """ED50: the daily dose that holds half of the receptors at steady state, from the load of one mg a day."""
    found: Array = 1.0 / np.asarray(load_per_mg_per_day, dtype=np.float64)
    return found


def adapted(t_d: Array, effect: Array, *, tau_on_d: Array, tau_off_d: Array, start: Array) -> Array:
    """(times, people): adaptation at every time. `t_d` in days, rising; `effect` (times, people), 0 to 1."""
    out = np.empty_like(effect)
    out[0] = start
    above = out[0] - effect[0]  # the drive where positive
    for index in range(1, t_d.size):
        above = _step(above, effect[index] - effect[index - 1], t_d[index] - t_d[index - 1], tau_on_d, tau_off_d)
        out[index] = effect[index] + above
    return out


def _step(above: Array, rise: Array, days: float, tau_on_d: Array, tau_off_d: Array) -> Array:
    """How far adaptation is above the effect after a step in which the effect rises by a line.

    The difference d obeys d' = -d/tau - slope, so that within one regime
    d(t) = d0 e^(-t/tau) - slope * tau * (1 - e^(-t/tau)). It can change sign once, after which it keeps it.
    """
    slope = rise / days
    # On the way down from above zero the effect rises; from below zero it falls; at zero the slope decides.
    tau = np.where((above > 0) | ((above == 0) & (slope < 0)), tau_off_d, tau_on_d)
    other = np.where(tau == tau_off_d, tau_on_d, tau_off_d)
    z = days / tau
    after: Array = above * np.exp(-z) - rise * mean_decay(z)
    crosses = above * after < 0
    if np.any(crosses):
        with np.errstate(divide="ignore", invalid="ignore"):
            until = tau * np.log1p(above / (slope * tau))
        left = np.where(crosses, days - until, 0.0)
        after = np.where(crosses, -slope * left * mean_decay(left / other), after)
    return after


def adapted_after(start: Array, *, level: Array, tau_on_d: Array, tau_off_d: Array, days: float) -> Array:
    """Adaptation after so many days at one average effect: what use before today leaves."""
    tau = np.where(level > start, tau_on_d, tau_off_d)
    after: Array = level + (start - level) * np.exp(-days / tau)
    return after


def withdrawal_drive(adaptation: Array, effect: Array) -> Array:
    """W: by how much adaptation stands above the effect; 0 where it does not."""
    return np.maximum(adaptation - effect, 0.0)
