"""Refits the parameters of the kinetics to the building studies alone, and writes them into the rows.

`make fit-kinetics`. Every value that builds is compared, on the log scale, with what its arm should have reported: the
typical person for clearance, volume and half-life, a small crowd for peaks and early levels, measured as the paper
did. The spread of a group's mean and a spread between studies weigh it. Priors are wide for what the studies tell, and
physiological for covariates: enzymes and liver shrink with age while binding loosens, fat grows, women carry more of
it, half of the enzymes are left in cirrhosis. Centres of priors come from the evidence pack, which was written with all
studies in view: where the printed width is nearly the prior's (absorption, early distribution), so does the value. The
inverse of the curvature at the best fit, widened where the fit is worse than the weights say, gives the intervals and
correlations.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import OptimizeResult, least_squares

from scripts.fit_arms import Seen, building
from scripts.fit_predict import KA_SPREAD, predictions
from unclench.engine import draw
from unclench.knowledge.load import knowledge
from unclench.simulation.sample import Z90

DATA = Path(__file__).parent.parent / "src" / "unclench" / "knowledge" / "data"
SOURCE = "SRC-PK-REFIT"
# Spread of one person's value, and between studies beyond it, on the log scale.
SPREAD = {"cl": 0.35, "vd": 0.30, "t_": 0.42, "cm": 0.35, "tm": 0.50, "cs": 0.40, "le": 0.30, "f_": 0.15}
BETWEEN_ROWS = {
    "cl": "CLEARANCE", "vd": "VOLUME", "t_": "HALF-LIFE", "cm": "PEAK", "tm": "PEAK", "le": "PEAK", "cs": "STEADY",
}  # fmt: skip
BETWEEN = {kind: knowledge().parameter(f"STUDY-BETWEEN-{row}").value for kind, row in BETWEEN_ROWS.items()}
BETWEEN["f_"] = 0.05
KEPT_CORRELATION = 0.05
STARTS = 6
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Free:
    """One parameter that is fitted: its row, and the prior on the row's own scale."""

    key: str
    centre: float
    sd: float


FREE = (
    Free("PK-CL-DIAZEPAM", 1.5, 0.7),
    Free("PK-V1-DIAZEPAM", 10.5, 0.35),
    Free("PK-Q2-DIAZEPAM", 15.0, 0.4),
    Free("PK-V2-DIAZEPAM", 11.5, 0.4),
    Free("PK-Q3-DIAZEPAM", 6.6, 0.4),
    Free("PK-V3-DIAZEPAM", 72.0, 0.7),
    Free("PK-KA-TABLET", 1.5, 0.6),
    Free(KA_SPREAD, 0.5, 0.4),
    Free("PK-LAG-TABLET", 0.2, 0.4),
    Free("PK-F-ORAL", 0.95, 0.8),
    Free("PK-KA-IM-INJECTION", 0.9, 0.6),
    Free("PK-F-IM-INJECTION", 0.97, 0.8),
    Free("PK-KA-NASAL-SOLUTION", 1.6, 0.6),
    Free("PK-F-NASAL-SOLUTION", 0.95, 0.8),
    Free("PK-KA-NASAL-SUSPENSION", 2.5, 0.6),
    Free("PK-F-NASAL-SUSPENSION", 0.67, 0.8),
    Free("PK-KA-RECTAL-GEL", 1.5, 0.6),
    Free("PK-F-RECTAL-GEL", 0.9, 0.8),
    Free("PK-KA-NASAL-GLYCOFUROL", 5.0, 0.6),
    Free("PK-F-NASAL-GLYCOFUROL", 0.75, 0.8),
    Free("PK-F-RECTAL-SOLUTION", 0.75, 0.8),
    Free("PK-KA-RECTAL-SUPPOSITORY", 0.9, 0.6),
    Free("PK-AGE-CL", -0.1, 0.2),
    Free("PK-AGE-V", 0.2, 0.25),
    Free("PK-SEX-CL", 1.0, 0.15),
    Free("PK-SEX-V", 1.19, 0.15),
    Free("PK-FAT-V3", 3.0, 0.6),
    Free("PK-FAT-VN", 2.0, 0.6),
    Free("PK-CIRRHOSIS-CLN", 0.5, 0.35),
    Free("PK-ANCESTRY-EAST-ASIAN", 0.9, 0.3),
    Free("PK-CL-NORDAZEPAM", 0.9, 0.7),
    Free("PK-V-NORDAZEPAM", 80.0, 0.7),
    Free("PK-FM-NORDAZEPAM", 0.85, 0.8),
    Free("PK-CL-TEMAZEPAM", 4.9, 0.7),
    Free("PK-V-TEMAZEPAM", 98.0, 0.7),
    Free("PK-SEX-CLT", 1.0, 0.3),
    Free("PK-CL-OXAZEPAM", 6.0, 0.7),
    Free("PK-V-OXAZEPAM", 49.0, 0.5),
)
PLAIN = {"PK-AGE-CL", "PK-AGE-V"}
LOGIT = {one.key for one in FREE if "-F-" in one.key or one.key == "PK-FM-NORDAZEPAM"}


