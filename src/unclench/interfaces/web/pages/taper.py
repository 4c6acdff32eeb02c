"""The taper planner: a form, and beside it how diazepam ends. With a script it answers at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import parse_qsl

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.exceptions import ClientException, NotFoundException
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from unclench.consult import Tapering
from unclench.interfaces.web.api_taper import DOCUMENTS, answered, document_of, to_take_away
from unclench.interfaces.web.asks_taper import TaperAsk, is_quick
from unclench.interfaces.web.examples import diary_and_levels, example, examples
from unclench.interfaces.web.pages.taper_form import Filled, Wrong, ask_of, filled_from
from unclench.interfaces.web.problems import problem_of
from unclench.interfaces.web.service import Service
from unclench.interfaces.web.views import page, rendered
from unclench.knowledge import knowledge
from unclench.report.taper_chart import chart
from unclench.report.taper_content import VIEWS, taper_content
from unclench.report.taper_months import months
from unclench.report.taper_plots import crossing_plots, curve_table, taper_plots
from unclench.values import UnclenchError

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 2000
FULL = "full"
# The examples of which a taper is planned, and what is to be seen in each.
SHOWN = (
    ("diazepam-14-months", False, "14 months of diazepam, a hospital's record"),
    ("taper-12-months", False, "A year of diazepam, typed"),
    ("taper-12-months", True, "The same with a diary and levels: plan again"),
    ("ms-spasticity", False, "Spasticity, a course that would need an end"),
)
FILES = (
    ("calendar.pdf", "Calendar to print, PDF"),
    ("calendar-large.pdf", "Calendar in large print, PDF"),
    ("calendar.html", "Calendar as a page"),
    ("calendar-large.html", "Calendar as a page, large print"),
    ("calendar.ics", "Calendar for a phone, .ics"),
    ("taper.json", "All numbers, JSON"),
    ("taper.fhir.json", "FHIR R4 Bundle"),
)


def _form_values(filled: Filled, service: Service) -> dict[str, Any]:
    """What the form needs to be drawn."""
    drugs = dict.fromkeys(row.drug for row in knowledge().table("equivalents"))
    return {
        "here": "taper",
        "filled": filled,
        "examples": SHOWN,
        "records": examples(),
        "drugs": ("diazepam", *drugs),
        "default_law": service.settings.jurisdiction,
    }


def _shown(ask: TaperAsk, service: Service, *, live: bool) -> str:
    """The answer as a part of the page."""
    made = answered(ask, service)
    return rendered("taper_result.html.j2", **_result_values(made, quick=bool(ask.wish and ask.wish.quick), live=live))


def _result_values(made: Tapering, *, quick: bool, live: bool) -> dict[str, Any]:
    taper, law = made.taper, made.appraisal.jurisdiction
    return {
        "said": taper_content(taper, on=made.appraisal.on, jurisdiction=law, made_with=made.made_with),
        "views": VIEWS,
        "plots": taper_plots(taper),
        "chart": chart(taper.compared),
        "crossing": crossing_plots(taper.switch) if taper.switch is not None else (),
        "table": curve_table(taper),
        "months": months(taper, law) if taper.days or taper.switch is not None else (),
        "files": FILES,
        "quick": quick,
        "live": live,
    }


@get("/taper", include_in_schema=False)
async def show(
    state: State,
    example_id: Annotated[str, QueryParameter(name="example", max_length=60)] = "",
    seen: FromQuery[bool] = False,
) -> Response[str]:
    """The empty form, or one with an example in it."""
    service: Service = state.service
    texts: dict[str, str] = {}
    if example_id:
        try:
            texts = {"from": "record", "record": example(example_id).decode(), "on": ""}
        except UnclenchError:
            raise NotFoundException(detail="an example of this name") from None
        if seen:
            diary, levels = diary_and_levels()
            texts |= {"diary_csv": diary, "levels_csv": levels}
    return page("taper.html.j2", **_form_values(Filled(texts), service), result="", wrong=(), waiting=bool(example_id))


async def _filled(request: Request[Any, Any, State]) -> Filled:
    """The fields of the form. Files are not taken: a browser would need a place to keep them, and so would we."""
    if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != FORM:
        raise ClientException(detail=f"a form, sent as {FORM}", status_code=415)
    body = await request.body()
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ClientException(detail=f"a form in UTF-8 of at most {MOST_FIELDS} fields") from None
    return filled_from(pairs)


@post("/taper", include_in_schema=False, status_code=200)
async def plan(request: Request[Any, Any, State], state: State) -> Response[str]:
    """The answer: beside the form at once and then in full, or without a script as one page."""
    service: Service = state.service
    live = request.headers.get("hx-request") == "true"
    quick = live and request.query_params.get("search") != FULL
    filled = await _filled(request)
    ask, wrong = ask_of(filled, quick=quick)
    result = ""
    if ask is not None:
        try:
            worker = service.worker if is_quick(ask) else service.slow
            result = await worker.run(_shown, ask, service, live=live)
        except UnclenchError as error:
            wrong = (_wrong_of(error),)
    if live:
        # Told as an answer: browsers write every other status into their console.
        body = result or rendered("taper_wrong.html.j2", wrong=wrong, live=True)
        return Response(body, media_type=MediaType.HTML)
    told = {**_form_values(filled, service), "result": result, "wrong": wrong, "waiting": False}
    return page("taper.html.j2", status=422 if wrong else 200, **told)


def _wrong_of(error: UnclenchError) -> Wrong:
    _, problems = problem_of(error)
    return Wrong("ask", error.where, problems.error)


@post("/taper/{name:str}", include_in_schema=False, status_code=200)
async def take_away(request: Request[Any, Any, State], state: State, name: FromPath[str]) -> Response[Any]:
    """A file to keep, made again from the form: nothing was kept since it was shown."""
    service: Service = state.service
    of = DOCUMENTS.get(name)
    if of is None:
        raise NotFoundException(detail="a file of this name")
    filled = await _filled(request)
    ask, wrong = ask_of(filled, quick=False)
    if ask is not None:
        try:
            return to_take_away(await service.slow.run(document_of, ask, service, of), of)
        except UnclenchError as error:
            wrong = (_wrong_of(error),)
    told = {**_form_values(filled, service), "result": "", "wrong": wrong, "waiting": False}
    return page("taper.html.j2", status=422, **told)


def handlers() -> Sequence[ControllerRouterHandler]:
    return [show, plan, take_away]
