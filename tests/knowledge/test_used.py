"""No row and no question that nothing uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from unclench.knowledge import knowledge

SOURCES = sorted(row.id for row in knowledge().table("sources"))


@pytest.fixture(scope="module")
def rows_and_code(root: Path) -> tuple[str, str]:
    """All data files but those of the sources, and all modules."""
    room = root / "src" / "unclench"
    rows = [path for path in (room / "knowledge" / "data").glob("*.csv") if not path.name.startswith("sources")]
    return tuple("\n".join(path.read_text(encoding="utf-8") for path in some) for some in (rows, room.rglob("*.py")))


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_is_cited(source: str, rows_and_code: tuple[str, str]) -> None:
    assert any(re.search(rf"(?<![\w-]){re.escape(source)}(?![\w-])", text) for text in rows_and_code)


def test_every_question_of_a_rule_is_asked(rows_and_code: tuple[str, str]) -> None:
    rows, code = rows_and_code
    for name in re.findall(r"@question\ndef (\w+)", code):
        asked = re.search(rf"(?<![a-z])(not_)?{name}(?!\w)", rows) or re.search(rf"[\"']{name}[\"']", code)
        assert asked, name
