"""Learning from ratings: how fast, and whether an independent sampler agrees.

python -m benchmarks.ratings            print
python -m benchmarks.ratings --write    and write docs/benchmarks-ratings.md

The peer is the same model written a second time for JAX and sampled by NumPyro's NUTS: another way through the days (a
scan), another distribution function (by the incomplete beta function), another sampler. One column, as NUTS samples no
choice among kinds; the choice is held against the truth of simulated people (evidence/learning_ratings.md).
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "2")

import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.calibrate_ratings import learn
from tests import ratings_factory as factory
from unclench.individual.ratings import Rated

Array = NDArray[np.float64]

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks-ratings.md"
SEED, PEOPLE, DRAWS, CHAINS, WARM_UP, LONG = 5, 4, 4000, 2, 1000, 2000
RUNS = 15
FIELDS = ("tau_off_d", "threshold", "baseline", "noise", "carry")
BAR_MS = 100.0

HEAD = """# Learning from ratings: time and agreement

Written by `python -m benchmarks.ratings --write` on {day}: {machine}; load {busy:.1f} when it began.

| | median | slowest |
|---|---|---|
| 60 rated days, 200 columns, 1,000 draws and what is said of them (bar {bar:.0f} ms) | {fast:.0f} ms | {slow:.0f} ms |
| NumPyro NUTS, one column, 1 chain of 1,000 draws after {warm} (compiled before) | {peer:.0f} ms | |

Do the samplers agree? {people} simulated people, one column; ours {draws} draws, NUTS {chains} chains of {long} draws.
Worst of all people, on the log scale:

| parameter | difference of means, in posterior SD | ratio of SDs |
|---|---|---|
{agreement}

