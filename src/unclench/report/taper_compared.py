"""Other ways to stop beside the chosen one, in words: weeks against the peak of the withdrawal drive."""

from __future__ import annotations

from dataclasses import dataclass

from unclench.knowledge import knowledge
from unclench.planning.taper_plan import Compared
from unclench.report import wording as words


@dataclass(frozen=True, slots=True)
class ComparedLine:
    id: str
    name: str
    weeks: str
    typical: str
    interval: str
    worst_fifth: str
    against: tuple[str, ...]  # why it could not simply be taken instead
    chosen: bool
    say: str


def compared_lines(compared: tuple[Compared, ...]) -> tuple[ComparedLine, ...]:
    """The shortest first."""
    return tuple(
        ComparedLine(
            id=one.id,
            name=one.name,
            weeks=words.number(one.weeks, 3),
            typical=words.number(one.drive.typical),
            interval=f"{words.number(one.drive.low)} to {words.number(one.drive.high)}",
            worst_fifth=words.number(one.drive.worst_fifth),
            against=against(one),
            chosen=one.chosen,
            say=one.say,
        )
        for one in sorted(compared, key=lambda one: (one.weeks, one.id))
    )


def against(one: Compared) -> tuple[str, ...]:
    broken = () if one.meets_caps else ("breaks a cap",)
    return (*broken, *(() if one.makeable else ("cannot be dispensed",)))


def trade(compared: tuple[Compared, ...]) -> tuple[str, ...]:
    """What going slower buys and what going faster costs: on both sides the best way that could be taken."""
    chosen = next((one for one in compared if one.chosen), None)
    if chosen is None:
        return ()
    able = [one for one in compared if not one.chosen and not against(one)]
    slower = min((one for one in able if one.weeks > chosen.weeks), key=_worst, default=None)
    faster = min((one for one in able if one.weeks < chosen.weeks), key=_worst, default=None)
    said = (("TAPER-PAGE-SLOWER", slower), ("TAPER-PAGE-FASTER", faster))
    return tuple(_trade(key, other, chosen) for key, other in said if other is not None)


def _worst(one: Compared) -> tuple[float, float]:
    return one.drive.worst_fifth, one.weeks


def _trade(key: str, other: Compared, chosen: Compared) -> str:
    weeks = float(words.number(abs(other.weeks - chosen.weeks), 2))
    return knowledge().say(
        key,
        weeks=f"{weeks:g} {'week' if weeks == 1 else 'weeks'}",
        name=words.clean(other.name),
        here=f"{words.number(chosen.drive.worst_fifth)} %",
        there=f"{words.number(other.drive.worst_fifth)} %",
    )