def scale(key: str) -> str:
    return "plain" if key in PLAIN else "logit" if key in LOGIT else "log"


def inward(key: str, value: float) -> float:
    """A value on its own scale."""
    kind = scale(key)
    return value if kind == "plain" else float(np.log(value / (1 - value) if kind == "logit" else value))


def outward(key: str, moved: float) -> float:
    kind = scale(key)
    return moved if kind == "plain" else float(1 / (1 + np.exp(-moved)) if kind == "logit" else np.exp(moved))


def whitening(seen: list[Seen]) -> np.ndarray:
    """Turns misfits into independent ones of unit spread.

    What publications of the same people have that others have not (assay, clinic, volunteers) is shared by their arms:
    of a patient group and its controls it is the ratio that counts.
    """
    covariance = np.diag([(one.cv or SPREAD[one.quantity[:2]]) ** 2 / one.arm.n for one in seen])
    for row, first in enumerate(seen):
        for column, second in enumerate(seen):
            if (first.arm.cluster, first.quantity[:2], first.arm.analyte) == (
                second.arm.cluster,
                second.quantity[:2],
                second.arm.analyte,
            ):
                covariance[row, column] += BETWEEN[first.quantity[:2]] ** 2
    return np.linalg.inv(np.linalg.cholesky(covariance))


def fit(seen: list[Seen]) -> tuple[np.ndarray, np.ndarray, float]:
    """Best values on their scales, their covariance, and how much worse than its weights the fit is."""
    observed, whiten = np.log([one.observed for one in seen]), whitening(seen)
    centre = np.array([inward(one.key, one.centre) for one in FREE])
    prior_sd = np.array([one.sd for one in FREE])

    def residuals(moved: np.ndarray) -> np.ndarray:
        values = {one.key: outward(one.key, at) for one, at in zip(FREE, moved, strict=True)}
        misfit = whiten @ (np.log(predictions(values, seen)) - observed)
        # Beyond two standard deviations a study pulls ever less: means of skewed data and misprints are among them.
        pull = np.sign(misfit) * np.where(
            np.abs(misfit) < 2, np.abs(misfit), 2 * np.sqrt(np.maximum(np.abs(misfit) - 1, 0.0))
        )
        return np.concatenate([pull, (moved - centre) / prior_sd])

    def from_start(index: int) -> OptimizeResult:
        start = centre + (0.5 * prior_sd * draw.normal(SEED, f"fit start {index}", len(FREE)) if index else 0.0)
        return least_squares(residuals, start, method="trf", x_scale=prior_sd, diff_step=2e-3, max_nfev=200)

    # Peaks on a grid make small steps in the misfit: the best of a few starts is taken.
    found = min((from_start(index) for index in range(STARTS)), key=lambda one: one.cost)
    misfit = residuals(found.x)[: len(seen)]
    free = max(len(seen) - len(FREE), 1)
    inflation = max(1.0, float(misfit @ misfit) / free)
    data = found.jac[: len(seen)]
    curvature = data.T @ data / inflation + np.diag(1.0 / prior_sd**2)
    return found.x, np.linalg.inv(curvature), inflation


