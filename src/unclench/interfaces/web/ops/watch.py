"""The outermost of all: what came of each request is logged and counted, and no error leaves as words."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, MutableMapping, Sequence
from pathlib import Path

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from unclench.interfaces.web.guard.answers import refuse
from unclench.interfaces.web.ops.log import Log, told
from unclench.interfaces.web.ops.shared import keep, name_of, of_all
from unclench.interfaces.web.ops.tally import Key, Tally
from unclench.interfaces.web.work import Worker

UNMATCHED = "unmatched"  # a path that is none of ours may hold anything: it is not told
KEEP_AFTER_S = 1.0
QUIET = frozenset({"/health", "/ready"})


class Watch:
    """The log and the counts of one worker."""

    def __init__(self, log: Log | None, workers: Sequence[Worker], folder: str = "") -> None:
        self.tally = Tally()
        self._log = log
        self._workers = workers
        self._folder = Path(folder) if folder else None
        self._running = 0
        self._due: asyncio.TimerHandle | None = None

    def begun(self) -> None:
        self._running += 1

    def ended(self, scope: MutableMapping[str, object], status: int, size: int, seconds: float) -> None:
        """One request was answered, or left."""
        self._running -= 1
        route = str(scope.get("path_template") or UNMATCHED)
        method = str(scope["method"])
        self.tally.add("requests_total", method=method, route=route, status=str(status))
        self.tally.time("request_seconds", seconds, route=route)
        if self._log is not None and not (route in QUIET and status == 200):
            self._log.write(
                "error" if status == 500 else "info", "request", method=method, route=route, status=status,
                ms=round(1000 * seconds, 1), bytes=size,
            )  # fmt: skip
        self.later()

    def cards(self, hook: str, indicators: Iterable[str]) -> None:
        """Cards were given; the indicator is the tier that a client sees."""
        for indicator in indicators:
            self.tally.add("cards_total", hook=hook, indicator=indicator)

    def failed(self, error: BaseException) -> None:
        """A bug was met: its kind and place are told, never its words."""
        self.tally.add("failures_total", kind=type(error).__name__)
        if self._log is not None:
            self._log.write("error", "failed", **told(error))

    def values(self) -> dict[Key, float]:
        """The counts of this worker, now."""
        self.tally.set("queue_waiting", sum(worker.waiting for worker in self._workers))
        self.tally.set("requests_running", self._running)
        refused = sum(worker.refused for worker in self._workers)
        return {**self.tally.values, ("queue_refused_total", ()): float(refused)}

    def values_of_all(self) -> dict[Key, float]:
        """The counts of all workers, as of the last second."""
        return of_all(self._folder, self.values()) if self._folder else self.values()

    def later(self) -> None:
        """Let the other workers see it, within a second."""
        if self._folder is not None and self._due is None:
            self._due = asyncio.get_running_loop().call_later(KEEP_AFTER_S, self.now)

    def now(self) -> None:
        """Let the other workers see it."""
        self._due = None
        if self._folder is not None:
            keep(self._folder, name_of(os.getpid()), self.values())


def watched(app: ASGIApp, watch: Watch) -> ASGIApp:
    """The application, with every request logged and counted."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        began = time.perf_counter()
        status, size = 0, 0

        async def seen(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        watch.begun()
        try:
            await app(scope, receive, seen)
        except Exception as error:  # noqa: BLE001 the server would log it with all its words
            watch.failed(error)
            if not status:
                need, fix = "an answer that we failed to give", "Report what you did, please."
                await refuse(scope, seen, 500, where="the service", need=need, fix=fix)
        finally:
            watch.ended(scope, status, size, time.perf_counter() - began)  # type: ignore[arg-type]

    return guard
