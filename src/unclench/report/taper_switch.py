"""A switch to diazepam before the first cut, in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from unclench.planning.taper_plan import Prescription, Switch, SwitchDay
from unclench.report import wording as words
from unclench.report.taper_steps import said_intake, supplied


@dataclass(frozen=True, slots=True)
class SwitchLine:
    """Days in a row that are alike."""

    dates: str
    other_mg: str
    diazepam_mg: str
    take: str  # "22:00 1 x 5 mg"


@dataclass(frozen=True, slots=True)
class SwitchPart:
    drug: str
    hold: str  # why none is planned
    line: str  # "lorazepam 4 mg a day to diazepam 20 mg a day"
    range: str  # "20 to 40 mg"
    days: tuple[SwitchLine, ...]
    sources: tuple[tuple[str, str], ...]
    against: tuple[str, ...]
    says: tuple[str, ...]
    review: str
    first_cut: str
    supply: tuple[str, ...]  # "22 Nov to 5 Dec 2026: 14 x diazepam 5 mg tablet"


def switch_part(switch: Switch) -> SwitchPart:
    to = f" to diazepam {words.amount(switch.to_mg)} mg a day" if switch.to_mg is not None else ""
    return SwitchPart(
        drug=switch.drug,
        hold=switch.hold,
        line=f"{switch.drug} {words.amount(switch.from_mg)} mg a day{to}",
        range=f"{words.number(switch.low_mg, 3)} to {words.number(switch.high_mg, 3)} mg",
        days=_runs(switch),
        supply=tuple(_supplied(one) for one in switch.supply.prescriptions) if switch.supply is not None else (),
        sources=switch.sources,
        against=switch.against,
        says=switch.says,
        review=words.dates(*switch.review) if switch.review is not None else "",
        first_cut=words.dated(switch.first_cut_on) if switch.first_cut_on is not None else "",
    )


def _runs(switch: Switch) -> tuple[SwitchLine, ...]:
    by_day = {day.on: day for day in switch.taken}
    made = []
    for (other, diazepam), same in groupby(switch.days, key=_doses):
        run = list(same)
        found = by_day.get(run[0].on)
        take = "" if found is None else "; ".join(said_intake(intake) for intake in found.intakes)
        made.append(SwitchLine(words.dates(run[0].on, run[-1].on), words.amount(other), words.amount(diazepam), take))
    return tuple(made)


def _supplied(prescription: Prescription) -> str:
    lines = ", ".join(supplied(line) for line in prescription.lines)
    return f"{words.dates(prescription.from_on, prescription.to_on)}: {lines}"


def _doses(day: SwitchDay) -> tuple[Decimal, Decimal]:
    return day.other_mg, day.diazepam_mg
