"""One self-contained page: no script, no network, nothing of a record unescaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from unclench.consult import Consultation
from unclench.report import wording as words
from unclench.report.content import content
from unclench.report.plots import level_columns, level_rows, plots

if TYPE_CHECKING:
    from jinja2 import Environment

_AMOUNT = re.compile(r"(?<=\d) (?=m[gL]\b)")  # the gap that a line may not break at


def to_html(consultation: Consultation) -> str:
    """The page of one consultation."""
    from markupsafe import Markup

    said = content(consultation)
    drawn = plots(said.course) if said.course is not None else ()
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            said=said,
            words=words,
            plots=tuple((Markup(plot.svg), plot.summary) for plot in drawn),  # noqa: S704  made by plots.py, escaped there
            level_columns=level_columns(said.course) if said.course is not None else (),
            level_rows=level_rows(said.course) if said.course is not None else (),
            style=Markup(style()),  # noqa: S704  our own style sheet
        )
    )


@cache
def environment() -> Environment:
    """Templates, built once. Everything that a template prints is cleaned, then escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup, escape

    def safe(value: Any) -> Any:
        return words.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    def listed(parts: Iterable[str], between: str) -> str:
        return Markup(between).join(words.clean(part) for part in parts)  # noqa: S704  joining escapes every part

    def strong(says: str, part: str) -> str:
        found = Markup("<strong>{}</strong>").format(words.clean(part))
        return escape(words.clean(says)).replace(escape(words.clean(part)), found, 1)

    def kept(text: str) -> str:
        return Markup(_AMOUNT.sub("&nbsp;", str(escape(words.clean(text)))))  # noqa: S704  escaped before

    made = Environment(
        loader=PackageLoader("unclench.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=safe,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    def cited(key: str) -> str:
        return Markup('<span class="ids">{}</span>').format(words.clean(key))

    made.globals["cited"] = cited  # a page with addresses puts a link in its place
    made.filters["listed"] = listed
    made.filters["strong"] = strong
    made.filters["kept"] = kept
    made.filters["drawing"] = lambda panel: Markup(panel.svg)  # noqa: S704  made by our drawings, escaped there
    return made


@cache
def style() -> str:
    from importlib import resources

    return (resources.files("unclench.report") / "templates" / "page.css").read_text(encoding="utf-8")
