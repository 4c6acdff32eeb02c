"""Predictions of virtual studies as CSV, and one arm's curve as text. Cells of the user's table are hostile text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from unclench.simulation.study import Curve, Prediction
from unclench.simulation.study_table import Refusal

COLUMNS = (
    "study_id",
    "quantity",
    "time_h",
    "predicted",
    "p5",
    "p95",
    "observed",
    "fold",
    "drawn",
    "extrapolated",
    "refused",
)
DIGITS = 4
BAR = 46
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, without control characters."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return "'" + clean if clean.startswith(FORMULA) or text.startswith(FORMULA) else clean


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.{DIGITS}g}"


def to_csv(predictions: Sequence[Prediction], refusals: Sequence[Refusal]) -> str:
    """One row per arm and quantity, then one per refusal."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in predictions:
        values = (row.time_h, row.predicted, row.p5, row.p95, row.observed, row.fold)
        said = [harmless("; ".join(row.drawn)), harmless(" ".join(row.extrapolated))]
        writer.writerow([harmless(row.arm), row.quantity, *map(number, values), *said, ""])
    for refusal in refusals:
        why = f"{refusal.where}: found {refusal.found}, need {refusal.need}. {refusal.fix}"
        writer.writerow([harmless(refusal.key), *[""] * (len(COLUMNS) - 2), harmless(why)])
    return out.getvalue()


def curve_text(curve: Curve) -> str:
    """A table of the curve, with a bar from the 5th to the 95th percentile and the median on it."""
    top = max(curve.p95) or 1.0
    lines = [f"{harmless(curve.arm)}: mean level, ng/mL; median, 5th and 95th percentile of such studies", ""]
    lines.append(f"{'hours':>8}{'median':>10}{'p5':>10}{'p95':>10}")
    for at, middle, low, high in zip(curve.time_h, curve.median, curve.p5, curve.p95, strict=True):
        start, mark, end = (round(value / top * (BAR - 1)) for value in (low, middle, high))
        bar = [" " if place < start or place > end else "-" for place in range(BAR)]
        bar[mark] = "o"
        lines.append(f"{at:>8g}{number(middle):>10}{number(low):>10}{number(high):>10}  |{''.join(bar).rstrip()}")
    return "\n".join(lines) + "\n"
