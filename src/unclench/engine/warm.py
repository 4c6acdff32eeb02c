"""Compile every kernel once, at installation, so that nobody waits for it later: `python -m unclench.engine.warm`."""

from __future__ import annotations

import importlib
import sys
import time

MODULES = ("run", "percentiles")


def warm() -> tuple[int, list[str], float]:
    """Load or compile all kernels: how many there are, which could not be kept, and the seconds that it took."""
    start = time.perf_counter()
    for name in MODULES:
        importlib.import_module(f"unclench.engine.{name}")
    from unclench.engine.compiled import KERNELS, uncached

    return len(KERNELS), list(uncached), time.perf_counter() - start


def main() -> None:
    """Say in one line what was done."""
    count, lost, seconds = warm()
    message = f"{count} kernels ready ({seconds:.0f} s)"
    if lost:
        message += (
            "; the place for compiled files cannot be written, so each start will compile them again: "
            "set NUMBA_CACHE_DIR to a folder that can"
        )
    sys.stdout.write(message + "\n")


if __name__ == "__main__":
    main()
