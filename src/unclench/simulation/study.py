"""Virtual studies: every arm of a table as many times as asked, measured as its paper measured it.

Each replicate draws as many people as the arm had, and one draw of what studies leave unsure. The prediction is the
median over replicates of the arm's mean; p5 and p95 hold nine of ten such means, with what people, parameters, and
assay, clinic and design (rows STUDY-BETWEEN-...) make them differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.engine import draw
from unclench.knowledge.load import Knowledge
from unclench.simulation.study_arm import QUANTITIES, Arm
from unclench.simulation.study_effects import EffectArm, effect_of
from unclench.simulation.study_model import kinetics_of
from unclench.simulation.study_people import MOST_LEVELS, check_size, group_of
from unclench.simulation.study_table import Refusal
from unclench.simulation.study_values import Measured, measure
from unclench.values import EngineError, RecordError

Array = NDArray[np.float64]
SEED = 20261122
REPLICATES = 200
MOST_REPLICATES = 10_000
CURVE_POINTS = 24
ENDS = (0.05, 0.95)
# Which row says how far studies differ in a quantity.
BETWEEN = {
    "cl_ml_min": "CLEARANCE",
    "cl_ml_min_kg": "CLEARANCE",
    "auc_inf_ng_h_ml": "CLEARANCE",
    "auc_window_ng_h_ml": "CLEARANCE",
    "f_percent": "CLEARANCE",
    "vd_l": "VOLUME",
    "vd_l_kg": "VOLUME",
    "t_half_h": "HALF-LIFE",
    "cmax_ng_ml": "PEAK",
    "tmax_h": "PEAK",
    "level_ng_ml": "PEAK",
    "css_ng_ml": "STEADY",
}
NO_NUMBER = ("a prediction that is no number", "people, doses and times that can be", "Look at the units of this arm.")


@dataclass(frozen=True, slots=True)
class Prediction:
    """One quantity of one arm. `fold` is predicted over observed; None where the table has no value."""

    arm: str
    quantity: str
    time_h: float | None
    predicted: float
    p5: float
    p95: float
    observed: float | None
    fold: float | None
    drawn: tuple[str, ...]
    extrapolated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """The mean level of an arm over time, over replicates: median, 5th and 95th percentile, in ng/mL."""

    arm: str
    time_h: tuple[float, ...]
    median: tuple[float, ...]
    p5: tuple[float, ...]
    p95: tuple[float, ...]


def subject_of(arm: Arm, known: Knowledge, *, seed: int, replicates: int) -> tuple[Measured, tuple[str, ...]]:
    """Everybody of an arm, ready to be measured, and what was drawn for want of data."""
    check_replicates(replicates)
    group = group_of(arm, known, seed=seed, replicates=replicates)
    check_size("regimen", group.draws.columns * len(arm.doses or ()), MOST_LEVELS, "doses of all people")
    ratio = known.parameter("PK-PLASMA-BLOOD").value
    return Measured(arm, kinetics_of(arm, group, known), group.weight_kg, ratio, group.extrapolated), group.drawn


def check_replicates(replicates: int) -> None:
    if not 2 <= replicates <= MOST_REPLICATES:
        raise EngineError(
            where="replicates", found=str(replicates), need=f"2 to {MOST_REPLICATES}", fix="Ask for another number."
        )


def study(
    arm: Arm, known: Knowledge, *, seed: int = SEED, replicates: int = REPLICATES
) -> tuple[tuple[Prediction, ...], tuple[Refusal, ...]]:
    """All quantities of an arm: those it has values for, or all that its design gives where it has none."""
    subject, drawn = subject_of(arm, known, seed=seed, replicates=replicates)
    observed = dict(arm.observed)
    wanted: list[tuple[str, float | None]] = [(name, None) for name in observed]
    if not wanted and not arm.levels_h:
        wanted = [(name, None) for name in QUANTITIES if name not in ("level_ng_ml", "auc_window_ng_h_ml")]
    wanted += [("level_ng_ml", at) for at in arm.levels_h]
    out: list[Prediction] = []
    refused: list[Refusal] = []
    for name, at_h in wanted:
        try:
            values = measure(subject, name, at_h)
        except RecordError as error:
            if observed:
                refused.append(Refusal(arm.key, error.where, error.found, error.need, error.fix))
            continue
        kind = _summary(arm.summary, name)
        if kind not in SUMMARIES:
            need = "one of: " + ", ".join(SUMMARIES)
            refused.append(Refusal(arm.key, "summary", repr(kind[:60]), need, "Say how the people were summarised."))
            continue
        each = summaries(values, replicates, kind)
        if not each.size:
            refused.append(Refusal(arm.key, name, "nobody with a value", "a longer window", "Give the sampling times."))
            continue
        middle = float(np.median(each))
        low, high = (float(value) for value in np.quantile(each * _design(arm, name, known, seed, each.size), ENDS))
        if not all(map(math.isfinite, (low, middle, high))):
            refused.append(Refusal(arm.key, name, *NO_NUMBER))
            continue
        seen = observed.get(name)
        fold = middle / seen if seen else None
        out.append(Prediction(arm.key, name, at_h, middle, low, high, seen, fold, drawn, subject.extrapolated))
    return tuple(out), tuple(refused)


def _design(arm: Arm, quantity: str, known: Knowledge, seed: int, count: int) -> Array:
    """What assay, clinic and design make of the same truth, as factors."""
    spread = known.parameter(f"STUDY-BETWEEN-{BETWEEN[quantity]}").value
    factor: Array = np.exp(spread * draw.normal(seed, f"design of {arm.key} {quantity}", count))
    return factor


def study_effect(
    subject: EffectArm, known: Knowledge, *, seed: int = SEED, replicates: int = REPLICATES
) -> tuple[tuple[Prediction, ...], tuple[Refusal, ...]]:
    """The one effect that the arm observed."""
    check_replicates(replicates)
    values, group = effect_of(subject, known, seed=seed, replicates=replicates)
    low, middle, high = (float(value) for value in np.quantile(values.mean(axis=1), (0.05, 0.5, 0.95)))
    if not all(map(math.isfinite, (low, middle, high))):
        return (), (Refusal(subject.arm.key, "effect", *NO_NUMBER),)
    seen = subject.observed
    fold = middle / seen if seen and seen > 0 else None
    drawn = (subject.measure, *group.drawn)
    key, beyond = subject.arm.key, group.extrapolated
    return (Prediction(key, "effect", subject.time_h, middle, low, high, seen, fold, drawn, beyond),), ()


def _summary(text: str, quantity: str) -> str:
    """`mean; median tmax`: the first word, unless the quantity is named."""
    for part in text.split(";")[1:]:
        kind, _, name = part.strip().rpartition(" ")
        if quantity.startswith(name):
            return kind
    return text.split(";", maxsplit=1)[0].strip()


SUMMARIES: dict[str, Callable[[Array], Array]] = {
    "mean": lambda values: np.nanmean(values, axis=1),
    # A point of a line on age is compared with the mean of people of that age.
    "regression line": lambda values: np.nanmean(values, axis=1),
    "median": lambda values: np.nanmedian(values, axis=1),
    "geometric mean": lambda values: np.exp(np.nanmean(np.log(values), axis=1)),
    "harmonic mean": lambda values: 1.0 / np.nanmean(1.0 / values, axis=1),
}


def summaries(values: Array, replicates: int, kind: str) -> Array:
    """One number per replicate: the mean of its people, or as the paper summarised them.

    People without a value (no half-life within the window) are left out, as the paper would have; a replicate in which
    nobody has one is left out of the prediction.
    """
    whole = values.reshape(replicates, -1)
    return SUMMARIES[kind](whole[~np.all(np.isnan(whole), axis=1)])


def curve(arm: Arm, known: Knowledge, *, seed: int = SEED, replicates: int = REPLICATES) -> Curve:
    """The curve of an arm, from the first dose to the end of sampling."""
    subject, _ = subject_of(arm, known, seed=seed, replicates=replicates)
    last = subject.doses("the curve")[-1][0]
    end = arm.sampled_to_h or max((*arm.sampled_h, *arm.levels_h, last + 72.0))
    times = tuple(float(f"{at:.3g}") for at in np.geomspace(0.1, max(end, 1.0), CURVE_POINTS))
    rows = []
    for at in times:
        each = summaries(subject.level(at, "the curve"), replicates, "mean")
        rows.append(np.quantile(each, (0.5, 0.05, 0.95)))
    middle, low, high = (tuple(float(value) for value in column) for column in zip(*rows, strict=True))
    return Curve(arm.key, times, middle, low, high)


def gmfe(folds: list[float]) -> float:
    """Geometric mean fold error: how far off, either way, on the average."""
    return math.exp(sum(abs(math.log(fold)) for fold in folds) / len(folds))
