"""Write evidence/qualification_plan.yaml from the evidence tables and the split: `python -m scripts.plan_evidence`.

The plan was committed before the first prediction was computed. A limit is the 90 % bound of a mean of so many people
around the truth, with a spread between studies of its own, rounded up to 1.25, 1.5 or 2: what a perfect model would
still miss. `--check` compares with the committed plan and changes nothing.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

from scripts.split_evidence import EVIDENCE, Row, doubtful, groups_of, measured, read

# log-SD of one person's value; what the literature of this drug shows within studies (absorption is the widest).
SPREAD = {
    "cmax_ng_ml": 0.30, "tmax_h": 0.60, "auc_inf_ng_h_ml": 0.35, "auc_window_ng_h_ml": 0.35, "cl_ml_min": 0.35,
    "cl_ml_min_kg": 0.35, "vd_l": 0.30, "vd_l_kg": 0.30, "t_half_h": 0.45, "css_ng_ml": 0.40, "level_ng_ml": 0.40,
}  # fmt: skip
BETWEEN_STUDIES = 0.12
UNKNOWN_N = 6
STEPS = (1.25, 1.5, 2.0)
Z90 = 1.645

# What is refitted from building studies alone, and what is not. A judging value of the evidence pack that rests on a
# parameter of the second list is labelled seen: the value of that parameter was chosen with the study in view.
REFITTED = {
    "clearance": "CL of diazepam, its age and sex terms",
    "volume": "V3 of diazepam, its age and sex terms",
    "oral absorption": "ka and lag of the tablet, F by mouth",
    "other absorption": "ka, lag and F of injection, rectal and nasal forms",
    "obesity": "distribution of diazepam and nordazepam into excess weight",
    "liver, nordazepam": "cirrhosis factor of the clearance of nordazepam",
    "ancestry": "clearance of East Asians",
    "nordazepam": "CL and V of nordazepam",
    "nordazepam formed": "share of diazepam that becomes nordazepam",
}
NOT_REFITTED = {
    "early distribution": "V1, V2, Q2 and Q3 of diazepam: refitted after this plan was written, but from priors "
    "centred on values that were set to levels of the first hours and to oral peaks",
    "CYP2C19 share": "share of CYP2C19 in the clearance of diazepam: this plan first listed it as refitted; it was not",
    "liver clearance": "cirrhosis factor of the clearance of diazepam: this plan first listed it as refitted; the "
    "pooled value is the more cautious one for a patient, and ships",
    "liver volume": "factor 1.2 on volumes in cirrhosis",
    "kidney binding": "unbound fraction 7 % on dialysis: read in the study it predicts",
    "nordazepam CYP2C19": "share of CYP2C19 in the clearance of nordazepam",
    "nordazepam age": "fall of nordazepam clearance with age in men",
    "temazepam and oxazepam": "CL and V of temazepam and oxazepam: refitted after this plan; the labels stay",
    "paediatric model": "Ku 2018, as published",
}
# Publications found for this issue: no parameter of the evidence pack was chosen with them in view.
NEW = {
    "Divoll1983", "Absorption1982", "Ochs1983_cirrhosis", "Cloyd1998", "Ivaturi2013", "NRL1_2020", "Ivaturi2009b",
    "Gizurarson1999", "KoreanMale", "ClorazepateIV", "Abernethy1982_dist", "Ghabrial1986", "Sonne1988",
    "Abernethy1983_OXZ", "InfantsRectal1982", "ChildrenRectal1981", "IMmidazolam1996", "LiverLevels1996",
}  # fmt: skip
EARLY = ("cmax_ng_ml", "tmax_h")


def count_of(arm: Row) -> int:
    return int(float(arm["n"])) if arm["n"] and not doubtful(arm, "n") else 0


def spread_of(arm: Row, quantity: str) -> float:
    """log-SD of one person; a depot other than a tablet, or a range of doses, spreads further."""
    spread = SPREAD[quantity]
    if quantity in ("cmax_ng_ml", "level_ng_ml") and not arm["route"].lower().startswith(("oral", "iv")):
        spread = 0.55
    if arm["publication"] == "MemoryEMIT":
        spread = 0.8
    return spread


def limit_of(arm: Row, quantity: str) -> tuple[float, str]:
    """The fold a value may be off, and why."""
    count, spread = count_of(arm), spread_of(arm, quantity)
    wide = math.exp(Z90 * math.hypot(BETWEEN_STUDIES, spread / math.sqrt(count or UNKNOWN_N)))
    if arm["summary"] == "regression line":
        wide = STEPS[1]
    limit = next((step for step in STEPS if wide <= step), STEPS[-1])
    said = [f"n {count}" if count else f"n not read, taken as {UNKNOWN_N}"]
    said.append(f"CV about {100 * spread:.0f} %: the mean alone is known within {wide:.2f}-fold")
    said.append(_design(arm, quantity))
    return limit, "; ".join(filter(None, said))


def _design(arm: Row, quantity: str) -> str:
    said: list[str] = []
    if arm["sampling_times_h"] and quantity in (*EARLY, "level_ng_ml"):
        said.append(f"sampled only at {arm['sampling_times_h'].replace(';', ', ')} h")
    elif arm["sampling_to_h"] and quantity not in EARLY:
        said.append(f"sampled to {arm['sampling_to_h']} h")
    elif quantity in ("t_half_h", "vd_l", "vd_l_kg", "cl_ml_min", "cl_ml_min_kg", "auc_inf_ng_h_ml"):
        said.append("sampling window not read")
    if arm["is_apparent"] == "yes" and quantity in ("cl_ml_min", "cl_ml_min_kg", "vd_l", "vd_l_kg"):
        said.append("apparent, over F")
    if not arm["weight_kg"] and quantity in ("cl_ml_min_kg", "vd_l_kg"):
        said.append("weight not read")
    if arm["summary"] not in ("", "mean"):
        said.append(arm["summary"])
    if arm["publication"] == "MemoryEMIT":
        said.append("immunoassay")
    if arm["matrix"] == "serum":
        said.append("serum")
    return ", ".join(said)


def rests_on(arm: Row, quantity: str) -> list[str]:
    """Parameters outside the refitted list that this value mainly depends on."""
    groups, found = groups_of(arm), []
    is_diazepam = arm["drug_given"] == "diazepam" and not arm["analyte"].startswith("nordazepam")
    if is_diazepam and quantity in (*EARLY, "level_ng_ml"):
        found.append("early distribution")
    if "liver" in groups and is_diazepam:
        found.append("liver clearance")
        if quantity in ("t_half_h", "vd_l", "vd_l_kg", "level_ng_ml"):
            found.append("liver volume")
    if "kidney" in groups:
        found.append("kidney binding")
    if "genotype" in groups and is_diazepam and any(word in arm["genotype"] for word in ("PM", "*2")):
        found.append("CYP2C19 share")
    if "genotype" in groups and "nordazepam" in groups:
        found.append("nordazepam CYP2C19")
    if arm["publication"] == "Shader1981_CZP_age":
        found.append("nordazepam age")
    if "temazepam and oxazepam" in groups:
        found.append("temazepam and oxazepam")
    if "children" in groups:
        found.append("paediatric model")
    return found


def why_not_counted(arm: Row, quantity: str, names: list[str]) -> str:
    """Why a judging value that was read does not enter the statistics of its group; empty if it does."""
    if arm["perpetrator"]:
        return "its ratio is judged under interactions; the measured ratio is an input of the product"
    if arm["study_id"] == "Ochs1981a_YM":
        return "a part of the men of another arm"
    if quantity == "auc_inf_ng_h_ml" and ("cl_ml_min" in names or "cl_ml_min_kg" in names):
        return "the same measurement as clearance"
    if quantity == "vd_l_kg" and "vd_l" in names:
        return "the same measurement as vd_l"
    return ""


def quantity_entry(arm: Row, quantity: str, observed: str, names: list[str], use: str) -> dict[str, Any]:
    limit, because = limit_of(arm, quantity)
    entry: dict[str, Any] = {"quantity": quantity, "observed": float(observed), "limit": limit, "because": because}
    flagged = arm["flag"].removeprefix("outlier: ").split(";")
    if quantity in flagged:
        entry["flag"] = "called an outlier by the evidence pack; kept and counted"
    resting = rests_on(arm, quantity)
    if resting:
        entry["rests_on"] = resting
    if use == "judging":
        entry["seen"] = bool(resting) and arm["publication"] not in NEW and arm["publication"] != "Ku2018"
        out = why_not_counted(arm, quantity, names)
        if out:
            entry["not_counted"] = out
    return entry


def arm_entries(side: dict[str, str], not_used: list[dict[str, str]]) -> list[dict[str, Any]]:
    entries = []
    levels = [row for row in read("levels.csv") if row["kind"] in ("fixed time", "trough")]
    for arm in read("kinetics.csv"):
        if arm["unusable_because"]:
            not_used.append({"arm": arm["study_id"], "because": arm["unusable_because"]})
            continue
        names, use = measured(arm), side[arm["publication"]]
        for quantity in SPREAD:
            if quantity in arm and arm[quantity] and quantity not in names:
                not_used.append({"arm": arm["study_id"], "quantity": quantity, "because": "unverified"})
        quantities = [quantity_entry(arm, name, arm[name], names, use) for name in names]
        mine = [row for row in levels if row["study_id"] == arm["study_id"]]
        for row in mine:
            entry = quantity_entry(arm, "level_ng_ml", row["conc_ng_ml"], names, use) | {"time_h": float(row["time_h"])}
            if len(mine) > 2 and row not in (mine[0], mine[-1]) and use == "judging":
                entry["not_counted"] = "same curve: the first and the last level are counted"
            quantities.append(entry)
        if arm["f_percent"] and use == "building":
            because = f"n {count_of(arm) or 'not read'}; absolute bioavailability of this form, used to build only"
            quantities.append(
                {"quantity": "f_percent", "observed": float(arm["f_percent"]), "limit": 1.5, "because": because}
            )
        if not quantities:
            not_used.append({"arm": arm["study_id"], "because": "no number that was read"})
            continue
        entries.append(
            {"arm": arm["study_id"], "publication": arm["publication"], "use": use, "groups": groups_of(arm)}
            | {"quantities": quantities}
        )
    return entries


def ratio_entries(not_used: list[dict[str, str]]) -> list[dict[str, Any]]:
    entries = []
    for row in read("interactions.csv"):
        if not row["ratio"]:
            not_used.append({"ratio": row["id"], "because": f"no ratio: {row['ratio_of']}"})
            continue
        entry: dict[str, Any] = {
            "ratio": row["id"], "publication": row["publication"], "use": "judging", "groups": ["interactions"],
            "perpetrator": row["perpetrator"], "observed": float(row["ratio"]), "limit": 1.25,
            "because": f"n {row['n'] or 'not read'}, crossover where not said; {row['ratio_of']}; target of the group",
        }  # fmt: skip
        anchor = row["input"] == "genotype anchor"
        if anchor:
            entry["groups"] = ["genotype"]
            entry["limit"] = 1.5
        out = _ratio_not_counted(row)
        if out:
            entry["not_counted"] = out
        if anchor and row["publication"] in ("Bertilsson1989",):
            entry["use"] = "building"
            entry.pop("not_counted", None)
        entries.append(entry)
    return entries


def _ratio_not_counted(row: Row) -> str:
    if row["standing"] == "unverified":
        return "the ratio is unverified"
    if row["id"] == "IPK032":
        return "immunoassay to 24 h; the evidence pack says to exclude it"
    if row["input"] == "genotype anchor":
        if row["publication"] == "Andersson1990":
            return "rests on the share of CYP2C19, which was chosen with this ratio in view and not refitted"
        return "the same half-lives are judged arm by arm"
    return "" if row["input"] == "independent" else f"strength of the perpetrator: {row['input']}"


def effect_entries(side: dict[str, str]) -> list[dict[str, Any]]:
    entries = []
    for row in read("effects.csv"):
        use = side[row["publication"]]
        entry: dict[str, Any] = {
            "effect": row["id"], "publication": row["publication"], "use": use, "groups": ["effect"],
            "measure": row["measure"], "limit": 4.0,
            "because": f"n {row['n'] or 'not read'}; judged by coverage and width of the 90 % interval",
        }  # fmt: skip
        if row["value"]:
            entry["observed"] = float(row["value"])
        if row["publication"] in ("Friedman2017", "Broetz2010"):
            entry["control"] = "negative: the predicted interval of benefit must include zero"
        if row["measure"] == "impaired_sign":
            entry["not_counted"] = "a sign, not a number"
        entries.append(entry)
    return entries


HEADER = {
    "rules": [
        "Written and committed before the first prediction. Later corrections of this file may only move a value out "
        "of the counted ones, and say so.",
        "Structure of the covariate equations, the number of compartments and the evidence pack's parameter values "
        "were chosen with all studies of the pack in view; only what is listed under refitted is free of that.",
        "Unverified numbers neither build nor judge: they are listed under not_used, or not counted.",
        "A value labelled seen is shown and summarised, but the verdict of a group rests on values not seen.",
        "Publications that share people stand on one side (same_people_as in kinetics.csv).",
        "Interactions: the shares of both enzymes are refitted without the perpetrator that is judged, and without "
        "the other ratios of its publication; those shares serve this comparison only.",
        "Confounded epidemiology (falls, fractures, crashes, overdoses) neither builds nor judges.",
    ],
    "changes": [
        "Before the first prediction: one nasal form (Ivaturi2009) became building; its rows were read from it.",
        "After it: values that rest on the share of CYP2C19, or on the cirrhosis factor of diazepam, are labelled seen "
        "and no longer count, because neither was refitted: Klotz1975 clearance, Qin1999 and Zhang1990 intermediate "
        "and poor metabolisers, and one ratio of poor metabolisers. With them genotype would fare worse.",
        "After it: troughs of a temazepam course became an arm of their own.",
        "After it: intervals of arms hold what assay, clinic and design add between studies, as the fit assumes.",
    ],
    "targets": {
        "kinetics": {"gmfe": 1.25, "within": 1.5, "share": 0.9, "all_within": 2.0},
        "interactions": {"within": 1.25, "share": 0.75, "all_within": 1.5},
        "effect": {"interval": 0.9, "widest": 4.0},
        "fewest": 5,
    },
    "draw": {"replicates": 200, "seed": 20261122},
}


def plan() -> str:
    """The plan as YAML: one entry a line, so that a change of one value is one line of a diff."""
    side = {row["publication"]: row["use"] for row in read("split.csv")}
    not_used: list[dict[str, str]] = []
    lines = ["# Written by scripts/plan_evidence.py; checked by tests/qualification."]
    for name, value in HEADER.items():
        lines.append(f"{name}:")
        if isinstance(value, list):
            lines += [f"  - {json.dumps(text)}" for text in value]
        else:
            lines += [f"  {key}: {json.dumps(inner)}" for key, inner in value.items()]
    for name, what in (("refitted", REFITTED), ("not_refitted", NOT_REFITTED)):
        lines.append(f"{name}:")
        lines += [f"  {key}: {json.dumps(text)}" for key, text in what.items()]
    lines.append("arms:")
    for entry in arm_entries(side, not_used):
        lines += _arm_lines(entry)
    for name, entries in (("ratios", ratio_entries(not_used)), ("effects", effect_entries(side))):
        lines.append(f"{name}:")
        lines += [f"  - {_flow(entry)}" for entry in entries]
    lines.append("not_used:")
    lines += [f"  - {_flow(entry)}" for entry in not_used]
    return "\n".join(lines) + "\n"


def _arm_lines(entry: dict[str, Any]) -> list[str]:
    head = [f"  - arm: {entry['arm']}"]
    head += [f"    {key}: {json.dumps(entry[key])}" for key in ("publication", "use", "groups")]
    return [*head, "    quantities:", *(f"      - {_flow(quantity)}" for quantity in entry["quantities"])]


def _flow(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> None:
    """Write the plan, or check the committed one."""
    place = EVIDENCE / "qualification_plan.yaml"
    found = plan()
    if "--check" in sys.argv[1:]:
        sys.exit(None if place.read_text(encoding="utf-8") == found else f"{place.name} is not what the rules give")
    place.write_text(found, encoding="utf-8")


if __name__ == "__main__":
    main()
