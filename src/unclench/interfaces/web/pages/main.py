"""The main page: a record in, the answer beside it. With htmx only the answer is sent; without any script, the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from unclench.consult import Consultation, consult_patient
from unclench.interfaces.web.asks import Ask, asked
from unclench.interfaces.web.pages.entered import Entered, ask_of, entered, linked
from unclench.interfaces.web.pages.examples_told import examples_told
from unclench.interfaces.web.pages.said import MOST_DAYS, MOST_MG, MOST_TIMES, bench, fields, given
from unclench.interfaces.web.problems import problem_of
from unclench.interfaces.web.service import Service
from unclench.interfaces.web.views import page
from unclench.knowledge import knowledge
from unclench.report.content import content
from unclench.values import UnclenchError

FORM = "application/x-www-form-urlencoded"
ENDS = {"mg": MOST_MG, "times": MOST_TIMES, "days": MOST_DAYS}


@get("/", include_in_schema=False)
async def main_page(request: Request[Any, Any, State], state: State) -> Response[str]:
    """The page. An example that a link names is consulted at once; a rule that it names is told first."""
    service: Service = state.service
    form = linked(cast("Mapping[str, str]", request.query_params))
    status, values = 200, dict[str, Any]()
    if form.record:
        status, values = await service.worker.run(answered, form, service)
    return page("main.html.j2", status=status, **{**_around(form, service), **values})


@post("/consult", status_code=200, include_in_schema=False)
async def consult_page(request: Request[Any, Any, State], state: State) -> Response[str]:
    """The answer to the posted form. Only a plain form is read: files of a form would touch the disk."""
    service: Service = state.service
    if request.content_type[0] != FORM:
        raise HTTPException(status_code=415, detail=f"a form as {FORM}")
    posted = await request.form()
    form = entered({name: value for name, value in posted.items() if isinstance(value, str)})
    status, values = await service.worker.run(answered, form, service)
    if request.headers.get("HX-Request") == "true":
        return page("answer.html.j2", status=status, **{**_around(form, service), **values, "part": True})
    return page("main.html.j2", status=status, **{**_around(form, service), **values})


def _around(form: Entered, service: Service) -> dict[str, Any]:
    """What stands around an answer."""
    return {
        "here": "consult",
        "form": form,
        "law": form.jurisdiction or service.settings.jurisdiction,
        "today": service.today().isoformat(),
        "examples": examples_told(),
        "rule": _rule(form.rule),
        "said": None,
        "problem": None,
        "part": False,
        "given": given(form),
        "carried": _carried(form),
    }


def _rule(key: str) -> Any:
    """The row of the rule that a link names; None for one that is not there."""
    return knowledge().get("rules", key) if key and knowledge().has("rules", key) else None


def _carried(form: Entered) -> str:
    """What a link to an example hands on from the link that led here: doses and a rule, nothing of a patient."""
    doses = [("mg", f"{form.doses.mg:g}"), ("times", form.doses.times), ("days", form.doses.days)] if form.doses else []
    pairs = [*doses, *([("rule", form.rule)] if form.rule else [])]
    return f"&{urlencode(pairs)}" if pairs else ""


def answered(form: Entered, service: Service) -> tuple[int, dict[str, Any]]:
    """Status and values of the templates: an answer, or what is wrong and what to do about it."""
    try:
        ask = ask_of(form)
        one = asked(ask, today=service.today(), jurisdiction=service.settings.jurisdiction)
        made = consult_patient(one.patient, on=one.on, jurisdiction=one.jurisdiction)
    except UnclenchError as error:
        status, problems = problem_of(error)
        return status, {"problem": problems.error}
    # The day and the jurisdiction as they were taken, so that what is asked next is asked of the same.
    settled = msgspec.structs.replace(ask, on=one.on, jurisdiction=one.jurisdiction.value)
    return 200, shown(made, form, settled)


def shown(made: Consultation, form: Entered, ask: Ask) -> dict[str, Any]:
    """Plain values for the templates."""
    said = content(made)
    appraisal = made.appraisal
    first = tuple(one.id for one in said.questions)
    later = tuple(one.id for one in said.questions_later)
    return {
        "said": said,
        "law": appraisal.jurisdiction.value,
        "questions": fields(appraisal, first),
        "questions_later": fields(appraisal, later),
        "bench": bench(made, form),
        "ends": ENDS,
        "ask": msgspec.json.encode(ask).decode(),
        "plan_facts": made.plan.facts,
    }
