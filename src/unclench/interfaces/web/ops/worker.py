"""One worker process: warm first, then answer until it is told to stop.

It is started by `supervise` with the shared socket open, and reads its start from standard input. On standard output it
says `ready`, and from then on that it is alive. When standard input ends, its parent is gone, and it stops too.
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

from unclench.interfaces.web.app import application
from unclench.interfaces.web.ops.log import log_of, take_over
from unclench.interfaces.web.ops.protocol import protocol
from unclench.interfaces.web.ops.supervise import ALIVE, READY
from unclench.interfaces.web.service import Service, service_of
from unclench.interfaces.web.settings import Settings
from unclench.values import UnclenchError

ALIVE_EVERY_S = 5
# How long what computes may keep the interpreter from what reads and answers. At the usual 5 ms, which may pass at each
# read and each write, a busy worker takes seconds to refuse what it cannot answer.
SWITCH_S = 0.0005
STUCK_S = 60.0  # no computation of ours takes so long: one that does holds up all that wait


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is told: its settings, its place among workers, and the socket to accept from."""

    settings: Settings
    slot: int
    socket: int


class Server(uvicorn.Server):
    """Says when it answers, and from then on that it still does and computes."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _say(READY)

    async def on_tick(self, counter: int) -> bool:
        stuck = max(self._service.worker.busy_s, self._service.slow.busy_s) > STUCK_S
        if not stuck and counter % (10 * ALIVE_EVERY_S) == 1:  # uvicorn ticks ten times a second
            _say(ALIVE)
        return await super().on_tick(counter)


def _say(word: bytes) -> None:
    with suppress(OSError):  # the parent is gone: `_orphaned` sees to it
        os.write(sys.stdout.fileno(), word)


def main() -> None:
    start = msgspec.json.decode(sys.stdin.buffer.readline(), type=Start)
    sys.setswitchinterval(SWITCH_S)
    log = log_of(start.settings.log_format, start.slot)
    take_over(log)
    # uvicorn raises the signal that stopped it once more when it is done; then it must not kill.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    try:
        service = service_of(start.settings, log)
        server = Server(_config(service), service)
        with socket.socket(fileno=start.socket) as shared:
            asyncio.run(_serve(server, shared))
    except UnclenchError as error:  # nothing was asked yet: what it says is of our own files
        log.write("error", "failed", says=str(error))
        sys.exit(error.exit_code)


def _config(service: Service) -> uvicorn.Config:
    settings = service.settings
    return uvicorn.Config(
        application(service),
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


async def _serve(server: Server, shared: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    parent = sys.stdin.fileno()

    def orphaned() -> None:
        if not os.read(parent, 1024):
            loop.remove_reader(parent)
            server.should_exit = True

    loop.add_reader(parent, orphaned)
    await server.serve([shared])


if __name__ == "__main__":
    main()
