"""Lines for a terminal, wrapped and plain.

Text goes to Rich as `Text` only, never as markup, so that "[red]" in a record is shown as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from unclench.report import wording as words

WIDEST = 100
# For a console that cannot show more than ASCII.
ASCII = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "×": "x", "≥": ">=", "≤": "<=", "µ": "u", "°": "deg", "’": "'", "½": " 1/2"}
)


class Writer:
    """Lines with a hanging indent, wrapped to the console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(console.width, WIDEST)
        self.ascii = not (console.encoding or "ascii").lower().startswith("utf")

    def line(self, text: str, *, style: str = "", first: str = "", rest: str = "") -> None:
        """One paragraph: `first` stands before its first line, `rest` before the others."""
        made = Text(self.safe(text), style=style)
        lines = made.wrap(self.console, max(self.width - len(rest or first), 20)) or [Text("")]
        for index, part in enumerate(lines):
            part.rstrip()
            out = Text(rest if index else first) + part
            self.console.print(out, soft_wrap=True, highlight=False, markup=False, emoji=False)

    def item(self, text: str, *, style: str = "", mark: str = "-") -> None:
        self.line(text, style=style, first=f"  {mark} ", rest=" " * (len(mark) + 3))

    def under(self, text: str) -> None:
        self.line(text, style="dim", first="    ", rest="    ")

    def heading(self, text: str) -> None:
        self.console.print()
        self.line(text.upper(), style="bold")

    def section(self, heading: str, lines: Iterable[str]) -> None:
        """A heading and its items, or nothing at all."""
        kept = [line for line in lines if line]
        if kept:
            self.heading(heading)
            for line in kept:
                self.item(line)

    def safe(self, text: str) -> str:
        text = words.clean(text)
        return text.translate(ASCII).encode("ascii", "replace").decode() if self.ascii else text
