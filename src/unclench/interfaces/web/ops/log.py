"""One line for each thing that happened, on standard error. No line can hold what a request brought: routes are told as
templates, errors by kind and place, and what libraries say is cut down to what they say of themselves.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal

import msgspec

Level = Literal["info", "warning", "error"]
Value = str | int | float | bool

OUR_CODE = str(Path(__file__).resolve().parents[3])  # the folder of the package
LIBRARIES = ("", "asyncio", "uvicorn", "uvicorn.error", "py.warnings")
SPEAKS_OF_ITSELF = "uvicorn.error"


class Log:
    """Writes whole lines at once, so that lines of several workers do not mix."""

    def __init__(self, *, plain: bool, worker: int | None = None) -> None:
        self._plain = plain
        self._worker = worker

    def write(self, level: Level, event: str, **values: Value) -> None:
        now = datetime.now(UTC)
        who: dict[str, Value] = {} if self._worker is None else {"worker": self._worker}
        if self._plain:
            said = " ".join(f"{name}={value}" for name, value in (who | values).items())
            line = f"{now.astimezone():%H:%M:%S} {level:7} {event:9} {said}\n".encode(errors="replace")
        else:
            time = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            line = msgspec.json.encode({"time": time, "level": level, "event": event} | who | values) + b"\n"
        with suppress(OSError):  # nobody reads it any more: that must not stop an answer
            os.write(2, line)


def log_of(form: str, worker: int | None = None) -> Log:
    """The log as the settings want it."""
    return Log(plain=form == "plain" or (form == "auto" and sys.stderr.isatty()), worker=worker)


def place_of(trace: TracebackType | None) -> str:
    """Where in our own code an error came up, as interfaces/web/api.py:23; nothing of its values."""
    found = "outside our code"
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(OUR_CODE):
            found = f"{file[len(OUR_CODE) + 1 :]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def told(error: BaseException) -> dict[str, Value]:
    """Kind and place of an error. Its words may quote a record, and stay out."""
    return {"kind": type(error).__name__, "place": place_of(error.__traceback__)}


class _FromLibraries(logging.Handler):
    """What libraries log. uvicorn's own fixed sentences are kept; whatever else they say may hold a value."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        level: Level = "error" if record.levelno >= logging.ERROR else "warning"
        if record.levelno < logging.WARNING:
            return
        values: dict[str, Value] = {"from": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            values |= told(record.exc_info[1])
        elif record.name == SPEAKS_OF_ITSELF and isinstance(record.msg, str) and "\n" not in record.msg:
            values["says"] = record.msg  # before anything is put into it
        self._log.write(level, "library", **values)


def take_over(log: Log) -> None:
    """Libraries, threads and forgotten errors speak through this log, or not at all."""
    handler = _FromLibraries(log)
    for name in LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = ([handler] if not name else []), True
        logger.setLevel(logging.WARNING)
    logging.captureWarnings(True)

    def uncaught(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        log.write("error", "failed", **told(error))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            log.write("error", "failed", **told(args.exc_value))

    def forgotten(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            log.write("error", "failed", **told(args.exc_value))

    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaught, in_thread, forgotten
