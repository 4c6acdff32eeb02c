"""The verb `taper`: how diazepam ends, from a record or from a dose and a duration typed here."""

from __future__ import annotations

from collections.abc import Mapping
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
    from unclench.record import parse_answer, parse_answers_file

    # Taken once, here at the door: everything inside is a function of this day.
    day = date.today() if on is None else parse_day(on)
    inputs = [*(record or ()), *(path for path in (answers, diary, levels) if path is not None)]
    targets = {"json": json, "html": html, "calendar": calendar, "ics": ics, "fhir": fhir}
    wanted = {kind: target for kind, target in targets.items() if target is not None}
    check_targets(list(wanted.values()), inputs)
    with as_usage():
        drug = named(drug)
        said = (parse_answer(text) for text in (*of_use(dose, months, days_a_week, drug), *(answer or ())))
        stated = (*(parse_answers_file(answers) if answers else ()), *said)
        who = read_or_typed(record, Typed(age, sex, weight, times, drug, dose, months), stated, day, patient)
        wish = wished(
            pace=pace,
            weeks=weeks,
            peak=peak,
            start_on=None if start is None else parse_day(start),
            products=products or (),
            supply_days=supply_days,
            alternate_days=alternate_days,
        )
    seen = seen_of(diary, levels, day)
    made = taper_patient(who, on=day, jurisdiction=jurisdiction, wish=wish, seen=seen, seed=_seed(seed))
    check_drug(made, drug)
    _tell(made, wanted, large_print)


def _seed(given: int | None) -> int:
    from unclench.interfaces.cli_export import checked_seed
    from unclench.simulation.simulate import SEED

    return SEED if given is None else checked_seed(given)


def _tell(made: Tapering, wanted: Mapping[str, str], large: bool) -> None:
    """Every output to its place, and on the screen unless one of them goes there."""
    for target, content in _outputs(made, wanted, large):
        write(target, content)
    if "-" not in wanted.values():
        from unclench.report.terminal_taper import print_taper

        of = made.appraisal
        print_taper(made.taper, screen(), on=of.on, jurisdiction=of.jurisdiction, made_with=made.made_with)


def _outputs(made: Tapering, wanted: Mapping[str, str], large: bool) -> list[tuple[str, bytes]]:
    """Target and content of each output that is wanted. All are made before the first is written."""
    on, law, made_with = made.appraisal.on, made.appraisal.jurisdiction, made.made_with
    outputs: list[tuple[str, bytes]] = []
    if "json" in wanted:
        from unclench.report.json_taper import taper_json

        outputs.append((wanted["json"], taper_json(made.taper, on=on, jurisdiction=law, made_with=made_with)))
    if "html" in wanted:
        from unclench.report.taper_page import taper_html

        outputs.append((wanted["html"], taper_html(made.taper, on=on, jurisdiction=law, made_with=made_with).encode()))
    if "calendar" in wanted:
        as_pdf = wanted["calendar"].casefold().endswith(PDF)
        outputs.append((wanted["calendar"], _calendar(made, as_pdf, large)))
    if "ics" in wanted:
        from unclench.report.ics import to_ics

        outputs.append((wanted["ics"], to_ics(made.taper, on, law, made_with)))
    if "fhir" in wanted:
        from unclench.report.fhir.bundle import taper_fhir

        outputs.append((wanted["fhir"], taper_fhir(made)))
    return outputs


def _calendar(made: Tapering, as_pdf: bool, large: bool) -> bytes:
    on, law, made_with = made.appraisal.on, made.appraisal.jurisdiction, made.made_with
    if as_pdf:
        from unclench.report.taper_pdf import calendar_pdf

        return calendar_pdf(made.taper, on, law, made_with, large=large)
    from unclench.report.taper_calendar import calendar_html

    return calendar_html(made.taper, on, law, made_with, large=large)
