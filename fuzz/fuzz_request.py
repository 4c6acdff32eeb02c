"""Throw text at the two things a person types: a request and an answer. They may refuse, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["unclench"]):
    from unclench.record import parse_answer, parse_request
    from unclench.values import UnclenchError

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / ".fuzz" / "corpus_request"
SEEDS = (
    "diazepam 5 mg three times a day for 7 days",
    "2.5 mg twice daily as needed",
    "spasm=yes",
    "pain=8",
    "stop diazepam",
)


def one(data: bytes) -> None:
    """One text, as a request and as an answer."""
    text = data.decode("utf-8", errors="surrogateescape")
    for parse in (parse_request, parse_answer):
        try:
            parse(text)
        except UnclenchError as error:
            if not (error.where and error.found and error.need and error.fix):
                raise AssertionError("an error must say where, found, need and fix") from error


def main() -> None:
    """Start from what people type."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS):
        (CORPUS / str(number)).write_text(seed, encoding="utf-8")
    atheris.Setup([*sys.argv, str(CORPUS), f"-artifact_prefix={ROOT}/.fuzz/"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
