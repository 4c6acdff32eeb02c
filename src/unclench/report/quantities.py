"""Numbers of effect in the unit a reader thinks in: per cent, odds, alcohol in blood as the country counts it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unclench.report import wording as words
from unclench.values import Jurisdiction

# Alcohol in blood is modelled in g/L; the road laws of the two countries count otherwise.
ALCOHOL = {Jurisdiction.US: ("%", 0.1, 3), Jurisdiction.UK: ("mg per 100 mL", 100.0, 0)}
ALCOHOL_UNIT = "g/L"
LOG_ODDS = "log-odds"
NAMES = {LOG_ODDS: "times", "odds ratio": "times", "ratio": "times", "% of reference": "%", "h": "hours", "d": "days"}
WHOLE = frozenset({"%", "hours", "days"})  # a forecast deserves no decimals here, unless it is below 1


@dataclass(frozen=True, slots=True)
class Scale:
    """How a unit of the model is shown: times `factor`, as odds where it is a logarithm of odds, followed by `unit`.

    Two significant digits: intervals here are many times wider than a third digit. `decimals`: how many at most.
    """

    unit: str
    factor: float = 1.0
    decimals: int | None = None
    is_log: bool = False

    def value(self, value: float) -> float:
        return math.exp(value) if self.is_log else value * self.factor

    def number(self, value: float) -> str:
        shown = float(f"{self.value(value):.2g}")
        if self.decimals is not None:
            return f"{shown:.{self.decimals}f}".rstrip("0").rstrip(".") if self.decimals else f"{shown:.0f}"
        if self.unit in WHOLE:
            return f"{shown:.0f}" if abs(shown) >= 1 else words.number(shown, 1)
        return words.number(shown)

    def quantity(self, value: float) -> str:
        return f"{self.number(value)} {self.unit}".strip()

    def interval(self, low: float, high: float) -> str:
        return f"{self.number(low)} to {self.number(high)}"

    def cell(self, typical: float, low: float, high: float) -> str:
        """A number with its interval, where the unit stands in the heading."""
        return f"{self.number(typical)} ({self.interval(low, high)})"


def scale(unit: str, jurisdiction: Jurisdiction) -> Scale:
    """The scale of a unit; one that is not known is shown as it is."""
    if unit == ALCOHOL_UNIT:
        return Scale(*ALCOHOL[jurisdiction])
    return Scale(NAMES.get(unit, unit), is_log=unit == LOG_ODDS)
