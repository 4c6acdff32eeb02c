"""`read`: whatever the user named, as one Patient or as a RecordError."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from unclench.record import ndjson, short
from unclench.record.assemble import MAX_ENTRIES, no_such_patient, patient_of
from unclench.record.decode import Gathered, kind_of, take_value
from unclench.record.desk import EARLIEST_YEAR, LATEST_YEAR
from unclench.record.fhir import gather_json, not_json, refuse_other_versions
from unclench.record.patient import Patient, Request, Stated
from unclench.record.request import parse_request
from unclench.record.source import files_of, is_folder, read_bytes, text_bytes, unpacked
from unclench.values import RecordError

STDIN = "standard input"


def read(
    source: Path | str | bytes | Sequence[Path | str],
    *,
    on: date,
    request: str | None = None,
    answers: Sequence[Stated] = (),
    patient_id: str | None = None,
    where: str = STDIN,
    most_entries: int = MAX_ENTRIES,
) -> Patient:
    """Read one record: a file, a folder, several files that belong together, or bytes.

    `request` replaces a request inside the record; `answers` come before those inside a short record. `where` is what
    errors call bytes. Of one kind of FHIR entry no more than `most_entries` are taken: time to judge grows with each.
    """
    if not EARLIEST_YEAR <= on.year <= LATEST_YEAR:
        raise RecordError(
            where="on",
            found=f"the day {on}",
            need=f"a day from {EARLIEST_YEAR} to {LATEST_YEAR}",
            fix="Give the day of the question.",
        )
    asked = parse_request(request) if request is not None else None
    gathered = Gathered()
    if isinstance(source, bytes):
        data = text_bytes(unpacked(source, where), where)
        return _from_text(gathered, data, where, on, asked, answers, patient_id, most_entries)
    named = [source] if isinstance(source, str | Path) else list(source)
    paths = [Path(one) for one in named]
    if not paths or "" in named:  # an empty name would mean the folder that one happens to be in
        raise RecordError(where="the record", found="no file", need="at least one file", fix="Name the record.")
    if len(paths) == 1 and not is_folder(paths[0]):
        where = str(paths[0])
        return _from_text(gathered, text_bytes(read_bytes(paths[0]), where), where, on, asked, answers, patient_id)
    where = str(paths[0]) if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
    kind = _gather_files(gathered, paths, where, patient_id)
    refuse_other_versions(gathered, where)
    return patient_of(gathered, on=on, where=where, source=kind, request=asked, answers=answers, patient_id=patient_id)


def patient_from_resources(
    resources: Iterable[dict[str, Any]],
    *,
    on: date,
    where: str = "the request",
    source: str = "FHIR R4 resources",
    request: Request | None = None,
    answers: Sequence[Stated] = (),
    patient_id: str | None = None,
    cut: dict[str, str] | None = None,
) -> Patient:
    """The same for resources that are already in memory. `cut` says which lists (by resource type) are not whole."""
    gathered = Gathered(cut=dict(cut or {}))
    for number, value in enumerate(resources):
        take_value(gathered, value, "", f"resource {number}")
    refuse_other_versions(gathered, where)
    return patient_of(
        gathered, on=on, where=where, source=source, request=request, answers=answers, patient_id=patient_id
    )


def _from_text(
    gathered: Gathered,
    data: bytes,
    where: str,
    on: date,
    request: Request | None,
    answers: Sequence[Stated],
    patient_id: str | None,
    most_entries: int = MAX_ENTRIES,
) -> Patient:
    start = data.lstrip()[:1]
    if start == b"{" and b'"resourceType"' in data:
        if not kind_of(data):
            raise _not_a_resource(data, where)
        kind = gather_json(gathered, data, where)
        refuse_other_versions(gathered, where)
        return patient_of(
            gathered,
            on=on,
            where=where,
            source=kind,
            request=request,
            answers=answers,
            patient_id=patient_id,
            most_entries=most_entries,
        )
    if start == b"{" and (b'"hook"' in data or b'"feedback"' in data):
        raise _cds_request(where)
    made = short.read_short(data, where, on=on, request=request, answers=answers)
    own = made.ref.removeprefix("patient").strip()
    if patient_id is not None and patient_id.removeprefix("Patient/") != own:
        raise no_such_patient(where, patient_id, [own] if own else [])
    return made


def _cds_request(where: str) -> RecordError:
    return RecordError(
        where=where,
        found="the body of a CDS Hooks request",
        need="a patient's record",
        fix="Send it to `unclench serve`, or take the resources out of its prefetch.",
    )


def _not_a_resource(data: bytes, where: str) -> RecordError:
    """JSON that has a resourceType somewhere, but not at its top: why it is refused."""
    if damage := _damage(data):
        return not_json(where, damage)
    if b'"hook"' in data:
        return _cds_request(where)
    return RecordError(
        where=where,
        found="a JSON object without resourceType at its top",
        need="a FHIR R4 Bundle, or the short record",
        fix="See docs/record.md for both.",
    )


def _damage(data: bytes) -> str:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return str(error)
    except RecursionError:
        return "nested too deeply"
    return ""


def _gather_files(gathered: Gathered, paths: list[Path], where: str, patient_id: str | None) -> str:
    lines: list[Path] = []
    plain: list[Path] = []
    for path in paths:
        if is_folder(path):
            found_lines, found_plain = files_of(path)
            lines += found_lines
            plain += found_plain
        else:
            (lines if ".ndjson" in path.name.lower() else plain).append(path)
    kinds = [ndjson.gather_folder(gathered, lines, where, patient_id)] if lines else []
    for path in plain:
        data = text_bytes(read_bytes(path), str(path))
        if data.lstrip()[:1] != b"{" or not kind_of(data):
            raise RecordError(
                where=str(path),
                found="a file that is not FHIR JSON",
                need="FHIR R4 resources in every file of a record that has several",
                fix="Leave this file out, or read a short record on its own.",
            )
        kinds.append(gather_json(gathered, data, str(path)))
    return kinds[0] if len(kinds) == 1 else f"{len(kinds)} files: {', '.join(sorted(set(kinds)))}"
