"""The prescriber's page of a taper: self-contained, no script, no network, nothing of a record unescaped."""

from __future__ import annotations

from datetime import date
from functools import cache

from unclench.planning.taper_plan import Taper
from unclench.report import wording as words
from unclench.report.html import environment, style
from unclench.report.taper_chart import chart
from unclench.report.taper_content import VIEWS, taper_content
from unclench.report.taper_plots import crossing_plots, curve_table, taper_plots
from unclench.values import Jurisdiction, MadeWith


def taper_html(taper: Taper, *, on: date, jurisdiction: Jurisdiction, made_with: MadeWith) -> str:
    """The page of one taper."""
    from markupsafe import Markup

    return (
        environment()
        .get_template("taper.html.j2")
        .render(
            said=taper_content(taper, on=on, jurisdiction=jurisdiction, made_with=made_with),
            words=words,
            views=VIEWS,
            plots=taper_plots(taper),
            chart=chart(taper.compared),
            crossing=crossing_plots(taper.switch) if taper.switch is not None else (),
            table=curve_table(taper),
            style=Markup(style() + taper_style()),  # noqa: S704  our own style sheets
        )
    )


@cache
def taper_style() -> str:
    from importlib import resources

    return (resources.files("unclench.report") / "templates" / "taper.css").read_text(encoding="utf-8")