def write(moved: np.ndarray, covariance: np.ndarray, seen: list[Seen]) -> None:
    sds = np.sqrt(np.diag(covariance))
    values = {}
    for one, at, sd in zip(FREE, moved, sds, strict=True):
        values[one.key] = tuple(round_to(outward(one.key, at + shift * Z90 * sd)) for shift in (-1, 0, 1))
    studies = len({one.arm.publication for one in seen})
    note = f"fit to {len(seen)} values of {studies} building publications"
    rewrite(DATA / "parameters.csv", values, note)
    correlation = covariance / np.outer(sds, sds)
    lines = ["id,first,second,correlation,source,standing"]
    for row, first in enumerate(FREE):
        for column in range(row + 1, len(FREE)):
            if abs(correlation[row, column]) >= KEPT_CORRELATION and KA_SPREAD not in (first.key, FREE[column].key):
                second, found = FREE[column].key, f"{correlation[row, column]:.3f}"
                lines.append(f"COR-{first.key[3:]}-{second[3:]},{first.key},{second},{found},{SOURCE},derived")
    (DATA / "parameter_correlations.csv").write_text("\n".join(lines) + "\n")


def rewrite(path: Path, values: dict[str, tuple[float, ...]], note: str) -> None:
    with path.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        if row["id"].startswith("PK-KA-"):
            row["log_sd"] = f"{values[KA_SPREAD][1]:g}"
        if row["id"] in values:
            low, value, high = values[row["id"]]
            row.update(value=f"{value:g}", low=f"{low:g}", high=f"{high:g}")
            row.update(source=SOURCE, locator=note, standing="derived", scale=scale(row["id"]))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue())


def round_to(value: float) -> float:
    return float(f"{value:.3g}")


def report(moved: np.ndarray, covariance: np.ndarray, inflation: float, seen: list[Seen]) -> None:
    values = {one.key: outward(one.key, at) for one, at in zip(FREE, moved, strict=True)}
    predicted = predictions(values, seen)
    print(f"{'parameter':<26}{'value':>9}{'5 %':>9}{'95 %':>9}   kept of the prior's width")
    for one, at, sd in zip(FREE, moved, np.sqrt(np.diag(covariance)), strict=True):
        low, high = (outward(one.key, at + shift * Z90 * sd) for shift in (-1, 1))
        print(f"{one.key:<26}{outward(one.key, at):>9.4g}{low:>9.4g}{high:>9.4g}   {sd / one.sd:.0%}")
    folds = predicted / np.array([one.observed for one in seen])
    print(f"\ninflation {inflation:.2f}; geometric mean fold error {np.exp(np.mean(np.abs(np.log(folds)))):.3f}")
    for one, value, fold in zip(seen, predicted, folds, strict=True):
        mark = " <--" if max(fold, 1 / fold) > 1.5 else ""
        print(f"{one.arm.id:<26}{one.quantity:<14}{one.observed:>9.4g}{value:>9.4g}{fold:>7.2f}{mark}")


def main() -> None:
    known = knowledge()
    missing = [one.key for one in FREE if one.key != KA_SPREAD and not known.has("parameters", one.key)]
    if missing:
        raise SystemExit(f"no rows for {missing}")
    seen = building()
    moved, covariance, inflation = fit(seen)
    report(moved, covariance, inflation, seen)
    write(moved, covariance, seen)


if __name__ == "__main__":
    main()
