"""Metrics. Health and readiness are answered before any route: see `probes`."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import PermissionDeniedException
from litestar.types import ControllerRouterHandler

from unclench.interfaces.web.guard.caller import caller, forwarded, listed
from unclench.interfaces.web.ops.tally import exposition
from unclench.interfaces.web.service import Service
from unclench.interfaces.web.settings import Settings

TEXT_FORMAT = "text/plain; version=0.0.4"  # and the character set, which Litestar adds


@get("/metrics", media_type=MediaType.TEXT, summary="Counts of all workers, in the text format of Prometheus")
async def metrics(request: Request[object, object, State]) -> Response[str]:
    service: Service = request.app.state.service
    settings = service.settings
    # Without `behind_tls` a proxy is not expected: what one passes on would seem to come from this machine.
    passed_on = forwarded(request.scope) and not settings.behind_tls
    if passed_on or not listed(caller(request.scope, settings), settings.metrics_from):
        raise PermissionDeniedException("Metrics are for the addresses in `metrics_from`.")
    return Response(exposition(service.watch.values_of_all()), media_type=TEXT_FORMAT)


def operation_handlers(settings: Settings) -> Sequence[ControllerRouterHandler]:
    assert settings
    return [metrics]
