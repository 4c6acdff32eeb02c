"""Health, readiness and metrics."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from unclench.interfaces.web.settings import Settings


def operation_handlers(settings: Settings) -> Sequence[ControllerRouterHandler]:
    assert settings
    return []
