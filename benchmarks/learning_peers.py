"""Workload W3 written a second time, for JAX: closed forms of two compartments, dose by dose.

NUTS and a gradient search. Nothing here is shared with our own engine but the numbers of the workload.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CL, V1, Q, KA, CLN = 1.6, 40.0, 12.0, 1.9, 0.9  # with random effects, in this order
V2, VN, F = 45.0, 60.0, 0.93
FORMED = 0.45 + 0.55 / 2
LOG_SD = float(np.sqrt(np.log(1.09)))
ERROR = 0.15
DOSE_MG, CLOCK, DAYS = 5.0, (0.0, 6.0, 14.0), 7
TIMES = np.array([2.0, 24.0, 168.0, 168.0])
IS_NORDAZEPAM = np.array([False, False, False, True])
NAMES = ("CL", "V1", "Q", "ka", "CLn")
WARM_UP, KEPT = 500, 1000


@dataclass(frozen=True, slots=True)
class Peers:
    """Compiled for data of one shape: (levels,) logarithms in, draws or the top out."""

    nuts: Callable[[Array, int, int, int], Array]  # data, seed, chains, draws -> (draws, 5)
    top: Callable[[Array], Array]  # data -> (5,)


def peers() -> Peers | None:
    """None without JAX and NumPyro."""
    try:
        import jax
        import jax.numpy as jnp
        import numpyro
        from numpyro.distributions import Normal
        from numpyro.infer import MCMC, NUTS
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    given = jnp.asarray([24.0 * day + clock for day in range(DAYS) for clock in CLOCK])

    def log_levels(z: Any) -> Any:
        cl, v1, q, ka, cln = (centre * jnp.exp(LOG_SD * z[i]) for i, centre in enumerate((CL, V1, Q, KA, CLN)))
        k10, k12, k21, kn = cl / v1, q / v1, q / V2, cln / VN
        total, product = k10 + k12 + k21, k10 * k21
        alpha = 0.5 * (total + jnp.sqrt(total * total - 4.0 * product))
        beta = product / alpha
        rates = jnp.stack([alpha, beta, ka])
        # Central amount after one unit into the depot: residues of ka (s + k21) / ((s + ka)(s + alpha)(s + beta)).
        central = jnp.stack(
            [
                ka * (k21 - alpha) / ((ka - alpha) * (beta - alpha)),
                ka * (k21 - beta) / ((ka - beta) * (alpha - beta)),
                ka * (k21 - ka) / ((alpha - ka) * (beta - ka)),
            ]
        )
        since = jnp.asarray(TIMES)[:, None] - given[None, :]
        there = (since >= 0) * F * DOSE_MG
        fading = jnp.exp(-rates * jnp.maximum(since, 0.0)[..., None])
        diazepam = (there[..., None] * central * fading).sum(axis=(1, 2)) / v1
        growing = (fading - jnp.exp(-kn * jnp.maximum(since, 0.0))[..., None]) / (kn - rates)
        nordazepam = (there[..., None] * FORMED * k10 * central * growing).sum(axis=(1, 2)) / VN
        return jnp.log(1000.0 * jnp.where(jnp.asarray(IS_NORDAZEPAM), nordazepam, diazepam))

    def model(data: Any) -> None:
        z = numpyro.sample("z", Normal(0.0, 1.0).expand([5]).to_event(1))
        numpyro.sample("seen", Normal(log_levels(z), ERROR).to_event(1), obs=data)

    samplers: dict[tuple[int, int], Any] = {}

    def nuts(data: Array, seed: int, chains: int, draws: int) -> Array:
        sampler = samplers.setdefault(
            (chains, draws),
            MCMC(NUTS(model), num_warmup=WARM_UP, num_samples=draws, num_chains=chains, chain_method="sequential",
                 progress_bar=False),
        )  # fmt: skip
        sampler.run(jax.random.PRNGKey(seed), jnp.asarray(data))
        return np.asarray(sampler.get_samples()["z"])

    def depth(z: Any, data: Any) -> Any:
        return 0.5 * (((log_levels(z) - data) / ERROR) ** 2).sum() + 0.5 * (z * z).sum()

    fall = jax.jit(jax.value_and_grad(depth))

    def top(data: Array) -> Array:
        from scipy.optimize import minimize

        def both(z: Array) -> tuple[float, Array]:
            value, slope = fall(z, data)
            return float(value), np.asarray(slope)

        return np.asarray(minimize(both, np.zeros(5), jac=True, method="BFGS").x)

    return Peers(nuts, top)
