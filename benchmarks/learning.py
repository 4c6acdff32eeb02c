"""Learning from levels: how fast, and whether an independent sampler agrees.

python -m benchmarks.learning            print
python -m benchmarks.learning --write    and write docs/benchmarks-learning.md
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import platform
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.__main__ import table
from benchmarks.learning_peers import (
    CL,
    CLN,
    CLOCK,
    DAYS,
    DOSE_MG,
    ERROR,
    FORMED,
    IS_NORDAZEPAM,
    KA,
    KEPT,
    LOG_SD,
    NAMES,
    TIMES,
    V1,
    V2,
    VN,
    F,
    Peers,
    Q,
    peers,
)  # fmt: skip
from benchmarks.measure import RUNS, Measured, side_by_side
from unclench.appraisal.findings import Body, Exposure
from unclench.engine import draw
from unclench.engine.linear import Chain, modes_of
from unclench.engine.series import Series, levels_after
from unclench.individual.kinetics import ask
from unclench.individual.levels import errors_of, learn_levels, likeliest_person
from unclench.individual.likeliest import Likeliest, Look, around, likeliest
from unclench.individual.measured import Level
from unclench.individual.measured import Measured as Levels
from unclench.individual.posterior import posterior
from unclench.values import Answer, Dose, Phase, Regimen

Array = NDArray[np.float64]

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks-learning.md"
SEED, PEOPLE, COMPARED, LONG = 3, 100, 10, 2000
MAP_MS, DRAWS_MS = 5.0, 200.0
SERIES = Series(np.array(CLOCK), np.full(3, 24.0), np.full(3, float(DAYS)), np.full(3, 1000.0 * DOSE_MG))

HEAD = """# Learning from levels: time and agreement

Written by `make bench-learning WRITE=1` on {day}: {machine}; load {busy:.1f} when it began. Medians of {runs} runs that
alternate with those of the peer; compiling is not counted for either. Ratios count, times depend on the machine.

{times}

*Patient*: a woman of 44 years with four levels after fourteen months of two doses a day, the whole way from levels to
the answer; the peer is SciPy's BFGS on the same posterior, with slopes by differences in one call.
*W3*: the reference workload, one person: five random effects, 21 doses, four levels, 15 % error. The peer is written on
its own (JAX; closed forms, dose by dose), and its warm-up counts as part of its draws.

## Do the samplers agree?

{compared} people of W3. Ours: {draws} draws. NUTS: 4 chains of {long} draws. Worst of all people and parameters:

| parameter | difference of means, in posterior SD | ratio of SDs |
|---|---|---|
{agreement}

