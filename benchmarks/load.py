"""One worker on one core under load: order-sign with a body of 50 KiB. Not a test: times depend on the machine.

python -m benchmarks.load            print
python -m benchmarks.load --write    and write docs/benchmarks-service.md
python -m benchmarks.load --quick    shorter, to look at a change
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.load_body import body
from benchmarks.load_generator import LOST, Generator, Load

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks-service.md"
PATH = "/cds-services/unclench-order-sign"
RATE = 25.0
P99_MS, OVERLOAD_MS = 100.0, 1000.0
ALLOWED = {200, 429, 503}
IN_PROCESS_RUNS = 200
HEAD = """# Benchmark of the service

Made by `make bench-load WRITE=1`; do not edit. One worker of `unclench serve`, pinned to one core; the generator is
another process on another core. Requests leave at a constant rate, and each time counts from when the request was due,
so that a slow answer hides nothing. The request is order-sign with a body of {size:,} bytes. The peer, run in turn with
it, is a bare Litestar handler that decodes the same body with msgspec and answers an empty list of cards.

The knee is the highest rate with p99 under {bar:g} ms, nothing refused and nothing lost, to about 5 %.

Measured on {day}: {machine}, of which {busy:.1f} were busy on average in the minute before.

{table}
"""


@contextmanager
def started(command: list[str], core: int | None, port: int, **environment: str) -> Iterator[None]:
    """A server on its own core, answering."""

    def pin() -> None:
        if core is not None:
            os.sched_setaffinity(0, {core})

    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # a log that nobody reads is still written, line by line
        preexec_fn=pin,  # noqa: PLW1509 no thread runs here
        env=os.environ | environment,
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def ours(core: int | None, rate_per_minute: int = 0) -> Iterator[int]:
    """One worker of the service. Without a limit of rate it refuses only by its queue."""
    port = free_port()
    command = ["unclench", "serve", "--port", str(port), "--insecure-loopback"]
    with started(command, core, port, UNCLENCH_SERVE_RATE_PER_MINUTE=str(rate_per_minute)):
        yield port


@contextmanager
def peer(core: int | None) -> Iterator[int]:
    port = free_port()
    with started(["benchmarks.load_peer", str(port)], core, port):
        yield port


def advises(port: int) -> bool:
    """Whether the body is answered with advice: an empty answer would be quick, and show nothing."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    wire.request("POST", PATH, body(), {"Content-Type": "application/json"})
    answer = wire.getresponse()
    found = answer.status == 200 and bool(json.loads(answer.read())["cards"])
    wire.close()
    return found


def run(port: int, rate: float, seconds: float) -> Load:
    """One rate, after a little of it that is not counted."""
    data = body()
    head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data

    async def both() -> Load:
        generator = Generator(port, request)
        await generator.run(min(rate, RATE), 1.0)
        load = await generator.run(rate, seconds)
        generator.close()
        return load

    return asyncio.run(both())


def knee(port: int, seconds: float, most: float = 3_000.0) -> Load:
    """The highest rate with p99 under the bar and nothing refused, to about 5 %."""

    def holds(load: Load) -> bool:
        return load.is_clean and load.percentile(0.99) < P99_MS

    best = run(port, RATE, seconds)
    if not holds(best):
        return best
    while best.rate < most / 1.5 and holds(found := run(port, best.rate * 1.5, seconds)):
        best = found
    worst = min(best.rate * 1.5, most)
    while worst / best.rate > 1.06:
        found = run(port, (worst * best.rate) ** 0.5, seconds)
        if holds(found):
            best = found
        else:
            worst = found.rate
    return best


