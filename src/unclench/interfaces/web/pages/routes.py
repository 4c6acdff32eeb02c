"""The routes of the pages."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler


def page_handlers() -> Sequence[ControllerRouterHandler]:
    return []
