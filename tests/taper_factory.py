"""Tapers as planning hands them on, made by hand: realistic, short, on a switch, held, and with hostile text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from unclench.planning.plan import SupplyLine
from unclench.planning.taper_plan import (
    HiddenChange,
    Intake,
    Prescription,
    Schedule,
    Step,
    Switch,
    SwitchDay,
    Taper,
    TaperDay,
    TaperSupply,
    Unit,
)
from unclench.values import Jurisdiction, MadeWith

START = date(2026, 11, 24)
ON = date(2026, 11, 22)
MADE = MadeWith("0.1.0", "2026-11-22+0123abcd", date(2026, 11, 22), (("numpy", "2.4.0"),), 7)
TABLETS = {
    Jurisdiction.UK: (("UK-TABLET-5", Decimal(5)), ("UK-TABLET-2", Decimal(2))),
    Jurisdiction.US: (("US-TABLET-5", Decimal(5)), ("US-TABLET-2", Decimal(2))),
}
LIQUID = {
    Jurisdiction.UK: ("UK-SOLUTION-2-IN-5", Decimal("0.4")),
    Jurisdiction.US: ("US-SOLUTION-1", Decimal(1)),
}
MORNING, NIGHT = 8.0, 22.0
# From 20 mg a day to nothing in 40 weeks: steps shrink, one step is held for 6 weeks.
LONG = (
    "19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0.5",
    (14,) * 11 + (42,) + (14, 14, 14, 7, 7, 14, 7, 7),
)


def units(mg: Decimal, jurisdiction: Jurisdiction, *, liquid: bool) -> tuple[Unit, ...]:
    """Tablets of 5 mg, then of 2 mg, halves where it must be; or the liquid."""
    if liquid:
        product, strength = LIQUID[jurisdiction]
        return (Unit(product, strength, mg / strength),)
    (five, _), (two, _) = TABLETS[jurisdiction]
    most = int(mg // 5)
    for fives in range(most, -1, -1):
        halves = (mg - 5 * fives) / 2 * 2
        if halves % 1 == 0:
            counted = ((five, Decimal(5), Decimal(fives)), (two, Decimal(2), halves / 2))
            return tuple(Unit(name, strength, count) for name, strength, count in counted if count)
    raise AssertionError(mg)


def day(on: date, mg: Decimal, jurisdiction: Jurisdiction, *, liquid_below: Decimal = Decimal(4)) -> TaperDay:
    """Two thirds at night and the rest in the morning, in whole mg; the smallest doses at night alone."""
    liquid = mg < liquid_below
    morning = Decimal(int(mg) // 3) if mg >= 3 else Decimal(0)
    parts = ((MORNING, morning), (NIGHT, mg - morning))
    intakes = tuple(Intake(hour, units(part, jurisdiction, liquid=liquid)) for hour, part in parts if part)
    return TaperDay(on, mg, intakes)


def schedule(doses: str = LONG[0], days: Iterable[int] = LONG[1], from_mg: int = 20) -> Schedule:
    steps = tuple(Step(count, Decimal(mg)) for mg, count in zip(doses.split(), days, strict=True))
    return Schedule(START, Decimal(from_mg), steps)


def taper(
    planned: Schedule | None = None, jurisdiction: Jurisdiction = Jurisdiction.UK, *, need: str = "taper"
) -> Taper:
    """A taper with its days, prescriptions of 28 days, and one medicine that starts half way."""
    planned = planned or schedule()
    days = tuple(
        day(planned.start_on + timedelta(days=index), mg, jurisdiction) for index, mg in enumerate(planned.daily())
    )
    days += (TaperDay(planned.ends_on, Decimal(0), ()),)
    return Taper(
        need=need,
        because=("Taken on every day for 14 months.",),
        views=(),
        hold="",
        urgency="",
        from_mg=planned.from_mg,
        schedule=planned,
        pace="usual",
        pace_because=(),
        days=days,
        cuts=tuple(planned.cuts()),
        proofs=(),
        peak=None,
        curves=(),
        compared=(),
        loss=None,
        supply=supply(planned),
        hidden=(),
        switch=None,
        learning=None,
        holds_at=(),
        says=(),
        facts=("TAP-01",),
    )


def supply(planned: Schedule) -> TaperSupply:
    starts = [planned.start_on + timedelta(days=first) for first in range(0, planned.days, 28)]
    line = SupplyLine("UK-TABLET-5", "diazepam 5 mg tablet", Decimal(5), Decimal(56))
    prescriptions = tuple(Prescription(start, start + timedelta(days=27), (line,)) for start in starts)
    return TaperSupply(prescriptions, (line,), Decimal(280), 28, (), ())


def step_down(jurisdiction: Jurisdiction = Jurisdiction.US) -> Taper:
    """Nine days after a short course."""
    return taper(schedule("10 5 2", (3, 3, 3), from_mg=15), jurisdiction, need="step-down")


def two_years(jurisdiction: Jurisdiction = Jurisdiction.UK) -> Taper:
    """104 weeks, with cuts on every day of the week."""
    doses = [str(40 - step) for step in range(40)]
    days = [18] * 39 + [104 * 7 - 39 * 18]
    return taper(schedule(" ".join(doses), days, from_mg=41), jurisdiction)


def alternate_days(jurisdiction: Jurisdiction = Jurisdiction.UK) -> Taper:
    """Four weeks in which 2 mg and 1 mg take turns."""
    made = taper(schedule("2", (28,), from_mg=3), jurisdiction)
    turned = tuple(
        day(one.on, Decimal(2 - index % 2), jurisdiction, liquid_below=Decimal(0)) if one.intakes else one
        for index, one in enumerate(made.days)
    )
    return replace(made, days=turned)


def with_switch(drug: str = "lorazepam", planned: Schedule | None = None) -> Taper:
    """A week of changing over before the first cut."""
    first = START - timedelta(days=7)
    days = tuple(
        SwitchDay(first + timedelta(days=index), Decimal(6 - index) / 2, Decimal(2 * (index + 2))) for index in range(7)
    )
    crossing = Switch(drug, Decimal(3), Decimal(20), 20.0, 30.0, days, (), (), (), (), ())
    return replace(taper(planned), switch=crossing)


def held() -> Taper:
    """Left to a specialist: no days, and what to do meanwhile."""
    return replace(
        taper(need="specialist"),
        schedule=None,
        days=(),
        cuts=(),
        supply=None,
        hold="Do not stop. Continue the present dose until seen.",
        urgency="Within two weeks.",
    )


def hostile(text: str) -> Taper:
    """Text from a record wherever a taper holds text that a calendar may show."""
    medicine = HiddenChange(text, START + timedelta(days=2), Decimal(16), (16.0, 20.0, 24.0), text)
    return replace(
        with_switch(text, schedule("10 5", (7, 7), from_mg=15)),
        because=(text,),
        hold=text,
        urgency=text,
        hidden=(medicine,),
        says=(text,),
    )
