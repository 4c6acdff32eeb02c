"""What a browser is told about every answer: run nothing foreign, show it in no foreign frame, keep no copy."""

from __future__ import annotations

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from unclench.interfaces.web.address import AddressError, read_address
from unclench.interfaces.web.guard.answers import SERVICES
from unclench.interfaces.web.settings import Settings

# Form posts under `no-referrer` carry `Origin: null`; `same-origin` tells other sites as little, and us enough.
FIXED = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        b"microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), "
        b"xr-spatial-tracking=()",
    ),
)
HSTS = (b"strict-transport-security", b"max-age=31536000")
NO_STORE = (b"cache-control", b"no-store")
STATIC = "/static/"


def policy(settings: Settings) -> str:
    """The content security policy of every answer. A document with styles of its own is an attachment."""
    frames = " ".join(_frames(settings)) or "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {frames}",
        )
    )


def _frames(settings: Settings) -> list[str]:
    found = []
    for one in settings.frame_ancestors:
        try:
            found.append(read_address(one).origin)
        except AddressError:
            continue  # refused before a server starts; a directive must never be written into the policy by it
    return found


def header_guard(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Set them on every answer. Only static files, which are versioned, and discovery may say how long they keep."""
    framing = [] if _frames(settings) else [(b"x-frame-options", b"DENY")]
    always = [
        *FIXED,
        (b"content-security-policy", policy(settings).encode()),
        *framing,
        *([HSTS] if settings.behind_tls else []),
    ]
    ours = {name for name, _ in always}

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        path = scope["path"]
        keeps = path == SERVICES or path.startswith(STATIC)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name.lower(), value) for name, value in message.get("headers", ()) if name.lower() not in ours]
                named = {name for name, _ in kept}
                if not (keeps and message["status"] in {200, 304} and NO_STORE[0] in named):
                    kept = [*((name, value) for name, value in kept if name != NO_STORE[0]), NO_STORE]
                message["headers"] = [*kept, *always]
            await send(message)

        await app(scope, receive, marked)

    return guard
