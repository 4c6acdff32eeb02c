"""The compiled engine on the reference workloads, beside its peers in one run.

python -m benchmarks.engine            print
python -m benchmarks.engine --write    and write docs/benchmarks-engine.md and its plot
"""

from __future__ import annotations

import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=true intra_op_parallelism_threads=2")
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
os.environ.setdefault("NUMBA_NUM_THREADS", "2")

import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from benchmarks.engine_diffrax import by_diffrax
from benchmarks.engine_peers import RoadRunner, by_numpy, by_plain_numba, by_scipy, c_loop, modes
from tests.verification.cascade_twin import crowd, rate_matrix
from unclench.engine.cascade import Cascade, Doses, levels
from unclench.engine.nonlinear import Effect, effects
from unclench.engine.run import run_summaries

Array = NDArray[np.float64]
ROOT = Path(__file__).resolve().parent.parent
PAGE, PLOT = ROOT / "docs" / "benchmarks-engine.md", ROOT / "docs" / "benchmarks-engine.svg"
PEOPLE, THREADS, REPEATS, SLOW_REPEATS, FEW, CHECKED = 10_000, 2, 9, 3, 8, 24
AT = np.array([24 * day + hour for day in range(14) for hour in (0, 6, 14)], dtype=np.float64)
TIMES = np.arange(673.0)
DOSES = Doses(AT, np.full(AT.size, 5.0))
HOURLY = np.where(np.isin(TIMES, AT), 5.0, 0.0)
FLOOR = 1e-12


@dataclass(frozen=True, slots=True)
class Line:
    """One contestant: seconds per person (median, fastest, slowest), worst relative error, and what it may use."""

    name: str
    median: float
    fastest: float
    slowest: float
    error: float
    note: str


def timed(work: Callable[[], object], people: int, repeats: int) -> tuple[float, float, float]:
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) / people)
    return statistics.median(taken), min(taken), max(taken)


def error(found: Array, exact: Array) -> float:
    """Worst relative error over analytes, times and people, of what is above 1e-12 of its peak."""
    peak = exact.max(axis=1, keepdims=True)
    seen = exact > FLOOR * peak
    return float(np.max(np.abs(found - exact)[seen] / exact[seen]))


def exact_levels(system: Cascade, people: int) -> Array:
    """By the matrix exponential of one hour, person by person."""
    found = np.empty((4, TIMES.size, people))
    for p in range(people):
        matrix = rate_matrix(system, p)[:-1, :-1]
        hour, state = expm(matrix), np.zeros(6)
        volumes = np.array([np.asarray(system.volumes_l)[0, p], *np.asarray(system.daughter_volume_l)[:, p]])
        for j in range(TIMES.size):
            state = hour @ state if j else state
            state[0] += HOURLY[j] * np.asarray(system.entering)[p]
            found[:, j, p] = state[[1, 3, 4, 5]] / volumes
    return found


