"""The leaflet as one page for a browser and as a PDF for print: no script, no network, large print on request."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache

from unclench.consult import Consultation
from unclench.report.html import environment
from unclench.report.leaflet import leaflet
from unclench.report.typeset import typeset


def leaflet_html(consultation: Consultation, *, large: bool = False) -> bytes:
    """The page in UTF-8. `large`: print of 18 points and more, for people who see badly.

    Raises
    ------
    RegimenError
        where there is nothing to hand over.
    """
    from markupsafe import Markup

    page = (
        environment()
        .get_template("leaflet.html.j2")
        .render(
            said=leaflet(consultation),
            large=large,
            style=Markup(style()),  # noqa: S704  our own style sheet
        )
    )
    return page.encode("utf-8")


def leaflet_pdf(consultation: Consultation, *, large: bool = False) -> bytes:
    """The same as a PDF: A4 or Letter.

    Raises
    ------
    RegimenError
        where there is nothing to hand over.
    EngineError
        when the page cannot be set.
    """
    return typeset("leaflet.typ", {**asdict(leaflet(consultation)), "large": large}, what="the leaflet")


@cache
def style() -> str:
    from importlib import resources

    return (resources.files("unclench.report") / "templates" / "leaflet.css").read_text(encoding="utf-8")
