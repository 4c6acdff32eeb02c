"""Refit all constants of effect together, given this project's kinetics, and write them into their rows.

    make fit-effects

Adaptive importance sampling: from what was believed before, through tempered steps, to the posterior on the scales of
`effects_constants.FITTED`. Rows get the middle and the 5 to 95 % range, further rows the correlations. The same rows
of kinetics give the same bytes. What the figures do not identify stays as wide as its prior; the report says which.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scripts.effect_adaptation import adaptation_rows
from scripts.effect_observations import BELIEVED, DROWSY_ON_NORDAZEPAM, OBSERVED
from scripts.effect_predictions import predictions
from unclench.engine import draw
from unclench.knowledge import knowledge
from unclench.models.effects import logit
from unclench.simulation.effects_constants import (
    FITTED,
    OTHERS,
    Z90,
    Constants,
    Unsure,
    correlation_row,
)
from unclench.simulation.parameters import Numbers

Array = NDArray[np.float64]

DATA = Path(__file__).resolve().parent.parent / "src/unclench/knowledge/data"
SEED = 20261122
DRAWS = 6000
LAST_DRAWS = 24000
ROUNDS = 14
KEEP = 0.25  # share of the draws that a tempered step must keep effective
FREEDOM = 7.0  # of the heavy-tailed proposals
SHOWN_CORRELATION = 0.05
DIGITS = 4


def prior() -> tuple[Array, Array]:
    """Middles and SDs on the scales of the constants; the two sides of a range are averaged."""
    ends = np.array([[float(each.onto(end)) for end in BELIEVED[each.name]] for each in FITTED])
    return ends[:, 1], (ends[:, 2] - ends[:, 0]) / (2.0 * Z90)


def constants_of(scaled: Array) -> Constants:
    """Constants of draws (fitted constants, draws); those that are not fitted stay at the middle of their rows."""
    numbers, count = Numbers(knowledge(), {}), scaled.shape[1]
    others = {each.name: np.full(count, numbers.value(each.row, each.unit)) for each in OTHERS}
    return Constants(**{each.name: each.back(scaled[i]) for i, each in enumerate(FITTED)}, **others)


def log_likelihood(scaled: Array) -> Array:
    """Of draws (fitted constants, draws)."""
    found, drowsy = predictions(constants_of(scaled))
    total = np.zeros(scaled.shape[1])
    for seen, predicted in zip(OBSERVED, found, strict=True):
        onto = {"log": np.log, "logit": logit, "plain": np.asarray}[seen.scale]
        total -= 0.5 * ((onto(_inside(predicted, seen.scale)) - onto(np.array(seen.value))) / seen.sd) ** 2
    yes, n = DROWSY_ON_NORDAZEPAM
    drowsy = np.clip(drowsy, 1e-9, 1.0 - 1e-9)
    return total + yes * np.log(drowsy) + (n - yes) * np.log1p(-drowsy)


def _inside(predicted: Array, scale: str) -> Array:
    return np.clip(predicted, 1e-9, 1.0 - 1e-9) if scale == "logit" else predicted


def sample(middle: Array, sd: Array) -> tuple[Array, Array, float]:
    """Posterior draws, their weights and the effective share of the last round."""
    at, root = middle.copy(), np.diag(sd)
    for round_ in range(ROUNDS):
        scaled, log_q = proposed(at, root, DRAWS, f"effect fit {round_}")
        log_p = log_prior(scaled, middle, sd)
        heat = temperature(log_likelihood(scaled), log_p - log_q)
        weights = normalised(log_p - log_q + heat * log_likelihood(scaled))
        at, root = moments(scaled, weights)
        if heat >= 1.0 and round_ >= 5:
            break
    scaled, log_q = proposed(at, root, LAST_DRAWS, "effect fit last")
    weights = normalised(log_prior(scaled, middle, sd) - log_q + log_likelihood(scaled))
    return scaled, weights, float(1.0 / (weights**2).sum() / LAST_DRAWS)


def proposed(at: Array, root: Array, count: int, purpose: str) -> tuple[Array, Array]:
    """Draws from a multivariate t around `at`, and their log density up to a constant."""
    size = at.size
    plain = draw.normal(SEED, purpose, size * count).reshape(count, size).T
    chi = (draw.normal(SEED, f"{purpose} tails", int(FREEDOM) * count).reshape(count, -1) ** 2).sum(axis=1)
    plain = plain / np.sqrt(chi / FREEDOM)
    log_q = -0.5 * (FREEDOM + size) * np.log1p((plain**2).sum(axis=0) / FREEDOM)
    return at[:, None] + root @ plain, log_q


def log_prior(scaled: Array, middle: Array, sd: Array) -> Array:
    total: Array = -0.5 * (((scaled - middle[:, None]) / sd[:, None]) ** 2).sum(axis=0)
    return total


def temperature(log_l: Array, log_w: Array) -> float:
    """The share of the likelihood that keeps enough draws effective, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(30):
        heat = 1.0 if low == 0.0 and high == 1.0 else 0.5 * (low + high)
        weights = normalised(log_w + heat * log_l)
        if 1.0 / (weights**2).sum() >= KEEP * 0.25 * log_l.size:
            low = heat
            if heat == 1.0:
                return 1.0
        else:
            high = heat if heat < 1.0 else 0.999
    return max(low, 0.02)


