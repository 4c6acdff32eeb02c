"""Draws of deviates given measured levels: importance sampling around the top, and resampling.

A handful of levels tells of a handful of directions among all deviates. Only along these the draws are proposed by a
Student distribution around the top; in all others they come from the prior, where the posterior hardly differs. Some
draws come from the prior altogether, so that no part of it can be missed without showing in the weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FREEDOM = 6.0  # of the Student distribution: heavier tails than any posterior here
WIDER = 1.1
LEAST_TOLD = 0.03  # along a direction of which less is told the posterior is a thousandth narrower than the prior
PROPOSED = 3  # as many proposals as draws that are asked for, in each round
ROUNDS = 4
ENOUGH = 0.8  # effective draws, as a share of those that are asked for, that end the rounds


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Draws from the posterior, in random order, each as good as any other; and what the prior drew."""

    picked: NDArray[np.intp]  # columns of `deviates`, one for each draw
    deviates: Array  # (deviates, proposals), in the order in which `likelihood` was asked
    weights: Array  # (proposals,), that make the posterior of them; they sum to 1
    of_prior: Array  # (proposals,), that make the prior of the same
    effective: float  # independent draws that tell as much
    prior: slice  # the proposals that came from the prior


@dataclass(frozen=True, slots=True, eq=False)
class _Cloud:
    """A Student distribution along the directions that levels tell of."""

    centre: Array  # (directions,)
    root: Array  # lower triangle of its spread

    @classmethod
    def of(cls, centre: Array, spread: Array) -> _Cloud:
        root: Array = np.asarray(np.linalg.cholesky(spread), dtype=np.float64)
        return cls(centre, root)

    def draw(self, stream: np.random.Generator, count: int) -> Array:
        normal = stream.standard_normal((self.centre.size, count))
        found: Array = self.centre[:, None] + self.root @ normal / np.sqrt(stream.chisquare(FREEDOM, count) / FREEDOM)
        return found

    def log_density(self, at: Array) -> Array:
        size = self.centre.size
        away = np.linalg.solve(self.root, at - self.centre[:, None])
        constant = (
            math.lgamma((FREEDOM + size) / 2)
            - math.lgamma(FREEDOM / 2)
            - size / 2 * math.log(FREEDOM * math.pi)
            - float(np.log(np.diag(self.root)).sum())
        )
        found: Array = constant - (FREEDOM + size) / 2 * np.log1p((away * away).sum(axis=0) / FREEDOM)
        return found


def posterior(
    likelihood: Callable[[Array], Array],
    *,
    top: Array,
    told: Array,
    draws: int,
    stream: np.random.Generator,
) -> Drawn:
    """Draw from the posterior.

    Parameters
    ----------
    likelihood
        (deviates, columns) -> (columns,) log-likelihood
    top
        (deviates,): the likeliest
    told
        (levels, deviates): the slopes of the levels by the deviates at the top, in standard deviations of their errors
    """
    sizes, along = _directions(told)
    cloud = _Cloud.of(along.T @ top, np.diag(WIDER**2 / (1.0 + sizes**2)))
    count = PROPOSED * draws
    free = stream.standard_normal((top.size, draws))
    places, deviates, heights, clouds = along.T @ free, free, _heights(likelihood, free), [cloud]
    for _ in range(ROUNDS):
        fresh = clouds[-1].draw(stream, count)
        other = stream.standard_normal((top.size, count))
        other += along @ (fresh - along.T @ other)
        places, deviates = np.concatenate([places, fresh], axis=1), np.concatenate([deviates, other], axis=1)
        heights = np.concatenate([heights, _heights(likelihood, other)])
        weights, of_prior = _weights(places, heights, clouds, draws, count)
        effective = 1.0 / float((weights * weights).sum())
        if effective >= ENOUGH * draws:
            break
        clouds.append(_fitted(places, weights, clouds[-1]))
    return Drawn(_resampled(weights, draws, stream), deviates, weights, of_prior, effective, slice(0, draws))


def _heights(likelihood: Callable[[Array], Array], deviates: Array) -> Array:
    """Log-likelihoods. A proposal so far out that the model cannot be computed there explains nothing."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = likelihood(deviates)
    found[np.isnan(found)] = -np.inf
    return found


def _directions(told: Array) -> tuple[Array, Array]:
    """How much is told along each direction of which something is told, and these, (deviates, directions)."""
    _, sizes, rows = np.linalg.svd(told, full_matrices=False)
    kept = sizes > LEAST_TOLD
    return sizes[kept], rows[kept].T


def _weights(places: Array, heights: Array, clouds: list[_Cloud], free: int, count: int) -> tuple[Array, Array]:
    """Weights of the proposals against the mixture of all that was proposed: for the posterior, and for the prior."""
    log_prior = -0.5 * (places * places).sum(axis=0) - places.shape[0] / 2 * math.log(2 * math.pi)
    parts = [math.log(free) + log_prior, *(math.log(count) + cloud.log_density(places) for cloud in clouds)]
    of_prior = log_prior - np.logaddexp.reduce(parts, axis=0)
    return _summing_to_one(heights + of_prior), _summing_to_one(of_prior)


def _summing_to_one(logs: Array) -> Array:
    weights = np.exp(logs - logs.max())
    found: Array = weights / weights.sum()
    return found


def _fitted(places: Array, weights: Array, before: _Cloud) -> _Cloud:
    """The cloud that has mean and spread of the weighted proposals; never narrower than a tenth of the last one."""
    centre = places @ weights
    away = places - centre[:, None]
    spread = np.einsum("ic,c,jc->ij", away, weights, away)
    return _Cloud.of(centre, WIDER**2 * spread + 0.01 * before.root @ before.root.T)


def _resampled(weights: Array, draws: int, stream: np.random.Generator) -> NDArray[np.intp]:
    """Systematic resampling, then shuffled: the first few draws are as fair as all."""
    steps = (np.arange(draws) + stream.random()) / draws
    picked = np.minimum(np.searchsorted(np.cumsum(weights), steps), weights.size - 1)
    return stream.permutation(picked)
