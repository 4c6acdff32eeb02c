"""The parent of the workers: binds, starts, replaces, stops. It reads no request and computes nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path

import msgspec

from unclench.interfaces.web.ops.listen import ListenError, bound
from unclench.interfaces.web.settings import Settings

WORKER = "unclench.interfaces.web.ops.worker"
STATE_VARIABLE = "UNCLENCH_SERVE_STATE_FOLDER"
READY = b"ready\n"
USAGE, FAILED = 2, 1
KILL_AFTER_S = 2.0  # more than `stop_seconds`: what has not ended by then is ended
PAUSE_S = 1.0  # before a worker that died at once is started again
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def run(settings: Settings) -> int:
    """Serve until told to stop. The exit code: 0 after a stop, 2 if the address cannot be had, else that of a worker
    that could not begin."""
    try:
        shared = bound(settings)
    except ListenError as error:
        sys.stderr.write(f"unclench: {error}\n")
        return USAGE
    settings = msgspec.structs.replace(settings, port=shared.getsockname()[1])
    own = "" if settings.state_folder else tempfile.mkdtemp(prefix="unclench-")  # mkdtemp: 0700
    folder = settings.state_folder or own
    Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return asyncio.run(_Supervisor(msgspec.structs.replace(settings, state_folder=folder), shared).run())
    finally:
        if own:
            shutil.rmtree(own, ignore_errors=True)


class _Supervisor:
    """Keeps as many workers as the settings say."""

    def __init__(self, settings: Settings, shared: socket.socket) -> None:
        self._settings = settings
        self._socket = shared
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self._stopping = asyncio.Event()
        self._ready: set[int] = set()
        self._told = False
        self._code = 0

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._told_to_stop)
        kept = [asyncio.create_task(self._keep(slot)) for slot in range(self._settings.workers)]
        await self._stopping.wait()
        self._socket.close()
        self._signal(signal.SIGTERM)
        _, late = await asyncio.wait(kept, timeout=self._settings.stop_seconds + KILL_AFTER_S)
        self._signal(signal.SIGKILL)
        if late:
            await asyncio.wait(late)
        return self._code

    def _told_to_stop(self) -> None:
        """The first signal stops after what is running; the second at once."""
        if self._stopping.is_set():
            self._signal(signal.SIGKILL)
        self._stopping.set()

    def _signal(self, number: signal.Signals) -> None:
        for process in self._running.values():
            if process.returncode is None:
                process.send_signal(number)

    async def _keep(self, slot: int) -> None:
        """One worker after another, until the end."""
        while not self._stopping.is_set():
            process = await self._start(slot)
            assert process.stdout is not None
            was_ready = await process.stdout.readline() == READY
            if was_ready:
                self._say_ready(slot)
            code = await process.wait()
            del self._running[slot]
            if not was_ready and not self._told and not self._stopping.is_set():
                self._code = code if code > 0 else FAILED
                self._stopping.set()
            elif not was_ready and not self._stopping.is_set():
                await asyncio.sleep(PAUSE_S)

    async def _start(self, slot: int) -> asyncio.subprocess.Process:
        number = self._socket.fileno()
        environment = {**dict.fromkeys(ONE_THREAD, "1"), **os.environ, STATE_VARIABLE: self._settings.state_folder}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", WORKER),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=[number],
            env=environment,
            start_new_session=True,  # Ctrl-C is for the parent, which passes it on
        )
        self._running[slot] = process
        assert process.stdin is not None
        start = {"settings": self._settings, "slot": slot, "socket": number}
        process.stdin.write(msgspec.json.encode(start) + b"\n")
        return process

    def _say_ready(self, slot: int) -> None:
        self._ready.add(slot)
        if not self._told and len(self._ready) == self._settings.workers:
            self._told = True
            host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
            sys.stdout.write(f"Unclench answers at http://{host}:{self._settings.port}\n")
            sys.stdout.flush()
