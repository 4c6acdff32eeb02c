"""One consultation: as a whole process, as the first one after an installation, and inside a running process.

    python -m benchmarks.consult

The peer of a process is Python with the same libraries imported and nothing done: no program that uses them is faster.
The peer inside a process is SciPy's `solve_ivp`, which follows four people through one of the regimens.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks import simulate
from benchmarks.measure import Measured, side_by_side
from unclench import consult

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "acute-back-spasm.yaml"
ON = date(2026, 11, 22)
ASK = ("consult", str(EXAMPLE), "--on", ON.isoformat())
RUN = "import sys; from unclench.interfaces.cli import main; main()"
FLOOR = "import numpy, rich.console, typer, jinja2, yaml, msgspec"
FLOOR_NAME = "Python importing the same libraries"
WARM_BAR_MS, FIRST_BAR_MS, INSIDE_BAR_MS = 1000.0, 3000.0, 60.0


def process(code: str, *arguments: str, package: Path) -> None:
    """One whole process, with its output thrown away."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment | {"PYTHONPATH": str(package)},
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
    )


def unpack(package: Path) -> None:
    """A fresh copy of the package, without any compiled file."""
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(ROOT / "src" / "unclench", package / "unclench", ignore=shutil.ignore_patterns("__pycache__"))


def processes() -> list[Measured]:
    """Warm, on a copy that ran before; and the first run of a copy that is new each time."""
    with tempfile.TemporaryDirectory() as folder:
        used, new = Path(folder) / "used", Path(folder) / "new"
        unpack(used)

        def first() -> None:
            unpack(new)
            process(RUN, *ASK, package=new)

        return [
            side_by_side(what, work, FLOOR_NAME, lambda: process(FLOOR, package=used), bar_ms=bar_ms)
            for what, work, bar_ms in (
                ("consult, whole process, warm", lambda: process(RUN, *ASK, package=used), WARM_BAR_MS),
                ("consult, first run after installation", first, FIRST_BAR_MS),
            )
        ]


def inside() -> Measured:
    chain, lag = simulate.few()
    taken = simulate.REGIMENS[5]
    (course, *_) = simulate.simulate_courses(
        body=simulate.BODY, exposure=simulate.NO_CHANGE, regimens=[taken], existing=None, on=simulate.ON, people=20
    )
    doses = [(at, float(mg)) for at, mg in taken.timed()]
    regimens = len(consult(EXAMPLE, on=ON).courses)
    return side_by_side(
        f"consult in a running process, {regimens} regimens x 801 columns of people",
        lambda: consult(EXAMPLE, on=ON),
        f"SciPy solve_ivp, one regimen, {lag.size} people",
        lambda: simulate.by_solver(chain, lag, doses, course.curves[0].t_h),
        bar_ms=INSIDE_BAR_MS,
    )


def results() -> list[Measured]:
    """In-process first: it wants the machine least disturbed."""
    return [inside(), *processes()]


def main() -> None:
    from benchmarks.__main__ import table

    print(table(results()))


if __name__ == "__main__":
    main()
