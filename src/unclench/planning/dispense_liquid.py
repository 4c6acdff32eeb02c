"""Measuring one day of a liquid with an oral syringe: every volume stands on a line of a syringe that can hold it."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from unclench.planning.dispense_stock import Making
from unclench.planning.dispense_units import REMEMBERED, plain


@lru_cache(maxsize=REMEMBERED)
def measured(ml: Decimal, intakes: int, made: Making) -> tuple[Decimal, ...] | None:
    """The day's volume divided as evenly as the lines of a syringe allow, the smallest first; or None.

    Small volumes are read at every fine line; what needs a larger syringe, at its coarser lines. What would be very
    little at a time is taken less often: the first intakes are nothing then.
    """
    times = max(1, min(intakes, int(ml / made.least_ml)))
    none = (Decimal(0),) * (intakes - times)
    for step, most in ((made.step_ml, made.step_to_ml), (made.coarse_ml, made.most_ml)):
        lines, rest = divmod(ml, step)
        each, more = divmod(int(lines), times)
        volumes = tuple(plain(step * (each + (index >= times - more))) for index in range(times))
        if not rest and volumes[-1] <= most:
            return none + volumes
    return None
