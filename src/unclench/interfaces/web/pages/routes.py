"""The routes of the pages."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from unclench.interfaces.web.assets import static_file
from unclench.interfaces.web.pages import about, sources, taper
from unclench.interfaces.web.pages.main import consult_page, main_page


def page_handlers() -> Sequence[ControllerRouterHandler]:
    """Every page, and the files that pages load."""
    return [static_file, main_page, consult_page, *taper.handlers(), *sources.handlers(), *about.handlers()]
