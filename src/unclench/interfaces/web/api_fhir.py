"""FHIR R4 for programs: the same Bundle as `unclench consult --fhir` writes."""

from __future__ import annotations

from typing import Any

from litestar import Response, post
from litestar.datastructures import State
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from unclench.consult import consult_patient
from unclench.interfaces.web.asks import Ask, asked
from unclench.interfaces.web.service import Service
from unclench.report.fhir.bundle import to_fhir
from unclench.values import RecordError

MEDIA_TYPE = "application/fhir+json; fhirVersion=4.0"


def _resources(ask: Ask, service: Service) -> bytes:
    """Resources can be filed, so they are about the patient of the record and never about one that is imagined."""
    if ask.what_if is not None:
        raise RecordError(
            where="what_if",
            found="a patient changed in thought",
            need="the patient of the record",
            fix="Leave `what_if` out. What is known beside the record goes into `answers`.",
        )
    one = asked(ask, today=service.today(), jurisdiction=service.settings.jurisdiction)
    return to_fhir(consult_patient(one.patient, on=one.on, jurisdiction=one.jurisdiction))


@post(
    "/api/fhir",
    status_code=200,
    media_type=MEDIA_TYPE,
    summary="A whole consultation as a Bundle of FHIR R4, as `unclench consult --fhir` gives it",
)
async def fhir(data: JSONBody[Ask], state: State) -> Response[Any]:
    service: Service = state.service
    return Response(await service.worker.run(_resources, data, service), media_type=MEDIA_TYPE)


def handlers() -> list[ControllerRouterHandler]:
    return [fhir]
