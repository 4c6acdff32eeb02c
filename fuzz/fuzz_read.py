"""Throw damaged records at the reader: it may refuse with a RecordError, and nothing else.

Run by `make fuzz`. What breaks it is kept in .fuzz/.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["unclench"]):
    from unclench.record import read
    from unclench.values import RecordError

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / ".fuzz" / "corpus_read"
BUNDLE = b"""{"resourceType":"Bundle","type":"collection","entry":[
{"resource":{"resourceType":"Patient","id":"p","gender":"female","birthDate":"1980-02-29"}},
{"resource":{"resourceType":"Condition","subject":{"reference":"Patient/p"},"clinicalStatus":{"coding":[{"code":"active"}]},
"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"M62.830"}],"text":"Muscle spasm of back"}}},
{"resource":{"resourceType":"Observation","status":"final","subject":{"reference":"Patient/p"},
"code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"effectiveDateTime":"2026-01-01",
"valueQuantity":{"value":70,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}},
{"resource":{"resourceType":"MedicationRequest","status":"draft","intent":"proposal","subject":{"reference":"Patient/p"},
"medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"3322"}],"text":"diazepam"},
"dosageInstruction":[{"text":"5 mg three times a day","timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"d"}},
"doseAndRate":[{"doseQuantity":{"value":5,"unit":"mg"}}]}]}}]}"""


def one(data: bytes) -> None:
    """One record."""
    try:
        repr(read(data, on=date(2026, 11, 21))).encode()  # what cannot be written cannot be shown
    except RecordError as error:
        if not (error.where and error.found and error.need and error.fix):
            raise AssertionError("an error must say where, found, need and fix") from error


def main() -> None:
    """Start from one whole bundle and the shipped examples."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    (CORPUS / "bundle").write_bytes(BUNDLE)
    for path in (ROOT / "examples").glob("*"):
        if path.is_file() and path.stat().st_size < 20_000:
            (CORPUS / path.name).write_bytes(path.read_bytes())
    atheris.Setup([*sys.argv, str(CORPUS), f"-artifact_prefix={ROOT}/.fuzz/"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