def aligned(*shape: int) -> Array:
    room = np.zeros(int(np.prod(shape)) + 8)
    first = (-room.ctypes.data // 8) % 8
    return room[first : first + int(np.prod(shape))].reshape(shape)


def linear() -> list[Line]:
    """W1."""
    system, exact, out = crowd(PEOPLE, seed=1), exact_levels(crowd(PEOPLE, seed=1), CHECKED), aligned(4, 673, PEOPLE)
    given, other = modes(system), np.zeros((PEOPLE, 673, 4))
    loop, road = c_loop(), RoadRunner(nonlinear=False)
    lines = []

    def add(
        name: str, work: Callable[[], object], people: int, repeats: int, found: Callable[[], Array], note: str
    ) -> None:
        times = timed(work, people, repeats)
        got = found()[..., :CHECKED]
        lines.append(Line(name, *times, error(got, exact[..., : got.shape[-1]]), note))

    for threads in (1, THREADS):
        add(
            f"Unclench, {threads} thread{'s' * (threads > 1)}",
            lambda threads=threads: levels([(0.0, system)], DOSES, TIMES, out=out, threads=threads),
            PEOPLE, REPEATS, lambda: out, "modes included; buffer reused",
        )  # fmt: skip
    if loop:
        for threads in (1, THREADS):
            add(
                f"C loop (gcc -O3, AVX2), {threads} thread{'s' * (threads > 1)}",
                lambda threads=threads: loop(given, HOURLY, out, threads),
                PEOPLE, REPEATS, lambda: out, "modes given for nothing; buffer reused",
            )  # fmt: skip
    add(
        "plain Numba loop, 2 threads", lambda: by_plain_numba(*given, HOURLY, other), PEOPLE, REPEATS,
        lambda: other.transpose(2, 1, 0), "modes given for nothing; buffer reused",
    )  # fmt: skip
    add("NumPy eigenmodes", lambda: by_numpy(system, HOURLY, out), PEOPLE, SLOW_REPEATS, lambda: out, "buffer reused")
    answers: dict[str, Array] = {}
    compiled = by_diffrax(system, 64, None)
    if compiled:
        add(
            "diffrax, Tsit5, vmap",
            lambda: answers.update(d=compiled()),
            64,
            SLOW_REPEATS,
            lambda: answers["d"],
            "64 people",
        )
    add(
        "libRoadRunner (CVODE)", lambda: answers.update(r=road(system, FEW, HOURLY, None)), FEW, SLOW_REPEATS,
        lambda: answers["r"], f"{FEW} people, 1 thread",
    )  # fmt: skip
    add(
        "SciPy LSODA", lambda: answers.update(s=by_scipy(system, 2, HOURLY, None, "LSODA", False)), 2, 2,
        lambda: answers["s"], "2 people, 1 thread",
    )  # fmt: skip
    return lines


def nonlinear() -> list[Line]:
    """W2."""
    system, rng, few = crowd(PEOPLE, seed=1), np.random.default_rng(2), 3
    log_sd = np.sqrt(np.log(1.09))

    def about(centre: float) -> Array:
        return centre * np.exp(log_sd * rng.standard_normal(PEOPLE))

    effect = Effect(about(1.5), about(1.0), about(0.15), np.ones(PEOPLE), about(0.02), about(0.02))
    exact = by_scipy(system, few, HOURLY, effect, "DOP853", True)
    lines, out, road = [], np.zeros((6, 673, PEOPLE)), RoadRunner(nonlinear=True)
    for threads in (1, THREADS):
        taken = timed(lambda threads=threads: effects([(0.0, system)], DOSES, TIMES, effect, out, threads), PEOPLE, 3)  # type: ignore[misc]
        lines.append(Line(f"Unclench, {threads} thread{'s' * (threads > 1)}", *taken, error(out[..., :few], exact), ""))
    compiled = by_diffrax(system, 64, effect)
    if compiled:
        taken = timed(compiled, 64, SLOW_REPEATS)
        lines.append(Line("diffrax, Tsit5, vmap", *taken, error(compiled()[..., :few], exact), "64 people"))
    taken = timed(lambda: road(system, FEW, HOURLY, effect), FEW, SLOW_REPEATS)
    found = road(system, few, HOURLY, effect)
    lines.append(Line("libRoadRunner (CVODE)", *taken, error(found, exact), f"{FEW} people, 1 thread"))
    return lines


def summarised(people: int) -> tuple[float, float]:
    """Seconds per person of the summaries, and of their arithmetic alone, in turn; two threads."""
    system, both = crowd(people, seed=5), ([], [])
    for _ in range(3):
        for only_sum, times in zip((False, True), both, strict=True):
            start = time.perf_counter()
            run_summaries([(0.0, system)], DOSES, 672.0, None, THREADS, None, only_sum)
            times.append((time.perf_counter() - start) / people)
    return min(both[0]), min(both[1])


def growth() -> dict[str, tuple[list[int], list[float]]]:
    """Milliseconds against people, doses and output times, one thread."""
    found = {}

    def run(people: int, doses: int, times: int) -> float:
        system, grid = crowd(people, seed=1), np.arange(float(times))
        given = Doses(np.arange(doses) * 6.0, np.full(doses, 5.0))
        out = np.zeros((4, times, people))
        return 1e3 * people * timed(lambda: levels([(0.0, system)], given, grid, out=out, threads=1), people, 5)[1]

    sizes = [1000, 2000, 4000, 8000, 16000]
    found["people"] = (sizes, [run(size, 42, 673) for size in sizes])
    sizes = [50, 100, 200, 400, 800]
    found["doses"] = (sizes, [run(500, size, 4801) for size in sizes])
    sizes = [500, 1000, 2000, 4000, 8000]
    found["times"] = (sizes, [run(1000, 42, size) for size in sizes])
    return found


def plot(grown: dict[str, tuple[list[int], list[float]]]) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "engine"
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(10, 3), layout="constrained")
    for axis, (name, (sizes, taken)) in zip(axes, grown.items(), strict=True):
        axis.plot(sizes, taken, "o-", color="black")
        axis.set(xlabel=name, ylabel="ms", xlim=(0, None), ylim=(0, None))
    figure.savefig(PLOT, metadata={"Date": None})


