"""The order of the guards, outermost first."""

from __future__ import annotations

from litestar.types import ASGIApp

from unclench.interfaces.web.guard.busy import busy_guard
from unclench.interfaces.web.guard.cors import cors_guard
from unclench.interfaces.web.guard.deadline import deadline_guard
from unclench.interfaces.web.guard.headers import header_guard
from unclench.interfaces.web.guard.host import host_guard
from unclench.interfaces.web.guard.limits import limit_guard
from unclench.interfaces.web.guard.origin import origin_guard
from unclench.interfaces.web.guard.rate import rate_guard
from unclench.interfaces.web.ops.probes import probed
from unclench.interfaces.web.ops.watch import watched
from unclench.interfaces.web.service import Service


def guarded(inside: ASGIApp, service: Service) -> ASGIApp:
    """The application behind its guards.

    Everything is watched, and every answer wears the headers, refusals too. Names are checked before anything answers.
    Sites may read refusals of the CDS service, so that CORS comes before the rest. What reads the body comes last,
    inside the time that a request may take.
    """
    settings = service.settings
    app = deadline_guard(limit_guard(inside, settings), settings)
    app = busy_guard(app, service.worker)
    for guard in (origin_guard, rate_guard, cors_guard):  # innermost first
        app = guard(app, settings)
    named = host_guard(probed(app, service), settings)
    return watched(header_guard(named, settings), service.watch)
