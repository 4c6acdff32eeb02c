"""Which sites' pages may call the CDS service from a browser: those on the list, without credentials of the browser."""

from __future__ import annotations

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from unclench.interfaces.web.address import AddressError, read_address
from unclench.interfaces.web.guard.answers import is_cds, refuse, respond, values
from unclench.interfaces.web.settings import Settings

METHODS = b"GET, POST"
HEADERS = b"authorization, content-type"
EXPOSED = b"retry-after, www-authenticate"
KEPT_S = b"600"
VARY = (b"vary", b"Origin")


def origins_of(settings: Settings) -> frozenset[str]:
    """The sites on the list, as a browser writes them. `*` and what is no address stand for nobody."""
    found = set()
    for one in settings.cors_origins:
        try:
            found.add(read_address(one).origin)
        except AddressError:
            continue  # refused before a server starts
    return frozenset(found)


def cors_guard(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Answer preflights, and mark every answer of the CDS service, errors too, for the sites on the list."""
    listed = origins_of(settings)

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not is_cds(scope["path"]):
            await app(scope, receive, send)
            return
        origins = values(scope, b"origin")
        origin = origins[0].lower() if len(origins) == 1 and origins[0].lower() in listed else ""
        if scope.get("method") == "OPTIONS" and values(scope, b"access-control-request-method"):
            await _preflight(scope, send, origin)
        else:
            await app(scope, receive, _marked(send, origin))

    return guard


def _allow(origin: str) -> list[tuple[bytes, bytes]]:
    return [(b"access-control-allow-origin", origin.encode()), VARY] if origin else [VARY]


async def _preflight(scope: Scope, send: Send, origin: str) -> None:
    if not origin:
        need, fix = "a site on the list", "Whoever runs the service can add the site to `cors_origins`."
        await refuse(scope, send, 403, where="the Origin header", need=need, fix=fix, headers={"Vary": "Origin"})
        return
    headers = [
        *_allow(origin),
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", HEADERS),
        (b"access-control-max-age", KEPT_S),
    ]
    if values(scope, b"access-control-request-private-network") == ["true"]:
        headers.append((b"access-control-allow-private-network", b"true"))
    await respond(send, 204, b"", headers)


def _marked(send: Send, origin: str) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            exposed = [(b"access-control-expose-headers", EXPOSED)] if origin else []
            message["headers"] = [*message.get("headers", ()), *_allow(origin), *exposed]
        await send(message)

    return marked
