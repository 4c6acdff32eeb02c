"""The verb `taper`: how diazepam ends, from a record or from a dose and a duration typed here."""

from __future__ import annotations

import json as plain_json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unclench.interfaces.door import JURISDICTION_VARIABLE, check_targets, parse_day, refused, screen, write
from unclench.values import Jurisdiction

if TYPE_CHECKING:
    from unclench.consult import Tapering
    from unclench.planning.taper_ground import Seen
    from unclench.planning.taper_wish import Wish
    from unclench.record.patient import Patient, Stated

REQUEST = "taper diazepam"
PACES = ("slow", "usual", "fast", "auto")
PDF = ".pdf"
MOST_WEEKS, MOST_MONTHS, MOST_SUPPLY_DAYS = 208, 1200, 180
TIMES = {1: "once a day", 2: "twice a day", 3: "three times a day", 4: "four times a day"}


def register(app: typer.Typer) -> None:
    """Add the verb to the program."""
    app.command()(taper)


def taper(
    record: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RECORD...]", help="A FHIR R4 bundle, a folder of NDJSON, or a short record. Or use --dose."
        ),
    ] = None,
    dose: Annotated[str | None, typer.Option(help='What is taken on a usual day: "20mg".')] = None,
    months: Annotated[float | None, typer.Option(help="For how many months it has been taken.")] = None,
    times: Annotated[int | None, typer.Option(help="How often a day it is taken: 1 to 4.")] = None,
    days_a_week: Annotated[float | None, typer.Option(help="On how many days a week.")] = None,
    age: Annotated[float | None, typer.Option(help="Age in years, where there is no record.")] = None,
    sex: Annotated[str | None, typer.Option(help="female or male, where there is no record.")] = None,
    weight: Annotated[float | None, typer.Option(help="Weight in kg, where there is no record.")] = None,
    pace: Annotated[str, typer.Option(help="slow, usual, fast, or auto: by what is found.")] = "auto",
    weeks: Annotated[int | None, typer.Option(help="How many weeks it may take. Default: as the pace needs.")] = None,
    peak: Annotated[
        float | None,
        typer.Option(help="The shortest taper whose modelled peak (worst fifth, % of reference) stays below this."),
    ] = None,
    start: Annotated[str | None, typer.Option(help="The day of the first cut, as 2026-12-01. Default: --on.")] = None,
    products: Annotated[
        list[str] | None,
        typer.Option(help="What may be used: tablets, liquid, 2,5,10, no-halves, or ids of products."),
    ] = None,
    supply_days: Annotated[int | None, typer.Option(help="Days in one supply, where local limits differ.")] = None,
    diary: Annotated[
        Path | None, typer.Option(help="CSV: date, mg_taken, withdrawal, spasm (0 to 10). Re-plans from there.")
    ] = None,
    levels: Annotated[
        Path | None, typer.Option(help="CSV of measured levels: time, analyte, value, unit, lloq, matrix.")
    ] = None,
    on: Annotated[str | None, typer.Option(help="The day of the question, as 2026-11-21. Default: today.")] = None,
    jurisdiction: Annotated[
        Jurisdiction, typer.Option(envvar=JURISDICTION_VARIABLE, help="Whose products and limits count.")
    ] = Jurisdiction.US,
    answer: Annotated[list[str] | None, typer.Option(help="One answer, as epilepsy=no. May be given again.")] = None,
    answers: Annotated[Path | None, typer.Option(help="A YAML or JSON file of answers.")] = None,
    patient: Annotated[str | None, typer.Option(help="Which patient, where the record holds several.")] = None,
    json: Annotated[str | None, typer.Option(help="Write JSON to this file; - for standard output.")] = None,
    html: Annotated[str | None, typer.Option(help="Write the prescriber's page to this file; - for output.")] = None,
    calendar: Annotated[
        str | None, typer.Option(help="Write the patient's calendar: a page, or a PDF where the name ends in .pdf.")
    ] = None,
    ics: Annotated[str | None, typer.Option(help="Write the days as a calendar file (.ics).")] = None,
    large_print: Annotated[bool, typer.Option("--large-print", help="The calendar in large print.")] = False,
    seed: Annotated[int | None, typer.Option(help="Seed of the drawn people.")] = None,
) -> None:
    """Plan how diazepam ends: whether a taper is needed, what to take each day, and what it will do."""
    from unclench.consult import taper_patient
    from unclench.interfaces.cli_export import checked_seed
    from unclench.record import parse_answer, parse_answers_file
    from unclench.simulation.simulate import SEED

    # Taken once, here at the door: everything inside is a function of this day.
    day = date.today() if on is None else parse_day(on)
    inputs = [*(record or ()), *(path for path in (answers, diary, levels) if path is not None)]
    check_targets([target for target in (json, html, calendar, ics) if target is not None], inputs)
    wish = _wish(pace, weeks, peak, start, products, supply_days)
    stated = (
        *(parse_answers_file(answers) if answers else ()),
        *(parse_answer(text) for text in (*_of_use(dose, months, days_a_week), *(answer or ()))),
    )
    found = _read(record, dose, months, stated, day, patient, (age, sex, weight, times))
    made = taper_patient(
        found,
        on=day,
        jurisdiction=jurisdiction,
        wish=wish,
        seen=_seen(diary, levels, day),
        seed=SEED if seed is None else checked_seed(seed),
    )
    _write(made, json=json, html=html, calendar=calendar, ics=ics, large=large_print)
    if "-" not in (json, html, calendar, ics):
        from unclench.report.terminal_taper import print_taper

        print_taper(made.taper, screen(), on=day, jurisdiction=jurisdiction, made_with=made.made_with)


