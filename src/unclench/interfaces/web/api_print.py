"""What is printed, kept or handed over: the report, the leaflet and the calendar of one question.

Files are made in memory, and their names are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from unclench.consult import Consultation, consult_patient
from unclench.interfaces.web.ask_body import AskOperation, ask_of, saved_as
from unclench.interfaces.web.asks import Ask, asked
from unclench.interfaces.web.service import Service
from unclench.report import calendar_course as calendar
from unclench.report.html import to_html
from unclench.report.leaflet_page import leaflet_html, leaflet_pdf
from unclench.report.pdf import to_pdf

PDF, HTML, ICS = "application/pdf", "text/html", "text/calendar"


@dataclass(frozen=True, slots=True)
class Printed:
    """One file. `name` is that under which a browser saves it, and says nothing of a patient."""

    name: str
    media_type: str
    made: Callable[[Consultation, bool], bytes]  # in large print or not


REPORT_PDF = Printed("diazepam-report.pdf", PDF, lambda found, _: to_pdf(found))
REPORT_HTML = Printed("diazepam-report.html", HTML, lambda found, _: to_html(found).encode())
LEAFLET_PDF = Printed("diazepam-leaflet.pdf", PDF, lambda found, large: leaflet_pdf(found, large=large))
LEAFLET_HTML = Printed("diazepam-leaflet.html", HTML, lambda found, large: leaflet_html(found, large=large))
CALENDAR_PDF = Printed(
    "diazepam-calendar.pdf", PDF, lambda found, large: calendar.consultation_calendar_pdf(found, large=large)
)
CALENDAR_HTML = Printed(
    "diazepam-calendar.html", HTML, lambda found, large: calendar.consultation_calendar_html(found, large=large)
)
CALENDAR_ICS = Printed("diazepam-calendar.ics", ICS, lambda found, _: calendar.consultation_ics(found))


def _made(of: Printed, ask: Ask, large: bool, service: Service) -> bytes:
    one = asked(ask, today=service.today(), jurisdiction=service.settings.jurisdiction)
    return of.made(consult_patient(one.patient, on=one.on, jurisdiction=one.jurisdiction), large)


async def _given(
    of: Printed, request: Request[Any, Any, State], state: State, large: FromQuery[bool] = False
) -> Response[bytes]:
    service: Service = state.service
    body = await service.slow.run(_made, of, await ask_of(request), large, service)
    return Response(body, media_type=of.media_type, headers=saved_as(of.name))


@post(
    "/api/report.pdf",
    status_code=200,
    media_type=PDF,
    operation_class=AskOperation,
    summary="The prescriber's report as PDF",
)
async def report_pdf(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    return await _given(REPORT_PDF, request, state)


@post(
    "/api/report.html",
    status_code=200,
    media_type=HTML,
    operation_class=AskOperation,
    summary="The report as one self-contained page",
)
async def report_html(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    return await _given(REPORT_HTML, request, state)


@post(
    "/api/leaflet.pdf",
    status_code=200,
    media_type=PDF,
    operation_class=AskOperation,
    summary="The patient's leaflet as PDF",
)
async def leaflet_as_pdf(
    request: Request[Any, Any, State], state: State, large: FromQuery[bool] = False
) -> Response[bytes]:
    return await _given(LEAFLET_PDF, request, state, large)


@post(
    "/api/leaflet.html",
    status_code=200,
    media_type=HTML,
    operation_class=AskOperation,
    summary="The patient's leaflet as one page",
)
async def leaflet_as_html(
    request: Request[Any, Any, State], state: State, large: FromQuery[bool] = False
) -> Response[bytes]:
    return await _given(LEAFLET_HTML, request, state, large)


@post(
    "/api/calendar.pdf",
    status_code=200,
    media_type=PDF,
    operation_class=AskOperation,
    summary="The days of the plan as PDF",
)
async def calendar_pdf(
    request: Request[Any, Any, State], state: State, large: FromQuery[bool] = False
) -> Response[bytes]:
    return await _given(CALENDAR_PDF, request, state, large)


@post(
    "/api/calendar.html",
    status_code=200,
    media_type=HTML,
    operation_class=AskOperation,
    summary="The days of the plan as one page",
)
async def calendar_html(
    request: Request[Any, Any, State], state: State, large: FromQuery[bool] = False
) -> Response[bytes]:
    return await _given(CALENDAR_HTML, request, state, large)


@post(
    "/api/calendar.ics",
    status_code=200,
    media_type=ICS,
    operation_class=AskOperation,
    summary="The same for the calendar of a phone",
)
async def calendar_ics(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    return await _given(CALENDAR_ICS, request, state)


def handlers() -> Sequence[ControllerRouterHandler]:
    return [report_pdf, report_html, leaflet_as_pdf, leaflet_as_html, calendar_pdf, calendar_html, calendar_ics]
