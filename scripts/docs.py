"""Write the generated pages, or with --check say which are stale. `make docs` and `make check` call this."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from scripts.cards_page import cards_page
from scripts.cds_hooks import cds_hooks_page
from scripts.equivalents import equivalents_page
from scripts.manual import manual_page
from scripts.rules import rules_page
from scripts.settings_page import configuration_page, configuration_schema
from scripts.threats import threats_page
from unclench.knowledge.manual import claims_page

ROOT = Path(__file__).resolve().parent.parent
PAGES: dict[str, Callable[[], str]] = {
    "docs/cards.md": cards_page,
    "docs/cds-hooks.md": cds_hooks_page,
    "docs/claims.md": claims_page,
    "docs/configuration.md": configuration_page,
    "docs/configuration.schema.json": configuration_schema,
    "docs/equivalents.md": equivalents_page,
    "docs/manual.md": manual_page,
    "docs/rules.md": rules_page,
    "docs/threats.md": threats_page,
}


def main() -> int:
    """Every page, in order; the exit code says whether all were fresh."""
    stale = []
    for name, make in PAGES.items():
        path, text = ROOT / name, make()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    if stale and "--check" in sys.argv:
        print(f"stale, run `make docs`: {', '.join(stale)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
