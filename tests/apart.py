"""A coroutine run to its end in a thread of its own: where a browser is open, this thread runs a loop already."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def apart(made: Coroutine[Any, Any, T]) -> T:
    """What it returns or raises."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, made).result()
