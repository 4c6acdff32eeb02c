"""What daily ratings teach about one person: how fast adaptation is lost, and from which drive on that is felt.

Not validated: no individual course of withdrawal is openly available to fit. What the ratings could not tell is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from unclench.engine import draw
from unclench.individual import importance
from unclench.individual import ratings_model as model
from unclench.individual.diary_file import Diary
from unclench.individual.learnt import Learnt
from unclench.individual.ratings_model import Columns, Middle, Prior
from unclench.models import receptor
from unclench.models.effects import expit
from unclench.simulation.parameters import Numbers
from unclench.values import EngineError

Array = NDArray[np.float64]
Three = tuple[float, float, float]

DRAWS = 1000
QUANTILES = (0.5, 0.05, 0.95)
PERCENT = 100.0
T4_SD = sqrt(2.0)
BY_CHANCE = 3.0  # standard errors of the mean of a week: one diary in a few hundred reaches it by chance
FACTS = (
    "RATE-FEWEST", "RATE-FELL", "RATE-RISE", "RATE-FAR", "RATE-WINDOW", "RATE-EFFECTIVE",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Withdrawal ratings by day since the load's first day, rising."""

    day: NDArray[np.intp]
    rating: Array

    def __post_init__(self) -> None:
        fits = self.day.shape == self.rating.shape and self.day.ndim == 1
        if not fits or np.any(np.diff(self.day) < 1) or np.any((self.rating < 0) | (self.rating > model.TOP)):
            raise EngineError(
                where="ratings",
                found=f"{self.day.size} days and {self.rating.size} ratings",
                need="one rating from 0 to 10 a day, days rising",
                fix="Read them with read_diary.",
            )


@dataclass(frozen=True, slots=True, eq=False)
class RatingsLearnt:
    """Draws of this person, each as likely, one number per draw; and what may be said of them.

    `column`: which column of the load the draw goes with, so that kinetics, adaptation and recovery stay together.
    `trusted`: whether the ratings say enough, and without contradiction, to be followed.
    """

    tau_off_d: Array
    threshold: Array  # drive that is noticed, on the scale of shares
    baseline: Array
    noise: Array
    carry: Array
    column: NDArray[np.intp]
    slow: float  # share of the draws that belong to the slow
    rated: int
    effective: float
    trusted: bool
    doubts: tuple[str, ...]  # statements that say why not
    parameters: tuple[Learnt, ...]
    says: tuple[str, ...]
    facts: tuple[str, ...]


def rated_days(diary: Diary) -> Rated:
    """The withdrawal ratings of a diary; day 0 is its first row. Spasm is another matter and stays out."""
    found = diary.withdrawal()
    return Rated(
        np.array([(on - diary.first_on).days for on, _ in found], dtype=np.intp),
        np.array([rating for _, rating in found], dtype=np.float64),
    )


def learn_ratings(
    load: Array,
    *,
    adaptation: Array,
    tau_on_d: Array,
    ratings: Rated,
    numbers: Numbers,
    seed: int,
    patient: str = "",
    draws: int = DRAWS,
) -> RatingsLearnt:
    """The posterior after these ratings.

    `load` (days,) or (days, columns): daily means from the first day of the diary on, of people as likely as each
    other (`Falling.load`; the width of the ED50 is in it). `adaptation` and `tau_on_d` (columns,) are theirs at that
    midnight.
    """
    prior = model.prior_of(numbers)
    wide = load[:, None] if load.ndim == 1 else load
    if ratings.day.size and int(ratings.day[-1]) >= wide.shape[0]:
        raise EngineError(
            where="ratings",
            found=f"a rating on day {int(ratings.day[-1])} and loads of {wide.shape[0]} days",
            need="a load for every rated day",
            fix="Follow the load to the last rating.",
        )
    columns = model.columns_of(
        receptor.occupancy(wide), tau_on_d=np.atleast_1d(tau_on_d), start=np.atleast_1d(adaptation), prior=prior
    )
    rng = draw.stream(seed, "what ratings teach", patient)
    found = _weighted(columns, ratings, prior, rng)
    points = found.points[importance.resampled(found, draws, rng)]
    person = model.person_of(prior, columns, points)
    parameters = _parameters(prior, points, person, numbers)
    doubts = _doubts(np.median(wide, axis=1), person, columns, ratings, prior, numbers)
    if found.effective < numbers.known.limit("RATE-EFFECTIVE", "1"):
        doubts = (*doubts, "RATE-COARSE")
    return RatingsLearnt(
        tau_off_d=person.tau_off_d,
        threshold=person.threshold,
        baseline=person.baseline,
        noise=person.noise,
        carry=person.carry,
        column=person.column,
        slow=float(model.slow_probability(prior, points).mean()),
        rated=ratings.day.size,
        effective=found.effective,
        trusted=not doubts,
        doubts=doubts,
        parameters=parameters,
        says=tuple(numbers.known.say(one) for one in (*doubts, "RATE-MODEL")),
        facts=tuple(dict.fromkeys((*numbers.used, *FACTS, *doubts, "RATE-MODEL"))),
    )


def _weighted(columns: Columns, ratings: Rated, prior: Prior, rng: np.random.Generator) -> importance.Weighted:
    def likelihood(points: Array) -> Array:
        if not ratings.day.size:
            return np.zeros(points.shape[0])
        person = model.person_of(prior, columns, points)
        return model.log_likelihood(person, columns, ratings.day, ratings.rating, prior)

    return importance.posterior(
        prior_draws=lambda count: model.prior_points(prior, columns, rng, count),
        log_prior=lambda points: model.log_prior(prior, columns, points),
        log_likelihood=likelihood,
        kinds=columns.start.size,
        rng=rng,
    )


