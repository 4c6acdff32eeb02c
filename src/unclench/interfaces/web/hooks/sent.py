"""What came for each thing that was asked for: nothing, nothing found, all of it, a part, an error, or something else.

Only our own keys are read, and of each only the types it is for. An empty list is not the same as a list that did not
come: the first is known to be empty, the second is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from unclench.interfaces.web.hooks.asked import Asked, asked_for
from unclench.interfaces.web.hooks.faults import Refused
from unclench.record.fhir import left_out_by_search

State = Literal["absent", "empty", "whole", "part", "error", "wrong"]
ABSENT: Any = object()
WHY = {
    "absent": "it was not sent",
    "error": "an error was sent instead of it",
    "wrong": "something else was sent instead of it",
}
PAGED = "it is one page of several"
DAMAGED = "an entry of it could not be read"
NOT_SUPPORTED = frozenset(("not-supported", "not-found"))


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The answer to one prefetch key. `why_cut` says why a list is not the whole of it; "" where it is."""

    asked: Asked
    state: State
    resources: tuple[dict[str, Any], ...] = ()
    why_cut: str = ""
    next_page: str = ""
    flaw: str = ""  # what no further page could mend

    @property
    def is_missing(self) -> bool:
        """Neither sent nor known to be empty."""
        return self.state in WHY


def parts_of(prefetch: Mapping[str, Any], patient_id: str) -> dict[str, Part]:
    """One part for every key that was asked for.

    Raises
    ------
    Refused
        400 for resources of another FHIR version.
    """
    return {asked.key: part_of(asked, prefetch.get(asked.key, ABSENT), patient_id) for asked in asked_for()}


def part_of(asked: Asked, value: Any, patient_id: str, before: Part | None = None) -> Part:
    """What came under one key, or as the answer of a FHIR server to its search. `before`: the pages before this one."""
    if value is ABSENT:
        return _missing(asked, "absent")
    if value is None:
        return Part(asked, "empty")
    kind = value.get("resourceType") if isinstance(value, dict) else None
    if kind == "OperationOutcome":
        return _missing(asked, "absent" if asked.may_lack and _says_unsupported(value) else "error")
    if asked.is_read:
        return _one(asked, value, kind, patient_id)
    if kind == "Bundle":
        return _list(asked, value, before)
    return _missing(asked, "wrong")


def _missing(asked: Asked, state: State) -> Part:
    why = "" if state == "absent" and asked.may_lack else WHY[state]
    return Part(asked, state, why_cut=why)


def _one(asked: Asked, value: Any, kind: Any, patient_id: str) -> Part:
    """The person themselves: only the one that the call is about, or nobody."""
    found = [value] if kind in asked.kinds else _resources(value) if kind == "Bundle" else []
    theirs = [one for one in found if one.get("resourceType") in asked.kinds and one.get("id") == patient_id]
    if len(theirs) == 1:
        return Part(asked, "whole", tuple(theirs))
    return _missing(asked, "wrong")


def _list(asked: Asked, bundle: Mapping[str, Any], before: Part | None) -> Part:
    entries = bundle.get("entry")
    if entries is not None and not isinstance(entries, list):
        return _missing(asked, "wrong")
    found = _resources(bundle)
    if any(one.get("resourceType") == "MedicationOrder" for one in found):
        raise Refused(400, "`prefetch` holds resources that are not FHIR R4. This service reads FHIR R4.")
    ours = tuple(one for one in found if one.get("resourceType") in asked.kinds)
    failed = any(one.get("resourceType") == "OperationOutcome" and _is_error(one) for one in found)
    if not ours and failed:
        return _missing(asked, "error")
    if not ours and not _only_outcomes(found):
        return _missing(asked, "wrong")
    links = _links(bundle)
    damaged = DAMAGED if len(found) < len(entries or ()) else ""
    flaw = WHY["error"] if failed else damaged
    if before is not None:  # the address of a later page is the server's own, and says nothing about the search
        ours, flaw = (*before.resources, *ours), before.flaw or flaw
    else:
        flaw = flaw or _narrowed(links)
    following = links.get("next", "")
    why = flaw or (PAGED if "next" in links else _short_of(bundle.get("total"), asked, ours))
    state: State = "part" if why else "whole" if ours else "empty"
    return Part(asked, state, ours, why, following, flaw)


def _links(bundle: Mapping[str, Any]) -> dict[str, str]:
    """Addresses by relation. Links that cannot be read are a next page that cannot be followed."""
    links = bundle.get("link")
    if links is None:
        return {}
    if not isinstance(links, list) or not all(isinstance(one, dict) for one in links):
        return {"next": ""}
    named = [(one.get("relation"), one.get("url")) for one in links]
    return {name: url if isinstance(url, str) else "" for name, url in named if isinstance(name, str)}


def _narrowed(links: Mapping[str, str]) -> str:
    return left_out_by_search(links.get("self", ""))


def _short_of(total: Any, asked: Asked, ours: tuple[dict[str, Any], ...]) -> str:
    listed = sum(one.get("resourceType") == asked.kinds[0] for one in ours)
    short = isinstance(total, int) and total > listed
    return f"it holds {listed} of {total} entries" if short else ""


def _resources(bundle: Any) -> list[dict[str, Any]]:
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    rows = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    return [one["resource"] for one in rows if isinstance(one.get("resource"), dict)]


def _issues(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    issues = value.get("issue")
    return [one for one in issues if isinstance(one, dict)] if isinstance(issues, list) else []


def _says_unsupported(value: Mapping[str, Any]) -> bool:
    return any(str(one.get("code")) in NOT_SUPPORTED for one in _issues(value))


def _is_error(value: Mapping[str, Any]) -> bool:
    """A search may bring a remark along; only an error means that something failed."""
    issues = _issues(value)
    return not issues or any(one.get("severity") in ("error", "fatal") for one in issues)


def _only_outcomes(found: list[dict[str, Any]]) -> bool:
    return all(one.get("resourceType") == "OperationOutcome" for one in found)
