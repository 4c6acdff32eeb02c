"""A taper for programs: the JSON of `unclench taper --json`, and its calendars. The page asks the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, Router, post
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.params import FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from unclench.consult import Tapering
from unclench.interfaces.web.ask_body import saved_as
from unclench.interfaces.web.asks_taper import TaperAsk, tapered
from unclench.interfaces.web.service import Service
from unclench.report.fhir.bundle import taper_fhir
from unclench.report.ics import to_ics
from unclench.report.json_taper import taper_json
from unclench.report.taper_calendar import calendar_html
from unclench.report.taper_pdf import calendar_pdf


@dataclass(frozen=True, slots=True)
class Document:
    """One way to take a taper away. `name` is that of the file, and says nothing of a patient."""

    name: str
    media_type: str
    made: Callable[[Tapering], bytes]


def _json(made: Tapering) -> bytes:
    return taper_json(made.taper, on=made.appraisal.on, jurisdiction=_law(made), made_with=made.made_with)


def _pdf(made: Tapering) -> bytes:
    return calendar_pdf(made.taper, made.appraisal.on, _law(made), made.made_with)


def _pdf_large(made: Tapering) -> bytes:
    return calendar_pdf(made.taper, made.appraisal.on, _law(made), made.made_with, large=True)


def _html(made: Tapering) -> bytes:
    return calendar_html(made.taper, made.appraisal.on, _law(made), made.made_with)


def _html_large(made: Tapering) -> bytes:
    return calendar_html(made.taper, made.appraisal.on, _law(made), made.made_with, large=True)


def _ics(made: Tapering) -> bytes:
    return to_ics(made.taper, made.appraisal.on, _law(made), made.made_with)


def _law(made: Tapering) -> Any:
    return made.appraisal.jurisdiction


FHIR = "application/fhir+json; fhirVersion=4.0"
PDF, HTML = "application/pdf", "text/html"
# By the last part of the address.
DOCUMENTS: Mapping[str, Document] = {
    "calendar.pdf": Document("taper-calendar.pdf", PDF, _pdf),
    "calendar-large.pdf": Document("taper-calendar-large.pdf", PDF, _pdf_large),
    "calendar.html": Document("taper-calendar.html", HTML, _html),
    "calendar-large.html": Document("taper-calendar-large.html", HTML, _html_large),
    "calendar.ics": Document("taper-calendar.ics", "text/calendar", _ics),
    "taper.json": Document("taper.json", "application/json", _json),
    "taper.fhir.json": Document("taper.fhir.json", FHIR, taper_fhir),
}


def answered(ask: TaperAsk, service: Service) -> Tapering:
    """What the page and programs both ask."""
    return tapered(ask, today=service.today(), jurisdiction=service.settings.jurisdiction)


def document_of(ask: TaperAsk, service: Service, of: Document) -> bytes:
    return of.made(answered(ask, service))


def to_take_away(body: bytes, of: Document) -> Response[bytes]:
    return Response(body, media_type=of.media_type, headers=saved_as(of.name))


@post("", status_code=200, summary="How diazepam ends, as `unclench taper --json` gives it")
async def taper(data: JSONBody[TaperAsk], state: State) -> Response[Any]:
    service: Service = state.service
    body = await service.slow.run(document_of, data, service, DOCUMENTS["taper.json"])
    return Response(body, media_type=MediaType.JSON)


@post(
    "/fhir",
    status_code=200,
    media_type=FHIR,
    summary="A taper as a Bundle of FHIR R4, as `unclench taper --fhir` gives it",
)
async def fhir(data: JSONBody[TaperAsk], state: State) -> Response[Any]:
    service: Service = state.service
    body = await service.slow.run(document_of, data, service, DOCUMENTS["taper.fhir.json"])
    return Response(body, media_type=FHIR)


async def _file(data: TaperAsk, state: State, key: str) -> Response[bytes]:
    service: Service = state.service
    of = DOCUMENTS[key]
    return to_take_away(await service.slow.run(document_of, data, service, of), of)


@post("/calendar.pdf", status_code=200, summary="The patient's calendar of a taper, as PDF")
async def pdf(data: JSONBody[TaperAsk], state: State, large: FromQuery[bool] = False) -> Response[bytes]:
    return await _file(data, state, "calendar-large.pdf" if large else "calendar.pdf")


@post("/calendar.html", status_code=200, summary="The patient's calendar of a taper, as one page")
async def html(data: JSONBody[TaperAsk], state: State, large: FromQuery[bool] = False) -> Response[bytes]:
    return await _file(data, state, "calendar-large.html" if large else "calendar.html")


@post("/calendar.ics", status_code=200, summary="The same for the calendar of a phone")
async def ics(data: JSONBody[TaperAsk], state: State) -> Response[bytes]:
    return await _file(data, state, "calendar.ics")


def handlers() -> Sequence[ControllerRouterHandler]:
    return [Router("/api/taper", route_handlers=[taper, fhir, pdf, html, ics])]
