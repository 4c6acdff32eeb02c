"""The plan of the qualification: complete, a limit and a reason for each value, no publication on two sides."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
import yaml

from scripts import plan_evidence, split_evidence
from scripts.split_evidence import EVIDENCE, read

SIDES = {"building", "judging"}
Plan = dict[str, Any]


def faults_of(plan: Plan) -> list[str]:
    """What is wrong with a plan, as sentences."""
    return [*_faults_of_arms(plan), *_faults_of_rows(plan), *_faults_of_sides(plan), *_left_out(plan)]


def _limit_faults(name: str, entry: Plan) -> list[str]:
    limit, because = entry.get("limit"), entry.get("because", "")
    good = isinstance(limit, (int, float)) and limit > 1 and len(because) >= 10
    return [] if good else [f"{name}: no limit, or no reason for it"]


def _observed() -> dict[tuple[str, str, float | None], float]:
    """Every number of the tables: arm, quantity, time."""
    found: dict[tuple[str, str, float | None], float] = {}
    for row in read("kinetics.csv"):
        for quantity in (*split_evidence.QUANTITIES, "f_percent"):
            if row[quantity]:
                found[row["study_id"], quantity, None] = float(row[quantity])
    for row in read("levels.csv"):
        found[row["study_id"], "level_ng_ml", float(row["time_h"])] = float(row["conc_ng_ml"])
    return found


def _faults_of_arms(plan: Plan) -> list[str]:
    faults: list[str] = []
    observed = _observed()
    for arm in plan["arms"]:
        name = arm["arm"]
        if not arm["quantities"]:
            faults.append(f"{name}: no quantity")
        for entry in arm["quantities"]:
            faults += _limit_faults(name, entry)
            quantity = entry["quantity"]
            if observed.get((name, quantity, entry.get("time_h"))) != entry["observed"]:
                faults.append(f"{name}: the table has no {quantity} of {entry['observed']}")
            if arm["use"] == "judging" and "seen" not in entry:
                faults.append(f"{name}: {quantity} does not say whether it was seen")
    return faults


def _faults_of_rows(plan: Plan) -> list[str]:
    faults = [fault for kind in ("ratio", "effect") for e in plan[f"{kind}s"] for fault in _limit_faults(e[kind], e)]
    return faults + [f"{entry}: not used without a reason" for entry in plan["not_used"] if not entry.get("because")]


def _faults_of_sides(plan: Plan) -> list[str]:
    side: dict[str, set[str]] = defaultdict(set)
    for entry in (*plan["arms"], *plan["ratios"], *plan["effects"]):
        side[entry["publication"]].add(entry["use"])
    return [f"{name}: on the sides {sorted(uses)}" for name, uses in side.items() if len(uses) > 1 or not uses <= SIDES]


def _left_out(plan: Plan) -> list[str]:
    faults: list[str] = []
    tables = {"arm": ("kinetics.csv", "study_id"), "ratio": ("interactions.csv", "id"), "effect": ("effects.csv", "id")}
    for kind, (table, key) in tables.items():
        listed = {entry[kind] for entry in (*plan[f"{kind}s"], *plan["not_used"]) if kind in entry}
        names = [row[key] for row in read(table)]
        faults += [f"{name}: the plan does not mention it" for name in names if name not in listed]
        faults += [f"{name}: no such row" for name in sorted(listed - set(names))]
        faults += [f"{name}: twice in the table" for name in sorted({n for n in names if names.count(n) > 1})]
    return faults


@pytest.fixture
def plan() -> Plan:
    loaded: Plan = yaml.safe_load((EVIDENCE / "qualification_plan.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.verifies("M11")
def test_the_committed_plan_has_no_fault(plan):
    assert faults_of(plan) == []


@pytest.mark.verifies("M11")
def test_the_split_and_the_plan_are_what_their_rules_give():
    assert split_evidence.table() == (EVIDENCE / "split.csv").read_text(encoding="utf-8")
    assert plan_evidence.plan() == (EVIDENCE / "qualification_plan.yaml").read_text(encoding="utf-8")


def _two_sides(plan: Plan) -> None:
    twin = dict(plan["arms"][0])
    twin["use"] = "judging" if twin["use"] == "building" else "building"
    twin["quantities"] = [entry | {"seen": False} for entry in twin["quantities"]]
    plan["arms"].append(twin)


def _no_limit(plan: Plan) -> None:
    del plan["arms"][0]["quantities"][0]["limit"]


def _no_reason(plan: Plan) -> None:
    plan["arms"][0]["quantities"][0]["because"] = ""


def _unknown_quantity(plan: Plan) -> None:
    plan["arms"][0]["quantities"][0]["quantity"] = "mood"


def _moved_value(plan: Plan) -> None:
    plan["arms"][0]["quantities"][0]["observed"] *= 1.1


def _dropped_arm(plan: Plan) -> None:
    plan["arms"].pop()


def _dropped_effect(plan: Plan) -> None:
    plan["effects"].pop()


def _no_reason_for_leaving_out(plan: Plan) -> None:
    plan["not_used"][0]["because"] = ""


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_two_sides, "on the sides"),
        (_no_limit, "no limit"),
        (_no_reason, "no reason"),
        (_unknown_quantity, "the table has no mood"),
        (_moved_value, "the table has no"),
        (_dropped_arm, "does not mention"),
        (_dropped_effect, "does not mention"),
        (_no_reason_for_leaving_out, "without a reason"),
    ],
)
def test_a_spoilt_plan_is_refused(plan, spoil, said):
    spoil(plan)

    assert any(said in fault for fault in faults_of(plan))


def test_people_who_were_measured_twice_are_on_one_side():
    side = {row["publication"]: row["use"] for row in read("split.csv")}
    pairs = [
        (row["publication"], other)
        for row in read("kinetics.csv")
        for other in row["same_people_as"].split(";")
        if other in side
    ]

    assert pairs
    assert [pair for pair in pairs if side[pair[0]] != side[pair[1]]] == []


def test_nothing_unverified_builds_or_counts(plan):
    arms = {row["study_id"]: row for row in read("kinetics.csv")}
    for entry in plan["arms"]:
        for quantity in entry["quantities"]:
            assert not split_evidence.doubtful(arms[entry["arm"]], quantity["quantity"]), entry["arm"]
    ratios = {row["id"]: row for row in read("interactions.csv")}
    for entry in plan["ratios"]:
        if "not_counted" not in entry:
            assert ratios[entry["ratio"]]["standing"] == "read"


def test_every_parameter_that_is_refitted_keeps_a_unit_to_build_from():
    arms, levels, ratios = read("kinetics.csv"), read("levels.csv"), read("interactions.csv")
    found = split_evidence.units(arms, levels)
    side = split_evidence.settle(found, arms, ratios)
    supplied = {need for unit in found if side[unit.name][0] == "building" for need in unit.supplies}

    assert set(split_evidence.NEEDS) - supplied == set()
