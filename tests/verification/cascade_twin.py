"""The slow, obvious twins of the compiled engine: the matrix exponential person by person, and a tight solver."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from unclench.engine.cascade import Cascade, Doses

Array = NDArray[np.float64]
Spans = list[tuple[float, Cascade]]


def crowd(people: int, *, bodies: int = 2, daughters: int = 3, seed: int = 3, cv: float = 0.3) -> Cascade:
    """People about the reference workload, log-normal."""
    rng = np.random.default_rng(seed)
    log_sd = np.sqrt(np.log(1.0 + cv * cv))

    def about(*centres: float) -> Array:
        drawn = np.array(centres)[:, None] * np.exp(log_sd * rng.standard_normal((len(centres), people)))
        return drawn.reshape(len(centres), people)

    passed = np.zeros((3, 3, people))
    passed[0, 2] = passed[1, 2] = 1.0
    return Cascade(
        depot_per_h=about(1.9)[0],
        entering=np.full(people, 0.93),
        volumes_l=about(40.0, 45.0, 70.0)[:bodies],
        exchange_l_per_h=about(12.0, 3.0)[: bodies - 1],
        loss_l_per_h=about(1.6)[0],
        formed=np.stack([np.full(people, share) for share in (0.725, 0.275, 0.0)])[:daughters],
        passed_on=passed[:daughters, :daughters],
        daughter_loss_l_per_h=about(0.9, 5.0, 6.0)[:daughters],
        daughter_volume_l=about(60.0, 70.0, 60.0)[:daughters],
    )


def rate_matrix(cascade: Cascade, p: int) -> Array:
    """d(amounts)/dt = matrix @ amounts, for depot, body, daughters, and a steady inflow into the first compartment."""
    bodies, daughters = cascade.bodies, cascade.daughters
    size = 1 + bodies + daughters
    made = np.zeros((size + 1, size + 1))
    volumes, flows = np.asarray(cascade.volumes_l)[:, p], np.asarray(cascade.exchange_l_per_h)[:, p]
    absorbed, lost = np.asarray(cascade.depot_per_h)[p], np.asarray(cascade.loss_l_per_h)[p] / volumes[0]
    made[0, 0], made[1, 0], made[1, size] = -absorbed, absorbed, 1.0
    made[1, 1] = -lost
    for k in range(1, bodies):
        made[1, 1] -= flows[k - 1] / volumes[0]
        made[1 + k, 1] = flows[k - 1] / volumes[0]
        made[1, 1 + k] = flows[k - 1] / volumes[k]
        made[1 + k, 1 + k] = -flows[k - 1] / volumes[k]
    for d in range(daughters):
        own = np.asarray(cascade.daughter_loss_l_per_h)[d, p] / np.asarray(cascade.daughter_volume_l)[d, p]
        made[1 + bodies + d, 1 + bodies + d] = -own
        made[1 + bodies + d, 1] = np.asarray(cascade.formed)[d, p] * lost
        for e in range(d + 1, daughters):
            made[1 + bodies + e, 1 + bodies + d] = np.asarray(cascade.passed_on)[d, e, p] * own
    return made


def events_of(spans: Spans, doses: Doses, p: int) -> list[tuple[float, int, str, Any]]:
    """The person's events in order; at one instant a change of parameters first."""
    at, amount, into, duration, lag = doses.table(spans[0][1].people)
    column = 0 if at.shape[1] == 1 else p
    found: list[tuple[float, int, str, Any]] = [(start, 0, "change", cascade) for start, cascade in spans[1:]]
    for e in range(at.shape[0]):
        time, mg, hours = at[e, column], amount[e, column], duration[e, column]
        if not into[e, column]:
            found.append((time + lag[p], 1, "depot", mg))
        elif hours == 0:
            found.append((time, 1, "bolus", mg))
        else:
            found += [(time, 1, "inflow", mg / hours), (time + hours, 1, "inflow", -mg / hours)]
    return sorted(found, key=lambda event: event[:2])


def twin_levels(spans: Spans, doses: Doses, times: Array, p: int, *, by_solver: bool = False) -> Array:
    """(analytes, times) of one person."""
    cascade, events = spans[0][1], events_of(spans, doses, p)
    matrix = rate_matrix(cascade, p)
    state, now, found = np.zeros(matrix.shape[0]), min([float(times.min()), *(event[0] for event in events)]), {}
    for stop in sorted({*times.tolist(), *(event[0] for event in events)}):
        if stop > now and by_solver:
            solved = solve_ivp(
                lambda _, y, m=matrix: m @ y, (now, stop), state, method="DOP853", rtol=1e-12, atol=1e-14
            )
            state = solved.y[:, -1]
        elif stop > now:
            state = expm(matrix * (stop - now)) @ state
        now = stop
        while events and events[0][0] <= now:
            _, _, kind, what = events.pop(0)
            if kind == "change":
                cascade, matrix = what, rate_matrix(what, p)
            elif kind == "inflow":
                state[-1] = state[-1] + what if abs(state[-1] + what) > 1e-12 else 0.0
            else:
                state[0 if kind == "depot" else 1] += what * (
                    np.asarray(cascade.entering)[p] if kind == "depot" else 1.0
                )
        volumes = [np.asarray(cascade.volumes_l)[0, p], *np.asarray(cascade.daughter_volume_l)[:, p]]
        held = [state[1], *state[1 + cascade.bodies : -1]]
        found[stop] = [one / volume for one, volume in zip(held, volumes, strict=True)]
    return np.array([found[time] for time in times.tolist()]).T


def worst(found: Array, expected: Array, floor: float = 1e-2) -> float:
    """Largest error relative to the level, or to `floor` of the peak where that is lower. Times second."""
    peak = np.max(np.abs(expected), axis=1, keepdims=True)
    return float(np.max(np.abs(found - expected) / np.maximum(np.maximum(np.abs(expected), floor * peak), 1e-300)))