def table(lines: list[Line]) -> str:
    head = (
        "| what | people/s | us/person, median | fastest to slowest | worst relative error | times ours takes | note |"
    )
    ours = next(line for line in lines if line.name.startswith("Unclench, 2"))
    rows = [
        f"| {line.name} | {1 / line.median:,.0f} | {1e6 * line.median:,.2f} | {1e6 * line.fastest:,.2f} to "
        f"{1e6 * line.slowest:,.2f} | {line.error:.0e} | {line.median / ours.median:,.2f} | {line.note} |"
        for line in lines
    ]
    return "\n".join([head, "|" + "---|" * 7, *rows])


def processor() -> str:
    """Its name, where the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown processor")


def words() -> str:
    """The page."""
    busy, day = os.getloadavg()[0], datetime.now(UTC)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    first, second, grown = linear(), nonlinear(), growth()
    whole, alone = summarised(100_000)
    plot(grown)
    out = np.zeros((4, 673, PEOPLE))
    fill = timed(lambda: out.fill(1.0), PEOPLE, 5)[0]
    model = processor()
    ours = next(line for line in first if line.name.startswith("Unclench, 1"))
    text = [
        "# Benchmarks of the engine", "",
        "Made by `python -m benchmarks.engine --write`; do not edit. Ratios count; times depend on the machine.", "",
        f"Measured on {day:%-d %B %Y} at commit {commit}: {os.cpu_count()} cores, {model}, Python "
        f"{platform.python_version()}, of which {busy:.1f} were busy on average in the minute before.", "",
        f"Errors are the worst over all analytes and times of {CHECKED} people (or as many as a slow peer solved), of "
        "levels above 1e-12 of their peak, against the matrix exponential (W1) and DOP853 at 1e-12 (W2).", "",
        "## W1: ten thousand people, four substances, every hour for 28 days", "", table(first), "",
        "## W2: the same with an effect site, effect and tolerance", "", table(second), "",
        "## Summaries in one pass", "",
        f"Peak, its time, areas, last level of four substances, 100,000 people, 2 threads, nothing stored: "
        f"{1e6 * whole:.2f} us a person; the same loop when it only adds up levels: {1e6 * alone:.2f} us. "
        f"Ratio {whole / alone:.2f} (bar: 2). A million people take ten times as long.", "",
        "## How the cost grows", "", "![milliseconds against people, doses and times](benchmarks-engine.svg)", "",
    ]  # fmt: skip
    for name, (sizes, taken) in grown.items():
        shown = ", ".join(f"{size}: {ms:.1f} ms" for size, ms in zip(sizes, taken, strict=True))
        slope = np.polyfit(np.log(sizes), np.log(taken), 1)[0]
        text.append(f"- {name}: {shown}. Power {slope:.2f} (1 is linear; below 1 there is a fixed part).")
    text += [
        "", "## Where the limit is", "",
        f"The answer of W1 is {out.nbytes / 1e6:.0f} MB. Filling it with one number takes {1e6 * fill:.2f} us a person "
        f"on one thread; solving takes {1e6 * ours.median:.2f} us, {ours.median / fill:.1f} times that. On a "
        "uniform grid the exponentials are taken once a person; on times that all differ they are the limit.",
    ]  # fmt: skip
    return "\n".join(text) + "\n"


def main() -> None:
    page = words()
    print(page)
    if "--write" in sys.argv:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
