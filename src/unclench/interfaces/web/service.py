"""What the handlers of one worker share. Nothing of a patient is in it, ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from unclench.interfaces.web.ops.log import Log
from unclench.interfaces.web.ops.watch import Watch
from unclench.interfaces.web.outbound import Limits, Outbound
from unclench.interfaces.web.settings import Settings
from unclench.interfaces.web.tokens.check import TokenCheck
from unclench.interfaces.web.work import Worker

SLOW_QUEUE = 3


@dataclass(slots=True, eq=False)
class Service:
    """One per worker process, made before the first request."""

    settings: Settings
    worker: Worker
    tokens: TokenCheck
    fhir: Outbound  # the servers that missing data may be fetched from
    watch: Watch
    slow: Worker  # what takes a second: it shares the processor, and nothing quick waits behind it
    ready: bool = False  # kernels are warm

    def failed(self, error: Exception) -> None:
        """A bug was met. Its kind and place are told, never its words: they may hold what a patient brought."""
        self.watch.failed(error)

    def today(self) -> date:
        """The day of the question where a request names none. Taken at the door: everything inside is a function."""
        return datetime.now(UTC).astimezone().date()


def service_of(settings: Settings, log: Log | None = None) -> Service:
    quick = Worker(max_queue=settings.max_queue, queue_seconds=settings.queue_seconds)
    # As many may wait as can be answered before a request runs out of time.
    slow = Worker(max_queue=SLOW_QUEUE, queue_seconds=settings.request_seconds / 2)
    fhir = Outbound(settings.fhir_servers, Limits(seconds=settings.fetch_seconds, max_depth=settings.max_depth))
    watch = Watch(log, (quick, slow), settings.state_folder)
    return Service(settings, quick, TokenCheck(settings), fhir, watch, slow)
