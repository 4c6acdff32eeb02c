"""Which rows are the uncertain constants of effect, on which scale they are unsure, and who else hangs on them.

A row gives a middle and a range of 5 to 95 % of what studies leave open. On the scale named here (log, logit up to a
top, or plain) that range is a normal spread; rows `PD-CORR-...` hold the correlations of those fitted together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from unclench.engine import draw
from unclench.knowledge.load import Knowledge
from unclench.models.effects import expit, logit
from unclench.simulation.parameters import Numbers
from unclench.simulation.sample import Z90
from unclench.values import KnowledgeError

Array = NDArray[np.float64]

LEAST_EIGENVALUE = 1e-6


@dataclass(frozen=True, slots=True)
class Unsure:
    """One constant: its name in the model, its row, and the scale on which it is unsure."""

    name: str
    row: str
    unit: str
    scale: str  # log | logit | plain
    cause: str  # the statement that says what it is, for the list of what an answer hangs on
    top: float = 1.0  # of the logit scale

    def onto(self, value: Array | float) -> Array:
        """From the row's own unit onto the scale of the spread."""
        number = np.asarray(value, dtype=np.float64)
        if self.scale == "plain":
            return number
        return np.log(number) if self.scale == "log" else logit(number / self.top)

    def back(self, scaled: Array | float) -> Array:
        """From the scale of the spread into the row's own unit."""
        number = np.asarray(scaled, dtype=np.float64)
        if self.scale == "plain":
            return number
        return np.exp(number) if self.scale == "log" else self.top * expit(number)


AFFINITY = "CAUSE-AFFINITY"
MUSCLE = "CAUSE-MUSCLE"
SEDATION = "CAUSE-SEDATION"
TOLERANCE = "CAUSE-TOLERANCE"
BREATHING = "CAUSE-BREATHING"
DROWSINESS = "CAUSE-DROWSINESS"
ALCOHOL_SCALE = "CAUSE-ALCOHOL-SCALE"
AGEING = "CAUSE-AGEING"
OPIOID = "CAUSE-OPIOID"
DELAY = "CAUSE-DELAY"

# Fitted together by scripts/fit_effects.py. The order is that of the draws: append, never insert.
FITTED = (
    Unsure("kd", "PD-KD", "nM", "log", AFFINITY),
    Unsure("kn", "PD-KN-RATIO", "ratio", "log", AFFINITY),
    Unsure("delta", "PD-DELTA", "ratio", "log", AFFINITY),
    Unsure("a50_muscle", "PD-A50-MUSCLE", "1", "log", MUSCLE),
    Unsure("g_muscle", "PD-G-MUSCLE", "1", "log", MUSCLE),
    Unsure("emax_muscle", "PD-EMAX-MUSCLE", "1", "logit", MUSCLE),
    Unsure("a50_sedation", "PD-A50-SEDATION", "1", "log", SEDATION),
    Unsure("g_sedation", "PD-G-SEDATION", "1", "log", SEDATION),
    Unsure("eeg_most", "PD-EEG-MOST", "points", "log", SEDATION),
    Unsure("h_fast", "PD-H-FAST", "1", "logit", TOLERANCE, top=1.6),
    Unsure("t_fast_h", "PD-T-FAST", "h", "log", TOLERANCE),
    Unsure("h_slow", "PD-H-SLOW", "1", "logit", TOLERANCE, top=2.2),
    Unsure("t_slow_d", "PD-T-SLOW", "d", "log", TOLERANCE),
    Unsure("h_muscle", "PD-H-MUSCLE", "1", "logit", TOLERANCE, top=0.6),
    Unsure("t_slowest_d", "PD-T-SLOWEST", "d", "log", TOLERANCE),
    Unsure("h_breath", "PD-H-BREATH", "1", "logit", TOLERANCE, top=3.0),
    Unsure("co2_most", "PD-CO2-MOST", "1", "logit", BREATHING),
    Unsure("a50_breath", "PD-A50-BREATH", "1", "log", BREATHING),
    Unsure("g_breath", "PD-G-BREATH", "1", "log", BREATHING),
    Unsure("drowsy_slope", "PD-DROWSY-SLOPE", "1", "log", DROWSINESS),
    Unsure("age_per_y", "PD-AGE-SEDATION", "1/a", "log", AGEING),
    Unsure("impair_most", "PD-IMPAIR-MOST", "g/L", "log", ALCOHOL_SCALE),
)
# Not fitted: each as wide as its row says, on its own.
OTHERS = (
    Unsure("kt", "PD-KT-RATIO", "ratio", "log", AFFINITY),
    Unsure("ko", "PD-KO-RATIO", "ratio", "log", AFFINITY),
    Unsure("ke0_half_min", "PD-KE0-HALF", "min", "log", DELAY),
    Unsure("sensitivity_sd", "PD-SENSITIVITY-SPREAD", "log-SD", "log", SEDATION),
    Unsure("tone_carry", "PD-TONE-CARRY", "1", "logit", MUSCLE),
    Unsure("opioid_slope", "PD-OPIOID-SLOPE", "1", "logit", OPIOID),
    Unsure("kappa", "PD-KAPPA", "1", "logit", OPIOID),
    Unsure("event_sedation", "PD-EVENT-SEDATION", "1", "plain", OPIOID),
    Unsure("event_opioid", "PD-EVENT-OPIOID", "1", "plain", OPIOID),
    Unsure("event_together", "PD-EVENT-TOGETHER", "1", "plain", OPIOID),
)
UNSURE = (*FITTED, *OTHERS)


