"""Observations of effect against the effect model: coverage of the 90 % interval, and its width."""

from __future__ import annotations

from typing import Any


def effect_rows(the_plan: dict[str, Any], seed: int) -> list[dict[str, Any]]:
    """One row per effect of the plan."""
    return [
        {
            "id": entry["effect"], "publication": entry["publication"], "use": entry["use"],
            "groups": tuple(entry["groups"]), "quantity": entry["measure"], "time_h": None,
            "observed": entry.get("observed"), "predicted": None, "p5": None, "p95": None, "limit": entry["limit"],
            "status": "building" if entry["use"] == "building" else "not predicted",
            "because": "; ".join(filter(None, (entry["because"], entry.get("control", ""), entry.get("not_counted", "")))),
        }
        for entry in the_plan["effects"]
    ]  # fmt: skip
