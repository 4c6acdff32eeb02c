"""The check of a token as a guard of routes: `guards=[authenticated]` on whatever only CDS clients may call."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.handlers import BaseRouteHandler

from unclench.interfaces.web.problems import operation_outcome
from unclench.interfaces.web.service import Service
from unclench.interfaces.web.tokens.check import Caller, NotAuthenticated

SAID = "Send a signed token of a known client that is valid for this address, in the Authorization header."
CALLER = "caller"


async def authenticated(connection: ASGIConnection[Any, Any, Any, State], _: BaseRouteHandler) -> None:
    """Refuse whoever cannot show who they are. `OPTIONS` tells methods and nothing else, to anybody."""
    if connection.scope.get("method") == HttpMethod.OPTIONS:
        return
    service: Service = connection.app.state.service
    sent = connection.headers.getall("authorization", [])
    url = service.settings.base_url + connection.scope["path"]
    connection.state[CALLER] = await service.tokens.check(sent[0] if len(sent) == 1 else None, endpoint_url=url)


def caller_of(connection: ASGIConnection[Any, Any, Any, State]) -> Caller:
    """Who was let in by `authenticated`."""
    found: Caller = connection.state[CALLER]
    return found


def refused(_: Request[object, object, State], __: NotAuthenticated) -> Response[Any]:
    """One answer for every failure."""
    return Response(operation_outcome(401, SAID), status_code=401, headers={"WWW-Authenticate": "Bearer"})
