"""A cascade with an effect site, a saturable effect and tolerance to it; the nonlinear part measured, not assumed.

C' = ke0 (C1 - C); E = Emax C^g / ((EC50 (1 + Tol))^g + C^g); Tol' = kon E - koff Tol, where C1 is the level of the
first compartment. Levels and C are exact. Tol is of order 10 in the step where C is smooth; the tests measure it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import ArrayLike

from unclench.engine.cascade import DAUGHTER, Array, Doses, Progress, Spans, array
from unclench.values import EngineError

LONGEST_STEP_H = 1.0
SWEPT_TO = 1e-9
MOST_SWEEPS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """The effect of each person; every field is (people,). Tolerance begins at 0."""

    ke0_per_h: ArrayLike
    emax: ArrayLike
    ec50: ArrayLike  # in the unit of the levels
    gamma: ArrayLike
    kon_per_h: ArrayLike
    koff_per_h: ArrayLike
    packed: Array = field(init=False, repr=False)  # (emax, ec50, gamma, kon, koff; people)

    def __post_init__(self) -> None:
        checked = {}
        for each in fields(self):
            if each.init:
                above = each.name != "kon_per_h"
                checked[each.name] = array(each.name, getattr(self, each.name), (None,), above_zero=above)
        sizes = {name: values.size for name, values in checked.items()}
        if len(set(sizes.values())) > 1:
            raise EngineError(
                where="effect", found=f"lengths {sizes}", need="one length", fix="Give each to every person."
            )
        order = ("emax", "ec50", "gamma", "kon_per_h", "koff_per_h")
        object.__setattr__(self, "packed", np.stack([checked[name] for name in order]))


def effects(
    spans: Spans,
    doses: Doses,
    times_h: ArrayLike,
    effect: Effect,
    out: Array | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    longest_step_h: float = LONGEST_STEP_H,
) -> Array:
    """(analytes + 2, times, people): every level, then E and Tol. See `cascade.levels` for spans, doses, times and out.

    With steps of at most an hour the error of E and Tol is below 1e-7 relative for rates up to some 5 per hour; halve
    the step for faster ones. For a gamma that is not whole, C^gamma is not smooth at the first dose, and the order
    is lower in the first step.
    """
    from unclench.engine.run import run_effects

    return run_effects(spans, doses, times_h, effect, out, threads, progress, longest_step_h)


def with_site(packed: Array, daughters: int, effect: Effect) -> Array:
    """The packed parameters with the effect site as one more daughter, of volume 1, which takes nothing away."""
    made = packed.copy()
    row = DAUGHTER + 3 * daughters
    made[row] = made[row + 1] = np.asarray(effect.ke0_per_h, dtype=np.float64)
    made[row + 2] = 1.0
    return made


def sweeps_for(effect: Effect, longest_step_h: float) -> int:
    """How many fixed-point sweeps a step needs: each shrinks what is left by about a quarter of kon times the step."""
    emax, kon = effect.packed[0], effect.packed[3]
    ratio = min(0.5, max(1e-6, float(np.max(kon * emax)) * longest_step_h / 4.0))
    return min(MOST_SWEEPS, max(2, int(np.ceil(np.log(SWEPT_TO) / np.log(ratio))) - 1))
