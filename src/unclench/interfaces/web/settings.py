"""What can be configured, as one value. A file and the environment fill it; nothing else is read from either.

Every field carries its bounds and what it is for: docs/configuration.md and the JSON schema are made from this class.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Law = Literal["us", "uk"]
HookName = Literal["order-select", "order-sign", "patient-view"]
Algorithm = Literal["ES384", "RS384"]
LogFormat = Literal["auto", "json", "plain"]

Text = Annotated[str, Meta(max_length=2_000)]


class Client(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A CDS client whose tokens are believed. Its keys come from a file, or from one address that is named here."""

    iss: Annotated[str, Meta(min_length=1, max_length=2_000, description="The `iss` of its tokens, to the letter.")]
    jwks_file: Annotated[str, Meta(max_length=2_000, description="A file with its public keys, a JWK Set.")] = ""
    jwks_url: Annotated[
        str, Meta(max_length=2_000, description="The https address of its public keys. The only one that is asked.")
    ] = ""
    algorithms: Annotated[
        tuple[Algorithm, ...], Meta(min_length=1, description="Signatures that are accepted from it.")
    ] = ("ES384", "RS384")
    tenants: Annotated[
        tuple[Text, ...], Meta(max_length=500, description="Values of the claim `tenant` that are accepted; none: any.")
    ] = ()


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting, its bounds, its default, and what it is for."""

    host: Annotated[str, Meta(min_length=1, max_length=255, description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[
        int, Meta(ge=0, le=65_535, description="The port to listen on; 0 for any free one, which is printed.")
    ] = 8765
    workers: Annotated[int, Meta(ge=1, le=64, description="Processes that answer. One for each core is enough.")] = 1
    public_url: Annotated[
        str,
        Meta(
            max_length=2_000,
            description="How clients reach it, as https://cds.example.org; empty: http://host:port. "
            "Tokens must name it in `aud`, and links in cards begin with it.",
        ),
    ] = ""
    behind_tls: Annotated[
        bool,
        Meta(
            description="A proxy speaks TLS before it: HSTS is sent, and the last address in X-Forwarded-For "
            "of a trusted proxy counts as the caller."
        ),
    ] = False
    trusted_proxies: Annotated[
        tuple[Text, ...],
        Meta(
            max_length=50,
            description="Addresses or networks whose X-Forwarded-For is believed; only with `behind_tls`.",
        ),
    ] = ("127.0.0.1", "::1")
    insecure_loopback: Annotated[
        bool, Meta(description="CDS calls without tokens. Refused on any address but loopback.")
    ] = False
    jurisdiction: Annotated[Law, Meta(description="Whose label and limits count where a request does not say.")] = "us"
    allowed_hosts: Annotated[
        tuple[Text, ...],
        Meta(
            max_length=50,
            description="Host names in the Host header that are answered, besides that of `public_url` and, "
            "on a loopback address, localhost.",
        ),
    ] = ()
    cors_origins: Annotated[
        tuple[Text, ...],
        Meta(max_length=50, description="Origins of CDS clients that run in a browser, as https://ehr.example.org."),
    ] = ()
    frame_ancestors: Annotated[
        tuple[Text, ...], Meta(max_length=50, description="Origins that may show the page in a frame; none: nobody.")
    ] = ()
    clients: Annotated[
        tuple[Client, ...], Meta(max_length=200, description="CDS clients whose tokens are believed. Only in the file.")
    ] = ()
    fhir_servers: Annotated[
        tuple[Text, ...],
        Meta(
            max_length=50,
            description="Base addresses of FHIR servers from which missing data may be fetched; none: never.",
        ),
    ] = ()
    fetch_seconds: Annotated[float, Meta(gt=0, le=30, description="Time for all that is fetched for one request.")] = (
        0.4
    )
    token_skew_seconds: Annotated[
        int, Meta(ge=0, le=60, description="By how much the clock of a client may differ.")
    ] = 30
    token_life_seconds: Annotated[int, Meta(ge=1, le=3_600, description="The longest life of a token.")] = 3600
    state_folder: Annotated[
        str,
        Meta(
            max_length=2_000,
            description="Where workers share hashes of token ids and counters; empty: a private folder that goes "
            "when the service stops. Name one on a disk that lasts if token ids must outlive a restart.",
        ),
    ] = ""
    feedback_file: Annotated[
        str,
        Meta(
            max_length=2_000,
            description="Where feedback is appended: rule, outcome, coded reason and hour; empty: in memory only.",
        ),
    ] = ""
    hooks: Annotated[tuple[HookName, ...], Meta(max_length=3, description="The CDS services on offer, by hook.")] = (
        "order-select",
        "order-sign",
        "patient-view",
    )
    repeat_filter: Annotated[
        bool,
        Meta(description="Leave out cards already shown to the same user for the same order and rule."),
    ] = False
    max_body_bytes: Annotated[
        int, Meta(ge=1_000, le=100_000_000, description="The largest body of a request; a larger one gets 413.")
    ] = 2_000_000
    max_depth: Annotated[int, Meta(ge=8, le=500, description="How deep JSON may be nested; deeper gets 400.")] = 64
    max_queue: Annotated[
        int, Meta(ge=0, le=1_000, description="Requests that may wait for the engine of one worker; more get 503.")
    ] = 8
    queue_seconds: Annotated[float, Meta(gt=0, le=60, description="How long one of them waits before it gets 503.")] = (
        0.7
    )
    request_seconds: Annotated[
        float, Meta(gt=0, le=600, description="For the whole of one request: 408 if its body is late, else 503.")
    ] = 10.0
    header_seconds: Annotated[
        float, Meta(gt=0, le=60, description="For the headers of one request; then the connection is closed with 408.")
    ] = 5.0
    keep_alive_seconds: Annotated[
        int, Meta(ge=1, le=600, description="How long a connection may stay open with nothing asked.")
    ] = 15
    max_connections: Annotated[
        int, Meta(ge=1, le=10_000, description="Connections of one worker that are answered; more get 503.")
    ] = 250
    rate_per_minute: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            description="Requests of one address in a minute, to one worker; more get 429. 0 for no limit.",
        ),
    ] = 3000
    stop_seconds: Annotated[
        float, Meta(gt=0, le=600, description="How long running requests may take to end once it is told to stop.")
    ] = 10.0
    metrics_from: Annotated[
        tuple[Text, ...],
        Meta(max_length=50, description="Addresses or networks that may read /metrics."),
    ] = ("127.0.0.1", "::1")
    log_format: Annotated[
        LogFormat, Meta(description="JSON lines, plain lines, or `auto`: plain on a terminal, else JSON.")
    ] = "auto"

    @property
    def base_url(self) -> str:
        """The address that clients use, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")
