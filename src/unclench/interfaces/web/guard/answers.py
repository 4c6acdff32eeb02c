"""What a guard answers by itself, before any route is reached. Nothing of the request is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from litestar.enums import ScopeType
from litestar.types import Scope, Send

from unclench.interfaces.web.problems import Problem, operation_outcome
from unclench.interfaces.web.wanted import HTML_TYPE, told

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
    extra = [(key.lower().encode(), value.encode()) for key, value in (headers or {}).items()]
    if is_cds(scope["path"]):
        outcome = operation_outcome(status, f"In {where}: {need} is needed. {fix}")
        media_type, body = "application/json", msgspec.json.encode(outcome)
    else:
        said = Problem(where=where, need=need, fix=fix)
        wait_s = (headers or {}).get("Retry-After", "")
        media_type, body = told(status, said, path=scope["path"], headers=scope["headers"], wait_s=wait_s)
        media_type += "; charset=utf-8" if media_type == HTML_TYPE else ""
    await respond(send, status, body, [(b"content-type", media_type.encode()), *extra])


async def respond(send: Send, status: int, body: bytes, headers: Pairs) -> None:
    """One whole answer."""
    length = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
