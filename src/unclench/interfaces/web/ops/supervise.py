"""The parent of the workers: binds, starts, replaces, stops. It reads no request and computes nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec

from unclench.interfaces.web.ops.listen import ListenError, bound
from unclench.interfaces.web.ops.log import log_of, take_over
from unclench.interfaces.web.ops.shared import fold, keep, name_of
from unclench.interfaces.web.ops.tally import Tally
from unclench.interfaces.web.settings import Settings

WORKER = "unclench.interfaces.web.ops.worker"
STATE_VARIABLE = "UNCLENCH_SERVE_STATE_FOLDER"
READY, ALIVE = b"ready\n", b"alive\n"  # what a worker says on its standard output
USAGE, FAILED = 2, 1
START_S = 120.0  # to import, and to warm up
SILENT_S = 30.0  # a worker that has said nothing for so long hangs
KILL_AFTER_S = 2.0  # more than `stop_seconds`: what has not ended by then is ended
PAUSE_S = 1.0  # before a worker that died while it began is started again
# Libraries of linear algebra would start threads of their own in every worker, which then wait for each other.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def run(settings: Settings) -> int:
    """Serve until told to stop.

    Returns
    -------
    int
        the exit code: 0 after a stop, 2 if the address cannot be had, else that of a worker that could not begin.
    """
    try:
        shared = bound(settings)
    except ListenError as error:
        sys.stderr.write(f"unclench: {error}\n")
        return USAGE
    settings = msgspec.structs.replace(settings, port=shared.getsockname()[1])
    own = "" if settings.state_folder else tempfile.mkdtemp(prefix="unclench-")  # mkdtemp: for its owner alone
    folder = settings.state_folder or own
    take_over(log_of(settings.log_format))
    Path(folder).mkdir(mode=0o700, exist_ok=True)
    try:
        return asyncio.run(Supervisor(msgspec.structs.replace(settings, state_folder=folder), shared).run())
    finally:
        if own:
            shutil.rmtree(own, ignore_errors=True)


def _kill(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """By the system's own call: that of the process also asks whether it has ended, and takes its exit code away."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)


class Supervisor:
    """Keeps as many workers as the settings say."""

    def __init__(self, settings: Settings, shared: socket.socket) -> None:
        self._settings = settings
        self._socket = shared
        self._folder = Path(settings.state_folder)
        self._log = log_of(settings.log_format)
        self._tally = Tally()
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self._ready: set[int] = set()
        self._stopping = asyncio.Event()
        self._told = False  # where it answers
        self._code = 0

    async def run(self) -> int:
        """Until the end; the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)
        for left in self._folder.glob("counts-*"):  # of an earlier start
            left.unlink()
        kept = [asyncio.create_task(self._keep(slot)) for slot in range(self._settings.workers)]
        await self._stopping.wait()
        self._log.write("info", "stopping")
        self._socket.close()
        self._send(signal.SIGTERM)
        _, late = await asyncio.wait(kept, timeout=self._settings.stop_seconds + KILL_AFTER_S)
        self._send(signal.SIGKILL)
        if late:
            await asyncio.wait(late)
        self._log.write("info", "stopped", code=self._code)
        return self._code

    def _signalled(self) -> None:
        """The first signal stops after what is running; the second at once."""
        if self._stopping.is_set():
            self._send(signal.SIGKILL)
        self._stopping.set()

    def _send(self, number: signal.Signals) -> None:
        for process in self._running.values():
            _kill(process, number)

    async def _keep(self, slot: int) -> None:
        """One worker after another, until the end."""
        while not self._stopping.is_set():
            process = await self._start(slot)
            if self._stopping.is_set():  # told to stop while it was made
                _kill(process, signal.SIGKILL)
            was_ready = await self._said(process, START_S) == READY
            if was_ready:
                self._answers(slot, process.pid)
                while await self._said(process, SILENT_S):
                    pass
            if process.returncode is None and not self._stopping.is_set():
                _kill(process, signal.SIGKILL)  # it hangs, or has closed its mouth
            code = await process.wait()
            self._ended(slot, process.pid, code)
            if not was_ready and not self._stopping.is_set():
                if not self._told:  # it never worked: neither will the next one
                    self._code = code if code > 0 else FAILED
                    self._stopping.set()
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

    async def _said(self, process: asyncio.subprocess.Process, within_s: float) -> bytes:
        """Its next line; nothing if it says nothing in time, or will say nothing any more."""
        assert process.stdout is not None
        try:
            async with asyncio.timeout(within_s):
                return await process.stdout.readline()
        except TimeoutError:
            self._log.write("error", "silent", process=process.pid, seconds=within_s)
            return b""

    def _answers(self, slot: int, process: int) -> None:
        self._ready.add(slot)
        self._log.write("info", "ready", worker=slot, process=process)
        self._count()
        if not self._told and len(self._ready) == self._settings.workers:
            self._told = True
            host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
            sys.stdout.write(f"Unclench answers at http://{host}:{self._settings.port}\n")
            sys.stdout.flush()

    def _ended(self, slot: int, process: int, code: int) -> None:
        self._ready.discard(slot)
        del self._running[slot]
        fold(self._folder, process)
        if not self._stopping.is_set():
            self._log.write("error", "ended", worker=slot, process=process, code=code)
            self._tally.add("workers_replaced_total")
        self._count()

    def _count(self) -> None:
        self._tally.set("workers_ready", len(self._ready))
        keep(self._folder, name_of(os.getpid()), self._tally.values)
