"""What every request passes: names, sites, headers. Behind the guards stands one that notes what reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from litestar.testing import TestClient
from litestar.types import Receive, Scope, Send

from tests.apart import apart
from tests.web_factory import HERE
from unclench.interfaces.web.guard.chain import guarded
from unclench.interfaces.web.guard.headers import policy
from unclench.interfaces.web.guard.refusal import refusal
from unclench.interfaces.web.service import service_of
from unclench.interfaces.web.settings import Client, Settings

EHR = "https://ehr.example.org"
EVIL = "https://evil.example.org"
PATHS = ["/", "/consult", "/api/simulate", "/cds-services", "/cds-services/one", "/metrics", "/nowhere"]


class Inside:
    """Answers everything with one status and some headers, and remembers what came."""

    def __init__(self, status: int = 200, **headers: str) -> None:
        self.status = status
        self.headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.seen: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.seen.append(scope["path"])
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"inside", "more_body": False})


@contextmanager
def before(inside: Inside, base: str = HERE, **settings: Any) -> Iterator[TestClient[Any]]:
    service = service_of(Settings(insecure_loopback=True, **settings))
    try:
        with TestClient(guarded(inside, service), base_url=base) as client:  # type: ignore[arg-type]
            yield client
    finally:
        service.worker.stop()


@pytest.mark.verifies("W2")
@pytest.mark.parametrize(
    "host", ["127.0.0.1:8765", "127.0.0.1", "localhost", "LOCALHOST:1", "[::1]:8765", "cds.example.org"]
)
def test_our_own_names_are_answered(host: str) -> None:
    inside = Inside()
    with before(inside, allowed_hosts=("CDS.example.org",)) as client:
        assert [client.get(path, headers={"Host": host}).status_code for path in PATHS] == [200] * len(PATHS)
    assert inside.seen == PATHS


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example.org", 421),
        ("evil.example.org:8765", 421),
        ("127.0.0.1.evil.example.org", 421),
        ("localhost.evil.example.org:8765", 421),
        ("127.0.0.2", 421),
        ("0.0.0.0:8765", 421),
        ("127.1", 421),
        ("[::ffff:127.0.0.1]:8765", 421),
        ("localhost.", 421),
        ("user@127.0.0.1", 400),
        ("127.0.0.1:8765, evil.example.org", 400),
        ("127.0.0.1:x", 400),
        ("http://127.0.0.1", 400),
        ("", 400),
    ],
)
def test_another_name_is_refused_on_every_path(host: str, status: int) -> None:
    inside = Inside()
    headers = {"Host": host, "X-Forwarded-Host": "127.0.0.1"}
    with before(inside, public_url="http://127.0.0.1:8765") as client:
        methods = ("GET", "POST", "OPTIONS", "HEAD")
        answers = [client.request(method, path, headers=headers) for method in methods for path in PATHS]
    assert {one.status_code for one in answers} == {status}
    assert inside.seen == []
    assert not any("evil" in one.text for one in answers)


def test_two_names_or_none_are_refused() -> None:
    inside = Inside()
    with before(inside) as client:
        assert client.get("/", headers=[("Host", "127.0.0.1"), ("Host", "evil.example.org")]).status_code == 400
    assert inside.seen == []


@pytest.mark.parametrize("path", ["/health", "/ready"])
@pytest.mark.parametrize(
    ("hosts", "answered"),
    [
        (["10.1.2.3:8080"], True),
        (["[fd00::1]"], True),
        (["localhost"], True),
        ([], True),
        (["cds.example.org"], True),
        (["evil.example.org"], False),
        (["10.1.2.3.evil.example.org"], False),
        (["10.1.2.3", "10.1.2.3"], False),
        (["user@10.1.2.3"], False),
    ],
)
def test_machines_may_ask_for_health_by_number(path: str, hosts: list[str], answered: bool) -> None:
    """A number can not be made to point elsewhere; all that it is told is `alive` and `ready`."""
    inside = Inside()
    served = {"host": "0.0.0.0", "public_url": "https://cds.example.org", "behind_tls": True}
    service = service_of(Settings(insecure_loopback=True, **served))
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", host.encode()) for host in hosts]
    scope: Any = {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b""}
    apart(guarded(inside, service)(scope, None, send))  # type: ignore[arg-type]
    service.worker.stop()
    assert (sent[0]["status"] in {200, 503}) is answered
    assert sent[0]["status"] in ({200, 503} if answered else {400, 421})
    assert inside.seen == []


def test_off_loopback_only_configured_names_are_answered() -> None:
    served = {"host": "10.0.0.5", "public_url": "https://cds.example.org/unclench", "behind_tls": True}
    with before(Inside(), **served) as client:
        found = [client.get("/", headers={"Host": host}).status_code for host in ("cds.example.org", "localhost")]
    assert found == [200, 421]


SENT: list[tuple[dict[str, str], bool]] = [
    ({}, True),  # a program
    ({"Origin": HERE}, True),
    ({"Origin": HERE, "Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Origin": "http://localhost:8765", "Host": "localhost:8765"}, True),
    ({"Origin": EVIL}, False),
    ({"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": EVIL, "Sec-Fetch-Site": "same-origin"}, False),
    ({"Origin": HERE, "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "http://127.0.0.1:3000"}, False),
    ({"Origin": "http://localhost:8765"}, False),  # called by another of our names
    ({"Origin": "null"}, False),
    ({"Origin": ""}, False),
    ({"Origin": f"{HERE}.evil.example.org"}, False),
    ({"Origin": "http://127.0.0.1:8765@evil.example.org"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "unheard-of"}, False),
    ({"Origin": EHR}, False),  # listed for the CDS service, not for pages
]


@pytest.mark.parametrize(("headers", "good"), SENT)
def test_only_our_own_page_or_a_program_may_post(headers: dict[str, str], good: bool) -> None:
    inside = Inside()
    with before(inside, cors_origins=(EHR,)) as client:
        methods = ("POST", "PUT", "DELETE", "PATCH")
        found = {client.request(method, "/api/simulate", headers=headers).status_code for method in methods}
    assert found == {200 if good else 403}
    assert len(inside.seen) == (4 if good else 0)


def test_another_site_may_link_to_a_page() -> None:
    with before(Inside()) as client:
        assert (
            client.get("/", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}).status_code == 200
        )


def test_behind_tls_the_origin_is_the_public_address() -> None:
    served = {"host": "10.0.0.5", "public_url": "https://cds.example.org/unclench", "behind_tls": True}
    with before(Inside(), base="http://cds.example.org", **served) as client:
        found = [
            client.post("/consult", headers={"Origin": origin}).status_code
            for origin in ("https://cds.example.org", EVIL, "https://cds.example.org:8443")
        ]
    assert found == [200, 403, 403]


@pytest.mark.point(113, 114)
@pytest.mark.parametrize(("method", "asks"), [("GET", "authorization"), ("POST", "authorization,content-type")])
@pytest.mark.parametrize("path", ["/cds-services", "/cds-services/one", "/cds-services/one/feedback"])
def test_a_preflight_of_a_listed_site_is_answered_without_a_token(path: str, method: str, asks: str) -> None:
    inside = Inside()
    headers = {
        "Origin": EHR,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": asks,
        "Access-Control-Request-Private-Network": "true",
    }
    with before(inside, cors_origins=(EHR, "http://localhost:9000")) as client:
        answer = client.options(path, headers=headers)
        other = client.options(path, headers={**headers, "Origin": EVIL})
        shy = client.options(path, headers={**headers, "Access-Control-Request-Private-Network": "no"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == EHR
    assert method in answer.headers["access-control-allow-methods"]
    assert set(asks.split(",")) <= set(answer.headers["access-control-allow-headers"].split(", "))
    assert answer.headers["access-control-allow-private-network"] == "true"
    assert "access-control-allow-private-network" not in shy.headers
    assert "access-control-allow-credentials" not in answer.headers
    assert other.status_code == 403
    assert "access-control-allow-origin" not in other.headers
    assert {one.headers["vary"] for one in (answer, other)} == {"Origin"}
    assert inside.seen == []


@pytest.mark.point(113, 114)
@pytest.mark.parametrize("status", [200, 400, 401, 404, 412, 413, 415, 429, 500, 503])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_answers_and_errors_are_marked_for_listed_sites_alone(status: int, method: str) -> None:
    with before(Inside(status), cors_origins=(EHR,)) as client:
        good = client.request(method, "/cds-services/one", headers={"Origin": EHR, "Sec-Fetch-Site": "cross-site"})
        none = client.request(method, "/cds-services/one")
        page = client.request("GET", "/", headers={"Origin": EHR})
        evil = client.request("GET", "/cds-services/one", headers={"Origin": EVIL})
    assert good.status_code == status
    assert good.headers["access-control-allow-origin"] == EHR
    assert {one.headers["vary"] for one in (good, none, evil)} == {"Origin"}
    assert not any("access-control-allow-origin" in one.headers for one in (none, page, evil))


def test_a_site_that_is_not_listed_can_not_post_to_the_service_either() -> None:
    """A browser sends plain text without asking first: where no tokens are needed, that would be answered."""
    inside = Inside()
    with before(inside, cors_origins=(EHR,)) as client:
        answer = client.post("/cds-services/one", headers={"Origin": EVIL, "Content-Type": "text/plain"})
    assert (answer.status_code, inside.seen) == (403, [])
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("star", ["*", "null", "https://*.example.org", "https://ehr.example.org/path?x"])
def test_a_list_of_everybody_is_nobody(star: str) -> None:
    with before(Inside(), cors_origins=(star,)) as client:
        for origin in ("*", "null", EVIL, star):
            assert "access-control-allow-origin" not in client.get("/cds-services", headers={"Origin": origin}).headers


WANTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


@pytest.mark.verifies("W1")
@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [("GET", {}, 200), ("GET", {"Host": "evil.example.org"}, 421), ("POST", {"Origin": EVIL}, 403), ("POST", {}, 200)],
)
def test_every_answer_wears_the_headers(method: str, headers: dict[str, str], status: int) -> None:
    with before(Inside(Cache_Control="public, max-age=60", X_Frame_Options="ALLOWALL")) as client:
        for path in PATHS:
            answer = client.request(method, path, headers=headers)
            kept = path == "/cds-services" and status == 200
            cache = "public, max-age=60" if kept else "no-store"
            assert answer.status_code == status
            assert {name: answer.headers[name] for name in WANTED} == {**WANTED, "cache-control": cache}
            assert "geolocation=()" in answer.headers["permissions-policy"]
            assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    ("status", "said", "kept"),
    [
        (200, "max-age=9", "max-age=9"),
        (304, "max-age=9", "max-age=9"),
        (404, "max-age=9", "no-store"),
        (200, "", "no-store"),
    ],
)
def test_only_static_files_say_how_long_they_keep(status: int, said: str, kept: str) -> None:
    with before(Inside(status, **({"Cache_Control": said} if said else {}))) as client:
        assert client.get("/static/app.0123.js").headers.get_list("cache-control") == [kept]


def test_sites_that_may_frame_the_page_are_named_and_tls_is_remembered() -> None:
    served: dict[str, Any] = {"frame_ancestors": (EHR, "https://two.example.org"), "behind_tls": True}
    with before(Inside(), **served) as client:
        headers = client.get("/").headers
    assert headers["content-security-policy"].endswith(f"frame-ancestors {EHR} https://two.example.org")
    assert "x-frame-options" not in headers
    assert headers["strict-transport-security"] == "max-age=31536000"


def test_a_setting_never_writes_a_directive() -> None:
    said = policy(Settings(frame_ancestors=("https://a.example.org; script-src *", "*", "'self' *")))
    assert said.endswith("frame-ancestors 'none'")
    assert said.count("script-src") == 1


def test_nothing_inside_loosens_the_policy() -> None:
    with before(Inside(Content_Security_Policy="script-src *", Referrer_Policy="unsafe-url")) as client:
        headers = client.get("/").headers
    assert headers.get_list("content-security-policy") == [policy(Settings())]
    assert headers.get_list("referrer-policy") == ["same-origin"]


GOOD = Client(iss="https://ehr.example.org", jwks_file="keys.json")
TLS: dict[str, Any] = {"public_url": "https://cds.example.org", "behind_tls": True}


@pytest.mark.verifies("W2")
@pytest.mark.point(1, 98)
@pytest.mark.parametrize(
    "settings",
    [
        Settings(insecure_loopback=True),
        Settings(insecure_loopback=True, host="::1"),
        Settings(insecure_loopback=True, host="localhost"),
        Settings(clients=(GOOD,)),
        Settings(clients=(GOOD,), host="0.0.0.0", **TLS),
        Settings(clients=(GOOD,), **TLS),
        Settings(clients=(Client(iss="x", jwks_url="https://ehr.example.org/jwks"),), cors_origins=(EHR,)),
        Settings(clients=(GOOD,), fhir_servers=("http://127.0.0.1:8080/fhir", "https://fhir.example.org")),
    ],
)
def test_what_may_be_served(settings: Settings) -> None:
    assert refusal(settings) is None


@pytest.mark.verifies("W2")
@pytest.mark.point(1, 98, 114)
@pytest.mark.parametrize(
    ("settings", "fix"),
    [
        (Settings(insecure_loopback=True, host="0.0.0.0"), "Bind to 127.0.0.1"),
        (Settings(insecure_loopback=True, host="::"), "Bind to 127.0.0.1"),
        (Settings(insecure_loopback=True, host="192.168.1.5", **TLS), "Bind to 127.0.0.1"),
        (Settings(insecure_loopback=True, host=""), "is no address"),
        (Settings(insecure_loopback=True, public_url="https://cds.example.org"), "Bind to 127.0.0.1"),
        (Settings(insecure_loopback=True, host="localhost.evil.example.org"), "Bind to 127.0.0.1"),
        (Settings(), "--insecure-loopback"),
        (Settings(clients=(GOOD,), host="0.0.0.0"), "a proxy that speaks TLS"),
        (Settings(clients=(GOOD,), host="0.0.0.0", behind_tls=True), "a proxy that speaks TLS"),
        (Settings(clients=(GOOD,), host="0.0.0.0", public_url="http://cds.example.org", behind_tls=True), "a proxy"),
        (Settings(clients=(GOOD,), public_url="cds.example.org"), "Write it as https://"),
        (Settings(clients=(GOOD,), public_url="https://cds.example.org?x=1"), "Leave out"),
        (Settings(clients=(GOOD, GOOD)), "Name each once"),
        (Settings(clients=(Client(iss="x"),)), "jwks_file"),
        (Settings(clients=(Client(iss="", jwks_file="k"),)), "Give `iss`"),
        (Settings(clients=(Client(iss="x", jwks_url="http://ehr.example.org/jwks"),)), "https"),
        (Settings(clients=(Client(iss="x", jwks_url="file:///keys"),)), "https"),
        (Settings(clients=(Client(iss="x", jwks_file="k", algorithms=()),)), "ES384"),
        (Settings(clients=(GOOD,), token_skew_seconds=61), "0 to 60"),
        (Settings(clients=(GOOD,), token_life_seconds=3601), "1 to 3600"),
        (Settings(clients=(GOOD,), fhir_servers=("http://fhir.example.org",)), "https"),
        (Settings(clients=(GOOD,), fhir_servers=("https://fhir.example.org/../x",)), "https"),
        (Settings(clients=(GOOD,), cors_origins=("*",)), "`*` is not taken"),
        (Settings(clients=(GOOD,), frame_ancestors=("https://ehr.example.org/x",)), "List each site"),
    ],
)
def test_what_is_refused_says_what_to_do(settings: Settings, fix: str) -> None:
    said = refusal(settings)
    assert said is not None
    assert fix in said
