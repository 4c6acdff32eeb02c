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


def filtered(t_h: Array, inputs: Array, *, rates_per_h: Array, start: Array) -> Array:
    """The filtered input at every time.

    `t_h` (times,) rising; `inputs` (times, people); `rates_per_h` and `start` (..., people): several filters of one
    input run side by side. Returns (times, ..., people).
    """
    shape = np.broadcast_shapes(rates_per_h.shape, start.shape)
    out = np.empty((t_h.size, *shape))
    out[0] = start
    steps = np.round(np.diff(t_h), 9)
    kept: dict[float, tuple[Array, Array]] = {}
    lead = (1,) * (len(shape) - 1)
    rises = np.diff(inputs, axis=0)
    for index, step in enumerate(steps.tolist()):
        if step not in kept:
            z = np.broadcast_to(rates_per_h * step, shape)
            kept[step] = (np.exp(-z), mean_decay(z))
        decay, lag = kept[step]
        before = out[index] - inputs[index].reshape(*lead, -1)
        np.multiply(before, decay, out=out[index + 1])
        out[index + 1] += inputs[index + 1].reshape(*lead, -1) - rises[index].reshape(*lead, -1) * lag
    return out


def held(state: Array, *, level: Array, rates_per_h: Array, hours: float) -> Array:
    """The filter after so many hours of one constant input."""
    after: Array = level + (state - level) * np.exp(-rates_per_h * hours)
    return after
