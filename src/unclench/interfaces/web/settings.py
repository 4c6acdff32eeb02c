"""What can be configured, as one value. A file and the environment fill it; nothing else is read from either."""

from __future__ import annotations

from typing import Literal

import msgspec

Law = Literal["us", "uk"]
HookName = Literal["order-select", "order-sign", "patient-view"]
Algorithm = Literal["ES384", "RS384"]


class Client(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A CDS client whose tokens are believed. Its keys come from a file, or from one address that is named here."""

    iss: str
    jwks_file: str = ""
    jwks_url: str = ""
    algorithms: tuple[Algorithm, ...] = ("ES384", "RS384")
    tenants: tuple[str, ...] = ()  # () for any


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting, its default, and what it is for. docs/configuration.md is made from this class."""

    host: str = "127.0.0.1"
    port: int = 8765
    workers: int = 1
    public_url: str = ""  # how clients reach it, as https://cds.example.org; empty: http://host:port
    behind_tls: bool = False  # a proxy speaks TLS before it: HSTS is sent
    insecure_loopback: bool = False  # CDS calls without tokens; refused on any address but loopback
    jurisdiction: Law = "us"
    allowed_hosts: tuple[str, ...] = ()  # besides the host of public_url and, on loopback, localhost
    cors_origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()  # sites that may show the page in a frame
    clients: tuple[Client, ...] = ()
    fhir_servers: tuple[str, ...] = ()  # base addresses from which missing data may be fetched
    fetch_seconds: float = 0.4
    token_skew_seconds: int = 30
    token_life_seconds: int = 3600
    state_folder: str = ""  # where workers share what they must (hashes of token ids); empty: a private folder
    feedback_file: str = ""  # where feedback is appended; empty: in memory only
    hooks: tuple[HookName, ...] = ("order-select", "order-sign", "patient-view")  # CDS services on offer
    repeat_filter: bool = False  # leave out cards already shown to the same user for the same order and rule
    max_body_bytes: int = 2_000_000
    max_depth: int = 64
    max_queue: int = 8  # requests that may wait for the engine of one worker
    queue_seconds: float = 0.7
    request_seconds: float = 10.0  # for the whole of one request, its body included
    header_seconds: float = 5.0
    rate_per_minute: int = 600  # for one address or client; 0 for no limit
    stop_seconds: float = 10.0

    @property
    def base_url(self) -> str:
        """The address that clients use, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")
