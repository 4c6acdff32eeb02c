"""One number per column into one number with its intervals: between people, of what is unsure, and of the drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.engine.quantiles import monte_carlo_error, quantiles_in_place
from unclench.simulation.course import Span

Array = NDArray[np.float64]
ENDS = (0.05, 0.95)


def span_of(values: Array, unit: str, people: int) -> Span:
    """Columns as `sample.py` has them."""
    spread, unsure = values[:people].copy(), values[people:-1].copy()
    low, high = quantiles_in_place(spread, ENDS)  # sorted from here on
    sure_low, sure_high = quantiles_in_place(unsure, ENDS)
    return Span(
        typical=float(values[-1]),
        low=float(low),
        high=float(high),
        unit=unit,
        sure_low=float(sure_low),
        sure_high=float(sure_high),
        unsure_share=unsure_share(spread, unsure),
        monte_carlo_error=monte_carlo_error(spread, ENDS[1]),
    )


def unsure_share(people: Array, unsure: Array) -> float | None:
    """Variance of the logarithm among those who differ only by what is unsure, over that among people.

    None where a value is not above 0, or where nobody differs.
    """
    if people[people <= 0].size or unsure[unsure <= 0].size:
        return None
    whole = float(np.var(np.log(people), ddof=1))
    return min(float(np.var(np.log(unsure), ddof=1)) / whole, 1.0) if whole > 0 else None