Effective draws of ours: lowest {effective:.0f}. So many independent draws differ by {chance:.2f} SD in a mean
once in a hundred comparisons; there are {comparisons}.
"""


def nuts(world: factory.World, rated: Rated, chains: int, draws: int) -> Callable[[int], dict[str, Array]]:
    """The peer, compiled for these days: a seed in, draws out."""
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from jax.scipy.special import betainc
    from numpyro.infer import MCMC, NUTS

    jax.config.update("jax_enable_x64", True)
    prior = factory.PRIOR
    share = jnp.asarray(world.load[:, 0] / (1.0 + world.load[:, 0]))
    tau_on, start = float(world.tau_on_d[0]), float(world.adaptation[0])
    day, rating = jnp.asarray(rated.day), jnp.asarray(rated.rating)
    gap = jnp.diff(day)

    def below(x: Any) -> Any:
        tail = 0.5 * betainc(2.0, 0.5, 4.0 / (4.0 + x * x))
        return jnp.where(x > 0, 1.0 - tail, tail)

    def model() -> None:
        mixed = dist.MixtureSameFamily(
            dist.Categorical(jnp.array([1.0 - prior.slow_share, prior.slow_share])),
            dist.Normal(jnp.array([prior.tau.at, prior.tau_slow.at]), jnp.array([prior.tau.sd, prior.tau_slow.sd])),
        )
        tau_off = numpyro.deterministic("tau_off_d", jnp.exp(numpyro.sample("log_tau", mixed)))
        log_t = numpyro.sample("log_threshold", dist.Normal(prior.threshold.at, prior.threshold.sd))
        threshold = numpyro.deterministic("threshold", jnp.exp(log_t))
        logit_b = numpyro.sample("logit_baseline", dist.Normal(prior.baseline.at, prior.baseline.sd))
        base = numpyro.deterministic("baseline", 10.0 * jax.nn.sigmoid(logit_b))
        noise = numpyro.deterministic(
            "noise", jnp.exp(numpyro.sample("log_noise", dist.Normal(prior.noise.at, prior.noise.sd)))
        )
        logit_c = numpyro.sample("logit_carry", dist.Normal(prior.carry.at, prior.carry.sd))
        carry = numpyro.deterministic("carry", jax.nn.sigmoid(logit_c))

        def one_day(state: Any, now: Any) -> tuple[Any, Any]:
            above = state - now
            tau = jnp.where(above > 0, tau_off, tau_on)
            return now + above * jnp.exp(-1.0 / tau), jnp.maximum(above * jnp.exp(-0.5 / tau), 0.0)

        _, drive = jax.lax.scan(one_day, start, share)
        half = threshold * (1.0 / prior.noticed - 1.0)
        mean = base + (10.0 - base) * drive[day] / (drive[day] + half)
        after = rating - mean
        swing = after.at[1:].add(-(carry**gap) * after[:-1])
        high = jnp.where(rating > 9.5, 1.0, below((swing + 0.5) / noise))
        low = jnp.where(rating < 0.5, 0.0, below((swing - 0.5) / noise))
        numpyro.factor("ratings", jnp.log(jnp.maximum(high - low, 1e-300)).sum())

    sampler = MCMC(
        NUTS(model, target_accept_prob=0.9), num_warmup=WARM_UP, num_samples=draws, num_chains=chains,
        chain_method="sequential", progress_bar=False,
    )  # fmt: skip

    def run(seed: int) -> dict[str, Array]:
        sampler.run(jax.random.PRNGKey(seed))
        return {name: np.asarray(sampler.get_samples()[name]) for name in FIELDS}

    return run


def milliseconds(work: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """Median and slowest, after one run that does not count."""
    work()
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        found.append(1000.0 * (time.perf_counter() - began))
    return float(np.median(found)), max(found)


def agreement() -> tuple[list[str], float]:
    """A line per parameter, and the fewest effective draws of ours."""
    world = factory.world(columns=1)
    means, spreads, effective = [], [], []
    for who in range(PEOPLE):
        rng = np.random.default_rng((SEED, who))
        _, _, rated = factory.somebody(world, factory.PRIOR, rng, fewest=30)
        ours = learn(world, rated, patient=str(who), draws=DRAWS)
        theirs = nuts(world, rated, CHAINS, LONG)(who)
        logs = [(np.log(getattr(ours, name)), np.log(theirs[name])) for name in FIELDS]
        means.append([abs(one.mean() - other.mean()) / other.std() for one, other in logs])
        spreads.append([one.std() / other.std() for one, other in logs])
        effective.append(ours.effective)
    rows = [
        f"| {name} | {mean:.3f} | {low:.3f} to {high:.3f} |"
        for name, mean, low, high in zip(
            FIELDS, np.max(means, axis=0), np.min(spreads, axis=0), np.max(spreads, axis=0), strict=True
        )
    ]
    return rows, min(effective)


def main() -> None:
    busy = os.getloadavg()[0]
    world = factory.world()
    _, person, _ = factory.somebody(world, factory.PRIOR, np.random.default_rng(SEED))
    mean = factory.means(person, 0, world, factory.PRIOR)
    rated = factory.rates(person, 0, mean, np.arange(mean.size), np.random.default_rng(SEED))
    fast, slow = milliseconds(lambda: learn(world, rated))
    try:
        peer = nuts(factory.world(columns=1), rated, 1, 1000)
    except ImportError:
        sys.exit("needs JAX and NumPyro: make bench installs them")
    other, _ = milliseconds(lambda: peer(SEED), runs=3)
    rows, effective = agreement()
    page = HEAD.format(
        day=f"{datetime.now(UTC):%-d %B %Y}",
        machine=f"{os.cpu_count()} cores, Python {platform.python_version()}",
        busy=busy, bar=BAR_MS, fast=fast, slow=slow, peer=other, warm=WARM_UP, people=PEOPLE, draws=DRAWS,
        chains=CHAINS, long=LONG, agreement="\n".join(rows), effective=effective,
        chance=2.58 / np.sqrt(effective), comparisons=PEOPLE * len(FIELDS),
    )  # fmt: skip
    print(page)
    if "--write" in sys.argv:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
