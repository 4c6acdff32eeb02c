"""Tokens of CDS clients: what is believed, and everything that is not. All failures look the same."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.testing import TestClient

from tests.apart import apart
from tests.web_factory import HERE, ISSUER, elsewhere, jwks_file, public, says, signing_key, token
from unclench.interfaces.web.outbound import Limits, Outbound
from unclench.interfaces.web.service import service_of
from unclench.interfaces.web.settings import Client, Settings
from unclench.interfaces.web.tokens.check import Caller, NotAuthenticated, TokenCheck
from unclench.interfaces.web.tokens.door import authenticated, caller_of, refused
from unclench.interfaces.web.tokens.keys import ASK_AGAIN_S, FRESH_S, STALE_S, KeyRing, read_keys
from unclench.interfaces.web.tokens.replay import FILE, Replays
from unclench.interfaces.web.work import BusyError

URL = f"{HERE}/cds-services"
NOW = 1_790_000_000.0
RSA = signing_key("2048", "two")


def settings(tmp_path: Path, **client: Any) -> Settings:
    rest = {name: client.pop(name) for name in ("token_life_seconds", "token_skew_seconds") if name in client}
    return Settings(clients=(Client(iss=ISSUER, jwks_file=jwks_file(tmp_path), **client),), **rest)


def ask(check: TokenCheck, *sent: str | None, url: str = URL) -> list[Caller | None]:
    """Each answer in turn; None for a refusal."""

    async def all_of_them() -> list[Caller | None]:
        found: list[Caller | None] = []
        for one in sent:
            try:
                found.append(await check.check(one, endpoint_url=url))
            except NotAuthenticated:
                found.append(None)
        await check.close()
        return found

    return apart(all_of_them())


def judged(tmp_path: Path, sent: str | None, *, now: float = NOW, **client: Any) -> Caller | None:
    return ask(TokenCheck(settings(tmp_path, **client), clock=lambda: now), sent)[0]


def bearer(*args: Any, **kwargs: Any) -> str:
    return "Bearer " + token(*args, **{"now": NOW, **kwargs})


@pytest.mark.verifies("W2")
@pytest.mark.point(98, 99, 102, 103, 104)
@pytest.mark.parametrize(
    "made",
    [
        bearer,
        lambda: bearer(key=RSA, alg="RS384"),
        lambda: bearer([URL, "https://other.example.org"]),
        lambda: bearer(sub="app", nbf=int(NOW), anything={"deep": [1]}, azp=None),
        lambda: bearer(header={"x5t": "abc", "unheard-of": 1}),
        lambda: bearer(exp=NOW + 300.5, iat=NOW),
        lambda: bearer().replace("Bearer", "bearer"),
    ],
)
def test_a_good_token_of_a_known_client_is_believed(tmp_path: Path, made: Callable[[], str]) -> None:
    assert judged(tmp_path, made()) == Caller(ISSUER)


def _unsigned() -> str:
    body = token(now=NOW).split(".")[1]
    plain = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "one", "typ": "JWT"}).encode()).decode()
    return f"Bearer {plain.rstrip('=')}.{body}."


def _symmetric(alg: str, secret: bytes) -> str:
    body = token(now=NOW).split(".")[1]
    head = base64.urlsafe_b64encode(json.dumps({"alg": alg, "kid": "two", "typ": "JWT"}).encode()).decode().rstrip("=")
    kind = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[alg]
    mac = base64.urlsafe_b64encode(hmac.new(secret, f"{head}.{body}".encode(), kind).digest()).decode().rstrip("=")
    return f"Bearer {head}.{body}.{mac}"


def _pem() -> bytes:
    return RSA.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[union-attr]


def _changed() -> str:
    head, body, mark = token(now=NOW).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    other = base64.urlsafe_b64encode(json.dumps({**claims, "tenant": "another"}).encode()).decode().rstrip("=")
    return f"Bearer {head}.{other}.{mark}"


REFUSED: dict[str, Callable[[], str | None]] = {
    "nothing": lambda: None,
    "empty": lambda: "",
    "another scheme": lambda: bearer().replace("Bearer", "Basic"),
    "no scheme": lambda: token(now=NOW),
    "two pieces": lambda: "Bearer abc.def",
    "padded": lambda: bearer() + "=",
    "with a space": lambda: bearer().replace(".", ". "),
    "too long": lambda: bearer(more="a" * 9000),
    "not JSON": lambda: "Bearer YWJj.YWJj.YWJj",
    "unsigned": _unsigned,
    "changed": _changed,
    "public key as a secret": lambda: _symmetric("HS384", _pem()),
    "HS256": lambda: _symmetric("HS256", b"secret"),
    "HS512": lambda: _symmetric("HS512", b"secret"),
    "RS256": lambda: bearer(key=RSA, alg="RS256"),
    "ES256": lambda: bearer(key=signing_key("P-256"), alg="ES256"),
    "another key": lambda: bearer(key=signing_key("P-384", "one ")).replace("one ", "one"),
    "an unknown key id": lambda: bearer(header={"kid": "three"}),
    "no key id": lambda: bearer(header={"kid": None}),
    "a long key id": lambda: bearer(header={"kid": "x" * 257}),
    "no type": lambda: bearer(header={"typ": None}),
    "another type": lambda: bearer(header={"typ": "at+jwt"}),
    "critical members": lambda: bearer(header={"crit": ["kid"]}),
    "its own key": lambda: bearer(
        key=signing_key("P-384", "three"), header={"jwk": signing_key("P-384", "three").as_dict(private=False)}
    ),
    "an address of keys that is not listed": lambda: bearer(header={"jku": "https://evil.example.org/jwks.json"}),
    "an unknown issuer": lambda: bearer(iss="https://evil.example.org"),
    "no issuer": lambda: bearer(iss=None),
    "another endpoint": lambda: bearer(f"{URL}/diazepam-order-sign"),
    "an endpoint as a prefix": lambda: bearer(f"{URL}/"),
    "an empty audience": lambda: bearer([]),
    "no audience": lambda: bearer(None),
    "a nested audience": lambda: bearer([[URL]]),
    "no expiry": lambda: bearer(exp=None),
    "expired": lambda: bearer(iat=int(NOW) - 400, exp=int(NOW) - 30),
    "expiry as text": lambda: bearer(exp=str(int(NOW) + 300)),
    "expiry beyond time": lambda: bearer(exp=1e300),
    "lives too long": lambda: bearer(exp=int(NOW) + 3601),
    "expires before it is made": lambda: bearer(exp=int(NOW) - 1, iat=int(NOW)),
    "made in the future": lambda: bearer(iat=int(NOW) + 31),
    "no time of making": lambda: bearer(iat=None),
    "not yet": lambda: bearer(nbf=int(NOW) + 31),
    "no id": lambda: bearer(jti=None),
    "an empty id": lambda: bearer(jti=""),
}


@pytest.mark.verifies("W2")
@pytest.mark.point(98, 99, 100, 101, 103, 104, 105, 106, 107)
@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_is_refused(tmp_path: Path, name: str) -> None:
    assert judged(tmp_path, bearer()) is not None  # the same client would be believed
    assert judged(tmp_path, REFUSED[name]()) is None


@pytest.mark.point(102)
def test_a_client_may_be_held_to_one_algorithm(tmp_path: Path) -> None:
    sent = bearer(key=RSA, alg="RS384")
    assert judged(tmp_path, sent, algorithms=("ES384",)) is None
    assert judged(tmp_path, sent, algorithms=("RS384",)) is not None


@pytest.mark.point(104)
def test_tenants_are_held_where_they_are_listed(tmp_path: Path) -> None:
    assert judged(tmp_path, bearer(tenant="north"), tenants=("north",)) == Caller(ISSUER, "north")
    assert judged(tmp_path, bearer(tenant="south"), tenants=("north",)) is None
    assert judged(tmp_path, bearer(), tenants=("north",)) is None


@pytest.mark.point(107)
@pytest.mark.parametrize(
    ("late_s", "skew", "good"), [(29, 30, True), (31, 30, False), (59, 600, True), (61, 600, False)]
)
def test_a_small_skew_is_allowed_and_never_more_than_a_minute(
    tmp_path: Path, late_s: int, skew: int, good: bool
) -> None:
    found = judged(tmp_path, bearer(), now=NOW + 300 + late_s, token_skew_seconds=skew)
    assert (found is not None) is good


@pytest.mark.point(108)
def test_a_token_is_believed_once_and_a_bad_one_uses_nothing_up(tmp_path: Path) -> None:
    check = TokenCheck(settings(tmp_path), clock=lambda: NOW)
    sent = bearer(jti="the-id")
    wrong = bearer(f"{URL}/x", jti="the-id")
    assert ask(check, wrong, _changed(), sent, sent, bearer(jti="the-id"), bearer(jti="another")) == [
        None, None, Caller(ISSUER), None, None, Caller(ISSUER),
    ]  # fmt: skip


@pytest.mark.point(108, 110)
def test_workers_share_what_was_used_as_hashes_in_a_private_file(tmp_path: Path) -> None:
    one, two = (Replays(str(tmp_path)) for _ in range(2))

    async def race() -> list[bool]:
        asked = [one.first_use("iss", f"id-{n % 50}", until=NOW + 9, now=NOW) for n in range(50)]
        asked += [two.first_use("iss", f"id-{n % 50}", until=NOW + 9, now=NOW) for n in range(50)]
        return await asyncio.gather(*asked)

    first = apart(race())
    assert [a + b for a, b in zip(first[:50], first[50:], strict=True)] == [1] * 50
    files = sorted(tmp_path.iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert not any(b"id-1" in file.read_bytes() for file in files)
    one.close()
    two.close()
    three = Replays(str(tmp_path))
    assert apart(three.first_use("iss", "id-1", until=NOW + 9, now=NOW)) is False
    three.close()


@pytest.mark.point(108)
def test_ids_are_forgotten_after_their_time_and_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unclench.interfaces.web.tokens.replay.CLEAN_EVERY", 0)
    replays = Replays(str(tmp_path), most=3)

    async def use(jti: str, now: float) -> bool | str:
        try:
            return await replays.first_use("iss", jti, until=now + 10, now=now)
        except BusyError:
            return "busy"

    async def story() -> list[bool | str]:
        return [await use(f"{n}", NOW) for n in range(4)] + [await use("0", NOW + 11), await use("0", NOW + 12)]

    assert apart(story()) == [True, True, True, "busy", True, False]
    replays.close()
    with sqlite3.connect(tmp_path / FILE) as db:
        assert db.execute("SELECT count(*) FROM used").fetchone() == (1,)
    db.close()


@pytest.mark.point(108)
def test_what_cannot_be_remembered_is_not_believed(tmp_path: Path) -> None:
    check = TokenCheck(settings(tmp_path), replays=Replays(str(tmp_path / "nowhere")), clock=lambda: NOW)
    with pytest.raises(BusyError):
        ask(check, bearer())
    apart(check.close())


@pytest.mark.point(99, 101)
@pytest.mark.parametrize(
    "row",
    [
        signing_key("P-256", "k").as_dict(private=False),
        signing_key("P-521", "k").as_dict(private=False),
        {"kty": "RSA", "kid": "k", "e": "AQAB", "n": base64.urlsafe_b64encode(b"\xff" * 128).decode().rstrip("=")},
        {"kty": "RSA", "kid": "k", "e": "AQAB", "n": base64.urlsafe_b64encode(b"\xff" * 2048).decode().rstrip("=")},
        {"kty": "oct", "kid": "k", "k": "c2VjcmV0"},
        {**signing_key("P-384", "k").as_dict(private=False), "use": "enc"},
        {**signing_key("P-384", "k").as_dict(private=False), "alg": "ES256"},
        {**signing_key("P-384", "k").as_dict(private=False), "key_ops": ["encrypt"]},
        {**signing_key("P-384", "k").as_dict(private=False), "kid": None},
        {**signing_key("P-384", "k").as_dict(private=False), "kid": ""},
        {**signing_key("P-384", "k").as_dict(private=False), "x": "AAAA"},
        {**signing_key("P-384", "k").as_dict(private=False), "y": 7},
        {"kty": ["EC"], "kid": "k"},
        "text",
    ],
)
def test_unsuitable_keys_are_left_out(row: object) -> None:
    good = signing_key("P-384", "good").as_dict(private=False)
    assert list(read_keys({"keys": [row, good]})) == [("good", "ES384")]


@pytest.mark.point(99)
def test_private_halves_stay_out_and_two_keys_of_one_name_are_none(tmp_path: Path) -> None:
    found = read_keys({"keys": [signing_key("P-384", "k").as_dict(private=True)]})
    assert not found["k", "ES384"].is_private
    twice = public(signing_key("P-384", "k"), signing_key("P-384", "other"))
    twice["keys"][1]["kid"] = "k"
    assert read_keys(twice) == {}
    assert [read_keys(one) for one in (None, [], {"keys": 3}, {"keys": {}})] == [{}] * 4


@pytest.mark.point(111)
def test_keys_in_a_file_are_read_again_when_the_file_changes(tmp_path: Path) -> None:
    path = Path(jwks_file(tmp_path, signing_key()))
    client = Client(iss=ISSUER, jwks_file=str(path))

    async def story() -> list[bool]:
        ring = KeyRing([client])
        found = []

        async def look() -> None:
            found.append([await ring.find(client, kid, "ES384") is not None for kid in ("one", "new")])

        await look()
        path.write_text(json.dumps(public(signing_key("P-384", "new"))), encoding="utf-8")
        os.utime(path, ns=(1, 1))
        await look()
        path.write_text("not JSON", encoding="utf-8")
        await look()
        path.unlink()
        await look()
        await ring.close()
        return found  # type: ignore[return-value]

    assert apart(story()) == [[True, False], [False, True], [False, False], [False, False]]


@pytest.mark.point(106, 111)
def test_keys_behind_an_address_are_kept_rotated_and_asked_for_at_most_once_a_minute() -> None:
    sets: list[Any] = [public(signing_key())]

    def answer(request: Any) -> None:
        says(sets[-1], status=200 if sets[-1] else 503)(request)

    clock = [0.0]
    with elsewhere(answer) as server:
        url = f"{server.url}/jwks.json"
        client = Client(iss=ISSUER, jwks_url=url)

        async def story() -> None:
            ring = KeyRing([client], outbound=Outbound([url], Limits(2.0)), clock=lambda: clock[0])

            async def knows(kid: str) -> bool:
                return await ring.find(client, kid, "ES384") is not None

            assert await asyncio.gather(*(knows("one") for _ in range(5))) == [True] * 5
            assert len(server.asked) == 1  # five calls at once ask once
            assert not await knows("new")
            assert len(server.asked) == 1  # too soon to ask again
            sets.append(public(signing_key("P-384", "new")))
            clock[0] = ASK_AGAIN_S + 1
            assert await knows("new")
            assert not await knows("one")  # withdrawn
            assert len(server.asked) == 2
            sets.append(None)
            clock[0] += FRESH_S + 1
            assert await knows("new")  # the address fails: the old set stays a while
            assert len(server.asked) == 3
            clock[0] += STALE_S
            assert not await knows("new")
            await ring.close()

        apart(story())


@pytest.mark.point(106)
def test_the_address_of_keys_in_a_token_is_never_called(tmp_path: Path) -> None:
    with elsewhere(says(public(signing_key("P-384", "three")))) as evil, elsewhere(says(public(signing_key()))) as good:
        listed = f"{good.url}/jwks.json"
        client = Client(iss=ISSUER, jwks_url=listed)
        check = TokenCheck(Settings(clients=(client,)), clock=lambda: NOW)
        found = ask(
            check,
            bearer(key=signing_key("P-384", "three"), header={"jku": f"{evil.url}/jwks.json"}),
            bearer(header={"jku": f"{evil.url}/jwks.json"}),
            bearer(header={"jku": listed}),
            bearer(),
        )
        assert found == [None, None, Caller(ISSUER), Caller(ISSUER)]
        assert evil.asked == []
        assert len(good.asked) == 1


@pytest.mark.point(106, 111)
def test_with_a_file_the_address_only_says_what_a_token_may_name(tmp_path: Path) -> None:
    with elsewhere(says(public(signing_key("P-384", "three")))) as server:
        url = f"{server.url}/jwks.json"
        assert judged(tmp_path, bearer(header={"jku": url}), jwks_url=url) is not None
        assert judged(tmp_path, bearer(header={"jku": url})) is None
        assert server.asked == []


def test_without_tokens_only_where_it_was_asked_for(tmp_path: Path) -> None:
    assert ask(TokenCheck(Settings(insecure_loopback=True)), None) == [Caller()]
    assert ask(TokenCheck(Settings()), None, bearer()) == [None, None]


@pytest.mark.point(21, 98, 105, 109)
def test_the_guard_of_routes_answers_every_failure_with_one_body(tmp_path: Path) -> None:
    @get("/cds-services", guards=[authenticated])
    async def discovery(request: Request[Any, Any, Any]) -> Response[Any]:
        return Response({"iss": caller_of(request).iss})

    @post("/cds-services/{name:str}", guards=[authenticated])
    async def call(name: FromPath[str]) -> str:
        return name

    service = service_of(settings(tmp_path))
    app = Litestar([discovery, call], state=State({"service": service}), exception_handlers={NotAuthenticated: refused})
    with TestClient(app, base_url=HERE) as client:

        def status(method: str, path: str, **headers: str) -> int:
            return client.request(method, path, headers=headers).status_code

        good = "Bearer " + token()
        answers = [
            client.get("/cds-services"),
            client.get("/cds-services", headers={"Authorization": "Bearer " + token(iss="https://evil.example.org")}),
            client.get("/cds-services", headers={"Authorization": "Bearer " + token(f"{URL}/one")}),
            client.get("/cds-services", headers=[("Authorization", good), ("Authorization", good)]),
            client.post("/cds-services/one", headers={"Authorization": "Bearer " + token()}),
        ]
        assert {one.status_code for one in answers} == {401}
        assert len({one.content for one in answers}) == 1
        assert {one.headers["www-authenticate"] for one in answers} == {"Bearer"}
        assert answers[0].json()["resourceType"] == "OperationOutcome"
        assert status("GET", "/cds-services", Authorization=good) == 200
        assert status("GET", "/cds-services", Authorization=good) == 401
        assert status("POST", "/cds-services/one", Authorization="Bearer " + token(f"{URL}/one")) == 201
        assert status("OPTIONS", "/cds-services") == 204
    apart(service.tokens.close())
    service.worker.stop()
