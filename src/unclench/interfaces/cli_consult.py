"""The verb `consult`: diazepam judged for one patient on one day, and every way to write the answer down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

import typer

from unclench.interfaces import cli_consult_options as options
from unclench.interfaces.door import check_targets, parse_day, refused, screen, write
from unclench.values import Jurisdiction

if TYPE_CHECKING:
    from unclench.consult import Consultation

PDF = ".pdf"


def register(app: typer.Typer) -> None:
    """Add the verb to the program."""
    app.command()(consult)


def consult(
    record: options.Records,
    request: options.Request = None,
    on: options.On = None,
    jurisdiction: options.Law = Jurisdiction.US,
    answer: options.Answers = None,
    answers: options.AnswersFile = None,
    patient: options.PatientId = None,
    json: options.JsonTo = None,
    html: options.HtmlTo = None,
    pdf: options.PdfTo = None,
    leaflet: options.LeafletTo = None,
    calendar: options.CalendarTo = None,
    ics: options.IcsTo = None,
    fhir: options.FhirTo = None,
    large_print: options.LargePrint = False,
) -> None:
    """Judge diazepam for one patient on one day."""
    from unclench.consult import consult as consult_record
    from unclench.record import parse_answer, parse_answers_file

    # Taken once, here at the door: everything inside is a function of this day.
    day = date.today() if on is None else parse_day(on)
    # Every output by its name: what `_writers` writes is what `check_targets` has seen.
    texts = {"json": json, "html": html, "fhir": fhir, "ics": ics}
    wanted = {**texts, "pdf": pdf, "leaflet": leaflet, "calendar": calendar}
    targets = {name: target for name, target in wanted.items() if target is not None}
    check_targets(list(targets.values()), [*record, *([answers] if answers else [])])
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
    writers = _writers(targets, large_print)
    # All are made before any is written: an answer that cannot be given leaves no half behind.
    outputs = [(target, writers[name](found)) for name, target in targets.items()]
    for target, content in outputs:
        write(target, content)
    if "-" not in targets.values():
        from unclench.report.terminal import print_consultation

        print_consultation(found, screen())


def _writers(targets: Mapping[str, str], large: bool) -> dict[str, Callable[[Consultation], bytes]]:
    """How each output is made. Only what is asked for is imported."""

    def json(found: Consultation) -> bytes:
        from unclench.report.json_out import to_json

        return to_json(found)

    def html(found: Consultation) -> bytes:
        from unclench.report.html import to_html

        return to_html(found).encode()

    def pdf(found: Consultation) -> bytes:
        from unclench.report.pdf import to_pdf

        return to_pdf(found)

    def leaflet(found: Consultation) -> bytes:
        from unclench.report.leaflet_page import leaflet_html, leaflet_pdf

        return (leaflet_pdf if _is_pdf(targets["leaflet"]) else leaflet_html)(found, large=large)

    def calendar(found: Consultation) -> bytes:
        from unclench.report.calendar_course import consultation_calendar_html, consultation_calendar_pdf

        as_pdf = _is_pdf(targets["calendar"])
        return (consultation_calendar_pdf if as_pdf else consultation_calendar_html)(found, large=large)

    def ics(found: Consultation) -> bytes:
        from unclench.report.calendar_course import consultation_ics

        return consultation_ics(found)

    def fhir(found: Consultation) -> bytes:
        from unclench.report.fhir.bundle import to_fhir

        return to_fhir(found)

    return {"json": json, "html": html, "pdf": pdf, "leaflet": leaflet, "calendar": calendar, "ics": ics, "fhir": fhir}


def _is_pdf(target: str) -> bool:
    return target.casefold().endswith(PDF)
