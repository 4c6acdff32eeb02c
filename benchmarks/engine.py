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
import resource
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
PEOPLE, THREADS, REPEATS, SLOW_REPEATS, FEW, CHECKED = 10_000, 2, 31, 3, 8, 24
AT = np.array([24 * day + hour for day in range(14) for hour in (0, 6, 14)], dtype=np.float64)
TIMES = np.arange(673.0)
DOSES = Doses(AT, np.full(AT.size, 5.0))
HOURLY = np.where(np.isin(TIMES, AT), 5.0, 0.0)
FLOOR = 1e-12
LEVELS_ASKED = [0.1, 0.2, 0.02, 0.05]
LABELS = {
    "people": "people (42 doses, 673 times)",
    "doses": "doses (1,000 people, 10 times)",
    "times": "output times (1,000 people, 42 doses)",
}


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


def summarised(people: int, above: list[float] | None) -> tuple[float, float]:
    """Seconds per person of the summaries, and of their arithmetic alone, in turn; two threads."""
    system, both = crowd(people, seed=5), ([], [])
    for _ in range(3):
        for only_sum, times in zip((False, True), both, strict=True):
            start = time.perf_counter()
            run_summaries([(0.0, system)], DOSES, 672.0, above, THREADS, None, only_sum)
            times.append((time.perf_counter() - start) / people)
    return min(both[0]), min(both[1])


def a_million() -> tuple[float, float]:
    """Seconds for the summaries of a million people in one pass, and megabytes that it took beyond the people."""
    system = crowd(1_000_000, seed=6)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    run_summaries([(0.0, system)], DOSES, 672.0, None, THREADS, None)
    taken = time.perf_counter() - start
    return taken, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def growth() -> dict[str, tuple[list[int], list[float]]]:
    """Milliseconds against people, doses and output times, one thread."""
    found = {}

    def run(people: int, doses: int, times: int, first: float = 0.0) -> float:
        system, grid = crowd(people, seed=1), first + np.arange(float(times))
        given = Doses(np.arange(doses) * 6.0, np.full(doses, 5.0))
        out = np.zeros((4, times, people))
        return 1e3 * people * timed(lambda: levels([(0.0, system)], given, grid, out=out, threads=1), people, 5)[1]

    sizes = [1000, 2000, 4000, 8000, 16000]
    found["people"] = (sizes, [run(size, 42, 673) for size in sizes])
    # Output times would hide the doses: here the last 9 hours only, after the last dose.
    sizes = [100, 300, 1000, 3000, 10_000]
    found["doses"] = (sizes, [run(1000, size, 10, 6.0 * (size - 1)) for size in sizes])
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
        axis.set(xlabel=LABELS[name], ylabel="ms, 1 thread", xlim=(0, None), ylim=(0, None))
    figure.savefig(PLOT, metadata={"Date": None})


def bar(name: str, found: float, limit: float, *, at_least: bool) -> str:
    """One line of the table of bars."""
    met = found >= limit if at_least else found <= limit
    sign = "at least" if at_least else "at most"
    shown = [f"{each:.0e}" if 0 < each < 1e-3 else f"{each:,.2f}" for each in (found, limit)]
    return f"| {name} | {shown[0]} | {sign} {shown[1]} | {'met' if met else 'not met'} |"


def bars(first: list[Line], second: list[Line], summing: tuple[float, float]) -> str:
    """Every bar, found and asked; medians of two threads on both sides, or one where a peer knows no threads."""
    rows = ["| bar | found | asked | |", "|" + "---|" * 4]

    def line(lines: list[Line], start: str) -> Line | None:
        return next((each for each in lines if each.name.startswith(start)), None)

    ours, both = line(first, "Unclench, 2"), line(second, "Unclench, 2")
    assert ours
    assert both
    asked = [("libRoadRunner", 500.0), ("NumPy eigenmodes", 5.0), ("plain Numba loop", 1.0)]
    for start, limit in asked:
        peer = line(first, start)
        if peer:
            rows.append(bar(f"W1: times faster than {peer.name}", peer.median / ours.median, limit, at_least=True))
    for threads in (1, 2):
        own, peer = line(first, f"Unclench, {threads}"), line(first, f"C loop (gcc -O3, AVX2), {threads}")
        if own and peer:
            rows.append(bar(f"W1: times as long as the C loop, {threads} thread{'s' * (threads > 1)}",
                            own.median / peer.median, 3.0, at_least=False))  # fmt: skip
    rows.append(bar("W1: worst relative error", ours.error, 1e-8, at_least=False))
    peers = [each.median for each in second if each.name.startswith(("diffrax", "libRoadRunner"))]
    rows.append(
        bar(
            "W2: times faster than the best of libRoadRunner and diffrax", min(peers) / both.median, 40.0, at_least=True
        )
    )
    rows.append(bar("W2: worst relative error", both.error, 1e-5, at_least=False))
    rows.append(bar("summaries: times as long as their arithmetic alone", summing[0] / summing[1], 2.0, at_least=False))
    return "\n".join(rows)


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


def words(*, write: bool) -> str:
    """The page."""
    busy, day = os.getloadavg()[0], datetime.now(UTC)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    first, second, grown = linear(), nonlinear(), growth()
    whole, alone = summarised(50_000, None)
    timed_whole, _ = summarised(20_000, LEVELS_ASKED)
    seconds, megabytes = a_million()
    if write:
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
        "NumPy may use two threads, and does so where it calls BLAS; the rest of it runs on one, as its users have it. "
        "libRoadRunner and SciPy solve one person at a time on one thread.", "",
        "## Bars", "", bars(first, second, (whole, alone)), "",
        "## W1: ten thousand people, four substances, every hour for 28 days", "", table(first), "",
        "## W2: the same with an effect site, effect and tolerance", "", table(second), "",
        "## Summaries in one pass", "",
        f"Peak, its time, areas and last level of four substances, 50,000 people, 2 threads, nothing stored: "
        f"{1e6 * whole:.2f} us a person. The arithmetic alone, which is the same loop over the same levels and slopes "
        f"that adds them up and looks for nothing: {1e6 * alone:.2f} us. Ratio {whole / alone:.2f}. With hours above "
        f"a level as well: {1e6 * timed_whole:.2f} us.", "",
        f"A million people in one pass: {seconds:.1f} s. Their answers are 192 MB, and this process, which had held "
        f"the arrays of W1 before, came to hold {megabytes:.0f} MB more than ever until then.", "",
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
    write = "--write" in sys.argv
    page = words(write=write)
    print(page)
    if write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
