"""Observations of effect against the effect model: coverage of the 90 % interval, and its width.

Negative controls: nothing in the product may predict benefit in acute low back pain. The one number it has for that
comes from these very trials; what is checked is that its interval holds zero.
"""

from __future__ import annotations

from typing import Any

from scripts.split_evidence import EVIDENCE
from unclench.knowledge import knowledge
from unclench.simulation.study import Prediction
from unclench.simulation.study_run import read_arms, run

BACK_PAIN = "PD-LBP-LOG-ODDS"


def effect_rows(the_plan: dict[str, Any], seed: int) -> list[dict[str, Any]]:
    """One row per effect of the plan."""
    table = read_arms((EVIDENCE / "effects.csv").read_bytes())
    found, _ = run(table, seed=seed, replicates=the_plan["draw"]["replicates"])
    predicted = {row.arm: row for row in found}
    return [_row(entry, predicted.get(entry["effect"])) for entry in the_plan["effects"]]


def _row(entry: dict[str, Any], found: Prediction | None) -> dict[str, Any]:
    middle, low, high = (found.predicted, found.p5, found.p95) if found else (None, None, None)
    observed = found.observed if found else entry.get("observed")
    reasons = [entry["because"], entry.get("control", ""), entry.get("not_counted", "")]
    status = "counted" if found else "not predicted"
    if "control" in entry:
        status = "control"
        if entry["measure"] == "back_pain_log_odds":
            row = knowledge().parameter(BACK_PAIN)
            middle, low, high = row.value, row.low, row.high
            holds = low is not None and high is not None and low < 0 < high
            reasons.append("the interval holds zero" if holds else "THE INTERVAL DOES NOT HOLD ZERO")
        else:
            reasons.append("the product predicts no number for this, and so no benefit")
    elif entry["use"] == "building":
        status = "building"
    elif "not_counted" in entry:
        status = "not counted"
    return {
        "id": entry["effect"],
        "publication": entry["publication"],
        "use": entry["use"],
        "groups": tuple(entry["groups"]),
        "quantity": entry["measure"],
        "time_h": found.time_h if found else None,
        "observed": observed,
        "predicted": middle,
        "p5": low,
        "p95": high,
        "limit": entry["limit"],
        "status": status,
        "because": "; ".join(filter(None, reasons)),
        "drawn": "; ".join(found.drawn[1:]) if found else "",
    }
