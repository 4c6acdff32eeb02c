"""Pages as text: one Jinja environment, built on that of the reports, so that everything is cleaned and escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from litestar import Response
from litestar.enums import MediaType

from unclench.interfaces.web.assets import address
from unclench.knowledge.load import knowledge_with_manual
from unclench.report import html
from unclench.report import wording as words
from unclench.report.explained import ids
from unclench.values import VERSION

if TYPE_CHECKING:
    from jinja2 import Environment

# The same as a header by the guards. In the page too, so that a copy of it that is saved or proxied stays inert.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the bar at the top."""

    key: str
    href: str
    name: str


PLACES = (
    Place("consult", "/", "Consult"),
    Place("taper", "/taper", "Taper"),
    Place("rules", "/rules", "Rules"),
    Place("about", "/about", "About"),
)


@cache
def environment() -> Environment:
    """Templates of the pages first, then those of the reports, which pages may include."""
    from jinja2 import ChoiceLoader, PackageLoader

    base = html.environment()
    made = base.overlay(
        loader=ChoiceLoader(
            [PackageLoader("unclench.interfaces.web", "templates"), PackageLoader("unclench.report", "templates")]
        )
    )
    made.globals = {
        **base.globals,
        "asset": address,
        "source_url": source_url,
        "cited": cited,
        "words": words,
        "places": PLACES,
        "policy": POLICY,
        "version": VERSION,
        "not_reviewed": " ".join(words.statements("not-reviewed")),
    }
    made.filters = {**base.filters, "record_text": record_text}
    return made


def record_text(text: str) -> Any:
    """What a person typed, back in the field it was typed in: every character as it was, escaped."""
    from markupsafe import escape

    return escape(text)


def source_url(key: str) -> str:
    """The page of one rule or fact."""
    return f"/rules/{quote(key, safe='')}"


@cache
def _known() -> frozenset[str]:
    return frozenset(ids(knowledge_with_manual()))


def cited(key: str) -> str:
    """A rule or fact that opens its source. A check that is no row of the knowledge base, such as a sum, has none."""
    from markupsafe import Markup

    if key.casefold() not in _known():
        return Markup('<span class="ids">{}</span>').format(words.clean(key))
    return Markup('<a class="id" href="{}">{}</a>').format(source_url(key), words.clean(key))


def rendered(template: str, **values: Any) -> str:
    """A template filled with plain values."""
    return environment().get_template(template).render(**values)


def page(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A page or a part of one. Templates that extend `base.html.j2` need `here`, the key of their place."""
    return Response(rendered(template, **values), status_code=status, media_type=MediaType.HTML)
