"""What levels and ratings taught about one person: values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Learnt:
    """One parameter before and after what was seen of this person: median and 5 to 95 %."""

    name: str
    unit: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    moved: float  # share of the prior's variance that the data removed, on the scale of the parameter
    say: str


@dataclass(frozen=True, slots=True)
class Learning:
    """What levels and ratings taught, and what follows for the rest of the taper."""

    parameters: tuple[Learnt, ...]
    levels: int
    ratings: int
    decision: str  # "" | go-on | slower | hold | faster | back-one-level | ask
    says: tuple[str, ...]
    facts: tuple[str, ...]
