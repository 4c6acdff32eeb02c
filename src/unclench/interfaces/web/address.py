"""Addresses on the web, read so strictly that two readers cannot understand two things.

Everything that is compared, called or allowed passes here first. An address that another program could take for a
different place (user names, dot segments, percent signs in the path, backslashes, odd characters) is refused, not
mended.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

LONGEST = 8192
PORTS = {"http": 80, "https": 443}
SHAPE = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~!$&'()*+,=:@-]*)*)"
    r"(?:\?(?P<query>[A-Za-z0-9._~!$&'()*+,;=:@/?%|\[\]{}^-]*))?",
    re.ASCII | re.IGNORECASE,
)


class AddressError(ValueError):
    """Not an address that we call or compare. The address is not in the words: it may name a patient."""


@dataclass(frozen=True, slots=True)
class Address:
    """The parts, in one spelling: lower case, the port always there, no slash at the end of the path."""

    scheme: str
    host: str  # a name, or an IP address without brackets
    port: int
    path: str = ""
    query: str = ""

    def __str__(self) -> str:
        return f"{self.origin}{self.path}{'?' if self.query else ''}{self.query}"

    @property
    def origin(self) -> str:
        """Scheme, host and port as a browser writes them: a usual port is left out."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """Host and port as a `Host` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """It says itself, without asking anybody, that it is this machine."""
        return is_loopback(self.host)

    def is_under(self, base: Address) -> bool:
        """The same scheme, host and port, and a path that is the base's or continues it after a slash."""
        same = (self.scheme, self.host, self.port) == (base.scheme, base.host, base.port)
        return same and (self.path == base.path or self.path.startswith(f"{base.path}/"))


def read_address(text: str) -> Address:
    """The address in `text`.

    Raises
    ------
    AddressError
        for anything but a plain absolute http or https address.
    """
    found = SHAPE.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise AddressError("not a plain http or https address")
    scheme = found["scheme"].lower()
    port = int(found["port"] or PORTS[scheme])
    segments = found["path"].split("/")[1:]
    if not 0 < port < 65536 or any(set(one) == {"."} for one in segments) or "" in segments[:-1]:
        raise AddressError("a port that does not exist, or dot or empty segments in the path")
    return Address(scheme, _host(found["host"]), port, found["path"].rstrip("/"), found["query"] or "")


def is_loopback(host: str) -> bool:
    """A name or an address of this machine, judged by its spelling alone."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _host(text: str) -> str:
    if not text.startswith("["):
        if ".." in text:
            raise AddressError("an empty part in the name of the host")
        return text.lower()
    try:
        return ipaddress.IPv6Address(text[1:-1]).compressed
    except ValueError:
        raise AddressError("not an IPv6 address") from None
