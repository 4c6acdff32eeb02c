"""Orders, statements, dispenses and administrations of FHIR R4, merged where they are about the same thing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from unclench.record import resources
from unclench.record.decode import Held
from unclench.record.desk import Desk
from unclench.record.fhir_dosage import administered, decimal_of, dosage_of, strength_of
from unclench.record.patient import Medication, PartialDate, Status
from unclench.record.resources import Quantity, Reference
from unclench.record.terms import codes_of, partial_date, start_of, text_of

_ORDER = {
    "active": Status.ACTIVE,
    "on-hold": Status.ON_HOLD,
    "completed": Status.ENDED,
    "stopped": Status.ENDED,
    "draft": Status.DRAFT,
}
_NOT_YET = frozenset(("proposal", "plan", "option"))
_STATEMENT = {"active": Status.ACTIVE, "completed": Status.ENDED, "stopped": Status.ENDED, "on-hold": Status.ON_HOLD}
_GIVEN = {"in-progress": Status.ACTIVE, "completed": Status.ENDED, "stopped": Status.ENDED, "on-hold": Status.ON_HOLD}
_NEVER = {"entered-in-error": "entered-in-error", "cancelled": "cancelled", "declined": "cancelled",
          "not-done": "cancelled", "not-taken": "refuted"}  # fmt: skip


def medications(desk: Desk, found: list[Held]) -> list[Medication]:
    """Everything about medicines, as one list of products with what belongs to each."""
    orders: list[Medication] = []
    followers: list[tuple[Medication, list[str]]] = []
    for held in found:
        one = _one(desk, held)
        if one is None:
            continue
        if held.kind == "MedicationRequest":
            orders.append(one)
        else:
            followers.append((one, [reference.reference or "" for reference in _points_to(held)]))
    return _merged(desk, orders, followers)


def _one(desk: Desk, held: Held) -> Medication | None:
    it, ref = held.it, held.ref
    concept, display = desk.medicine(it)
    codes, text = codes_of(concept), text_of(concept) or display
    never = _NEVER.get(it.status or "")
    if never is not None:
        desk.note(never, ref, text)
        return None
    if held.kind == "MedicationRequest" and it.do_not_perform:
        desk.note("cancelled", ref, f"an order not to give it: {text}")
        return None
    if not codes and not text:
        desk.note("unreadable", ref, "an order or supply that names no medicine")
        if it.medication_reference is not None:
            text = "(medicine not in the record)"
        elif held.kind != "MedicationRequest":
            return None
    base = Medication(ref, codes, text, "", Status.UNKNOWN, strength_mg=strength_of(text), reasons=_reasons(desk, it))
    return _READERS[held.kind](desk, base, it)


def _order(desk: Desk, base: Medication, it: resources.MedicationRequest) -> Medication:
    status = _ORDER.get(it.status or "", Status.UNKNOWN)
    if it.intent in _NOT_YET and status in (Status.ACTIVE, Status.UNKNOWN, Status.ON_HOLD):
        status = Status.DRAFT
    bounds = _bounds(it.dosage_instruction)
    written = desk.day(base.ref, "authoredOn", it.authored_on)
    began = desk.day(base.ref, "the start", bounds.start)
    supply = it.dispense_request or resources.DispenseRequest()
    refills = supply.number_of_repeats_allowed
    return replace(
        base,
        kind="order",
        status=status,
        written=written or began,
        began=began or written,
        ended=desk.day(base.ref, "the end", bounds.end),
        days_supply=_days(desk, base.ref, supply.expected_supply_duration) or _days(desk, base.ref, _duration(it)),
        quantity=_amount(supply.quantity),
        refills=refills if refills is not None and 0 <= refills <= 1000 else None,
        dosage=dosage_of(it.dosage_instruction, base.text),
        stop_reason=text_of(it.status_reason),
    )


def _statement(desk: Desk, base: Medication, it: resources.MedicationStatement) -> Medication:
    period = it.effective_period or resources.Period()
    asserted = desk.day(base.ref, "dateAsserted", it.date_asserted)
    return replace(
        base,
        kind="statement",
        status=_STATEMENT.get(it.status or "", Status.UNKNOWN),
        written=asserted,
        began=desk.day(base.ref, "the start", it.effective_date_time or period.start),
        ended=desk.day(base.ref, "the end", period.end),
        last_seen=asserted,
        dosage=dosage_of(it.dosage, base.text),
        stop_reason="; ".join(filter(None, (text_of(reason) for reason in it.status_reason or ()))),
    )


def _dispense(desk: Desk, base: Medication, it: resources.MedicationDispense) -> Medication:
    when = desk.day(base.ref, "the date", it.when_handed_over or it.when_prepared)
    return replace(
        base,
        kind="dispense",
        status=Status.ON_HOLD if it.status == "on-hold" else Status.UNKNOWN,
        written=when,
        began=when,
        last_seen=when,
        days_supply=_days(desk, base.ref, it.days_supply),
        quantity=_amount(it.quantity),
        dosage=dosage_of(it.dosage_instruction, base.text),
    )


def _administration(desk: Desk, base: Medication, it: resources.MedicationAdministration) -> Medication:
    period = it.effective_period or resources.Period()
    began = desk.day(base.ref, "the date", start_of(it.effective_date_time, it.effective_period))
    ended = desk.day(base.ref, "the end", period.end) or (began if it.effective_date_time else None)
    return replace(
        base,
        kind="administration",
        status=_GIVEN.get(it.status or "", Status.UNKNOWN),
        written=began,
        began=began,
        ended=ended if it.status in ("completed", "stopped") else None,
        last_seen=ended or began,
        dosage=administered(it.dosage, base.text),
        stop_reason="; ".join(filter(None, (text_of(reason) for reason in it.status_reason or ()))),
    )


_READERS: dict[str, Callable[[Desk, Medication, Any], Medication]] = {
    "MedicationRequest": _order,
    "MedicationStatement": _statement,
    "MedicationDispense": _dispense,
    "MedicationAdministration": _administration,
}


def _points_to(held: Held) -> list[Reference]:
    """The orders that a statement, dispense or administration names as its own."""
    it: Any = held.it
    if held.kind == "MedicationDispense":
        return it.authorizing_prescription or []
    if held.kind == "MedicationAdministration":
        return [it.request] if it.request is not None else []
    return (it.based_on or []) + (it.derived_from or [])


def _merged(desk: Desk, orders: list[Medication], followers: list[tuple[Medication, list[str]]]) -> list[Medication]:
    places = {order.ref: number for number, order in enumerate(orders)}
    by_drug: dict[object, list[int]] = {}
    for number, order in enumerate(orders):
        for key in _keys(order):
            by_drug.setdefault(key, []).append(number)
    out = list(orders)
    for one, references in followers:
        owners = [places[held.ref] for ref in references if (held := desk.find(ref)) and held.ref in places]
        if not owners:
            fitting = [n for key in _keys(one) for n in by_drug.get(key, ()) if _together(out[n], one)]
            owners = sorted(fitting, key=lambda n: (-_first(out[n]), n))
        if owners and not (one.kind == "statement" and out[owners[0]].status is not one.status):
            out[owners[0]] = _joined(out[owners[0]], one)
            continue
        out.append(one)
        if one.kind != "administration":
            for key in _keys(one):
                by_drug.setdefault(key, []).append(len(out) - 1)
    return out


def _keys(one: Medication) -> list[object]:
    return [*one.codes, *([one.text.casefold()] if one.text else [])]


def _first(one: Medication) -> int:
    when = one.began or one.written
    return when.first.toordinal() if when else 0


def _together(order: Medication, one: Medication) -> bool:
    """Whether the period of the order covers this supply or statement. A draft has not begun."""
    if order.status is Status.DRAFT:
        return False
    began, when = order.began or order.written, one.last_seen or one.began or one.written
    if began is None or when is None:
        return one.kind == "statement" and order.status is one.status
    return when.last >= began.first and (order.ended is None or when.first <= order.ended.last)


def _joined(order: Medication, one: Medication) -> Medication:
    seen, days, quantity = order.last_seen, order.days_supply, order.quantity
    if one.last_seen is not None and (seen is None or one.last_seen.last > seen.last):
        seen = one.last_seen
        days, quantity = one.days_supply or days, one.quantity or quantity
    return replace(
        order,
        last_seen=seen,
        days_supply=days or one.days_supply,
        quantity=quantity,
        began=_earlier(order.began, one.began if one.kind == "statement" else None),
        dosage=order.dosage or (one.dosage if one.kind != "administration" else None),
        stop_reason=order.stop_reason or one.stop_reason,
        reasons=order.reasons or one.reasons,
        merged=(*order.merged, one.ref),
    )


def _earlier(one: PartialDate | None, other: PartialDate | None) -> PartialDate | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda when: when.first)


def _reasons(desk: Desk, it: Any) -> tuple[tuple[tuple[Any, ...], str], ...]:
    out = [(codes_of(reason), text_of(reason)) for reason in it.reason_code or ()]
    for reference in it.reason_reference or ():
        held = desk.find(reference.reference)
        code = held.it.code if held is not None and held.kind in ("Condition", "Observation") else None
        if code is not None or reference.display:
            out.append((codes_of(code), text_of(code) or reference.display or ""))
    return tuple(out)


def _bounds(instructions: list[resources.DosageInstruction] | None) -> resources.Period:
    """From the first start to the last end, where instructions follow one another; one without an end has none."""
    periods = [
        item.timing.repeat.bounds_period
        for item in instructions or ()
        if item.timing and item.timing.repeat and item.timing.repeat.bounds_period
    ]
    starts = [period.start for period in periods if period.start]
    ends = [period.end for period in periods if period.end]
    return resources.Period(
        start=min(starts, key=_place, default=None),
        end=max(ends, key=_place, default=None) if len(ends) == len(periods) else None,
    )


def _place(when: str) -> int:
    """Dates in order; what is no date comes first, and is noticed where it is read."""
    found = partial_date(when)
    return found.first.toordinal() if found is not None else 0


def _duration(it: resources.MedicationRequest) -> Quantity | None:
    for item in it.dosage_instruction or ():
        if item.timing and item.timing.repeat and item.timing.repeat.bounds_duration:
            return item.timing.repeat.bounds_duration
    return None


_DAYS = {
    "d": 1.0, "day": 1.0, "days": 1.0, "wk": 7.0, "week": 7.0, "weeks": 7.0, "mo": 30.0, "month": 30.0, "months": 30.0,
    "h": 1 / 24, "a": 365.0,
}  # fmt: skip


def _days(desk: Desk, ref: str, quantity: Quantity | None) -> Decimal | None:
    if quantity is None or quantity.value is None:
        return None
    scale = _DAYS.get((quantity.code or quantity.unit or "").strip().lower())
    if scale is None or not math.isfinite(quantity.value) or not 0 < quantity.value * scale <= 3660:
        unit = (quantity.unit or quantity.code or "")[:20]
        desk.note("unreadable", ref, f"a supply of {quantity.value:g} {unit} is not a number of days")
        return None
    return decimal_of(round(quantity.value * scale, 3))


def _amount(quantity: Quantity | None) -> str:
    if quantity is None or quantity.value is None:
        return ""
    return f"{quantity.value:g} {quantity.unit or quantity.code or ''}".strip()
