"""A taper as a MedicationRequest: every day of it in sequence, and the first supply alone to dispense."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from unclench.knowledge import knowledge
from unclench.planning.plan import Supply
from unclench.planning.taper_plan import Prescription, Taper, TaperDay, Unit
from unclench.planning.words import clock
from unclench.report.fhir.orders import TABLET, Reasons, medication_request, supplied
from unclench.report.fhir.parts import Json, days, period
from unclench.report.fhir.scene import Scene
from unclench.report.wording import amount, clean, dates, listed
from unclench.values import Dose, Phase, Regimen

KIND, TAPER = "MedicationRequest", "taper"


def taper_regimen(taper: Taper) -> Regimen | None:
    """The diazepam of every day from the first to the last dose, with that of a switch before it."""
    taken = [*(taper.switch.taken if taper.switch is not None else ()), *taper.days]
    while taken and not taken[-1].intakes:
        taken.pop()
    if not taken:
        return None
    return Regimen(taken[0].on, tuple(_phases(taken)), form=_form(taken))


def _phases(taken: list[TaperDay]) -> list[Phase]:
    """Days alike in a row. Dates that are left out are days without the medicine."""
    out: list[Phase] = []
    following = taken[0].on
    for day in taken:
        if day.on > following:
            out.append(Phase((day.on - following).days, ()))
        out.append(Phase(1, _doses(day)))
        following = day.on + timedelta(days=1)
    return [
        Phase(sum(phase.days for phase in alike), doses)
        for doses, group in groupby(out, key=lambda phase: phase.doses)
        if (alike := list(group))
    ]


def _doses(day: TaperDay) -> tuple[Dose, ...]:
    found = [
        Dose(mg, intake.clock_h)
        for intake in day.intakes
        if (mg := sum((unit.mg for unit in intake.units), Decimal(0))) > 0
    ]
    return tuple(sorted(found, key=lambda dose: dose.clock_h))


def _form(taken: list[TaperDay]) -> str:
    facts = knowledge()
    forms = {facts.get("products", unit.product).form for day in taken for unit in day.units}
    return forms.pop() if len(forms) == 1 else "tablet"


def taper_request(scene: Scene, taper: Taper, reason: Reasons) -> Json | None:
    """None where no schedule is planned: a specialist does that, or no taper is needed."""
    regimen = taper_regimen(taper)
    if regimen is None:
        return None
    supplies = _prescriptions(taper)
    made = medication_request(
        regimen,
        jurisdiction=scene.jurisdiction,
        subject=scene.subject,
        ident=scene.ident(KIND, TAPER),
        products=_products(taper),
        reason=reason,
        rules=tuple(dict.fromkeys(proof.rule for proof in taper.proofs)),
        notes=_said(taper, supplies),
    )
    _in_pieces(made["dosageInstruction"], taper)
    if supplies:
        made["dispenseRequest"] = _first_supply(made["dispenseRequest"], supplies[0])
    return made


def _in_pieces(instructions: list[Json], taper: Taper) -> None:
    """What each dose is made of, where it is the same on all days of a step: 4.5 mg is no single tablet."""
    days_ = {day.on: day for day in (*(taper.switch.taken if taper.switch is not None else ()), *taper.days)}
    for one in instructions:
        repeat = one["timing"]["repeat"]
        first, last = (date.fromisoformat(repeat["boundsPeriod"][end]) for end in ("start", "end"))
        clocks = {f"{clock(intake.clock_h)}:00" for intake in days_[first].intakes} & set(repeat["timeOfDay"])
        made = {
            tuple(_pieces(days_[first + timedelta(days=number)], clocks)) for number in range((last - first).days + 1)
        }
        if len(made) == 1:
            one["patientInstruction"] = listed(made.pop())


def _pieces(day: TaperDay, clocks: set[str]) -> Iterator[str]:
    """As "at 14:00: 1 x diazepam 2 mg tablet and 0.5 x diazepam 5 mg tablet"."""
    for intake in day.intakes:
        if f"{clock(intake.clock_h)}:00" in clocks:
            parts = (_counted(unit) for unit in intake.units)
            yield f"at {clock(intake.clock_h)}: {' and '.join(parts)}"


def _counted(unit: Unit) -> str:
    product = knowledge().get("products", unit.product)
    return f"{amount(unit.count)} {'x' if product.form == TABLET else 'mL of'} {product.name}"


def _prescriptions(taper: Taper) -> tuple[Prescription, ...]:
    before = taper.switch.supply if taper.switch is not None else None
    parts = [part for part in (before, taper.supply) if part is not None]
    return tuple(sorted((one for part in parts for one in part.prescriptions), key=lambda one: one.from_on))


def _products(taper: Taper) -> tuple[str, ...]:
    """Every product of the whole taper: they name the medicine."""
    before = taper.switch.supply if taper.switch is not None else None
    lines = (line for part in (before, taper.supply) if part is not None for line in part.lines)
    return tuple(dict.fromkeys(line.product for line in lines))


def _first_supply(made: Json, first: Prescription) -> Json:
    """Months of diazepam are never handed out at once: each later supply is a request of its own."""
    count = (first.to_on - first.from_on).days + 1
    total = sum((line.strength_mg * line.count for line in first.lines), Decimal(0))
    supply = Supply(first.lines, total, 0, count, (), ())
    return {
        **made,
        "validityPeriod": period(first.from_on, first.to_on),
        "quantity": supplied(supply),
        "expectedSupplyDuration": days(count),
    }


def _said(taper: Taper, supplies: tuple[Prescription, ...]) -> list[str]:
    say = knowledge().say
    out = [say("FHIR-TAPER")]
    if supplies:
        out.append(say("FHIR-TAPER-SUPPLY"))
        out += [
            f"{dates(one.from_on, one.to_on)}: "
            + listed(tuple(f"{amount(line.count)} x {line.name}" for line in one.lines))
            for one in supplies
        ]
    if taper.switch is not None:
        out.append(say("FHIR-TAPER-SWITCH", drug=clean(taper.switch.drug)))
    return out
