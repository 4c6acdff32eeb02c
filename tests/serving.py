"""A service of our own in another process, and ways to speak to it that no honest client would use."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE_S = 40.0


@dataclass(eq=False)
class Running:
    """A started service. `port` is where it answers."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int = 0
    said: list[str] = field(default_factory=list)

    def lines(self, event: str = "") -> list[dict[str, object]]:
        """What its log says; of one kind, if named."""
        whole = self.log.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
        strange = [line for line in whole if not line.startswith("{")]
        assert not strange, strange
        found = [json.loads(line) for line in whole]
        return [line for line in found if not event or line["event"] == event]

    def wait_for(self, event: str, count: int = 1, **values: object) -> list[dict[str, object]]:
        """Until the log has so many lines of one kind."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            found = [line for line in self.lines(event) if values.items() <= line.items()]
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"no {count} x {event} {values} in\n{self.log.read_text(encoding='utf-8')}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@contextmanager
def served(folder: Path, *options: str, environment: dict[str, str] | None = None) -> Iterator[Running]:
    """`unclench serve` on a free port of loopback, ready; stopped at the end."""
    log = folder / "serve.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "unclench", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            env=clean_environment() | (environment or {}),
        )
    running = Running(process, log)
    try:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        running.said.append(line)
        assert line.startswith("Unclench answers at http://"), log.read_text(encoding="utf-8")
        running.port = int(line.rpartition(":")[2])
        yield running
    finally:
        running.stop()
        assert process.stdout is not None
        process.stdout.close()


def clean_environment() -> dict[str, str]:
    """Without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("UNCLENCH_")}


def connected(port: int, seconds: float = 10.0) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=seconds)


def answer_of(wire: socket.socket) -> bytes:
    """All that comes until the other side hangs up, or resets."""
    parts = []
    try:
        while part := wire.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        parts.append(b"<reset>")
    return b"".join(parts)


def exchanged(port: int, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """Send pieces, and give back all that is answered until the connection ends."""
    with connected(port) as wire:
        for piece in pieces:
            try:
                wire.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                break
            time.sleep(pause_s)
        return answer_of(wire)


def request(path: str, body: bytes | None = None, headers: Sequence[str] = (), method: str = "") -> bytes:
    """A whole request whose connection ends with its answer."""
    verb = method or ("GET" if body is None else "POST")
    length = [] if body is None else [f"Content-Length: {len(body)}", "Content-Type: application/json"]
    lines = [f"{verb} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *length, *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def body_of(answer: bytes) -> dict[str, object]:
    return json.loads(answer.partition(b"\r\n\r\n")[2])
