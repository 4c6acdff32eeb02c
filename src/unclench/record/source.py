"""From what the user named to bytes: files, folders, gzip; limits; text that is text."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from unclench.values import RecordError

MAX_BYTES = 100_000_000
"""The largest file read as one piece, unpacked. The record of one person is a hundred times smaller."""

MAX_LINE_BYTES = 20_000_000
"""The longest line of an NDJSON file."""

MAX_PACKING = 200
"""Records pack ten to fifty times. A file that unpacks to more than this and to more than MAX_BYTES is a trap."""

MAX_BLANK_LINES = 100_000

_GZIP = b"\x1f\x8b"


def read_bytes(path: Path) -> bytes:
    """The whole file, unpacked if gzipped, refused when it is larger than MAX_BYTES."""
    try:
        with path.open("rb") as file:
            packed = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise _cannot_open(path, error) from None
    return unpacked(packed, str(path))


def unpacked(data: bytes, where: str) -> bytes:
    """Plain bytes within the limit; gzip is known by its first two bytes, not by the file name."""
    if data[:2] == _GZIP:
        try:
            inflate = zlib.decompressobj(wbits=31)
            data = inflate.decompress(data, MAX_BYTES + 1)
            if len(data) <= MAX_BYTES and not inflate.eof:
                raise zlib.error("the end is missing")
        except zlib.error:
            raise RecordError(
                where=where,
                found="a damaged or truncated gzip file",
                need="a whole gzip file",
                fix="Copy or export it again.",
            ) from None
    if len(data) > MAX_BYTES:
        raise RecordError(
            where=where,
            found=f"more than {MAX_BYTES // 1_000_000} MB",
            need=f"one person's record of at most {MAX_BYTES // 1_000_000} MB",
            fix="Export one patient, or give a folder of NDJSON files with --patient.",
        )
    return data


def text_bytes(data: bytes, where: str) -> bytes:
    """The same bytes, without a byte-order mark, known to be UTF-8 and not empty."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise RecordError(where=where, found="nothing: it is empty", need="a record", fix="Check the export.")
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise RecordError(
                where=where,
                found=f"a byte that is not UTF-8, at byte {error.start}",
                need="text in UTF-8",
                fix="Save or export it as UTF-8.",
            ) from None
    if b"\x00" in data:
        raise RecordError(
            where=where, found="a zero byte", need="text in UTF-8", fix="Save or export it as UTF-8, not UTF-16."
        )
    return data


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a (gzipped) text file with their numbers, read as a stream; blank lines are skipped."""
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == _GZIP
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            number = size = blank = 0
            most = max(MAX_BYTES, MAX_PACKING * path.stat().st_size)
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                size += len(line)
                blank += not line.strip()
                if blank > MAX_BLANK_LINES or (packed and size > most):
                    raise RecordError(
                        where=f"{path}, line {number}",
                        found=f"more than {MAX_BLANK_LINES} blank lines"
                        if blank > MAX_BLANK_LINES
                        else f"a gzip file that unpacks to more than {MAX_PACKING} times its size",
                        need="one FHIR resource per line",
                        fix="Check where the file came from.",
                    )
                if len(line) > MAX_LINE_BYTES:
                    raise RecordError(
                        where=f"{path}, line {number}",
                        found=f"a line longer than {MAX_LINE_BYTES // 1_000_000} MB",
                        need="one resource per line",
                        fix="Export it as NDJSON.",
                    )
                if line.strip():
                    yield number, line
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise RecordError(
            where=str(path),
            found="a damaged or truncated gzip file",
            need="a whole gzip file",
            fix="Copy or export it again.",
        ) from None
    except OSError as error:
        raise _cannot_open(path, error) from None


def is_folder(path: Path) -> bool:
    """Whether it is a folder. A name too long to be one is not: opening it tells why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def files_of(folder: Path) -> tuple[list[Path], list[Path]]:
    """The NDJSON files and the JSON files of a folder, each sorted by name. Hidden files are not looked at."""
    try:
        names = sorted(item for item in folder.iterdir() if item.is_file() and not item.name.startswith("."))
    except OSError as error:
        raise _cannot_open(folder, error) from None
    ndjson = [item for item in names if item.name.lower().removesuffix(".gz").endswith(".ndjson")]
    plain = [item for item in names if item.name.lower().removesuffix(".gz").endswith(".json")]
    if not ndjson and not plain:
        raise RecordError(
            where=str(folder),
            found=f"a folder with {len(names)} files and none of NDJSON or JSON",
            need="a folder of .ndjson or .json files",
            fix="Name the record itself, or the folder of a bulk export.",
        )
    return ndjson, plain


def _cannot_open(path: Path, error: OSError | ValueError) -> RecordError:
    if isinstance(error, FileNotFoundError):
        return RecordError(
            where=str(path), found="no such file", need="a file or folder", fix="Check the name and the folder."
        )
    return RecordError(
        where=str(path),
        found=f"a file that cannot be opened ({getattr(error, 'strerror', None) or 'its name cannot be one'})",
        need="a readable file or folder",
        fix="Check what it is and who may read it.",
    )
