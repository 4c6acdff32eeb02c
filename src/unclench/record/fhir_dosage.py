"""The dosage of FHIR R4 as a Dosage: structured where it can be, its text where it must be, else a problem."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal

from unclench.record import dosage_text
from unclench.record.patient import Dosage
from unclench.record.resources import AdministeredDose, Concept, DosageInstruction, Quantity, Repeat
from unclench.record.terms import text_of, word_of

_MG_PER = {
    "mg": Decimal(1), "milligram": Decimal(1), "milligrams": Decimal(1), "g": Decimal(1000), "gram": Decimal(1000),
    "ug": Decimal("0.001"), "mcg": Decimal("0.001"), "µg": Decimal("0.001"), "microgram": Decimal("0.001"),
}  # fmt: skip
_PIECES = frozenset({
    "1", "{tablet}", "{tbl}", "{tab}", "{pill}", "{capsule}", "{cap}", "tablet", "tablets", "tab", "tabs", "tbl",
    "pill", "pills", "capsule", "capsules", "cap", "caps", "unit-dose",
})  # fmt: skip
_MILLILITRES = frozenset(("ml", "milliliter", "millilitre", "milliliters", "millilitres"))
_HOURS = {"s": 1 / 3600, "min": 1 / 60, "h": 1.0, "d": 24.0, "wk": 168.0, "mo": 720.0, "a": 8760.0}
_TIMING_CODES = {
    "QD": 1, "BID": 2, "TID": 3, "QID": 4, "AM": 1, "PM": 1, "BED": 1, "MORN": 1, "AFT": 1, "EVE": 1, "NIGHT": 1,
    "Q1H": 24, "Q2H": 12, "Q3H": 8, "Q4H": 6, "Q6H": 4, "Q8H": 3,
}  # fmt: skip
_RARER_CODES = {"QOD": Decimal("0.5"), "WK": Decimal(1) / 7, "MO": Decimal(1) / 30}
_ROUTE_CODES = {
    "26643006": "oral", "PO": "oral", "37161004": "rectal", "PR": "rectal", "46713006": "nasal", "NASINHL": "nasal",
    "78421000": "im", "IM": "im", "47625008": "iv", "IV": "iv",
}  # fmt: skip
_ROUTE_WORDS = (
    ("oral", r"\boral|\bmouth|\bpo\b"), ("rectal", r"\brect"), ("nasal", r"nasal|\bnose"),
    ("im", r"intramuscular|\bim\b"), ("iv", r"intravenous|\biv\b"),
)  # fmt: skip
# Bounded repeats: a text of a hundred thousand digits must not cost their square.
_AMOUNT = re.compile(
    r"(?<!\d)(\d{1,9}(?:\.\d{1,9})?)\s{0,3}(mg|g|mcg)\b(?!\s{0,3}/\s{0,3}(?:ml|actuat|hr|h\b|kg|\d))", re.IGNORECASE
)
_PER_ML = re.compile(
    r"(?<!\d)(\d{1,9}(?:\.\d{1,9})?)\s{0,3}(mg|g|mcg)\s{0,3}/\s{0,3}(\d{1,9}(?:\.\d{1,9})?)?\s{0,3}ml\b", re.IGNORECASE
)


def decimal_of(value: float) -> Decimal:
    """The number as it was written: 2.5, not 2.5000000000000000001."""
    return Decimal(repr(value)) if value % 1 else Decimal(int(value))


def strength_of(product: str) -> Decimal | None:
    """mg in one tablet, when the product names exactly one strength of one ingredient."""
    amounts = _AMOUNT.findall(product)
    if len(amounts) != 1 or " / " in product or _PER_ML.search(product):
        return None
    strength = Decimal(amounts[0][0]) * _MG_PER[amounts[0][1].lower()]
    return strength if strength > 0 else None


def mg_per_ml_of(product: str) -> Decimal | None:
    """The concentration of a liquid, when the product names exactly one."""
    found = _PER_ML.findall(product)
    if len(found) != 1 or not Decimal(found[0][2] or 1):
        return None
    return Decimal(found[0][0]) * _MG_PER[found[0][1].lower()] / Decimal(found[0][2] or 1)


def dosage_of(instructions: list[DosageInstruction] | None, product: str) -> Dosage | None:
    """All instructions of one order together; several that differ are not added up by guess."""
    if not instructions:
        return None
    turns: dict[float | None, list[DosageInstruction]] = {}
    for item in instructions:
        turns.setdefault(item.sequence, []).append(item)
    # Some systems only number what is taken together: one after the other is believed where each has its time.
    if len(turns) == 1 or not all(_is_bounded(item) for item in instructions):
        return _together(instructions, product)
    return _in_turn([_together(items, product) for items in turns.values()])


def _is_bounded(it: DosageInstruction) -> bool:
    repeat = it.timing.repeat if it.timing is not None else None
    return repeat is not None and (repeat.bounds_period is not None or repeat.bounds_duration is not None)


def _in_turn(steps: list[Dosage]) -> Dosage:
    """Steps that follow one another: the most that is taken on any day, and at once, is what counts."""
    text = "; ".join(filter(None, (one.text for one in steps)))
    if any(_daily(one) is None for one in steps):
        return Dosage(text=text, route=steps[0].route, problem="several instructions that cannot be added up")
    most = max(steps, key=lambda one: _daily(one) or 0)
    largest = max(one.mg_per_dose_max or one.mg_per_dose or Decimal(0) for one in steps)
    is_range = largest != most.mg_per_dose
    return replace(
        most,
        text=text,
        mg_per_dose_max=largest if is_range else None,
        max_mg_per_day=_daily(most) if is_range else most.max_mg_per_day,
        as_needed=any(one.as_needed for one in steps) or most.as_needed,
    )


def _daily(one: Dosage) -> Decimal | None:
    """mg on a full day."""
    if one.mg_per_dose is None or one.doses_per_day is None:
        return None
    full = (one.mg_per_dose_max or one.mg_per_dose) * one.doses_per_day
    return full if one.max_mg_per_day is None else min(full, one.max_mg_per_day)


def _together(instructions: list[DosageInstruction], product: str) -> Dosage:
    """Instructions that hold on the same days."""
    each = [_one(item, product) for item in instructions]
    if len(each) == 1:
        return each[0]
    text = "; ".join(filter(None, (one.text for one in each)))
    if all(one.mg_per_dose is not None and one.doses_per_day is not None for one in each):
        doses = sum((one.doses_per_day or Decimal(0) for one in each), Decimal(0))
        total = sum(
            ((one.mg_per_dose_max or one.mg_per_dose or Decimal(0)) * (one.doses_per_day or 0) for one in each),
            Decimal(0),
        )
        low = min(one.mg_per_dose or Decimal(0) for one in each)
        high = max(one.mg_per_dose_max or one.mg_per_dose or Decimal(0) for one in each)
        needed = any(one.as_needed for one in each) or None
        return Dosage(text, low, high if high != low else None, doses, needed, total, each[0].route)
    return Dosage(text=text, route=each[0].route, problem="several instructions that cannot be added up")


def administered(dose: AdministeredDose | None, product: str) -> Dosage | None:
    """What was given once."""
    if dose is None:
        return None
    mg, problem = _mg(dose.dose, product)
    return Dosage(text=dose.text or "", mg_per_dose=mg, route=_route(dose.route), problem=problem)


def _one(it: DosageInstruction, product: str) -> Dosage:
    text = (it.text or it.patient_instruction or "").strip()
    read = dosage_text.parse(text, strength_of(product)).dosage if text else Dosage()
    low, high, problem = _amount(it, product)
    if low is None and not problem:
        low, high, problem = read.mg_per_dose, read.mg_per_dose_max, read.problem
    elif low is None and read.mg_per_dose is not None and not read.problem:
        low, high, problem = read.mg_per_dose, read.mg_per_dose_max, ""
    elif low is not None and read.mg_per_dose is not None and read.mg_per_dose != low:
        problem = f"the structured dose ({low:f} mg) and the text disagree"
        low = high = None
    rate = _per_day(it)
    if rate is None:
        rate = read.doses_per_day
    elif read.doses_per_day is not None and abs(read.doses_per_day - rate) > Decimal("0.01"):
        problem = "; ".join(filter(None, (problem, "the structured times and the text disagree")))
        rate = None
    needed = it.as_needed_boolean if it.as_needed_codeable_concept is None else True
    return Dosage(
        text=text,
        mg_per_dose=low,
        mg_per_dose_max=high,
        doses_per_day=rate,
        as_needed=read.as_needed or needed,
        max_mg_per_day=_most(it, product) or read.max_mg_per_day,
        route=_route(it.route) or read.route,
        problem=problem,
    )


def _amount(it: DosageInstruction, product: str) -> tuple[Decimal | None, Decimal | None, str]:
    rows = it.dose_and_rate or ()
    for row in rows:
        if row.dose_quantity is not None:
            mg, problem = _mg(row.dose_quantity, product)
            return mg, None, problem
        if row.dose_range is not None:
            low, problem = _mg(row.dose_range.low, product)
            high, problem_high = _mg(row.dose_range.high, product)
            if low is None and high is not None and row.dose_range.low is None:
                return None, None, "a range of doses without its lower end"
            return low, high if high != low else None, problem or problem_high
    return None, None, ""


def _mg(quantity: Quantity | None, product: str) -> tuple[Decimal | None, str]:
    """An amount in mg, or why it cannot be one."""
    if quantity is None or quantity.value is None:
        return None, ""
    if not math.isfinite(quantity.value) or quantity.value <= 0:
        return None, f"a dose of {quantity.value:g}"
    if quantity.comparator:
        return None, f"a dose that is only bounded ({quantity.comparator}{quantity.value:g})"
    value, unit = decimal_of(quantity.value), (quantity.code or quantity.unit or "").strip().lower()
    if not unit:
        return None, f"{quantity.value:g} without a unit"
    if unit in _MG_PER:
        return value * _MG_PER[unit], ""
    if unit in _PIECES:
        strength = strength_of(product)
        return (
            (value * strength, "") if strength is not None else (None, f"{quantity.value:g} {unit} of unknown strength")
        )
    if unit in _MILLILITRES:
        strength = mg_per_ml_of(product)
        return (value * strength, "") if strength is not None else (None, f"{quantity.value:g} mL of unknown strength")
    return None, f"{quantity.value:g} {unit[:20]}, which is not an amount in mg"


def _per_day(it: DosageInstruction) -> Decimal | None:
    timing = it.timing
    if timing is None:
        return None
    rate = _repeat(timing.repeat) if timing.repeat is not None else None
    if rate is None and timing.code is not None:
        word = word_of(timing.code).upper()
        if word in _TIMING_CODES:
            return Decimal(_TIMING_CODES[word])
        if word in _RARER_CODES:
            return _RARER_CODES[word]
        return dosage_text.parse(text_of(timing.code)).dosage.doses_per_day
    return rate


def _repeat(repeat: Repeat) -> Decimal | None:
    """Doses a day; of "two to three times" the most."""
    hours = _HOURS.get(repeat.period_unit or "")
    if repeat.period and repeat.period > 0 and hours is not None:
        times = repeat.frequency_max or repeat.frequency or 1
        between = repeat.period * hours  # may underflow to 0 for a period that is next to nothing
        rate = round(times * 24 / between, 6) if between else 0.0  # once in a thousand years rounds to never
        return decimal_of(rate) if 0 < rate <= 288 else None
    if repeat.time_of_day:
        return Decimal(len(set(repeat.time_of_day)))
    if repeat.when:
        return Decimal(len(set(repeat.when)))
    return None


def _most(it: DosageInstruction, product: str) -> Decimal | None:
    ratio = it.max_dose_per_period
    if ratio is None or ratio.denominator is None or not ratio.denominator.value:
        return None
    mg, _ = _mg(ratio.numerator, product)
    hours = _HOURS.get(ratio.denominator.code or ratio.denominator.unit or "")
    if mg is None or hours is None or ratio.denominator.value * hours < 24:
        return None
    return mg / decimal_of(ratio.denominator.value * hours / 24)


def _route(route: Concept | None) -> str | None:
    if route is None:
        return None
    for coding in route.coding or ():
        if coding.code in _ROUTE_CODES:
            return _ROUTE_CODES[coding.code]
    words = text_of(route).lower()
    return next((name for name, pattern in _ROUTE_WORDS if re.search(pattern, words)), "other") if words else None
