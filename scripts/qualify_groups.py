"""Whether a group meets its targets: met, not met, or not qualified for want of values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scripts.qualify_rows import Compared

ALONE = ("interactions", "effect")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The numbers of a group. `errors` of counted values; `seen` and `building` beside them, without a bar."""

    group: str
    word: str  # met | not met | not qualified
    why: str
    counted: int
    gmfe: float | None
    within_1_25: float | None
    within_1_5: float | None
    within_2: float | None
    seen: int
    seen_gmfe: float | None
    building: int
    building_gmfe: float | None


def gmfe(rows: Sequence[Compared]) -> float | None:
    """Geometric mean fold error."""
    errors = [row.error for row in rows if row.error is not None]
    return math.exp(sum(math.log(error) for error in errors) / len(errors)) if errors else None


def share(rows: Sequence[Compared], limit: float) -> float | None:
    errors = [row.error for row in rows if row.error is not None]
    return sum(error <= limit for error in errors) / len(errors) if errors else None


def verdict(group: str, rows: Sequence[Compared], targets: dict[str, Any]) -> Verdict:
    """Judge the counted values of a group."""
    mine = [row for row in rows if group in row.groups]
    counted, seen, building = (
        [row for row in mine if row.status == status and row.error is not None]
        for status in ("counted", "seen", "building")
    )
    if group == "effect":
        word, why = _effects([row for row in mine if row.status == "counted" and row.p5 is not None], targets)
        counted = [row for row in mine if row.status == "counted" and row.p5 is not None]
    else:
        word, why = _bars(group, counted, targets)
    return Verdict(
        group, word, why, len(counted), gmfe(counted), share(counted, 1.25), share(counted, 1.5), share(counted, 2.0),
        len(seen), gmfe(seen), len(building), gmfe(building),
    )  # fmt: skip


def _bars(group: str, counted: list[Compared], targets: dict[str, Any]) -> tuple[str, str]:
    fewest = targets["fewest"]
    if len(counted) < fewest:
        return "not qualified", f"{len(counted)} counted values, and {fewest} are needed for a verdict"
    bar = targets["interactions" if group == "interactions" else "kinetics"]
    missed = []
    mean = gmfe(counted)
    if "gmfe" in bar and mean is not None and mean > bar["gmfe"]:
        missed.append(f"geometric mean fold error {mean:.2f}, target {bar['gmfe']}")
    part = share(counted, bar["within"]) or 0.0
    if part < bar["share"]:
        missed.append(f"{100 * part:.0f} % within {bar['within']}-fold, target {100 * bar['share']:.0f} %")
    unnamed = [row for row in counted if (row.error or 1.0) > bar["all_within"] and not row.cause]
    if unnamed:
        names = ", ".join(f"{row.id} {row.quantity}" for row in unnamed)
        missed.append(f"beyond {bar['all_within']}-fold without a cause: {names}")
    return ("not met", "; ".join(missed)) if missed else ("met", "all targets")


def _effects(rows: list[Compared], targets: dict[str, Any]) -> tuple[str, str]:
    if len(rows) < targets["fewest"]:
        return "not qualified", f"{len(rows)} counted values, and {targets['fewest']} are needed for a verdict"
    informative = [row for row in rows if is_informative(row, targets["effect"]["widest"])]
    covered = sum(covers(row) for row in rows) / len(rows)
    said = f"{100 * covered:.0f} % of 90 % intervals hold the value; {len(informative)} of {len(rows)} are informative"
    return ("met" if covered >= targets["effect"]["interval"] else "not met"), said


def covers(row: Compared) -> bool:
    """Whether the 90 % interval holds the observed value."""
    if row.p5 is None or row.p95 is None or row.observed is None:
        return False
    return row.p5 <= row.observed <= row.p95


def is_informative(row: Compared, widest: float) -> bool:
    """An interval wider than so many fold is consistent with too much to inform."""
    return row.p5 is not None and row.p95 is not None and row.p5 > 0 and row.p95 / row.p5 <= widest
