"""Is what is learnt from levels as sure as it says? Simulated patients, whose truth is known.

python -m scripts.calibrate_learning      writes evidence/learning_levels.md and .svg

Each patient is drawn from the prior (own deviations, and what studies leave unsure), takes doses, is measured with
error, and is learnt from. If all is right, the truth lies in the 50 % and 90 % intervals of so many patients, and its
rank among the draws is uniform (simulation-based calibration).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, chi2

from unclench.appraisal.findings import Body, ClearanceSegment, Exposure
from unclench.individual.kinetics import Asked, ask
from unclench.individual.levels import errors_of, learn_levels
from unclench.individual.measured import Level
from unclench.individual.parameters import quantities
from unclench.values import Answer, Dose, Phase, Regimen

Array = NDArray[np.float64]

ROOT = Path(__file__).resolve().parent.parent
PAGE, PLOT = (ROOT / "evidence" / f"learning_levels.{kind}" for kind in ("md", "svg"))
ON = date(2026, 11, 22)
SEED, PATIENTS, DRAWS = 20261122, 1000, 1000
RANKED, BINS = 99, 20  # draws that the truth is ranked among, and bins of the plot
CENTRAL = (0.5, 0.9)
WIDTH = 2 * 1.6448536269514722  # standard deviations between the 5th and 95th percentile

HEAD = """# Is what is learnt from levels as sure as it says?

Written by `make calibrate`. {patients} simulated patients, seed {seed} (set beforehand): each drawn from the prior,
own deviations and what studies leave unsure alike; one to three daily doses for 7 to 434 days, some halved at the
end; every fourth with a medicine that changes clearance; one to three samples of diazepam, most with nordazepam, some
below the limit of the assay; every fifth of unknown weight and sex, every tenth with cirrhosis. {draws} draws each.

| parameter | in 50 % interval | in 90 % interval | chi-square of ranks | its p | variance removed | shrinkage |
|---|---|---|---|---|---|---|
{table}

Limits: {half} and {nine} (three binomial standard errors). {verdict}
Ranks: of the truth among {ranked} draws, in {bins} bins. Shrinkage: how much less the middles of posteriors differ
between patients than the truth does. Effective draws: lowest {lowest:.0f}, median {median:.0f}.
Levels that are called rarer than 5 % come in {rare:.1f} % of patients, rarer than 1 in 1,000 in {rarer:.1f} %.

![Ranks of the truth among the draws](learning_levels.svg)
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """One patient: per parameter whether each interval holds the truth, its rank, and how much was learnt."""

    names: tuple[str, ...]
    held: NDArray[np.bool_]  # (intervals, parameters)
    ranks: NDArray[np.intp]  # (parameters,) 0 to RANKED
    moved: Array  # share of the prior's variance that went
    pulled: Array  # from the prior's median to the posterior's, in standard deviations of the prior
    effective: float
    surprise: float


def judged(patients: int, seed: int, draws: int = DRAWS) -> list[Judged]:
    """Every patient, learnt and compared with the truth."""
    return [_judge(request, truth, draws) for request, truth in simulated(patients, seed)]


def simulated(patients: int, seed: int) -> Iterator[tuple[dict[str, Any], Array]]:
    """What `learn_levels` is asked of each patient, and the true deviates, (deviates, 1)."""
    for number in range(patients):
        rng = np.random.default_rng([seed, number])
        request = {"body": _body(rng), "exposure": _exposure(rng), "on": ON, "seed": number, "patient": ""}
        request["taken"], last_h = _taken(rng)
        asked = ask(**request, measured=_times(rng, last_h), fed=False)
        truth = rng.standard_normal((len(asked.names), 1))
        yield request | {"measured": _measured(asked, truth, rng)}, truth


def _body(rng: np.random.Generator) -> Body:
    known = rng.random() < 0.8  # the others have neither a weight nor a sex in the record
    return Body(
        age_y=float(rng.integers(20, 90)),
        sex=str(rng.choice(["female", "male"])) if known else None,
        weight_kg=float(rng.uniform(48, 120)) if known else None,
        height_cm=float(rng.uniform(155, 190)) if known else None,
        albumin_g_per_l=42.0,
        cirrhosis="B" if rng.random() < 0.1 else "none",
        dialysis=Answer.NO,
        cyp2c19="NM" if rng.random() < 0.5 else None,
        pregnant=Answer.NO,
    )


