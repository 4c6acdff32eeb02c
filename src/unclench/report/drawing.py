"""What every drawing shares: round numbers for axes, points that keep a shape, and where a value lies."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.simulation.course import Array

BUCKETS = 110


@dataclass(frozen=True, slots=True)
class Box:
    """A drawing and its margins."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int

    @property
    def floor(self) -> int:
        """Where the lower axis lies."""
        return self.height - self.bottom

    @property
    def end(self) -> int:
        """Where the drawing ends on the right."""
        return self.width - self.right


def kept_points(t_h: Array, typical: Array, buckets: int = BUCKETS) -> NDArray[np.int64]:
    """Indices that keep the shape of a saw-tooth: the lowest and highest point of each stretch, and both ends."""
    count = len(t_h)
    if count <= 2 * buckets:
        return np.arange(count)
    kept = {0, count - 1}
    for part in np.array_split(np.arange(count), buckets):
        levels = typical[part]
        kept.update((int(part[int(np.argmin(levels))]), int(part[int(np.argmax(levels))])))
    return np.array(sorted(kept))


def nice_above(value: float) -> float:
    """The next round number above: half a tick at most is left empty."""
    step = nice_step(value) / 2
    return math.ceil(value / step) * step if value > 0 else 1.0


def nice_step(value: float, ticks: int = 4) -> float:
    rough = max(value, 1e-9) / ticks
    power = 10.0 ** math.floor(math.log10(rough))
    return next((base * power for base in (1.0, 2.0, 2.5, 5.0) if base * power >= rough), 10 * power)


def day_step(days: float) -> int:
    return next((step for step in (1, 2, 4, 7, 14, 28, 56, 91, 182) if days / step <= 9), 364)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a value lies on the drawing."""

    box: Box
    hours: float
    top: float
    start_h: float = 0.0

    def x(self, t_h: float) -> float:
        return self.box.left + (self.box.end - self.box.left) * (t_h - self.start_h) / self.hours

    def y(self, level: float) -> float:
        return self.box.floor - (self.box.floor - self.box.top) * level / self.top

    def line(self, t_h: Array, levels: Array) -> str:
        pairs = zip(t_h.tolist(), levels.tolist(), strict=True)
        return "M" + "L".join(f"{self.x(t):.1f} {self.y(level):.1f}" for t, level in pairs)

    def band(self, t_h: Array, low: Array, high: Array) -> str:
        return self.line(t_h, high) + "L" + self.line(t_h[::-1], low[::-1])[1:] + "Z"
