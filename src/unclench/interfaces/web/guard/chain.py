"""The order of the guards, outermost first."""

from __future__ import annotations

from litestar.types import ASGIApp

from unclench.interfaces.web.guard.cors import cors_guard
from unclench.interfaces.web.guard.headers import header_guard
from unclench.interfaces.web.guard.host import host_guard
from unclench.interfaces.web.guard.origin import origin_guard
from unclench.interfaces.web.service import Service


def guarded(inside: ASGIApp, service: Service) -> ASGIApp:
    """The application behind its guards. Headers are outermost: refusals wear them too.

    Sites may read refusals of the CDS service, so that CORS comes before whatever else refuses.
    """
    outermost_first = (header_guard, host_guard, cors_guard, origin_guard)
    app = inside
    for guard in reversed(outermost_first):
        app = guard(app, service.settings)
    return app
