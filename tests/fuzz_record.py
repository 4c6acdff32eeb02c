"""Coverage-guided fuzzing of the readers with atheris; not collected by pytest.

    PYTHONPATH=src python tests/fuzz_record.py -max_total_time=60 CORPUS_FOLDER

The corpus folder may start empty; the examples are put into it.
"""

from __future__ import annotations

import contextlib
import sys
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["unclench.record"]):
    from unclench.record import parse_request, read
    from unclench.values import RecordError

ON = date(2026, 11, 22)


def try_one(data: bytes) -> None:
    with contextlib.suppress(RecordError):
        repr(read(data, on=ON)).encode()
    with contextlib.suppress(RecordError):
        repr(parse_request(data[:300].decode("utf-8", "ignore"))).encode()


def main() -> None:
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    for example in (Path(__file__).parents[1] / "examples").glob("*.*"):
        if folders and folders[0].is_dir():
            (folders[0] / example.name).write_bytes(example.read_bytes())
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
