"""Whether it lives, and whether it is warm. Asked by machines that may call it by number instead of by name."""

from __future__ import annotations

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from unclench.interfaces.web.guard.answers import refuse, respond
from unclench.interfaces.web.service import Service

HEALTH, READY = "/health", "/ready"
JSON = [(b"content-type", b"application/json")]


def probed(app: ASGIApp, service: Service) -> ASGIApp:
    """Answer GET and HEAD of /health and /ready; they tell nothing else."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] not in (HEALTH, READY):
            await app(scope, receive, send)
            return
        scope["path_template"] = scope["path"]
        if scope["method"] not in ("GET", "HEAD"):
            need, fix = "GET or HEAD", "Ask with GET."
            await refuse(scope, send, 405, where="the method", need=need, fix=fix, headers={"Allow": "GET, HEAD"})
        elif scope["path"] == HEALTH:
            await respond(send, 200, b'{"alive":true}', JSON)
        elif service.ready:
            await respond(send, 200, b'{"ready":true}', JSON)
        else:
            await refuse(
                scope, send, 503, where="the service", need="a moment to begin", fix="Ask again.",
                headers={"Retry-After": "1"},
            )  # fmt: skip

    return guard
