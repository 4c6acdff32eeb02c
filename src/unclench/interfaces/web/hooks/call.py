"""What a call asks: its hook, whom it is about, what is being ordered, what came along. Tolerant, never guessing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from unclench.interfaces.web.hooks.faults import Refused
from unclench.report.schema_cards import Hook

LONGEST_ID = 256


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to read from the client's FHIR server. Never logged, never kept beyond the call."""

    token: str = field(repr=False)
    scopes: tuple[str, ...]
    patient: str
    expires_in: int

    def allows(self, kind: str, patient_id: str) -> bool:
        """Whether the scopes let this resource type be read, and the token is for this patient."""
        if self.expires_in <= 0 or (self.patient and self.patient != patient_id):
            return False
        return any(_reads(scope, kind) for scope in self.scopes)


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One request of a service."""

    hook: Hook
    hook_instance: str
    patient_id: str
    user_id: str
    draft_orders: Mapping[str, Any] | None  # a Bundle; None for patient-view
    selections: tuple[str, ...] | None  # None where the hook has none: every draft is in question
    prefetch: Mapping[str, Any]
    server: str
    grant: Grant | None


def call_of(body: Mapping[str, Any], hook: Hook) -> Call:
    """The call in a body sent to a service for `hook`.

    Raises
    ------
    Refused
        400 for a call that lacks what the hook requires.
    """
    named = body.get("hook")
    if not isinstance(named, str) or not named:
        raise Refused(400, "`hook` is required: the name of the hook.")
    if named != hook:
        raise Refused(400, f"This service answers the hook {hook}. GET /cds-services lists the services.")
    instance = _instance(body.get("hookInstance"))
    context = body.get("context")
    if not isinstance(context, dict):
        raise Refused(400, "`context` is required: an object with what the hook is about.")
    patient_id = _id(context, "patientId").removeprefix("Patient/")
    user_id = _id(context, "userId")
    orders: Mapping[str, Any] | None = None
    selections: tuple[str, ...] | None = None
    if hook != "patient-view":
        orders = _bundle(context.get("draftOrders"))
    if hook == "order-select":
        selections = _selections(context.get("selections"))
    server, grant = _access(body)
    prefetch = body.get("prefetch")
    if prefetch is not None and not isinstance(prefetch, dict):
        raise Refused(400, "`prefetch`, where given, is an object.")
    return Call(hook, instance, patient_id, user_id, orders, selections, prefetch or {}, server, grant)


def _instance(value: Any) -> str:
    """In one spelling: cards are named by it."""
    if isinstance(value, str) and len(value) <= LONGEST_ID:
        try:
            return str(uuid.UUID(value))
        except ValueError:
            pass
    raise Refused(400, "`hookInstance` is required: a UUID.")


def _id(context: Mapping[str, Any], name: str) -> str:
    value = context.get(name)
    text = value.strip() if isinstance(value, str) else ""
    if not text.removeprefix("Patient/") or len(text) > LONGEST_ID or not text.isprintable():
        raise Refused(400, f"`context.{name}` is required: a FHIR id.")
    return text


def _bundle(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
        raise Refused(400, "`context.draftOrders` is required: a FHIR R4 Bundle of the orders being made.")
    entries = value.get("entry")
    if entries is not None and not isinstance(entries, list):
        raise Refused(400, "`context.draftOrders.entry` is a list.")
    return value


def _selections(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Refused(400, "`context.selections` is required: a list of references to draft orders.")
    return tuple(one.strip() for one in value if isinstance(one, str) and one.strip())


def _access(body: Mapping[str, Any]) -> tuple[str, Grant | None]:
    server, given = body.get("fhirServer"), body.get("fhirAuthorization")
    if server is not None and not (isinstance(server, str) and server.startswith(("https://", "http://"))):
        raise Refused(400, "`fhirServer`, where given, is an absolute address.")
    if given is None:
        return server or "", None
    if not server:
        raise Refused(400, "`fhirServer` is required where `fhirAuthorization` is given.")
    return server, _grant(given)


def _grant(given: Any) -> Grant:
    given = given if isinstance(given, dict) else {}
    texts = [given.get(name) for name in ("access_token", "token_type", "scope", "subject")]
    expires = given.get("expires_in")
    whole = all(isinstance(one, str) and one for one in texts)
    if not whole or not isinstance(expires, int) or isinstance(expires, bool) or str(texts[1]).lower() != "bearer":
        raise Refused(
            400,
            "`fhirAuthorization` needs access_token, token_type Bearer, expires_in (whole seconds), scope and subject.",
        )
    patient = given.get("patient")
    return Grant(
        token=str(texts[0]),
        scopes=tuple(str(texts[2]).split()),
        patient=patient.removeprefix("Patient/") if isinstance(patient, str) else "",
        expires_in=expires,
    )


def _reads(scope: str, kind: str) -> bool:
    """Whether a SMART scope, of either version, lets this type be read: patient/Condition.read, user/*.rs"""
    who, _, rest = scope.partition("/")
    resource, _, may = rest.partition("?")[0].partition(".")
    if who not in ("patient", "user", "system") or resource not in (kind, "*"):
        return False
    return may in ("read", "*") or ("r" in may and set(may) <= set("cruds"))
