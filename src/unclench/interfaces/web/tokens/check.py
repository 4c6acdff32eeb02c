"""Whether a call comes from a CDS client that the configuration names, for this address, now, and for the first time.

Every failure is the same failure: what was wrong is told to nobody. Whatever reads as a token has its signature checked
against some key, so that a known issuer is not told from an unknown one by the time that it takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from unclench.interfaces.web.settings import Algorithm, Client, Settings
from unclench.interfaces.web.tokens.keys import Key, KeyRing, Keys, decoy
from unclench.interfaces.web.tokens.parse import Claims, Header, ParseError, Parts, claims_of, read_token
from unclench.interfaces.web.tokens.replay import Replays

MOST_SKEW_S = 60


class _Tolerant(JWSRegistry):
    """Headers may hold members that we do not know, and an address; the token as a whole is bounded before."""

    max_header_length = 8192
    max_signature_length = 8192


REGISTRIES = {alg: _Tolerant(algorithms=[alg], strict_check_header=False) for alg in get_args(Algorithm)}


class NotAuthenticated(Exception):  # noqa: N818 - a state of the caller, not a fault of the program
    """No token that may be believed. It says nothing else, on purpose."""

    def __init__(self) -> None:
        super().__init__("not authenticated")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. Both names are safe to log; empty where the service runs without tokens."""

    iss: str = ""
    tenant: str = ""


class TokenCheck:
    """One per worker. Holds public keys and hashes of token ids, and nothing of any token besides."""

    def __init__(
        self,
        settings: Settings,
        *,
        keys: Keys | None = None,
        replays: Replays | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._needed = not settings.insecure_loopback
        self._clients = {one.iss: one for one in settings.clients}
        self._keys: Keys = keys or KeyRing(settings.clients)
        self._replays = replays or Replays(settings.state_folder)
        self._clock = clock
        self._skew_s = max(0, min(settings.token_skew_seconds, MOST_SKEW_S))
        self._life_s = settings.token_life_seconds

    async def check(self, authorization: str | None, *, endpoint_url: str) -> Caller:
        """The caller behind an `Authorization` header.

        Parameters
        ----------
        endpoint_url
            the address being called, made from the configured base: what `aud` must name.

        Raises
        ------
        NotAuthenticated
            for everything that is not a valid, fresh token of a known client for this address.
        BusyError
            where token ids can not be remembered just now: then nothing is believed.
        """
        if not self._needed:
            return Caller()
        try:
            parts = read_token(authorization)
        except ParseError:
            raise NotAuthenticated from None
        client = self._clients.get(parts.claims.iss)
        trusted = client is not None and _may_sign(parts.header, client)
        key = await self._keys.find(client, parts.header.kid, parts.header.alg) if client and trusted else None
        signed = _signed(parts, key or decoy(parts.header.alg))
        if client is None or key is None or not signed:
            raise NotAuthenticated
        claims = parts.claims
        now = self._clock()
        if not (self._is_timely(claims, now) and endpoint_url in claims.audience and _is_tenant(claims, client)):
            raise NotAuthenticated
        if not await self._replays.first_use(claims.iss, claims.jti, until=claims.exp + self._skew_s, now=now):
            raise NotAuthenticated
        return Caller(claims.iss, claims.tenant)

    async def close(self) -> None:
        """Let go of files and connections."""
        await self._keys.close()
        self._replays.close()

    def _is_timely(self, claims: Claims, now: float) -> bool:
        skew = self._skew_s
        issued = claims.iat - skew <= now and claims.iat < claims.exp <= claims.iat + self._life_s
        return issued and now < claims.exp + skew and (claims.nbf is None or claims.nbf - skew <= now)


def _may_sign(header: Header, client: Client) -> bool:
    """The algorithm is one of this client's; where a key address is named, it is the one we know already."""
    return header.alg in client.algorithms and header.jku in {None, client.jwks_url or None}


def _is_tenant(claims: Claims, client: Client) -> bool:
    return not client.tenants or claims.tenant in client.tenants


def _signed(parts: Parts, key: Key) -> bool:
    try:
        found = jws.deserialize_compact(parts.token, key, registry=REGISTRIES[parts.header.alg])
        return claims_of(found.payload) == parts.claims
    except (JoseError, ParseError, ValueError, TypeError):
        return False
