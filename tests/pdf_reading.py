"""What a test reads of a PDF: its words, its tags, and whether anything in it could run or lead away."""

from __future__ import annotations

import io
import re
from typing import Any

from pypdf import PdfReader

FORBIDDEN = (b"/JavaScript", b"/JS ", b"/URI", b"/EmbeddedFile", b"/Launch", b"/SubmitForm")


def reader(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def pages(content: bytes) -> list[str]:
    """The words of each page on one line."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader(content).pages]


def squeezed(text: str) -> str:
    """Without spaces, in which a reader of PDF differs from the page."""
    return re.sub(r"\s+", "", text)


def whole(content: bytes) -> str:
    return squeezed("".join(pages(content)))


def tags(content: bytes) -> list[str]:
    """The kinds of all structure elements."""
    found: list[str] = []
    waiting: list[Any] = [reader(content).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        one = waiting.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            if "/S" in one:
                found.append(str(one["/S"])[1:])
            if "/K" in one:
                waiting.append(one["/K"])
    return found


def alternatives(content: bytes) -> list[str]:
    """The words that stand for each drawing."""
    found: list[str] = []
    waiting: list[Any] = [reader(content).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        one = waiting.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            if "/Alt" in one:
                found.append(str(one["/Alt"]))
            if "/K" in one:
                waiting.append(one["/K"])
    return found
