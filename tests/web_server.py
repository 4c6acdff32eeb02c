"""One real server of the web service for the tests of a module: on a free port of this machine, in a thread."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from unclench.interfaces.web.app import create
from unclench.interfaces.web.settings import Settings

STARTS_WITHIN_S = 60


@contextmanager
def running(**settings: object) -> Iterator[str]:
    """The address of a server that answers, until the end of the block."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        made = Settings(port=port, **settings)
        server = uvicorn.Server(uvicorn.Config(create(made), ws="none", log_level="warning", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + STARTS_WITHIN_S
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        assert server.started, "the server did not start"
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(timeout=20)
