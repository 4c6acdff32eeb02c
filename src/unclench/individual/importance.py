"""Draws from a posterior by importance: a population of points, tempered from the prior on, proposed by mixtures of t.

Every point carries its weight, so that nothing has to converge; how many points the weights are worth is reported. For
a handful of unknowns and one choice among kinds. A point is a row: the unknowns, then its kind as a whole number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import lgamma, log, pi

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Kinds = NDArray[np.intp]
LogDensity = Callable[[Array], Array]  # (points, unknowns + 1) -> (points,)

POINTS = 700  # of each stage
POINTS_LAST = 2000  # of stages that bear the whole likelihood
STEP_KEEPS = 30.0  # effective points that must be left when more of the likelihood is let in
ENOUGH = 500.0  # effective points that end it
MOST_STAGES = 24
HALVINGS = 20
COMPONENTS = 4
FREEDOM = 6.0  # of the t proposals: heavier tails than any posterior met here
ROUNDS_EM = 4
WIDER = 1.1
LEAST = 1e-300
NEGLIGIBLE = 1e-4  # points lighter than this, of the heaviest, do not shape a mixture
ANY_KIND = 0.2  # share of a component that is spread evenly over all kinds


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Multivariate t's: shares (components,), middles (components, unknowns), lower roots (components, u, u).

    Within a component the kind is independent of the unknowns: (components, kinds).
    """

    share: Array
    middle: Array
    root: Array
    kinds: Array


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    points: Array  # (points, unknowns + 1)
    weight: Array  # (points,), sums to 1
    effective: float


def posterior(
    *,
    prior_draws: Callable[[int], Array],
    log_prior: LogDensity,
    log_likelihood: LogDensity,
    kinds: int,
    rng: np.random.Generator,
) -> Weighted:
    """Weighted points of prior times likelihood."""
    pool = _Pool.begun(prior_draws(POINTS), log_prior, log_likelihood)
    while len(pool.mixtures) < MOST_STAGES:
        heat = pool.heat()
        enough = heat >= 1.0
        pool.add(_fitted(pool.points, pool.weights(heat), kinds), POINTS_LAST if enough else POINTS, rng)
        if enough and _effective(pool.weights(1.0)) >= ENOUGH:
            break
    weight = pool.weights(1.0)
    return Weighted(pool.points, weight, _effective(weight))


@dataclass(slots=True, eq=False)
class _Pool:
    """All points so far, each weighed against the mixture of everything that points were ever proposed from.

    So no stage can lose a mode that an earlier one had found. The prior is what the first points came from.
    """

    log_prior: LogDensity
    log_likelihood: LogDensity
    points: Array
    prior: Array  # log density of each point
    told: Array
    mixed: Array  # log of the sum over all that proposed, of count times density
    mixtures: list[tuple[int, Mixture]]

    @classmethod
    def begun(cls, points: Array, log_prior: LogDensity, log_likelihood: LogDensity) -> _Pool:
        prior = log_prior(points)
        return cls(log_prior, log_likelihood, points, prior, log_likelihood(points), log(points.shape[0]) + prior, [])

    def weights(self, heat: float) -> Array:
        log_weight = self.prior + heat * self.told - self.mixed
        weight = np.exp(log_weight - log_weight.max())
        found: Array = weight / weight.sum()
        return found

    def heat(self) -> float:
        """How much of the likelihood these points can bear."""
        if _effective(self.weights(1.0)) >= STEP_KEEPS:
            return 1.0
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if _effective(self.weights(middle)) >= STEP_KEEPS else (low, middle)
        return low

    def add(self, mixture: Mixture, count: int, rng: np.random.Generator) -> None:
        fresh = _drawn(mixture, count, rng)
        prior = self.log_prior(fresh)
        mixed = log(POINTS) + prior
        for earlier, other in self.mixtures:
            mixed = np.logaddexp(mixed, log(earlier) + _log_density(other, fresh))
        self.mixtures.append((count, mixture))
        self.points = np.concatenate([self.points, fresh])
        self.prior = np.concatenate([self.prior, prior])
        self.told = np.concatenate([self.told, self.log_likelihood(fresh)])
        own = log(count) + _log_density(mixture, self.points)
        self.mixed = np.logaddexp(np.concatenate([self.mixed, mixed]), own)


def resampled(weighted: Weighted, count: int, rng: np.random.Generator) -> Kinds:
    """(count,): indices of points, each as often as its weight asks for (systematic), in random order."""
    return rng.permutation(_chosen(weighted.weight, count, rng))


def _effective(weight: Array) -> float:
    return float(1.0 / np.sum(weight * weight))


