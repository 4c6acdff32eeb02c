"""Counts of all workers together: each keeps a file in the state folder, and whoever is asked adds them up."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from unclench.interfaces.web.ops.tally import Key, counts_only, summed

ENDED = "counts-ended.json"


def keep(folder: Path, name: str, values: Mapping[Key, float]) -> None:
    """Write the counts of one process. A reader sees the old file or the new one, never half of it."""
    target = folder / name
    partial = target.with_suffix(".part")
    with suppress(OSError):  # a full disk must not stop an answer: the counts are then old
        partial.write_bytes(msgspec.json.encode(list(values.items())))
        partial.replace(target)


def kept(folder: Path, name: str) -> dict[Key, float]:
    """The counts of one process; nothing where it has written none."""
    try:
        return dict(msgspec.json.decode((folder / name).read_bytes(), type=list[tuple[Key, float]]))
    except (OSError, msgspec.DecodeError):
        return {}


def name_of(process: int) -> str:
    return f"counts-{process}.json"


def of_all(folder: Path, own: Mapping[Key, float]) -> dict[Key, float]:
    """Over all processes that live or have ended. `own` is newer than our own file."""
    others = (file.name for file in sorted(folder.glob("counts-*.json")) if file.name != name_of(os.getpid()))
    return summed([own, *(kept(folder, name) for name in others)])


def fold(folder: Path, process: int) -> None:
    """A process has ended: what it counted stays, what it showed does not."""
    values = counts_only(kept(folder, name_of(process)))
    if values:
        keep(folder, ENDED, summed([kept(folder, ENDED), values]))
    with suppress(OSError):
        (folder / name_of(process)).unlink()
