"""Exposure ratios by the static enzyme model, the shares of the enzymes refitted without the perpetrator judged.

The fit of a fold holds every measured ratio that was read and that an enzyme strength of its own explains, and the
genotype anchors; it leaves out all ratios of the perpetrator and of the publication that is judged. The shares found so
serve this comparison only.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.split_evidence import Row, read
from unclench.appraisal import perpetrators
from unclench.engine.linear import Chain, modes_of
from unclench.knowledge import knowledge
from unclench.models.enzymes import Block, Shares, clearance

STEP = 0.005
BETWEEN_2C19, BETWEEN_3A4 = (0.2, 0.8), (0.02, 0.6)
Number = float | NDArray[np.float64]
FITTED_INPUTS = ("independent", "assumed", "set with diazepam data in view", "genotype anchor")
WINDOW = re.compile(r"AUC to (\d+) h")
OUTLIERS = ("Ozdemir1998", "Qin1999")
EAST_ASIAN = ("Chinese", "Japanese")


@dataclass(frozen=True, slots=True)
class Point:
    """A measured ratio and what the model needs to predict it."""

    key: str
    publication: str
    perpetrator: str
    ratio: float
    above: tuple[Block, ...]  # with
    below: tuple[Block, ...]  # without: another treatment, or nothing
    activity: float
    activity_below: float
    asian: bool
    people: float


def points() -> dict[str, Point]:
    """Every ratio with enzyme strengths, by id."""
    known = knowledge()
    rows = {row.id: row for row in known.table("perpetrators")}

    def blocks(text: str) -> tuple[Block, ...]:
        names = [name for name in text.split(" + ") if name]
        found = [rows[name] for name in names]
        return tuple(Block(row.ir_cyp3a4 or 0.0, row.ir_cyp2c19 or 0.0) for row in found)

    out = {}
    for row in read("interactions.csv"):
        if not row["ratio"] or row["victim"] != "diazepam" or "nordazepam" in row["ratio_of"]:
            continue
        anchor = row["input"] == "genotype anchor"
        explained = bool(row["perpetrator_rows"]) or anchor or row["input"].startswith("no enzyme effect")
        if not explained or row["input"] == "this ratio is itself the input":
            continue
        over, _, under = row["perpetrator_rows"].partition(" against ")
        phenotype = row["cyp2c19"] or None
        active = perpetrators.activity(phenotype, known)
        out[row["id"]] = Point(
            key=row["id"],
            publication=row["publication"],
            perpetrator=row["cyp2c19"] if anchor else row["perpetrator"],
            ratio=float(row["ratio"]),
            above=blocks(over),
            below=blocks(under),
            activity=active,
            activity_below=1.0 if anchor else active,
            asian=any(word in f"{row['population']} {row['note']}" for word in EAST_ASIAN),
            people=float(row["n"] or 4),
        )
    return out


def ratio_of(point: Point, f2c19: Number, f3a4: Number, lost: float) -> Number:
    """Exposure above over exposure below; of many shares at once where they are arrays."""
    kept = np.maximum(f2c19 - lost, 0.0) if point.asian else f2c19
    shares = Shares(f3a4, kept, 1.0 - f2c19 - f3a4)  # type: ignore[arg-type]  # plain sums and products: arrays do as well
    return clearance(shares, point.activity_below, point.below) / clearance(shares, point.activity, point.above)


def fitted(training: list[Point], lost: float) -> tuple[float, float]:
    """Shares of CYP2C19 and CYP3A4 with the least squared log error, weighted by the root of people; on a grid."""
    grids = np.meshgrid(*(np.arange(low, high + STEP / 2, STEP) for low, high in (BETWEEN_2C19, BETWEEN_3A4)))
    f2c19, f3a4 = (grid.ravel() for grid in grids)
    possible = f2c19 + f3a4 <= 1.0
    f2c19, f3a4 = f2c19[possible], f3a4[possible]
    error = np.zeros_like(f2c19)
    for point in training:
        error += math.sqrt(point.people) * np.log(ratio_of(point, f2c19, f3a4, lost) / point.ratio) ** 2
    best = int(np.argmin(error))
    return float(f2c19[best]), float(f3a4[best])


def predicted_ratios() -> dict[str, tuple[float, float, float, str]]:
    """Prediction, its range, and the shares it was made with, by id."""
    known = knowledge()
    wide = known.parameter("IX-SPREAD-MODEL").value
    lost = 1.0 - known.parameter("PK-ANCESTRY-EAST-ASIAN").value
    table = {row["id"]: row for row in read("interactions.csv")}
    all_points = points()
    usable = [point for point in all_points.values() if _trains(table[point.key])]
    shipped = (known.parameter("IX-F2C19").value, known.parameter("IX-F3A4").value)
    done: dict[frozenset[str], tuple[float, float]] = {}
    out = {}
    for key, point in all_points.items():
        anchor = table[key]["input"] == "genotype anchor"
        training = [one for one in usable if _apart(one, point)]
        fold = frozenset(one.key for one in training)
        if not anchor and fold not in done:
            done[fold] = fitted(training, lost)
        f2c19, f3a4 = shipped if anchor else done[fold]
        ratio = float(ratio_of(point, f2c19, f3a4, lost))
        window = WINDOW.search(table[key]["ratio_of"])
        if window:
            ratio = within_window(ratio, float(window.group(1)))
        said = "shares that ship" if anchor else f"refitted shares: CYP2C19 {f2c19:.3f}, CYP3A4 {f3a4:.3f}"
        out[key] = (ratio, ratio / wide, ratio * wide, said)
    return out


def _trains(row: Row) -> bool:
    """Outliers of the evidence pack train nothing."""
    read_and_explained = row["standing"] == "read" and row["input"] in FITTED_INPUTS
    return read_and_explained and row["publication"] not in OUTLIERS


def _apart(one: Point, judged: Point) -> bool:
    return one.perpetrator != judged.perpetrator and one.publication != judged.publication


def within_window(ratio: float, hours: float) -> float:
    """What a ratio of areas to infinity looks like when sampling stops: the typical adult, a tablet."""
    known = knowledge()

    def value(key: str) -> np.ndarray:
        return np.array([known.parameter(key).value])

    def area(loss: np.ndarray) -> float:
        none = np.zeros((0, 1))
        chain = Chain(
            depot_per_h=value("PK-KA-TABLET"),
            entering=np.ones(1),
            volumes_l=np.stack([value(f"PK-V{n}-DIAZEPAM") for n in (1, 2, 3)]),
            exchange_l_per_h=np.stack([value(f"PK-Q{n}-DIAZEPAM") for n in (2, 3)]),
            loss_l_per_h=loss,
            formed=none,
            passed_on=np.zeros((0, 0, 1)),
            daughter_loss_l_per_h=none,
            daughter_volume_l=none,
        )
        modes = modes_of(chain)
        return float((modes.weights[0] * modes.given / modes.rates * -np.expm1(-modes.rates * hours)).sum())

    cl = value("PK-CL-DIAZEPAM")
    return area(cl / ratio) / area(cl)
