"""The example patients that come with the program. All are invented."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from unclench.values import RecordError

# In a checkout the examples lie beside the source; a wheel carries them inside the package.
CHECKOUT = Path(__file__).parents[4] / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """One of them. `text` is the record, as a person would type or export it."""

    id: str
    name: str
    text: str


def _room() -> Traversable:
    inside = resources.files("unclench") / "examples"
    return inside if inside.is_dir() else CHECKOUT


@cache
def diary_and_levels() -> tuple[str, str]:
    """What somebody wrote down and what a laboratory measured since a taper began, as CSV."""
    seen = _room() / "seen"
    return (seen / "diary.csv").read_text(encoding="utf-8"), (seen / "levels.csv").read_text(encoding="utf-8")


@cache
def examples() -> tuple[Example, ...]:
    """All records among the examples, by name."""
    files = {file.name: file for file in _room().iterdir() if file.name.endswith((".yaml", ".json"))}
    found = {}
    for name in sorted(files):  # a JSON twin comes before its YAML, which is the one to read
        key = name.rpartition(".")[0]
        found[key] = Example(key, key.replace("-", " ").capitalize(), files[name].read_text(encoding="utf-8"))
    return tuple(found.values())


def example(key: str) -> bytes:
    """The record of one example.

    Raises
    ------
    RecordError
        where there is none of that name.
    """
    for one in examples():
        if one.id == key:
            return one.text.encode()
    raise RecordError(
        where="example",
        found=f"no example {key[:60]!r}",
        need=f"one of {', '.join(one.id for one in examples())}",
        fix="Choose one of them.",
    )
