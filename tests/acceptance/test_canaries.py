"""Planted words go in through every door, and turn up nowhere but in the answer that was asked for.

Doors are walked: a route that is added is covered without a word here.
"""

from __future__ import annotations

import io
import json
import logging
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from litestar import Request
from litestar.testing import TestClient

from tests import canaries
from tests.canaries import CRASH, PATH, QUERY, marked
from tests.web_factory import HERE, ISSUER, jwks_file, token
from unclench.interfaces.web import app as web
from unclench.interfaces.web.ops.log import Log
from unclench.interfaces.web.service import service_of
from unclench.interfaces.web.settings import Client, Settings
from unclench.interfaces.web.work import Worker
from unclench.values import EngineError, RecordError, UnclenchError

# Code that is compiled on first use, and what another application of this process keeps in its own state folder.
PASSING = re.compile("^/dev/|__pycache__|/state/")


@dataclass(frozen=True, slots=True)
class Door:
    """A running application, its routes, and the folder in which all of its files would be."""

    client: TestClient[Any]
    routes: list[tuple[str, str, tuple[str, ...]]]
    services: list[str]
    folder: Path

    def addresses(self, method: str) -> list[str]:
        """Every address for a method. Parameters are filled with a mark; the id of a service with real ones too."""
        found = []
        for name, path, parameters in self.routes:
            if name == method and not path.startswith("/static"):
                filled = path
                for one in parameters:
                    filled = filled.replace(f"{{{one}}}", PATH)
                known = self.services if path.startswith("/cds-services/{") else []
                found += [filled.replace(PATH, service) for service in known] + [filled]
        return found


def opened(folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Iterator[Door]:
    """An application whose state, feedback and temporary files are all below one folder."""
    inside: list[Any] = []
    guarded = web.guarded

    def noted(app: Any, service: Any) -> Any:
        inside.append(app)
        return guarded(app, service)

    for name in ("state", "tmp"):
        (folder / name).mkdir()
    monkeypatch.setattr(web, "guarded", noted)
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "tmp"))
    monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
    served = Settings(
        state_folder=str(folder / "state"),
        feedback_file=str(folder / "feedback.jsonl"),
        rate_per_minute=0,
        **settings,
    )
    made = web.application(service_of(served, Log(plain=False)))
    with TestClient(made, base_url=HERE, raise_server_exceptions=False) as client:
        services = canaries.services_of(client)
        yield Door(client, canaries.routes_of(inside[0]), services, folder)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield from opened(tmp_path_factory.mktemp("canary"), monkeypatch, insecure_loopback=True)


