"""A FHIR R4 bundle or single resource into `Gathered`: what it holds, what was cut off, what is wrong as a whole."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import msgspec

from unclench.record.decode import Gathered, kind_of, note_old_elements, repeated_key, take
from unclench.record.patient import Noticed
from unclench.record.resources import READ, Bundle, Entry, Link
from unclench.values import RecordError

_BUNDLE = msgspec.json.Decoder(Bundle)
_KINDS_OF_BUNDLE = (
    "collection", "searchset", "batch", "transaction", "batch-response", "transaction-response", "document", "message",
)  # fmt: skip
_MALFORMED_EXTENSION = re.compile(rb'"value[A-Z]\w*"\s*:\s*\[')

_PER_ENTRY = 600
"""Bytes that an entry usually holds besides its resource (address, request, blanks); more is looked into."""

# What a search may say without leaving anything of the list out.
_HARMLESS = frozenset({
    "patient", "subject", "_id", "identifier", "_include", "_revinclude", "_include:iterate",
    "_revinclude:iterate", "_format", "_pretty", "_sort", "_total",
})  # fmt: skip
_PAGING = frozenset(("_count", "_offset", "_getpages", "_getpagesoffset", "_page", "page", "_bundletype", "_pageid"))


def gather_json(gathered: Gathered, data: bytes, where: str) -> str:
    """Read a bundle or a single resource; returns what it was, in words."""
    kind = kind_of(data)
    if kind != "Bundle":
        take(gathered, data, "", where)
        return "FHIR R4 resources"
    before = gathered.r4
    words = _gather_bundle(gathered, data, where, depth=0)
    if gathered.r4 == before:  # nothing in it can only be R4: look closer, which is slow
        gathered.stu3.extend("an extension whose value is a list" for _ in _MALFORMED_EXTENSION.finditer(data))
    return words


def _gather_bundle(gathered: Gathered, data: bytes, where: str, depth: int) -> str:
    bundle = _decoded(data, where)
    if bundle.type == "history":
        raise RecordError(
            where=where,
            found="a bundle of type history (several versions of the same entries)",
            need="the present state: collection, searchset, batch or transaction",
            fix="Export the record with $everything or a search.",
        )
    if bundle.type is not None and bundle.type not in _KINDS_OF_BUNDLE:
        gathered.noticed.append(Noticed("unreadable", where, "the type of the bundle is not one of FHIR"))
    entries = bundle.entry or []
    r4 = gathered.r4
    raws = [entry.resource for entry in entries]
    for number, entry in enumerate(entries):
        raw = entry.resource
        kind = kind_of(raw) if raw else ""
        if kind in READ:
            take(gathered, raw, entry.full_url or "", f"entry[{number}]", kind)
        elif kind == "Bundle" and depth == 0:
            _gather_bundle(gathered, bytes(raw), f"{where}, entry[{number}]", depth + 1)
        elif raw and bytes(raw) != b"null":
            take(gathered, raw, "", f"entry[{number}]", kind)
    if gathered.r4 == r4:
        note_old_elements(gathered, raws)
    _refuse_lost_entries(data, raws, where)
    _note_cuts(gathered, bundle, len(entries))
    return f"FHIR R4 bundle ({bundle.type or 'no type'})"


def _refuse_lost_entries(data: bytes, raws: list[msgspec.Raw], where: str) -> None:
    """A key given twice hides what stood under the first: noticed by the bytes that no entry accounts for."""
    sizes = [memoryview(raw).nbytes for raw in raws]
    filled = [bytes(raw) for raw in (raws[:1] + raws[-1:]) if raw]
    around = data
    if filled:
        around = data[: data.rfind(filled[0])] + data[data.rfind(filled[-1]) + len(filled[-1]) :]
    suspicious = any(around.count(key) > 1 for key in (b'"entry"', b'"link"', b'"total"', b'"type"'))
    suspicious = suspicious or len(data) - sum(sizes) > _PER_ENTRY * len(raws) + _PER_ENTRY * 4
    if suspicious and (key := repeated_key(data)):
        raise RecordError(
            where=where,
            found=f"the key {key[:60]!r} twice in one object",
            need="each key once, so that nothing is lost",
            fix="Export the record again.",
        )


def _decoded(data: bytes, where: str) -> Bundle:
    try:
        return _BUNDLE.decode(data)
    except msgspec.ValidationError:
        return _decoded_loosely(data, where)
    except msgspec.DecodeError as error:
        raise not_json(where, str(error)) from None
    except RecursionError:
        raise too_deep(where) from None


class _LooseBundle(msgspec.Struct):
    type: msgspec.Raw = msgspec.Raw(b"null")
    link: msgspec.Raw = msgspec.Raw(b"null")
    total: msgspec.Raw = msgspec.Raw(b"null")
    entry: list[msgspec.Raw] | None = None


def _decoded_loosely(data: bytes, where: str) -> Bundle:
    """A bundle whose own elements are partly of the wrong type. Entries that are no objects are noticed later."""
    try:
        loose = msgspec.json.decode(data, type=_LooseBundle)
    except msgspec.ValidationError as error:
        raise RecordError(
            where=where,
            found=f"a bundle of the wrong shape ({error})",
            need="a Bundle with a list of entries",
            fix="Export the record again.",
        ) from None
    except msgspec.DecodeError as error:
        raise not_json(where, str(error)) from None
    except RecursionError:
        raise too_deep(where) from None
    made = Bundle("Bundle", entry=[])
    for name, kind in (("type", str), ("link", list[Link]), ("total", int)):
        try:
            setattr(made, name, msgspec.json.decode(getattr(loose, name), type=kind | None))
        except (msgspec.MsgspecError, RecursionError):
            if name == "link":
                made.link = [Link("next", "")]  # unreadable links: it cannot be shown to be whole
    assert made.entry is not None
    for raw in loose.entry or ():
        try:
            made.entry.append(msgspec.json.decode(raw, type=Entry))
        except (msgspec.MsgspecError, RecursionError):
            made.entry.append(_entry_of(bytes(raw)))
    return made


class _LooseEntry(msgspec.Struct, rename="camel"):
    resource: msgspec.Raw = msgspec.Raw(b"null")
    full_url: msgspec.Raw = msgspec.Raw(b"null")


def _entry_of(raw: bytes) -> Entry:
    try:
        return Entry(None, msgspec.json.decode(raw, type=_LooseEntry).resource)
    except (msgspec.MsgspecError, RecursionError):
        return Entry(None, msgspec.Raw(b"0"))


def _note_cuts(gathered: Gathered, bundle: Bundle, entries: int) -> None:
    """Remember which lists this bundle cannot hold in full, and why."""
    if bundle.type not in (None, "searchset"):
        return
    links = {link.relation: link.url or "" for link in bundle.link or () if link.relation}
    kinds, why = _searched(links.get("self", ""))
    if "next" in links:
        why = "it is one page of several"
    elif bundle.total is not None and bundle.total > entries:
        why = f"it holds {entries} of {bundle.total} entries"
    if why:
        for kind in kinds:
            gathered.cut_list(kind, why)


def left_out_by_search(address: str) -> str:
    """Why the answer to a search may lack entries, by the search's own address; "" where it lacks none."""
    return _searched(address)[1]


