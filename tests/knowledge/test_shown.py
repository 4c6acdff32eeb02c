"""Everything that may decide about a patient can be read: no rule is left out of the printed pages.

`make check` says when a page is stale.
"""

from __future__ import annotations

from pathlib import Path

from unclench.knowledge.load import knowledge_with_manual

READ = ("docs/manual.md", "docs/rules.md")


def test_every_rule_is_shown_in_the_manual_or_the_rules_page(root: Path) -> None:
    shown = "".join((root / name).read_text(encoding="utf-8") for name in READ)
    kinds = ("rules", "alternatives", "omitted_rules", "softenings", "stopping_risks", "need_views")
    rows = [row for kind in kinds for row in knowledge_with_manual().table(kind)]

    assert [row.id for row in rows if f"| {row.id} " not in shown] == []


def test_every_check_of_an_alternative_is_shown(root: Path) -> None:
    shown = (root / "docs/rules.md").read_text(encoding="utf-8")
    checks = knowledge_with_manual().table("alternative_checks")

    assert [row.id for row in checks if row.say.replace("|", "\\|") not in shown] == []
