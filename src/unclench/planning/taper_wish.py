"""What may be asked of a taper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from unclench.planning.taper_pace import AUTO


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a taper. Everything may be left open."""

    start_on: date | None = None
    pace: str = AUTO
    weeks: int | None = None
    peak_percent: float | None = None  # of the reference: the shortest taper whose worst fifth stays below it
    products: tuple[str, ...] = ()
    supply_days: int | None = None
    alternate_days: bool = False  # doses that are the mean of two days' tablets, where the load hardly swings
    quick: bool = False  # without other ways beside it, and searched less finely: for live use


ANYTHING = Wish()
