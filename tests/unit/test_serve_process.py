"""The life of a service: start, ready, workers lost and replaced, stop. Real processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
import uvicorn

from tests.apart import apart
from tests.serving import (
    Running,
    answer_of,
    body_of,
    clean_environment,
    connected,
    exchanged,
    request,
    served,
    status_of,
)
from unclench.interfaces.web.ops import supervise, worker
from unclench.interfaces.web.ops.supervise import Supervisor
from unclench.interfaces.web.service import service_of
from unclench.interfaces.web.settings import Settings

pytestmark = pytest.mark.verifies("W2")
QUESTION = json.dumps({"example": "acute-back-spasm"}).encode()


def refused(*options: str, environment: dict[str, str] | None = None) -> str:
    """What a start that must fail with a usage error says."""
    done = subprocess.run(
        [sys.executable, "-m", "unclench", "serve", *options],
        capture_output=True,
        text=True,
        timeout=60,
        env=clean_environment() | (environment or {}) | {"COLUMNS": "300"},
    )
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    return done.stderr


def workers_of(running: Running) -> list[int]:
    return [int(str(line["process"])) for line in running.wait_for("ready")]


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def until(what: object, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def test_two_workers_a_lost_one_is_replaced_and_counts_stay(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with served(
        tmp_path, "--insecure-loopback", "--workers", "2", environment={"UNCLENCH_SERVE_STATE_FOLDER": str(state)}
    ) as it:
        first = workers_of(it)
        assert len(first) == 2
        assert state.stat().st_mode & 0o777 == 0o700
        for _ in range(6):
            assert status_of(exchanged(it.port, request("/api/consult", QUESTION))) == 200
        until(lambda: 'status="200"} 6' in counts(it.port))
        time.sleep(1.2)  # what a worker counted in its last second goes with it

        os.kill(first[0], signal.SIGKILL)
        assert status_of(exchanged(it.port, request("/api/consult", QUESTION))) == 200  # the other one answers
        it.wait_for("ended")
        it.wait_for("ready", 3)

        until(lambda: 'status="200"} 7' in counts(it.port))
        assert "unclench_workers_replaced_total 1" in counts(it.port)
        assert "unclench_workers_ready 2" in counts(it.port)

        with connected(it.port) as slow:  # the first signal would let this one end; the second does not
            slow.sendall(request("/api/consult", QUESTION)[:-5])
            time.sleep(0.3)
            began = time.monotonic()
            it.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            it.stop()
        assert time.monotonic() - began < 3  # of 10 s that it would have had
        last = [line["process"] for line in it.lines("ready")]
    assert all(gone(int(str(process))) for process in last)


def counts(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text: str = answer.read().decode()
    return "\n".join(line for line in text.splitlines() if "metrics" not in line)


def test_a_stop_lets_what_is_running_end_and_nothing_new_begin(tmp_path: Path) -> None:
    with served(tmp_path, "--insecure-loopback") as it:
        (process,) = workers_of(it)
        whole = request("/api/consult", QUESTION)
        with connected(it.port) as slow, connected(it.port) as idle:
            slow.sendall(whole[:-5])  # it runs: its headers are here, its body not yet
            time.sleep(0.3)
            it.process.send_signal(signal.SIGINT)
            time.sleep(0.4)
            with pytest.raises(ConnectionRefusedError):
                connected(it.port)
            assert it.process.poll() is None
            slow.sendall(whole[-5:])
            answer = answer_of(slow)
            assert answer_of(idle) in (b"", b"<reset>")
        assert status_of(answer) == 200
        assert "verdict" in body_of(answer)
        assert it.process.wait(15) == 0
    assert gone(process)


def test_what_does_not_end_in_time_is_told_to_come_back(tmp_path: Path) -> None:
    with served(tmp_path, "--insecure-loopback", environment={"UNCLENCH_SERVE_STOP_SECONDS": "0.5"}) as it:
        with connected(it.port) as slow:
            slow.sendall(request("/api/consult", QUESTION)[:-5])
            time.sleep(0.3)
            it.process.send_signal(signal.SIGTERM)
            answer = answer_of(slow)
        assert status_of(answer) == 503
        assert b"retry-after: 1" in answer.lower()
        assert it.process.wait(15) == 0


def test_workers_do_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    with served(tmp_path, "--insecure-loopback") as it:
        (process,) = workers_of(it)
        it.process.kill()
        it.process.wait(10)
        until(lambda: gone(process))


def test_a_worker_that_says_nothing_is_noticed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async def silent() -> bytes:
        process = await asyncio.create_subprocess_exec("sleep", "30", stdout=asyncio.subprocess.PIPE)
        settings = Settings(state_folder=str(tmp_path), log_format="json")
        with socket.socket() as unused:
            found = await Supervisor(settings, unused)._said(process, 0.2)
        process.kill()
        await process.wait()
        return found

    assert apart(silent()) == b""
    assert '"event":"silent"' in capfd.readouterr().err


def test_a_worker_whose_computation_never_ends_falls_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[bytes] = []
    monkeypatch.setattr(worker, "_say", said.append)
    service = service_of(Settings(insecure_loopback=True))
    server = worker.Server(uvicorn.Config(lambda: None, log_config=None), service)

    apart(server.on_tick(1))
    assert said == [supervise.ALIVE]
    service.worker._since = time.monotonic() - worker.STUCK_S - 1
    apart(server.on_tick(1))
    assert said == [supervise.ALIVE]


def test_a_port_in_use_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused("--port", str(port), "--insecure-loopback")

    assert f"cannot listen on 127.0.0.1 port {port}: Address already in use" in said


def test_a_call_without_tokens_is_for_loopback_only() -> None:
    said = refused("--host", "0.0.0.0", "--port", "0", "--insecure-loopback")

    assert "loopback" in said
