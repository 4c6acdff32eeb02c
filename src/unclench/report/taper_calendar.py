"""The calendar of a taper as one page for the patient: no script, no network, made to be printed."""

from __future__ import annotations

from datetime import date
from functools import cache

from unclench.planning.taper_plan import Taper
from unclench.report.calendar_sheet import WEEK, Sheet, calendar_sheet
from unclench.report.html import environment
from unclench.values import Jurisdiction, MadeWith


def calendar_html(
    taper: Taper, on: date, jurisdiction: Jurisdiction, made_with: MadeWith, *, large: bool = False
) -> bytes:
    """The page in UTF-8. `large`: print of 18 points and more, for people who see badly."""
    return sheet_html(calendar_sheet(taper, on, jurisdiction, made_with), large=large)


def sheet_html(sheet: Sheet, *, large: bool) -> bytes:
    """The same of a sheet that is made already."""
    from markupsafe import Markup

    page = (
        environment()
        .get_template("calendar.html.j2")
        .render(
            said=sheet,
            week_days=WEEK,
            large=large,
            style=Markup(style()),  # noqa: S704  our own style sheet
        )
    )
    return page.encode("utf-8")


@cache
def style() -> str:
    from importlib import resources

    return (resources.files("unclench.report") / "templates" / "calendar.css").read_text(encoding="utf-8")
