"""A stand-in FHIR server on loopback: made-up resources, in pages, slowly or not at all; it notes what was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Room:
    """What one server holds and how it behaves. Addresses are relative: "Condition?patient=1"."""

    resources: list[dict[str, Any]] = field(default_factory=list)
    page: int = 1000
    wait_s: dict[str, float] = field(default_factory=dict)  # by resource type
    fail: dict[str, int] = field(default_factory=dict)  # by resource type: the status
    elsewhere: str = ""  # where `next` points instead
    token: str = ""  # the only one that is let in; "" lets everybody in
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    base: str = ""

    def answer(self, path: str, query: str) -> tuple[int, Any]:
        kind, _, key = path.strip("/").partition("/")
        time.sleep(self.wait_s.get(kind, 0))
        if kind in self.fail:
            return self.fail[kind], {"resourceType": "OperationOutcome", "issue": []}
        if key:
            found = [one for one in self.resources if one["resourceType"] == kind and one.get("id") == key]
            return (200, found[0]) if found else (404, {"resourceType": "OperationOutcome", "issue": []})
        asked = parse_qs(query)
        who = f"Patient/{asked.get('patient', [''])[0]}"
        found = [one for one in self.resources if one["resourceType"] == kind and _subject(one) == who]
        return 200, self._page(kind, query, found, int(asked.get("_offset", ["0"])[0]))

    def _page(self, kind: str, query: str, found: list[dict[str, Any]], start: int) -> dict[str, Any]:
        shown = found[start : start + self.page]
        links = [{"relation": "self", "url": f"{self.base}/{kind}?{query}"}]
        if start + self.page < len(found):
            plain = "&".join(part for part in query.split("&") if not part.startswith("_offset"))
            following = f"{self.base}/{kind}?{plain}&_offset={start + self.page}"
            links.append({"relation": "next", "url": self.elsewhere or following})
        entries = [{"fullUrl": f"{self.base}/{kind}/{one.get('id')}", "resource": one} for one in shown]
        return {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(found),
            "link": links,
            "entry": entries,
        }


def _subject(one: dict[str, Any]) -> str:
    who = one.get("subject") or one.get("patient") or {}
    return str(who.get("reference", ""))


@contextmanager
def fhir_server(room: Room) -> Iterator[Room]:
    """Serve a room on a free port for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            room.asked.append(self.path.removeprefix("/fhir/"))
            sent = self.headers.get("Authorization", "")
            room.tokens.append(sent)
            status, value = (401, {}) if room.token and sent != f"Bearer {room.token}" else (0, None)
            if not status:
                status, value = room.answer(parts.path.removeprefix("/fhir"), parts.query)
            body = json.dumps(value).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/fhir+json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # the service did not wait

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    room.base = f"http://127.0.0.1:{server.server_address[1]}/fhir"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield room
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
