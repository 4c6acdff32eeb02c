"""An answer that is an error, as who asked can read it: a page for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

import msgspec

from unclench.interfaces.web.problems import Problem, Problems
from unclench.interfaces.web.views import rendered

HTML_TYPE = "text/html"
JSON_TYPE = "application/json"
MACHINES = ("/api", "/cds-services", "/schema", "/static", "/metrics", "/health", "/ready")
HEADINGS = {
    404: "There is nothing at this address",
    405: "This address is not asked in this way",
    408: "This took too long to arrive",
    413: "This is too large",
    414: "This address is too long",
    415: "This cannot be read",
    422: "This cannot be answered as it stands",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Busy just now",
}
WAITS = (429, 503)
# What a person does about it, where a program would read a document or a header.
FIXES = {
    404: "Check the address, or go on from one of the pages below.",
    405: "Go on from one of the pages below.",
    415: "Use the form of the page.",
    429: "Wait a little, then go back and send it again.",
    503: "Wait a little, then go back and send it again.",
}
NEEDS = {404: "an address of this service", 405: "an address that is asked in this way"}
UNSAID = ("Not Found", "Method Not Allowed")

Headers = Iterable[tuple[bytes, bytes]]


def wants_page(path: str, headers: Headers) -> bool:
    """Whether a person waits at a browser. Only one that names HTML gets it: `*/*` is what programs send."""
    if any(path == one or path.startswith((f"{one}/", f"{one}?")) for one in MACHINES):
        return False
    accepted = b",".join(value for key, value in headers if key.lower() == b"accept").decode("latin-1").casefold()
    return any(one.partition(";")[0].strip() == HTML_TYPE for one in accepted.split(","))


def told(status: int, problem: Problem, *, path: str, headers: Headers, wait_s: str = "") -> tuple[str, bytes]:
    """Media type and body of an error, in UTF-8. `wait_s`: the seconds of Retry-After."""
    if not wants_page(path, headers):
        return JSON_TYPE, msgspec.json.encode(Problems(error=problem))
    try:
        name = HTTPStatus(status).phrase
    except ValueError:
        name = ""
    page = rendered(
        "error.html.j2",
        here="",
        status=status,
        name=name,
        heading=HEADINGS.get(status, "This was refused"),
        problem=problem,
        need=NEEDS.get(status, problem.need) if problem.need in UNSAID else problem.need,
        fix=FIXES.get(status, problem.fix),
        wait_s=wait_s if status in WAITS else "",
    )
    return HTML_TYPE, page.encode()
