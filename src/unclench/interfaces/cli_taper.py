"""The verb `taper`: how diazepam ends, from a record or from a dose and a duration typed here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import typer

from unclench.interfaces import cli_taper_options as options
from unclench.interfaces.cli_taper_input import as_usage, read_or_typed, seen_of
from unclench.interfaces.door import check_targets, parse_day, screen, write
from unclench.interfaces.taper_input import DIAZEPAM, Typed, check_drug, named, of_use, wished
from unclench.values import Jurisdiction

if TYPE_CHECKING:
    from unclench.consult import Tapering
    from unclench.planning.taper_wish import Wish

PDF = ".pdf"


def register(app: typer.Typer) -> None:
    """Add the verb to the program."""
    app.command()(taper)


def taper(
    record: options.Records = None,
    dose: options.UsualDose = None,
    drug: options.Drug = DIAZEPAM,
    months: options.Months = None,
    times: options.Times = None,
    days_a_week: options.DaysAWeek = None,
    age: options.Age = None,
    sex: options.Sex = None,
    weight: options.Weight = None,
    pace: options.PaceOption = "auto",
    weeks: options.Weeks = None,
    peak: options.Peak = None,
    start: options.StartOn = None,
    products: options.Products = None,
    supply_days: options.SupplyDays = None,
    alternate_days: options.AlternateDays = False,
    diary: options.DiaryFile = None,
    levels: options.LevelsFile = None,
    on: options.On = None,
    jurisdiction: options.Law = Jurisdiction.US,
    answer: options.Answers = None,
    answers: options.AnswersFile = None,
    patient: options.PatientId = None,
    json: options.JsonTo = None,
    html: options.HtmlTo = None,
    calendar: options.CalendarTo = None,
    ics: options.IcsTo = None,
    fhir: options.FhirTo = None,
    large_print: options.LargePrint = False,
    seed: options.Seed = None,
) -> None:
    """Plan how diazepam ends: whether a taper is needed, what to take each day, and what it will do."""
    from unclench.consult import taper_patient
    from unclench.interfaces.cli_export import checked_seed
    from unclench.record import parse_answer, parse_answers_file
    from unclench.simulation.simulate import SEED

    # Taken once, here at the door: everything inside is a function of this day.
    day = date.today() if on is None else parse_day(on)
    drug = named(drug)
    inputs = [*(record or ()), *(path for path in (answers, diary, levels) if path is not None)]
    check_targets([target for target in (json, html, calendar, ics, fhir) if target is not None], inputs)
    with as_usage():
        use = of_use(dose, months, days_a_week, drug)
        said = (parse_answer(text) for text in (*use, *(answer or ())))
        stated = (*(parse_answers_file(answers) if answers else ()), *said)
        who = read_or_typed(record, Typed(age, sex, weight, times, drug, dose, months), stated, day, patient)
        wish = _wish(pace, weeks, peak, start, products, supply_days, alternate_days)
    seen, drawn = seen_of(diary, levels, day), SEED if seed is None else checked_seed(seed)
    made = taper_patient(who, on=day, jurisdiction=jurisdiction, wish=wish, seen=seen, seed=drawn)
    check_drug(made, drug)
    _write(made, json=json, html=html, calendar=calendar, ics=ics, fhir=fhir, large=large_print)
    if "-" not in (json, html, calendar, ics, fhir):
        from unclench.report.terminal_taper import print_taper

        print_taper(made.taper, screen(), on=day, jurisdiction=jurisdiction, made_with=made.made_with)


def _wish(
    pace: str,
    weeks: int | None,
    peak: float | None,
    start: str | None,
    products: list[str] | None,
    supply_days: int | None,
    alternate_days: bool,
) -> Wish:
    return wished(
        pace=pace,
        weeks=weeks,
        peak=peak,
        start_on=None if start is None else parse_day(start),
        products=products or (),
        supply_days=supply_days,
        alternate_days=alternate_days,
    )


def _write(
    made: Tapering,
    *,
    json: str | None,
    html: str | None,
    calendar: str | None,
    ics: str | None,
    fhir: str | None,
    large: bool,
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
    if fhir is not None:
        from unclench.report.fhir.bundle import taper_fhir

        outputs.append((fhir, taper_fhir(made)))
    for target, content in outputs:
        write(target, content)


def _calendar(made: Tapering, as_pdf: bool, large: bool) -> bytes:
    on, law, made_with = made.appraisal.on, made.appraisal.jurisdiction, made.made_with
    if as_pdf:
        from unclench.report.taper_pdf import calendar_pdf

        return calendar_pdf(made.taper, on, law, made_with, large=large)
    from unclench.report.taper_calendar import calendar_html

    return calendar_html(made.taper, on, law, made_with, large=large)
