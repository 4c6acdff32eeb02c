"""HTTP as uvicorn speaks it, with bounds that it leaves open: headers come in time and end somewhere, answers are taken
in time, a worker has only so many connections, and whoever was refused can still read why.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, cast

from litestar.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from unclench.interfaces.web.guard.answers import refuse
from unclench.interfaces.web.guard.limits import MAX_HEADER_BYTES, MAX_URL_BYTES

MOST_HEAD_BYTES = MAX_HEADER_BYTES + MAX_URL_BYTES + 1_024
NO_ROOM = 2  # times `max_connections`: then nobody is even listened to
AGAIN = {"Retry-After": "1", "Connection": "close"}


async def crowded(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer of a worker with too many connections."""
    need, fix = "fewer connections at once", "Send it again after Retry-After."
    await refuse(scope, send, 503, where="the service", need=need, fix=fix, headers=AGAIN)


class Lingering:
    """A transport that does not hang up on somebody who is still sending: what is in flight would reset the connection,
    and the answer would be lost with it."""

    def __init__(self, real: asyncio.Transport, connection: Bounded) -> None:
        self._real = real
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def close(self) -> None:
        if self._connection.in_body:
            self._connection.linger(then_close=True)
        else:
            self._real.close()


class Bounded(HttpToolsProtocol):
    """One connection. `protocol` sets the bounds."""

    header_seconds: ClassVar[float]
    send_seconds: ClassVar[float]
    max_connections: ClassVar[int]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.in_body = False  # headers have come, and the body has not ended
        self._in_head = False
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._linger_timer: asyncio.TimerHandle | None = None
        self._then_close = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(asyncio.Transport, Lingering(transport, self)))
        if len(self.connections) > NO_ROOM * self.max_connections:
            self._hang_up(503, "Service Unavailable", "Retry-After: 1\r\n")
            return
        if len(self.connections) > self.max_connections:
            self.app = crowded
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timers()
        self.in_body = False
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        idle = self.cycle is None or self.cycle.response_complete
        if self._head_timer is None and idle and not self.in_body:
            self._await_head()
        if not self.in_body:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self._hang_up(431, "Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._stop_timers()
        self._in_head = False
        self._head_bytes = 0
        super().on_headers_complete()
        self.in_body = True

    def on_message_complete(self) -> None:
        self.in_body = False
        super().on_message_complete()
        if self._linger_timer is not None:
            self._linger_timer.cancel()
            self._linger_timer = None
            self._lingered() if self._then_close else self._wait_for_more()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.in_body and self._linger_timer is None:
            self.linger(then_close=False)
        if self.transport.get_write_buffer_size():
            self.loop.call_later(self.send_seconds, self._unless_taken)

    def linger(self, *, then_close: bool) -> None:
        """Read what is still being sent, for so long, and throw it away."""
        self._then_close = self._then_close or then_close
        if self._linger_timer is None:
            self._linger_timer = self.loop.call_later(self.header_seconds, self._lingered)

    def _lingered(self) -> None:
        self.in_body = False
        self.transport.close()

    def _wait_for_more(self) -> None:
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(self.header_seconds, self._late)

    def _stop_timers(self) -> None:
        for timer in (self._head_timer, self._linger_timer):
            if timer is not None:
                timer.cancel()
        self._head_timer = self._linger_timer = None

    def _late(self) -> None:
        self._head_timer = None
        if self._in_head:
            self._hang_up(408, "Request Timeout")
        else:
            self.transport.close()

    def _unless_taken(self) -> None:
        """Whoever does not read an answer does not keep the connection."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _hang_up(self, status: int, phrase: str, header: str = "") -> None:
        if not self.transport.is_closing():
            head = f"HTTP/1.1 {status} {phrase}\r\n{header}content-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(head.encode())
            self.transport.close()


def protocol(*, header_seconds: float, send_seconds: float, max_connections: int) -> type[Bounded]:
    """The protocol with these bounds. uvicorn makes one of it for each connection."""
    bounds = {"header_seconds": header_seconds, "send_seconds": send_seconds, "max_connections": max_connections}
    return type("Protocol", (Bounded,), bounds)
