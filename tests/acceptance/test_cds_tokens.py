"""The whole application with a named client: who may call what, with which token, how often."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from tests.canaries import FEEDBACK, hook_call
from tests.serving import exchanged, request, served, status_of
from tests.web_factory import HERE, ISSUER, jwks_file, signing_key, token
from unclench.interfaces.web.app import create
from unclench.interfaces.web.settings import Client, Settings

SERVICE = "/cds-services/unclench-order-sign"
BASE = "https://cds.example.org/unclench"  # behind a proxy that takes the prefix away
BODIES: dict[str, Any] = {"/cds-services": None, SERVICE: hook_call(), f"{SERVICE}/feedback": FEEDBACK}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Any]]:
    folder: Path = tmp_path_factory.mktemp("clients")
    clients = (Client(iss=ISSUER, jwks_file=jwks_file(folder)),)
    served = Settings(clients=clients, public_url=BASE, behind_tls=True, rate_per_minute=0, state_folder=str(folder))
    with TestClient(create(served), base_url=HERE) as made:
        yield made


def call(client: TestClient[Any], path: str, sent: str | None) -> Any:
    headers = {} if sent is None else {"Authorization": f"Bearer {sent}"}
    body = BODIES.get(path, {})
    return client.get(path, headers=headers) if body is None else client.post(path, json=body, headers=headers)


@pytest.mark.verifies("W2")
@pytest.mark.point(21, 96, 98, 99, 102, 105)
@pytest.mark.parametrize(("kind", "kid", "alg"), [("P-384", "one", "ES384"), ("2048", "two", "RS384")])
def test_every_address_of_the_service_wants_its_own_token(
    client: TestClient[Any], kind: str, kid: str, alg: str
) -> None:
    key = signing_key(kind, kid)
    for path in BODIES:
        for meant in BODIES:
            answer = call(client, path, token(BASE + meant, key=key, alg=alg))
            assert answer.status_code == (200 if meant == path else 401), f"{meant} sent to {path}: {answer.text}"
        assert call(client, path, token(HERE + path, key=key, alg=alg)).status_code == 401  # not the public address


@pytest.mark.verifies("W2")
@pytest.mark.point(98, 108, 109)
def test_failures_are_one_answer_before_anything_else_is_looked_at(client: TestClient[Any]) -> None:
    used = token(BASE + SERVICE)
    assert call(client, SERVICE, used).status_code == 200
    refused = [
        call(client, SERVICE, None),
        call(client, SERVICE, used),
        call(client, SERVICE, token(BASE + SERVICE, exp=1)),
        call(client, SERVICE, "no.token.atall"),
        call(client, SERVICE, token(BASE + SERVICE, iss="https://evil.example.org")),
        call(client, f"{SERVICE}/feedback", None),
        call(client, "/cds-services", None),
        call(client, "/cds-services/no-such-service", None),
        client.post(SERVICE, content=b"not JSON"),
        client.post(SERVICE, content=b"a=b", headers={"Content-Type": "text/plain"}),
    ]
    assert {one.status_code for one in refused} == {401}
    assert len({(one.content, one.headers["www-authenticate"], one.headers["content-type"]) for one in refused}) == 1
    assert refused[0].json()["issue"][0]["code"] == "login"


@pytest.mark.point(114)
def test_asking_what_is_allowed_needs_no_token(client: TestClient[Any]) -> None:
    assert [client.options(path).status_code for path in BODIES] == [204] * len(BODIES)


def test_pages_and_numbers_for_people_need_none(client: TestClient[Any]) -> None:
    """They hold nobody's data: what is shown is what was brought."""
    assert client.get("/").status_code == 200


@pytest.mark.verifies("W2")
@pytest.mark.point(108, 110)
def test_several_workers_take_a_token_once_between_them(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        f'[[clients]]\niss = "{ISSUER}"\njwks_file = "{jwks_file(tmp_path)}"\n', encoding="utf-8"
    )
    with served(tmp_path, "--workers", "2", "--config", str(tmp_path / "settings.toml")) as it:
        it.wait_for("ready", 2)

        def status(*sent: str) -> int:
            headers = [f"Authorization: Bearer {one}" for one in sent]
            return status_of(exchanged(it.port, request("/cds-services", headers=headers)))

        tokens = [token(f"http://127.0.0.1:{it.port}/cds-services") for _ in range(12)]
        with ThreadPoolExecutor(8) as at_once:
            for one in tokens:
                assert sorted(at_once.map(status, [one] * 4)) == [200, 401, 401, 401]
        twice = token(f"http://127.0.0.1:{it.port}/cds-services")
        assert [status(twice, "another"), status(twice, twice), status(twice)] == [401, 401, 200]
        asked = {line["worker"] for line in it.lines("request") if line["route"] == "/cds-services"}
        said = str(it.lines("request"))
        it.stop()
    assert len(asked) == 2, "both workers were asked"
    assert not any(one.rpartition(".")[2] in said for one in tokens)
