"""Print threats.yaml as docs/threats.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from scripts.manual import markdown

FILE = Path(__file__).resolve().parent.parent / "threats.yaml"
HEAD = """# Threats

Made by `make docs` from `threats.yaml`; do not edit. What somebody could do to the service or through it, what holds it
back, and which test fails when that breaks. What could harm a patient without any ill will is in `hazards.yaml`. Nobody
outside this project has tested it for weaknesses.
"""


def threats_page() -> str:
    """docs/threats.md."""
    said: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assets = [[one["name"], one["why"]] for one in said["assets"]]
    trusts = [[one["name"], one["trust"]] for one in said["boundaries"]]
    parts = [
        HEAD,
        "## What is worth protecting\n",
        markdown([["what", "why"], *assets]),
        "\n## Where trust changes\n",
        markdown([["from, to", "what is believed"], *trusts]),
        "\n## Risks\n",
        *(_risk(key, row) for key, row in said["risks"].items()),
        "## What is accepted\n",
        *(f"- {one}" for one in said["accepted"]),
    ]
    return "\n".join(parts) + "\n"


def _risk(key: str, row: dict[str, Any]) -> str:
    tests = ", ".join(f"`{name.removeprefix('tests/')}`" for name in row["tests"])
    lines = [
        f"### {key}: {row['risk']}\n",
        f"**Kind**: {', '.join(row['kind'])}.",
        f"**Control**: {row['control']}",
        *([f"**What remains**: {row['remains']}"] if "remains" in row else []),
        f"**Held by**: {tests}.",
    ]
    return "\n\n".join([lines[0].rstrip(), *lines[1:]]) + "\n"
