"""What the CDS service does, as one value: for the page that people read, and for docs/cds-hooks.md."""

from __future__ import annotations

from dataclasses import dataclass

from unclench.interfaces.web.hooks.answer import MOST_JUDGED
from unclench.interfaces.web.hooks.asked import Asked, asked_for
from unclench.interfaces.web.hooks.orders import MOST_DRAFTS
from unclench.interfaces.web.hooks.services import STANDARD, HookService, offered
from unclench.interfaces.web.settings import Settings

WRITTEN = (
    (
        "MedicationRequest",
        "a suggestion to change, replace or remove the draft order that was asked about; never a system action",
    ),
)


@dataclass(frozen=True, slots=True)
class Capability:
    """The services, what each asks for beforehand, what a suggestion would write, and where the limits are."""

    standard: str  # the version of CDS Hooks
    address: str  # of discovery
    services: tuple[HookService, ...]
    prefetch: tuple[Asked, ...]
    written: tuple[tuple[str, str], ...]  # resource type, and when
    limits: tuple[str, ...]


def capability(settings: Settings) -> Capability:
    """Of this service as configured."""
    fetching = (
        f"What is missing is fetched from FHIR servers that the configuration lists, in {settings.fetch_seconds:g} s."
        if settings.fhir_servers
        else "No FHIR server is listed: nothing is fetched, what is not sent is missing."
    )
    return Capability(
        standard=STANDARD,
        address=f"{settings.base_url}/cds-services",
        services=offered(settings),
        prefetch=asked_for(),
        written=WRITTEN,
        limits=(
            "FHIR R4 only.",
            f"At most {settings.max_body_bytes:,} bytes a request.",
            f"At most {MOST_DRAFTS} draft orders, {MOST_JUDGED} of them in question.",
            fetching,
            "Diazepam only: orders of other medicines get a card only where diazepam is ordered or taken with them.",
            "No smart links, no system actions, no single sign-on.",
            "Nothing of a patient is kept. Of feedback: rule, outcome, coded reason and hour."
            + (" They are appended to a file." if settings.feedback_file else ""),
            "Cards already shown are left out for an hour, critical ones never."
            if settings.repeat_filter
            else "Cards are shown each time: the repeat filter is off.",
        ),
    )
