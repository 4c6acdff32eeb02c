"""The name under which we are called must be one of ours.

A page elsewhere can make its own name point at this machine (DNS rebinding) and then talk to us as if we were that
page's own server. The `Host` header still says the other name: so it is checked on every request.
"""

from __future__ import annotations

import ipaddress
import re

from litestar.types import ASGIApp, Receive, Scope, Send

from unclench.interfaces.web.address import AddressError, is_loopback, read_address
from unclench.interfaces.web.guard.answers import refuse, values
from unclench.interfaces.web.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
# Asked by machines that look after this one, by its number or without a name. A page elsewhere has a name.
PROBES = frozenset({"/health", "/ready"})
SHAPE = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(?::[0-9]{1,5})?", re.ASCII)


def hosts_of(settings: Settings) -> frozenset[str]:
    """The names that are ours, without ports, in lower case."""
    named = {one.lower() for one in settings.allowed_hosts}
    try:
        base = read_address(settings.base_url)
        named.add(f"[{base.host}]" if ":" in base.host else base.host)
    except AddressError:
        pass  # refused before a server starts; here it adds no name
    return frozenset(named | (LOOPBACK if is_loopback(settings.host) else set()))


def _is_number(host: str) -> bool:
    """An address instead of a name: nobody else can make it point to this machine."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return is_loopback(host)
    return True


def host_guard(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Answer 400 to no name or several, 421 to one that is not ours."""
    ours = hosts_of(settings)

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await app(scope, receive, send)
            return
        sent = values(scope, b"host")
        found = SHAPE.fullmatch(sent[0].lower()) if len(sent) == 1 else None
        if scope["path"] in PROBES and (not sent or (found is not None and _is_number(found[1]))):
            await app(scope, receive, send)
        elif found is None:
            need, fix = "one Host header with the name of this service", "Send the name in the address, once."
            await refuse(scope, send, 400, where="the Host header", need=need, fix=fix)
        elif found[1] not in ours:
            need = "a name that this service is configured to answer to"
            fix = "Use the configured address; whoever runs the service can add a name to `allowed_hosts`."
            await refuse(scope, send, 421, where="the Host header", need=need, fix=fix)
        else:
            await app(scope, receive, send)

    return guard
