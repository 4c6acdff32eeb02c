"""One worker process: warm first, then answer until it is told to stop.

It is started by `supervise` with the shared socket open, reads its start from standard input, and says `ready` on
standard output. When standard input ends, its parent is gone, and it stops too.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress

import msgspec
import uvicorn

from unclench.interfaces.web.app import create
from unclench.interfaces.web.ops.log import log_of, take_over
from unclench.interfaces.web.ops.protocol import protocol
from unclench.interfaces.web.settings import Settings

READY = b"ready\n"


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is told: its settings, its place among workers, and the socket to accept from."""

    settings: Settings
    slot: int
    socket: int


class Server(uvicorn.Server):
    """Says when it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        os.write(sys.stdout.fileno(), READY)


def main() -> None:
    start = msgspec.json.decode(sys.stdin.buffer.readline(), type=Start)
    settings = start.settings
    log = log_of(settings.log_format, start.slot)
    take_over(log)
    config = uvicorn.Config(
        create(settings, log),
        http=protocol(
            header_seconds=settings.header_seconds,
            send_seconds=settings.request_seconds,
            max_connections=settings.max_connections,
        ),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.stop_seconds,  # type: ignore[arg-type]
    )
    # uvicorn raises the signal that stopped it once more when it is done; then it must not kill.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server = Server(config)
    with socket.socket(fileno=start.socket) as shared:
        asyncio.run(_serve(server, shared))


async def _serve(server: Server, shared: socket.socket) -> None:
    loop = asyncio.get_running_loop()

    def orphaned() -> None:
        with suppress(OSError):
            if os.read(sys.stdin.fileno(), 1024):
                return
        loop.remove_reader(sys.stdin.fileno())
        server.should_exit = True

    loop.add_reader(sys.stdin.fileno(), orphaned)
    await server.serve([shared])


if __name__ == "__main__":
    main()