def _exposure(rng: np.random.Generator) -> Exposure:
    """Every fourth takes something that changes clearance, some of them since a few days only."""
    if rng.random() < 0.75:
        return Exposure((), (), 1.0, 1.0, 1.0, 0.0)
    since = -math.inf if rng.random() < 0.5 else -24.0 * float(rng.integers(1, 20))
    segment = ClearanceSegment(since, float(rng.uniform(0.4, 1.5)), float(rng.uniform(0.6, 1.2)))
    return Exposure((), (segment,), 1.0, 1.0, 1.0, 0.2)


def _taken(rng: np.random.Generator) -> tuple[tuple[Regimen, ...], float]:
    """One to three doses a day for a week to fourteen months, some halved at the end; and when the last one was."""
    clock = [(8.0,), (8.0, 22.0), (8.0, 14.0, 22.0)][int(rng.integers(3))]
    mg, days, ended = Decimal(int(rng.integers(1, 6))) * 2, int(rng.integers(7, 420)), int(rng.integers(0, 6))
    phases = [Phase(days, tuple(Dose(mg, at) for at in clock))]
    if rng.random() < 0.5:
        phases.append(Phase(14, tuple(Dose(mg / 2, at) for at in clock)))
    length = sum(phase.days for phase in phases)
    start = ON - timedelta(days=length + ended)
    return (Regimen(start, tuple(phases)),), -24.0 * ended


def _times(rng: np.random.Generator, last_h: float) -> list[Level]:
    """One to three samples within the last nine days, each with diazepam, most with nordazepam as well."""
    lloq, levels = float(rng.choice([0.0, 5.0, 20.0])), []
    for _ in range(int(rng.integers(1, 4))):
        at_h = float(np.round(rng.uniform(min(last_h, 0.0) - 120.0, min(last_h + 96.0, 24.0)), 2))
        for analyte in ("diazepam", "nordazepam")[: 1 + int(rng.random() < 0.8)]:
            levels.append(Level(at_h, analyte, 1.0, lloq))
    return levels


def _measured(asked: Asked, truth: Array, rng: np.random.Generator) -> list[Level]:
    logs = asked.predict(asked.crowd(np.repeat(truth, 2, axis=1)), 1)
    found = np.exp(logs + errors_of(asked.levels, asked.known).sd(logs) * rng.standard_normal(logs.shape))
    return [
        replace(level, ng_ml=max(value, level.lloq_ng_ml), below=value < level.lloq_ng_ml)
        for level, value in zip(asked.levels, map(float, found[:, 0]), strict=True)
    ]


