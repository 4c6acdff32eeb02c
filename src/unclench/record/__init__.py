"""Reading a record: values, no opinion. `read` is the door; `patient.py` says what comes out."""

from unclench.record.answers import parse_answer, parse_answers_file
from unclench.record.reading import patient_from_resources, read
from unclench.record.request import parse_request
from unclench.record.what_if import WhatIf, changed

__all__ = ["WhatIf", "changed", "parse_answer", "parse_answers_file", "parse_request", "patient_from_resources", "read"]
