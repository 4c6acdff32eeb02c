"""From bytes to plain JSON: whole, UTF-8, no deeper than is read, and no key twice in one object."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from unclench.interfaces.web.hooks.faults import Refused

JSON_TYPE = "application/json"
SHORTEST = b"\xef\xbb\xbf"


def refuse_other_types(content_type: str, encoding: str) -> None:
    """415 for whatever is not plain JSON in UTF-8.

    Raises
    ------
    Refused
    """
    kind, _, rest = content_type.lower().partition(";")
    kind = kind.strip()
    charset = rest.replace(" ", "").replace('"', "")
    is_json = kind == JSON_TYPE or (kind.startswith("application/") and kind.endswith("+json"))
    if not is_json or ("charset=" in charset and "charset=utf-8" not in charset):
        raise Refused(415, "Send application/json in UTF-8.")
    if encoding.strip().lower() not in ("", "identity"):
        raise Refused(415, "Send the body as it is: packed bodies are not unpacked here.")


def plain(data: bytes, *, max_depth: int) -> dict[str, Any]:
    """The object that a body holds.

    Raises
    ------
    Refused
        400 for everything else.
    """
    data = data.removeprefix(SHORTEST)
    try:
        value = msgspec.json.decode(data)
        # Of a key given twice one reader takes the first and another the last: nobody can say which holds.
        json.loads(data, object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError:
        raise _deep() from None
    except (msgspec.DecodeError, ValueError):  # UnicodeDecodeError is a ValueError
        raise Refused(400, "Send one JSON object in UTF-8, whole, without comments, each key once.") from None
    if not isinstance(value, dict):
        raise Refused(400, "Send one JSON object.")
    _refuse_depth(value, max_depth)
    return value


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key twice")


def _refuse(name: str) -> None:
    raise ValueError(name)


def _refuse_depth(value: Any, max_depth: int) -> None:
    layer, depth = [value], 0
    while layer:
        depth += 1
        if depth > max_depth:
            raise _deep()
        inside = [one.values() if isinstance(one, dict) else one for one in layer]
        layer = [inner for one in inside for inner in one if isinstance(inner, dict | list)]


def _deep() -> Refused:
    return Refused(400, "The JSON is nested deeper than this service reads.")
