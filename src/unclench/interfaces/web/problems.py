"""What went wrong, as JSON that says what to do; for CDS clients and FHIR as an OperationOutcome.

A message of ours may quote a record. Programs that send a record get it back only where they asked as a page does: the
CDS service leaves `found` out.
"""

from __future__ import annotations

from typing import Any

import msgspec

from unclench.record.reading import STDIN
from unclench.values import EngineError, KnowledgeError, RecordError, RegimenError, UnclenchError

STATUS: dict[type[UnclenchError], int] = {
    RecordError: 422,
    RegimenError: 422,
    KnowledgeError: 500,
    EngineError: 500,
}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where it happened, what was found, what was needed, what to do."""

    where: str
    found: str = ""
    need: str
    fix: str


class Problems(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every answer that is an error."""

    error: Problem


def problem_of(error: UnclenchError) -> tuple[int, Problems]:
    """Status and body. Of a fault of our own, what was found is left out: it is worked out from the patient."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    found = error.found if status < 500 else ""
    return status, Problems(error=Problem(where=_place(error.where), found=found, need=error.need, fix=error.fix))


def _place(where: str) -> str:
    """The same place for somebody who posted the record: nothing here came by way of a terminal."""
    return where.replace(STDIN, "the record").replace("--request", "what is asked")


CODES = {400: "invalid", 401: "login", 404: "not-found", 412: "required", 413: "too-long", 415: "not-supported",
         422: "invalid", 429: "throttled", 503: "transient", 504: "timeout"}  # fmt: skip


def operation_outcome(status: int, diagnostics: str) -> dict[str, Any]:
    """A FHIR R4 OperationOutcome with one issue. `diagnostics` is ours: it holds nothing that a request brought."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": CODES.get(status, "exception"), "diagnostics": diagnostics}],
    }
