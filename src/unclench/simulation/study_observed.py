"""A row of observed effects as an arm: columns of effects.csv, or of a table of observations in words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from unclench.simulation.study_arm import parse_arm
from unclench.simulation.study_effects import EffectArm, measure_of
from unclench.simulation.study_text import LONGEST_H, NUMBER, refuse

REQUIRED_OF_EFFECTS = ("id", "endpoint", "drug_given", "route", "value")
PERCENT = 100.0
LARGEST = 1e7
HOURS = re.compile(rf"\s*{NUMBER}\s*h\b")
CONTROL = re.compile(rf"{NUMBER}[^\d]*control")


def is_effect_table(names: tuple[str, ...]) -> bool:
    """Whether a header is that of observed effects."""
    return "study_id" not in names and {"id", "endpoint"} <= set(names)


def parse_effect(row: Mapping[str, str], perpetrators: frozenset[str]) -> EffectArm:
    """Read one row.

    Raises
    ------
    RecordError
        for an endpoint without an equation, or text that is not understood.
    """
    cells = {name: (value or "").strip() for name, value in row.items()}
    measure = measure_of(cells)
    healthy = cells.get("population", "").lower().startswith(("healthy", "volunteer"))
    as_arm = cells | {
        "study_id": cells["id"],
        "analyte": "nordazepam" if cells["drug_given"] == "clorazepate" else cells["drug_given"],
        "condition": cells.get("condition") or ("healthy" if healthy else cells.get("population", "")),
        "sex": cells.get("sex") or ("M" if "men" in cells.get("population", "").split() else ""),
        "regimen": cells.get("regimen", ""),
    }
    as_arm["cmax_ng_ml"] = ""
    return EffectArm(
        arm=parse_arm(as_arm, perpetrators),
        measure=measure,
        time_h=_hours(cells),
        observed=_observed(cells, measure),
    )


def _hours(cells: Mapping[str, str]) -> float | None:
    text = cells.get("time_h", "")
    if text:
        return _number("time_h", text, f"hours after the dose, up to {LONGEST_H:g}", 0.0, LONGEST_H)
    found = HOURS.match(cells.get("time_h_or_conc", ""))
    return float(found.group(1)) if found else None


def _number(column: str, text: str, need: str, low: float, high: float) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not low <= found <= high:
        raise refuse(column, text, need)
    return found


def _observed(cells: Mapping[str, str], measure: str) -> float | None:
    if not cells["value"]:
        return None
    value = _number("value", cells["value"], "a number", -LARGEST, LARGEST)
    if cells.get("denominator"):
        return value / _number("denominator", cells["denominator"], "a number above 0", 1.0 / LARGEST, LARGEST)
    unit = cells.get("unit", "")
    if measure == "co2_slope_ratio" and unit != "ratio":
        control = CONTROL.search(cells.get("comparator", ""))
        if unit == "%":
            return value / PERCENT
        if control is None or not float(control.group(1)) > 0:
            raise refuse("comparator", cells.get("comparator", ""), "the slope of the control, as '2.38 control'")
        return value / float(control.group(1))
    return value / PERCENT if measure == "drowsy" and unit == "%" else value
