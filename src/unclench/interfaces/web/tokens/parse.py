"""A token taken apart, strictly, before anything is believed. Nothing here is secret, and nothing here is kept."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from unclench.interfaces.web.settings import Algorithm

LONGEST = 8192
URL_SAFE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
Name = Annotated[str, Meta(min_length=1, max_length=256)]
Seconds = Annotated[float, Meta(ge=0, le=253402300799)]  # to the year 9999


class ParseError(Exception):
    """Not a token of the kind that CDS Hooks describes. What was wrong is not said."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What the token says of its key. `alg` can only be one of two; keys in a header are never looked at."""

    alg: Algorithm
    kid: Name
    typ: Literal["JWT"]
    jku: Annotated[str, Meta(max_length=2048)] | None = None
    crit: object | UnsetType = UNSET
    b64: object | UnsetType = UNSET


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What the token says of the call. Others are tolerated and not read."""

    iss: Name
    aud: Name | Annotated[list[Name], Meta(min_length=1, max_length=20)]
    exp: Seconds
    iat: Seconds
    jti: Name
    nbf: Seconds | None = None
    tenant: Annotated[str, Meta(max_length=256)] = ""

    @property
    def audience(self) -> tuple[str, ...]:
        """The addresses that it is meant for."""
        return (self.aud,) if isinstance(self.aud, str) else tuple(self.aud)


@dataclass(frozen=True, slots=True)
class Parts:
    """The token, and what it claims before its signature is checked."""

    token: str
    header: Header
    claims: Claims

    def __repr__(self) -> str:  # a token must never reach a log by way of a traceback
        return "Parts(...)"


def read_token(authorization: str | None) -> Parts:
    """The parts of `Bearer <token>`; `ParseError` for anything else."""
    scheme, _, token = (authorization or "").partition(" ")
    pieces = token.strip(" ").split(".") if len(token) <= LONGEST else []
    if scheme.lower() != "bearer" or len(pieces) != 3:
        raise ParseError
    try:
        header = msgspec.json.decode(_bytes(pieces[0]), type=Header)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise ParseError from None
    if header.crit is not UNSET or header.b64 is not UNSET:
        raise ParseError
    return Parts(".".join(pieces), header, claims_of(_bytes(pieces[1])))


def claims_of(payload: bytes) -> Claims:
    """The claims in a payload; `ParseError` where one is missing or of another kind."""
    try:
        return msgspec.json.decode(payload, type=Claims)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise ParseError from None


def _bytes(text: str) -> bytes:
    """base64url without padding, and nothing else: two spellings of one token would have two signatures."""
    if not URL_SAFE.fullmatch(text):
        raise ParseError
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ParseError from None
