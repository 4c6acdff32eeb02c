"""Size, depth, rate, time and callers, one at a time; and what is counted of them."""

from __future__ import annotations

import asyncio
import json
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from tests.apart import apart
from unclench.interfaces.web.app import create
from unclench.interfaces.web.guard.busy import busy_guard
from unclench.interfaces.web.guard.caller import caller, household, listed
from unclench.interfaces.web.guard.deadline import deadline_guard
from unclench.interfaces.web.guard.limits import depth, limit_guard
from unclench.interfaces.web.guard.rate import MOST_CALLERS, Allowance, rate_guard
from unclench.interfaces.web.ops import log as logs
from unclench.interfaces.web.ops.shared import fold, keep, kept, name_of, of_all
from unclench.interfaces.web.ops.tally import Tally, exposition
from unclench.interfaces.web.settings import Settings
from unclench.interfaces.web.work import BusyError, Worker

OURS = "http://127.0.0.1"


def scope(**more: Any) -> dict[str, Any]:
    usual = {"type": "http", "method": "POST", "path": "/api/consult", "raw_path": b"/api/consult", "query_string": b""}
    return usual | {"headers": [], "client": ("192.0.2.1", 5000)} | more


async def nothing(_: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def asked(app: Any, asking: dict[str, Any], *messages: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body of one answer; 0 where there is none."""
    sent: list[dict[str, Any]] = []
    waiting = list(messages or [{"type": "http.request", "body": b"{}", "more_body": False}])

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(60)
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    apart(app(asking, receive, send))
    if not sent:
        return 0, {}, None
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, json.loads(b"".join(part["body"] for part in sent[1:]))


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_depth_is_what_a_parser_finds(value: Any) -> None:
    def of(part: Any) -> int:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        return isinstance(part, (dict, list)) + max(map(of, inner), default=0)

    assert depth(json.dumps(value).encode()) == of(value)
    assert depth(json.dumps(value, ensure_ascii=False, indent=1).encode()) == of(value)


def test_brackets_in_strings_are_no_depth() -> None:
    assert depth(rb'{"a": "[[[[ \" [[[ \\", "b": ["\\\"[[["]}') == 2
    assert depth(b"[" * 100_000) == 100_000
    assert depth(b"") == depth(b'"[[[') == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 9 + b"]" * 9, 400),
        (b"[" * 8 + b"]" * 8, 200),
        (b'"' + b"[" * 50 + b'"', 200),
        (b"{}\xff", 400),
        (b"x" * 2_001, 413),
    ],
)
def test_a_body_is_looked_at_before_anybody_reads_it(body: bytes, status: int) -> None:
    guard = limit_guard(nothing, Settings(max_depth=8, max_body_bytes=2_000))  # type: ignore[arg-type]
    halves = [
        {"type": "http.request", "body": body[: len(body) // 2], "more_body": True},
        {"type": "http.request", "body": body[len(body) // 2 :], "more_body": False},
    ]

    assert asked(guard, scope(), *halves)[0] == status


def test_a_form_is_not_read_as_json() -> None:
    guard = limit_guard(nothing, Settings(max_depth=8))  # type: ignore[arg-type]
    form = scope(headers=[(b"content-type", b"Multipart/Form-Data; boundary=x")])
    deep = {"type": "http.request", "body": b"[" * 50, "more_body": False}

    assert asked(guard, form, deep)[0] == 200
    assert asked(guard, scope(headers=[(b"content-type", b"text/plain")]), deep)[0] == 400


def test_whoever_hung_up_is_not_answered() -> None:
    part = {"type": "http.request", "body": b"{", "more_body": True}

    assert asked(limit_guard(nothing, Settings()), scope(), part, {"type": "http.disconnect"})[0] == 0  # type: ignore[arg-type]


def test_a_bucket_fills_evenly_and_says_how_long_to_wait() -> None:
    now = [0.0]
    allowance = Allowance(60, lambda: now[0])
    assert [allowance.wait_s("a") for _ in range(60)] == [0.0] * 60
    assert allowance.wait_s("a") == pytest.approx(1.0)
    assert allowance.wait_s("b") == 0

    now[0] = 0.5
    assert allowance.wait_s("a") == pytest.approx(0.5)
    now[0] = 1.0
    assert allowance.wait_s("a") == 0
    assert allowance.wait_s("a") > 0
    now[0] = 10_000.0  # a long rest gives no more than one minute's worth
    assert sum(allowance.wait_s("a") == 0 for _ in range(100)) == 60


def test_the_table_of_callers_has_an_end() -> None:
    allowance = Allowance(60)
    for number in range(MOST_CALLERS + 500):
        allowance.wait_s(str(number))

    assert len(allowance) == MOST_CALLERS


@pytest.mark.point(119)
@pytest.mark.parametrize(
    ("path", "member"), [("/api/consult", "error"), ("/cds-services/unclench-order-sign", "issue")]
)
def test_too_many_requests_get_429_that_says_when(path: str, member: str) -> None:
    guard = rate_guard(nothing, Settings(rate_per_minute=2))  # type: ignore[arg-type]
    asking = scope(path=path)
    assert [asked(guard, asking)[0] for _ in range(2)] == [200, 200]

    status, headers, body = asked(guard, asking)
    assert (status, headers["retry-after"]) == (429, "30")
    assert member in body
    assert asked(guard, scope(client=("192.0.2.2", 5000)))[0] == 200


@pytest.mark.parametrize(
    ("behind_tls", "peer", "hops", "found"),
    [
        (False, "127.0.0.1", "198.51.100.7", "127.0.0.1"),
        (True, "127.0.0.1", "198.51.100.7", "198.51.100.7"),
        (True, "127.0.0.1", "203.0.113.5, 198.51.100.7", "198.51.100.7"),  # only the last was seen by the proxy
        (True, "192.0.2.1", "198.51.100.7", "192.0.2.1"),  # no proxy of ours
        (True, "127.0.0.1", "unknown", "127.0.0.1"),
        (True, "127.0.0.1", "", "127.0.0.1"),
        (True, "::ffff:127.0.0.1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_who_is_calling(behind_tls: bool, peer: str, hops: str, found: str) -> None:
    asking = scope(client=(peer, 5000), headers=[(b"x-forwarded-for", hops.encode())])

    assert caller(asking, Settings(behind_tls=behind_tls)) == ip_address(found)  # type: ignore[arg-type]


def test_networks_and_households() -> None:
    assert listed(ip_address("10.1.2.3"), ("10.0.0.0/8",))
    assert not listed(ip_address("11.1.2.3"), ("10.0.0.0/8", "::1"))
    assert not listed(None, ("0.0.0.0/0",))
    assert household(ip_address("2001:db8::1")) == household(ip_address("2001:db8::ffff")) != household(None)


def test_late_is_408_or_503() -> None:
    async def slow(_: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(60)

    guard = deadline_guard(slow, Settings(request_seconds=0.05))  # type: ignore[arg-type]
    whole = asked(guard, scope())
    half = asked(guard, scope(), {"type": "http.request", "body": b"{", "more_body": True})

    assert (whole[0], whole[1]["retry-after"]) == (503, "1")
    assert (half[0], half[1]["connection"]) == (408, "close")


def test_counts_of_workers_add_up_and_outlive_them(tmp_path: Path) -> None:
    one, two = Tally(), Tally()
    for tally in (one, two):
        tally.add("requests_total", method="GET", route="/", status="200")
        tally.set("queue_waiting", 1)
        tally.time("request_seconds", 0.03, route="/")
    keep(tmp_path, name_of(1), one.values)
    assert kept(tmp_path, name_of(1)) == one.values

    both = exposition(of_all(tmp_path, two.values))
    assert 'unclench_requests_total{method="GET",route="/",status="200"} 2' in both
    assert "unclench_queue_waiting 2" in both
    fold(tmp_path, 1)
    after = exposition(of_all(tmp_path, two.values))
    assert 'unclench_requests_total{method="GET",route="/",status="200"} 2' in after
    assert "unclench_queue_waiting 1" in after


def test_the_exposition_is_what_its_format_wants() -> None:
    tally = Tally()
    tally.time("request_seconds", 0.03, route='a"\\\n')
    tally.time("request_seconds", 99.0, route="b")
    lines = exposition(tally.values).splitlines()

    assert lines[:2] == [
        "# HELP unclench_request_seconds Time from the first byte of a request to its answer.",
        "# TYPE unclench_request_seconds histogram",
    ]
    assert r'unclench_request_seconds_bucket{route="a\"\\\n",le="0.05"} 1' in lines
    of_b = [line for line in lines if 'route="b"' in line]
    assert of_b == [
        'unclench_request_seconds_bucket{route="b",le="+Inf"} 1',
        'unclench_request_seconds_sum{route="b"} 99',
        'unclench_request_seconds_count{route="b"} 1',
    ]


def test_a_damaged_file_of_counts_is_nothing(tmp_path: Path) -> None:
    (tmp_path / name_of(7)).write_bytes(b"[[half")

    assert kept(tmp_path, name_of(7)) == {}
    assert of_all(tmp_path, {}) == {}


def test_an_error_is_told_by_kind_and_place_only() -> None:
    with pytest.raises(ValueError, match="substring") as theirs:
        "".index("Zq7canary")
    with pytest.raises(BusyError) as ours:
        apart(Worker(max_queue=-1, queue_seconds=1).run(lambda: None))

    assert logs.told(theirs.value) == {"kind": "ValueError", "place": "outside our code"}
    told = logs.told(ours.value)
    assert told["kind"] == "BusyError"
    assert str(told["place"]).startswith("interfaces/web/work.py:")


def test_counts_are_for_those_on_the_list() -> None:
    with TestClient(
        create(Settings(insecure_loopback=True, metrics_from=("198.51.100.0/24",))), base_url=OURS
    ) as client:
        refused = client.get("/metrics")
    service = Settings(insecure_loopback=True, metrics_from=("127.0.0.1",))
    near = ("127.0.0.1", 5000)
    with TestClient(create(service)) as client:
        app = client.app
        status, headers = apart(_metrics(app, scope(method="GET", path="/metrics", client=near)))
        passed_on, _ = apart(_metrics(app, scope(method="GET", path="/metrics", client=near, forwarded=True)))

    assert refused.status_code == 403
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert passed_on == 403


async def _metrics(app: Any, asking: dict[str, Any]) -> tuple[int, dict[str, str]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    passed_on = [(b"x-forwarded-for", b"203.0.113.9")] if asking.pop("forwarded", False) else []
    asking |= {
        "raw_path": b"/metrics",
        "root_path": "",
        "scheme": "http",
        "server": ("127.0.0.1", 8765),
        "http_version": "1.1",
    }
    await app(asking | {"headers": [(b"host", b"127.0.0.1"), *passed_on], "state": {}}, receive, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_probes_are_answered_and_tell_nothing() -> None:
    with TestClient(create(Settings(insecure_loopback=True)), base_url=OURS) as client:
        assert client.get("/health").json() == {"alive": True}
        assert client.get("/ready").json() == {"ready": True}
        assert client.head("/ready").status_code == 200
        assert client.post("/ready").status_code == 405
        assert client.get("/ready", headers={"Host": "10.9.8.7"}).status_code == 200
    asking = scope(method="GET", path="/ready", headers=[(b"host", b"127.0.0.1")])
    cold = asked(create(Settings(insecure_loopback=True)), asking)
    assert (cold[0], cold[1]["retry-after"]) == (503, "1")


def test_a_full_worker_refuses_before_it_reads() -> None:
    async def never(*_: Any) -> None:
        raise AssertionError("a full worker must not read")

    full = Worker(max_queue=2, queue_seconds=1)
    full.waiting = 3
    status, headers, _ = asked(busy_guard(never, full), scope())  # type: ignore[arg-type]

    assert (status, headers["retry-after"], full.refused) == (503, "1", 1)
    assert asked(busy_guard(nothing, full), scope(method="GET"))[0] == 200  # type: ignore[arg-type]
    full.waiting = 2
    assert asked(busy_guard(nothing, full), scope())[0] == 200  # type: ignore[arg-type]
