"""After the warm-up nothing is compiled; a consultation never meets the compiler; the exponential is right."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

USE = """
import numba.core.compiler as compiler
def refuse(*arguments, **named):
    raise AssertionError("compiled again")
compiler.compile_extra = refuse
from tests.verification.cascade_twin import crowd
from unclench.engine.cascade import Doses, levels, percentiles, summaries
from unclench.engine.nonlinear import Effect, effects
import numpy as np
system, doses = [(0.0, crowd(70))], Doses([0.0], [5.0])
levels(system, doses, [1.0, 2.0])
summaries(system, doses, 10.0)
percentiles(system, doses, [1.0], [50])
effects(system, doses, [1.0, 2.0], Effect(*(np.full(70, each) for each in (1.5, 1.0, 0.15, 1.0, 0.02, 0.02))))
from unclench.engine.compiled import KERNELS
assert len(KERNELS) >= 7
assert all(kernel.stats.cache_misses == {} or not kernel.stats.cache_misses for kernel in KERNELS.values())
assert all(kernel.stats.cache_hits for kernel in KERNELS.values())
"""


def test_after_the_warm_up_nothing_is_compiled() -> None:
    warmed = subprocess.run([sys.executable, "-m", "unclench.engine.warm"], check=True, capture_output=True, text=True)
    assert "kernels ready" in warmed.stdout
    environment = {"PYTHONPATH": ".:src"}
    subprocess.run([sys.executable, "-c", USE], check=True, env=environment)


def test_a_consultation_never_meets_the_compiler() -> None:
    look = "import sys, unclench.consult, unclench.engine.cascade; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", look], check=True)


def test_the_exponential_is_right_to_two_units_in_the_last_place() -> None:
    from unclench.engine.compiled import jit
    from unclench.engine.kernel_exp import exp_minus, mean_of_exp_minus

    @jit
    def both(x: float) -> tuple[float, float]:
        return exp_minus(x), mean_of_exp_minus(x, exp_minus(x))

    for x in np.concatenate([[0.0], np.geomspace(1e-12, 700, 4000)]):
        found, mean = both(float(x))
        assert abs(found - np.exp(-x)) <= 2 * np.spacing(np.exp(-x))
        expected = -np.expm1(-x) / x if x else 1.0
        assert abs(mean - expected) <= 1e-14
