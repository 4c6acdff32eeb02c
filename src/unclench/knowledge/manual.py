"""Pages of the manual that are made from the data files, so that they cannot be wrong about them."""

from __future__ import annotations

from collections import Counter

from unclench.knowledge.load import Knowledge, knowledge_with_manual
from unclench.knowledge.rows import Claim

DOCUMENTS = "01234"
HEAD = """# The statements of the founding documents, and what keeps each

Made by `make docs` from `src/unclench/knowledge/data/claims.csv`; do not edit. `unclench explain ID` shows any id.

A statement is kept by a rule, a number of the model, an alternative, a question, or a text for the patient; what better
sources say replaces it where they differ. A statement that is wrong is refused, and the refusal says so.
`requirement:` names a capability of requirements.yaml that is built or planned. `topic:` names all advice on a topic.
"""


def claims_page() -> str:
    """docs/claims.md."""
    facts = knowledge_with_manual()
    claims: tuple[Claim, ...] = facts.table("claims")
    judged = Counter(row.judged for row in claims)
    parts = [
        HEAD,
        f"{len(claims)} statements: " + ", ".join(f"{count} {word}" for word, count in sorted(judged.items())) + ".",
    ]
    for document in DOCUMENTS:
        rows = [row for row in claims if row.id.startswith(f"S{document}-")]
        parts += [f"\n## Document {document}: {len(rows)} statements\n"]
        parts += ["| id | says | judged | better | kept by | source | standing |", "|---|---|---|---|---|---|---|"]
        parts += [_line(facts, row) for row in rows]
    return "\n".join(parts) + "\n"


def _line(facts: Knowledge, row: Claim) -> str:
    source = facts.get("sources", row.source)
    year = f", {source.year}" if source.year else ""
    cells = (
        row.id,
        row.says,
        row.judged,
        row.better,
        "; ".join(row.kept_by),
        f"{source.publisher}{year}",
        row.standing,
    )
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