def _wish(
    pace: str,
    weeks: int | None,
    peak: float | None,
    start: str | None,
    products: Sequence[str] | None,
    supply_days: int | None,
) -> Wish:
    from unclench.planning.taper_wish import Wish as Asked

    if pace not in PACES:
        raise refused(f"found the pace {pace[:40]!r}, need one of {', '.join(PACES)}.")
    if weeks is not None and not 1 <= weeks <= MOST_WEEKS:
        raise refused(f"found {weeks} weeks, need 1 to {MOST_WEEKS}.")
    if peak is not None and not 0 < peak < 1000:
        raise refused(f"found a peak of {peak:g} %, need a number above 0 and below 1000.")
    if peak is not None and weeks is not None:
        raise refused("found a number of weeks and a peak, need one of them: each follows from the other.")
    if supply_days is not None and not 1 <= supply_days <= MOST_SUPPLY_DAYS:
        raise refused(f"found {supply_days} days of supply, need 1 to {MOST_SUPPLY_DAYS}.")
    return Asked(
        start_on=None if start is None else parse_day(start),
        pace=pace,
        weeks=weeks,
        peak_percent=peak,
        products=tuple(products or ()),
        supply_days=supply_days,
    )


def _seen(diary: Path | None, levels: Path | None, day: date) -> Seen:
    from unclench.individual.diary_file import read_diary
    from unclench.individual.levels_file import read_levels
    from unclench.planning.taper_ground import Seen as Found

    return Found(
        diary=None if diary is None else read_diary(diary, until=day),
        levels=() if levels is None else read_levels(levels, on=day),
    )


def _of_use(dose: str | None, months: float | None, days_a_week: float | None) -> list[str]:
    """What was typed about present use, as answers."""
    said = []
    if dose is not None:
        said += ["diazepam-now=yes", f"diazepam-mg-per-day={_mg(dose):f}"]
    if months is not None:
        if not 0 < months <= MOST_MONTHS:
            raise refused(f"found {months:g} months, need more than 0, and at most {MOST_MONTHS}.")
        said.append(f"diazepam-months={months:g}")
    if days_a_week is not None:
        if not 0 < days_a_week <= 7:
            raise refused(f"found {days_a_week:g} days a week, need more than 0, and at most 7.")
        said.append(f"diazepam-days-per-week={days_a_week:g}")
    return said


def _mg(text: str) -> Decimal:
    number = text.strip().casefold().removesuffix("/day").removesuffix("a day").strip().removesuffix("mg").strip()
    try:
        mg = Decimal(number)
    except InvalidOperation:
        raise refused(f"found the dose {text[:40]!r}, need milligrams a day such as 20mg.") from None
    if not (mg.is_finite() and mg > 0):
        raise refused(f"found a dose of {text[:40]!r}, need more than 0 mg.")
    return mg


def _read(
    record: list[str] | None,
    dose: str | None,
    months: float | None,
    stated: Sequence[Stated],
    day: date,
    patient: str | None,
    person: tuple[float | None, str | None, float | None, int | None],
) -> Patient:
    """The record, or one made of what was typed."""
    from unclench.record import read

    if record:
        if any(part is not None for part in person):
            raise refused("found a record and a person typed beside it, need one of them.")
        return read(record[0] if len(record) == 1 else tuple(record), on=day, answers=stated, patient_id=patient)
    if dose is None or months is None:
        raise refused("found no record, need one, or --dose and --months.")
    return read(_typed(*person), on=day, answers=stated)


def _typed(age: float | None, sex: str | None, weight: float | None, times: int | None) -> bytes:
    """A short record of what was typed, in the words a person would use."""
    if sex not in (None, "female", "male"):
        raise refused(f"found the sex {sex[:40] if sex else sex!r}, need female or male.")
    if times not in (None, *TIMES):
        raise refused(f"found {times} times a day, need 1 to {max(TIMES)}.")
    said: dict[str, object] = {"id": "typed"}
    said |= {} if age is None else {"age": f"{age:g}"}
    said |= {} if sex is None else {"sex": sex}
    said |= {} if weight is None else {"weight": f"{weight:g} kg"}
    medicine = {"name": "diazepam", "how": TIMES[times or 2], "status": "active"}
    return plain_json.dumps({"patient": said, "medications": [medicine], "request": REQUEST}).encode()


def _write(
    made: Tapering, *, json: str | None, html: str | None, calendar: str | None, ics: str | None, large: bool
) -> None:
    on, law, made_with = made.appraisal.on, made.appraisal.jurisdiction, made.made_with
    outputs: list[tuple[str, bytes]] = []
    if json is not None:
        from unclench.report.json_taper import taper_json

        outputs.append((json, taper_json(made.taper, on=on, jurisdiction=law, made_with=made_with)))
    if html is not None:
        from unclench.report.taper_page import taper_html

        outputs.append((html, taper_html(made.taper, on=on, jurisdiction=law, made_with=made_with).encode()))
    if calendar is not None:
        outputs.append((calendar, _calendar(made, calendar.casefold().endswith(PDF), large)))
    if ics is not None:
        from unclench.report.ics import to_ics

        outputs.append((ics, to_ics(made.taper, on, law, made_with)))
    for target, content in outputs:
        write(target, content)


def _calendar(made: Tapering, as_pdf: bool, large: bool) -> bytes:
    on, law, made_with = made.appraisal.on, made.appraisal.jurisdiction, made.made_with
    if not made.taper.days:
        raise refused("no schedule was planned, so there is no calendar. Read why without --calendar.")
    if as_pdf:
        from unclench.report.taper_pdf import calendar_pdf

        return calendar_pdf(made.taper, on, law, made_with, large=large)
    from unclench.report.taper_calendar import calendar_html

    return calendar_html(made.taper, on, law, made_with, large=large)
