"""The one thread of a worker that computes. The rest answers, and refuses early what would wait too long."""

from __future__ import annotations

import asyncio
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

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns or raises; `BusyError` if its turn does not come in time."""
        if self.waiting > self._max_queue:
            self.refused += 1
            raise BusyError
        loop = asyncio.get_running_loop()
        begun = asyncio.Event()

        def started() -> T:
            loop.call_soon_threadsafe(begun.set)
            return function(*args, **kwargs)

        self.waiting += 1
        future = self._pool.submit(started)
        try:
            await asyncio.wait_for(begun.wait(), self._queue_seconds)
        except TimeoutError:
            if future.cancel():
                self.refused += 1
                raise BusyError from None
        finally:
            self.waiting -= 1
        return await asyncio.wrap_future(future)

    def stop(self) -> None:
        """Let what is being computed end; nothing new begins."""
        self._pool.shutdown(wait=True, cancel_futures=True)
