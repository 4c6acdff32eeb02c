"""What tests of the web door share: clients that call by an allowed name, signed tokens, and servers that misbehave."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

ISSUER = "https://ehr.example.org"
HERE = "http://127.0.0.1:8765"  # the host guard answers to no other name by default


def signing_key(kind: str = "P-384", kid: str = "one") -> ECKey | RSAKey:
    """A private key; the same one for the same words."""
    return _made(kind, kid)


@cache
def _made(kind: str, kid: str) -> ECKey | RSAKey:
    if kind.startswith("P-"):
        return ECKey.generate_key(kind, {"kid": kid})
    return RSAKey.generate_key(int(kind), {"kid": kid})


def public(*keys: ECKey | RSAKey, **extra: Any) -> dict[str, Any]:
    """A JWK Set of the public halves."""
    return {"keys": [{**key.as_dict(private=False), **extra} for key in keys]}


def jwks_file(folder: Path, *keys: ECKey | RSAKey) -> str:
    path = folder / "clients.jwks.json"
    path.write_text(json.dumps(public(*(keys or (signing_key(), signing_key("2048", "two"))))), encoding="utf-8")
    return str(path)


def token(
    aud: object = f"{HERE}/cds-services",
    *,
    key: Any = None,
    alg: str = "ES384",
    header: dict[str, Any] | None = None,
    now: float | None = None,
    **claims: Any,
) -> str:
    """A token as a CDS client makes it. A claim or a member of the header given as None is left out."""
    at = time.time() if now is None else now
    signer = key or signing_key()
    head = {"alg": alg, "kid": signer.kid, "typ": "JWT", **(header or {})}
    said = {"iss": ISSUER, "aud": aud, "iat": int(at), "exp": int(at) + 300, "jti": f"{time.monotonic_ns()}", **claims}
    body = json.dumps({name: value for name, value in said.items() if value is not None})
    registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
    registry.max_header_length = 8192
    kept = {name: value for name, value in head.items() if value is not None}
    return jws.serialize_compact(kept, body, signer, registry=registry)


@dataclass(eq=False)
class Elsewhere:
    """A server of somebody else, and what it was asked."""

    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def elsewhere(answer: Answer, *, context: Any = None) -> Iterator[Elsewhere]:
    """A real server on a free port of loopback that answers every GET in one way."""
    seen = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            try:
                answer(self)
            except OSError:
                self.close_connection = True  # the caller had enough

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    seen.url = f"{'http' if context is None else 'https'}://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(body: object, *, status: int = 200, **headers: str) -> Answer:
    """Answer with JSON, or with bytes as they are."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(data)

    return answer
