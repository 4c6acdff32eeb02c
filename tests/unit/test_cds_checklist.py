"""Every point of the CDS Hooks checklist is worn by a test, or says why it does not apply; never both."""

from __future__ import annotations

import pytest

from scripts.cds_hooks import cds_hooks_page, points, worn

pytestmark = pytest.mark.verifies("W2")
LEVELS = {"must", "should", "may", "best", "interop"}
LAST = 126


def test_every_point_is_held_by_a_test_or_does_not_apply() -> None:
    rows = points()
    assert [int(row["point"]) for row in rows] == list(range(1, LAST + 1))
    held = worn()
    assert set(held) <= set(range(1, LAST + 1))
    for row in rows:
        assert row["level"] in LEVELS
        assert len(row["asks"]) > 10
        assert bool(held.get(int(row["point"]))) != bool(row["because"]), f"point {row['point']}"


def test_the_page_shows_each_point_with_what_holds_it() -> None:
    page = cds_hooks_page()
    for row in points():
        assert f"| {row['point']} | {row['level']} | {row['asks']} |" in page
    assert "|  |\n" not in page