def _fitted(points: Array, weight: Array, kinds: int) -> Mixture:
    """A mixture of t's by weighted expectation and maximisation, from points far apart on the first unknown."""
    heavy = weight > NEGLIGIBLE * weight.max()
    points, weight = points[heavy], weight[heavy] / weight[heavy].sum()
    unknowns = points.shape[1] - 1
    order = np.argsort(points[:, 0], kind="stable")
    at = np.searchsorted(np.cumsum(weight[order]), (np.arange(COMPONENTS) + 0.5) / COMPONENTS)
    across, kind = _split(points)
    apart = across - np.einsum("p,up->u", weight, across)[:, None]
    spread = np.einsum("up,vp->uv", weight * apart, apart) + 1e-6 * np.eye(unknowns)
    made = Mixture(
        share=np.full(COMPONENTS, 1.0 / COMPONENTS),
        middle=across[:, order[np.minimum(at, order.size - 1)]].T.copy(),
        root=np.repeat(np.linalg.cholesky(spread)[None], COMPONENTS, axis=0),
        kinds=np.full((COMPONENTS, kinds), 1.0 / kinds),
    )
    for _ in range(ROUNDS_EM):
        made = _refitted(made, across, kind, weight, spread)
    return Mixture(made.share, made.middle, WIDER * made.root, made.kinds)


def _refitted(made: Mixture, across: Array, kind: Kinds, weight: Array, spread: Array) -> Mixture:
    """One round of expectation and maximisation."""
    logs, far = _logs(made, across, kind)
    belongs = np.exp(logs - _summed(logs)) * weight
    share = belongs.sum(axis=1) + 1e-3
    near = belongs * (FREEDOM + across.shape[0]) / (FREEDOM + far)
    # Not by BLAS: its sums depend on the machine, and answers should not.
    middle = np.einsum("kp,up->ku", near, across) / (near.sum(axis=1) + LEAST)[:, None]
    around, kinds = np.empty_like(made.root), np.empty_like(made.kinds)
    for index in range(share.size):
        away = across - middle[index][:, None]
        around[index] = np.einsum("up,vp->uv", near[index] * away, away)
        kinds[index] = np.bincount(kind, belongs[index], kinds.shape[1]) / (belongs[index].sum() + LEAST)
    kinds = (1.0 - ANY_KIND) * kinds + ANY_KIND / kinds.shape[1]
    # A component with few points leans on the spread of all.
    root = np.linalg.cholesky((around + 0.02 * spread) / (share + 0.02)[:, None, None])
    return Mixture(share / share.sum(), middle, root, kinds / kinds.sum(axis=1, keepdims=True))


def _split(points: Array) -> tuple[Array, Kinds]:
    """(unknowns, points) and the kinds."""
    return np.ascontiguousarray(points[:, :-1].T), points[:, -1].astype(np.intp)


def _logs(mixture: Mixture, across: Array, kind: Kinds) -> tuple[Array, Array]:
    """(components, points): log of share times density, and squared distances. `across` (unknowns, points)."""
    unknowns = across.shape[0]
    inverse = np.linalg.inv(mixture.root)
    far = np.empty((mixture.share.size, across.shape[1]))
    for index in range(mixture.share.size):
        away = np.einsum("uv,vp->up", inverse[index], across - mixture.middle[index][:, None])
        np.einsum("up,up->p", away, away, out=far[index])
    sizes = np.log(np.diagonal(mixture.root, axis1=1, axis2=2)).sum(axis=1)
    logs = np.log(mixture.kinds)[:, kind] + (np.log(mixture.share) - sizes)[:, None]
    logs -= 0.5 * (FREEDOM + unknowns) * np.log1p(far / FREEDOM)
    return logs + _constant(unknowns), far


def _constant(unknowns: int) -> float:
    return lgamma(0.5 * (FREEDOM + unknowns)) - lgamma(0.5 * FREEDOM) - 0.5 * unknowns * log(FREEDOM * pi)


def _log_density(mixture: Mixture, points: Array) -> Array:
    return _summed(_logs(mixture, *_split(points))[0])


def _summed(logs: Array) -> Array:
    """Log of the sum over components of what these are logs of."""
    top = logs.max(axis=0)
    found: Array = top + np.log(np.exp(logs - top).sum(axis=0))
    return found


def _drawn(mixture: Mixture, count: int, rng: np.random.Generator) -> Array:
    which = _chosen(mixture.share, count, rng)
    normal = rng.standard_normal((count, mixture.middle.shape[1]))
    stretch = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, count))
    unknowns = mixture.middle[which] + stretch[:, None] * np.einsum("puv,pv->pu", mixture.root[which], normal)
    kind = np.empty(count)
    for index, kinds in enumerate(mixture.kinds):
        mine = which == index
        kind[mine] = rng.permutation(_chosen(kinds, int(mine.sum()), rng))
    return np.column_stack([unknowns, kind])


def _chosen(share: Array, count: int, rng: np.random.Generator) -> Kinds:
    """(count,): each as often as its share asks for, in order."""
    at = (np.arange(count) + rng.random()) / max(count, 1)
    return np.minimum(np.searchsorted(np.cumsum(share), at, side="right"), share.size - 1)
