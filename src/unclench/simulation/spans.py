"""One number per column into one number with its intervals: between people, of what is unsure, and of the drawing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unclench.engine.quantiles import monte_carlo_error, quantiles_in_place
from unclench.simulation.course import Span

Array = NDArray[np.float64]
ENDS = (0.05, 0.95)


def spans_of_all(values: Sequence[Array], units: Sequence[str], people: int) -> list[Span]:
    """One span for each array of columns (see `sample.py`), all in one go."""
    whole = np.stack(values)
    spread, unsure = whole[:, :people].copy(), whole[:, people:-1].copy()
    ends = quantiles_in_place(spread, ENDS)  # sorted from here on
    sure = quantiles_in_place(unsure, ENDS)
    errors, shares = monte_carlo_error(spread, ENDS[1]), unsure_shares(spread, unsure)
    return [
        Span(
            typical=float(row[-1]),
            low=float(ends[0, at]),
            high=float(ends[1, at]),
            unit=unit,
            sure_low=float(sure[0, at]),
            sure_high=float(sure[1, at]),
            unsure_share=None if np.isnan(shares[at]) else float(shares[at]),
            monte_carlo_error=float(errors[at]),
        )
        for at, (row, unit) in enumerate(zip(whole, units, strict=True))
    ]


def unsure_shares(people: Array, unsure: Array) -> Array:
    """Variance of the logarithm among those who differ only by what is unsure, over that among people; rows sorted.

    No number where a value is not above 0, or where nobody differs.
    """
    above = (people[:, 0] > 0) & (unsure[:, 0] > 0)
    whole, part = (np.var(np.log(np.where(above[:, None], rows, 1.0)), axis=1, ddof=1) for rows in (people, unsure))
    shares: Array = np.where(above & (whole > 0), np.minimum(part / np.where(whole > 0, whole, 1.0), 1.0), np.nan)
    return shares
