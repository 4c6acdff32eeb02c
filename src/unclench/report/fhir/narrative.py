"""The text of a resource for people: paragraphs and lists of XHTML, made from what the resource holds, and escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from unclench.report import wording as words
from unclench.report.fhir.parts import Json


def narrative(heading: str, *parts: str | Iterable[str]) -> Json:
    """A heading, then a paragraph for each text and a list for each group of them."""
    body = [f"<p><b>{_safe(heading)}</b></p>"]
    for part in parts:
        if isinstance(part, str):
            body += [f"<p>{said}</p>"] if (said := _safe(part)) else []
        else:
            items = "".join(f"<li>{said}</li>" for text in part if (said := _safe(text)))
            body += [f"<ul>{items}</ul>"] if items else []
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{"".join(body)}</div>'}


def _safe(text: str) -> str:
    return escape(words.clean(text), quote=True)
