"""The command line. Exit codes: 0 answered (the verdict does not change it), 2 usage, 3 record, 4 knowledge, 5 regimen,
6 engine, 7 part of a batch refused. Errors of the user print one message and no traceback; a bug still shows itself.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import Annotated

import typer

from unclench.interfaces import cli_consult, cli_export, cli_serve, cli_study, cli_taper
from unclench.interfaces.door import printable
from unclench.values import UnclenchError

USAGE = 2
FULL = (errno.ENOSPC, errno.EDQUOT)

app = typer.Typer(
    name="unclench",
    help="Diazepam for muscle spasm in this patient: whether, how much, how long, what it will do, how it stops.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
facts_app = typer.Typer(help="The knowledge base.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(facts_app, name="knowledge")
cli_consult.register(app)
cli_export.register(app)
cli_serve.register(app)
cli_study.register(app)
cli_taper.register(app)


@app.command()
def questions() -> None:
    """All questions that can be asked, with their ids and allowed answers."""
    from unclench.report.explain import questions_text

    typer.echo(questions_text())


@app.command()
def explain(
    key: Annotated[str, typer.Argument(help="The id of a rule or fact: INT-01, POP-11, CAP-UK-SPASM...")],
) -> None:
    """What a rule or fact says, where it comes from, how far it can be trusted, and what it asks."""
    from unclench.report.explain import explain as explained

    typer.echo(explained(key))


@facts_app.command()
def check() -> None:
    """Check every row of the knowledge base and show all faults at once."""
    from unclench.appraisal import appraise
    from unclench.appraisal.situation import QUESTIONS
    from unclench.knowledge.check import check as faults_of

    assert appraise  # importing it registers the questions
    faults = faults_of(frozenset(QUESTIONS))
    for fault in faults:
        typer.echo(str(fault), err=True)
    if faults:
        typer.echo(f"{len(faults)} faults.", err=True)
        raise typer.Exit(4)
    typer.echo("The knowledge base has no fault.")


def main() -> None:
    """Run the command line; turn our own errors into one message and an exit code."""
    # One short run makes thousands of rows that live to its end: looking for cycles among them costs a fifth of it.
    gc.disable()
    try:
        app()
    except UnclenchError as error:
        sys.stderr.write(f"unclench: {printable(str(error))}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader went away (a pager was closed): nothing is wrong, and nothing more can be said.
        _silence()
        sys.exit(0)
    except OSError as error:
        if error.errno not in FULL:
            raise
        _silence()
        sys.stderr.write(f"unclench: cannot write to standard output: {error.strerror}.\n")
        sys.exit(USAGE)


def _silence() -> None:
    """What is still in the buffer would be tried again at the end, and fail in sight of everybody."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
