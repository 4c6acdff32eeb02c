"""The routes of the CDS Hooks service."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from unclench.interfaces.web.settings import Settings


def hook_handlers(settings: Settings) -> Sequence[ControllerRouterHandler]:
    assert settings
    return []
