"""Units as UCUM and people write them, and conversion between those that measure the same thing.

A unit is a definition, not a clinical fact: the factors here are exact or defined. Amounts of substance (mol) become
masses only with a molar mass that the caller names.
"""

from __future__ import annotations

import math

from unclench.values import RecordError

# quantity -> spelling -> factor to the first unit of the quantity.
_TABLE: dict[str, dict[str, float]] = {
    "mass": {
        "kg": 1.0,
        "kgs": 1.0,
        "kilogram": 1.0,
        "kilograms": 1.0,
        "g": 1e-3,
        "gram": 1e-3,
        "grams": 1e-3,
        "mg": 1e-6,
        "[lb_av]": 0.45359237,
        "lb": 0.45359237,
        "lbs": 0.45359237,
        "pound": 0.45359237,
        "pounds": 0.45359237,
        "[oz_av]": 0.028349523125,
        "oz": 0.028349523125,
        "[stone_av]": 6.35029318,
        "st": 6.35029318,
        "stone": 6.35029318,
    },
    "length": {
        "m": 1.0,
        "metre": 1.0,
        "meter": 1.0,
        "cm": 0.01,
        "mm": 0.001,
        "[in_i]": 0.0254,
        "in": 0.0254,
        "inch": 0.0254,
        "inches": 0.0254,
        "[ft_i]": 0.3048,
        "ft": 0.3048,
        "feet": 0.3048,
    },
    "mass concentration": {
        "g/L": 1.0,
        "g/l": 1.0,
        "g/dL": 10.0,
        "g/dl": 10.0,
        "mg/dL": 0.01,
        "mg/dl": 0.01,
        "mg/L": 1e-3,
        "mg/l": 1e-3,
        "ug/mL": 1e-3,
        "mcg/mL": 1e-3,
        "ug/dL": 1e-5,
        "mcg/dL": 1e-5,
        "ug/L": 1e-6,
        "mcg/L": 1e-6,
        "ng/mL": 1e-6,
        "ng/ml": 1e-6,
        "ug/l": 1e-6,
        "ng/dL": 1e-8,
        "ng/L": 1e-9,
        "pg/mL": 1e-9,
        "mg/mL": 1.0,
    },
    "amount concentration": {
        "mmol/L": 1e-3,
        "mmol/l": 1e-3,
        "mol/L": 1.0,
        "umol/L": 1e-6,
        "umol/l": 1e-6,
        "micromol/L": 1e-6,
        "nmol/L": 1e-9,
        "nmol/l": 1e-9,
    },
    # Of a singly charged ion (potassium, sodium) 1 meq is 1 mmol; the caller knows which ion it has.
    "charge concentration": {"meq/L": 1e-3, "meq/l": 1e-3, "mEq/L": 1e-3, "mEq/l": 1e-3},
    "pressure": {
        "mm[Hg]": 0.133322387415,
        "mmHg": 0.133322387415,
        "mmhg": 0.133322387415,
        "kPa": 1.0,
        "kpa": 1.0,
        "Pa": 1e-3,
    },
    "clearance": {"mL/min": 1.0, "ml/min": 1.0, "L/h": 1000 / 60},
    "clearance per body surface": {
        "mL/min/{1.73_m2}": 1.0,
        "mL/min/1.73m2": 1.0,
        "mL/min/1.73 m2": 1.0,
        "mL/min/1.73m^2": 1.0,
        "mL/min/1.73_m2": 1.0,
        "mL/min/{1.73m2}": 1.0,
        "mL/min/{1.73.m2}": 1.0,
        "mL/min/1.73": 1.0,
        "ml/min/1.73m2": 1.0,
        "ml/min/{1.73_m2}": 1.0,
        "mL/min/1.73m²": 1.0,
        "mL/min/1.73 m²": 1.0,
    },
    "body mass index": {"kg/m2": 1.0, "kg/m^2": 1.0, "kg/m²": 1.0},
    "rate": {
        "/min": 1.0,
        "{beats}/min": 1.0,
        "{breaths}/min": 1.0,
        "bpm": 1.0,
        "beats/min": 1.0,
        "breaths/min": 1.0,
        "1/min": 1.0,
    },
    "fraction": {"%": 0.01, "%{HemoglobinSaturation}": 0.01, "%{SaO2}": 0.01, "percent": 0.01, "1": 1.0},
    "score": {"{score}": 1.0, "(score)": 1.0, "score": 1.0, "points": 1.0},
    "enzyme activity": {"U/L": 1.0, "IU/L": 1.0, "[IU]/L": 1.0, "u/l": 1.0, "U/l": 1.0},
    "time": {
        "h": 1.0,
        "hour": 1.0,
        "hours": 1.0,
        "min": 1 / 60,
        "d": 24.0,
        "day": 24.0,
        "days": 24.0,
        "wk": 168.0,
        "week": 168.0,
        "weeks": 168.0,
    },
}
_TEMPERATURE = {
    "Cel": "Cel", "C": "Cel", "°C": "Cel", "degC": "Cel", "celsius": "Cel",
    "[degF]": "[degF]", "F": "[degF]", "°F": "[degF]", "degF": "[degF]", "fahrenheit": "[degF]", "K": "K",
}  # fmt: skip
_OF = {spelling: (quantity, factor) for quantity, row in _TABLE.items() for spelling, factor in row.items()}
_LOWER = {spelling.lower(): spelling for spelling in (*_OF, *_TEMPERATURE) if len(spelling) > 1}


