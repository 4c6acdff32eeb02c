"""diffrax on the reference workloads: people by vmap, doses between solves, a day at a time by scan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.verification.cascade_twin import rate_matrix
from unclench.engine.cascade import Cascade

Array = NDArray[np.float64]
GAPS, DAYS, WASHOUT = (6, 8, 10), 14, 336


def by_diffrax(system: Cascade, people: int, effect: Any | None) -> Callable[[], Array] | None:
    """A function that gives (outputs, times, people), compiled at its first call; None without JAX."""
    try:
        import diffrax
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    matrices = jnp.asarray(np.stack([rate_matrix(system, p)[:-1, :-1] for p in range(people)]))
    volumes = np.concatenate([np.asarray(system.volumes_l)[:1], np.asarray(system.daughter_volume_l)])[:, :people]
    own = np.zeros((people, 5))
    if effect is not None:
        own = np.stack([np.asarray(effect.ke0_per_h)[:people], *effect.packed[[0, 1, 3, 4], :people]], axis=1)

    def slope(_: Any, y: Any, parameters: Any) -> Any:
        matrix, volume, (ke0, emax, ec50, kon, koff) = parameters
        linear = matrix @ y[:6]
        if effect is None:
            return linear
        site = ke0 * (y[1] / volume - y[6])
        return jnp.concatenate(
            [linear, jnp.stack([site, kon * emax * y[6] / (ec50 * (1 + y[7]) + y[6]) - koff * y[7]])]
        )

    def solve(y: Any, hours: int, parameters: Any) -> Any:
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(slope), diffrax.Tsit5(), 0.0, float(hours), None, y, args=parameters, max_steps=100_000,
            saveat=diffrax.SaveAt(ts=jnp.arange(1.0, hours + 1.0)),
            stepsize_controller=diffrax.PIDController(rtol=1e-8, atol=1e-11),
        )  # fmt: skip
        return found.ys

    def person(matrix: Any, volume: Any, values: Any, entering: Any) -> Any:
        parameters = (matrix, volume, values)
        start = jnp.zeros(6 if effect is None else 8)

        def day(y: Any, _: Any) -> Any:
            paths = []
            for gap in GAPS:
                paths.append(solve(y.at[0].add(5.0 * entering), gap, parameters))
                y = paths[-1][-1]
            return y, jnp.concatenate(paths)

        end, days = jax.lax.scan(day, start, None, length=DAYS)
        return jnp.concatenate([start[None], days.reshape(-1, start.size), solve(end, WASHOUT, parameters)])

    entering = jnp.asarray(np.asarray(system.entering)[:people])
    whole = jax.jit(jax.vmap(person))

    def run() -> Array:
        path = np.asarray(whole(matrices, jnp.asarray(volumes[0]), jnp.asarray(own), entering))
        found = path[:, :, [1, 3, 4, 5]].transpose(2, 1, 0) / volumes[:, None]
        if effect is None:
            return found
        site, tolerance = path[:, :, 6].T, path[:, :, 7].T
        acting = own[:, 1] * site / (own[:, 2] * (1 + tolerance) + site)
        return np.concatenate([found, [acting, tolerance]])

    return run
