"""JSON for programs and for the page, which has no other source: the same numbers as `unclench consult --json`."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, post
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.params import JSONBody

from unclench.consult import consult_patient, foresee_stated
from unclench.interfaces.web.asks import Ask, asked
from unclench.interfaces.web.service import Service
from unclench.report.json_live import simulated_json
from unclench.report.json_out import to_json


def _consulted(ask: Ask, service: Service) -> bytes:
    one = asked(ask, today=service.today(), jurisdiction=service.settings.jurisdiction)
    return to_json(consult_patient(one.patient, on=one.on, jurisdiction=one.jurisdiction))


def _simulated(ask: Ask, service: Service) -> bytes:
    one = asked(ask, today=service.today(), jurisdiction=service.settings.jurisdiction)
    return simulated_json(foresee_stated(one.patient, on=one.on, jurisdiction=one.jurisdiction), one.changes)


@post("/consult", status_code=200, summary="A whole consultation, as `unclench consult --json` gives it")
async def consult(data: JSONBody[Ask], state: State) -> Response[Any]:
    service: Service = state.service
    return _json(await service.worker.run(_consulted, data, service))


@post("/simulate", status_code=200, summary="What stated doses do in this patient, and the verdict on them")
async def simulate(data: JSONBody[Ask], state: State) -> Response[Any]:
    service: Service = state.service
    return _json(await service.worker.run(_simulated, data, service))


def _json(body: bytes) -> Response[Any]:
    return Response(body, media_type=MediaType.JSON)


def router() -> Router:
    return Router("/api", route_handlers=[consult, simulate])
