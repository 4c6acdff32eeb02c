"""One patient, eight regimens, 801 columns of people each, beside SciPy in the same run.

    python -m benchmarks.simulate

Ratios count; absolute times depend on the machine. The peer is SciPy's `solve_ivp` (LSODA, relative tolerance 1e-8),
restarted at every dose, on the first few of the same people; only levels are asked of it, no quantiles.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from tests.verification.linear_twin import levels, rate_matrix
from unclench.appraisal.findings import Body, Exposure
from unclench.engine.linear import Chain, March, modes_of
from unclench.knowledge.load import knowledge
from unclench.simulation import simulate_courses
from unclench.simulation.parameters import Numbers
from unclench.simulation.people import people_like
from unclench.simulation.sample import Sample
from unclench.simulation.simulate import PEOPLE
from unclench.values import Answer, Dose, Phase, Regimen

ON = date(2026, 11, 22)
PEER_PEOPLE, REPEATS, SEED = 4, 15, 20261122
NO_CHANGE = Exposure((), (), 1.0, 1.0, 1.0, 0.0)
BODY = Body(62.0, "female", 82.0, 164.0, None, None, Answer.NO, None, Answer.NO)
Array = NDArray[np.float64]


def regimen(days: int, *doses: tuple[str, float]) -> Regimen:
    return Regimen(ON, (Phase(days, tuple(Dose(Decimal(mg), clock) for mg, clock in doses)),))


REGIMENS = (
    regimen(7, ("2", 22.0)),
    regimen(7, ("2", 8.0), ("2", 22.0)),
    regimen(7, ("2", 8.0), ("2", 14.0), ("2", 22.0)),
    regimen(7, ("5", 22.0)),
    regimen(10, ("5", 8.0), ("5", 22.0)),
    regimen(14, ("5", 8.0), ("5", 14.0), ("5", 22.0)),
    regimen(14, ("2", 8.0), ("5", 22.0)),
    regimen(14, ("10", 8.0), ("10", 14.0), ("10", 22.0)),
)


def median_s(work: Callable[[], object], repeats: int) -> tuple[float, float, float]:
    """Median, fastest and slowest of so many runs, after one that is not counted."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), min(taken), max(taken)


def few() -> tuple[Chain, Array]:
    """The first few people, as the engine sees them."""
    crowd = people_like(BODY, Numbers(knowledge(), {}, Sample(SEED, PEOPLE)))
    kinetics, absorption = crowd.disposition, crowd.absorption
    whole = (
        absorption.ka_per_h,
        absorption.f,
        kinetics.volumes_l,
        kinetics.exchange_l_per_h,
        kinetics.cl_l_per_h,
        crowd.formed[:1],
        crowd.passed_on[:1, :1],
        kinetics.metabolite_cl_l_per_h[:1],
        kinetics.metabolite_v_l[:1],
    )
    return Chain(*(np.ascontiguousarray(each[..., :PEER_PEOPLE]) for each in whole)), absorption.lag_h[:PEER_PEOPLE]


def by_solver(chain: Chain, lag_h: Array, doses: list[tuple[float, float]], times: Array) -> Array:
    """(times, 2, people), by solve_ivp."""
    found = np.zeros((times.size, 2, lag_h.size))
    for person in range(lag_h.size):
        matrix = rate_matrix(chain, person)
        arrivals = [(at + lag_h[person], amount * chain.entering[person]) for at, amount in doses]
        state, now = np.zeros(matrix.shape[0]), 0.0
        for at, amount in [*arrivals, (float(times[-1]) + 1e-6, 0.0)]:
            asked = (times >= now) & (times < at)
            if at > now:
                solved = solve_ivp(
                    lambda _, y, m=matrix: m @ y,
                    (now, at),
                    state,
                    method="LSODA",
                    t_eval=np.append(times[asked], at),
                    rtol=1e-8,
                    atol=1e-12,
                    jac=lambda _, y, m=matrix: m,
                )
                found[asked, 0, person] = solved.y[1, :-1] / chain.volumes_l[0, person]
                found[asked, 1, person] = solved.y[-1, :-1] / chain.daughter_volume_l[0, person]
                state = solved.y[:, -1].copy()
            state[0] += amount
            now = at
    return found


def by_modes(chain: Chain, lag_h: Array, doses: list[tuple[float, float]], times: Array) -> Array:
    """(times, 2, people), by the engine."""
    march = March(modes_of(chain), lag_h, series=1, start_h=0.0)
    for at, amount in doses:
        march.give(at, (amount,))
    found = np.empty((times.size, 2, lag_h.size))
    for index, at in enumerate(times):
        march.advance(float(at))
        found[index] = march.levels()[:, 0]
    return found


def main() -> None:
    """Print times, ratio and accuracy."""

    def whole() -> tuple[object, ...]:
        return simulate_courses(
            body=BODY, exposure=NO_CHANGE, regimens=REGIMENS, existing=None, on=ON, seed=SEED, people=PEOPLE
        )

    ours, fastest, slowest = median_s(whole, REPEATS)
    (course, *_) = simulate_courses(body=BODY, exposure=NO_CHANGE, regimens=REGIMENS, existing=None, on=ON, people=20)
    times = course.curves[0].t_h
    chain, lag = few()
    doses = [(at, float(mg)) for at, mg in REGIMENS[5].timed()]
    peer, peer_fastest, peer_slowest = median_s(lambda: by_solver(chain, lag, doses, times), 3)
    exact = levels([(0.0, chain)], lag, doses, times.tolist())
    floor = 1e-6 * exact.max(axis=0, keepdims=True)
    errors = [
        float(np.max(np.abs(found - exact) / np.maximum(exact, floor)))
        for found in (by_modes(chain, lag, doses, times), by_solver(chain, lag, doses, times))
    ]
    each, peer_each = ours / (PEOPLE * len(REGIMENS)), peer / PEER_PEOPLE
    print(f"unclench: {len(REGIMENS)} regimens x {PEOPLE} people, {times.size} times, quantiles and summaries")
    print(f"  {ours * 1e3:.1f} ms (from {fastest * 1e3:.1f} to {slowest * 1e3:.1f}), {each * 1e6:.1f} us per person")
    print(f"  worst relative error {errors[0]:.1e}")
    print(f"SciPy solve_ivp: {PEER_PEOPLE} of these people, one regimen, same times, levels only")
    print(
        f"  {peer * 1e3:.1f} ms (from {peer_fastest * 1e3:.1f} to {peer_slowest * 1e3:.1f}), "
        f"{peer_each * 1e6:.0f} us per person"
    )
    print(f"  worst relative error {errors[1]:.1e}")
    print(f"ratio, per person and regimen: {peer_each / each:.0f}")


if __name__ == "__main__":
    main()
