"""What a card is made for: one draft order, and what was not sent with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unclench.values import Answer

SENT = ("patient", "conditions", "medications", "allergies", "observations", "procedures")
"""What a service asks for, by our own names."""


@dataclass(frozen=True, slots=True, eq=False)
class OrderDraft:
    """A draft order as the client sent it. `is_diazepam` is cannot-say while it names no medicine."""

    resource: dict[str, Any]
    reference: str  # "MedicationRequest/request-123", as in draftOrders
    is_diazepam: Answer
    patient: str = ""  # the reference of the patient of the call, "Patient/1"; used where the draft names no subject


@dataclass(frozen=True, slots=True)
class Known:
    """What could be read for this answer. `missing`: names of `SENT` that were neither sent nor fetched."""

    missing: tuple[str, ...] = ()


ALL_SENT = Known()
