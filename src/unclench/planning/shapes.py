"""The shapes that a course may take, before limits: how large a dose at which part of the day, step by step."""

from __future__ import annotations

from dataclasses import dataclass

Slot = tuple[str, str]  # part of the day, size: ("night", "low")
Step = tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Steps are climbed one after another; the last one lasts to the end of the course."""

    id: str
    steps: tuple[Step, ...]
    as_needed: bool = False


MORNING, AFTERNOON, NIGHT = ("morning", "low"), ("afternoon", "low"), ("night", "low")
NIGHT_MORE = ("night", "middle")
SLOTS = {
    1: ("night",),
    2: ("morning", "night"),
    3: ("morning", "afternoon", "night"),
    4: ("morning", "noon", "evening", "night"),
}

SPASM = (
    Shape("LOW-NIGHT", ((NIGHT,),)),
    Shape(
        "LOW-NIGHT-THEN-TWICE",
        ((NIGHT,), (MORNING, NIGHT)),
    ),
    Shape("LOW-TWICE", ((MORNING, NIGHT),)),
    Shape("LOW-AS-NEEDED", ((MORNING, AFTERNOON, NIGHT),), as_needed=True),
    Shape("MIDDLE-NIGHT", ((NIGHT_MORE,),)),
    Shape("LOW-THREE", ((MORNING, AFTERNOON, NIGHT),)),
    Shape("NIGHT-WEIGHTED", ((MORNING, NIGHT_MORE),)),
    Shape("MIDDLE-THREE", ((("morning", "middle"), ("afternoon", "middle"), NIGHT_MORE),)),
)
SPASTICITY = (
    Shape("LOW-NIGHT", ((NIGHT,),)),
    Shape(
        "LOW-NIGHT-RISING",
        ((NIGHT,), (MORNING, NIGHT), (MORNING, AFTERNOON, NIGHT)),
    ),
    Shape("LOW-TWICE", ((MORNING, NIGHT),)),
    Shape("MIDDLE-NIGHT", ((NIGHT_MORE,),)),
    Shape(
        "LOW-TWICE-RISING",
        ((MORNING, NIGHT), (MORNING, AFTERNOON, NIGHT), (MORNING, AFTERNOON, NIGHT_MORE)),
    ),
    Shape(
        "NIGHT-WEIGHTED-RISING",
        ((NIGHT_MORE,), (MORNING, NIGHT_MORE), (MORNING, AFTERNOON, NIGHT_MORE)),
    ),
)
