"""The slow, obvious twin of one person's model: the whole rate matrix, stepped from event to event by expm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from unclench.simulation.person import PersonModel

Array = NDArray[np.float64]


def rate_matrix(model: PersonModel, multiples: Sequence[float]) -> Array:
    """d(mg)/dt for: medicine in each compartment, metabolites, depots, and one constant that feeds infusions."""
    spaces, analytes, depots = len(model.volumes_l), len(model.analytes), len(model.depots)
    size = spaces + analytes - 1 + depots + 1
    matrix = np.zeros((size, size))
    volumes = model.volumes_l
    for other, flow in enumerate(model.exchange_l_per_h, start=1):
        for to, fro, volume in ((other, 0, volumes[0]), (0, other, volumes[other])):
            matrix[to, fro] += flow / volume
            matrix[fro, fro] -= flow / volume
    places = [0, *range(spaces, spaces + analytes - 1)]
    in_l = [volumes[0], *model.metabolite_volumes_l]
    lost = [cl * times / v for cl, times, v in zip(model.clearance_l_per_h, multiples, in_l, strict=True)]
    for place, rate in zip(places, lost, strict=True):
        matrix[place, place] -= rate
    for one in model.formed:
        matrix[places[one.daughter], places[one.parent]] += one.mg_per_mg * lost[one.parent]
    for number, depot in enumerate(model.depots):
        at = spaces + analytes - 1 + number
        matrix[at, at] -= depot.ka_per_h
        matrix[0, at] += depot.ka_per_h
    return matrix


def levels(model: PersonModel, times: Sequence[float]) -> Array:
    """(times, analytes) in ng/mL, in plasma, total. A dose at a time counts from that time on."""
    first_depot = len(model.volumes_l) + len(model.analytes) - 1
    given: list[tuple[float, int, float]] = []  # at, place, mg; place -1: the rate of infusion
    for series in model.doses:
        for turn in range(series.times):
            at = series.first_h + turn * series.every_h
            if series.over_h:
                rate = series.mg / series.over_h
                given += [(at, -1, rate), (at + series.over_h, -1, -rate)]
            elif series.depot is None:
                given.append((at, 0, series.mg))
            else:
                depot = model.depots[series.depot]
                given.append((at + depot.lag_h, first_depot + series.depot, series.mg * depot.f))
    changes = {change.from_h: rate_matrix(model, change.multiples) for change in model.changes}
    stops = sorted({*times, *(at for at, _, _ in given), *changes})
    matrix = changes[0.0]
    state, now = np.zeros(matrix.shape[0]), 0.0
    found = {}
    volumes = np.array([model.volumes_l[0], *model.metabolite_volumes_l])
    for stop in stops:
        matrix[:, -1] = 0.0
        matrix[0, -1] = 1.0  # the last element of the state is the rate of infusion
        state, now = expm(matrix * (stop - now)) @ state, stop
        matrix = changes.get(stop, matrix)
        for at, place, mg in given:
            if at == stop:
                state[place] += mg
        found[stop] = 1000.0 * state[[0, *range(len(model.volumes_l), first_depot)]] / volumes
    return np.array([found[at] for at in times])
