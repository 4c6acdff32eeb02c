"""The calendar of a taper as a PDF for print: see `typeset` for how words become a page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from unclench.planning.taper_plan import Taper
from unclench.report.calendar_sheet import Sheet, calendar_sheet
from unclench.report.typeset import typeset
from unclench.values import Jurisdiction, MadeWith


def calendar_pdf(
    taper: Taper, on: date, jurisdiction: Jurisdiction, made_with: MadeWith, *, large: bool = False
) -> bytes:
    """The PDF. `large`: print of 18 points, what to take above its boxes."""
    return sheet_pdf(calendar_sheet(taper, on, jurisdiction, made_with), large=large)


def sheet_pdf(sheet: Sheet, *, large: bool) -> bytes:
    """The same of a sheet that is made already."""
    return typeset("calendar.typ", {**asdict(sheet), "large": large}, what="the calendar")
