"""A thread that computes. The rest of a worker answers, and refuses early what would wait too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

RETRY_AFTER_S = 1


class BusyError(Exception):
    """Too much is waiting already. Nothing was computed."""

    def __init__(self, retry_after_s: int = RETRY_AFTER_S) -> None:
        super().__init__("too much is waiting")
        self.retry_after_s = retry_after_s


class Worker:
    """Runs functions one after the other. At most `max_queue` wait, and none longer than `queue_seconds`.

    One thread, not several: what is computed holds the interpreter's lock, so that more would only share its time.
    """

    def __init__(self, *, max_queue: int, queue_seconds: float) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
        self._max_queue = max_queue
        self._queue_seconds = queue_seconds
        self.waiting = 0
        self.refused = 0
        self._since: float | None = None  # when what is being computed began

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns or raises; `BusyError` if its turn does not come in time."""
        if self.is_full:
            self.refused += 1
            raise BusyError
        loop = asyncio.get_running_loop()
        begun = asyncio.Event()

        def started() -> T:
            loop.call_soon_threadsafe(begun.set)
            self._since = time.monotonic()
            try:
                return function(*args, **kwargs)
            finally:
                self._since = None

        self.waiting += 1
        future = self._pool.submit(started)
        try:
            await asyncio.wait_for(begun.wait(), self._queue_seconds)
        except TimeoutError:
            if future.cancel():
                self.refused += 1
                raise BusyError from None
        except asyncio.CancelledError:  # whoever asked is answered already: its turn is for somebody else
            future.cancel()
            raise
        finally:
            self.waiting -= 1
        return await asyncio.wrap_future(future)

    @property
    def is_full(self) -> bool:
        """Nothing more may wait."""
        return self.waiting > self._max_queue

    @property
    def busy_s(self) -> float:
        """How long the present computation has taken so far."""
        since = self._since
        return 0.0 if since is None else time.monotonic() - since

    def stop(self) -> None:
        """Let what is being computed end; nothing new begins."""
        self._pool.shutdown(wait=True, cancel_futures=True)
