"""What clients are told that are slow, too large, too many or do not speak HTTP: raw sockets, real server."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Running, answer_of, body_of, connected, exchanged, request, served, status_of

HEADER_S, REQUEST_S = 0.6, 1.5
pytestmark = pytest.mark.verifies("W2")
QUESTION = json.dumps({"example": "acute-back-spasm"}).encode()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("serve")
    config = folder / "serve.toml"
    config.write_text(
        f"insecure_loopback = true\nheader_seconds = {HEADER_S}\nrequest_seconds = {REQUEST_S}\n"
        "keep_alive_seconds = 1\nmax_connections = 6\nmax_body_bytes = 100_000\nrate_per_minute = 100_000\n"
    )
    with served(folder, "--config", str(config)) as running:
        yield running


def alive(service: Running) -> bool:
    return status_of(exchanged(service.port, request("/ready"))) == 200


def test_slow_headers_are_hung_up_on_in_time(service: Running) -> None:
    began = time.monotonic()
    with connected(service.port) as wire:
        wire.sendall(b"POST /api/consult HTTP/1.1\r\n")
        for _ in range(20):  # a byte now and then keeps no connection open
            time.sleep(0.1)
            try:
                wire.sendall(b"X-A: b\r\n")
            except OSError:
                break
        answer = answer_of(wire)
    assert time.monotonic() - began < HEADER_S + 1.5
    assert status_of(answer) == 408 or answer == b"<reset>"

    assert alive(service)


def test_a_silent_connection_is_closed_without_a_word(service: Running) -> None:
    began = time.monotonic()
    answer = exchanged(service.port)

    assert answer == b""
    assert HEADER_S / 2 < time.monotonic() - began < HEADER_S + 1


def test_empty_lines_between_requests_keep_no_connection_open(service: Running) -> None:
    began = time.monotonic()
    with connected(service.port) as wire:
        wire.sendall(request("/ready").replace(b"Connection: close\r\n", b""))
        assert b"200 OK" in wire.recv(65_536)
        for _ in range(30):
            time.sleep(0.1)
            try:
                wire.sendall(b"\r\n")
            except OSError:
                break
        answer_of(wire)
    assert time.monotonic() - began < HEADER_S + 1.5


def test_a_slow_body_gets_408(service: Running) -> None:
    began = time.monotonic()
    head = request("/api/consult", b"x" * 1000)[:-1000]
    answer = exchanged(service.port, head, *[b"{"] * 20, pause_s=0.1)

    assert status_of(answer) == 408
    assert body_of(answer)["error"]["need"].startswith("the whole body within")  # type: ignore[index]
    assert time.monotonic() - began < 4


def test_a_body_that_is_too_large_gets_413_that_can_be_read(service: Running) -> None:
    for pieces in (
        (request("/api/consult", b"x" * 3_000_000),),
        (
            request("/api/consult", headers=["Transfer-Encoding: chunked"], method="POST"),
            *[b"10000\r\n" + b"x" * 65_536 + b"\r\n"] * 20,
            b"0\r\n\r\n",
        ),
        (request("/api/consult", headers=["Content-Length: 99999999999"], method="POST"), b"x" * 1_000_000),
        (request("/api/consult", headers=["Content-Length: 200000", "Expect: 100-continue"], method="POST"),),
    ):
        answer = exchanged(service.port, *pieces)
        assert status_of(answer) == 413, answer[:200]
        assert "100,000 bytes" in body_of(answer)["error"]["need"]  # type: ignore[index]


def test_a_packed_body_is_never_unpacked(service: Running) -> None:
    bomb = gzip.compress(b"[" * 50_000_000)
    answer = exchanged(service.port, request("/api/consult", bomb[:90_000], ["Content-Encoding: gzip"]))
    packed_in_transit = exchanged(
        service.port, request("/api/consult", headers=["Transfer-Encoding: gzip, chunked"], method="POST"), b"0\r\n\r\n"
    )

    assert status_of(answer) == 415
    assert status_of(packed_in_transit) == 400


@pytest.mark.parametrize(
    ("pieces", "statuses"),
    [
        pytest.param((request("/" + "a" * 5_000),), {414}, id="long address"),
        pytest.param((request("/schema", headers=["X-A: " + "a" * 20_000] * 2),), {431}, id="large headers"),
        pytest.param((request("/api/consult", headers=["X-A: b"] * 150),), {431}, id="many headers"),
        pytest.param((b"GET /ready HTTP/1.1\r\nX-A: " + b"a" * 400_000,), {431}, id="a header without end"),
        pytest.param((request("/api/consult", b"[" * 70 + b"]" * 70),), {400}, id="deep"),
        pytest.param((request("/api/consult", b'{"example": "\xff\xfe\xc0"}'),), {400}, id="not UTF-8"),
        pytest.param((request("/api/consult", b'{"example": '),), {400}, id="half"),
        pytest.param((request("/api/consult", b""),), {400}, id="empty"),
        pytest.param((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",), {400}, id="TLS"),
        pytest.param((b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",), {400}, id="bytes in the address"),
        pytest.param((b"GET http://[ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",), {400}, id="half an address"),
        pytest.param((b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",), {400}, id="HTTP/2"),
        pytest.param(
            (request("/api/consult", QUESTION, ["Transfer-Encoding: chunked"]),), {400}, id="length and chunks"
        ),
        pytest.param((request("/api/consult", QUESTION, ["Content-Length: 3"]),), {400}, id="two lengths"),
        pytest.param((request("/api/consult", headers=["Content-Length: -5"], method="POST"),), {400}, id="negative"),
        pytest.param(
            (request("/api/consult", QUESTION, ["Upgrade: h2c", "HTTP2-Settings: AA"]),), {200, 400}, id="upgrade"
        ),
        pytest.param(
            (request("/ready", headers=["Upgrade: websocket"]).replace(b": close", b": Upgrade", 1),),
            {200, 400, 408},
            id="websocket",
        ),
    ],
)
def test_what_is_not_a_request_gets_an_answer_that_says_so(
    service: Running, pieces: tuple[bytes, ...], statuses: set[int]
) -> None:
    answer = exchanged(service.port, *pieces)

    assert status_of(answer) in statuses, answer[:300]
    assert alive(service)


def test_garbage_after_a_request_in_the_same_breath(service: Running) -> None:
    whole = request("/api/consult", QUESTION).replace(b"Connection: close\r\n", b"")
    answer = exchanged(service.port, whole + b"\x00\xff garbage \r\n\r\n" * 50)

    assert status_of(answer) in {200, 400}
    assert b" 500 " not in answer
    assert alive(service)


def test_many_requests_in_one_breath_are_all_answered(service: Running) -> None:
    some = request("/health").replace(b"Connection: close\r\n", b"") * 30
    answer = exchanged(service.port, some + request("/health"))

    assert answer.count(b"HTTP/1.1 200 OK") == 31


def test_too_many_connections_are_told_when_to_come_back(service: Running) -> None:
    silent = [connected(service.port) for _ in range(8)]
    try:
        answer = exchanged(service.port, request("/api/consult", QUESTION))
    finally:
        for wire in silent:
            wire.close()

    assert status_of(answer) == 503
    assert b"retry-after: 1" in answer.lower()


def test_nothing_of_a_request_is_in_the_log(service: Running) -> None:
    marker = "Zq7canary"
    for sent in (
        request(f"/{marker}?{marker}={marker}"),
        request("/api/consult", json.dumps({"record": f"age: {marker}"}).encode(), [f"X-{marker}: {marker}"]),
        request("/api/consult", json.dumps({"example": marker}).encode()),
        request("/api/consult", marker.encode(), [f"Authorization: Bearer {marker}", f"Referer: http://{marker}/"]),
        marker.encode() + b"\r\n\r\n",
    ):
        exchanged(service.port, sent)

    metrics = exchanged(service.port, request("/metrics")).decode()

    assert marker not in service.log.read_text(encoding="utf-8")
    assert marker not in metrics
    lines = service.lines("request")
    assert {str(line["route"]) for line in lines} <= {"unmatched", "/api/consult", "/health", "/ready", "/metrics"}
    assert set(lines[0]) == {"time", "level", "event", "worker", "method", "route", "status", "ms", "bytes"}


def test_no_bug_was_met(service: Running) -> None:
    """Last of this file: nothing above was a bug of ours."""
    assert service.lines("failed") == []
    assert [line for line in service.lines("request") if line["status"] == 500] == []
    assert "garbage" not in service.log.read_text()
