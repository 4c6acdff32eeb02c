"""A folder of a bulk export: one resource per line, many files, perhaps many patients; read as a stream."""

from __future__ import annotations

import re
from pathlib import Path

from unclench.record.assemble import no_such_patient, several_patients
from unclench.record.decode import Gathered, kind_of, take
from unclench.record.patient import Noticed
from unclench.record.resources import READ
from unclench.record.source import lines_of, text_bytes
from unclench.values import RecordError

MAX_UNREADABLE = 1000
"""More lines than this that are no FHIR are not damage but another kind of file."""

_ID = re.compile(rb'"id"\s*:\s*"([^"\\]{1,128})"')
_PATIENT = re.compile(rb'"resourceType"\s*:\s*"Patient"')


def gather_folder(gathered: Gathered, files: list[Path], where: str, patient_id: str | None) -> str:
    """Read the lines of one patient. Without an id there must be only one patient in the files."""
    files = [path for path in files if not path.name.lower().startswith("log.")]  # the log of the export is not FHIR
    wanted = patient_id.removeprefix("Patient/") if patient_id is not None else None
    if wanted is None and len(ids := _ids(files)) > 1:
        raise several_patients(where, ids)
    needle = (wanted or "").encode()
    for path in files:
        for number, line in lines_of(path):
            if needle in line or b'"Medication"' in line:
                _line(gathered, line, path, number)
    if wanted is not None and not any(held.kind == "Patient" and held.it.id == wanted for held in gathered.held):
        raise no_such_patient(where, wanted, _ids(files))
    return "NDJSON folder"


def _line(gathered: Gathered, line: bytes, path: Path, number: int) -> None:
    place = f"{path.name}, line {number}"
    try:
        line = text_bytes(line, place).strip()
    except RecordError as error:
        gathered.noticed.append(Noticed("unreadable", place, f"{error.found}: left out"))
        _cut_by_name(gathered, path)
        return
    kind = kind_of(line)
    if not kind or not line.startswith(b"{"):
        gathered.noticed.append(Noticed("unreadable", place, "not a FHIR resource: left out"))
        if len(gathered.noticed) > MAX_UNREADABLE:
            raise RecordError(
                where=place,
                found=f"more than {MAX_UNREADABLE} lines that are not FHIR",
                need="one FHIR resource per line",
                fix="Check what the file is.",
            )
        _cut_by_name(gathered, path)
        return
    take(gathered, line, "", place)


def _cut_by_name(gathered: Gathered, path: Path) -> None:
    """A lost line may have been any entry of its file; the name of the file says which list that is."""
    named = path.name.split(".")[0]
    for kind in [named] if named in READ else list(READ):
        gathered.cut_list(kind, "a line could not be read")


def _ids(files: list[Path]) -> list[str]:
    """The ids of all patients in the files."""
    ids: dict[str, None] = {}
    for path in files:
        for _, line in lines_of(path):
            if _PATIENT.search(line) and kind_of(line) == "Patient" and (found := _ID.search(line)):
                ids[found[1].decode("utf-8", "replace")] = None
    return list(ids)
