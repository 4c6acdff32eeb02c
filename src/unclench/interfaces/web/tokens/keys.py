"""The public keys of CDS clients: from a file, or from the one address that the configuration names."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

from unclench.interfaces.web.outbound import FetchError, Limits, Outbound
from unclench.interfaces.web.settings import Algorithm, Client

Key = ECKey | RSAKey
Found = Mapping[tuple[str, Algorithm], Key]

LEAST_RSA_BITS = 2048
MOST_RSA_BITS = 8192  # checking a larger one takes long: an own key set could stop a worker
MOST_KEYS = 64
MOST_BYTES = 262_144
ASK_AGAIN_S = 60  # for a key id that is not known, and after a failure
FRESH_S = 3600  # then the set is read again, so that a key that was withdrawn goes
STALE_S = 86_400  # while the address does not answer, old keys live no longer than this
FETCH_S = 3.0
MEMBERS: dict[str, tuple[str, ...]] = {"EC": ("kty", "crv", "x", "y"), "RSA": ("kty", "n", "e")}


class Keys(Protocol):
    """Where keys are found."""

    async def find(self, client: Client, kid: str, alg: Algorithm) -> Key | None: ...
    async def close(self) -> None: ...


def read_keys(value: object) -> Found:
    """The usable public keys of a JWK Set, by key id and algorithm. Unsuitable ones are left out, never mended.

    A key is used for one algorithm alone, which its type decides: EC P-384 for ES384, RSA from 2,048 bits for RS384.
    """
    rows = value.get("keys") if isinstance(value, dict) else None
    found: dict[tuple[str, Algorithm], Key] = {}
    for row in rows[:MOST_KEYS] if isinstance(rows, list) else ():
        if isinstance(row, dict) and (pair := _key(row)) is not None:
            name = (str(row["kid"]), pair[0])
            if name in found:
                return {}  # two keys of one name: no telling which is meant
            found[name] = pair[1]
    return found


def _key(row: dict[str, Any]) -> tuple[Algorithm, Key] | None:
    kid, kty = row.get("kid"), row.get("kty")
    members = MEMBERS.get(kty) if isinstance(kty, str) else None
    if not isinstance(kid, str) or not kid or members is None:
        return None
    alg: Algorithm = "ES384" if kty == "EC" else "RS384"
    if row.get("use", "sig") != "sig" or row.get("alg", alg) != alg or "verify" not in row.get("key_ops", ["verify"]):
        return None
    if not all(isinstance(row.get(name), str) for name in members):
        return None
    public = {name: row[name] for name in members}  # whatever private there is stays out of this process
    try:
        if not (row["crv"] == "P-384" if kty == "EC" else LEAST_RSA_BITS <= _bits(row["n"]) <= MOST_RSA_BITS):
            return None
        key: Key = ECKey.import_key(public) if kty == "EC" else RSAKey.import_key(public)
        return (alg, key) if key.public_key is not None else None  # reads the numbers: a point off the curve fails here
    except (JoseError, ValueError, TypeError):
        return None


def _bits(n: str) -> int:
    return int.from_bytes(urlsafe_b64decode(n.encode("ascii")), "big").bit_length()


class _File:
    """Keys in a file, read again whenever the file is another one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, ...] = ()
        self._keys: Found = {}

    async def find(self, kid: str, alg: Algorithm) -> Key | None:
        try:
            stat = self._path.stat()
            seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if seen != self._seen:
                data = self._path.read_bytes() if stat.st_size <= MOST_BYTES else b""
                self._keys, self._seen = read_keys(msgspec.json.decode(data)), seen
        except (OSError, msgspec.MsgspecError, RecursionError, UnicodeError):
            self._keys, self._seen = {}, ()  # a file that is gone or broken holds no keys
        return self._keys.get((kid, alg))


class _Web:
    """Keys behind one address, kept for an hour, asked for again when a key id is new; at most once a minute."""

    def __init__(self, url: str, outbound: Outbound, clock: Callable[[], float]) -> None:
        self._url, self._outbound, self._clock = url, outbound, clock
        self._keys: Found = {}
        self._got = self._tried = float("-inf")
        self._one = asyncio.Lock()

    async def find(self, kid: str, alg: Algorithm) -> Key | None:
        waits = (kid, alg) not in self._keys and self._one.locked()  # somebody asks just now: it may come
        if waits or self._should_ask(kid, alg):
            async with self._one:
                if self._should_ask(kid, alg):
                    await self._ask()
        return self._keys.get((kid, alg)) if self._clock() - self._got <= STALE_S else None

    def _should_ask(self, kid: str, alg: Algorithm) -> bool:
        now = self._clock()
        wanting = (kid, alg) not in self._keys or now - self._got > FRESH_S
        return wanting and now - self._tried >= ASK_AGAIN_S

    async def _ask(self) -> None:
        self._tried = self._clock()
        try:
            self._keys = read_keys(await self._outbound.get_json(self._url))
            self._got = self._tried
        except FetchError:
            return  # the old ones stay, for a day at most


class KeyRing:
    """The keys of all clients. Only addresses of the configuration are ever asked: a token cannot name one."""

    def __init__(
        self,
        clients: Sequence[Client],
        *,
        outbound: Outbound | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        urls = [one.jwks_url for one in clients if one.jwks_url and not one.jwks_file]
        self._outbound = outbound or Outbound(urls, Limits(seconds=FETCH_S, max_bytes=MOST_BYTES, max_depth=8))
        self._sources: dict[str, _File | _Web] = {}
        for one in clients:
            # With both, keys come from the file, and the address is only what a token may say.
            if one.jwks_file:
                self._sources[one.iss] = _File(Path(one.jwks_file))
            elif one.jwks_url:
                self._sources[one.iss] = _Web(one.jwks_url, self._outbound, clock)

    async def find(self, client: Client, kid: str, alg: Algorithm) -> Key | None:
        """The key of a client by its id, for one algorithm."""
        source = self._sources.get(client.iss)
        return await source.find(kid, alg) if source is not None else None

    async def close(self) -> None:
        """Let go of connections."""
        await self._outbound.close()


@cache
def decoy(alg: Algorithm) -> Key:
    """A key that nobody has signed with: what no key is known for takes as long as what is signed wrongly."""
    if alg == "ES384":
        return ECKey.generate_key("P-384", private=False)
    odd = (1 << 2047) + 297
    return RSAKey.import_key(RSAPublicNumbers(65537, odd).public_key())
