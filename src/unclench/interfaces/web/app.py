"""The application: routes inside, guards around them. `create` is all that a server needs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp

from unclench.interfaces.web import api, api_fhir, api_print, api_taper
from unclench.interfaces.web.guard.answers import is_cds
from unclench.interfaces.web.guard.chain import guarded
from unclench.interfaces.web.hooks.faults import of_http
from unclench.interfaces.web.hooks.routes import hook_handlers
from unclench.interfaces.web.ops.routes import operation_handlers
from unclench.interfaces.web.ops.warm import cool, warm
from unclench.interfaces.web.pages.routes import page_handlers
from unclench.interfaces.web.problems import Problem, problem_of
from unclench.interfaces.web.service import Service, service_of
from unclench.interfaces.web.settings import Settings
from unclench.interfaces.web.tokens.check import NotAuthenticated
from unclench.interfaces.web.tokens.door import refused as unknown_caller
from unclench.interfaces.web.wanted import told
from unclench.interfaces.web.work import BusyError
from unclench.values import VERSION, UnclenchError, shortened


def create(settings: Settings) -> ASGIApp:
    """The ASGI application of one worker, without a log."""
    return application(service_of(settings))


def application(service: Service) -> ASGIApp:
    """The same, around what its handlers share."""
    settings = service.settings

    @asynccontextmanager
    async def life(_: Litestar) -> AsyncIterator[None]:
        await service.worker.run(warm)
        service.ready = True
        yield
        service.ready = False
        service.worker.stop()
        await service.tokens.close()
        await service.fhir.close()
        service.slow.stop()
        cool()

    inside = Litestar(
        [
            api.router(),
            *api_taper.handlers(),
            *api_fhir.handlers(),
            *api_print.handlers(),
            *page_handlers(),
            *hook_handlers(settings),
            *operation_handlers(settings),
        ],
        state=State({"service": service}),
        lifespan=[life],
        exception_handlers={
            UnclenchError: _ours,
            NotAuthenticated: unknown_caller,
            BusyError: _busy,
            HTTPException: _refused,
            Exception: _bug,
        },
        # Named, as an empty list stands for pages that load scripts from elsewhere.
        openapi_config=OpenAPIConfig(
            title="Unclench", version=VERSION, path="/schema", render_plugins=[JsonRenderPlugin()]
        ),
        logging_config=None,
        request_max_body_size=settings.max_body_bytes,
        multipart_form_part_limit=64,
        debug=False,
        pdb_on_exception=False,
    )
    return guarded(inside, service)


def _ours(request: Request[object, object, State], error: UnclenchError) -> Response[Any]:
    status, problems = problem_of(error)
    if status >= 500:
        service: Service = request.app.state.service
        service.failed(error)
    return _told(request, status, problems.error)


def _busy(request: Request[object, object, State], error: BusyError) -> Response[Any]:
    said = Problem(where="the service", need="a moment to finish what waits", fix="Send it again after Retry-After.")
    return _told(request, 503, said, {"Retry-After": str(error.retry_after_s)})


DESCRIBED = "a request as its description allows"


def _refused(request: Request[object, object, State], error: HTTPException) -> Response[Any]:
    if is_cds(request.url.path):
        return of_http(request, error)
    extra = error.extra if isinstance(error.extra, list) else []
    found = "; ".join(f"{one.get('key', 'body')}: {one.get('message', '')}" for one in extra if isinstance(one, dict))
    said = Problem(
        where="the request",
        found=shortened(found),
        need=DESCRIBED if isinstance(error, ValidationException) else error.detail,  # its words quote the address
        fix="See /schema/openapi.json for what can be asked.",
    )
    return _told(request, error.status_code, said, error.headers)


def _bug(request: Request[object, object, State], error: Exception) -> Response[Any]:
    """Nothing of the error is said: it may hold what a patient brought."""
    service: Service = request.app.state.service
    service.failed(error)
    said = Problem(where="the service", need="an answer that we failed to give", fix="Report what you did, please.")
    return _told(request, 500, said)


def _told(
    request: Request[object, object, State], status: int, problem: Problem, headers: Mapping[str, str] | None = None
) -> Response[Any]:
    """A page where a person waits at a browser, else JSON."""
    wait_s = (headers or {}).get("Retry-After", "")
    media_type, body = told(status, problem, path=request.url.path, headers=request.scope["headers"], wait_s=wait_s)
    return Response(body, media_type=media_type, status_code=status, headers=dict(headers or {}))
