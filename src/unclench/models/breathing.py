"""Breathing: slope of the ventilatory response to CO2, alone and with an opioid; airway and wakefulness events.

A lower slope is not hypoventilation: resting gases stayed normal in the studies that measured both. The slope has a
ceiling for diazepam alone; beside an opioid or alcohol, events come by another way and have none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.models.effects import sigmoid

Array = NDArray[np.float64]


def co2_slope(
    load: Array, *, most_lost: Array | float, half: Array | float, shift: Array | float, steepness: Array | float
) -> Array:
    """Slope as a share of the person's own without drug: from 1 down to 1 - `most_lost`."""
    share: Array = 1.0 - most_lost * sigmoid(load, half=half * np.asarray(shift), steepness=steepness)
    return share


def slope_together(alone: Array, *, of_opioid: Array | float, weight: Array | float) -> Array:
    """Slope beside an opioid that alone leaves `of_opioid`. `weight` 0: diazepam adds nothing, 1: they multiply."""
    left: Array = of_opioid * np.power(alone, weight)
    return left


def event_log_odds(
    sedated: Array,
    *,
    opioid: Array | float,
    by_sedation: Array | float,
    by_opioid: Array | float,
    together: Array | float,
) -> Array:
    """Log-odds of an airway or wakefulness event, above those with neither drug. `opioid` runs from 0 to 1.

    Neither drug alone protects, and `together` is kept high enough that neither does beside the other.
    """
    sedating, of_opioid = np.maximum(by_sedation, 0.0), np.maximum(by_opioid, 0.0)
    crossed = np.maximum(together, -np.minimum(sedating, of_opioid))
    above: Array = sedating * sedated + of_opioid * np.asarray(opioid) + crossed * sedated * opioid
    return above
