"""How kernels are compiled: once, for fixed argument types, into Numba's cache; never again while no kernel changes.

A kernel is compiled when its module is first imported, or loaded from the cache, where `python -m unclench.engine.warm`
has put it. Numba alone would look at the age of one file; here a cached kernel is good as long as the text of every
kernel module is the same, so an edit anywhere renews all of them and a fresh checkout of the same text none.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numba.extending
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Function = Callable[..., Any]

HERE = Path(__file__).resolve().parent
SOURCES = sorted([*HERE.glob("kernel_*.py"), Path(__file__).resolve()])
# Fused multiply-add is allowed, nothing else: reordering would break the exact rounding inside `kernel_exp`.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}
# Numba's stubs do not know `_nrt`.
jit: Any = numba.njit
intrinsic: Any = numba.extending.intrinsic
KERNELS: dict[str, Any] = {}
uncached: list[str] = []


def edition() -> tuple[int, int]:
    """A digest of every kernel module's text."""
    text = b"".join(path.read_bytes() for path in SOURCES)
    return zlib.crc32(text), len(text)


def part(function: Function) -> Any:
    """A piece that kernels are made of: compiled into them. It makes no arrays, so it need not count who holds one."""
    return jit(_nrt=False, **OPTIONS)(function)


def view(function: Function) -> Any:
    """A piece that gives back part of an array: written into its callers, who need not count who holds it either."""
    return jit(_nrt=False, inline="always", **OPTIONS)(function)


def making_arrays(function: Function) -> Any:
    """A piece that kernels are made of and that makes arrays."""
    return jit(_nrt=True, **OPTIONS)(function)


def kernel(signature: str) -> Callable[[Function], Any]:
    """A whole kernel, callable from Python, for exactly these argument types."""

    def compile_now(function: Function) -> Any:
        made = jit(**OPTIONS)(function)
        try:
            made.enable_caching()
            stamp = edition()
            made._cache._source_stamp = made._cache._cache_file._source_stamp = stamp
        except RuntimeError:
            uncached.append(function.__name__)
        made.compile(signature)
        made.disable_compile()
        KERNELS[f"{function.__module__}.{function.__name__}"] = made
        return made

    return compile_now
