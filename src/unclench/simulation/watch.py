"""What is noted while the march goes by: quantiles for the curves, peaks, areas, and when all is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unclench.engine.linear import March
from unclench.engine.quantiles import quantiles_in_place
from unclench.simulation.timeline import Marks
from unclench.values import DAY_H

Array = NDArray[np.float64]

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
CHUNK = 8
# The end mostly comes days after the last dose: later than a day it need not be looked for more often.
END_STEP_H = 12.0
# Followed until so many are clear of it: enough for the 95th percentile.
CLEAR_SHARE = 0.96


@dataclass(slots=True, eq=False)
class Watch:
    """Notes of one march. Columns as `sample.py` has them; with `keep` every level that is shown is handed on."""

    march: March
    marks: Sequence[Marks]
    gone_share: float
    people: int
    keep: bool = False
    times: list[float] = field(default_factory=list)
    typical: list[Array] = field(default_factory=list)  # (analytes, series) per shown time
    ranges: list[Array] = field(default_factory=list)  # (shares, chunk, analytes, series), of people
    unsure: list[Array] = field(default_factory=list)  # (2, chunk, analytes, series), of the typical person
    kept: list[Array] = field(default_factory=list)  # (chunk, analytes, series, columns)
    late: list[tuple[float, Array]] = field(default_factory=list)  # the same for looks that are not shown
    areas: dict[tuple[float, int], Array] = field(default_factory=dict)  # by time and series: (people,)
    peak: Array = field(init=False)  # (analytes, series, columns)
    sum_peak: Array = field(init=False)  # (series, columns), of diazepam and nordazepam together
    _fall: list[tuple[float, Array]] = field(default_factory=list)  # time, the analytes together (series, people)
    _buffer: Array = field(init=False)
    _filled: int = 0

    def __post_init__(self) -> None:
        levels = self.march.levels()
        self.peak, self.sum_peak = levels.copy(), levels[0] + levels[1]
        self._buffer = np.empty((CHUNK, *levels.shape))

    def look(self, *, show: bool) -> None:
        """Note the levels at this time, and keep them for the curves if shown."""
        levels = self.march.levels(out=self._buffer[self._filled])
        np.maximum(self.peak, levels, out=self.peak)
        together = levels[0] + levels[1]
        np.maximum(self.sum_peak, together, out=self.sum_peak)
        now = self.march.now_h
        if self._is_fall(now):
            self._fall.append((now, together))
        if self.keep and not show:
            self.late.append((now, levels.copy()))
        if show:
            self.times.append(now)
            self.typical.append(levels[..., -1].copy())
            self._filled += 1
            if self._filled == CHUNK:
                self.flush()

    def _is_fall(self, now: float) -> bool:
        """Whether this look is kept to find the end: all in the day after a last dose, later ones at intervals."""
        if not self._fall:
            return now >= min(mark.last_dose_h for mark in self.marks)
        just_after = any(0.0 <= now - mark.last_dose_h <= DAY_H for mark in self.marks)
        return just_after or now - self._fall[-1][0] >= END_STEP_H

    def look_for_peak(self, series: Sequence[int]) -> None:
        """Note the first compartment of some series only."""
        found = self.march.first_levels(series)
        for row, index in enumerate(series):
            np.maximum(self.peak[0, index], found[row], out=self.peak[0, index])

    def note_areas(self) -> None:
        """Keep the area so far of the series that compare it from or to this time."""
        for index, mark in enumerate(self.marks):
            if self.march.now_h in mark.edges:
                self.areas[self.march.now_h, index] = self.march.area(index)

    def flush(self) -> None:
        """Turn what is in the buffer into quantiles."""
        if self._filled:
            filled = self._buffer[: self._filled]
            if self.keep:
                self.kept.append(filled.copy())
            self.ranges.append(quantiles_in_place(filled[..., : self.people], SHARES))
            self.unsure.append(quantiles_in_place(filled[..., self.people : -1], (SHARES[0], SHARES[-1])))
            self._filled = 0

    def typical_gone(self) -> bool:
        """Whether the typical person has fallen below the share of the peak in every series."""
        return bool(np.all(self._fall[-1][1][:, -1] < self.gone_share * self.sum_peak[:, -1]))

    def clear(self) -> bool:
        """Whether enough people have, the typical one among them."""
        below = self._fall[-1][1] < self.gone_share * self.sum_peak
        return self.typical_gone() and bool(np.all(below[:, : self.people].mean(axis=1) >= CLEAR_SHARE))

    def gone_h(self, series: int) -> Array:
        """Hours from the last dose until the analytes together fall below the share of their peak.

        Between two looks the fall is taken as exponential. Whoever is not there at the last look is counted as there
        then: only the far tail, beyond the percentiles that are shown.
        """
        last_dose = self.marks[series].last_dose_h
        looks = [(at, together[series]) for at, together in self._fall if at >= last_dose]
        times, fall = np.array([at for at, _ in looks]), np.stack([together for _, together in looks])
        target = self.gone_share * self.sum_peak[series]
        above = fall >= target
        # The look after the last one above: a level may rise through the limit while a dose is still being absorbed.
        after = np.minimum(times.size - np.argmax(above[::-1], axis=0), times.size - 1)
        people = np.arange(target.size)
        never_above = ~above.any(axis=0)
        high, low = fall[after - 1, people], fall[after, people]
        with np.errstate(divide="ignore", invalid="ignore"):  # only where nobody was above it
            part = np.clip(np.log(high / target) / np.log(high / low), 0.0, 1.0)
        hours = times[after - 1] + part * (times[after] - times[after - 1]) - last_dose
        return np.where(never_above, 0.0, hours)