def in_process_ms() -> float:
    """Median of one answer, from the bytes of the body to those of the cards, without HTTP."""
    from unclench.interfaces.web.hooks.answer import Asking
    from unclench.interfaces.web.hooks.fetch import Fetcher
    from unclench.interfaces.web.hooks.routes import _at_once
    from unclench.interfaces.web.hooks.services import SERVICES
    from unclench.interfaces.web.ops.warm import warm
    from unclench.interfaces.web.service import service_of
    from unclench.interfaces.web.settings import Settings

    warm()  # as every worker is before it answers
    service = service_of(Settings(insecure_loopback=True))
    found = next(one for one in SERVICES if one.hook == "order-sign")
    asking = Asking(service.today(), "us", "http://127.0.0.1")
    data = body()
    times = []
    for _ in range(IN_PROCESS_RUNS):
        start = time.perf_counter()
        _at_once(data, found, 64, asking, Fetcher(service.fhir, seconds=0.4))
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[10:])


def statuses(load: Load) -> str:
    names = {LOST: "lost"}
    return ", ".join(f"{names.get(status, status)}: {count}" for status, count in sorted(load.statuses.items()))


def is_orderly(load: Load) -> bool:
    """Everything answered, in time, and refusals say when to come back."""
    return set(load.statuses) <= ALLOWED and not load.without_retry_after and load.slowest_ms < OVERLOAD_MS


def _steady(own: Load, other: Load) -> Iterator[tuple[str, ...]]:
    """The rows of the rate at which a clinic may ask."""
    for share in (0.5, 0.95, 0.99):
        ours_ms, peer_ms = own.percentile(share), other.percentile(share)
        name = f"p{100 * share:.0f} at {own.rate:g}/s, ms"
        kept = "yes" if own.is_clean and ours_ms < P99_MS else "no"
        bar = (f"under {P99_MS:g}", kept) if share == 0.99 else ("", "")
        yield (name, f"{ours_ms:.1f}", f"{peer_ms:.1f}", f"{ours_ms / peer_ms:.1f}", *bar)


def main() -> int:
    seconds = 4.0 if "--quick" in sys.argv else 15.0
    cores = sorted(os.sched_getaffinity(0))
    server_core, own_core = (cores[-1], cores[0]) if len(cores) > 1 else (None, None)
    if own_core is not None:
        os.sched_setaffinity(0, {own_core})
    busy = os.getloadavg()[0]
    with peer(server_core) as port:
        peer_steady = run(port, RATE, seconds)
        peer_knee = knee(port, seconds / 2)
    with ours(server_core) as port:
        if not advises(port):
            print("The service gives no card on the body of the benchmark: nothing was measured.")
            return 1
        steady = run(port, RATE, seconds)
        own_knee = knee(port, seconds / 2)
        over = run(port, 4 * own_knee.rate, seconds)
    with ours(server_core, rate_per_minute=3000) as port:
        over_limited = run(port, 4 * own_knee.rate, seconds)
    alone_ms = in_process_ms()
    rows = [("", "ours", "peer", "ratio", "bar", "kept"), *_steady(steady, peer_steady)]
    ratio = f"{own_knee.rate / peer_knee.rate:.2f}"
    rows.append(("knee, requests a second", f"{own_knee.rate:.0f}", f"{peer_knee.rate:.0f}", ratio, "", ""))
    orderly = "200, 429 or 503 with Retry-After, each within 1 s"
    for what, load in (("no limit of rate", over), ("3,000 a minute", over_limited)):
        came = f"{statuses(load)}; slowest {load.slowest_ms:.0f} ms"
        kept = "yes" if is_orderly(load) else "no"
        rows.append((f"{load.rate:.0f}/s, four times the knee, {what}", came, "", "", orderly, kept))
    rows.append(
        ("cards in process, median ms", f"{alone_ms:.1f}", "", "", "under 15", "yes" if alone_ms < 15 else "no")
    )
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    table = "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])
    print(table)
    if "--write" in sys.argv:
        machine = f"{platform.machine()}, {len(cores)} cores, Python {platform.python_version()}"
        day = datetime.now(UTC).date()
        text = HEAD.format(bar=P99_MS, size=len(body()), day=day, machine=machine, busy=busy, table=table)
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
