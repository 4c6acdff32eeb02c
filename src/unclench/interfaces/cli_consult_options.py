"""The options of the verb `consult`, and their words of help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unclench.interfaces.door import JURISDICTION_VARIABLE
from unclench.values import Jurisdiction

Records = Annotated[
    list[str],
    typer.Argument(
        metavar="RECORD...",
        help="A FHIR R4 bundle, a folder of NDJSON, or a short record (YAML, JSON). Several files: one record.",
    ),
]
Request = Annotated[
    list[str] | None, typer.Option(help='What is asked for: "diazepam 5 mg three times a day for 7 days".')
]
On = Annotated[str | None, typer.Option(help="The day of the question, as 2026-11-21. Default: today.")]
Law = Annotated[Jurisdiction, typer.Option(envvar=JURISDICTION_VARIABLE, help="Whose label and limits count.")]
Answers = Annotated[list[str] | None, typer.Option(help="One answer, as pain=8. May be given again.")]
AnswersFile = Annotated[Path | None, typer.Option(help="A YAML or JSON file of answers.")]
PatientId = Annotated[str | None, typer.Option(help="Which patient, where the record holds several.")]
JsonTo = Annotated[str | None, typer.Option(help="Write JSON to this file; - for standard output.")]
HtmlTo = Annotated[str | None, typer.Option(help="Write one self-contained page to this file; - for standard output.")]
FhirTo = Annotated[str | None, typer.Option(help="Write a Bundle of FHIR R4 to this file; - for standard output.")]
PdfTo = Annotated[str | None, typer.Option(help="Write the prescriber's report as a PDF.")]
LeafletTo = Annotated[
    str | None, typer.Option(help="Write the patient's leaflet: a page, or a PDF where the name ends in .pdf.")
]
CalendarTo = Annotated[
    str | None,
    typer.Option(help="Write the calendar of the taper or course: a page, or a PDF where the name ends in .pdf."),
]
IcsTo = Annotated[str | None, typer.Option(help="Write its days as a calendar file (.ics).")]
LargePrint = Annotated[bool, typer.Option("--large-print", help="Leaflet and calendar in large print.")]
