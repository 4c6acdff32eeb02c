"""A CDS client for tests: it does in order what a record system's screen does, as the open-source sandbox does it."""

from __future__ import annotations

import copy
import re
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

RANKS = {"critical": 0, "warning": 1, "info": 2}
TOKEN = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


@dataclass
class Screen:
    """One prescriber in front of one patient. `http` speaks to the CDS service, `fhir` is the base of the record."""

    http: Any
    fhir: str
    patient: str
    user: str = "Practitioner/example"
    origin: str = ""
    strict: bool = False  # applies whole suggestions; else, as the sandbox does, the medicine of them alone
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    cards: list[dict[str, Any]] = field(default_factory=list)
    number: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Origin": self.origin} if self.origin else {}

    def discover(self) -> None:
        """Keep every service by its address, as a client that calls by address does."""
        self.preflight("/cds-services", "GET", "authorization")
        answer = self.http.get("/cds-services", headers=self.headers)
        answer.raise_for_status()
        for one in answer.json()["services"]:
            self.services[f"/cds-services/{one['id']}"] = one

    def preflight(self, path: str, method: str, headers: str) -> None:
        """What a browser asks before it lets a page of another site call."""
        if not self.origin:
            return
        asked = {
            **self.headers,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        }
        answer = self.http.options(path, headers=asked)
        assert answer.is_success, answer.status_code
        assert answer.headers["access-control-allow-origin"] == self.origin
        allowed = {one.strip().lower() for one in answer.headers["access-control-allow-headers"].split(",")}
        assert set(headers.split(",")) <= allowed
        assert method in answer.headers["access-control-allow-methods"]

    def prefetched(self, service: dict[str, Any]) -> dict[str, Any]:
        """Resolve every template against the record; a search that fails is left out."""
        context = {"context.patientId": self.patient, "context.userId": self.user}
        found = {}
        for key, template in service["prefetch"].items():
            query = TOKEN.sub(lambda one: context[one.group(1)], template)
            answer = httpx.get(f"{self.fhir}/{query}", trust_env=False)
            if answer.is_success:
                found[key] = answer.json()
        return found

    def call(self, hook: str) -> list[dict[str, Any]]:
        """Fire a hook: every service of it is asked, and its cards shown, the most urgent first."""
        shown = []
        for path, service in self.services.items():
            if service["hook"] == hook:
                self.preflight(path, "POST", "authorization,content-type")
                answer = self.http.post(path, json=self._body(hook, service), headers=self.headers)
                answer.raise_for_status()
                self._readable(answer)
                shown += [{**card, "service": path} for card in answer.json()["cards"]]
        self.cards = sorted(shown, key=lambda card: RANKS[card["indicator"]])
        return self.cards

    def _body(self, hook: str, service: dict[str, Any]) -> dict[str, Any]:
        self.number += 1
        context: dict[str, Any] = {"patientId": self.patient, "userId": self.user}
        if hook != "patient-view":
            context["draftOrders"] = {
                "resourceType": "Bundle",
                "entry": [{"resource": one} for one in self.drafts.values()],
            }
        if hook == "order-select":
            context["selections"] = list(self.drafts)
        instance = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{hook} {self.number}"))
        return {
            "hookInstance": instance,
            "hook": hook,
            "fhirServer": self.fhir,
            "context": context,
            "prefetch": self.prefetched(service),
        }

    def _readable(self, answer: Any) -> None:
        if self.origin:
            assert answer.headers["access-control-allow-origin"] == self.origin

    def draft(self, order: dict[str, Any]) -> None:
        self.drafts[f"{order['resourceType']}/{order['id']}"] = copy.deepcopy(order)

    def accept(self, card: dict[str, Any], suggestion: dict[str, Any]) -> None:
        """Apply a suggestion, put the card away and say so."""
        order = {"delete": 0, "create": 1, "update": 2}
        for action in sorted(suggestion["actions"], key=lambda one: order[one["type"]]):
            self._apply(action)
        self.put_away(card)
        self.feed_back(card, {"outcome": "accepted", "acceptedSuggestions": [{"id": suggestion["uuid"]}]})

    def _apply(self, action: dict[str, Any]) -> None:
        if action["type"] == "delete":
            del self.drafts[action["resourceId"]]
            return
        resource = copy.deepcopy(action["resource"])
        if action["type"] == "create":
            self.number += 1
            resource["id"] = f"created-{self.number}"
            self.draft(resource)
            return
        reference = f"{resource['resourceType']}/{resource['id']}"
        known = self.drafts[reference]  # an update of an order that is not there is an error of the service
        if self.strict:
            self.drafts[reference] = resource
            return
        medicine = resource["medicationCodeableConcept"]
        code, text = medicine["coding"][0]["code"], medicine["text"]
        known["medicationCodeableConcept"] = {
            "text": text,
            "coding": [{"display": text, "system": medicine["coding"][0]["system"], "code": code}],
        }

    def override(self, card: dict[str, Any], reason: dict[str, Any] | None) -> None:
        """Put a card away, with one of its reasons. The sandbox sends the code and the system of it alone."""
        report: dict[str, Any] = {"outcome": "overridden"}
        if reason is not None:
            report["overrideReason"] = {"reason": {"code": reason["code"], "system": reason["system"]}}
        self.put_away(card)
        self.feed_back(card, report)

    def put_away(self, card: dict[str, Any]) -> None:
        left = [one for one in self.cards if one["uuid"] != card["uuid"]]
        assert len(left) == len(self.cards) - 1, "cards are told apart by their uuid"
        self.cards = left

    def feed_back(self, card: dict[str, Any], report: dict[str, Any]) -> None:
        path = f"{card['service']}/feedback"
        assert not urlsplit(path).query
        self.preflight(path, "POST", "authorization,content-type")
        item = {"card": card["uuid"], "outcomeTimestamp": "2026-11-22T10:15:00.000Z", **report}
        answer = self.http.post(path, json={"feedback": [item]}, headers=self.headers)
        answer.raise_for_status()
        self._readable(answer)
