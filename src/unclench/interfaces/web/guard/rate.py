"""How often one address may ask. A bucket of tokens each: one minute's worth at first, filled evenly."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from unclench.interfaces.web.guard.answers import refuse
from unclench.interfaces.web.guard.caller import caller, household
from unclench.interfaces.web.settings import Settings

MOST_CALLERS = 10_000


class Allowance:
    """Buckets of the callers seen last. A forgotten one begins again with a full bucket."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._per_s = per_minute / 60
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, and when that was

    def wait_s(self, who: str) -> float:
        """0 and one token less, or how long until there is one."""
        now = self._now()
        tokens, at = self._buckets.get(who, (self._most, now))
        tokens = min(self._most, tokens + (now - at) * self._per_s)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self._per_s
        self._buckets[who] = (tokens if wait else tokens - 1, now)
        self._buckets.move_to_end(who)
        if len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._buckets)


def rate_guard(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Answer 429 with Retry-After to a caller that asks too often."""
    if not settings.rate_per_minute:
        return app
    allowance = Allowance(settings.rate_per_minute)

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        wait = allowance.wait_s(household(caller(scope, settings))) if scope["type"] == ScopeType.HTTP else 0
        if not wait:
            await app(scope, receive, send)
            return
        need = f"at most {settings.rate_per_minute} requests a minute from one address"
        headers = {"Retry-After": str(math.ceil(wait))}
        await refuse(
            scope, send, 429, where="the rate of requests", need=need, fix="Send it again after Retry-After.",
            headers=headers,
        )  # fmt: skip

    return guard
