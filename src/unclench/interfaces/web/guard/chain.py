"""The order of the guards, outermost first."""

from __future__ import annotations

from litestar.types import ASGIApp

from unclench.interfaces.web.guard.deadline import deadline_guard
from unclench.interfaces.web.guard.limits import limit_guard
from unclench.interfaces.web.guard.rate import rate_guard
from unclench.interfaces.web.ops.probes import probed
from unclench.interfaces.web.ops.watch import watched
from unclench.interfaces.web.service import Service


def guarded(inside: ASGIApp, service: Service) -> ASGIApp:
    """The application behind its guards. What reads the body comes last, inside the time that a request may take."""
    app = inside
    for guard in (limit_guard, deadline_guard, rate_guard):  # innermost first
        app = guard(app, service.settings)
    return watched(probed(app, service), service.watch)
