"""What did not come is fetched from the client's FHIR server, where the configuration lists it and the token allows it.

Everything at once, inside one budget of time; what is not there by then stays missing. Nothing is kept between calls.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urljoin

from unclench.interfaces.web.hooks.call import Call
from unclench.interfaces.web.hooks.faults import Refused
from unclench.interfaces.web.hooks.sent import Part, part_of
from unclench.interfaces.web.outbound import FetchError, Outbound
from unclench.record.desk import relative

T = TypeVar("T")

MOST_PAGES = 5
MOST_PRODUCTS = 30
PRODUCT = re.compile(r"Medication/[A-Za-z0-9.-]{1,64}")
FHIR_JSON = "application/fhir+json"


class Fetcher:
    """One per worker."""

    def __init__(self, outbound: Outbound, *, seconds: float) -> None:
        self._outbound = outbound
        self._seconds = seconds

    def may_help(self, call: Call, parts: Mapping[str, Part]) -> bool:
        """Whether anything is missing that could be fetched."""
        return any(self._is_fetched(call, part) for part in parts.values()) or bool(self._products(call, parts))

    async def completed(self, call: Call, parts: Mapping[str, Part]) -> dict[str, Part]:
        """The same with what could be fetched in time. Never raises for what the other side does."""
        until = asyncio.get_running_loop().time() + self._seconds
        wanted = [part for part in parts.values() if self._is_fetched(call, part)]
        fetched = await _in_time([self._rest(call, part) for part in wanted], until)
        found = {**parts, **{part.asked.key: part for part in fetched}}
        # Orders may name their medicine by reference: without it nobody knows what is taken.
        products = await _in_time([self._product(call, one) for one in self._products(call, found)], until)
        listed = found["medications"]
        more = tuple(one for one in products if one is not None)
        return {**found, "medications": replace(listed, resources=(*listed.resources, *more))}

    async def close(self) -> None:
        await self._outbound.close()

    def _is_fetched(self, call: Call, part: Part) -> bool:
        return (part.is_missing or bool(part.next_page)) and self._may_read(call, part.asked.kinds[0])

    def _may_read(self, call: Call, kind: str) -> bool:
        if not call.server or self._outbound.base_of(call.server) is None:
            return False
        return call.grant is None or call.grant.allows(kind, call.patient_id)

    def _products(self, call: Call, parts: Mapping[str, Part]) -> tuple[str, ...]:
        """Medication resources that orders point to and that nobody sent, as Medication/id."""
        if not self._may_read(call, "Medication"):
            return ()
        held = [*_drafts(call), *(one for part in parts.values() for one in part.resources)]
        known = {f"Medication/{one.get('id')}" for one in held}
        asked = dict.fromkeys(_pointed_to(one) for one in held)
        return tuple(one for one in asked if one and one not in known)[:MOST_PRODUCTS]

    async def _product(self, call: Call, reference: str) -> dict[str, Any] | None:
        value = await self._json(call, reference)
        named = isinstance(value, dict) and f"{value.get('resourceType')}/{value.get('id')}" == reference
        return value if named else None

    async def _rest(self, call: Call, part: Part) -> Part:
        if part.is_missing:
            first = await self._got(call, part, part.asked.address(call.patient_id))
            part = part if first is None or first.is_missing else first
        for _ in range(MOST_PAGES):
            if not part.next_page:
                break
            page = await self._got(call, part, part.next_page)
            if page is None or page.is_missing:
                break
            part = page
        return part

    async def _got(self, call: Call, part: Part, address: str) -> Part | None:
        """One page; None where it did not come."""
        value = await self._json(call, address)
        if value is None:
            return None
        try:
            return part_of(part.asked, value, call.patient_id, None if part.is_missing else part)
        except Refused:
            return None

    async def _json(self, call: Call, address: str) -> Any:
        """What an address answers, or None. It may be relative; one that leaves the server is not asked."""
        base = call.server.rstrip("/")
        bearer = call.grant.token if call.grant is not None else ""
        try:
            url = urljoin(f"{base}/", address)
            return await self._outbound.get_json(url, bearer=bearer, accept=FHIR_JSON, under=base)
        except (FetchError, ValueError):
            return None


async def _in_time(wanted: Sequence[Coroutine[Any, Any, T]], until: float) -> list[T]:
    """What is ready by then; the rest is let go."""
    if not wanted:
        return []
    tasks = [asyncio.create_task(one) for one in wanted]
    await asyncio.wait(tasks, timeout=max(0.0, until - asyncio.get_running_loop().time()))
    late = [task for task in tasks if task.cancel()]
    await asyncio.gather(*late, return_exceptions=True)
    return [task.result() for task in tasks if not task.cancelled() and task.exception() is None]


def _drafts(call: Call) -> list[dict[str, Any]]:
    entries = (call.draft_orders or {}).get("entry") or ()
    rows = [one.get("resource") for one in entries if isinstance(one, dict)]
    return [one for one in rows if isinstance(one, dict)]


def _pointed_to(resource: Mapping[str, Any]) -> str:
    """Medication/id, where an order names its medicine only by a reference to a resource of its own."""
    product = resource.get("medicationReference")
    reference = product.get("reference") if isinstance(product, dict) else None
    if not isinstance(reference, str) or resource.get("medicationCodeableConcept"):
        return ""
    found = PRODUCT.fullmatch(relative(reference))
    return found[0] if found is not None else ""