With {draws} independent draws chance alone makes a difference of {by_chance:.2f} SD in a mean, and of
{by_chance_sd:.2f} in a ratio of SDs, once in a hundred comparisons; there are {comparisons} of each.
Likeliest deviates of {people} people against the gradient search: they differ by {worst_top:.1e} standard deviations of
the prior at the most.
"""


def log_levels(z: Array) -> Array:
    """(levels, columns), our engine on W3."""
    cl, v1, q, ka, cln = np.array([CL, V1, Q, KA, CLN])[:, None] * np.exp(LOG_SD * z)
    one = np.ones_like(cl)
    chain = Chain(
        depot_per_h=ka,
        entering=F * one,
        volumes_l=np.stack([v1, V2 * one]),
        exchange_l_per_h=q[None],
        loss_l_per_h=cl,
        formed=FORMED * one[None],
        passed_on=np.zeros((1, 1, one.size)),
        daughter_loss_l_per_h=cln[None],
        daughter_volume_l=VN * one[None],
    )
    found = levels_after([(-1.0, modes_of(chain))], 0.0 * one, SERIES, TIMES)
    return np.log(found[IS_NORDAZEPAM.astype(int), np.arange(TIMES.size)])


def people() -> Array:
    """(people, levels): logarithms of measured levels."""
    rng = np.random.default_rng(SEED)
    true = log_levels(rng.standard_normal((5, PEOPLE)))
    return (true + ERROR * rng.standard_normal(true.shape)).T


def levels_of(data: Array) -> Levels:
    analytes = np.where(IS_NORDAZEPAM, "nordazepam", "diazepam")
    rows = [Level(*row) for row in zip(TIMES, map(str, analytes), np.exp(data), strict=True)]
    return Levels.of(rows, log_sd=ERROR, of_lloq=0.0)


def our_top(data: Array) -> Likeliest:
    start = np.zeros(5)
    return likeliest(log_levels, levels_of(data), Look.of(start, log_levels(around(start))))


def our_draws(data: Array, draws: int = KEPT) -> Array:
    """(draws, 5), from the levels on."""
    top, errors = our_top(data), levels_of(data)
    found = posterior(
        lambda z: errors.log_likelihood(log_levels(z)),
        top=top.deviates,
        told=top.told,
        draws=draws,
        stream=draw.stream(SEED, "W3"),
    )
    return found.deviates[:, found.picked].T


def agreement(data: Array, other: Peers) -> tuple[list[str], float]:
    """A line per parameter; the worst difference of the likeliest."""
    means, spreads = [], []
    for one in data[:COMPARED]:
        ours, theirs = our_draws(one), other.nuts(one, SEED, 4, LONG)
        means.append(np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) / theirs.std(axis=0))
        spreads.append(ours.std(axis=0) / theirs.std(axis=0))
    rows = [
        f"| {name} | {mean:.3f} | {low:.3f} to {high:.3f} |"
        for name, mean, low, high in zip(
            NAMES, np.max(means, axis=0), np.min(spreads, axis=0), np.max(spreads, axis=0), strict=True
        )
    ]
    worst = max(float(np.abs(our_top(one).deviates - other.top(one)).max()) for one in data)
    return rows, worst


def patient() -> dict[str, Any]:
    """Four levels after fourteen months of two doses a day."""
    on = date(2026, 11, 22)
    doses = (Dose(Decimal(10), 8.0), Dose(Decimal(10), 22.0))
    return {
        "body": Body(44.0, "female", 70.0, 168.0, 42.0, "none", Answer.NO, "NM", Answer.NO),
        "exposure": Exposure((), (), 1.0, 1.0, 1.0, 0.0),
        "taken": (Regimen(on - timedelta(days=420), (Phase(420, doses),)),),
        "on": on,
        "measured": [
            Level(at, analyte, value, 5.0)
            for at, analyte, value in (
                (-200.0, "diazepam", 800.0), (-200.0, "nordazepam", 800.0),
                (-20.0, "diazepam", 900.0), (-20.0, "nordazepam", 700.0),
            )
        ],
        "seed": SEED,
        "patient": "",
    }  # fmt: skip


def patient_top() -> Likeliest:
    asked = ask(**patient(), fed=False)
    return likeliest_person(asked, errors_of(asked.levels, asked.known))


def patient_by_scipy() -> Array:
    """The same top by BFGS from the middle of the prior."""
    from scipy.optimize import minimize

    asked = ask(**patient(), fed=False)
    errors, size = errors_of(asked.levels, asked.known), len(asked.names)

    def fall(at: Array) -> tuple[float, Array]:
        columns = around(at)
        found = errors.log_likelihood(asked.predict(asked.crowd(columns), columns.shape[1]))
        found = found - 0.5 * (columns * columns).sum(axis=0)
        return -float(found[0]), -(found[1 : size + 1] - found[size + 1 :]) / 2e-3

    return np.asarray(minimize(fall, np.zeros(size), jac=True, method="BFGS", options={"gtol": 1e-4}).x)


def times(data: Array, other: Peers) -> list[Measured]:
    one = data[0]
    search = "SciPy BFGS"
    return [
        side_by_side("patient: likeliest", patient_top, f"{search}, same posterior", patient_by_scipy, bar_ms=MAP_MS),
        side_by_side(
            "patient: 1,000 draws and what is said of them", lambda: learn_levels(**patient()),
            f"{search}, same posterior: the top alone", patient_by_scipy, bar_ms=DRAWS_MS,
        ),
        side_by_side(
            "W3: likeliest", lambda: our_top(one), f"{search}, JAX gradient", lambda: other.top(one), bar_ratio=1
        ),
        side_by_side(
            f"W3: {KEPT} draws", lambda: our_draws(one), f"NumPyro NUTS, {KEPT} draws",
            lambda: other.nuts(one, SEED, 1, KEPT), bar_ratio=1,
        ),
    ]  # fmt: skip


def main() -> None:
    busy, other, data = os.getloadavg()[0], peers(), people()
    if other is None:
        sys.exit("needs JAX and NumPyro: make bench-learning installs them")
    shown = table(times(data, other))
    rows, worst = agreement(data, other)
    page = HEAD.format(
        day=f"{datetime.now(UTC):%-d %B %Y}",
        machine=f"{os.cpu_count()} cores, Python {platform.python_version()}",
        busy=busy,
        runs=RUNS,
        times=shown,
        compared=COMPARED,
        draws=KEPT,
        long=LONG,
        people=PEOPLE,
        agreement="\n".join(rows),
        comparisons=COMPARED * len(NAMES),
        by_chance=2.58 / np.sqrt(KEPT),
        by_chance_sd=2.58 / np.sqrt(2 * KEPT),
        worst_top=worst,
    )
    print(page)
    if "--write" in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
        print(f"wrote {PAGE.name}")


if __name__ == "__main__":
    main()
