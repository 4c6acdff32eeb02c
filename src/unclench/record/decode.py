"""One resource from its bytes, tolerant per element: a wrong element is dropped and noticed, the rest is kept."""

from __future__ import annotations

import json
import re
import types
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Union, get_args, get_origin

import msgspec

from unclench.record import resources
from unclench.record.patient import Noticed

_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in resources.READ.items()}
_PLAIN = msgspec.json.Decoder()
_TYPE_FIRST = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"(\w+)"')
_TYPE_ANYWHERE = re.compile(rb'"resourceType"\s*:\s*"(\w+)"')

# Elements that must not be given twice, because the second would silently win. `text` has a status of its own.
_ONCE: dict[str, tuple[bytes, ...]] = {
    "Patient": (b'"birthDate"', b'"gender"', b'"deceasedDateTime"', b'"deceasedBoolean"'),
    "Condition": (b'"clinicalStatus"', b'"verificationStatus"'),
    "AllergyIntolerance": (b'"clinicalStatus"', b'"verificationStatus"'),
    "MedicationRequest": (b'"status"', b'"intent"', b'"doNotPerform"', b'"dosageInstruction"'),
    "MedicationStatement": (b'"status"', b'"dosage"'),
    "MedicationDispense": (b'"status"', b'"whenHandedOver"'),
    "MedicationAdministration": (b'"status"', b'"dosage"'),
    "Observation": (b'"status"',),
    "Procedure": (b'"status"',),
}


