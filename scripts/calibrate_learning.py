"""Is what is learnt from levels as sure as it says? Simulated patients, whose truth is known.

python -m scripts.calibrate_learning      writes evidence/learning_levels.md and .svg

Each patient is drawn from the prior (own deviations, and what studies leave unsure), takes doses, is measured with
error, and is learnt from. If all is right, the truth lies in the 50 % and 90 % intervals of so many patients, and its
rank among the draws is uniform (simulation-based calibration).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True, slots=True)
class Judged:
    """One patient: per parameter whether each interval holds the truth, its rank, and how much was learnt."""

    names: tuple[str, ...]
    held: NDArray[np.bool_]  # (intervals, parameters)
    ranks: NDArray[np.intp]  # (parameters,) 0 to RANKED
    moved: Array
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
        learnt.effective,
        learnt.surprise,
    )
