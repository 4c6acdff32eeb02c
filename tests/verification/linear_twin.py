"""The slow, obvious twin of the engine: the full rate matrix of each person, stepped with the matrix exponential."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from unclench.engine.linear import Chain

Array = NDArray[np.float64]


def rate_matrix(chain: Chain, person: int) -> Array:
    """d(amounts)/dt = matrix @ amounts, for depot, body compartments and daughters."""
    volumes, exchange = chain.volumes_l[:, person], chain.exchange_l_per_h[:, person]
    size = volumes.shape[0]
    first = size + 1
    matrix = np.zeros((first + chain.daughters, first + chain.daughters))
    absorbed = chain.depot_per_h[person]
    matrix[0, 0], matrix[1, 0] = -absorbed, absorbed
    lost = chain.loss_l_per_h[person] / volumes[0]
    matrix[1, 1] -= lost
    matrix[first:, 1] += chain.formed[:, person] * lost
    for other in range(1, size):
        out, back = exchange[other - 1] / volumes[0], exchange[other - 1] / volumes[other]
        matrix[1, 1] -= out
        matrix[1 + other, 1] += out
        matrix[1 + other, 1 + other] -= back
        matrix[1, 1 + other] += back
    leaving = chain.daughter_loss_l_per_h[:, person] / chain.daughter_volume_l[:, person]
    for daughter in range(chain.daughters):
        matrix[first + daughter, first + daughter] = -leaving[daughter]
        for later in range(daughter + 1, chain.daughters):
            matrix[first + later, first + daughter] = chain.passed_on[daughter, later, person] * leaving[daughter]
    return matrix


def levels(
    spans: Sequence[tuple[float, Chain]], lag_h: Array, doses: Sequence[tuple[float, float]], times: Sequence[float]
) -> Array:
    """(times, 1 + daughters, people). `spans`: (start, chain), of which the first begins with nothing in the body."""
    people = lag_h.shape[0]
    size = spans[0][1].volumes_l.shape[0]
    found = np.empty((len(times), 1 + spans[0][1].daughters, people))
    for person in range(people):
        arrivals = [(at + lag_h[person], amount) for at, amount in doses]
        stops = sorted({*times, *(at for at, _ in arrivals), *(start for start, _ in spans)})
        state, now = np.zeros(1 + size + spans[0][1].daughters), spans[0][0]
        for stop in stops:
            if stop < now:
                continue
            chain = [each for start, each in spans if start <= now][-1]
            state = expm(rate_matrix(chain, person) * (stop - now)) @ state
            now = stop
            into = 1 if chain.direct else 0
            state[into] += sum(amount * chain.entering[person] for at, amount in arrivals if at == stop)
            if stop in times:
                where = list(times).index(stop)
                found[where, 0, person] = state[1] / chain.volumes_l[0, person]
                found[where, 1:, person] = state[1 + size :] / chain.daughter_volume_l[:, person]
    return found
