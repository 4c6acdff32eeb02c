"""Compile every kernel once, at installation, so that nobody waits for it later: `python -m unclench.engine.warm`.

Kernels that do not contain each other are compiled at the same time, each in a process of its own, into the same
cache; then all are loaded here, which shows that they can be.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time

MODULES = ("run", "percentiles")
# The second round takes pieces from modules of the first, and so would compile those again beside them.
ROUNDS = (
    ("kernel_effect", "kernel_levels", "kernel_summary", "kernel_matrix", "kernel_count"),
    ("kernel_summary_matrix", "kernel_effect_matrix"),
)


def in_parallel(names: tuple[str, ...], at_once: int) -> None:
    """Import each module in a process of its own, so many at once. What fails there fails again in `warm`."""
    waiting, running = list(names), list[subprocess.Popen[bytes]]()
    while waiting or running:
        running = [each for each in running if each.poll() is None]
        while waiting and len(running) < at_once:
            command = [sys.executable, "-c", f"import unclench.engine.{waiting.pop(0)}"]
            running.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))  # noqa: S603
        time.sleep(0.02)


def warm() -> tuple[int, list[str], float]:
    """Load or compile all kernels: how many there are, which could not be kept, and the seconds that it took."""
    start = time.perf_counter()
    cores = os.cpu_count() or 1
    if cores > 1:
        for names in ROUNDS:
            in_parallel(names, cores)
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
