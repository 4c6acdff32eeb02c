"""One engine thread: work is done in order, too much of it is refused at once, and nobody waits for long."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from tests.apart import apart
from unclench.interfaces.web.work import BusyError, Worker


def test_it_returns_and_raises_what_the_function_does():
    worker = Worker(max_queue=2, queue_seconds=1)

    async def run():
        assert await worker.run(lambda a, b: a + b, 1, b=2) == 3
        with pytest.raises(ZeroDivisionError):
            await worker.run(lambda: 1 / 0)

    apart(run())
    worker.stop()


def test_functions_run_one_after_the_other():
    worker, seen = Worker(max_queue=10, queue_seconds=5), []

    def work(number: int) -> None:
        seen.append(("begin", number, threading.current_thread().name))
        time.sleep(0.005)
        seen.append(("end", number, threading.current_thread().name))

    async def run():
        await asyncio.gather(*(worker.run(work, number) for number in range(5)))

    apart(run())
    worker.stop()
    assert [kind for kind, _, _ in seen] == ["begin", "end"] * 5
    assert len({thread for _, _, thread in seen}) == 1


def test_more_than_may_wait_is_refused_at_once_and_counted():
    worker, gate = Worker(max_queue=2, queue_seconds=5), threading.Event()

    async def run():
        tasks = [asyncio.create_task(worker.run(gate.wait)) for _ in range(6)]
        await asyncio.sleep(0.05)
        refused = [task for task in tasks if task.done()]
        gate.set()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        return refused, done

    refused, done = apart(run())
    worker.stop()
    assert len(refused) == worker.refused == sum(isinstance(one, BusyError) for one in done) >= 2
    assert sum(one is True for one in done) == 6 - len(refused)
    assert worker.waiting == 0


def test_what_waits_too_long_is_refused_and_never_begun():
    worker, gate, begun = Worker(max_queue=5, queue_seconds=0.05), threading.Event(), []

    async def run():
        first = asyncio.create_task(worker.run(gate.wait))
        await asyncio.sleep(0.01)
        with pytest.raises(BusyError):
            await worker.run(begun.append, 1)
        gate.set()
        await first

    apart(run())
    worker.stop()
    assert begun == []
