"""How a daily rating hangs on the withdrawal drive: the model of one person, for many points at once.

    mean_d = b + (10 - b) * W_d / (W_d + k * T)         W_d: drive at noon of the day (engine.falling.tracked)
    y_d    = mean_d + carry^gap * (y_before - mean_before) + s * t4, then rounded to whole points, ended at 0 and 10

T, the threshold, is the drive at which this person notices something: rows PD-W50-ANY and PD-W-SPREAD, widened by what
is not known of its middle and of where on the scale it rates. k makes "noticed" a fifth of the scale (RATING-NOTICED);
the drive at which half of people have clear withdrawal (PD-W50-CLEAR) then rates about the middle of the scale. How far
a person uses the scale cannot be told from how much is felt, so the top is fixed at 10 and T carries both.

Why t with 4 degrees of freedom: one bad day is an outlier and not a trend, and the distribution is a closed form.
Why the carry: bad days come in runs, and a run is less evidence than as many days apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from unclench.engine import falling
from unclench.models.effects import expit, logit
from unclench.simulation.parameters import Numbers
from unclench.simulation.sample import Z90

Array = NDArray[np.float64]

TOP = 10.0
HALF_POINT = 0.5  # a rating in whole points stands for everything that rounds to it
LEAST = 1e-300
LEAST_DRIVE = 0.001  # of the reference: below it nothing is felt, and columns do not differ
TAU, THRESHOLD, BASELINE, NOISE, CARRY, COLUMN = range(6)
UNKNOWNS = 5


@dataclass(frozen=True, slots=True)
class Middle:
    """A value and its spread on the scale of the unknown (log or logit)."""

    at: float
    sd: float


@dataclass(frozen=True, slots=True)
class Prior:
    """What is known of a person before any rating.

    A point is a row of unknowns: the log of tau_off; the log of the threshold over the drive that the column would
    have, because ratings tell that ratio and neither of the two; the rest as standard normal deviates; last the column.
    """

    tau: Middle
    tau_slow: Middle
    slow_share: float
    threshold: Middle
    baseline: Middle
    noise: Middle
    carry: Middle
    noticed: float  # share of the scale that is left above the baseline
    reference: float  # the drive that is called 100 %


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Points in the units of the rows."""

    tau_off_d: Array
    threshold: Array
    baseline: Array
    noise: Array
    carry: Array
    column: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """People who may be this one, as far as kinetics and adaptation go, each as likely."""

    share: Array  # (days, columns): of the receptors that are held
    tau_on_d: Array  # (columns,)
    start: Array  # (columns,): adaptation at midnight of day 0
    log_drive: Array  # (columns,): of the mean drive over the days at the tau_off of the middle


def prior_of(numbers: Numbers) -> Prior:
    """The rows. Nothing measured stands behind those of the scale itself: they are the project's."""
    low, high = numbers.range("PD-TAU-SLOW")
    noticed = numbers.value("RATING-NOTICED", "1")
    on_scale = np.ptp(logit(np.array(numbers.range("RATING-NOTICED")))) / (2.0 * Z90)
    unsure = (numbers.value("PD-W-SPREAD", "log-SD"), _log_width(numbers, "PD-W50-ANY"), on_scale)
    return Prior(
        tau=Middle(log(numbers.value("PD-TAU-OFF", "d")), numbers.log_sd("PD-TAU-OFF")),
        tau_slow=Middle(log(numbers.value("PD-TAU-SLOW", "d")), log(high / low) / (2.0 * Z90)),
        slow_share=numbers.value("PD-SLOW-SHARE", "1"),
        threshold=Middle(log(numbers.value("PD-W50-ANY", "1")), float(np.hypot.reduce(unsure))),
        baseline=_logit_of(numbers, "RATING-BASELINE"),
        noise=Middle(log(numbers.value("RATING-NOISE", "{points}")), _log_width(numbers, "RATING-NOISE")),
        carry=_logit_of(numbers, "RATING-CARRY"),
        noticed=noticed,
        reference=numbers.value("PD-W-REFERENCE", "1"),
    )


def _log_width(numbers: Numbers, row: str) -> float:
    low, high = numbers.range(row)
    return log(high / low) / (2.0 * Z90)


def _logit_of(numbers: Numbers, row: str) -> Middle:
    low, high = numbers.range(row)
    return Middle(float(logit(numbers.value(row, "1"))), float(logit(high) - logit(low)) / (2.0 * Z90))


def prior_points(prior: Prior, columns: Columns, rng: np.random.Generator, count: int) -> Array:
    """(points, unknowns + 1)."""
    points = rng.standard_normal((count, UNKNOWNS + 1))
    points[:, COLUMN] = rng.integers(columns.start.size, size=count)
    slow = rng.random(count) < prior.slow_share
    fast_tau, slow_tau = (one.at + one.sd * points[:, TAU] for one in (prior.tau, prior.tau_slow))
    points[:, TAU] = np.where(slow, slow_tau, fast_tau)
    drive = columns.log_drive[column_of(points)]
    points[:, THRESHOLD] = prior.threshold.at + prior.threshold.sd * points[:, THRESHOLD] - drive
    return points


