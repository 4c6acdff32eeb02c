"""What a load on the receptor does: reflexes and tone, sedation, drowsiness, psychomotor impairment.

Every function is monotone in the load and bounded. Strength, function and force have no equation here: trials found
them unchanged, and nothing identifies one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TINY = 1e-12
LARGEST_LOG = 700.0


def sigmoid(load: Array, *, half: Array | float, steepness: Array | float) -> Array:
    """0 to 1: load^g / (half^g + load^g), through logarithms so that no power overflows."""
    below: Array = np.log(half / np.maximum(load, TINY))
    below *= steepness
    np.minimum(below, LARGEST_LOG, out=below)
    np.exp(below, out=below)
    below += 1.0
    share: Array = 1.0 / below
    return share


def reflex_excess_removed(
    load: Array, *, most: Array | float, half: Array | float, shift: Array | float, steepness: Array | float
) -> Array:
    """Share of the excess of the phasic reflex that is removed, 0 up to `most`. Not strength, not function."""
    removed: Array = most * sigmoid(load, half=half * np.asarray(shift), steepness=steepness)
    return removed


def tone_removed(reflex: Array, *, carried_over: Array | float) -> Array:
    """Share of the excess of resting tone that is removed: what the fall of the reflex carries over to tone."""
    removed: Array = reflex * carried_over
    return removed


def age_shift(age_y: Array, *, per_year: Array | float, from_y: float, low_y: float, high_y: float) -> Array:
    """How the half-effect load of sedation differs at this age from the one at `from_y`: it falls with age.

    Ages outside those studied are taken as the nearest age studied.
    """
    shift: Array = np.exp(-per_year * (np.clip(age_y, low_y, high_y) - from_y))
    return shift


def sedation(load: Array, *, half: Array | float, shift: Array | float, steepness: Array | float) -> Array:
    """Sedation, 0 to 1. `shift` holds tolerance, age and how sensitive a person is."""
    return sigmoid(load, half=half * np.asarray(shift), steepness=steepness)


def drowsy_probability(sedated: Array, *, on_placebo: float, slope: Array | float) -> Array:
    """Chance that a person calls themselves drowsy: that on placebo where there is no sedation, and above it."""
    return expit(logit(on_placebo) + slope * sedated)


def impairment_g_per_l(sedated: Array, *, most: Array | float) -> Array:
    """Psychomotor impairment, as the alcohol in blood (g/L) that impairs a tracking task as much; 0 up to `most`.

    One latent scale carries both. Its anchor is a measured alcohol equivalent of a single dose of diazepam.
    """
    equivalent: Array = most * sedated
    return equivalent


def with_alcohol_g_per_l(impaired: Array, *, alcohol_g_per_l: Array | float, extra: Array | float) -> Array:
    """Impairment beside alcohol: the two add up on the latent scale; `extra` (0 for most people) is what some add.

    Those people add a share of the smaller of the two, so that the sum rises with both and is what it was without one.
    """
    alcohol = np.asarray(alcohol_g_per_l, dtype=np.float64)
    total: Array = impaired + alcohol + extra * np.minimum(impaired, alcohol)
    return total


def expit(x: Array | float) -> Array:
    """The inverse of the logit."""
    share: Array = 1.0 / (1.0 + np.exp(-np.asarray(x, dtype=np.float64)))
    return share


def logit(share: Array | float) -> Array:
    """Log-odds of a share."""
    part = np.asarray(share, dtype=np.float64)
    odds: Array = np.log(part) - np.log1p(-part)
    return odds
