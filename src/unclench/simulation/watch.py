"""What is noted while the march goes by: quantiles for the curves, peaks, areas, and when all is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unclench.engine.linear import March
from unclench.engine.quantiles import quantiles_in_place
from unclench.simulation.timeline import Marks

Array = NDArray[np.float64]

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
CHUNK = 8
# The end comes days after the last dose: it need not be looked for more often.
END_STEP_H = 12.0
# Followed until so many are clear of it: enough for the 95th percentile.
CLEAR_SHARE = 0.96
# So long after its last dose a series only falls.
SETTLED_H = 24.0


@dataclass(slots=True, eq=False)
class Watch:
    """Notes of one march. People are the last axis, the typical one the last of them."""

    march: March
    marks: Sequence[Marks]
    gone_share: float
    times: list[float] = field(default_factory=list)
    typical: list[Array] = field(default_factory=list)  # (2, series) per shown time
    ranges: list[Array] = field(default_factory=list)  # (shares, chunk, 2, series)
    areas: dict[float, Array] = field(default_factory=dict)
    peak: Array = field(init=False)  # (2, series, people)
    sum_peak: Array = field(init=False)  # (series, people)
    gone_h: Array = field(init=False)  # after the last dose of the series; nan: not yet
    _before: tuple[float, Array] = field(init=False)
    _buffer: Array = field(init=False)
    _clear: list[bool] = field(init=False)
    _filled: int = 0

    def __post_init__(self) -> None:
        levels = self.march.levels()
        self.peak, self.sum_peak = levels.copy(), levels.sum(axis=0)
        self.gone_h = np.full(self.sum_peak.shape, np.nan)
        self._before = (self.march.now_h, self.sum_peak.copy())
        self._clear = [False] * levels.shape[1]
        self._buffer = np.empty((CHUNK, *levels.shape))

    def look(self, *, show: bool) -> None:
        """Note the levels at this time, and keep them for the curves if shown."""
        levels = self.march.levels(out=self._buffer[self._filled])
        np.maximum(self.peak, levels, out=self.peak)
        together = levels[0] + levels[1]
        np.maximum(self.sum_peak, together, out=self.sum_peak)
        self._look_for_end(together)
        if show:
            self.times.append(self.march.now_h)
            self.typical.append(levels[..., -1].copy())
            self._filled += 1
            if self._filled == CHUNK:
                self.flush()

    def look_for_peak(self, series: Sequence[int]) -> None:
        """Note the first compartment of some series only."""
        found = self.march.first_levels(series)
        for row, index in enumerate(series):
            np.maximum(self.peak[0, index], found[row], out=self.peak[0, index])

    def note_area(self) -> None:
        """Keep the area so far."""
        self.areas[self.march.now_h] = self.march.area()

    def flush(self) -> None:
        """Turn what is in the buffer into quantiles."""
        if self._filled:
            self.ranges.append(quantiles_in_place(self._buffer[: self._filled, ..., :-1], SHARES))
            self._filled = 0

    def _look_for_end(self, together: Array) -> None:
        """Find, series by series, when the sum falls below the share of its peak, between two looks."""
        now, (before_h, before) = self.march.now_h, self._before
        if now - before_h < END_STEP_H:
            return
        for index, mark in enumerate(self.marks):
            if now <= mark.last_dose_h or self._clear[index]:
                continue
            target = self.gone_share * self.sum_peak[index]
            below = together[index] < target
            if not below.any():
                continue
            gone = self.gone_h[index]
            newly = below & np.isnan(gone)
            if newly.any():
                high, low = np.maximum(before[index][newly], target[newly]), together[index][newly]
                part = np.log(high / target[newly]) / np.log(high / low)
                gone[newly] = np.maximum(before_h + part * (now - before_h) - mark.last_dose_h, 0.0)
            gone[~below] = np.nan
            since = now - mark.last_dose_h
            self._clear[index] = since > SETTLED_H and np.count_nonzero(below) >= CLEAR_SHARE * below.size and below[-1]
        self._before = (now, together)

    def typical_gone(self) -> bool:
        """Whether the typical person has fallen below the share in every series."""
        return not np.any(np.isnan(self.gone_h[:, -1]))

    def clear(self) -> bool:
        """Whether enough people have fallen below the share in every series."""
        return all(self._clear)