def log_prior(prior: Prior, columns: Columns, points: Array) -> Array:
    """(points,)."""
    rest = points[:, 1:COLUMN].copy()
    rest[:, THRESHOLD - 1] += columns.log_drive[column_of(points)] - prior.threshold.at
    rest[:, THRESHOLD - 1] /= prior.threshold.sd
    plain = 0.5 * (np.einsum("pu,pu->p", rest, rest) + (UNKNOWNS - 1) * log(2.0 * np.pi))
    found: Array = np.logaddexp(*_tau_logs(prior, points)) - plain - log(prior.threshold.sd * columns.start.size)
    return found


def slow_probability(prior: Prior, points: Array) -> Array:
    """(points,): that a person with this tau_off is one of the slow."""
    fast, slow = _tau_logs(prior, points)
    found: Array = 1.0 / (1.0 + np.exp(fast - slow))
    return found


def _tau_logs(prior: Prior, points: Array) -> tuple[Array, Array]:
    tau = points[:, TAU]
    fast, slow = (
        log(share) - 0.5 * ((tau - one.at) / one.sd) ** 2 - log(one.sd) - 0.5 * log(2.0 * np.pi)
        for share, one in ((1.0 - prior.slow_share, prior.tau), (prior.slow_share, prior.tau_slow))
    )
    return fast, slow


def person_of(prior: Prior, columns: Columns, points: Array) -> Person:
    """Points as people."""
    column = column_of(points)
    return Person(
        tau_off_d=np.exp(points[:, TAU]),
        threshold=np.exp(points[:, THRESHOLD] + columns.log_drive[column]),
        baseline=TOP * expit(prior.baseline.at + prior.baseline.sd * points[:, BASELINE]),
        noise=np.exp(prior.noise.at + prior.noise.sd * points[:, NOISE]),
        carry=expit(prior.carry.at + prior.carry.sd * points[:, CARRY]),
        column=column,
    )


def column_of(points: Array) -> NDArray[np.intp]:
    """(points,): the column of each."""
    return points[:, COLUMN].astype(np.intp)


def columns_of(share: Array, *, tau_on_d: Array, start: Array, prior: Prior) -> Columns:
    """The columns, and what drive each would have at the tau_off of the middle."""
    fall = np.full(start.shape, np.exp(-prior.tau.at))
    above = falling.tracked(share, rise_per_day=1.0 / tau_on_d, fall_per_day=fall, start=start)
    drive = np.maximum(above, 0.0).mean(axis=0)
    return Columns(share, tau_on_d, start, np.log(np.maximum(drive, LEAST_DRIVE * prior.reference)))


def expected(person: Person, columns: Columns, days: NDArray[np.intp], prior: Prior) -> Array:
    """(rated days, points): the mean rating on each day."""
    of = person.column
    above = falling.tracked(
        columns.share[: int(days[-1]) + 1, of],
        rise_per_day=1.0 / columns.tau_on_d[of],
        fall_per_day=1.0 / person.tau_off_d,
        start=columns.start[of],
    )[days]
    drive = np.maximum(above, 0.0, out=above)
    half = person.threshold * (1.0 - prior.noticed) / prior.noticed
    drive /= drive + half
    drive *= TOP - person.baseline
    drive += person.baseline
    return drive


def log_likelihood(person: Person, columns: Columns, days: NDArray[np.intp], ratings: Array, prior: Prior) -> Array:
    """(points,): of the ratings (rated days,) on those days, rising."""
    after = swings(person, expected(person, columns, days, prior), days, ratings)
    above = t4((after + HALF_POINT) / person.noise)
    above[ratings + HALF_POINT > TOP] = 1.0
    below = t4((after - HALF_POINT) / person.noise)
    below[ratings < HALF_POINT] = 0.0
    above -= below
    found: Array = np.log(np.maximum(above, LEAST)).sum(axis=0)
    return found


def swings(person: Person, mean: Array, days: NDArray[np.intp], ratings: Array) -> Array:
    """(rated days, points): how far each rating lies above its mean given the day before."""
    after = ratings[:, None] - mean
    if days.size > 1:
        kept = person.carry ** np.diff(days)[:, None]
        kept *= after[:-1]
        after[1:] -= kept
    return after


def t4(x: Array) -> Array:
    """Distribution function of Student's t with 4 degrees of freedom: a closed form."""
    u = x / np.sqrt(x * x + 4.0)
    found: Array = 0.5 + u * (0.75 - 0.25 * u * u)
    return found