def _judge(request: dict[str, Any], truth: Array, draws: int) -> Judged:
    learnt = learn_levels(**request, draws=draws)
    asked = ask(**request, fed=False)
    true = quantities(asked.crowd(np.repeat(truth, 2, axis=1)), 0.0, 1)
    held = [
        [low <= one.values[0] <= high for one, other in zip(true, learnt.drawn, strict=True)
         for low, high in [np.quantile(other.values, [0.5 - share / 2, 0.5 + share / 2])]]
        for share in CENTRAL
    ]  # fmt: skip
    ranks = [int((other.values[:RANKED] < one.values[0]).sum()) for one, other in zip(true, learnt.drawn, strict=True)]
    return Judged(
        tuple(one.name for one in true),
        np.array(held),
        np.array(ranks),
        np.array([one.moved for one in learnt.parameters]),
        np.array(
            [
                math.log(one.posterior[0] / one.prior[0]) / (math.log(one.prior[2] / one.prior[1]) / WIDTH)
                for one in learnt.parameters
            ]
        ),
        learnt.effective,
        learnt.surprise,
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """All patients together, per parameter."""

    names: tuple[str, ...]
    patients: int
    held: Array  # (intervals, parameters), share of patients whose interval holds the truth
    counts: Array  # (parameters, bins) of ranks
    moved: Array
    shrinkage: Array  # 1 - spread of the posterior's middles over that of the prior
    effective: tuple[float, float]  # lowest, median
    surprised: tuple[float, float]  # share of patients whose levels are rarer than 5 % and than 1 in 1,000

    def slack(self, share: float, errors: float = 3.0) -> float:
        """So many binomial standard errors."""
        return errors * math.sqrt(share * (1 - share) / self.patients)

    def faults(self, errors: float = 3.0) -> list[str]:
        """Every interval that holds the truth too rarely or too often."""
        return [
            f"{name}: {share:.0%} interval holds the truth in {found:.1%}"
            for share, row in zip(CENTRAL, self.held, strict=True)
            for name, found in zip(self.names, row, strict=True)
            if abs(found - share) > self.slack(share, errors)
        ]

    @property
    def chi_squares(self) -> Array:
        expected = self.patients / self.counts.shape[1]
        found: Array = ((self.counts - expected) ** 2 / expected).sum(axis=1)
        return found


def calibration(found: Sequence[Judged]) -> Calibration:
    ranks = np.stack([one.ranks for one in found], axis=1)
    effective, surprise = np.array([(one.effective, one.surprise) for one in found]).T
    return Calibration(
        names=found[0].names,
        patients=len(found),
        held=np.mean([one.held for one in found], axis=0),
        counts=np.stack([np.bincount(row * BINS // (RANKED + 1), minlength=BINS) for row in ranks]).astype(float),
        moved=np.mean([one.moved for one in found], axis=0),
        shrinkage=1.0 - np.std([one.pulled for one in found], axis=0),
        effective=(float(effective.min()), float(np.median(effective))),
        surprised=(float((surprise < 0.05).mean()), float((surprise < 0.001).mean())),
    )


def page(of: Calibration) -> str:
    half, nine = (f"{share:.0%} ± {of.slack(share):.1%}".replace("%", " %") for share in CENTRAL)
    rows = [
        f"| {name} | {half_held:.1%} | {nine_held:.1%} | {total:.1f} | {chi2.sf(total, BINS - 1):.2f} | {moved:.0%} | "
        f"{shrinkage:.0%} |".replace("%", " %")
        for name, half_held, nine_held, total, moved, shrinkage in zip(
            of.names, *of.held, of.chi_squares, of.moved, of.shrinkage, strict=True
        )
    ]
    faults = of.faults()
    return HEAD.format(
        patients=of.patients,
        seed=SEED,
        draws=DRAWS,
        half=half,
        nine=nine,
        bins=BINS,
        ranked=RANKED,
        table="\n".join(rows),
        verdict="Every interval lies within its limit." if not faults else f"Outside: {'; '.join(faults)}.",
        lowest=of.effective[0],
        median=of.effective[1],
        rare=100 * of.surprised[0],
        rarer=100 * of.surprised[1],
    )


def plot(of: Calibration) -> str:
    """One small histogram of ranks a parameter; 99 % of bins lie between the lines if all is right."""
    wide, high, columns, gap = 200, 90, 4, 34
    expected = of.patients / BINS
    low, top = (float(end) for end in binom.ppf([0.005, 0.995], of.patients, 1 / BINS))
    most = max(1.6 * expected, float(of.counts.max()))
    rows = math.ceil(len(of.names) / columns)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns * (wide + 20)} {rows * (high + gap)}" '
        'font-family="sans-serif" font-size="12" role="img"><title>Ranks of the truth among draws</title>',
        f"<desc>{of.patients} simulated patients. Level bars between the lines mean that intervals are as sure as they "
        "say.</desc>",
    ]
    for place, (name, counts) in enumerate(zip(of.names, of.counts, strict=True)):
        left, down = 10 + place % columns * (wide + 20), 18 + place // columns * (high + gap)
        parts.append(f'<text x="{left}" y="{down - 5}">{name}</text>')
        for number, count in enumerate(counts):
            tall, each = high * count / most, wide / BINS
            parts.append(
                f'<rect x="{left + number * each:.1f}" y="{down + high - tall:.1f}" width="{each - 1:.1f}" '
                f'height="{tall:.1f}" fill="#9ab8d3"/>'
            )
        for edge in (low, top):
            level = down + high * (1 - edge / most)
            parts.append(
                f'<line x1="{left}" x2="{left + wide}" y1="{level:.1f}" y2="{level:.1f}" stroke="#333" '
                'stroke-dasharray="4 3"/>'
            )
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    found = calibration(judged(PATIENTS, SEED))
    PAGE.write_text(page(found), encoding="utf-8")
    PLOT.write_text(plot(found), encoding="utf-8")
    print(page(found))


if __name__ == "__main__":
    main()
