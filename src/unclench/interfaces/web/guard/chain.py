"""The order of the guards, outermost first."""

from __future__ import annotations

from litestar.types import ASGIApp

from unclench.interfaces.web.service import Service


def guarded(inside: ASGIApp, service: Service) -> ASGIApp:
    """The application behind its guards."""
    assert service.settings
    return inside
