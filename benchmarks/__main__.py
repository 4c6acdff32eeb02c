"""Every benchmark, as one table. Not a test: times depend on the machine, ratios to a peer much less.

python -m benchmarks            print
python -m benchmarks --write    and write docs/benchmarks.md
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import orjson

from benchmarks import consult, read_bundle, simulate, taper
from benchmarks.measure import RUNS, Measured, side_by_side
from unclench.record import read

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
READING_RATIO = 2.0
HEAD = """# Benchmarks

Made by `python -m benchmarks --write`; do not edit. Each line was measured in one go with its peer, run by run in
turn, and gives the median and the fastest of {runs} runs. The ratio is of the medians, ours over the peer's. The bar
is for the median.

- **Reading**: a FHIR bundle of more than 1 MB becomes a patient; orjson only parses the same bytes. The bar is twice
  its time.
- **Simulating**: eight regimens for 640 people each, and 160 who differ only by what studies leave unsure, with
  quantiles and summaries; SciPy's `solve_ivp` gives levels only (tolerance 1e-8), of one regimen for four people. For
  one person and regimen it takes {each:.0f} times as long.
- **Tapering**: from 20 mg a day after 14 months, on two threads. The peer of the search looks at the same criterion
  for doses of any size; what it reaches stands in `python -m benchmarks.taper`.
- **Consulting**: `examples/acute-back-spasm.yaml`, from the record to the report. The peer of a process imports the
  same libraries and does nothing. The first run after installation finds no compiled file of the package.

Measured on {day}: {machine}, of which {busy:.1f} were busy on average in the minute before.

{table}
"""


def reading() -> Measured:
    data = read_bundle.built()

    def parse() -> object:
        return orjson.loads(data)

    what = f"read a bundle of {len(data) / 1e6:.1f} MB"
    return side_by_side(
        what, lambda: read(data, on=read_bundle.ON), "orjson, parsing only", parse, bar_ratio=READING_RATIO
    )


def simulating() -> Measured:
    chain, lag = simulate.few()
    taken = simulate.REGIMENS[5]

    def ours() -> tuple[object, ...]:
        return simulate.simulate_courses(
            body=simulate.BODY,
            exposure=simulate.NO_CHANGE,
            regimens=simulate.REGIMENS,
            existing=None,
            on=simulate.ON,
            seed=simulate.SEED,
            people=simulate.PEOPLE,
        )

    times = ours()[5].curves[0].t_h  # type: ignore[attr-defined]
    doses = [(at, float(mg)) for at, mg in taken.timed()]
    return side_by_side(
        f"simulate {len(simulate.REGIMENS)} regimens x {simulate.PEOPLE} people",
        ours,
        f"SciPy solve_ivp, one regimen, {lag.size} people",
        lambda: simulate.by_solver(chain, lag, doses, times),
    )


def table(measured: Iterable[Measured]) -> str:
    head = ["what", "median ms", "fastest ms", "peer", "median ms", "fastest ms", "ratio", "bar", "kept"]
    rows = [
        [
            one.what,
            f"{one.median_ms:.1f}",
            f"{one.fastest_ms:.1f}",
            one.peer,
            f"{one.peer_median_ms:.1f}",
            f"{one.peer_fastest_ms:.1f}",
            f"{one.ratio:.2f}",
            one.bar,
            one.kept,
        ]
        for one in measured
    ]
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def main() -> None:
    busy = os.getloadavg()[0]
    measured = [reading(), simulated := simulating(), *taper.results(), *consult.results()]
    shown = table(measured)
    print(shown)
    if "--write" in sys.argv:
        whole = len(simulate.REGIMENS) * simulate.PEOPLE
        each = (simulated.peer_median_ms / simulate.PEER_PEOPLE) / (simulated.median_ms / whole)
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        day = f"{datetime.now(UTC):%-d %B %Y}"
        PAGE.write_text(
            HEAD.format(runs=RUNS, each=each, day=day, machine=machine, busy=busy, table=shown), encoding="utf-8"
        )
        print(f"wrote {PAGE.name}")


if __name__ == "__main__":
    main()
