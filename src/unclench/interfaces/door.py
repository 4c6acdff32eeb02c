"""What every verb does at the door: read a day, refuse a slip, write an output, keep hostile text off the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from unclench.values import shortened

if TYPE_CHECKING:
    from rich.console import Console

JURISDICTION_VARIABLE = "UNCLENCH_JURISDICTION"
WIDTH_UNKNOWN = 80


def parse_day(text: str) -> date:
    """A full ISO date that somebody can live on, or a usage error."""
    from unclench.record.desk import EARLIEST_YEAR, LATEST_YEAR

    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise refused(f"found {shortened(text)!r}, need a date such as 2026-11-21.") from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise refused(f"found {text}, need a day from {EARLIEST_YEAR} to {LATEST_YEAR}.")
    return day


def refused(message: str) -> typer.BadParameter:
    """A usage error. It may quote what was typed, so it is made printable."""
    return typer.BadParameter(printable(message))


def check_targets(targets: list[str], inputs: Sequence[str | Path]) -> None:
    """Nothing is written over an input, and no two outputs to one place."""
    if any("\0" in target for target in targets):
        raise refused("found a name with a zero in it, need the name of a file.")
    places = [os.path.realpath(target) for target in targets if target != "-"]
    if "" in targets:
        raise refused("found an output without a name, need a file, or - for standard output.")
    if len(set(places)) < len(places) or targets.count("-") > 1:
        raise refused("found two outputs to one place, need a file for each.")
    for place in (place for place in places for one in inputs if _same_file(place, one)):
        raise refused(f"found {shortened(place)} as input and as output, need another file for the output.")


def _same_file(place: str, given: str | Path) -> bool:
    """By name, and by what the name leads to: a hard link is the same file under another one."""
    if os.path.realpath(given) == place:
        return True
    try:
        return Path(place).samefile(given) and Path(place).is_file()
    except (OSError, ValueError):
        return False


def write(target: str, content: bytes) -> None:
    """To a file, or to standard output for -. A file that cannot be written is a usage error."""
    if target == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        Path(target).write_bytes(content)
    except OSError as error:
        raise refused(f"cannot write {shortened(target)}: {error.strerror}.") from None


def screen() -> Console:
    """The terminal, or plain text in a pipe."""
    from rich.console import Console as RichConsole

    class Screen(RichConsole):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # handled in `main`: Rich would leave with exit code 1

    made = Screen(highlight=False)
    if made.width < 1:  # COLUMNS=0 would show nothing at all
        made.width = WIDTH_UNKNOWN
    return made


def printable(text: str) -> str:
    """A message may quote a hostile record: no control characters reach the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
