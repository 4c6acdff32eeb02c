"""How far a long run has come: a bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from unclench.engine.cascade import Progress


@contextmanager
def on_terminal(title: str) -> Iterator[Progress | None]:
    """A `progress` for the engine's functions if somebody watches, and None if nobody does."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda share: bar.update(task, completed=share)
