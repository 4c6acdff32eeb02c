"""Why a CDS call is refused. The words are ours: nothing that a request brought is in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Request, Response
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.exceptions import HTTPException

from unclench.interfaces.web.problems import operation_outcome, problem_of
from unclench.interfaces.web.service import Service
from unclench.interfaces.web.tokens.check import NotAuthenticated
from unclench.interfaces.web.tokens.door import refused as unknown_caller
from unclench.interfaces.web.work import BusyError
from unclench.values import UnclenchError

SAID = {
    404: "There is nothing at this address. GET /cds-services lists the services.",
    405: "This address does not answer this method. GET /cds-services lists the services; each is asked by POST.",
    413: "The request is larger than this service reads. Send what the prefetch templates ask for, and no more.",
    429: "Too many requests. Send it again after Retry-After.",
    503: "The service is busy. Send it again after Retry-After.",
}
GENERAL = "The request could not be read. docs/cds-hooks.md says what this service takes."
FAILED = "The service failed to give an answer. It gives no advice on this request."


class Refused(Exception):  # noqa: N818 - an answer, not a fault of the program
    """A status and what to do about it."""

    def __init__(self, status: int, need: str) -> None:
        super().__init__(need)
        self.status = status
        self.need = need


def outcome(status: int, need: str, headers: dict[str, str] | None = None) -> Response[Any]:
    """An OperationOutcome as application/json, which is what CDS clients accept."""
    return Response(
        operation_outcome(status, need), status_code=status, headers=headers or {}, media_type=MediaType.JSON
    )


def refused(_: Request[object, object, State], error: Refused) -> Response[Any]:
    return outcome(error.status, error.need)


def busy(_: Request[object, object, State], error: BusyError) -> Response[Any]:
    return outcome(503, SAID[503], {"Retry-After": str(error.retry_after_s)})


def of_http(_: Request[object, object, State], error: HTTPException) -> Response[Any]:
    """What the framework refuses: its own words may quote the request."""
    return outcome(error.status_code, SAID.get(error.status_code, GENERAL), error.headers)


def bug(request: Request[object, object, State], error: Exception) -> Response[Any]:
    service: Service = request.app.state.service
    service.failed(error)
    return outcome(500, FAILED)


def of_ours(request: Request[object, object, State], error: UnclenchError) -> Response[Any]:
    """What our own code refuses: its words quote what was found."""
    status, _ = problem_of(error)
    return outcome(status, GENERAL) if status < 500 else bug(request, error)


HANDLERS: dict[int | type[Exception], Callable[[Any, Any], Response[Any]]] = {
    Refused: refused,
    NotAuthenticated: unknown_caller,
    BusyError: busy,
    HTTPException: of_http,
    UnclenchError: of_ours,
    Exception: bug,
}
