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
    why: str
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
    Shape("LOW-NIGHT", ((NIGHT,),), "the least exposure, taken when drowsiness matters least"),
    Shape(
        "LOW-NIGHT-THEN-TWICE",
        ((NIGHT,), (MORNING, NIGHT)),
        "starts low and adds a daytime dose only after the first check",
    ),
    Shape("LOW-TWICE", ((MORNING, NIGHT),), "covers the day at the lowest dose"),
    Shape(
        "LOW-AS-NEEDED", ((MORNING, AFTERNOON, NIGHT),), "taken only when spasm is bad, with a ceiling", as_needed=True
    ),
    Shape("MIDDLE-NIGHT", ((NIGHT_MORE,),), "one larger dose at night, none in the day"),
    Shape("LOW-THREE", ((MORNING, AFTERNOON, NIGHT),), "even cover of the day at the lowest dose"),
    Shape("NIGHT-WEIGHTED", ((MORNING, NIGHT_MORE),), "most of the dose at night, a little in the day"),
    Shape(
        "MIDDLE-THREE", ((("morning", "middle"), ("afternoon", "middle"), NIGHT_MORE),), "the middle of the label range"
    ),
)
SPASTICITY = (
    Shape("LOW-NIGHT", ((NIGHT,),), "the least exposure, for spasms at night"),
    Shape(
        "LOW-NIGHT-RISING",
        ((NIGHT,), (MORNING, NIGHT), (MORNING, AFTERNOON, NIGHT)),
        "starts with the smallest dose and rises by the smallest step each week",
    ),
    Shape("LOW-TWICE", ((MORNING, NIGHT),), "covers day and night at the lowest dose"),
    Shape("MIDDLE-NIGHT", ((NIGHT_MORE,),), "one dose at bedtime"),
    Shape(
        "LOW-TWICE-RISING",
        ((MORNING, NIGHT), (MORNING, AFTERNOON, NIGHT), (MORNING, AFTERNOON, NIGHT_MORE)),
        "covers day and night from the start and rises each week",
    ),
    Shape(
        "NIGHT-WEIGHTED-RISING",
        ((NIGHT_MORE,), (MORNING, NIGHT_MORE), (MORNING, AFTERNOON, NIGHT_MORE)),
        "starts at bedtime and adds small daytime doses each week",
    ),
)
