"""From which address a request comes, and whether an address is on a list."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from litestar.types import Scope

from unclench.interfaces.web.guard.answers import values
from unclench.interfaces.web.settings import Settings

Address = IPv4Address | IPv6Address
FORWARDED = (b"x-forwarded-for", b"forwarded", b"x-real-ip")


def read(text: str) -> Address | None:
    """An address as written; nothing for what is none. IPv4 inside IPv6 is IPv4."""
    try:
        found = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def listed(address: Address | None, entries: Sequence[str]) -> bool:
    """Whether it is one of these addresses, or in one of these networks."""
    return address is not None and any(address in ip_network(entry, strict=False) for entry in entries)


def is_network(text: str) -> bool:
    """Whether it is an address, or a network such as 10.0.0.0/8."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def caller(scope: Scope, settings: Settings) -> Address | None:
    """The address that connected; behind a trusted proxy, the last one that the proxy wrote down."""
    peer = read(scope["client"][0]) if scope.get("client") else None  # type: ignore[index]
    if settings.behind_tls and listed(peer, settings.trusted_proxies):
        hops = [hop for value in values(scope, b"x-forwarded-for") for hop in value.split(",")]
        return (read(hops[-1]) if hops else None) or peer
    return peer


def forwarded(scope: Scope) -> bool:
    """Whether somebody in between says that it passes this on."""
    return any(values(scope, name) for name in FORWARDED)


def household(address: Address | None) -> str:
    """What shares one allowance: an IPv4 address, or an IPv6 network of 64 bits, which one caller may own."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)