def known(unit: str) -> bool:
    """Whether this spelling of a unit is one that can be converted."""
    spelling = _spelling(unit)
    return spelling in _OF or spelling in _TEMPERATURE


def convert(value: float, unit: str, to: str, *, molar_mass_g_per_mol: float | None = None) -> float:
    """`value` in another unit of the same quantity. Mass and amount meet only through a molar mass."""
    if isinstance(value, bool) or not math.isfinite(value):
        raise RecordError(
            where="a measurement", found=f"{value}", need="a finite number", fix="Correct or leave out the value."
        )
    source, target = _spelling(unit), _spelling(to)
    if source in _TEMPERATURE and target in _TEMPERATURE:
        return _temperature(value, _TEMPERATURE[source], _TEMPERATURE[target])
    if source not in _OF or target not in _OF:
        unknown = unit if source not in _OF else to
        raise RecordError(
            where="a measurement",
            found=f"{value:g} {unit}",
            need=f"a unit that can become {to}" if source not in _OF else "a unit that is known",
            fix=f"The unit {unknown!r} is not known: use one of docs/record.md.",
        )
    (quantity, factor), (wanted, wanted_factor) = _OF[source], _OF[target]
    if quantity == wanted:
        return value if factor == wanted_factor else value * factor / wanted_factor
    return value * factor * _bridge(quantity, wanted, molar_mass_g_per_mol, unit, to) / wanted_factor


def _bridge(quantity: str, wanted: str, molar_mass: float | None, unit: str, to: str) -> float:
    amounts = ("amount concentration", "charge concentration")
    if quantity in amounts and wanted in amounts:
        return 1.0
    pair = {quantity, wanted}
    if pair == {"mass concentration", "amount concentration"} and molar_mass is not None and molar_mass > 0:
        return 1 / molar_mass if quantity == "mass concentration" else molar_mass
    raise RecordError(
        where="a measurement",
        found=f"a {quantity} ({unit})",
        need=f"a {wanted} ({to})"
        + (", or the molar mass" if pair == {"mass concentration", "amount concentration"} else ""),
        fix="Correct the unit of the measurement.",
    )


def _temperature(value: float, unit: str, to: str) -> float:
    if unit == to:
        return value
    kelvin = {"Cel": value + 273.15, "[degF]": (value + 459.67) * 5 / 9, "K": value}[unit]
    return {"Cel": kelvin - 273.15, "[degF]": kelvin * 9 / 5 - 459.67, "K": kelvin}[to]


def _spelling(unit: str) -> str:
    """The unit as the table writes it: micro as u, no blanks inside, case only where it decides nothing."""
    unit = unit.strip().replace("µ", "u").replace("μ", "u").replace(" / ", "/")
    if unit in _OF or unit in _TEMPERATURE:
        return unit
    return _LOWER.get(unit.lower(), unit)
