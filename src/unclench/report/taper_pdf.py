"""The calendar of a taper as a PDF for print: tagged (PDF/UA-1), and the same bytes everywhere.

The words are data of the template and never its source, so no text of a record can be read as markup. The template can
open nothing outside its own folder, has no font but the two that come with this package, and asks for no other package.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from importlib import resources
from typing import Any, Final

from unclench.planning.taper_plan import Taper
from unclench.report.calendar_sheet import Sheet, calendar_sheet
from unclench.report.calendar_words import drawable
from unclench.values import EngineError, Jurisdiction, MadeWith

STANDARD: Final = "ua-1"


def calendar_pdf(
    taper: Taper, on: date, jurisdiction: Jurisdiction, made_with: MadeWith, *, large: bool = False
) -> bytes:
    """The PDF. `large`: print of 18 points, what to take above its boxes."""
    return printed(calendar_sheet(taper, on, jurisdiction, made_with), large=large)


def printed(sheet: Sheet, *, large: bool) -> bytes:
    import typst

    told = {**asdict(sheet), "large": large}
    room = resources.files("unclench.report")
    with resources.as_file(room / "templates") as templates, resources.as_file(room / "fonts") as fonts:
        try:
            return typst.compile(
                templates / "calendar.typ",
                root=templates,
                font_paths=[fonts],
                ignore_system_fonts=True,
                sys_inputs={"sheet": json.dumps(_drawn(told), ensure_ascii=True)},
                pdf_standards=STANDARD,
                timestamp=0,
                format="pdf",
            )
        except typst.TypstError as error:
            raise EngineError(
                where="the PDF of the calendar",
                found=error.message,
                need="a page that can be set",
                fix="Write the calendar as HTML, and report this with the version.",
            ) from None


def _drawn(value: Any) -> Any:
    """The same values with every text safe to draw."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, dict):
        return {key: _drawn(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_drawn(part) for part in value]
    return value
