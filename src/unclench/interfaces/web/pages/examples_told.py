"""The example patients as the page offers them: each with the sentence that the list beside them has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from unclench.interfaces.web.examples import CHECKOUT, examples
from unclench.report import wording as words

# Where the name of the file, read as words, does not say who it is.
NAMES = {
    "with-opioid": "Acute spasm with an opioid",
    "age-78-falls": "Age 78, with falls",
    "ms-spasticity": "MS spasticity",
    "omeprazole-fluvoxamine": "Omeprazole and fluvoxamine",
    "diazepam-14-months": "Diazepam for 14 months",
    "taper-12-months": "Taper after 12 months",
    "child-cerebral-palsy": "Child with cerebral palsy",
}
_ROW = re.compile(r"^\| `([\w-]+)\.(?:yaml|json)` \| (.+?) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ExampleTold:
    """One of them: its id, its name, and what it shows."""

    id: str
    name: str
    about: str


@cache
def examples_told() -> tuple[ExampleTold, ...]:
    """All, those that most people look for first."""
    inside = resources.files("unclench") / "examples" / "README.md"
    listed = inside if inside.is_file() else CHECKOUT / "README.md"
    rows: list[tuple[str, str]] = _ROW.findall(listed.read_text(encoding="utf-8"))
    about = dict(reversed(rows))  # of two files of one name the first says it
    order = list(reversed(about))
    told = [
        ExampleTold(one.id, NAMES.get(one.id, one.name), words.capital(about.get(one.id, ""))) for one in examples()
    ]
    return tuple(sorted(told, key=lambda one: order.index(one.id) if one.id in order else len(order)))
