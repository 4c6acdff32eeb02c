"""What a guard answers by itself, before any route is reached. Nothing of the request is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from litestar.enums import ScopeType
from litestar.types import Scope, Send

from unclench.interfaces.web.problems import Problem, Problems, operation_outcome

SERVICES = "/cds-services"

Pairs = Iterable[tuple[bytes, bytes]]


def is_cds(path: str) -> bool:
    """Whether a path belongs to the CDS Hooks service, discovery included."""
    return path == SERVICES or path.startswith(f"{SERVICES}/")


def values(scope: Scope, name: bytes) -> list[str]:
    """Every value of one header, in order. Bytes that are not ASCII stay odd, and fit no list."""
    return [value.decode("latin-1") for key, value in scope.get("headers", ()) if key.lower() == name]


async def refuse(
    scope: Scope, send: Send, status: int, *, where: str, need: str, fix: str, headers: Mapping[str, str] | None = None
) -> None:
    """Answer with a problem: for the CDS service as an OperationOutcome."""
    if scope["type"] == ScopeType.WEBSOCKET:
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    said = Problems(error=Problem(where=where, need=need, fix=fix))
    outcome = operation_outcome(status, f"In {where}: {need} is needed. {fix}")
    body = msgspec.json.encode(outcome if is_cds(scope["path"]) else said)
    extra = [(key.lower().encode(), value.encode()) for key, value in (headers or {}).items()]
    await respond(send, status, body, [(b"content-type", b"application/json"), *extra])


async def respond(send: Send, status: int, body: bytes, headers: Pairs) -> None:
    """One whole answer."""
    length = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
