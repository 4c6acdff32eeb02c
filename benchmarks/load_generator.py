"""An open-loop generator: requests leave at a constant rate whatever comes back, and each time counts from the moment
at which the request was due. A slow answer so delays nothing, and hides nothing (no coordinated omission).
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

GIVE_UP_S = 10.0
LOST = 0  # the status of a request that was never answered


@dataclass(eq=False)
class Load:
    """What came of one rate."""

    rate: float
    seconds: float
    ms: list[float] = field(default_factory=list)  # of answers with 200, from when they were due
    refused_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    without_retry_after: int = 0

    def percentile(self, share: float) -> float:
        """Milliseconds, nearest rank; infinite where nothing was answered with 200."""
        ordered = sorted(self.ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")

    @property
    def slowest_ms(self) -> float:
        """Of all answers, refusals too."""
        return max([*self.ms, *self.refused_ms], default=float("inf"))

    @property
    def is_clean(self) -> bool:
        """Nothing refused, nothing lost."""
        return set(self.statuses) == {200}


class Wire:
    """One kept connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.open = True

    async def asked(self, request: bytes) -> tuple[int, bool]:
        """The status, and whether Retry-After came with it."""
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        await self.reader.readexactly(length)
        self.open = b"\r\nconnection: close" not in head
        return int(head[9:12]), b"\r\nretry-after:" in head


class Generator:
    """Sends one request again and again, over as many connections as it takes."""

    def __init__(self, port: int, request: bytes) -> None:
        self._port, self._request = port, request
        self._idle: list[Wire] = []

    async def run(self, rate: float, seconds: float) -> Load:
        """So many a second, for so long; then until all is answered or given up."""
        load = Load(rate, seconds)
        start = time.perf_counter() + 0.05
        asked = []
        for number in range(int(rate * seconds)):
            due = start + number / rate
            wait = due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            asked.append(asyncio.create_task(self._one(due, load)))
        await asyncio.gather(*asked)
        return load

    async def _one(self, due: float, load: Load) -> None:
        wire = None
        try:
            async with asyncio.timeout(GIVE_UP_S):
                wire = self._idle.pop() if self._idle else await self._connected()
                status, retry_after = await wire.asked(self._request)
        except (OSError, EOFError, TimeoutError, ValueError):
            load.statuses[LOST] += 1
            if wire is not None:
                wire.writer.close()
            return
        ms = 1e3 * (time.perf_counter() - due)
        (load.ms if status == 200 else load.refused_ms).append(ms)
        load.statuses[status] += 1
        load.without_retry_after += status in (429, 503) and not retry_after
        if wire.open:
            self._idle.append(wire)
        else:
            wire.writer.close()

    async def _connected(self) -> Wire:
        return Wire(*await asyncio.open_connection("127.0.0.1", self._port))

    def close(self) -> None:
        for wire in self._idle:
            wire.writer.close()