@pytest.fixture
def heard(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Any:
    """Everything that is said while a test runs, at the finest level: on both streams and to every logger."""
    caplog.set_level(logging.DEBUG)

    def all_of_it() -> str:
        said = capfd.readouterr()
        return said.out + said.err + caplog.text + "".join(repr(one.__dict__) for one in caplog.records)

    return all_of_it


def post(door: Door, address: str, headers: dict[str, str], body: bytes) -> Any:
    return door.client.post(address, content=body, headers={"Referer": HERE, **headers}, params={"q": QUERY})


def faults(answer: Any, address: str) -> list[str]:
    """Where an answer holds what was sent although it is not the answer: errors, headers, addresses, properties."""
    kind = answer.headers.get("content-type", "")
    found = marked(str(answer.headers))
    if kind.startswith("application/pdf"):
        found += canaries.marked_properties(answer.content)
    else:
        found += canaries.marked_links(answer.text) + marked(_unquoted(answer, address, kind))
    return [f"{address} {answer.status_code}: {one}" for one in found]


def _unquoted(answer: Any, address: str, kind: str) -> str:
    """The part of an answer that must not quote. Whoever sent a record hears what of it was not understood: a program
    in `where` and `found` alone, a person on the page. The CDS service quotes nothing.
    """
    if answer.status_code < 400:
        return ""
    if answer.status_code in {400, 404, 422} and not address.startswith("/cds-services"):
        if kind.startswith("text/html"):
            return ""
        if kind.startswith("application/json") and "error" in answer.json():
            return str(
                {name: value for name, value in answer.json()["error"].items() if name not in {"where", "found"}}
            )
    return str(answer.text)


def nothing_kept(door: Door, opened_files: list[str], heard: Any) -> None:
    assert marked(heard()) == []
    kept = [one for one in opened_files if not one.startswith(str(door.folder)) and not PASSING.search(one)]
    assert kept == []
    assert canaries.files_with_marks(door.folder) == []
    assert list((door.folder / "tmp").iterdir()) == []
    assert [one for one in opened_files if one.startswith(str(door.folder / "tmp"))] == []


@pytest.mark.verifies("W2")
@pytest.mark.point(55, 95, 110, 123)
def test_what_is_sent_turns_up_nowhere_but_in_its_answer(door: Door, heard: Any) -> None:
    assert len(door.addresses("POST")) >= 2
    statuses: set[int] = set()
    found: list[str] = []
    with canaries.watched_files() as files:
        for address in door.addresses("POST"):
            for headers, body in canaries.bodies():
                answer = post(door, address, headers, body)
                found += faults(answer, address)
                statuses.add(answer.status_code)
        for address in door.addresses("GET"):
            query = dict.fromkeys(("q", "record", "example", "mg", "rule", "on"), QUERY)
            found += faults(door.client.get(address, params=query), address)
        for address in (f"/{PATH}", f"/api/{PATH}", f"/cds-services/{PATH}/feedback", f"/static/{PATH}"):
            found += faults(door.client.get(address), address)
            found += faults(post(door, address, canaries.AS_JSON, b"{}"), address)
    assert found == []
    assert 200 in statuses
    assert 500 not in statuses
    nothing_kept(door, files, heard)


@pytest.mark.verifies("W2")
@pytest.mark.point(55, 110)
@pytest.mark.parametrize("kind", [RuntimeError, UnicodeError, RecursionError, MemoryError, RecordError, EngineError])
@pytest.mark.parametrize("place", [(Worker, "run"), (Request, "body"), (Request, "form"), (Request, "json")])
def test_a_crash_says_nothing_of_what_it_met(
    door: Door, heard: Any, monkeypatch: pytest.MonkeyPatch, kind: type[Exception], place: tuple[Any, str]
) -> None:
    def error() -> Exception:
        if issubclass(kind, UnclenchError):
            return kind(where="the record", found=CRASH, need="something else", fix="Send it again.")
        return kind(CRASH)

    async def crash(*_: object, **__: object) -> None:
        try:
            raise ValueError(CRASH)
        except ValueError as cause:
            raise error() from cause

    monkeypatch.setattr(*place, crash)
    headers, body = canaries.bodies()[4]
    found: list[str] = []
    with canaries.watched_files() as files:
        for address in door.addresses("POST"):
            found += faults(post(door, address, headers, body), address)
    assert found == []
    nothing_kept(door, files, heard)


@pytest.mark.verifies("W2")
@pytest.mark.point(110, 122)
def test_what_anybody_may_read_holds_nothing_of_anybody(door: Door, heard: Any) -> None:
    for address in door.addresses("POST"):
        for headers, body in canaries.bodies()[:8]:
            post(door, address, headers, body)
    plain = [path for method, path, parameters in door.routes if method == "GET" and not parameters]
    for address in [*plain, *(f"/cds-services/{one}" for one in door.services), "/metrics", "/health", "/ready"]:
        answer = door.client.get(address)
        assert answer.status_code < 500, address
        assert marked(answer.text) == [], address
    assert marked(heard()) == []


@pytest.mark.verifies("W2")
@pytest.mark.point(98, 109, 110)
def test_no_token_is_kept_or_repeated(tmp_path: Path, heard: Any) -> None:
    sent: list[str] = []
    clients = (Client(iss=ISSUER, jwks_file=jwks_file(tmp_path)),)
    with pytest.MonkeyPatch.context() as monkeypatch, canaries.watched_files() as files:
        folder = tmp_path / "served"
        folder.mkdir()
        for door in opened(folder, monkeypatch, clients=clients):
            for address in [one for one in door.addresses("POST") if one.startswith("/cds-services")]:
                for made in (
                    token(HERE + address, jti=canaries.NOTE, sub=canaries.NAME),
                    token(HERE + address, exp=1, sub=canaries.NAME),
                    token(HERE + address, iss=canaries.NAME, tenant=canaries.NAME),
                    canaries.GRANT,
                ):
                    headers, body = canaries.bodies()[4]
                    answer = post(door, address, {**headers, "Authorization": f"Bearer {made}"}, body)
                    assert faults(answer, address) == []
                    sent.append(made)
            nothing_kept(door, files, lambda: "")
            kept = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
            said = heard()
            for made in sent:
                assert made.encode() not in kept
                assert made.rpartition(".")[2] not in said
            assert marked(said) == []


@pytest.mark.verifies("W2")
@pytest.mark.point(95, 110)
def test_feedback_on_a_real_card_keeps_neither_comment_nor_patient(door: Door, heard: Any) -> None:
    service = next(one for one in door.services if one.endswith("order-sign"))
    body = json.dumps(canaries.hook_call("order-sign")).encode()
    cards = post(door, f"/cds-services/{service}", canaries.AS_JSON, body).json()["cards"]
    assert cards, "the planted order is worth a card"
    told = {**canaries.FEEDBACK["feedback"][0], "card": cards[0]["uuid"]}
    sent = json.dumps({"feedback": [told]}).encode()
    answer = post(door, f"/cds-services/{service}/feedback", canaries.AS_JSON, sent)
    assert answer.status_code == 200
    kept = (door.folder / "feedback.jsonl").read_text(encoding="utf-8")
    assert "overridden" in kept
    assert marked(kept + heard()) == []
    assert "pt-1" not in kept
    assert cards[0]["uuid"] not in kept


def test_the_watch_sees_what_it_should(tmp_path: Path, heard: Any) -> None:
    """Each of the nets above has caught something once: a net that catches nothing proves nothing."""
    logging.getLogger("somebody").debug("a record of %s", canaries.NAME)
    assert marked(heard()) != []
    with canaries.watched_files() as files:
        with tempfile.TemporaryFile(dir=tmp_path):
            pass
        (tmp_path / "kept").write_text(canaries.NOTE.upper(), encoding="utf-8")
    assert str(tmp_path / "kept") in files
    assert any(one.startswith(str(tmp_path)) and not one.endswith("kept") for one in files)
    assert canaries.files_with_marks(tmp_path) == [str(tmp_path / "kept")]
    assert canaries.marked_links(f'<a class="x" href="/rules?name={canaries.NAME}">') != []
    assert canaries.marked_links(f"see https://example.org/{canaries.NAME.lower()}, please") != []
    assert canaries.marked_links(f"<p>{canaries.NAME}</p> https://example.org") == []
    from pypdf import PdfWriter

    writer, body = PdfWriter(), io.BytesIO()
    writer.add_blank_page(10, 10)
    writer.add_metadata({"/Title": f"Plan for {canaries.NAME}"})
    writer.write(body)
    assert canaries.marked_properties(body.getvalue()) == [f"/Title: Plan for {canaries.NAME}"]
