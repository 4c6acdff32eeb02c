"""Made-up tapers for tests of reports: every kind of need, the right shape, no evidence.

Numbers are placeholders. Curves come from a toy of two compartments and a few made-up people, so that they look as
real ones do: a saw-tooth of steps, bands that do not cross, a drive that rises after each cut.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from tests.consultation_factory import consultation, made_with
from unclench.appraisal.findings import SourceView
from unclench.consult import Consultation
from unclench.individual.learnt import Learning, Learnt
from unclench.planning.plan import SupplyLine
from unclench.planning.taper_plan import (
    Compared,
    Drive,
    HiddenChange,
    Intake,
    Prescription,
    Proof,
    Schedule,
    Step,
    Switch,
    SwitchDay,
    Taper,
    TaperCurve,
    TaperDay,
    TaperSupply,
    Unit,
)
from unclench.values import Jurisdiction, MadeWith

ON = date(2026, 11, 22)
PEAK = 9.1
START = date(2026, 11, 23)
KINDS = ("taper", "everything", "alternating", "step-down", "none", "specialist")
DAILY = (
    *("18", "17", "16", "15", "14", "13", "12", "11", "10", "9"),
    *("8", "7", "6", "5", "4", "3", "2.5", "2", "1", "0.5"),
)
NAMES = {
    "US-TABLET-5": "diazepam 5 mg tablet",
    "US-TABLET-2": "diazepam 2 mg tablet",
    "US-SOLUTION-1": "diazepam 1 mg/mL oral solution",
}


def schedule(daily: tuple[str, ...] = DAILY, days: int = 14, from_mg: str = "20") -> Schedule:
    return Schedule(START, Decimal(from_mg), tuple(Step(days, Decimal(mg)) for mg in daily))


def made_of(mg: Decimal) -> tuple[Unit, ...]:
    """Fives and twos, one of them halved for an odd mg; the solution for half a mg and for 1 mg."""
    out, left = [], mg
    for product, each, whole in (("US-TABLET-5", Decimal(5), Decimal(1)), ("US-TABLET-2", Decimal(2), Decimal("0.5"))):
        count = (left / each // whole) * whole if mg > 1 else Decimal(0)
        if count:
            out.append(Unit(product, each, count))
            left -= count * each
    if left:
        out.append(Unit("US-SOLUTION-1", Decimal(1), left))
    return tuple(out)


def taken(on: date, mg: Decimal) -> TaperDay:
    """Two fifths in the morning, the rest at night; small doses at night only."""
    morning = (mg * 2 // 5) if mg > 4 else Decimal(0)
    parts = [(8.0, morning), (22.0, mg - morning)]
    return TaperDay(on, mg, tuple(Intake(hour, made_of(part)) for hour, part in parts if part))


def days_of(given: Schedule) -> tuple[TaperDay, ...]:
    doses = (*given.daily(), Decimal(0))
    return tuple(taken(given.start_on + timedelta(days=index), mg) for index, mg in enumerate(doses))


def in_turn(given: Schedule) -> tuple[TaperDay, ...]:
    """The same, but 2.5 mg are 3 mg and 2 mg in turn."""
    out = []
    for index, day in enumerate(days_of(given)):
        odd = Decimal(2 + index % 2) if day.mg == Decimal("2.5") else day.mg
        out.append(taken(day.on, odd))
    return tuple(out)


def curves(given: Schedule) -> tuple[TaperCurve, ...]:
    """Daily means of made-up people, the last of whom is the typical one."""
    doses = np.array([float(mg) for mg in given.daily()] + [0.0] * 42)
    spread = np.linspace(-1.6, 1.6, 21)[:, None]
    half = np.concatenate([np.exp(0.35 * spread[:, 0]), [1.0]])
    slow = np.concatenate([np.exp(0.5 * np.roll(spread[:, 0], 7)), [1.0]])
    steady = float(given.from_mg)
    parent, child, adapted = steady * half, steady * half, steady * half / (30 + steady * half)
    lines: dict[str, list[np.ndarray]] = {name: [] for name in ("diazepam", "nordazepam", "effect", "drive")}
    for dose in doses:
        parent = parent + (dose * half - parent) * (1 - np.exp(-0.39 / half))
        child = child + (parent - child) * (1 - np.exp(-0.22 / half))
        held = (0.8 * parent + 0.2 * child) / (30 + 0.8 * parent + 0.2 * child)
        adapted = adapted + (held - adapted) * np.where(held > adapted, 1 / 200, 1 - np.exp(-1 / (9 * slow)))
        for name, line in zip(lines, (parent * 16, child * 18, held * 100, (adapted - held) / 0.17 * 100), strict=True):
            lines[name].append(np.maximum(line, 0.0))
    t_d = np.arange(len(doses), dtype=np.float64)
    units = {"diazepam": "ng/mL", "nordazepam": "ng/mL", "effect": "%", "drive": "% of reference"}
    made = [TaperCurve("dose", "mg/d", t_d, *[doses] * 6)]
    for name, rows in lines.items():
        people = np.array(rows)
        bands = np.percentile(people[:, :-1], (5, 25, 50, 75, 95), axis=1)
        shown = "withdrawal-drive" if name == "drive" else name
        scaled = PEAK / people[:, -1].max() if name == "drive" else 1.0
        made.append(TaperCurve(shown, units[name], t_d, people[:, -1] * scaled, *bands * scaled))
    return tuple(made)


def drive(typical: float, day: float = 96.0) -> Drive:
    return Drive(typical, typical * 0.42, typical * 2.6, typical * 2.1, day)


def proofs() -> tuple[Proof, ...]:
    return (
        Proof("TAP-09", True, 0.0, None, "mg", None, "The units listed for every day sum to its dose."),
        Proof(
            "TAP-05",
            True,
            24.3,
            25.0,
            "% in 14 days",
            START + timedelta(days=196),
            "In every 14 days the dose falls by no more than a quarter of what it was, or by 1 mg.",
        ),
        Proof("TAP-06", True, 10.0, 10.0, "% of the dose", START, "The first cut is a tenth or less."),
        Proof("TAP-10", True, 0.5, 1.0, "mg", START + timedelta(days=266), "The last dose is 1 mg or less."),
        Proof("TAP-11", True, 0.0, 0.0, "times", None, "No cut falls on the day of a change of product."),
    )


def compared() -> tuple[Compared, ...]:
    def one(key: str, name: str, weeks: float, typical: float, *, caps: bool = True, made: bool = True) -> Compared:
        fits = "meets every rule" if caps else "breaks the rule of a quarter in 14 days"
        chosen = key == "best-40"
        say = f"{name}: {fits}{'' if made else '; no product makes its doses'}."
        return Compared(key, name, weeks, drive(typical), caps, made, chosen, say, ("TAP-05",))

    return (
        one("quarter-week", "A quarter of the first dose each week", 3, 72, caps=False),
        one("best-20", "Best found over half the time", 20, 18.5),
        one("scotland", "1 mg every two weeks", 38, 14.2),
        one("best-40", "The schedule above", 40, 9.1),
        one("tenth", "A tenth of the current dose every two weeks", 56, 11.3, made=False),
        one("best-60", "Best found over half as long again", 60, 6.4),
    )


def supply(days: tuple[TaperDay, ...], interval: int = 28) -> TaperSupply:
    def lines(of: tuple[TaperDay, ...]) -> tuple[SupplyLine, ...]:
        counts: dict[tuple[str, Decimal], Decimal] = {}
        for day in of:
            for unit in day.units:
                key = (unit.product, unit.mg_each)
                counts[key] = counts.get(key, Decimal(0)) + unit.count
        return tuple(SupplyLine(product, NAMES[product], each, n) for (product, each), n in sorted(counts.items()))

    parts = [days[first : first + interval] for first in range(0, len(days) - 1, interval)]
    return TaperSupply(
        prescriptions=tuple(Prescription(part[0].on, part[-1].on, lines(part)) for part in parts if lines(part)),
        lines=lines(days),
        total_mg=sum((day.mg for day in days), Decimal(0)),
        interval_days=interval,
        half_tablet_mg=(("US-TABLET-2", 0.76, 1.21),),
        notes=("From 2.5 mg on the solution is used: give an oral syringe, and write mg and mL.",),
    )


def views() -> tuple[SourceView, ...]:
    return (
        SourceView("DEP-08", "Joint guideline 2025", "taper", True, "Three months or more on most days: taper."),
        SourceView("NEED-RACGP", "RACGP 2015", "taper", True, "Four weeks or more: taper."),
        SourceView("NEED-VA", "VA/DoD 2021", "step-down", False, "Half the dose first, then hold: faster than this."),
    )


def hidden() -> HiddenChange:
    return HiddenChange(
        "fluvoxamine",
        START + timedelta(days=60),
        Decimal("14"),
        (5.1, 7.4, 10.2),
        "Fluvoxamine stops on this day: 14 mg then acts like about 7.4 mg. Make no cut in the two weeks around it.",
    )


def switch(given: Schedule) -> Switch:
    days = tuple(
        SwitchDay(START - timedelta(days=14 - index), Decimal(str(4 - index // 4)), Decimal(5 * (index // 4)))
        for index in range(14)
    )
    t_d = np.arange(15.0)
    falling, rising = 100 * np.exp(-t_d / 4), 90 * (1 - np.exp(-t_d / 5))
    lines = (("lorazepam", falling), ("diazepam", rising), ("together", falling + rising))
    return Switch(
        drug="lorazepam",
        from_mg=Decimal("4"),
        to_mg=given.from_mg,
        low_mg=20.0,
        high_mg=40.0,
        days=days,
        sources=(("EQ-LORAZEPAM-VA", "VA/DoD: 2 mg is 10 mg of diazepam"), ("EQ-LORAZEPAM-ASHTON", "Ashton: 1 mg")),
        against=("A frail person of 84: diazepam adds up, ask before switching.",),
        says=("The cautious side of the range was taken: too little may show as withdrawal in the first week.",),
        curves=tuple(
            TaperCurve(name, "% of before", t_d, m, m * 0.7, m * 0.9, m, m * 1.1, m * 1.4) for name, m in lines
        ),
        facts=("EQ-LORAZEPAM-VA",),
        review=(START - timedelta(days=5), START - timedelta(days=2)),
        first_cut_on=START,
    )


def no_switch(given: Schedule) -> Switch:
    """Where diazepam would add up."""
    hold = "Severe liver disease is recorded: ask before any switch, and stay on lorazepam."
    return replace(switch(given), hold=hold, to_mg=None, days=(), curves=(), review=None, first_cut_on=None)


def learning() -> Learning:
    return Learning(
        parameters=(
            Learnt("clearance", "L/h", (1.5, 0.8, 2.9), (1.1, 0.9, 1.4), 0.72, "Levels moved it most."),
            Learnt("recovery time", "d", (7.0, 3.0, 20.0), (11.0, 6.0, 21.0), 0.31, "Ratings moved it a little."),
        ),
        levels=4,
        ratings=23,
        decision="hold",
        says=("Withdrawal was rated 6 or more on 5 of the last 7 days.", "One bad day is not a trend; this is more."),
        facts=("TAP-12",),
    )


def taper(kind: str = "taper", **more: object) -> Taper:
    """One of KINDS."""
    match kind:
        case "none" | "specialist":
            return replace(_unplanned(kind), **more)  # type: ignore[arg-type]
        case "step-down":
            made = _planned(schedule(("5", "2.5"), 4, "10"), "step-down")
            exempt = Proof("TAP-05", True, 50.0, None, "% in 14 days", START, "Exempt: a project choice for short use.")
            return replace(made, proofs=(made.proofs[0], exempt), pace="", pace_because=(), compared=(), **more)  # type: ignore[arg-type]
        case "alternating":
            given = schedule()
            made = _planned(given, "taper")
            return replace(made, days=in_turn(given), supply=supply(in_turn(given)), **more)  # type: ignore[arg-type]
        case "everything":
            given = schedule()
            made = replace(_planned(given, "taper"), hidden=(hidden(),), switch=switch(given), learning=learning())
            return replace(made, **more)  # type: ignore[arg-type]
        case "taper":
            return replace(_planned(schedule(), "taper"), **more)  # type: ignore[arg-type]
    raise ValueError(kind)


def _planned(given: Schedule, need: str) -> Taper:
    days = days_of(given)
    return Taper(
        need=need,
        because=("14 months at 20 mg on every day: withdrawal is to be expected at any dose.",),
        views=views(),
        hold="",
        urgency="",
        from_mg=given.from_mg,
        schedule=given,
        pace="usual",
        pace_because=("Cuts of a tenth or less every two weeks.", "Nothing recorded calls for slower."),
        days=days,
        cuts=tuple(given.cuts()),
        proofs=proofs(),
        peak=drive(PEAK, float(np.argmax(curves(given)[-1].typical))),
        curves=curves(given),
        compared=compared(),
        loss=(19.1, 16.4),
        supply=supply(days),
        hidden=(),
        switch=None,
        learning=None,
        holds_at=(
            ("TAP-20", "Withdrawal that is hard to bear: hold the dose until it eases, then go on with smaller cuts."),
            ("TAP-21", "Severe: go back one level, stay, then halve the later cuts. Never take more only when needed."),
            ("TAP-22", "A fit, confusion or seeing things: emergency care at once."),
        ),
        says=(
            "Its anchors: 5 % and 43 % with withdrawal after stopping at once, before and after 8 months of use.",
            "Withdrawal and returning spasm look alike: rate them apart each day.",
        ),
        facts=("DEP-08", "TAP-01", "US-TABLET-2", "US-TABLET-5"),
    )


def _unplanned(kind: str) -> Taper:
    special = kind == "specialist"
    return Taper(
        need=kind,
        because=(
            ("An earlier seizure after stopping.", "Epilepsy is recorded.")
            if special
            else ("Taken on two days a week: withdrawal that matters is rare.",)
        ),
        views=views()[:1],
        hold="Do not stop. Continue the present dose, 20 mg a day, until a specialist has seen this person."
        if special
        else "",
        urgency="Within a week; today if the supply ends sooner." if special else "",
        from_mg=Decimal("20"),
        schedule=None,
        pace="",
        pace_because=(),
        days=(),
        cuts=(),
        proofs=(),
        peak=None,
        curves=(),
        compared=(),
        loss=None,
        supply=None,
        hidden=(),
        switch=None,
        learning=None,
        holds_at=(("TAP-22", "A fit, confusion or seeing things: emergency care at once."),) if special else (),
        says=(),
        facts=("TAP-03",),
    )


def about(jurisdiction: Jurisdiction = Jurisdiction.US) -> dict[str, date | Jurisdiction | MadeWith]:
    """What a report of a taper must be told beside it."""
    return {"on": ON, "jurisdiction": jurisdiction, "made_with": made_with()}


def with_taper(kind: str = "taper") -> Consultation:
    """A consultation of somebody who takes it for long, with the taper planned."""
    one = consultation("continuing")
    return replace(one, plan=replace(one.plan, taper=taper(kind), taper_needed=taper(kind).need))


def hostile_taper(text: str) -> Taper:
    """The fullest taper, with this text in every place that a record or a file can reach."""
    full = taper("everything")
    assert full.switch is not None
    assert full.learning is not None
    assert full.supply is not None
    names = tuple(replace(line, name=text) for line in full.supply.lines)
    bought = tuple(
        replace(one, lines=tuple(replace(line, name=text) for line in one.lines)) for one in full.supply.prescriptions
    )
    learnt = tuple(replace(one, name=text, say=text) for one in full.learning.parameters)
    sources = tuple((fact, text) for fact, _ in full.switch.sources)
    return replace(
        full,
        because=(text,),
        hold=text,
        urgency=text,
        pace_because=(text,),
        says=(text,),
        views=tuple(replace(one, name=text, say=text) for one in full.views),
        proofs=tuple(replace(one, say=text) for one in full.proofs),
        compared=tuple(replace(one, name=text, say=text) for one in full.compared),
        holds_at=tuple((rule, text) for rule, _ in full.holds_at),
        hidden=tuple(replace(one, medicine=text, say=text) for one in full.hidden),
        supply=replace(full.supply, lines=names, prescriptions=bought, notes=(text,)),
        switch=replace(full.switch, hold=text, drug=text, against=(text,), says=(text,), sources=sources),
        learning=replace(full.learning, parameters=learnt, says=(text,)),
    )
