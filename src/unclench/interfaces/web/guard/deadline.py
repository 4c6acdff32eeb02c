"""The time that one request may take, its body included."""

from __future__ import annotations

import asyncio
from typing import cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from unclench.interfaces.web.guard.answers import refuse
from unclench.interfaces.web.settings import Settings

CLOSE = {"Connection": "close"}
AGAIN = {"Retry-After": "1"}


def deadline_guard(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Answer 408 where the body is late, 503 where the answer is; 503 too where the service stops meanwhile."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        begun, whole = False, False

        async def taken() -> HTTPReceiveMessage:
            nonlocal whole
            message = cast(HTTPReceiveMessage, await receive())
            whole = whole or not message.get("more_body", False)
            return message

        async def given(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            async with asyncio.timeout(settings.request_seconds):
                await app(scope, taken, given)
        except TimeoutError:
            if begun:
                raise
            await _late(scope, send, settings, whole=whole)
        except asyncio.CancelledError:  # `stop_seconds` are over
            if not begun:
                fix = "Send it again after Retry-After."
                await refuse(scope, send, 503, where="the service", need="to stop now", fix=fix, headers=AGAIN | CLOSE)
            raise

    return guard


async def _late(scope: Scope, send: Send, settings: Settings, *, whole: bool) -> None:
    if whole:
        need = f"an answer within {settings.request_seconds:g} seconds, which we failed to give"
        fix = "Send it again after Retry-After."
        await refuse(scope, send, 503, where="the service", need=need, fix=fix, headers=AGAIN)
    else:
        need, fix = f"the whole body within {settings.request_seconds:g} seconds", "Send it without pauses."
        await refuse(scope, send, 408, where="the body", need=need, fix=fix, headers=CLOSE)
