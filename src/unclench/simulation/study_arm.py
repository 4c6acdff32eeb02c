"""One arm of a study, read from a row of text: who, how many, what was given, when, and what was measured."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from unclench.simulation import study_doses, study_text
from unclench.simulation.study_condition import age_word, condition, said_of
from unclench.simulation.study_doses import Doses
from unclench.simulation.study_text import Ages, refuse
from unclench.values import RecordError

# Quantities that an arm may hold, and that are written for it.
QUANTITIES = (
    "cmax_ng_ml", "tmax_h", "auc_inf_ng_h_ml", "auc_window_ng_h_ml", "cl_ml_min", "cl_ml_min_kg", "vd_l", "vd_l_kg",
    "t_half_h", "css_ng_ml", "level_ng_ml",
)  # fmt: skip
REQUIRED = ("study_id", "condition", "drug_given", "route", "analyte")
MOST_PEOPLE = 2000
# Widest values that any adult or newborn, dose or level could have; beyond them a unit is wrong.
BOUNDS = {
    "n": (1, MOST_PEOPLE), "age_mean": (0, 120), "weight_kg": (0.4, 400), "dose_mg": (0.01, 2000),
    "ibw_percent": (50, 500), "dose_mg_per_kg": (0.001, 20), "dose_mg_per_day": (0.01, 2000),
    "sampling_to_h": (0.1, 5000), "auc_window_h": (0.1, 5000),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arm:
    """What is known of an arm; None or empty where the study did not say."""

    key: str
    publication: str
    n: int | None
    ages: Ages
    women: float
    sex_said: bool
    weight_kg: float | None
    ibw_percent: float | None
    people: str  # volunteers | patients | obese | child, which population blanks are drawn from
    liver: str | None  # A | B | C by Child and Pugh | unclassed
    dialysis: bool
    cyp2c19: str | None
    east_asian: bool
    perpetrators: tuple[str, ...]  # keys of the knowledge base
    given: str  # the analyte that a dose becomes
    dose_mg: float | None  # of that analyte
    dose_mg_per_kg: float | None
    doses: Doses | None
    route: str
    form: str
    fed: bool
    analyte: str
    blood: bool
    summary: str
    sampled_h: tuple[float, ...]
    sampled_to_h: float | None
    window_h: float | None
    levels_h: tuple[float, ...]
    observed: tuple[tuple[str, float], ...]  # quantity and value as the table has them
    said: tuple[str, ...] = ()  # what of the text the model does not hold


def parse_arm(row: Mapping[str, str], perpetrators: frozenset[str], levels_h: tuple[float, ...] = ()) -> Arm:
    """Read one row.

    Raises
    ------
    RecordError
        for text that is not understood or numbers that cannot be.
    """
    cells = {name: (value or "").strip() for name, value in row.items()}
    given_text = study_text.named(cells.get("drug_given", ""))
    if given_text not in study_text.GIVEN:
        raise refuse("drug_given", given_text, "one of: " + ", ".join(study_text.GIVEN))
    factor = study_text.GIVEN[given_text]
    given = "nordazepam" if given_text == "clorazepate" else given_text
    number = {name: _number(cells.get(name, ""), name) for name in BOUNDS}
    people, liver, dialysis, added = condition(cells["condition"], cells.get("population", ""), perpetrators)
    dose, per_kg = _doses_of(cells, number)
    route, form = study_text.route_and_form(cells["route"], cells.get("formulation", ""))
    if cells.get("unusable_because"):
        raise RecordError(
            where="unusable_because",
            found=cells["unusable_because"],
            need="an arm that can be compared",
            fix="Nothing.",
        )
    return Arm(
        key=cells["study_id"],
        publication=cells.get("publication", ""),
        n=None if number["n"] is None else int(number["n"]),
        ages=_ages(cells, number["age_mean"]),
        women=study_text.women(cells.get("sex", "")),
        sex_said=bool(cells.get("sex")),
        weight_kg=number["weight_kg"],
        ibw_percent=number["ibw_percent"] or _ibw(cells["condition"]),
        people=people,
        liver=liver,
        dialysis=dialysis,
        cyp2c19=study_text.cyp2c19(cells.get("genotype", "")),
        east_asian=any(word in cells.get("population", "").lower() for word in study_text.EAST_ASIAN),
        perpetrators=added,
        given=given,
        dose_mg=None if dose is None else dose * factor,
        dose_mg_per_kg=None if per_kg is None else per_kg * factor,
        doses=_scaled(study_doses.times(cells.get("regimen", ""), cells.get("dose_text", "")), factor),
        route=route,
        form=form,
        fed=study_text.fed(cells.get("fed", "")),
        analyte=study_text.analyte(cells["analyte"], given),
        blood="blood" in _matrix(cells),
        summary=_summary(cells),
        sampled_h=study_text.numbers_in(cells.get("sampling_times_h", ""), "sampling_times_h"),
        sampled_to_h=number["sampling_to_h"],
        window_h=number["auc_window_h"],
        levels_h=levels_h,
        said=said_of(cells["condition"]),
        observed=tuple(
            (name, value) for name in QUANTITIES if (value := _number(cells.get(name, ""), name)) is not None
        ),
    )


def _ages(cells: Mapping[str, str], mean: float | None) -> Ages:
    """Ages as stated; where there are none, what the people are called."""
    stated = study_text.ages(mean, cells.get("age_range", ""))
    if stated != Ages():
        return stated
    return Ages(word=age_word(cells["condition"], cells.get("population", "")))


def _summary(cells: Mapping[str, str]) -> str:
    """How people were summarised; a value scaled to a weight that nobody had is none of a person."""
    scaled = re.search(r"(normali[sz]ed to|per) 70 kg", cells.get("note", ""))
    return cells.get("summary", "") or ("population model, per 70 kg" if scaled else "mean")


def _matrix(cells: Mapping[str, str]) -> str:
    """Plasma, serum or blood, from its own column or from `matrix=...` in a note."""
    noted = re.search(r"matrix=([\w ]+)", cells.get("note", ""))
    return (cells.get("matrix", "") or (noted.group(1) if noted else "")).lower()


def _ibw(text: str) -> float | None:
    found = re.search(r"(\d+)%\s*ibw", text.lower())
    return _number(found.group(1), "ibw_percent") if found else None


def _doses_of(cells: Mapping[str, str], number: Mapping[str, float | None]) -> tuple[float | None, float | None]:
    """Stated dose in mg, or mg/kg, of what was given. A range (5-10) leaves both open."""
    per_kg = number["dose_mg_per_kg"]
    if per_kg is None:
        per_kg = study_doses.mg_per_kg(cells.get("dose_text", ""))
    dose = number["dose_mg"]
    if dose is None and per_kg is None:
        dose = study_doses.plain_mg(cells.get("dose_text", ""))
    if dose is not None and per_kg is not None:
        raise refuse("dose_mg", str(dose), "a dose in mg or in mg/kg, not both")
    return dose, per_kg


def _scaled(doses: Doses | None, factor: float) -> Doses | None:
    return None if doses is None else tuple((at, None if mg is None else mg * factor) for at, mg in doses)


def _number(text: str, column: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise refuse(column, text, "a number") from None
    low, high = BOUNDS.get(column, (0.0, 1e7))
    if not math.isfinite(value) or not low <= value <= high or (column == "n" and value != int(value)):
        raise refuse(column, text, f"a number from {low:g} to {high:g}", "Check the unit of this column.")
    return value