@dataclass(frozen=True, slots=True, eq=False)
class Constants:
    """Every uncertain constant, one number per person or draw: fields as the names above, in the units of the rows."""

    kd: Array
    kn: Array
    delta: Array
    a50_muscle: Array
    g_muscle: Array
    emax_muscle: Array
    a50_sedation: Array
    g_sedation: Array
    eeg_most: Array
    h_fast: Array
    t_fast_h: Array
    h_slow: Array
    t_slow_d: Array
    h_muscle: Array
    t_slowest_d: Array
    h_breath: Array
    co2_most: Array
    a50_breath: Array
    g_breath: Array
    drowsy_slope: Array
    age_per_y: Array
    impair_most: Array
    kt: Array
    ko: Array
    ke0_half_min: Array
    sensitivity_sd: Array
    tone_carry: Array
    opioid_slope: Array
    kappa: Array
    event_sedation: Array
    event_opioid: Array
    event_together: Array


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Middles and SDs on the scales of `UNSURE`, and a root of the correlations: (constants,), (constants,), square."""

    middle: Array
    sd: Array
    root: Array


def correlation_row(one: Unsure, other: Unsure) -> str:
    """The id of the row that holds a correlation."""
    return f"PD-CORR-{one.row.removeprefix('PD-')}~{other.row.removeprefix('PD-')}"


@lru_cache(maxsize=4)
def spread(known: Knowledge) -> Spread:
    """What the rows say about the constants. Correlations too small to have a row are none."""
    numbers = Numbers(known, {})
    middle = np.array([float(each.onto(numbers.value(each.row, each.unit))) for each in UNSURE])
    ends = [[float(each.onto(end)) for end in numbers.range(each.row)] for each in UNSURE]
    sd = np.array([(high - low) / (2.0 * Z90) for low, high in ends])
    if not np.all(np.isfinite(sd)) or np.any(sd <= 0):
        raise KnowledgeError(
            where="parameters_effects.csv", found="a range of no width", need="low below high", fix="Widen the range."
        )
    matrix = np.eye(len(UNSURE))
    for i, one in enumerate(FITTED):
        for j, other in enumerate(FITTED[:i]):
            row = correlation_row(other, one)
            if known.has("parameters", row):
                matrix[i, j] = matrix[j, i] = numbers.value(row, "1")
    return Spread(middle, sd, root_of(matrix))


def root_of(correlation: Array) -> Array:
    """The lower root of a correlation matrix. Rounded rows may leave it a hair short of one; the nearest is taken."""
    values, vectors = np.linalg.eigh(correlation)
    nearest = (vectors * np.maximum(values, LEAST_EIGENVALUE)) @ vectors.T
    scale = np.sqrt(np.diag(nearest))
    root: Array = np.linalg.cholesky(nearest / np.outer(scale, scale))
    return root


def drawn(known: Knowledge, *, seed: int, people: int) -> tuple[Constants, Array]:
    """Constants of so many people and, last, the middle of the rows; and their deviates (constants, people + 1).

    A longer sample begins with the shorter.
    """
    found = spread(known)
    count = len(UNSURE)
    plain = draw.normal(seed, "effect constants", people * count).reshape(people, count).T
    deviates = np.zeros((count, people + 1))
    # Not by BLAS: its sums depend on the machine, and answers should not.
    deviates[:, :people] = np.einsum("ij,jp->ip", found.root, plain)
    scaled = found.middle[:, None] + found.sd[:, None] * deviates
    return constants_at(scaled), deviates


def constants_at(scaled: Array) -> Constants:
    """Constants from numbers on their scales, (constants, people)."""
    return Constants(**{each.name: each.back(scaled[index]) for index, each in enumerate(UNSURE)})
