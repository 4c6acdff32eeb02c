"""The guards as a real browser meets them: our own page works under its policy, and a foreign page gets nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web_factory import Elsewhere, elsewhere
from tests.web_server import serving
from unclench.interfaces.web.pages.routes import page_handlers

# Every page without a parameter, and one that is filled.
FOUND = {
    path
    for one in page_handlers()
    if "GET" in getattr(one, "http_methods", ())
    for path in getattr(one, "paths", ())
    if "{" not in path
}
PAGES = [*sorted(FOUND), "/?example=acute-back-spasm"]
CALL = {
    "hook": "patient-view",
    "hookInstance": "4047fd5c-d762-4774-9d2b-947af6c5fc3d",
    "context": {"userId": "Practitioner/1", "patientId": "1"},
    "prefetch": {"patient": {"resourceType": "Patient", "id": "1", "gender": "male", "birthDate": "1980-01-01"}},
}


def foreign(request: Any) -> None:
    body = b"<!DOCTYPE html><html lang=en><title>Elsewhere</title><h1>Elsewhere</h1>"
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture(scope="module")
def evil() -> Iterator[Elsewhere]:
    with elsewhere(foreign) as server:
        yield server


@pytest.fixture(scope="module")
def listed() -> Iterator[Elsewhere]:
    with elsewhere(foreign) as server:
        yield server


@pytest.fixture(scope="module")
def ours(listed: Elsewhere) -> Iterator[str]:
    with serving(cors_origins=(listed.url,), frame_ancestors=(listed.url,)) as address:
        yield address


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.verifies("W1")
@pytest.mark.parametrize("path", PAGES)
def test_our_pages_work_under_their_policy(tab: Any, ours: str, path: str) -> None:
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    answer = tab.goto(ours + path, wait_until="networkidle")
    assert answer.status == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    tab.evaluate(
        "() => { const made = document.createElement('script'); made.textContent = 'window.ran = 1';"
        " document.body.append(made) }"
    )
    assert tab.evaluate("() => window.ran") is None
    inline = [one for one in said if "inline script" in one]
    assert inline, "the planted script was refused by the policy"
    assert [one for one in said if one not in inline] == []


FETCH = """async ({address, options}) => {
  try {
    const answer = await fetch(address, options);
    return {type: answer.type, status: answer.status, body: await answer.text()};
  } catch (error) { return {type: "refused"}; }
}"""


def fetched(tab: Any, address: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = tab.evaluate(FETCH, {"address": address, "options": options})
    return found


@pytest.mark.verifies("W2")
@pytest.mark.point(113, 114)
def test_a_foreign_page_reads_nothing_and_a_listed_one_reads_the_service(
    tab: Any, ours: str, evil: Elsewhere, listed: Elsewhere
) -> None:
    call = {
        "method": "POST",
        "headers": {"Content-Type": "application/json", "Authorization": "Bearer x"},
        "body": json.dumps(CALL),
    }
    service = f"{ours}/cds-services/unclench-patient-view"
    tab.goto(evil.url)
    assert fetched(tab, f"{ours}/cds-services") == {"type": "refused"}
    assert fetched(tab, service, **call) == {"type": "refused"}
    assert fetched(tab, f"{ours}/api/simulate", **call) == {"type": "refused"}
    tab.goto(listed.url)
    assert fetched(tab, f"{ours}/cds-services")["status"] == 200
    assert fetched(tab, service, **call)["status"] == 200
    assert fetched(tab, f"{ours}/cds-services/nothing", **call)["status"] == 404  # errors can be read too
    assert fetched(tab, f"{ours}/api/simulate", **call) == {"type": "refused"}


def refused(ours: str) -> float:
    """How many posts were answered 403, as the service counts them. A browser does not tell of its silent ones."""
    lines = httpx.get(f"{ours}/metrics").text.splitlines()
    return sum(float(one.rpartition(" ")[2]) for one in lines if 'method="POST"' in one and 'status="403"' in one)


@pytest.mark.verifies("W2")
def test_a_foreign_page_makes_nothing_work(tab: Any, ours: str, evil: Elsewhere) -> None:
    """Posts that a browser sends without asking first reach the guard, and no further."""
    before = refused(ours)
    tab.goto(evil.url)
    body = json.dumps({"example": "acute-back-spasm"})
    for path in ("/api/consult", "/consult", "/cds-services/unclench-patient-view"):
        found = fetched(tab, ours + path, method="POST", mode="no-cors", body=body)
        assert found["type"] in {"opaque", "refused"}
    tab.evaluate(
        """address => {
          const form = document.createElement("form");
          form.method = "post"; form.action = address;
          form.innerHTML = '<input name="record" value="forged">';
          document.body.append(form); form.submit();
        }""",
        f"{ours}/consult",
    )
    tab.wait_for_url(f"{ours}/consult")
    assert refused(ours) - before == 4
    assert "forged" not in tab.content()


@pytest.mark.verifies("W1")
def test_only_a_listed_site_shows_the_page_in_a_frame(tab: Any, ours: str, evil: Elsewhere, listed: Elsewhere) -> None:
    def framed(site: str) -> bool:
        tab.goto(site)
        tab.evaluate(
            """address => new Promise(done => {
              const frame = document.createElement("iframe");
              frame.onload = frame.onerror = () => done();
              frame.src = address; document.body.append(frame);
            })""",
            f"{ours}/",
        )
        inside = tab.frames[-1]
        return inside.url.startswith(ours) and inside.locator("h1").count() > 0

    assert framed(listed.url)
    assert not framed(evil.url)


@pytest.mark.verifies("W2")
def test_a_name_that_points_here_is_refused(browser: Any, chromium_path: str, ours: str) -> None:
    """DNS rebinding: the browser believes that it talks to the foreign site, and it talks to us."""
    port = ours.rpartition(":")[2]
    rebound = browser.browser_type.launch(
        executable_path=chromium_path,
        args=["--no-sandbox", "--host-resolver-rules=MAP evil.example.org 127.0.0.1"],
    )
    try:
        tab = rebound.new_page()
        for path in ("/", "/cds-services", "/health"):
            answer = tab.goto(f"http://evil.example.org:{port}{path}")
            assert answer.status == 421, path
        assert fetched(tab, f"http://evil.example.org:{port}/api/consult", method="POST", body="{}")["status"] == 421
    finally:
        rebound.close()
