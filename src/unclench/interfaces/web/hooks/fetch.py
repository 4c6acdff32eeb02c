"""What did not come is fetched from the client's FHIR server, where the configuration lists it and the token allows it.

Everything at once, inside one budget of time; what is not there by then stays missing. Nothing is kept between calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urljoin

from unclench.interfaces.web.hooks.call import Call
from unclench.interfaces.web.hooks.faults import Refused
from unclench.interfaces.web.hooks.sent import Part, part_of
from unclench.interfaces.web.outbound import FetchError, Outbound

MOST_PAGES = 5
FHIR_JSON = "application/fhir+json"


class Fetcher:
    """One per worker."""

    def __init__(self, outbound: Outbound, *, seconds: float) -> None:
        self._outbound = outbound
        self._seconds = seconds

    def may_help(self, call: Call, parts: Mapping[str, Part]) -> bool:
        """Whether anything is missing that could be fetched."""
        return any(self._is_fetched(call, part) for part in parts.values())

    async def completed(self, call: Call, parts: Mapping[str, Part]) -> dict[str, Part]:
        """The same with what could be fetched in time. Never raises for what the other side does."""
        tasks = {
            key: asyncio.create_task(self._rest(call, part))
            for key, part in parts.items()
            if self._is_fetched(call, part)
        }
        found = dict(parts)
        if not tasks:
            return found
        await asyncio.wait(tasks.values(), timeout=self._seconds)
        late = [task for task in tasks.values() if task.cancel()]
        await asyncio.gather(*late, return_exceptions=True)
        for key, task in tasks.items():
            if not task.cancelled() and task.exception() is None:
                found[key] = task.result()
        return found

    async def close(self) -> None:
        await self._outbound.close()

    def _is_fetched(self, call: Call, part: Part) -> bool:
        wanted = part.is_missing or bool(part.next_page)
        if not wanted or not call.server or self._outbound.base_of(call.server) is None:
            return False
        return call.grant is None or call.grant.allows(part.asked.kinds[0], call.patient_id)

    async def _rest(self, call: Call, part: Part) -> Part:
        base = call.server.rstrip("/")
        if part.is_missing:
            first = await self._got(call, base, part, part.asked.address(call.patient_id))
            part = part if first is None or first.is_missing else first
        for _ in range(MOST_PAGES):
            if not part.next_page:
                break
            page = await self._got(call, base, part, part.next_page)
            if page is None or page.is_missing:
                break
            part = page
        return part

    async def _got(self, call: Call, base: str, part: Part, address: str) -> Part | None:
        """One page; None where it did not come. An address may be relative; one that leaves the server is not asked."""
        bearer = call.grant.token if call.grant is not None else ""
        try:
            url = urljoin(f"{base}/", address)
            value = await self._outbound.get_json(url, bearer=bearer, accept=FHIR_JSON, under=base)
            return part_of(part.asked, value, call.patient_id, None if part.is_missing else part)
        except (FetchError, Refused, ValueError):
            return None
