"""The building arms as the fit sees them: one typical person each, and what the study reported of them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from unclench.knowledge.load import knowledge

EVIDENCE = Path(__file__).parent.parent / "evidence"
# Where an abstract gives no weight or height: volunteers of the years of these studies (a project assumption).
MEN = (73.0, 176.0)
WOMEN = (61.0, 163.0)
YOUNG, OLD, ADULT, PATIENT = 27.0, 69.0, 30.0, 50.0
# The obese of one series weighed 92 kg and had 1.6 times their ideal weight; taken where a paper gives no more.
OBESE_KG, OBESE_SHARE = 92.0, 1.6
CLORAZEPATE_TO_NORDAZEPAM = 0.662
FEW = 6


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm, as the typical person of it."""

    id: str
    publication: str
    cluster: str  # publications that share people have one name
    n: float
    age_y: float
    female: float
    weight_kg: float
    ideal_share: float  # weight over ideal weight, where stated or the arm is obese; 0: from height
    height_cm: float
    cirrhosis: bool
    poor: bool
    genotyped: bool
    east_asian: bool
    given: str
    dose_mg: float  # of what is given, in mg of the molecule that enters the blood
    per_day_mg: float
    route: str
    form: str
    analyte: str
    by_mouth: bool
    to_h: float | None
    at_h: tuple[float, ...]
    peak_of_mean: bool  # the paper gives the highest mean level, not the mean of peaks


@dataclass(frozen=True, slots=True)
class Seen:
    """One reported value."""

    arm: Arm
    quantity: str
    observed: float
    time_h: float | None = None
    cv: float | None = None  # spread between the people of the arm, where the paper gives it


def building() -> list[Seen]:
    """Every value of the plan that builds, children and values without a number apart."""
    plan = yaml.safe_load((EVIDENCE / "qualification_plan.yaml").read_text())
    rows = {row["study_id"]: row for row in _read("kinetics.csv")}
    levels = _read("levels.csv")
    clusters = {publication: cluster for publication, cluster, *_ in (list(row.values()) for row in _read("split.csv"))}
    out = []
    for entry in plan["arms"]:
        if entry["use"] != "building" or "children" in entry["groups"]:
            continue
        arm = _arm(rows[entry["arm"]], clusters, {row["study_id"]: row["kind"] for row in levels})
        at = [row for row in levels if row["study_id"] == arm.id and row["kind"] == "fixed time"]
        for value in entry["quantities"]:
            if arm.given != "diazepam" and value["quantity"] in ("cmax_ng_ml", "tmax_h", "f_percent"):
                continue  # the absorption of other medicines is no part of this model
            time_h = cv = None
            if value["quantity"] == "level_ng_ml":
                level = next(row for row in at if float(row["conc_ng_ml"]) == value["observed"])
                time_h = float(level["time_h"])
                cv = float(level["sd"]) / value["observed"] if level["sd"] else None
            out.append(Seen(arm, value["quantity"], float(value["observed"]), time_h, cv))
    return out


def _read(name: str) -> list[dict[str, str]]:
    with (EVIDENCE / name).open(newline="") as handle:
        return list(csv.DictReader(handle))


def _arm(row: dict[str, str], clusters: dict[str, str], kinds: dict[str, str]) -> Arm:
    female = {"M": 0.0, "F": 1.0}.get(row["sex"], 0.3)
    obese = "obes" in row["condition"]
    asian = any(word in row["population"] for word in ("Korean", "Chinese", "Japanese"))
    usual = _mean(MEN[0], WOMEN[0], female) * (knowledge().parameter("STUDY-WEIGHT-EAST-ASIAN").value if asian else 1.0)
    kilos = float(row["weight_kg"]) if row["weight_kg"] else OBESE_KG if obese else usual
    share = float(row["ibw_percent"]) / 100 if row["ibw_percent"] else OBESE_SHARE if obese else 0.0
    return Arm(
        id=row["study_id"],
        publication=row["publication"],
        cluster=clusters[row["publication"]],
        n=float(row["n"] or FEW),
        age_y=_age(row),
        female=female,
        weight_kg=kilos,
        ideal_share=share,
        height_cm=_mean(MEN[1], WOMEN[1], female),
        cirrhosis=row["condition"] == "cirrhosis",
        poor="PM" in row["genotype"],
        genotyped=bool(row["genotype"]),
        east_asian=asian,
        given=row["analyte"].split(" ")[0] if "(" in row["analyte"] else "diazepam",
        dose_mg=_dose(row, kilos),
        per_day_mg=float(row["dose_mg_per_day"] or 0.0),
        route=row["route"].lower(),
        form=row["formulation"].lower(),
        analyte=row["analyte"].split(" ")[0],
        by_mouth=row["is_apparent"] == "yes" or (row["route"].lower() == "oral" and row["is_apparent"] != "no"),
        to_h=float(row["sampling_to_h"]) if row["sampling_to_h"] else None,
        at_h=tuple(float(part) for part in row["sampling_times_h"].split(";") if part),
        peak_of_mean=kinds.get(row["study_id"]) == "peak at fixed sampling",
    )


def _mean(man: float, woman: float, female: float) -> float:
    return man + (woman - man) * female


def _age(row: dict[str, str]) -> float:
    if row["age_mean"]:
        return float(row["age_mean"])
    text = row["age_range"]
    if "young" in text:
        return YOUNG
    if "elderly" in text:
        return OLD
    ends = [float(part) for part in re.findall(r"\d+(?:\.\d+)?", text)]
    if len(ends) == 2:
        return sum(ends) / 2
    # Controls matched to patients are as old as patients; those of obese volunteers are volunteers.
    matched = "matched" in row["population"] and not re.search(r"normal (weight|habitus)", row["population"])
    ill = matched or row["condition"] not in ("", "healthy", "obesity")
    return PATIENT if ill else ADULT


def _dose(row: dict[str, str], kilos: float) -> float:
    mg = float(row["dose_mg"] or 0.0) or float(row["dose_mg_per_kg"] or 0.0) * kilos
    if not mg:
        found = re.match(r"\d+(?:\.\d+)?", row["dose_text"])
        mg = float(found.group()) if found else 1.0
    return mg * (CLORAZEPATE_TO_NORDAZEPAM if row["drug_given"] == "clorazepate" else 1.0)
