"""The only way out: everything that this service fetches from others is fetched here.

A caller names bases that the configuration holds, and reaches nothing else: no redirect is followed, no proxy of the
environment is used, the name is looked up once and the checked address is the one that is called. What comes back is
plain JSON under a size, a depth and a time. No error says an address or a word of what came: both may hold a patient.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Literal

import httpx
import msgspec

from unclench.interfaces.web.address import Address, AddressError, read_address

Reason = Literal["address", "connection", "time", "redirect", "status", "encoding", "size", "json", "depth"]
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

MAX_BYTES = 4_000_000
MAX_DEPTH = 64
MOST_TRIED = 3  # addresses of one name
# Addresses that give out keys to a machine's own cloud account, outside the link-local range.
METADATA = frozenset({"fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"})
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # IPv4 inside IPv6
THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")

# These write every address they call, at a level that is often on. An address may hold the id of a patient.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class FetchError(Exception):
    """Nothing usable came. `reason` is safe to log and to count; `status` is the other side's, or 0."""

    def __init__(self, reason: Reason, status: int = 0) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.status = status


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as the system knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one fetch."""

    seconds: float
    max_bytes: int = MAX_BYTES
    max_depth: int = MAX_DEPTH


class Outbound:
    """Fetches JSON from under some bases, and from nowhere else. Make one per purpose and close it at the end."""

    def __init__(self, bases: Sequence[str], limits: Limits, *, resolve: Resolve = resolve) -> None:
        self._bases = tuple(read_address(one) for one in bases)
        self._limits = limits
        self._resolve = resolve
        self._clients: dict[Address, httpx.AsyncClient] = {}
        # Whom the system trusts: a hospital adds its own authority there. Read here, as it takes a while.
        self._trusted = ssl.create_default_context() if bases else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def base_of(self, url: str) -> Address | None:
        """The configured base that an address is under, the longest; none where it may not be fetched."""
        try:
            address = read_address(url)
        except AddressError:
            return None
        under = [one for one in self._bases if address.is_under(one) and (one.scheme == "https" or one.is_loopback)]
        return max(under, key=lambda one: len(one.path), default=None)

    async def get_json(self, url: str, *, bearer: str = "", accept: str = "application/json", under: str = "") -> Any:
        """What an address answers.

        Parameters
        ----------
        bearer
            a token for the other side, sent only to the address itself. Never kept.
        under
            a narrower base: a `next` link must stay under the server that the first page came from.

        Raises
        ------
        FetchError
            for an address that may not be called, and for every answer but 200 with JSON within the limits.
        """
        base = self.base_of(url)
        if base is None or (under and not _is_under(url, under)):
            raise FetchError("address")
        try:
            async with asyncio.timeout(self._limits.seconds):
                body = await self._got(base, read_address(url), bearer, accept)
        except TimeoutError:
            raise FetchError("time") from None
        except httpx.TimeoutException:
            raise FetchError("time") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
            raise FetchError("connection") from None
        return _decoded(body, self._limits.max_depth)

    async def close(self) -> None:
        """Let go of every connection."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    async def _got(self, base: Address, address: Address, bearer: str, accept: str) -> bytes:
        headers = {"Host": address.netloc, "Accept": accept, "Accept-Encoding": "identity"}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        refused: Exception = FetchError("connection")
        for called in (await self._checked(address))[:MOST_TRIED]:
            try:
                return await self._asked(self._client(base), address, called, headers)
            except httpx.ConnectError as error:
                refused = error
        raise refused

    async def _asked(self, client: httpx.AsyncClient, address: Address, called: str, headers: dict[str, str]) -> bytes:
        # The certificate is checked against the name; the connection goes to the address that was checked.
        url = str(Address(address.scheme, called, address.port, address.path or "/", address.query))
        async with client.stream("GET", url, headers=headers, extensions={"sni_hostname": address.host}) as answer:
            if answer.is_redirect or 300 <= answer.status_code < 400:
                raise FetchError("redirect", answer.status_code)
            if answer.status_code != 200:
                raise FetchError("status", answer.status_code)
            if answer.headers.get("content-encoding", "identity").lower() != "identity":
                raise FetchError("encoding")  # asked for plain bytes: a packed answer is never unpacked
            return await self._body(answer)

    async def _body(self, answer: httpx.Response) -> bytes:
        body = bytearray()
        async for part in answer.aiter_raw():
            body += part
            if len(body) > self._limits.max_bytes:
                raise FetchError("size")
        return bytes(body)

    async def _checked(self, address: Address) -> Sequence[str]:
        """The addresses to call. All that the name stands for must be allowed, or none is called."""
        found = await self._resolve(address.host, address.port)
        if not found or not all(allowed(one, loopback=address.is_loopback) for one in found):
            raise FetchError("address")
        return found

    def _client(self, base: Address) -> httpx.AsyncClient:
        """One per base, so that a connection made for one name is never used for another at the same address."""
        if base not in self._clients:
            self._clients[base] = httpx.AsyncClient(
                verify=self._trusted,
                trust_env=False,
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # a session of one user is none of another
                headers={"User-Agent": "unclench"},
                timeout=self._limits.seconds,
                limits=httpx.Limits(max_connections=16, max_keepalive_connections=4, keepalive_expiry=15),
            )
        return self._clients[base]


def _is_under(url: str, base: str) -> bool:
    try:
        return read_address(url).is_under(read_address(base))
    except AddressError:
        return False


def allowed(address: str, *, loopback: bool) -> bool:
    """Whether an address may be called. Loopback only where the base itself says loopback; private networks yes, as
    every base is named by the configuration; link-local, multicast, reserved and metadata addresses never."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False  # an IPv6 address with a zone is link-local
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour
        if inside is not None or found in TRANSLATED or found.teredo is not None:
            return False
    elif found in THIS_NETWORK:
        return False
    if found.is_loopback or loopback:
        return found.is_loopback and loopback
    refused = found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved
    return not refused and found.compressed not in METADATA


def _decoded(body: bytes, max_depth: int) -> Any:
    try:
        value = msgspec.json.decode(body)
    except RecursionError:
        raise FetchError("depth") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise FetchError("json") from None
    layer, depth = [value], 0
    while layer := [one for one in layer if isinstance(one, dict | list) and one]:
        depth += 1
        if depth > max_depth:
            raise FetchError("depth")
        layer = [inner for one in layer for inner in (one.values() if isinstance(one, dict) else one)]
    return value
