"""The keys of the short record, once: for reading it, for its JSON Schema and for docs/record.md.

`python -m unclench.record.short_schema` writes the schema file; a test fails when the file is stale.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA_FILE = Path(__file__).with_name("unclench-record.schema.json")
_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it takes, and what it means to the person who types it."""

    name: str
    kind: str  # text | number | amount | date | date-or-flag | flag | choice | texts
    says: str
    choices: tuple[str, ...] = ()


_CODES = (
    Key("snomed", "text", "SNOMED CT code, if you have it"),
    Key("icd10", "text", "ICD-10-CM code, if you have it"),
    Key("rxnorm", "text", "RxNorm code, if you have it"),
    Key("atc", "text", "ATC code, if you have it"),
    Key("loinc", "text", "LOINC code, if you have it"),
)
_CODE = {key.name: key for key in _CODES}
_STATUS = ("active", "ended", "stopped", "on-hold", "draft", "unknown")

PATIENT = (
    Key("age", "amount", "age in years; or '18 months', '6 weeks'"),
    Key("birth", "date", "date of birth, instead of the age"),
    Key("sex", "choice", "as recorded", ("female", "male", "other", "unknown")),
    Key("weight", "amount", "with its unit: 82 kg, 181 lb"),
    Key("height", "amount", "with its unit: 180 cm, 71 in"),
    Key("deceased", "date-or-flag", "the date of death, or yes"),
    Key("id", "text", "a reference of your own; no name is needed"),
)
PROBLEM = (
    Key("name", "text", "what it is called"),
    _CODE["snomed"],
    _CODE["icd10"],
    Key("since", "date", "when it began"),
    Key("until", "date", "when it ended"),
    Key("status", "choice", "active unless said or ended", ("active", "ended", "remission", "unknown")),
    Key("severity", "text", "mild, moderate, severe"),
    Key("certain", "flag", "no, if only suspected"),
)
MEDICATION = (
    Key("name", "text", "the medicine, with its strength and form if known"),
    _CODE["rxnorm"],
    _CODE["atc"],
    _CODE["snomed"],
    Key("dose", "amount", "one dose: 20 mg, 1 tablet"),
    Key("how", "text", "how often: once a day, every 8 hours, at night if needed"),
    Key("since", "date", "when it was started"),
    Key("until", "date", "when it was stopped"),
    Key("status", "choice", "active unless said or stopped", _STATUS),
    Key("for", "text", "what it is taken for"),
    Key("stopped-because", "text", "why it was stopped: it did not help, drowsiness"),
    Key("last-dispensed", "date", "the latest supply"),
    Key("days-supply", "number", "how many days that supply lasts"),
)
ALLERGY = (
    Key("name", "text", "the substance"),
    _CODE["rxnorm"],
    _CODE["snomed"],
    Key("reaction", "text", "what happened"),
    Key("status", "choice", "active unless said", ("active", "ended")),
)
MEASUREMENT = (
    Key("name", "text", "what was measured"),
    _CODE["loinc"],
    _CODE["snomed"],
    Key("value", "amount", "the value with its unit: 41 g/L"),
    Key("on", "date", "when"),
)
PROCEDURE = (
    Key("name", "text", "what was done"),
    _CODE["snomed"],
    Key("on", "date", "when"),
    Key("status", "choice", "ended unless said", ("active", "ended", "draft")),
)
LISTS = {
    "problems": (PROBLEM, "problems and diagnoses"),
    "medications": (MEDICATION, "medicines, taken now or before"),
    "allergies": (ALLERGY, "allergies, or the words: none known"),
    "measurements": (MEASUREMENT, "measurements and scores"),
    "procedures": (PROCEDURE, "what was done, physiotherapy for example"),
}
COMPLETABLE = ("problems", "medications", "allergies")
TOP = ("patient", *LISTS, "complete", "request", "answers", "note")


def schema() -> dict[str, Any]:
    """The JSON Schema of the short record."""
    properties: dict[str, Any] = {"patient": _object(PATIENT, "the person; no name is needed", ())}
    for name, (keys, says) in LISTS.items():
        item = {"oneOf": [{"type": "string", "minLength": 1}, _object(keys, says, ("name",))]}
        options: list[dict[str, Any]] = [{"type": "array", "items": item}]
        if name in COMPLETABLE:
            options.append({"enum": ["none known"]})
        properties[name] = (
            {"description": says, "oneOf": options} if len(options) > 1 else {"description": says, **options[0]}
        )
    properties["complete"] = {
        "description": "the lists that hold everything there is; without this key, each list with an entry does",
        "oneOf": [
            {"type": "array", "items": {"enum": list(COMPLETABLE)}, "uniqueItems": True},
            {"type": "boolean"},
            {"enum": ["yes", "no"]},
        ],
    }
    properties["request"] = {
        "description": "what is asked for: diazepam 5 mg three times a day for 7 days",
        "type": "string",
        "minLength": 1,
    }
    properties["answers"] = {
        "description": "answers to questions that no record holds, by the id that `unclench questions` lists",
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "boolean"]},
    }
    properties["note"] = {"description": "for yourself; not read", "type": "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "unclench-record.schema.json",
        "title": "Unclench short record",
        "description": "One patient, as a busy person types it. YAML or JSON. See docs/record.md.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "required": ["patient"],
    }


def _object(keys: tuple[Key, ...], says: str, required: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": says,
        "properties": {key.name: _property(key) for key in keys},
        "additionalProperties": False,
        "required": list(required),
    }


def _property(key: Key) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "text": {"type": ["string", "integer"]},
        "number": {"type": ["number", "string"]},
        "amount": {"type": ["string", "number"]},
        "date": {
            "oneOf": [{"type": "string", "pattern": _DATE}, {"type": "integer", "minimum": 1870, "maximum": 9999}]
        },
        "date-or-flag": {"oneOf": [{"type": "string", "pattern": _DATE}, {"type": "boolean"}, {"enum": ["yes", "no"]}]},
        "flag": {"oneOf": [{"type": "boolean"}, {"enum": ["yes", "no"]}]},
        "choice": {"enum": list(key.choices)},
    }
    return {"description": key.says, **kinds[key.kind]}


def schema_text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
