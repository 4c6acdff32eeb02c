"""A regimen as dosage instructions: one sequence number for each phase, several instructions where doses differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from unclench.knowledge import knowledge
from unclench.planning import words as plan_words
from unclench.report import wording as words
from unclench.report.fhir.parts import SNOMED, Json, coding, concept, filled, period, quantity
from unclench.values import Dose, Phase, Regimen

ORAL = "26643006"  # SNOMED CT
WAYS = {"oral": "by mouth", "rectal": "rectally", "intranasal": "intranasally", "im": "intramuscularly",
        "iv": "intravenously"}  # fmt: skip


def dosage(regimen: Regimen) -> list[Json]:
    """Every dose of the regimen. Days without a dose are the gaps between the periods."""
    out: list[Json] = []
    first, sequence = regimen.start, 0
    for phase in plan_words.joined(regimen.phases):
        last = first + timedelta(days=phase.days - 1)
        if phase.doses:
            sequence += 1
            out += _of_phase(regimen, phase, sequence, first, last)
        first = last + timedelta(days=1)
    return out


def _of_phase(regimen: Regimen, phase: Phase, sequence: int, first: date, last: date) -> Iterator[Json]:
    for mg, doses in by_amount(phase.doses):
        repeat: Json = {"boundsPeriod": period(first, last)}
        if regimen.as_needed:
            repeat |= {"frequency": len(doses), "period": 1, "periodUnit": "d"}
        else:
            # R4 allows no frequency or period beside the times of day.
            repeat["timeOfDay"] = [f"{plan_words.clock(dose.clock_h)}:00" for dose in doses]
        yield filled(
            sequence=sequence,
            text=instruction(regimen, mg, doses, first, last),
            timing={"repeat": repeat},
            asNeededBoolean=regimen.as_needed,
            route=_route(regimen.route),
            doseAndRate=[{"doseQuantity": quantity(mg, "mg")}],
            maxDosePerPeriod=_most(phase) if regimen.as_needed else None,
        )


def _route(route: str) -> Json:
    """By mouth with its code. Other routes are never proposed, and are said in words."""
    oral = [coding(SNOMED, ORAL, knowledge().say("FHIR-ROUTE-26643006"))] if route == "oral" else []
    return concept(oral, WAYS.get(route, route))


def by_amount(doses: tuple[Dose, ...]) -> list[tuple[Decimal, tuple[Dose, ...]]]:
    """Doses of one day that are alike, in the order of the clock."""
    amounts = dict.fromkeys(dose.mg for dose in doses)
    return [(mg, tuple(dose for dose in doses if dose.mg == mg)) for mg in amounts]


def _most(phase: Phase) -> Json:
    return {"numerator": quantity(phase.mg_per_day, "mg"), "denominator": quantity(1, "day", "d")}


def instruction(regimen: Regimen, mg: Decimal, doses: tuple[Dose, ...], first: date, last: date) -> str:
    """The same in words, made from the same values."""
    way = WAYS.get(regimen.route, regimen.route)
    how = plan_words.times(len(doses))
    if regimen.as_needed:
        how = f"only when needed, at most {how}"
    else:
        how += f", at {plan_words.listed(plan_words.clock(dose.clock_h) for dose in doses)}"
    until = f"on {words.day(first)}" if first == last else f"from {words.day(first)} to {words.day(last)}"
    return f"{words.amount(mg)} mg {way} {how}, {until}"
