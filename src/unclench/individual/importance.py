"""Draws from a posterior by importance: a population of points, tempered from the prior on, proposed by mixtures of t.

Every point carries its weight, so that nothing has to converge; how many points the weights are worth is reported. For
a handful of unknowns that are standardised (the prior about 0 to a few on every axis).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import lgamma, log, pi

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LogDensity = Callable[[Array], Array]  # (points, unknowns) -> (points,)

POINTS = 1000
POINTS_LAST = 2500
COMPONENTS = 4
FREEDOM = 6.0  # of the t proposals: heavier tails than any posterior met here
DEFENSIVE = 0.1  # share proposed from the prior, so that no weight can grow without bound
STEP_KEEPS = 0.25  # of the points, at each tempering: how fast the likelihood is let in
ROUNDS_EM = 4
MOST_STAGES = 30
MOST_LAST = 3
LAST_KEEPS = 0.15  # of the points of the last stage; else it is proposed once more
WIDER = 1.1
LEAST = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Multivariate t's: shares (components,), middles (components, unknowns), lower roots (components, u, u)."""

    share: Array
    middle: Array
    root: Array


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    points: Array  # (points, unknowns)
    weight: Array  # (points,), sums to 1
    effective: float


def posterior(
    *, prior_draws: Callable[[int], Array], log_prior: LogDensity, log_likelihood: LogDensity, rng: np.random.Generator
) -> Weighted:
    """Weighted points of prior times likelihood."""
    points = prior_draws(POINTS)
    told, base = log_likelihood(points), np.zeros(POINTS)
    heat = 0.0
    for _ in range(MOST_STAGES):
        heat = _next_heat(base, told, heat)
        mixture = _fitted(points, _weights(base + heat * told))
        points, proposed = _proposed(mixture, POINTS, prior_draws, log_prior, rng)
        base, told = log_prior(points) - proposed, log_likelihood(points)
        if heat >= 1.0:
            break
    weight = _weights(base + told)
    for _ in range(MOST_LAST):
        points, proposed = _proposed(_fitted(points, weight), POINTS_LAST, prior_draws, log_prior, rng)
        weight = _weights(log_prior(points) - proposed + log_likelihood(points))
        if _effective(weight) >= LAST_KEEPS * POINTS_LAST:
            break
    return Weighted(points, weight, _effective(weight))


def resampled(weighted: Weighted, count: int, rng: np.random.Generator) -> Array:
    """(count,): indices of points, each as often as its weight asks for (systematic)."""
    at = (np.arange(count) + rng.random()) / count
    chosen = np.searchsorted(np.cumsum(weighted.weight), at, side="right")
    found: Array = rng.permutation(np.minimum(chosen, weighted.weight.size - 1))
    return found


def _weights(log_weight: Array) -> Array:
    weight = np.exp(log_weight - log_weight.max())
    found: Array = weight / weight.sum()
    return found


def _effective(weight: Array) -> float:
    return float(1.0 / np.sum(weight * weight))


def _next_heat(base: Array, told: Array, heat: float) -> float:
    """The hottest temperature up to 1 that still leaves enough effective points; always some way on."""
    wanted = STEP_KEEPS * base.size
    if _effective(_weights(base + told)) >= wanted:
        return 1.0
    low, high = heat, 1.0
    for _ in range(20):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _effective(_weights(base + middle * told)) >= wanted else (low, middle)
    return max(low, min(2.0 * heat, 1.0), 1e-3) if low <= heat * 1.05 else low


def _fitted(points: Array, weight: Array) -> Mixture:
    """A mixture of t's by weighted expectation and maximisation, from points far apart on the first unknown."""
    unknowns = points.shape[1]
    order = np.argsort(points[:, 0], kind="stable")
    at = np.searchsorted(np.cumsum(weight[order]), (np.arange(COMPONENTS) + 0.5) / COMPONENTS)
    middle = points[order[np.minimum(at, order.size - 1)]].copy()
    across = np.ascontiguousarray(points.T)
    apart = across - np.einsum("p,up->u", weight, across)[:, None]
    spread = np.einsum("up,vp->uv", weight * apart, apart) + 1e-6 * np.eye(unknowns)
    roots = np.repeat(np.linalg.cholesky(spread)[None], COMPONENTS, axis=0)
    share = np.full(COMPONENTS, 1.0 / COMPONENTS)
    for _ in range(ROUNDS_EM):
        logs, far = _logs(Mixture(share, middle, roots), across)
        belongs = np.exp(logs - np.logaddexp.reduce(logs, axis=0)) * weight
        share = belongs.sum(axis=1) + 1e-3
        near = belongs * (FREEDOM + unknowns) / (FREEDOM + far)
        # Not by BLAS: its sums depend on the machine, and answers should not.
        middle = np.einsum("kp,up->ku", near, across) / (near.sum(axis=1) + LEAST)[:, None]
        around = np.empty_like(roots)
        for index in range(COMPONENTS):
            away = across - middle[index][:, None]
            around[index] = np.einsum("up,vp->uv", near[index] * away, away)
        # A component with few points leans on the spread of all.
        roots = np.linalg.cholesky((around + 0.02 * spread) / (share + 0.02)[:, None, None])
        share = share / share.sum()
    return Mixture(share, middle, WIDER * roots)


def _logs(mixture: Mixture, across: Array) -> tuple[Array, Array]:
    """(components, points): log of share times density, and squared distances. `across` (unknowns, points)."""
    unknowns = across.shape[0]
    inverse = np.linalg.inv(mixture.root)
    far = np.empty((mixture.share.size, across.shape[1]))
    for index in range(mixture.share.size):
        away = np.einsum("uv,vp->up", inverse[index], across - mixture.middle[index][:, None])
        np.einsum("up,up->p", away, away, out=far[index])
    sizes = np.log(np.diagonal(mixture.root, axis1=1, axis2=2)).sum(axis=1)
    logs = np.log(mixture.share)[:, None] - sizes[:, None]
    logs = logs - 0.5 * (FREEDOM + unknowns) * np.log1p(far / FREEDOM)
    return logs + _constant(unknowns), far


def _constant(unknowns: int) -> float:
    return lgamma(0.5 * (FREEDOM + unknowns)) - lgamma(0.5 * FREEDOM) - 0.5 * unknowns * log(FREEDOM * pi)


def _proposed(
    mixture: Mixture,
    count: int,
    prior_draws: Callable[[int], Array],
    log_prior: LogDensity,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """New points and the log density that they were proposed with."""
    plain = round(DEFENSIVE * count)
    rest = count - plain
    which = np.searchsorted(np.cumsum(mixture.share), (np.arange(rest) + rng.random()) / rest)
    which = np.minimum(which, mixture.share.size - 1)
    normal = rng.standard_normal((rest, mixture.middle.shape[1]))
    stretch = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, rest))
    moved = np.einsum("puv,pv->pu", mixture.root[which], normal)
    points = np.concatenate([mixture.middle[which] + stretch[:, None] * moved, prior_draws(plain)])
    logs = np.logaddexp.reduce(_logs(mixture, np.ascontiguousarray(points.T))[0], axis=0)
    return points, np.logaddexp(log(rest / count) + logs, log(plain / count) + log_prior(points))
