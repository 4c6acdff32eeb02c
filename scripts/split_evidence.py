"""Decide which publications build the kinetic model and which judge it: `python -m scripts.split_evidence`.

The unit is a set of publications that share people. Its side is settled by these rules, in this order, with a seed
that was fixed before any prediction was computed:

1. Nothing read, or everything unverified: not used.
2. The published paediatric model builds (it *is* the model below 18 years); effects follow the list
   BUILDING_EFFECTS; back-pain trials are negative controls and judge.
3. A value that the evidence pack calls an outlier never builds.
4. A publication with a measured interaction ratio judges: no parameter that ships is fitted to it, and leaving one
   perpetrator out at a time needs no other building set.
5. The only unit that can inform a parameter builds.
6. In each group, rarest first, units in seeded order build until every parameter has the number of units it needs;
   all others judge.

`--check` compares with the committed evidence/split.csv and changes nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

EVIDENCE = Path(__file__).parents[1] / "evidence"
SEED = 20261122
Row = dict[str, str]

QUANTITIES = (
    "cmax_ng_ml", "tmax_h", "auc_inf_ng_h_ml", "auc_window_ng_h_ml", "cl_ml_min", "cl_ml_min_kg", "vd_l", "vd_l_kg",
    "t_half_h", "css_ng_ml",
)  # fmt: skip
# Rarest first: the order in which groups choose their building units.
GROUPS = (
    "effect", "interactions", "children", "kidney", "liver", "obesity", "genotype", "age", "temazepam and oxazepam",
    "nordazepam", "other routes", "iv", "oral",
)  # fmt: skip
BUILDING_EFFECTS = (
    "Dawson2006", "McGrath2020", "Ghansah1999", "FriedmanEEG1992", "Cook1984", "Fleishaker1995", "Lossius1985",
    "Gross1982", "Forster1980", "Newton1986",
)  # fmt: skip
ASIAN = ("Chinese", "Korean", "Japanese")
ELIMINATION = ("auc_inf_ng_h_ml", "cl_ml_min", "cl_ml_min_kg", "t_half_h")


def read(name: str) -> list[Row]:
    with (EVIDENCE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def doubtful(row: Row, field: str) -> bool:
    """Whether this number is not confirmed."""
    fields = row["unverified_fields"].split(";")
    return row["standing"] == "unverified" or field in fields or "all" in fields


def measured(arm: Row) -> list[str]:
    """The quantities of an arm that were read."""
    return [name for name in QUANTITIES if arm[name] and not doubtful(arm, name)]


def groups_of(arm: Row) -> list[str]:
    """The groups an arm is judged in: what is special about its people first, then its analyte or route."""
    condition, people = arm["condition"], arm["population"]
    found: list[str] = []
    if arm["perpetrator"]:
        found.append("interactions")
    if "months" in arm["age_range"] or any(word in people for word in ("child", "infant", "newborn", "preterm")):
        found.append("children")
    if "ESRD" in condition:
        found.append("kidney")
    if any(word in condition for word in ("cirrhosis", "liver", "hepatitis")):
        found.append("liver")
    if "obesity" in condition:
        found.append("obesity")
    if arm["genotype"] or (_asian(arm) and _has(measured(arm), *ELIMINATION)):
        found.append("genotype")
    if arm["publication"] in ("Greenblatt1980", "Ochs1981a", "Herman1996", "Divoll1983", "Greenblatt2021") or (
        arm["study_id"] in ("Klotz1975_at20", "Klotz1975_at80")
    ):
        found.append("age")
    special = [name for name in found if name != "age"]
    if arm["drug_given"] in ("temazepam", "oxazepam"):
        found.append("temazepam and oxazepam")
    elif arm["analyte"].startswith("nordazepam"):
        found.append("nordazepam")
    elif not special:
        route = arm["route"].lower()
        by_mouth, by_vein = route.startswith("oral"), route.startswith("iv") or not route
        found.append("oral" if by_mouth else "iv" if by_vein else "other routes")
    return found


Supplies = Callable[[Row, list[str], list[str]], bool]


def _route(arm: Row, start: str) -> bool:
    return arm["route"].lower().startswith(start)


def _has(quantities: list[str], *names: str) -> bool:
    return bool(set(names) & set(quantities))


# What must stay in the building set: parameter, groups that give units for it, how many, and which arm informs it.
CL, VD = ("cl_ml_min", "cl_ml_min_kg"), ("vd_l", "vd_l_kg")
NEEDS: dict[str, tuple[tuple[str, ...], int, Supplies]] = {
    "clearance by vein": (("age", "iv"), 3, lambda a, g, q: "iv" in g and _has(q, *CL)),
    "volume by vein": (("age", "iv"), 1, lambda a, g, q: "iv" in g and _has(q, *VD)),
    "first hour by vein": (("iv",), 1, lambda a, g, q: "iv" in g and _has(q, "level")),
    "tablet peak": (("oral",), 2, lambda a, g, q: "oral" in g and _has(q, "cmax_ng_ml")),
    "tablet elimination": (("oral",), 1, lambda a, g, q: "oral" in g and _has(q, "t_half_h")),
    "old age": (("age",), 1, lambda a, g, q: "age" in g and (_oldest(a) >= 60 or "elderly" in a["age_range"])),
    "sex": (("age",), 1, lambda a, g, q: "age" in g and a["sex"] == "F"),
    "liver, diazepam": (("liver",), 1, lambda a, g, q: "liver" in g and "nordazepam" not in g and _clears(q)),
    "liver, nordazepam": (("liver",), 1, lambda a, g, q: "liver" in g and "nordazepam" in g and _clears(q)),
    "obesity, diazepam": (("obesity",), 1, lambda a, g, q: "obesity" in g and _is(a, "diazepam") and _has(q, *VD)),
    "obesity, nordazepam": (("obesity",), 1, lambda a, g, q: "obesity" in g and "nordazepam" in g and _has(q, *VD)),
    "poor metaboliser": (("genotype",), 1, lambda a, g, q: "PM" in a["genotype"] and not _asian(a) and bool(q)),
    "East Asian": (("genotype",), 1, lambda a, g, q: "genotype" in g and _asian(a) and bool(q)),
    "nordazepam CL and V": (("nordazepam",), 1, lambda a, g, q: g == ["nordazepam"] and _clears(q) and _has(q, *VD)),
    "intramuscular": (("other routes",), 1, lambda a, g, q: _route(a, "im") and _has(q, "cmax_ng_ml")),
    "rectal gel": (("other routes",), 1, lambda a, g, q: a["formulation"] == "gel" and _has(q, "cmax_ng_ml")),
    "rectal solution": (("other routes",), 1, lambda a, g, q: _route(a, "rectal") and a["formulation"] == "solution"),
    "suppository": (("other routes",), 1, lambda a, g, q: "suppository" in a["formulation"] and _has(q, "level")),
    "nasal solution": (("other routes",), 1, lambda a, g, q: "NRL-1" in a["formulation"]),
    "nasal suspension": (("other routes",), 1, lambda a, g, q: a["formulation"] == "suspension"),
    "nasal glycofurol": (("other routes",), 1, lambda a, g, q: "glycofurol" in a["formulation"]),
    "temazepam": (("temazepam and oxazepam",), 1, lambda a, g, q: _is(a, "temazepam") and _has(q, *CL)),
    "oxazepam": (("temazepam and oxazepam",), 1, lambda a, g, q: _is(a, "oxazepam") and _has(q, *CL)),
}  # fmt: skip


def _is(arm: Row, drug: str) -> bool:
    return arm["drug_given"] == drug


def _asian(arm: Row) -> bool:
    return any(word in arm["population"] for word in ASIAN)


def _clears(quantities: list[str]) -> bool:
    return bool({"cl_ml_min", "cl_ml_min_kg", "t_half_h", "css_ng_ml"} & set(quantities))


def _oldest(arm: Row) -> float:
    text = arm["age_range"].split("-")[-1] or arm["age_mean"] or "0"
    try:
        return float(text)
    except ValueError:
        return 0.0


@dataclass(frozen=True, slots=True)
class Unit:
    """Publications that share people: they are on one side together."""

    name: str
    publications: tuple[str, ...]
    stratum: str
    quantities: int
    supplies: frozenset[str]


def units(arms: list[Row], levels: list[Row]) -> list[Unit]:
    """All units that hold at least one number that was read."""
    timed = {row["study_id"] for row in levels if row["kind"] in ("fixed time", "trough")}
    parent = {arm["publication"]: arm["publication"] for arm in arms}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for arm in arms:
        for other in filter(None, arm["same_people_as"].split(";")):
            if other in parent:
                one, two = sorted((root(arm["publication"]), root(other)))
                parent[two] = one
    made: list[Unit] = []
    for top in sorted({root(name) for name in parent}):
        members = [arm for arm in arms if root(arm["publication"]) == top]
        found, supplies, count = set(), set(), 0
        for arm in members:
            quantities = measured(arm) + ["level"] * (arm["study_id"] in timed)
            if arm["unusable_because"]:
                continue
            count += len(quantities)
            groups = groups_of(arm)
            if quantities or arm["f_percent"]:
                found.update(groups)
                supplies.update(need for need, (_, _, rule) in NEEDS.items() if rule(arm, groups, quantities))
        if found:
            stratum = min(found, key=GROUPS.index)
            publications = tuple(sorted({arm["publication"] for arm in members}))
            made.append(Unit(top, publications, stratum, count, frozenset(supplies)))
    return made


def order(name: str) -> str:
    """A fixed shuffle: the place of a unit depends on the seed and its own name alone."""
    return hashlib.sha256(f"{SEED} {name}".encode()).hexdigest()


def settle(all_units: list[Unit], arms: list[Row], ratios: list[Row]) -> dict[str, tuple[str, str]]:
    """Side and reason of every unit."""
    flagged = {arm["publication"] for arm in arms if arm["flag"].startswith("outlier")}
    interacting = {row["publication"] for row in ratios if row["input"] != "genotype anchor" and row["ratio"]}
    side: dict[str, tuple[str, str]] = {}
    missing = {need: count for need, (_, count, _) in NEEDS.items()}

    def build(unit: Unit, why: str) -> None:
        side[unit.name] = ("building", why)
        for need in unit.supplies:
            missing[need] -= 1

    for unit in all_units:
        names = set(unit.publications)
        if names == {"Ku2018"}:
            build(unit, "the published model itself")
        elif names & flagged:
            side[unit.name] = ("judging", "holds a value called an outlier, which never builds")
        elif names & interacting:
            side[unit.name] = ("judging", "holds an interaction ratio")
    free = [unit for unit in all_units if unit.name not in side]
    for unit in free:
        own = [need for need in unit.supplies if unit.stratum in NEEDS[need][0]]
        rivals = {n: sum(n in other.supplies and other.stratum in NEEDS[n][0] for other in free) for n in own}
        sole = [need for need in own if rivals[need] == 1]
        if sole:
            build(unit, "only source of: " + ", ".join(sorted(sole)))
    for group in GROUPS:
        for unit in sorted((u for u in free if u.stratum == group and u.name not in side), key=lambda u: order(u.name)):
            wanted = sorted(need for need in unit.supplies if missing[need] > 0 and group in NEEDS[need][0])
            if wanted:
                build(unit, "drawn for: " + ", ".join(wanted))
            else:
                side[unit.name] = ("judging", "not drawn")
    return side


def table() -> str:
    """The split as CSV."""
    arms, levels, ratios, effects = (read(f"{name}.csv") for name in ("kinetics", "levels", "interactions", "effects"))
    all_units = units(arms, levels)
    side = settle(all_units, arms, ratios)
    rows = [
        (publication, unit.name, unit.stratum, side[unit.name][0], unit.quantities, side[unit.name][1])
        for unit in all_units
        for publication in unit.publications
    ]
    known = {row[0] for row in rows}
    for publication in sorted({row["publication"] for row in ratios if row["ratio"]} - known):
        rows.append((publication, publication, "interactions", "judging", 0, "holds an interaction ratio"))
    for publication in sorted({row["publication"] for row in effects} - known):
        use = "building" if publication in BUILDING_EFFECTS else "judging"
        why = "listed for calibration" if use == "building" else "not listed for calibration"
        rows.append((publication, publication, "effect", use, 0, why))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("publication", "unit", "stratum", "use", "quantities_of_unit", "because"))
    writer.writerows(sorted(rows))
    return out.getvalue()


def main() -> None:
    """Write the split, or check the committed one."""
    place = EVIDENCE / "split.csv"
    found = table()
    if "--check" in sys.argv[1:]:
        sys.exit(None if place.read_text(encoding="utf-8") == found else f"{place.name} is not what the rules give")
    place.write_text(found, encoding="utf-8")


if __name__ == "__main__":
    main()
