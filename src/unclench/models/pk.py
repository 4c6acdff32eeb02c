"""Small equations of kinetics: pure functions of named numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NG_ML_PER_MG_L = 1000.0


def half_life_h(rate_per_h: Array) -> Array:
    """Half-life of a first-order rate."""
    hours: Array = np.log(2.0) / rate_per_h
    return hours


def unbound(total: Array, fraction: float) -> Array:
    """Unbound level. Its spread between people is that of the total level.

    Diazepam is a drug of low extraction: a person who binds less clears more of the total, and the unbound level stays.
    The spread of binding is therefore already in the spread of total clearance and is not added again.
    """
    return total * fraction


def share_of_steady_state(hours: Array, *, rates: Array, areas: Array) -> Array:
    """Average level of repeated doses after so long, as a share of its final value.

    By superposition this is the share of the area of a single dose that lies before `hours`. `areas` are those of the
    modes of a single dose, (modes, people); they add up to the whole.
    """
    inside: Array = (areas * -np.expm1(-rates * hours)).sum(axis=0) / areas.sum(axis=0)
    return inside


def hours_to_steady_state(share: float, *, rates: Array, areas: Array) -> Array:
    """Hours until that share of steady state, by bisection."""
    low: Array = np.zeros(rates.shape[1])
    high = -np.log(1.0 - share) * 4.0 / rates.min(axis=0)
    for _ in range(26):
        middle = 0.5 * (low + high)
        below = share_of_steady_state(middle, rates=rates, areas=areas) < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    hours: Array = 0.5 * (low + high)
    return hours
