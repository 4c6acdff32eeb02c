"""Refuse early what would only wait: reading and checking what is then refused leaves no time for the rest."""

from __future__ import annotations

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from unclench.interfaces.web.guard.answers import refuse
from unclench.interfaces.web.work import RETRY_AFTER_S, Worker


def busy_guard(app: ASGIApp, worker: Worker) -> ASGIApp:
    """Answer 503 with Retry-After to what would have to be computed, while as much as may wait is waiting."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "POST" or not worker.is_full:
            await app(scope, receive, send)
            return
        worker.refused += 1
        need, fix = "a moment to finish what waits", "Send it again after Retry-After."
        headers = {"Retry-After": str(RETRY_AFTER_S)}
        await refuse(scope, send, 503, where="the service", need=need, fix=fix, headers=headers)

    return guard
