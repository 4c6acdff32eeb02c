"""First-order filters, exact for input that is a line between points: x' = k (u - x).

Over a step h with k h = z, a line from u0 to u1 gives

    x1 = u1 + (x0 - u0) e^-z - (u1 - u0) (1 - e^-z) / z

The last factor is kept by a series where z is small. There is no error of time stepping: what is left is how well lines
follow the true input, which is of second order in the step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SMALL = 1e-4


def mean_decay(z: Array) -> Array:
    """(1 - e^-z) / z, also at 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = -np.expm1(-z) / z
    return np.where(z < SMALL, 1.0 - z / 2.0 + z * z / 6.0, direct)


def factors(steps: Array, rates: Array) -> tuple[Array, Array, NDArray[np.intp]]:
    """Decay and mean decay of each different step, and which of them each step is: equal steps are worked out once."""
    different, which = np.unique(np.round(steps, 11), return_inverse=True)
    z = different.reshape(-1, *([1] * rates.ndim)) * rates
    return np.exp(-z), mean_decay(z), which


def filtered(t_h: Array, inputs: Array, *, rates_per_h: Array, start: Array) -> Array:
    """The filtered input at every time.

    `t_h` (times,) rising; `inputs` (times, people); `rates_per_h` and `start` (..., people): several filters of one
    input run side by side. Returns (times, ..., people).
    """
    shape = np.broadcast_shapes(rates_per_h.shape, start.shape)
    driven = inputs.reshape(t_h.size, *([1] * (len(shape) - 1)), -1)
    rises = np.diff(driven, axis=0)
    decay, lag, which = factors(np.diff(t_h), rates_per_h)
    out = np.empty((t_h.size, *shape))
    out[0] = start
    above, behind = out[0] - driven[0], np.empty(shape)  # filter minus input; small arrays, which stay in the cache
    for index, step in enumerate(which.tolist()):
        above *= decay[step]
        np.multiply(rises[index], lag[step], out=behind)
        above -= behind
        np.add(above, driven[index + 1], out=out[index + 1])
    return out


def held(state: Array, *, level: Array, rates_per_h: Array, hours: float) -> Array:
    """The filter after so many hours of one constant input."""
    after: Array = level + (state - level) * np.exp(-rates_per_h * hours)
    return after
