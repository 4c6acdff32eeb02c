"""One resource from its bytes, tolerant per element: a wrong element is dropped and noticed, the rest is kept."""

from __future__ import annotations

import json
import re
import types
from dataclasses import dataclass, field
from typing import Any, Union, get_args, get_origin

import msgspec

from unclench.record import resources
from unclench.record.patient import Noticed
from unclench.record.resources import Resource

_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in resources.READ.items()}
_PLAIN = msgspec.json.Decoder()
_TYPE_FIRST = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"(\w+)"')
_TYPE_ANYWHERE = re.compile(rb'"resourceType"\s*:\s*"(\w+)"')

# Elements that must not be given twice, because the second would silently win. `text` has a status of its own.
_ONCE: dict[str, tuple[bytes, ...]] = {
    "Patient": (b'"birthDate"', b'"gender"', b'"deceasedDateTime"', b'"deceasedBoolean"'),
    "Condition": (b'"clinicalStatus"', b'"verificationStatus"', b'"subject"', b'"onsetDateTime"', b'"abatementDateTime"'),
    "AllergyIntolerance": (b'"clinicalStatus"', b'"verificationStatus"', b'"patient"'),
    "MedicationRequest": (b'"status"', b'"intent"', b'"subject"', b'"doNotPerform"', b'"dosageInstruction"', b'"authoredOn"'),
    "MedicationStatement": (b'"status"', b'"subject"', b'"dosage"'),
    "MedicationDispense": (b'"status"', b'"subject"', b'"whenHandedOver"'),
    "MedicationAdministration": (b'"status"', b'"subject"', b'"dosage"'),
    "Observation": (b'"status"', b'"subject"', b'"effectiveDateTime"'),
    "Procedure": (b'"status"', b'"subject"'),
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


def kind_of(raw: bytes | memoryview) -> str:
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


def take(gathered: Gathered, raw: bytes, full_url: str, place: str) -> None:
    """Read one resource into `gathered`; never raises for what is wrong inside it."""
    kind = kind_of(raw)
    decoder = _DECODERS.get(kind)
    if decoder is None:
        _other(gathered, kind, raw, place)
        return
    try:
        it = decoder.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        take_loosely(gathered, raw, kind, full_url, place)
        return
    doubled = _doubled(kind, raw)
    if doubled:
        gathered.noticed.append(
            Noticed("unreadable", f"{kind}/{it.id or place}", f"gives `{doubled}` twice; nobody can say which holds: left out")
        )
        gathered.cut_list(kind, "an entry could not be read")
        return
    _signs(gathered, kind, it, raw)
    gathered.held.append(Held(kind, full_url, it))


def take_value(gathered: Gathered, value: Any, full_url: str, place: str) -> None:
    """The same for a resource that is already a Python mapping, as a web request holds it."""
    kind = value.get("resourceType") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in resources.READ:
        _other(gathered, kind if isinstance(kind, str) else "", b"", place)
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
        it = _mended(resources.READ[kind], value, "", wrong)
    except RecursionError:
        gathered.noticed.append(Noticed("unreadable", f"{kind} at {place}", "is nested too deeply: left out"))
        gathered.cut_list(kind, "an entry could not be read")
        return
    held = Held(kind, full_url, it)
    _signs_of_value(gathered, kind, value)
    _signs(gathered, kind, it, b"")
    gathered.held.append(held)
    if wrong:
        shown = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        gathered.noticed.append(
            Noticed("unreadable", held.ref if it.id else f"{kind} at {place}", f"of the wrong type, so not read: {shown}")
        )
        gathered.cut_list(kind, "an entry could not be read in full")


def _mended(kind: Any, value: Any, path: str, wrong: list[str]) -> Any:
    """`value` as `kind`, element by element. A single thing where a list belongs is taken as a list of one."""
    made = {}
    for part in msgspec.structs.fields(kind):
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


def _other(gathered: Gathered, kind: str, raw: bytes, place: str) -> None:
    if kind == "MedicationOrder":
        gathered.stu3.append("MedicationOrder (the DSTU2 name of MedicationRequest)")
    elif not kind:
        gathered.noticed.append(Noticed("unreadable", place, "has no resourceType: left out"))
    gathered.other_kinds += 1


def _signs(gathered: Gathered, kind: str, it: Resource, raw: bytes) -> None:
    """Count what only R4 has and what only an older version has, so that a record of the other kind is refused."""
    if isinstance(it, resources.Condition | resources.AllergyIntolerance):
        if it.clinical_status is not None or it.verification_status is not None:
            gathered.r4 += 1
        if raw and kind == "AllergyIntolerance" and b'"assertedDate"' in raw:
            gathered.stu3.append("AllergyIntolerance.assertedDate")
    elif isinstance(it, resources.MedicationRequest | resources.MedicationDispense):
        for dosage in it.dosage_instruction or ():
            if dosage.dose_quantity is not None:
                gathered.stu3.append(f"{kind}.dosageInstruction.doseQuantity")
            elif dosage.dose_and_rate:
                gathered.r4 += 1
    elif kind == "Observation" and b'"context"' in raw and "context" in _PLAIN.decode(raw):
        gathered.stu3.append("Observation.context")
    if isinstance(it, resources._OfMedicine) and it.medication is not None:
        gathered.stu3.append(f"{kind}.medication (the R5 form)")


def _signs_of_value(gathered: Gathered, kind: str, value: dict[str, Any]) -> None:
    for name in ("clinicalStatus", "verificationStatus"):
        if kind in ("Condition", "AllergyIntolerance") and isinstance(value.get(name), str):
            gathered.stu3.append(f"{kind}.{name} as plain text")
    if kind == "Observation" and "context" in value:
        gathered.stu3.append("Observation.context")
    if kind == "AllergyIntolerance" and "assertedDate" in value:
        gathered.stu3.append("AllergyIntolerance.assertedDate")


def _doubled(kind: str, raw: bytes) -> str:
    """The element given twice at the top of a resource, or "". Counting bytes first keeps the usual case fast."""
    narratives = raw.count(b'"div"')
    for name in _ONCE.get(kind, ()):
        if raw.count(name) - (narratives if name == b'"status"' else 0) > 1:
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