def _searched(address: str) -> tuple[tuple[str, ...], str]:
    """The resource types a search asked for, and what it left out."""
    kinds = tuple(READ)
    try:
        parts = urlsplit(address)
        last = parts.path.rstrip("/").rsplit("/", 1)[-1]
        kinds = (last,) if last in READ else kinds
        names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    except ValueError:
        return kinds, "the search it came from cannot be read"
    for name in names:
        if name not in _HARMLESS and name not in _PAGING:
            return kinds, f"it was asked for with {name!r}, which may leave entries out"
    return kinds, ""


def refuse_other_versions(gathered: Gathered, where: str) -> None:
    """STU3, DSTU2 and R5 look like R4 at a glance; read as R4 they lose statuses and doses without a word."""
    if not gathered.stu3:
        return
    if len(gathered.stu3) > gathered.r4:
        first = max(set(gathered.stu3), key=lambda sign: (gathered.stu3.count(sign), sign))
        raise RecordError(
            where=where,
            found=f"a record that is not FHIR R4: {first} ({len(gathered.stu3)} such places)",
            need="FHIR R4",
            fix="Convert it from STU3 (or DSTU2, R5) to R4 first, or export it as R4.",
        )
    gathered.noticed.append(
        Noticed(
            "unreadable", where, f"{len(gathered.stu3)} elements are not of FHIR R4, for example {gathered.stu3[0]}"
        )
    )


def not_json(where: str, detail: str) -> RecordError:
    return RecordError(
        where=where,
        found=f"text that is not JSON ({detail})",
        need="whole, valid JSON (no NaN, no Infinity, nothing cut off)",
        fix="Export or copy it again.",
    )


def too_deep(where: str) -> RecordError:
    return RecordError(
        where=where,
        found="JSON nested hundreds of levels deep",
        need="a FHIR R4 record",
        fix="Check where the file came from.",
    )
