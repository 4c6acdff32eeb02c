"""Numbers of effect in the unit a reader thinks in: people in a hundred, per cent, alcohol as the country counts it."""

from __future__ import annotations

from dataclasses import dataclass

from unclench.report import wording as words
from unclench.values import Jurisdiction

# Alcohol in blood is modelled in g/L; the road laws of the two countries count otherwise.
ALCOHOL = {Jurisdiction.US: (0.1, "%"), Jurisdiction.UK: (100.0, "mg per 100 mL")}
ALCOHOL_UNIT = "g/L"
SCALES = {
    "1": (100.0, "%"),
    "probability": (100.0, "in 100"),
    "ratio": (1.0, "times"),
    "h": (1.0, "hours"),
    "d": (1.0, "days"),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How a unit of the model is shown: times `factor`, followed by `unit`."""

    factor: float
    unit: str

    def number(self, value: float) -> str:
        return words.number(value * self.factor)

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
    return Scale(*SCALES.get(unit, (1.0, unit)))
