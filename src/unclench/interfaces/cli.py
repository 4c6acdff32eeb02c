"""The command line. Exit codes: 0 answered (the verdict does not change it), 2 usage, 3 record, 4 knowledge, 5 regimen,
6 engine, 7 part of a batch refused. Errors of the user print one message and no traceback; a bug still shows itself.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unclench.interfaces import cli_study
from unclench.values import Jurisdiction, UnclenchError, shortened

app = typer.Typer(
    name="unclench",
    help="Diazepam for muscle spasm in this patient: whether, how much, how long, what it will do, how it stops.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
facts_app = typer.Typer(help="The knowledge base.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(facts_app, name="knowledge")
cli_study.register(app)

if TYPE_CHECKING:
    from unclench.consult import Consultation

JURISDICTION_VARIABLE = "UNCLENCH_JURISDICTION"
WIDTH_UNKNOWN = 80


def parse_day(text: str) -> date:
    """A full ISO date that somebody can live on, or a usage error."""
    from unclench.record.desk import EARLIEST_YEAR, LATEST_YEAR

    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise refused(f"found {shortened(text)!r}, need a date such as 2026-11-21.") from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise refused(f"found {text}, need a day from {EARLIEST_YEAR} to {LATEST_YEAR}.")
    return day


def refused(message: str) -> typer.BadParameter:
    """A usage error. It may quote what was typed, so it is made printable."""
    return typer.BadParameter(printable(message))


@app.command()
def consult(
    record: Annotated[
        list[str],
        typer.Argument(
            metavar="RECORD...",
            help="A FHIR R4 bundle, a folder of NDJSON, or a short record (YAML, JSON). Several files: one record.",
        ),
    ],
    request: Annotated[
        list[str] | None, typer.Option(help='What is asked for: "diazepam 5 mg three times a day for 7 days".')
    ] = None,
    on: Annotated[str | None, typer.Option(help="The day of the question, as 2026-11-21. Default: today.")] = None,
    jurisdiction: Annotated[
        Jurisdiction, typer.Option(envvar=JURISDICTION_VARIABLE, help="Whose label and limits count.")
    ] = Jurisdiction.US,
    answer: Annotated[list[str] | None, typer.Option(help="One answer, as pain=8. May be given again.")] = None,
    answers: Annotated[Path | None, typer.Option(help="A YAML or JSON file of answers.")] = None,
    patient: Annotated[str | None, typer.Option(help="Which patient, where the record holds several.")] = None,
    json: Annotated[str | None, typer.Option(help="Write JSON to this file; - for standard output.")] = None,
    html: Annotated[
        str | None, typer.Option(help="Write one self-contained page to this file; - for standard output.")
    ] = None,
) -> None:
    """Judge diazepam for one patient on one day."""
    from unclench.consult import consult as consult_record
    from unclench.record import parse_answer, parse_answers_file

    # Taken once, here at the door: everything inside is a function of this day.
    day = date.today() if on is None else parse_day(on)
    check_targets([target for target in (json, html) if target is not None], [*record, *([answers] if answers else [])])
    if request and len(request) > 1:
        raise refused(f"found {len(request)} requests, need one. Choose one of them.")
    stated = (*(parse_answers_file(answers) if answers else ()), *(parse_answer(text) for text in answer or ()))
    found = consult_record(
        record[0] if len(record) == 1 else tuple(record),
        on=day,
        jurisdiction=jurisdiction,
        request=request[0] if request else None,
        answers=stated,
        patient_id=patient,
    )
    outputs: list[tuple[str, bytes]] = []
    if json is not None:
        from unclench.report.json_out import to_json

        outputs.append((json, to_json(found)))
    if html is not None:
        from unclench.report.html import to_html

        outputs.append((html, to_html(found).encode()))
    for target, content in outputs:
        write(target, content)
    if "-" not in (json, html):
        show(found)


def show(found: Consultation) -> None:
    """The summary on the terminal, or plain in a pipe."""
    from rich.console import Console

    from unclench.report.terminal import print_consultation

    class Screen(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # handled in `main`: Rich would leave with exit code 1

    screen = Screen(highlight=False)
    if screen.width < 1:  # COLUMNS=0 would show nothing at all
        screen.width = WIDTH_UNKNOWN
    print_consultation(found, screen)


def check_targets(targets: list[str], inputs: Sequence[str | Path]) -> None:
    """Nothing is written over an input, and no two outputs to one place."""
    places = [os.path.realpath(target) for target in targets if target != "-"]
    if "" in targets:
        raise refused("found an output without a name, need a file, or - for standard output.")
    if len(set(places)) < len(places) or targets.count("-") > 1:
        raise refused("found two outputs to one place, need a file for each.")
    for place in {os.path.realpath(one) for one in inputs}.intersection(places):
        raise refused(f"found {shortened(place)} as input and as output, need another file for the output.")


def write(target: str, content: bytes) -> None:
    """To a file, or to standard output for -. A file that cannot be written is a usage error."""
    if target == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        Path(target).write_bytes(content)
    except OSError as error:
        raise refused(f"cannot write {shortened(target)}: {error.strerror}.") from None


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
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def printable(text: str) -> str:
    """A message may quote a hostile record: no control characters reach the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
