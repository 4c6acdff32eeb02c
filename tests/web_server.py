"""A real server for tests: uvicorn in a thread, on a free port of loopback, with the settings that a test wants."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from unclench.interfaces.web.app import create
from unclench.interfaces.web.settings import Settings

READY_S = 30.0


@contextmanager
def serving(**settings: Any) -> Iterator[str]:
    """The address of a server that answers until the block ends."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield from _answering(bound, settings)


def _answering(bound: socket.socket, settings: dict[str, Any]) -> Iterator[str]:
    port = bound.getsockname()[1]
    app = create(Settings(**{"insecure_loopback": True, "port": port, "rate_per_minute": 0, **settings}))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    until = time.monotonic() + READY_S
    while not server.started:
        if time.monotonic() > until or not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(READY_S)
