"""The options of the verb `taper`, and their words of help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unclench.interfaces.door import JURISDICTION_VARIABLE
from unclench.values import Jurisdiction

Records = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[RECORD...]", help="A FHIR R4 bundle, a folder of NDJSON, or a short record. Or use --dose."
    ),
]
UsualDose = Annotated[str | None, typer.Option(help='What is taken on a usual day: "20mg".')]
Drug = Annotated[str, typer.Option(help="What is taken: diazepam, or a benzodiazepine or Z-drug to switch from.")]
Months = Annotated[float | None, typer.Option(help="For how many months it has been taken.")]
Times = Annotated[int | None, typer.Option(help="How often a day it is taken: 1 to 4.")]
DaysAWeek = Annotated[float | None, typer.Option(help="On how many days a week.")]
Age = Annotated[float | None, typer.Option(help="Age in years, where there is no record.")]
Sex = Annotated[str | None, typer.Option(help="female or male, where there is no record.")]
Weight = Annotated[float | None, typer.Option(help="Weight in kg, where there is no record.")]
PaceOption = Annotated[str, typer.Option(help="slow, usual, fast, or auto: by what is found.")]
Weeks = Annotated[int | None, typer.Option(help="How many weeks it may take. Default: as the pace needs.")]
Peak = Annotated[
    float | None,
    typer.Option(help="The shortest taper whose modelled peak (worst fifth, % of reference) stays below this."),
]
StartOn = Annotated[str | None, typer.Option(help="The day of the first cut, as 2026-12-01. Default: --on.")]
Products = Annotated[
    list[str] | None,
    typer.Option(help="What may be used: tablets, liquid, 2,5,10, no-halves, or ids of products."),
]
AlternateDays = Annotated[
    bool,
    typer.Option(
        "--alternate-days", help="Two doses in turn where no tablet makes the mean and the load hardly swings."
    ),
]
SupplyDays = Annotated[int | None, typer.Option(help="Days in one supply, where local limits differ.")]
DiaryFile = Annotated[
    Path | None, typer.Option(help="CSV: date, mg_taken, withdrawal, spasm (0 to 10). Re-plans from there.")
]
LevelsFile = Annotated[
    Path | None, typer.Option(help="CSV of measured levels: time, analyte, value, unit, lloq, matrix.")
]
On = Annotated[str | None, typer.Option(help="The day of the question, as 2026-11-21. Default: today.")]
Law = Annotated[Jurisdiction, typer.Option(envvar=JURISDICTION_VARIABLE, help="Whose products and limits count.")]
Answers = Annotated[list[str] | None, typer.Option(help="One answer, as epilepsy=no. May be given again.")]
AnswersFile = Annotated[Path | None, typer.Option(help="A YAML or JSON file of answers.")]
PatientId = Annotated[str | None, typer.Option(help="Which patient, where the record holds several.")]
JsonTo = Annotated[str | None, typer.Option(help="Write JSON to this file; - for standard output.")]
HtmlTo = Annotated[str | None, typer.Option(help="Write the prescriber's page to this file; - for output.")]
CalendarTo = Annotated[
    str | None, typer.Option(help="Write the patient's calendar: a page, or a PDF where the name ends in .pdf.")
]
IcsTo = Annotated[str | None, typer.Option(help="Write the days as a calendar file (.ics).")]
FhirTo = Annotated[str | None, typer.Option(help="Write a Bundle of FHIR R4 to this file; - for standard output.")]
LargePrint = Annotated[bool, typer.Option("--large-print", help="The calendar in large print.")]
Seed = Annotated[int | None, typer.Option(help="Seed of the drawn people.")]
