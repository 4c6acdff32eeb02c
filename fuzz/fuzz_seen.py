"""Throw damaged diaries and files of levels at their readers: they may refuse with a RecordError, and nothing else."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["unclench"]):
    from unclench.individual.diary_file import read_diary
    from unclench.individual.levels_file import levels_of
    from unclench.values import RecordError

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / ".fuzz" / "corpus_seen"
ON = date(2026, 11, 22)
SEEDS = (
    b"date,mg_taken,withdrawal,spasm\n2026-11-20,8,3,\n2026-11-21,7.5,,4.5\n",
    b'\xef\xbb\xbf"Spasm",DATE,withdrawal,mg_taken\r\n1,2026-11-20,2,5\r\n',
    b"time,analyte,value,unit,lloq,matrix\n2026-11-20 08:00,diazepam,412,ng/mL,5,plasma\n",
    b"time,analyte,value,unit,lloq,matrix\n2026-11-20T08:00:30,nordazepam,<0.5,umol/L,,serum\n",
)


def one(data: bytes) -> None:
    """One file, as a diary and as levels."""
    for read in (lambda: read_diary(data, until=ON), lambda: levels_of(data, on=ON)):
        try:
            read()
        except RecordError as error:
            if not (error.where and error.found and error.need and error.fix):
                raise AssertionError("an error must say where, found, need and fix") from error
            str(error).encode()  # what cannot be written cannot be shown


def main() -> None:
    """Start from what people keep."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS):
        (CORPUS / str(number)).write_bytes(seed)
    atheris.Setup([*sys.argv, str(CORPUS), f"-artifact_prefix={ROOT}/.fuzz/"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
