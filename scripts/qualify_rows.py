"""Everything that the plan compares, as rows: observed, predicted, how far off, counted or not and why."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from scripts.qualify_effects import effect_rows
from scripts.qualify_ratios import predicted_ratios
from scripts.split_evidence import EVIDENCE, read
from unclench.simulation.study import Prediction
from unclench.simulation.study_run import read_arms, run

DIGITS = 4
COLUMNS = (
    "id", "publication", "use", "groups", "quantity", "time_h", "observed", "predicted", "p5", "p95", "fold", "limit",
    "within_limit", "status", "because", "cause", "drawn",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """One value of the plan. `status`: building | counted | seen | not counted | control | not predicted."""

    id: str
    publication: str
    use: str
    groups: tuple[str, ...]
    quantity: str
    time_h: float | None
    observed: float | None
    predicted: float | None
    p5: float | None
    p95: float | None
    limit: float
    status: str
    because: str
    cause: str = ""
    drawn: str = ""

    @property
    def fold(self) -> float | None:
        """Predicted over observed; None where either is missing or a fold means nothing."""
        if self.predicted is None or self.observed is None or self.status == "control":
            return None
        return self.predicted / self.observed if self.observed > 0 and self.predicted > 0 else None

    @property
    def error(self) -> float | None:
        """How far off, either way: 1 is exact."""
        fold = self.fold
        return None if fold is None else math.exp(abs(math.log(fold)))


def plan() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((EVIDENCE / "qualification_plan.yaml").read_text(encoding="utf-8"))
    return loaded


def compared(the_plan: dict[str, Any], only: frozenset[str] = frozenset()) -> tuple[Compared, ...]:
    """All rows, or those of some arms alone."""
    rows = arm_rows(the_plan, only)
    if not only:
        rows += ratio_rows(the_plan)
        rows += [Compared(**row) for row in effect_rows(the_plan, the_plan["draw"]["seed"])]
    causes = {(row["id"], row["quantity"]): row["cause"] for row in read("causes.csv")}
    return tuple(replace(row, cause=causes.get((row.id, row.quantity), "")) for row in rows)


def arm_rows(the_plan: dict[str, Any], only: frozenset[str] = frozenset()) -> list[Compared]:
    times: dict[str, tuple[float, ...]] = defaultdict(tuple)
    for row in read("levels.csv"):
        if row["kind"] in ("fixed time", "trough"):
            times[row["study_id"]] += (float(row["time_h"]),)
    table = read_arms(_some((EVIDENCE / "kinetics.csv"), only), times)
    draw = the_plan["draw"]
    found, _ = run(table, seed=draw["seed"], replicates=draw["replicates"])
    at = {(row.arm, row.quantity, row.time_h): row for row in found}
    return [
        _of_arm(arm, entry, at.get((arm["arm"], entry["quantity"], entry.get("time_h"))))
        for arm in the_plan["arms"]
        for entry in arm["quantities"]
        if (not only or arm["arm"] in only) and entry["quantity"] != "f_percent"
    ]


def _some(path: Path, only: frozenset[str]) -> bytes:
    """The table, or the rows of some arms."""
    if not only:
        return path.read_bytes()
    rows = [row for row in read(path.name) if row["study_id"] in only]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _of_arm(arm: dict[str, Any], entry: dict[str, Any], found: Prediction | None) -> Compared:
    if arm["use"] == "building":
        status = "building"
    elif found is None:
        status = "not predicted"
    elif "not_counted" in entry:
        status = "not counted"
    else:
        status = "seen" if entry["seen"] else "counted"
    reasons = [entry["because"], entry.get("flag", ""), entry.get("not_counted", "")]
    if status == "seen":
        reasons.append("rests on: " + ", ".join(entry["rests_on"]))
    return Compared(
        id=arm["arm"],
        publication=arm["publication"],
        use=arm["use"],
        groups=tuple(arm["groups"]),
        quantity=entry["quantity"],
        time_h=entry.get("time_h"),
        observed=entry["observed"],
        predicted=found.predicted if found else None,
        p5=found.p5 if found else None,
        p95=found.p95 if found else None,
        limit=entry["limit"],
        status=status,
        because="; ".join(filter(None, reasons)),
        drawn="; ".join(found.drawn) if found else "",
    )


def ratio_rows(the_plan: dict[str, Any]) -> list[Compared]:
    predicted = predicted_ratios()
    rows = []
    for entry in the_plan["ratios"]:
        found = predicted.get(entry["ratio"])
        status = "counted"
        if entry["use"] == "building":
            status = "building"
        elif found is None:
            status = "not predicted"
        elif "not_counted" in entry:
            status = "not counted"
        rows.append(
            Compared(
                id=entry["ratio"],
                publication=entry["publication"],
                use=entry["use"],
                groups=tuple(entry["groups"]),
                quantity=f"exposure ratio with {entry['perpetrator']}",
                time_h=None,
                observed=entry["observed"],
                predicted=found[0] if found else None,
                p5=found[1] if found else None,
                p95=found[2] if found else None,
                limit=entry["limit"],
                status=status,
                because="; ".join(filter(None, (entry["because"], entry.get("not_counted", "")))),
                drawn=found[3] if found else "",
            )
        )
    return rows


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.{DIGITS}g}"


def to_csv(rows: tuple[Compared, ...]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        error = row.error
        within = "" if error is None else "yes" if error <= row.limit else "no"
        values = map(number, (row.time_h, row.observed, row.predicted, row.p5, row.p95, row.fold, row.limit))
        time_h, observed, predicted, p5, p95, fold, limit = values
        writer.writerow(
            (
                row.id, row.publication, row.use, "; ".join(row.groups), row.quantity, time_h, observed, predicted, p5,
                p95, fold, limit, within, row.status, row.because, row.cause, row.drawn,
            )
        )  # fmt: skip
    return out.getvalue()