def normalised(log_weights: Array) -> Array:
    weights = np.exp(log_weights - log_weights.max())
    shares: Array = weights / weights.sum()
    return shares


def moments(scaled: Array, weights: Array) -> tuple[Array, Array]:
    """Weighted mean, and a root of the covariance."""
    mean = scaled @ weights
    centred = scaled - mean[:, None]
    covariance = (centred * weights) @ centred.T
    return mean, np.linalg.cholesky(covariance + 1e-8 * np.eye(mean.size))


def fitted_rows(mean: Array, sd: Array) -> dict[str, tuple[float, float, float]]:
    """Value, low and high of each row."""
    ends = (0.0, -Z90, Z90)
    return {
        each.row: (
            number(each.back(mean[i])),
            number(each.back(mean[i] + ends[1] * sd[i])),
            number(each.back(mean[i] + ends[2] * sd[i])),
        )
        for i, each in enumerate(FITTED)
    }


def number(value: Array | float) -> float:
    """Rounded to the digits that are written."""
    return float(f"{float(value):.{DIGITS}g}")


def write(rows: Mapping[str, tuple[float, float, float]], correlation: Array) -> None:
    """Put values and ranges into the rows, and the correlations into their own file."""
    path = DATA / "parameters_effects.csv"
    lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    for line in lines:
        if line["id"] in rows:
            line["value"], line["low"], line["high"] = (f"{each:.{DIGITS}g}" for each in rows[line["id"]])
    path.write_text(text_of(lines), encoding="utf-8")
    pairs = [
        correlation_line(other, one, correlation[i, j])
        for i, one in enumerate(FITTED)
        for j, other in enumerate(FITTED[:i])
        if abs(correlation[i, j]) >= SHOWN_CORRELATION
    ]
    (DATA / "parameters_effects_correlations.csv").write_text(text_of(pairs), encoding="utf-8")


def correlation_line(one: Unsure, other: Unsure, value: float) -> dict[str, str]:
    row = correlation_row(one, other)
    return {
        "id": row,
        "value": f"{value:.3f}",
        "unit": "1",
        "log_sd": "",
        "low": "",
        "high": "",
        "scale": "",
        "grade": "D",
        "what": f"Correlation of what is unsure about {one.row} and {other.row}, on their scales",
        "source": "SRC-PD-FIT",
        "locator": "posterior of the joint fit",
        "standing": "project",
    }


def text_of(lines: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def report(mean: Array, sd: Array, before: tuple[Array, Array], scaled: Array, weights: Array) -> None:
    """Prior against posterior width, and each figure against what the fit says."""
    print(f"{'row':22}{'5 %':>9}{'middle':>9}{'95 %':>9}   width after / before")
    for i, each in enumerate(FITTED):
        low, mid, high = (float(each.back(mean[i] + k * Z90 * sd[i])) for k in (-1, 0, 1))
        share = sd[i] / before[1][i]
        said = "as before" if share > 0.9 else ""
        print(f"{each.row:22}{low:9.3g}{mid:9.3g}{high:9.3g}   {share:5.2f} {said}")
    chosen = np.argsort(weights)[::-1][:4000]
    found, drowsy = predictions(constants_of(scaled[:, chosen]))
    share = weights[chosen] / weights[chosen].sum()
    print(f"\n{'figure':55}{'seen':>8}{'fit':>8}")
    for seen, predicted in zip(OBSERVED, found, strict=True):
        print(f"{seen.id:55}{seen.value:8.3g}{float(predicted @ share):8.3g}")
    yes, n = DROWSY_ON_NORDAZEPAM
    print(f"{'drowsy on nordazepam alone':55}{yes / n:8.3g}{float(drowsy @ share):8.3g}")


def main() -> int:
    """Fit, write, report."""
    before = prior()
    scaled, weights, effective = sample(*before)
    mean, root = moments(scaled, weights)
    covariance = root @ root.T
    sd = np.sqrt(np.diag(covariance))
    rows = fitted_rows(mean, sd)
    middle = constants_of(mean[:, None])
    write({**rows, **adaptation_rows(middle, number)}, covariance / np.outer(sd, sd))
    print(f"effective share of {LAST_DRAWS} draws: {effective:.2f}\n")
    report(mean, sd, before, scaled, weights)
    return 0 if effective > 0.02 else 1


if __name__ == "__main__":
    sys.exit(main())
