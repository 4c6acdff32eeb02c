"""Style sheets and scripts, each under an address that changes with the content, so that it may be kept for a year."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
KEEP = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that pages load."""

    name: str
    body: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """All of them by name. Licence texts stand beside them and are not served."""
    folder = resources.files("unclench.interfaces.web") / "static"
    found = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        kind = file.name.rpartition(".")[2]
        if kind in KINDS:
            found[file.name] = Asset(file.name, file.read_bytes(), KINDS[kind])
    return found


@cache
def edition() -> str:
    """One short name for exactly these files. One for all, so that a script may import another by its bare name."""
    digest = hashlib.sha256()
    for one in assets().values():
        digest.update(one.name.encode() + b"\0" + one.body)
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    """Where pages load this file from."""
    return f"/static/{edition()}/{assets()[name].name}"


@get("/static/{of:str}/{name:str}", include_in_schema=False, sync_to_thread=False)
def static_file(of: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The file. One of another edition is not there: a page must never mix two."""
    found = assets().get(name)
    if found is None or of != edition():
        raise NotFoundException(detail="a file that this page loads")
    return Response(found.body, media_type=found.media_type, headers={"Cache-Control": KEEP})