class _Kind(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    id: str | None = None


_KIND = msgspec.json.Decoder(_Kind)


@dataclass(slots=True)
class Held:
    """A resource as read, with the address that other entries use for it."""

    kind: str
    full_url: str
    it: Any

    @property
    def ref(self) -> str:
        return f"{self.kind}/{self.it.id}" if self.it.id else self.full_url or self.kind


@dataclass(slots=True)
class Gathered:
    """Everything read so far from one or several sources, before it becomes a Patient."""

    held: list[Held] = field(default_factory=list)
    noticed: list[Noticed] = field(default_factory=list)
    cut: dict[str, str] = field(default_factory=dict)  # resource type -> why its list is not the whole of it
    stu3: list[str] = field(default_factory=list)  # tell-tales of another FHIR version
    r4: int = 0  # signs of R4
    other_kinds: int = 0

    def cut_list(self, kind: str, why: str) -> None:
        self.cut.setdefault(kind, why)


def kind_of(raw: bytes | msgspec.Raw) -> str:
    """The resource type, from the first bytes where it stands first."""
    found = _TYPE_FIRST.match(raw)
    if found is not None:
        return found[1].decode("ascii", "replace")
    if _TYPE_ANYWHERE.search(raw) is None:
        return ""
    try:
        return _KIND.decode(raw).resource_type
    except (msgspec.MsgspecError, RecursionError):
        return ""


def take(gathered: Gathered, raw: bytes | msgspec.Raw, full_url: str, place: str, kind: str = "") -> None:
    """Read one resource into `gathered`; never raises for what is wrong inside it."""
    raw = bytes(raw)
    kind = kind or kind_of(raw)
    decoder = _DECODERS.get(kind)
    if decoder is None:
        _other(gathered, kind, place)
        return
    try:
        it = decoder.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        take_loosely(gathered, raw, kind, full_url, place)
        return
    doubled = _doubled(kind, raw)
    if doubled:
        words = f"gives `{doubled}` twice; nobody can say which holds: left out"
        gathered.noticed.append(Noticed("unreadable", f"{kind}/{it.id or place}", words))
        gathered.cut_list(kind, "an entry could not be read")
        return
    if kind in _TELLING:
        _signs(gathered, kind, it)
    gathered.held.append(Held(kind, full_url, it))


def take_value(gathered: Gathered, value: Any, full_url: str, place: str) -> None:
    """The same for a resource that is already a Python mapping, as a web request holds it."""
    kind = value.get("resourceType") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in resources.READ:
        _other(gathered, kind if isinstance(kind, str) else "", place)
        return
    _mend_into(gathered, value, kind, full_url, place)


def take_loosely(gathered: Gathered, raw: bytes, kind: str, full_url: str, place: str) -> None:
    """Read what is right of a resource with something wrong in it."""
    try:
        value = _PLAIN.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        gathered.noticed.append(Noticed("unreadable", f"{kind} at {place}", "is not JSON that can be read: left out"))
        gathered.cut_list(kind, "an entry could not be read")
        return
    _mend_into(gathered, value, kind, full_url, place)


def _mend_into(gathered: Gathered, value: dict[str, Any], kind: str, full_url: str, place: str) -> None:
    wrong: list[str] = []
    try:
        it = _whole(resources.READ[kind], value) or _mended(resources.READ[kind], value, "", wrong)
    except RecursionError:
        gathered.noticed.append(Noticed("unreadable", f"{kind} at {place}", "is nested too deeply: left out"))
        gathered.cut_list(kind, "an entry could not be read")
        return
    held = Held(kind, full_url, it)
    _signs_of_value(gathered, kind, value)
    if kind in _TELLING:
        _signs(gathered, kind, it)
    gathered.held.append(held)
    if wrong:
        shown = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        ref = held.ref if it.id else f"{kind} at {place}"
        gathered.noticed.append(Noticed("unreadable", ref, f"of the wrong type, so not read: {shown}"))
        gathered.cut_list(kind, "an entry could not be read in full")


def _whole(kind: Any, value: dict[str, Any]) -> Any:
    """The resource where nothing in it is wrong, which is the usual case; else None."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None


@cache
def _parts(kind: Any) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def _mended(kind: Any, value: Any, path: str, wrong: list[str]) -> Any:
    """`value` as `kind`, element by element. A single thing where a list belongs is taken as a list of one."""
    made = {}
    for part in _parts(kind):
        if part.encode_name not in value or value[part.encode_name] is None:
            continue
        name = f"{path}{part.encode_name}"
        kept = _fitting(part.type, value[part.encode_name], name, wrong)
        if kept is not None:
            made[part.name] = kept
    return kind(**made)


def _fitting(kind: Any, value: Any, path: str, wrong: list[str]) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        pass
    inner = _inner(kind)
    if get_origin(inner) is list:
        item_kind = get_args(inner)[0]
        items = value if isinstance(value, list) else [value]
        fitting = [_fitting(item_kind, item, f"{path}[{n}]", wrong) for n, item in enumerate(items)]
        return [item for item in fitting if item is not None] or None
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and isinstance(value, dict):
        return _mended(inner, value, f"{path}.", wrong)
    wrong.append(f"`{path}`")
    return None


def _inner(kind: Any) -> Any:
    """The type behind `X | None`."""
    if get_origin(kind) in (types.UnionType, Union):
        return next(option for option in get_args(kind) if option is not type(None))
    return kind


def _other(gathered: Gathered, kind: str, place: str) -> None:
    if kind == "MedicationOrder":
        gathered.stu3.append("MedicationOrder (the DSTU2 name of MedicationRequest)")
    elif not kind:
        gathered.noticed.append(Noticed("unreadable", place, "has no resourceType: left out"))
    gathered.other_kinds += 1


_TELLING = frozenset(resources.READ) - {"Patient", "Medication", "Observation", "Procedure"}


def _signs(gathered: Gathered, kind: str, it: Any) -> None:
    """Count what only R4 has and what only another version has, so that a record of the other kind is refused."""
    if kind in ("Condition", "AllergyIntolerance"):
        gathered.r4 += it.clinical_status is not None or it.verification_status is not None
        return
    if it.medication is not None:
        gathered.stu3.append(f"{kind}.medication (the R5 form)")
    for dosage in getattr(it, "dosage_instruction", None) or ():
        if dosage.dose_quantity is not None:
            gathered.stu3.append(f"{kind}.dosageInstruction.doseQuantity")
        gathered.r4 += bool(dosage.dose_and_rate)


def note_old_elements(gathered: Gathered, raws: list[msgspec.Raw]) -> None:
    """The elements that older versions have and the decoder skips. Only looked for where nothing shows R4."""
    for kind, name in (("Observation", "context"), ("AllergyIntolerance", "assertedDate")):
        for raw in raws:
            if raw and f'"{name}"'.encode() in bytes(raw) and kind_of(raw) == kind and name in _top_keys(raw):
                gathered.stu3.append(f"{kind}.{name}")


def _top_keys(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError):
        return {}


def _signs_of_value(gathered: Gathered, kind: str, value: dict[str, Any]) -> None:
    statuses = [name for name in ("clinicalStatus", "verificationStatus") if isinstance(value.get(name), str)]
    if kind in ("Condition", "AllergyIntolerance") and statuses:
        gathered.stu3.append(f"{kind}.{statuses[0]} as plain text")
    if kind == "Observation" and "context" in value:
        gathered.stu3.append("Observation.context")
    if kind == "AllergyIntolerance" and "assertedDate" in value:
        gathered.stu3.append("AllergyIntolerance.assertedDate")


def _doubled(kind: str, raw: bytes) -> str:
    """The element given twice at the top of a resource, or "". Counting bytes first keeps the usual case fast."""
    for name in _ONCE.get(kind, ()):
        count = raw.count(name)
        if count > 1 and (name != b'"status"' or count - raw.count(b'"div"') > 1):
            return repeated_key(raw)
    return ""


def repeated_key(raw: bytes) -> str:
    """The first key that one JSON object holds twice, at any depth, or ""."""
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        seen = set()
        for name, _ in pairs:
            if name in seen:
                found.append(name)
            seen.add(name)

    try:
        json.loads(raw, object_pairs_hook=look)
    except (ValueError, RecursionError):
        return ""
    return found[0] if found else ""
