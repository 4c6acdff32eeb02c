"""What an answer hangs on: the share of its variance that each input carries, read from the draws themselves.

On the link scale (log, logit) the answers are close to linear in the deviates of the draws, so the variance explained
by a regression is split over the inputs by relative weights (Johnson 2000), which for independent inputs are the
first-order indices of Sobol, and for correlated ones come close to Shapley's even split of what they share. Chance
gives every input a little: what an input without effect would get is taken off.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unclench.simulation.effect_course import Driver
from unclench.simulation.effects_draws import KNOWLEDGE, Cause

Array = NDArray[np.float64]

LEAST_SHARE = 0.03  # smaller ones are not told
RIDGE = 1e-6
ITERATIONS, CLOSE = 60, 1e-9


def shares(inputs: Array, answers: Array) -> Array:
    """(inputs, answers): part of the variance of each answer that each input carries.

    `inputs` (inputs, people), `answers` (answers, people). An answer that does not vary has no shares.
    """
    count, size = inputs.shape
    x, y = _standardised(inputs), _standardised(answers)
    # Not by BLAS: matrices this small wait longer for its threads than for their sums.
    half, apart = _roots(np.einsum("ip,jp->ij", x, x) / size + RIDGE * np.eye(count))
    loose = np.einsum("ij,ja->ia", apart, np.einsum("ip,ap->ia", x, y) / size)
    weights = np.einsum("ij,ja->ia", half * half, loose * loose)
    by_chance = np.maximum(1.0 - weights.sum(axis=0), 0.0) / max(size - count - 1, 1)
    found: Array = np.maximum(weights - by_chance, 0.0)
    return found


def _roots(matrix: Array) -> tuple[Array, Array]:
    """The symmetric square root of a correlation matrix, and its inverse, by the coupled Newton iteration."""
    size = float(np.abs(matrix).sum(axis=0).max())
    one = np.eye(matrix.shape[0])
    root, inverse = matrix / size, one.copy()
    for _ in range(ITERATIONS):
        turn = 1.5 * one - 0.5 * (inverse @ root)
        root, inverse = root @ turn, turn @ inverse
        if np.abs(turn - one).max() < CLOSE:
            break
    return root * np.sqrt(size), inverse / np.sqrt(size)


def _standardised(rows: Array) -> Array:
    centred = rows - rows.mean(axis=1, keepdims=True)
    sd = np.sqrt((centred * centred).mean(axis=1, keepdims=True))
    return np.where(sd > 0, centred / np.where(sd > 0, sd, 1.0), 0.0)


def unsure_shares(causes: Sequence[Cause], found: Array) -> Array:
    """Of each answer, the part of the explained variance that better studies could remove, 0 to 1."""
    known = np.array([cause.kind == KNOWLEDGE for cause in causes])
    whole = found.sum(axis=0)
    part: Array = np.where(whole > 0, found[known].sum(axis=0) / np.where(whole > 0, whole, 1.0), 0.0)
    return part


def drivers(ids: Sequence[str], causes: Sequence[Cause], found: Array) -> tuple[Driver, ...]:
    """For each answer, what it hangs on, most first. Inputs of one cause are added up."""
    groups: dict[tuple[str, str], list[int]] = {}
    for index, cause in enumerate(causes):
        groups.setdefault((cause.name, cause.kind), []).append(index)
    summed = {group: found[members].sum(axis=0) for group, members in groups.items()}
    made = []
    for column, answer in enumerate(ids):
        ranked = sorted(summed.items(), key=lambda item: -item[1][column])
        made += [
            Driver(answer=answer, cause=name, share=float(min(share[column], 1.0)), kind=kind)
            for (name, kind), share in ranked
            if share[column] >= LEAST_SHARE
        ]
    return tuple(made)
