"""How large a request may be, and how deep. What passes is read whole, and handed on as one piece."""

from __future__ import annotations

from itertools import accumulate
from typing import cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send

from unclench.interfaces.web.guard.answers import refuse, values
from unclench.interfaces.web.settings import Settings

MAX_URL_BYTES = 4_096
MAX_HEADER_BYTES = 32_768
MAX_HEADERS = 100
# So much of a body that is too large is read and thrown away, so that an honest client gets to read why.
READ_ANYWAY_BYTES = 32_000_000
BRACKETS = bytes.maketrans(b"{[}]", b"\1\1\xff\xff")
NO_BRACKET = bytes(set(range(256)) - set(b"{[}]"))
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
STEP = {1: 1, 255: -1}


class GoneError(Exception):
    """Whoever asked has hung up."""


def depth(body: bytes) -> int:
    """How deep the objects and arrays of a JSON text are nested, up to its first fault."""
    opened = body.count(b"{") + body.count(b"[")
    if opened < 2:
        return opened
    # Without escapes, every second piece between quotation marks is outside of strings.
    outside = b"".join(body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    steps = outside.translate(BRACKETS, NO_BRACKET)
    return max(accumulate(map(STEP.__getitem__, steps)), default=0)


def limit_guard(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Answer 400, 413, 414, 415 or 431 to what is too large, too deep or packed."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        fault = _of_head(scope)
        if fault is not None:
            status, where, need, fix = fault
            # Where the body ends is then not sure: what follows must not be read as another request.
            await refuse(scope, send, status, where=where, need=need, fix=fix, headers={"Connection": "close"})
            return
        try:
            body = await _body(scope, receive, settings.max_body_bytes)
        except GoneError:
            return  # nobody is there to be answered
        if body is None:
            need, fix = f"at most {settings.max_body_bytes:,} bytes", "Send only the records that matter."
            await refuse(scope, send, 413, where="the body", need=need, fix=fix)
        elif not _is_form(scope) and (wrong := _of_text(body, settings.max_depth)):
            await refuse(scope, send, 400, where="the body", need=wrong[0], fix=wrong[1])
        else:
            await app(scope, _replayed(body, receive), send)

    return guard


def _of_head(scope: Scope) -> tuple[int, str, str, str] | None:
    """What is wrong before the body: status, where, need, fix."""
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_URL_BYTES:
        return 414, "the address", f"at most {MAX_URL_BYTES:,} bytes", "Send data in the body."
    sizes = [len(name) + len(value) + 4 for name, value in scope["headers"]]
    if len(sizes) > MAX_HEADERS or sum(sizes) > MAX_HEADER_BYTES:
        need = f"at most {MAX_HEADERS} headers of {MAX_HEADER_BYTES:,} bytes together"
        return 431, "the headers", need, "Leave out what is not needed."
    packed = [one.strip().lower() for value in values(scope, b"content-encoding") for one in value.split(",")]
    if any(one not in ("", "identity") for one in packed):
        return 415, "Content-Encoding", "a body that is not packed", "Send it as it is."
    sent_as = [value.strip().lower() for value in values(scope, b"transfer-encoding")]
    lengths = values(scope, b"content-length")
    if any(one != "chunked" for one in sent_as) or len(sent_as) + len(lengths) > 1:
        return 400, "the headers", "one Content-Length, or Transfer-Encoding: chunked", "Send one of them, once."
    return None


async def _body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """All of it; nothing where it is too large."""
    said = values(scope, b"content-length")
    length = int(said[0]) if said and said[0].isdecimal() and len(said[0]) < 20 else 0
    if length > most and (length > READ_ANYWAY_BYTES or values(scope, b"expect")):
        return None
    parts: list[bytes] = []
    size = 0
    while size <= READ_ANYWAY_BYTES:
        message = cast(HTTPReceiveMessage, await receive())
        if message["type"] == "http.disconnect":
            raise GoneError
        part = message["body"]
        size += len(part)
        if size <= most:
            parts.append(part)
        if not message["more_body"]:
            break
    return b"".join(parts) if size <= most else None


def _of_text(body: bytes, max_depth: int) -> tuple[str, str] | None:
    """What is wrong with a body before anybody reads it as JSON: need, fix."""
    if depth(body) > max_depth:
        return f"JSON nested at most {max_depth} deep", "Send FHIR or a question of ours."
    try:
        body.decode()
    except UnicodeDecodeError:
        return "text in UTF-8", "Write it in UTF-8."
    return None


def _is_form(scope: Scope) -> bool:
    """Whether it says that it is a form. All else is read as JSON, whatever it says."""
    return any(kind.strip().lower().startswith(FORMS) for kind in values(scope, b"content-type"))


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> HTTPReceiveMessage:
        nonlocal given
        if given:
            return cast(HTTPReceiveMessage, await receive())
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
