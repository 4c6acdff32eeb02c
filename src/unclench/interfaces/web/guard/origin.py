"""What changes or computes anything is asked by our own pages, by programs, or by sites on the list.

We set no cookie, so a foreign page has no session to ride. It is refused all the same: from the browser of somebody
inside a hospital it could reach a service that it cannot reach itself, make it work, or show a prescriber our page
filled with a record that the foreign page wrote.

Without an `Origin` and a `Sec-Fetch-Site` header it is no current browser (each sends one with every POST), but a
program, which could leave out or forge any header: there is nothing to gain by refusing it.
"""

from __future__ import annotations

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from unclench.interfaces.web.address import AddressError, read_address
from unclench.interfaces.web.guard.answers import is_cds, refuse, values
from unclench.interfaces.web.guard.cors import origins_of
from unclench.interfaces.web.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN = frozenset({"same-origin", "none"})  # `none`: typed by the user


def origin_guard(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Answer 403 to what another site's page sends. The host guard has been passed: our name is our name."""
    listed = origins_of(settings)

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope.get("method") not in SAFE and not _is_own(scope, settings, listed):
            fix = "Open the page of this service and send it from there."
            need = "a request from this service's own page, or from a program"
            await refuse(scope, send, 403, where="the Origin header", need=need, fix=fix)
        else:
            await app(scope, receive, send)

    return guard


def _is_own(scope: Scope, settings: Settings, listed: frozenset[str]) -> bool:
    origins, sites = values(scope, b"origin"), values(scope, b"sec-fetch-site")
    if len(origins) > 1 or len(sites) > 1:
        return False
    if origins and is_cds(scope["path"]) and origins[0].lower() in listed:
        return True
    if sites and sites[0].lower() not in OWN:
        return False
    return not origins or _same(origins[0], scope, settings)


def _same(origin: str, scope: Scope, settings: Settings) -> bool:
    """The origin is the address of this service, or the name that this very request was sent to."""
    try:
        found = read_address(origin)
        if found.origin == read_address(settings.base_url).origin:
            return True
        # Behind a proxy the scheme of the connection says nothing: either one is taken with the name that was called.
        return found.origin == read_address(f"{found.scheme}://{values(scope, b'host')[0]}").origin
    except (AddressError, IndexError):
        return False
