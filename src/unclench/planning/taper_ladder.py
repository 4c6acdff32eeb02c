"""The rungs that a taper may stand on: doses that products make, slots of equal length, and the caps between them.

Doses are counted as places in a falling list, so that a schedule is a row of places that never fall back. From a lower
dose one can always be as low as from a higher one, so the greedy way down is the shortest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf

import numpy as np
from numpy.typing import NDArray

from unclench.planning.taper_caps import Caps

Array = NDArray[np.float64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]

HAIR = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The doses one may stand on below `from_mg`, highest first, and the length of a slot in days.

    `before`: doses of the slots before the first, as far back as the window reaches, oldest first (the present dose,
    unless something was cut lately). `doses`: of every rung; the last is 0.
    """

    from_mg: Decimal
    doses: tuple[Decimal, ...]
    slot_days: int
    caps: Caps
    cut_share: Decimal = Decimal(1)  # largest cut of a pace, of the present dose; the next rung is always allowed
    cut_floor_mg: Decimal = Decimal(0)
    cut_most_mg: Decimal | None = None  # what symptoms leave of the last cut: no later one is larger
    first_is_cut: bool = True  # whether the rule of the first cut holds for the first slot
    before: tuple[Decimal, ...] = ()
    counted: tuple[bool, ...] = ()  # whether tablets make the rung; empty: all of them
    poured: tuple[bool, ...] = ()  # whether the liquid makes it
    mg: Array = field(init=False)
    tablet: Flags = field(init=False)
    liquid: Flags = field(init=False)
    _fewest: dict[tuple[float, ...], float] = field(init=False, default_factory=dict)
    _lowest: dict[tuple[float, float, bool], int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mg", np.array([float(dose) for dose in self.doses]))
        for name, given in (("tablet", self.counted), ("liquid", self.poured)):
            object.__setattr__(self, name, np.array(given or (True,) * len(self.doses)))

    @property
    def last_mg(self) -> float:
        """Highest dose before the end: that of the cap, or less where a rung of the pace's smallest cut is lower."""
        smallest = float(self.doses[-2])
        return min(float(self.caps.last_mg), max(float(self.cut_floor_mg), smallest))

    @property
    def window(self) -> int:
        """How many slots a window reaches back: cuts that many slots apart are never in one window."""
        return -(-self.caps.window_days // self.slot_days)

    @property
    def bottom(self) -> int:
        return len(self.doses) - 1

    def past(self) -> Array:
        """(window,): doses of the slots before the first."""
        known = [float(mg) for mg in self.before[-self.window :]]
        return np.array([float(self.from_mg)] * (self.window - len(known)) + known)

    def most(self, mg: Array) -> Array:
        """Largest fall in a window that begins at these doses."""
        return np.maximum(float(self.caps.share) * mg, float(self.caps.floor_mg))

    def allowed(self, places: Places) -> Flags:
        """(series,): whether rows of places (series, slots) keep every cap and end; the slot after the last is 0."""
        series, slots = places.shape
        doses = np.empty((series, self.window + slots + self.window))
        doses[:, : self.window] = self.past()
        doses[:, self.window : self.window + slots] = self.mg[places]
        doses[:, self.window + slots :] = 0.0
        fall = doses[:, : -self.window] - doses[:, self.window :]
        fine: Flags = np.all(fall <= self.most(doses[:, : -self.window]) + HAIR, axis=1)
        fine &= np.all(np.diff(doses[:, self.window - 1 :], axis=1) <= HAIR, axis=1)
        fine &= self.mg[places[:, -1]] <= self.last_mg + HAIR
        fine &= np.all(places[:, 1:] <= self.deepest(places[:, :-1]), axis=1)
        fine &= places[:, 0] <= self.lowest(list(self.past()), first=True)
        if self.first_is_cut:
            first = float(self.from_mg) - doses[:, self.window]
            fine &= first <= float(self.caps.most_first(self.from_mg)) + HAIR
        kept: Flags = np.logical_and(fine & (places[:, -1] < self.bottom), self.one_change(places))
        return kept

    def one_change(self, places: Places) -> Flags:
        """(series,): whether tablets can give way to the liquid once, at a dose that both make, and for good."""
        needs = ~self.tablet[places]
        since = np.maximum.accumulate(needs, axis=1)
        first = needs.argmax(axis=1)
        before = np.take_along_axis(places, np.maximum(first - 1, 0)[:, None], axis=1)[:, 0]
        bridged = ~np.any(needs, axis=1) | (first == 0) | self.liquid[before]
        stays = np.all(self.liquid[places] | ~since, axis=1)
        kept: Flags = np.logical_and(bridged, stays)
        return kept

    def deepest(self, places: Places) -> Places:
        """The deepest places that the pace lets follow these."""
        now = self.mg[places]
        most = np.maximum(float(self.cut_share) * now, float(self.cut_floor_mg))
        if self.cut_most_mg is not None:
            most = np.minimum(most, float(self.cut_most_mg))
        least = now - most
        deepest: Places = np.searchsorted(-self.mg, -(least - HAIR), side="right") - 1
        return np.maximum(deepest, np.minimum(places + 1, self.bottom))

    def lowest(self, past: Sequence[float], *, first: bool) -> int:
        """The lowest place that the next slot may have after these doses."""
        key = (past[-self.window], past[-1], first)
        if key not in self._lowest:
            self._lowest[key] = self._lowest_after(*key)
        return self._lowest[key]

    def _lowest_after(self, start: float, before: float, first: bool) -> int:
        least = start - max(float(self.caps.share) * start, float(self.caps.floor_mg))
        if first and self.first_is_cut:
            least = max(least, float(self.from_mg) - float(self.caps.most_first(self.from_mg)))
        lowest = int(np.searchsorted(-self.mg, -(least - HAIR), side="right")) - 1
        return min(lowest, self._deepest_after(before))

    def _deepest_after(self, before: float) -> int:
        """As `deepest`, from a dose that need not be a rung: the present one is none."""
        most = max(float(self.cut_share) * before, float(self.cut_floor_mg))
        most = most if self.cut_most_mg is None else min(most, float(self.cut_most_mg))
        deepest = int(np.searchsorted(-self.mg, -(before - most - HAIR), side="right")) - 1
        next_rung = int(np.searchsorted(-self.mg, -(before - HAIR), side="right"))
        return max(deepest, min(next_rung, self.bottom))

    def ends(self, past: Sequence[float]) -> bool:
        """Whether the next slot may be 0."""
        start = past[-self.window]
        within = start <= max(float(self.caps.share) * start, float(self.caps.floor_mg)) + HAIR
        return past[-1] <= self.last_mg + HAIR and within

    def fewest(self, past: Sequence[float], *, first: bool = False, poured: bool = False) -> float:
        """Fewest slots with a dose from here to the end; infinity: no rung within reach.

        Of each form the lowest rung is enough to look at: from a lower dose one can always be as low later.
        `poured`: whether the liquid has begun.
        """
        key = (*past[-self.window :], first, poured)
        known = self._fewest.get(key)
        if known is None:
            known = self._fewest[key] = 0.0 if not first and self.ends(past) else self._fewest_on(past, first, poured)
        return known

    def _fewest_on(self, past: Sequence[float], first: bool, poured: bool) -> float:
        highest = self.highest(past)
        lowest = min(self.lowest(past, first=first), self.bottom - 1)
        fits = range(lowest, highest - 1, -1)
        may = [place for place in fits if self.may_follow(place, None if first else past[-1], poured=poured)]
        forms = (self.tablet, self.liquid, self.tablet & self.liquid)
        tried = {place for form in forms for place in [next((each for each in may if form[each]), None)]}
        stuck = len({past[-1], *past[-self.window :]}) == 1
        found = inf
        for place in tried - {None}:
            mg = float(self.mg[place])
            if stuck and mg >= past[-1] - HAIR and not first:
                continue
            found = min(found, 1.0 + self.fewest([*past, mg], poured=poured or not self.tablet[place]))
        return found

    def highest(self, past: Sequence[float]) -> int:
        """The highest place that the next slot may have."""
        return int(np.searchsorted(-self.mg, -(past[-1] + HAIR), side="left"))

    def fitted(self, targets: Array) -> Places | None:
        """The rungs nearest to the targets (slots,) that keep every cap and end in time; None: they cannot."""
        walked, slots = list(self.past()), targets.size
        found = np.empty(slots, dtype=np.int64)
        poured = False
        for slot, target in enumerate(targets):
            place = self._nearest(float(target), walked, slots - slot - 1, first=slot == 0, poured=poured)
            if place is None:
                return None
            found[slot] = place
            poured = poured or not self.tablet[place]
            walked.append(float(self.mg[place]))
        return found

    def _nearest(self, target: float, walked: list[float], left: int, *, first: bool, poured: bool) -> int | None:
        """The rung nearest to a target from which `left` further slots are enough; lower ones where it is not."""
        highest = self.highest(walked)
        lowest = min(self.lowest(walked, first=first), self.bottom - 1)
        if lowest < highest:
            return None
        after = self.bottom - int(np.searchsorted(self.mg[:0:-1], target))
        near = min((each for each in (after - 1, after) if each >= 0), key=lambda each: abs(self.mg[each] - target))
        for place in range(min(max(near, highest), lowest), lowest + 1):
            if not self.may_follow(place, None if first else walked[-1], poured=poured):
                continue
            if self.fewest([*walked, float(self.mg[place])], poured=poured or not self.tablet[place]) <= left:
                return place
        return None

    def may_follow(self, place: int, before_mg: float | None, *, poured: bool) -> bool:
        """Whether the forms allow it: the liquid, once begun, for good; and it begins after a dose that both make."""
        if poured:
            return bool(self.liquid[place])
        if self.tablet[place] or before_mg is None:
            return bool(self.tablet[place] or self.liquid[place])
        before = int(np.searchsorted(-self.mg, -(before_mg + HAIR), side="left"))
        return bool(self.liquid[place] and self.liquid[before])

    def shortest(self, most: int) -> int | None:
        """Fewest slots of any taper from here; None: more than `most`, or never."""
        found = self.fewest(list(self.past()), first=True)
        return int(found) if found <= most else None
