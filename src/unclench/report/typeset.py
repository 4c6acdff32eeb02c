"""Pages set by Typst for print: tagged (PDF/UA-1), and the same bytes everywhere.

Words are data of a template and never its source, so no text of a record can be read as markup. A template can open
nothing outside its own folder, has no font but the two that come with this package, and asks for no other package.
Nothing is written to disk: words go in as text, the page comes back as bytes.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any, Final

from unclench.report.calendar_words import DRAWN, drawable
from unclench.values import EngineError

STANDARD: Final = "ua-1"
# Drawings carry class names only (see plots.py); on paper these are their colours.
DRAWING_STYLE: Final = (
    "svg{font-family:'Source Sans 3'}"
    ".diazepam,.effect{color:#0b5ea8}.nordazepam{color:#a84a12}"
    ".grid{stroke:#c4ccd3;fill:none;stroke-width:.8}.tick{fill:#36404a;font-size:17px;paint-order:stroke;stroke:#fff;stroke-width:3px}"
    ".effect .tick{font-size:12.5px}"
    ".band90{fill:currentColor;fill-opacity:.14;stroke:currentColor;stroke-opacity:.55;stroke-width:.8;"
    "stroke-dasharray:1 3}"
    ".band50{fill:currentColor;fill-opacity:.26}"
    ".typical{fill:none;stroke:currentColor;stroke-width:2.2;stroke-linejoin:round}"
    ".dose{stroke:#111820;stroke-width:1.2;fill:none}.end{stroke:#36404a;stroke-dasharray:5 4;fill:none}"
    ".ref{stroke:#111820;stroke-width:1.2;stroke-dasharray:5 3;fill:none}"
)
_TITLES = re.compile(r"<(title|desc)\b[^>]*>.*?</\1>", re.DOTALL)
_LETTERS = "".join(f"{re.escape(first)}-{re.escape(last)}" for first, last in DRAWN)
_NOT_DRAWN = re.compile(f"[^{_LETTERS}]")


class Drawing(str):
    """An SVG of ours, for a template to show as an image: it is handed on as it is, not cleaned as words are."""

    __slots__ = ()


def drawing(svg: str) -> Drawing:
    """A drawing of the page made to stand alone: colours in it, its title left out (the image has words)."""
    alone = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    head, end, rest = _TITLES.sub("", alone).partition(">")
    return Drawing(_NOT_DRAWN.sub("?", f"{head}{end}<style>{DRAWING_STYLE}</style>{rest}"))


def typeset(template: str, told: dict[str, Any], *, what: str) -> bytes:
    """The PDF of a template, filled with these values. `what` names the page in an error.

    Raises
    ------
    EngineError
        when the page cannot be set.
    """
    import typst

    room = resources.files("unclench.report")
    with resources.as_file(room / "templates") as templates, resources.as_file(room / "fonts") as fonts:
        try:
            return typst.compile(
                templates / template,
                root=templates,
                font_paths=[fonts],
                ignore_system_fonts=True,
                sys_inputs={"said": json.dumps(_drawn(told), ensure_ascii=True)},
                pdf_standards=STANDARD,
                timestamp=0,
                format="pdf",
            )
        except typst.TypstError as error:
            raise EngineError(
                where=f"the PDF of {what}",
                found=error.message,
                need="a page that can be set",
                fix="Write it as HTML, and report this with the version.",
            ) from None


def _drawn(value: Any) -> Any:
    """The same values with every text safe to draw."""
    if isinstance(value, Drawing):
        return str(value)
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, dict):
        return {key: _drawn(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_drawn(part) for part in value]
    return value
