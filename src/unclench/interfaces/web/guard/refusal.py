"""Configurations that are not served, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterator

from unclench.interfaces.web.address import Address, AddressError, is_loopback, read_address
from unclench.interfaces.web.settings import Client, Settings
from unclench.interfaces.web.tokens.check import MOST_SKEW_S

LONGEST_LIFE_S = 3600


def refusal(settings: Settings) -> str | None:
    """Why these settings are refused, with what to do; nothing where they may be served."""
    found = [*_reach(settings), *_callers(settings), *_addresses(settings)]
    return " ".join(found) or None


def _reach(settings: Settings) -> Iterator[str]:
    near = is_loopback(settings.host)
    base = _read(settings.base_url)
    if base is None:
        yield f"`public_url` {settings.public_url[:80]!r} is no address. Write it as https://cds.example.org."
    elif base.query:
        yield "`public_url` has a query. Leave out everything from the question mark on."
    elif settings.insecure_loopback and not (near and base.is_loopback):
        yield (
            "Without tokens anybody who reaches the address is answered: `insecure_loopback` is for 127.0.0.1, ::1 or "
            "localhost alone, with no other `public_url`. Bind to 127.0.0.1, or name `clients` and leave it out."
        )
    elif not near and not (settings.behind_tls and settings.public_url and base.scheme == "https"):
        yield (
            f"{settings.host} can be reached by other machines, and this service speaks plain HTTP. Put a proxy that "
            "speaks TLS before it, set `public_url` to its https address and `behind_tls` to true; or bind to loopback."
        )


def _callers(settings: Settings) -> Iterator[str]:
    if not settings.clients and not settings.insecure_loopback:
        yield (
            "No CDS client is named, so that every call would be refused. Name `clients` (issuer, and a `jwks_file` or "
            "a `jwks_url`), or add --insecure-loopback to try it on this machine."
        )
    issuers = [one.iss for one in settings.clients]
    if len(set(issuers)) != len(issuers):
        yield "An issuer stands twice among `clients`. Name each once."
    for one in settings.clients:
        yield from _client(one)
    if not 0 <= settings.token_skew_seconds <= MOST_SKEW_S:
        yield f"`token_skew_seconds` is {settings.token_skew_seconds}. Choose 0 to {MOST_SKEW_S}."
    if not 0 < settings.token_life_seconds <= LONGEST_LIFE_S:
        yield f"`token_life_seconds` is {settings.token_life_seconds}. Choose 1 to {LONGEST_LIFE_S}."


def _client(one: Client) -> Iterator[str]:
    name = f"The client {one.iss[:80]!r}"
    if not one.iss:
        yield "A client has no issuer. Give `iss` as its tokens have it."
    if not one.jwks_file and not one.jwks_url:
        yield f"{name} has no keys. Give a `jwks_file` or a `jwks_url`."
    if one.jwks_url and not _may_be_asked(one.jwks_url):
        yield f"{name} has a `jwks_url` that is not a plain https address. Only loopback may do without TLS."
    if not one.algorithms:
        yield f"{name} has no algorithm. Name ES384, RS384 or both."


def _addresses(settings: Settings) -> Iterator[str]:
    for one in settings.fhir_servers:
        if not _may_be_asked(one):
            yield (
                f"`fhir_servers` has {one[:80]!r}, which is not a plain https address of a base. Only loopback may do "
                "without TLS."
            )
    for name, origins in (("cors_origins", settings.cors_origins), ("frame_ancestors", settings.frame_ancestors)):
        for one in origins:
            found = _read(one)
            if found is None or found.path or found.query:
                yield f"`{name}` has {one[:80]!r}. List each site as https://ehr.example.org; `*` is not taken."


def _read(text: str) -> Address | None:
    try:
        return read_address(text)
    except AddressError:
        return None


def _may_be_asked(text: str) -> bool:
    found = _read(text)
    return found is not None and (found.scheme == "https" or found.is_loopback)
