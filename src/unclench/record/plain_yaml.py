"""YAML and JSON that a person types, as plain values with their line numbers: strict, and with no surprises.

Every scalar stays the text that was typed (`on` is not True, 2026-10 is not a calculation), only null is None. Anchors,
aliases, tags, several documents, doubled keys and deep nesting are refused, so nothing can grow or run.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import yaml

from unclench.values import RecordError

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_NULLS = frozenset(("", "null", "~", "Null", "NULL"))


class Mapping(dict[str, Any]):
    """A mapping that knows the line of each key, where that is known."""

    lines: dict[str, int]


def load(data: bytes, where: str) -> Any:
    """The one document of the text. JSON is read as the YAML it is, nearly."""
    if len(data) > MAX_BYTES:
        raise RecordError(
            where=where,
            found=f"{len(data) // 1_000_000} MB of text that is not FHIR",
            need=f"a short record of at most {MAX_BYTES // 1_000_000} MB",
            fix='Check the file: a FHIR record starts with {"resourceType": ...}.',
        )
    text = data.decode("utf-8")
    try:
        value = _json(text, where) if text.lstrip()[:1] == "{" else None
        value = _Reader(text, where).document() if value is None else value
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate would break every output later
        return value
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise RecordError(
            where=f"{where}{line}",
            found=f"text that is neither YAML nor JSON ({getattr(error, 'problem', None) or 'it cannot be parsed'})",
            need="the short record, or FHIR R4 JSON",
            fix="Check indentation, quotes and brackets there.",
        ) from None
    except (RecursionError, ValueError, OverflowError):
        raise RecordError(
            where=where,
            found="text that cannot be parsed",
            need="the short record, or FHIR R4 JSON",
            fix="Check where the file came from.",
        ) from None


def _json(text: str, where: str) -> Any:
    """JSON with its numbers as typed; None when it is not JSON (a flow mapping of YAML also starts with a brace)."""

    def no_constant(name: str) -> NoReturn:
        raise RecordError(where=where, found=name, need="numbers", fix="Leave the value out if it is not known.")

    def mapping(pairs: list[tuple[str, Any]]) -> Mapping:
        out = Mapping()
        out.lines = {}
        for key, value in pairs:
            if key in out:
                raise RecordError(
                    where=where, found=f"the key {key[:60]!r} twice", need="each key once", fix="Keep the right one."
                )
            out[key] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        return out

    try:
        return json.loads(text, object_pairs_hook=mapping, parse_int=str, parse_float=str, parse_constant=no_constant)
    except json.JSONDecodeError:
        return None


class _Reader:
    def __init__(self, text: str, where: str) -> None:
        self.where = where
        self.events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def document(self) -> Any:
        value: Any = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refused(event, "a second document (---)", "one record per file")
                value = self._value(next(self.events), 0)
        return value

    def _value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._refused(event, "an anchor or alias (& or *)", "every value written out")
        if getattr(event, "tag", None) not in (None, "!"):
            raise self._refused(event, f"a tag ({event.tag[:40]})", "plain values")
        if depth > MAX_DEPTH:
            raise self._refused(event, f"more than {MAX_DEPTH} levels", "a flat record")
        if isinstance(event, yaml.ScalarEvent):
            return None if event.implicit[0] and event.value in _NULLS else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            out = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                out.append(self._value(item, depth + 1))
            return out
        return self._mapping(event, depth)

    def _mapping(self, event: Any, depth: int) -> Mapping:
        out = Mapping()
        out.lines = {}
        while not isinstance(key := next(self.events), yaml.MappingEndEvent):
            name = self._value(key, depth + 1)
            if not isinstance(name, str):
                raise self._refused(key, "a key that is not a word", "simple keys")
            if name in out:
                raise self._refused(key, f"the key {name!r} twice", "each key once")
            mark: Any = key.start_mark
            out.lines[name] = mark.line + 1
            out[name] = self._value(next(self.events), depth + 1)
        return out

    def _refused(self, event: Any, found: str, need: str) -> RecordError:
        return RecordError(
            where=f"{self.where}, line {event.start_mark.line + 1}", found=found, need=need, fix="Write it plainly."
        )
