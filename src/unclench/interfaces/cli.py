"""The command line. Exit codes: 0 answered (the verdict does not change it), 2 usage, 3 record, 4 knowledge, 5 regimen,
6 engine, 7 part of a batch refused. Errors of the user print one message and no traceback; a bug still shows itself.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from unclench.interfaces import cli_export, cli_serve, cli_study, cli_taper
from unclench.interfaces.door import JURISDICTION_VARIABLE, check_targets, parse_day, printable, refused, screen, write
from unclench.values import Jurisdiction, UnclenchError

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
cli_export.register(app)
cli_serve.register(app)
cli_study.register(app)
cli_taper.register(app)


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
    fhir: Annotated[
        str | None, typer.Option(help="Write a Bundle of FHIR R4 to this file; - for standard output.")
    ] = None,
) -> None:
    """Judge diazepam for one patient on one day."""
    from unclench.consult import consult as consult_record
    from unclench.record import parse_answer, parse_answers_file

    # Taken once, here at the door: everything inside is a function of this day.
    day = date.today() if on is None else parse_day(on)
    targets = [target for target in (json, html, fhir) if target is not None]
    check_targets(targets, [*record, *([answers] if answers else [])])
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
    if fhir is not None:
        from unclench.report.fhir.bundle import to_fhir

        outputs.append((fhir, to_fhir(found)))
    for target, content in outputs:
        write(target, content)
    if "-" not in targets:
        from unclench.report.terminal import print_consultation

        print_consultation(found, screen())


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
