"""`unclench study ARMS.csv`: the arms of a table, simulated and measured as their papers measured them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from unclench.interfaces.door import check_targets, printable, refused, write
from unclench.values import shortened

SOME_REFUSED = 7
LARGEST_TABLE = 50_000_000


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command()(study)


def study(
    arms: Annotated[
        Path,
        typer.Argument(
            metavar="ARMS.csv", help="One arm a row, with the columns of evidence/kinetics.csv or effects.csv."
        ),
    ],
    out: Annotated[str, typer.Option(help="Write predictions to this CSV file; - for standard output.")] = "-",
    replicates: Annotated[int, typer.Option(min=2, max=10_000, help="Virtual studies of each arm.")] = 200,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of the random numbers.")] = 20261122,
    curve: Annotated[str | None, typer.Option(metavar="ARM", help="Print the curve of this arm instead.")] = None,
) -> None:
    """Simulate the arms of a table of studies, and compare with what they observed."""
    from unclench.engine.progress import on_terminal
    from unclench.report.study_csv import curve_text, to_csv
    from unclench.simulation.study import curve as curve_of
    from unclench.simulation.study_arm import Arm
    from unclench.simulation.study_run import read_arms, run

    check_targets([out], [arms])
    try:
        # Read no further than that: a pipe or a device has no size, and may have no end.
        with arms.open("rb") as table_file:
            content = table_file.read(LARGEST_TABLE + 1)
    except OSError as error:
        raise refused(f"cannot read {shortened(str(arms))}: {error.strerror}.") from None
    if len(content) > LARGEST_TABLE:
        raise refused(f"{shortened(str(arms))} is larger than {LARGEST_TABLE:,} bytes. Split the table.")
    table = read_arms(content)
    if curve is not None:
        chosen = [arm for arm in table.arms if isinstance(arm, Arm) and arm.key == curve]
        if not chosen:
            why = [str(refusal) for refusal in table.refusals if refusal.key == curve]
            raise refused(why[0] if why else f"found no arm {shortened(curve)!r}, need one of the table.")
        write(out, curve_text(curve_of(chosen[0], table.known, seed=seed, replicates=replicates)).encode())
        return
    with on_terminal("arms") as progress:
        predictions, refusals = run(table, seed=seed, replicates=replicates, progress=progress)
    write(out, to_csv(predictions, refusals).encode())
    for refusal in refusals:
        sys.stderr.write(f"refused: {printable(str(refusal))}\n")
    if refusals:
        raise typer.Exit(SOME_REFUSED)
