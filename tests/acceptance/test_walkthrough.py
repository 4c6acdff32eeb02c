"""docs/walkthrough.md is run as it is read: its code in order, and what it prints compared with what the page shows."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

BLOCKS = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


@pytest.mark.verifies("O4")
def test_the_walkthrough_runs_and_prints_what_it_shows(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (root / "docs" / "walkthrough.md").read_text(encoding="utf-8")
    monkeypatch.chdir(root)
    names: dict[str, object] = {}
    blocks = BLOCKS.findall(page)

    assert len(blocks) == page.count("```python")
    for code, shown in blocks:
        screen = io.StringIO()
        with contextlib.redirect_stdout(screen):
            exec(compile(code, "docs/walkthrough.md", "exec"), names)
        assert screen.getvalue() == shown, code


def test_the_walkthrough_uses_every_public_function(root: Path) -> None:
    import unclench

    page = (root / "docs" / "walkthrough.md").read_text(encoding="utf-8")

    assert [name for name in unclench.__all__ if name.islower() and f"{name}(" not in page] == []