def _parameters(prior: Prior, points: Array, person: model.Person, numbers: Numbers) -> tuple[Learnt, ...]:
    """Each on the scale where its prior is plain: tau, threshold and noise as logs, the baseline as a logit."""
    percent = PERCENT / prior.reference
    rows = (
        ("tau-off", "d", person.tau_off_d, _tau_prior(prior), _moved(points[:, model.TAU], _tau_variance(prior))),
        (
            *("threshold", "% of the reference", person.threshold * percent),
            _scaled(_log_prior(prior.threshold), percent),
            _moved(np.log(person.threshold), prior.threshold.sd**2),
        ),
        ("baseline", "points", person.baseline, _logit_prior(prior.baseline), _moved(points[:, model.BASELINE], 1.0)),
        ("noise", "points", person.noise, _log_prior(prior.noise), _moved(points[:, model.NOISE], 1.0)),
    )
    return tuple(_learnt(*row, numbers) for row in rows)


def _learnt(name: str, unit: str, draws: Array, before: Three, moved: float, numbers: Numbers) -> Learnt:
    middle, low, high = (float(value) for value in np.quantile(draws, QUANTILES))
    blanks = ("middle", "low", "high", "before", "before_low", "before_high")
    words = dict(zip(blanks, map(_two_digits, (middle, low, high, *before)), strict=True))
    say = numbers.known.say(f"RATE-LEARNT-{name.upper()}", moved=f"{PERCENT * max(moved, 0.0):.0f}", **words)
    named = numbers.known.say(f"RATE-NAME-{name.upper()}")
    return Learnt(named, unit, before, (middle, low, high), moved, say)


def _two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):g}"


def _moved(points: Array, before: float) -> float:
    return float(1.0 - points.var() / before)


def _log_prior(one: Middle) -> Three:
    middle, low, high = (exp(one.at + one.sd * NormalDist().inv_cdf(q)) for q in QUANTILES)
    return middle, low, high


def _logit_prior(one: Middle) -> Three:
    middle, low, high = (float(model.TOP * expit(one.at + one.sd * NormalDist().inv_cdf(q))) for q in QUANTILES)
    return middle, low, high


def _scaled(three: Three, by: float) -> Three:
    return three[0] * by, three[1] * by, three[2] * by


def _tau_variance(prior: Prior) -> float:
    slow = prior.slow_share
    apart = prior.tau_slow.at - prior.tau.at
    return (1.0 - slow) * prior.tau.sd**2 + slow * prior.tau_slow.sd**2 + slow * (1.0 - slow) * apart**2


def _tau_prior(prior: Prior) -> Three:
    """Quantiles of the mixture of most people and the slow."""
    parts = ((1.0 - prior.slow_share, prior.tau), (prior.slow_share, prior.tau_slow))

    def below(at: float) -> float:
        return sum(share * NormalDist(one.at, one.sd).cdf(at) for share, one in parts)

    def quantile(share: float) -> float:
        low, high = prior.tau.at - 10.0 * prior.tau.sd, prior.tau_slow.at + 10.0 * prior.tau_slow.sd
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if below(middle) < share else (low, middle)
        return exp(low)

    middle, low, high = (quantile(share) for share in QUANTILES)
    return middle, low, high


def _doubts(
    load: Array, person: model.Person, columns: Columns, ratings: Rated, prior: Prior, numbers: Numbers
) -> tuple[str, ...]:
    """Statements that say why these ratings teach little, or contradict the model. None: they may be followed."""
    known, found = numbers.known, []
    if ratings.day.size < known.limit("RATE-FEWEST", "d"):
        found.append("RATE-SPARSE")
    if not ratings.day.size:
        return tuple(found)
    window = int(known.limit("RATE-WINDOW", "d"))
    rise = known.limit("RATE-RISE", "{points}")
    until = load[: int(ratings.day[-1]) + 1]
    fell = float(np.max(1.0 - until / np.maximum(np.maximum.accumulate(until), model.LEAST)))
    rose = ratings.rating.size >= 2 * window and (
        float(ratings.rating[-window:].mean() - ratings.rating[:window].mean()) >= rise
    )
    if fell < known.limit("RATE-FELL", "1"):
        found.append("RATE-RISE-UNCUT" if rose else "RATE-NO-CUT")
    if ratings.day.size >= window and float(np.median(person.noise)) > numbers.range("RATING-NOISE")[1]:
        found.append("RATE-NOISY")
    if _unexplained(person, model.expected(person, columns, ratings.day, prior), ratings, numbers):
        found.append("RATE-CONTRADICT")
    return tuple(found)


def _unexplained(person: model.Person, mean: Array, ratings: Rated, numbers: Numbers) -> bool:
    """Whether a week of ratings lies too far from the model, or nearer but farther than swings of single days reach."""
    window = int(numbers.known.limit("RATE-WINDOW", "d"))
    off = _by_week(np.median(ratings.rating[:, None] - mean, axis=1), window)
    swings = np.median(model.swings(person, mean, ratings.day, ratings.rating) / person.noise, axis=1)
    chance = np.abs(_by_week(swings, window)) * sqrt(window) / T4_SD < BY_CHANCE
    rise, far = (numbers.known.limit(row, "{points}") for row in ("RATE-RISE", "RATE-FAR"))
    return bool(np.any((np.abs(off) >= far) | ((np.abs(off) >= rise) & ~chance)))


def _by_week(values: Array, window: int) -> Array:
    """Means of whole weeks, counted from the first rated day and once more from the last."""
    whole = values.size // window * window
    ends = np.concatenate([values[:whole], values[values.size - whole :]])
    found: Array = ends.reshape(-1, window).mean(axis=1)
    return found
