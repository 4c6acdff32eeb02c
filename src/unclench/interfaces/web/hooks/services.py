"""The services on offer, and the discovery answer that says so: the same bytes for as long as the program runs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

from unclench.interfaces.web.hooks.asked import asked_for
from unclench.interfaces.web.settings import Settings
from unclench.report.schema_cards import Hook

STANDARD = "2.0"
HOOK_VERSION = "1.0"
NEEDS = (
    "Without the patient the answer is 412. A missing list of problems, medicines or allergies gives advice that says "
    "what is missing and rules nothing out. What is missing is fetched from fhirServer only where the configuration "
    "lists that server and the token allows it. FHIR R4 only."
)


@dataclass(frozen=True, slots=True)
class HookService:
    """One CDS service. `id` is the end of its address; no two hooks share one."""

    id: str
    hook: Hook
    title: str
    description: str


SERVICES = (
    HookService(
        "unclench-order-select",
        "order-select",
        "Diazepam for muscle spasm: while choosing",
        "Advice on a selected draft order of diazepam: contraindications, interactions, dose, days, other ways.",
    ),
    HookService(
        "unclench-order-sign",
        "order-sign",
        "Diazepam for muscle spasm: before signing",
        "Advice on draft orders of diazepam: contraindications, interactions, dose, days, a stop date, a taper.",
    ),
    HookService(
        "unclench-patient-view",
        "patient-view",
        "Diazepam that is taken already",
        "Advice where a patient who takes diazepam should be reviewed: dangerous combinations, long use, a taper.",
    ),
)


class Service(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of discovery, named as the standard names it."""

    hook: str
    title: str
    description: str
    id: str
    version: str
    hook_version: str
    usage_requirements: str
    prefetch: dict[str, str]


class Discovery(msgspec.Struct, frozen=True):
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """The discovery answer and the name of this very content."""

    body: bytes
    etag: str


def offered(settings: Settings) -> tuple[HookService, ...]:
    """Those that the configuration keeps."""
    return tuple(one for one in SERVICES if one.hook in settings.hooks)


def discovery(settings: Settings) -> Discovery:
    prefetch = {one.key: one.template for one in asked_for()}
    return Discovery(
        tuple(
            Service(one.hook, one.title, one.description, one.id, STANDARD, HOOK_VERSION, NEEDS, prefetch)
            for one in offered(settings)
        )
    )


def published(settings: Settings) -> Published:
    body = msgspec.json.encode(discovery(settings))
    return Published(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
