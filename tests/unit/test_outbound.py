"""The only way out: what may be called, and what may come back. Servers are real, names are told by the test."""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
import socket
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.apart import apart
from tests.web_factory import Answer, elsewhere, says
from unclench.interfaces.web.address import AddressError, read_address
from unclench.interfaces.web.outbound import FetchError, Limits, Outbound, allowed

LIMITS = Limits(seconds=10.0, max_bytes=10_000, max_depth=8)


def got(bases: str | Sequence[str], url: str, *, limits: Limits = LIMITS, under: str = "", **options: Any) -> Any:
    """What came, or the reason why nothing did."""

    async def one() -> Any:
        out = Outbound([bases] if isinstance(bases, str) else bases, limits, **options)
        try:
            return await out.get_json(url, bearer="the-token", under=under)
        except FetchError as refused:
            return refused.reason
        finally:
            await out.close()

    return apart(one())


class Names:
    """A resolver that tells what the test wants, in turn, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@pytest.mark.point(33, 110)
def test_json_from_under_a_base_comes_back() -> None:
    with elsewhere(says({"resourceType": "Patient"})) as server:
        assert got(server.url, f"{server.url}/Patient/1?_summary=true&code=a%7Cb") == {"resourceType": "Patient"}
        path, headers = server.asked[0]
        assert path == "/Patient/1?_summary=true&code=a%7Cb"
        assert headers["host"] == f"localhost:{server.port}"
        assert headers["authorization"] == "Bearer the-token"
        assert headers["accept-encoding"] == "identity"


BASE = "https://fhir.example.org/r4"
TRICKS = [
    "https://fhir.example.org/r4x/Patient/1",
    "https://fhir.example.org/other",
    "https://fhir.example.org",
    "https://fhir.example.org:8443/r4/Patient/1",
    "http://fhir.example.org/r4/Patient/1",
    "https://evil.example.org/r4/Patient/1",
    "https://fhir.example.org.evil.example.org/r4/Patient/1",
    "https://fhir.example.org@evil.example.org/r4/Patient/1",
    "https://user:pass@fhir.example.org/r4/Patient/1",
    "https://evil.example.org#@fhir.example.org/r4/Patient/1",
    "https://evil.example.org\\@fhir.example.org/r4/Patient/1",
    "https://fhir.example.org\\.evil.example.org/r4",
    "https://fhir.example.org/r4/../admin",
    "https://fhir.example.org/r4/./Patient",
    "https://fhir.example.org/r4/%2e%2e/admin",
    "https://fhir.example.org/r4/..%2fadmin",
    "https://fhir.example.org/r4/..;/admin",
    "https://fhir.example.org/r4/%252e%252e/admin",
    "https://fhir.example.org/r4//evil.example.org",
    "https://fhir.example.org/r4/Patient/1\r\nX-Evil: 1",
    "https://fhir.example.org/r4/Patient/1\n",
    "https://fhir.example.org/r4/Patient 1",
    "https://fhir.example.org/r4/Patient/1#x",
    "https://fhir.example.org/r4/P\u0430tient",
    "https://fhir.ex\u0430mple.org/r4/Patient/1",
    "https://fhir.example.org\u3002evil.example.org/r4",
    "https://fhir..example.org/r4/Patient/1",
    "https://fhir.example.org./r4/Patient/1",
    "//fhir.example.org/r4/Patient/1",
    "Patient/1",
    "file:///etc/passwd",
    "gopher://fhir.example.org/r4/",
    "https:fhir.example.org/r4/Patient/1",
    "https:///fhir.example.org/r4/Patient/1",
    "https://fhir.example.org:0/r4/Patient/1",
    "https://fhir.example.org:99999/r4/Patient/1",
    "https://[::1/r4/Patient/1",
    "https://fhir.example.org/r4/" + "a" * 9000,
    "",
]


@pytest.mark.point(106)
@pytest.mark.parametrize("url", TRICKS)
def test_nothing_outside_the_base_is_called(url: str) -> None:
    names = Names(["93.184.215.14"])
    assert got(BASE, url, resolve=names) == "address"
    assert names.asked == 0


@pytest.mark.parametrize(
    ("base", "url"),
    [
        (BASE, "https://FHIR.Example.org:443/r4/Patient/1"),
        (BASE, "https://fhir.example.org/r4"),
        (BASE, "https://fhir.example.org/r4/?_getpages=1"),
        (BASE + "/", "https://fhir.example.org/r4/Patient?_id=1"),
        ("https://fhir.example.org", "https://fhir.example.org/anything"),
        ("https://[2001:DB8:0::1]/r4", "https://[2001:db8::1]:443/r4/Patient"),
    ],
)
def test_another_spelling_of_the_same_place_is_the_same_place(base: str, url: str) -> None:
    assert Outbound([base], LIMITS).base_of(url) == read_address(base)


def test_plain_http_is_for_loopback_alone() -> None:
    assert Outbound(["http://fhir.example.org/r4"], LIMITS).base_of("http://fhir.example.org/r4/Patient") is None
    assert Outbound(["http://127.0.0.1:80/r4"], LIMITS).base_of("http://127.0.0.1/r4/Patient") is not None


@pytest.mark.parametrize(
    ("address", "loopback", "good"),
    [
        ("93.184.215.14", False, True),
        ("10.1.2.3", False, True),  # a base is named by whoever runs the service: a hospital's network is private
        ("fd12::1", False, True),
        ("127.0.0.1", False, False),
        ("127.0.0.1", True, True),
        ("::1", True, True),
        ("::1", False, False),
        ("10.1.2.3", True, False),  # localhost that points elsewhere
        ("169.254.169.254", False, False),
        ("169.254.170.2", False, False),
        ("fe80::1", False, False),
        ("fe80::1%eth0", False, False),
        ("fd00:ec2::254", False, False),
        ("100.100.100.200", False, False),
        ("168.63.129.16", False, False),
        ("0.0.0.0", False, False),
        ("0.1.2.3", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("255.255.255.255", False, False),
        ("240.0.0.1", False, False),
        ("::ffff:127.0.0.1", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("2002:7f00:1::", False, False),
        ("name", False, False),
    ],
)
def test_which_addresses_may_be_called(address: str, loopback: bool, good: bool) -> None:
    assert allowed(address, loopback=loopback) is good


@pytest.mark.point(106)
@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["169.254.169.254"], ["93.184.215.14", "127.0.0.1"], ["::ffff:127.0.0.1"], []]
)
def test_a_name_that_points_to_this_machine_is_not_called(found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", never)
    assert got(BASE, f"{BASE}/Patient/1", resolve=Names(found)) == "address"


def test_the_name_is_looked_up_once_and_the_checked_address_is_called() -> None:
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    with elsewhere(says({"a": 1})) as server:
        assert got(server.url, f"{server.url}/x", resolve=names) == {"a": 1}
    assert names.asked == 1


def test_when_one_address_does_not_answer_the_next_is_called() -> None:
    with elsewhere(says({"a": 1})) as server:
        assert got(server.url, f"{server.url}/x", resolve=Names(["::1", "127.0.0.1"])) == {"a": 1}


@pytest.mark.point(106)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 300])
def test_no_redirect_is_followed(status: int) -> None:
    with elsewhere(says({"secret": 1})) as other:
        with elsewhere(says(b"", status=status, Location=f"{other.url}/latest/meta-data")) as server:
            assert got([server.url, other.url], f"{server.url}/x") == "redirect"
        assert other.asked == []


@pytest.mark.point(34)
def test_a_next_link_stays_under_the_server_of_the_first_page() -> None:
    with elsewhere(says({"a": 1})) as first, elsewhere(says({"a": 2})) as second:
        bases = [first.url, second.url]
        assert got(bases, f"{first.url}/next?page=2", under=first.url) == {"a": 1}
        assert got(bases, f"{second.url}/next?page=2", under=first.url) == "address"
        assert got(bases, f"{first.url}/next?page=2", under="no address") == "address"
        assert second.asked == []


def test_no_cookie_of_one_call_goes_with_the_next() -> None:
    """A server that knows its callers by a session would take the next user for this one."""

    async def twice(url: str) -> None:
        out = Outbound([url], LIMITS)
        await out.get_json(f"{url}/x")
        await out.get_json(f"{url}/x", bearer="another")
        await out.close()

    with elsewhere(says({"a": 1}, Set_Cookie="session=one; Path=/")) as server:
        apart(twice(server.url))
    assert [headers.get("cookie") for _, headers in server.asked] == [None, None]
    assert [headers.get("authorization") for _, headers in server.asked] == [None, "Bearer another"]


def test_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine localhost login a password b", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with elsewhere(says({"proxied": 1})) as proxy, elsewhere(says({"a": 1})) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert got(server.url, f"{server.url}/x") == {"a": 1}
        assert proxy.asked == []


def endless(request: Any) -> None:
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    while True:
        request.wfile.write(b"1000\r\n" + b" " * 4096 + b"\r\n")


def silent(request: Any) -> None:
    time.sleep(1.2)


def dripping(request: Any) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    for _ in range(24):
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.05)


def cut(request: Any) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"{")
    request.close_connection = True


def garbage(request: Any) -> None:
    request.wfile.write(b"\x00\xff not http\r\n\r\n")
    request.close_connection = True


BOMB = gzip.compress(b"[" + b"0," * 5_000_000 + b"0]")


@pytest.mark.point(118)
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (says(b"x" * 10_001), "size"),
        (endless, "size"),
        (says(BOMB, Content_Encoding="gzip"), "encoding"),
        (says(b"\x1f\x8b", Content_Encoding="br, gzip"), "encoding"),
        (silent, "time"),
        (dripping, "time"),
        (cut, "connection"),
        (garbage, "connection"),
        (says(b"<html>"), "json"),
        (says(b""), "json"),
        (says(b"\xff\xfe"), "json"),
        (says(b"[" * 9 + b"1" + b"]" * 9), "depth"),
        (says(b'{"a":' * 1500 + b"1" + b"}" * 1500), "depth"),
        (says({"issue": "patient X"}, status=404), "status"),
        (says(b"", status=204), "status"),
        (says({}, status=500), "status"),
    ],
)
def test_what_comes_back_is_bounded(answer: Answer, reason: str) -> None:
    limits = Limits(seconds=0.4 if reason == "time" else 10.0, max_bytes=10_000, max_depth=8)
    with elsewhere(answer) as server:
        begun = time.monotonic()
        assert got(server.url, f"{server.url}/x", limits=limits) == reason
        assert time.monotonic() - begun < 5


def test_depth_counts_layers_that_hold_something() -> None:
    with elsewhere(says(b"[" * 8 + b"1" + b"]" * 8)) as server:
        assert got(server.url, f"{server.url}/x") == [[[[[[[[1]]]]]]]]


def test_a_name_that_is_looked_up_too_slowly_ends_in_time() -> None:
    async def slow(_: str, __: int) -> Sequence[str]:
        await asyncio.sleep(30)
        return []

    begun = time.monotonic()
    assert got(BASE, f"{BASE}/x", limits=Limits(seconds=0.2), resolve=slow) == "time"
    assert time.monotonic() - begun < 5


def test_a_server_that_is_not_there_and_a_name_that_is_not_known() -> None:
    async def unknown(_: str, __: int) -> Sequence[str]:
        raise socket.gaierror("PATIENT-MARK")

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert got(url, f"{url}/x") == "connection"
    assert got(BASE, f"{BASE}/x", resolve=unknown) == "connection"


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """A server's own certificate for a name; its file may be trusted as an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.9"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.mark.point(1)
@pytest.mark.parametrize(
    ("name", "trusted", "answer"),
    [("localhost", True, {"a": 1}), ("localhost", False, "connection"), ("other.example.org", True, "connection")],
)
def test_the_certificate_is_checked_against_the_name_and_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, trusted: bool, answer: object
) -> None:
    context = certificate(tmp_path, name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with elsewhere(says({"a": 1}), context=context) as server:
        assert got(server.url, f"{server.url}/x") == answer
        assert len(server.asked) == (1 if answer == {"a": 1} else 0)


@pytest.mark.point(110, 123)
def test_neither_the_address_nor_the_token_is_in_logs_or_errors(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with elsewhere(says({"a": 1})) as server:
        assert got(server.url, f"{server.url}/Patient/MARK-1") == {"a": 1}
    with elsewhere(says(b"MARK-2")) as server:

        async def failing() -> FetchError:
            out = Outbound([server.url], LIMITS)
            with pytest.raises(FetchError) as refused:
                await out.get_json(f"{server.url}/Patient/MARK-1", bearer="MARK-3")
            await out.close()
            return refused.value

        error = apart(failing())
    assert "MARK" not in repr(error) + str(error)
    assert "MARK" not in caplog.text
    assert "the-token" not in caplog.text


@pytest.mark.parametrize("url", TRICKS[7:])
def test_an_address_with_two_meanings_is_none(url: str) -> None:
    with pytest.raises(AddressError) as refused:
        read_address(url)
    assert "example" not in str(refused.value)


def test_nothing_else_in_the_package_goes_out(root: Path) -> None:
    """One module may import a client of HTTP or open a connection."""
    going = re.compile(
        r"^\s*(import|from) (httpx|httpcore|requests|urllib3?\.request|urllib3|http\.client|aiohttp|ftplib|smtplib)\b"
        r"|create_connection|open_connection|urlopen",
        re.MULTILINE,
    )
    source = root / "src" / "unclench"
    found = [str(one.relative_to(source)) for one in source.rglob("*.py") if going.search(one.read_text("utf-8"))]
    assert found == ["interfaces/web/outbound.py"]
