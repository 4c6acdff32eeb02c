"""The socket that all workers of one service share."""

from __future__ import annotations

import socket

from unclench.interfaces.web.settings import Settings


class ListenError(Exception):
    """The address cannot be listened on. It says why."""


def bound(settings: Settings) -> socket.socket:
    """Bound, not yet listening: nobody is let in before a worker is warm.

    Raises
    ------
    ListenError
        where the address is taken, not of this machine, or not allowed.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind, protocol)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
        except OSError:
            found.close()
            raise
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "not the name of an address"
        raise ListenError(
            f"cannot listen on {settings.host} port {settings.port}: {why}. Try another --port."
        ) from None
    return found
