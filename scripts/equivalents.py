"""Print what tables call equal to 10 mg of diazepam as docs/equivalents.md, with what a switch goes by."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.manual import markdown
from unclench.knowledge.equivalence import drugs_with_equivalent, equivalence
from unclench.knowledge.load import Knowledge, knowledge_with_manual
from unclench.knowledge.rows_equivalents import Equivalent
from unclench.planning.switch_words import rounded, span
from unclench.values import Standing

HEAD = """# Other benzodiazepines and Z-drugs beside diazepam

Made by `make docs` from `equivalents.csv`, `half_lives.csv` and `omitted_equivalents.csv` in
`src/unclench/knowledge/data/`; do not edit. `unclench explain ID` shows a row in full. Not yet reviewed by a clinician.

No table of equivalence is a measurement: they are consensus, they differ up to eightfold, and people differ on top.
**What a switch goes by** is the largest amount that a confirmed *guideline* row names: it gives the least diazepam,
and the answer says by how much that may be too little. *Wider* rows are shown as the range only. An *unverified* row
takes no part and shows no number. A drug without a confirmed guideline row is refused, with what to do instead.
"""


def equivalents_page() -> str:
    """docs/equivalents.md."""
    facts = knowledge_with_manual()
    parts = [HEAD, "## What a switch goes by\n", _used(facts), "\n## Every row\n", _rows(facts)]
    parts += [
        "\n## Tables that were read and left out\n",
        _table(["id", "what", "why"], ((row.id, row.what, row.reason) for row in facts.table("omitted_equivalents"))),
    ]
    return "\n".join(parts) + "\n"


def _table(head: list[str], rows: Iterable[Iterable[str]]) -> str:
    return markdown([head, *([cell.replace("|", "\\|") for cell in row] for row in rows)])


def _used(facts: Knowledge) -> str:
    head = [
        "drug",
        "used for 10 mg of diazepam",
        "guidelines",
        "every table",
        "rows",
        "half-life, h",
        "of the half-life",
    ]
    found = [one for drug in drugs_with_equivalent(facts) if (one := equivalence(facts, drug)) is not None]
    return _table(
        head,
        (
            (
                one.drug,
                f"{rounded(one.cautious_mg)} mg",
                span(one.guideline_low_mg, one.cautious_mg),
                span(one.low_mg, one.high_mg),
                str(len(one.rows)),
                f"{rounded(one.half_life.value_h)} ({span(one.half_life.low_h, one.half_life.high_h)})",
                _source(facts, one.half_life.source, one.half_life.locator),
            )
            for one in found
        ),
    )


def _rows(facts: Knowledge) -> str:
    return _table(
        ["id", "drug", "mg for 10 mg of diazepam", "kind", "source", "standing"],
        (
            (row.id, row.drug, _amount(row), row.kind, _source(facts, row.source, row.locator), row.standing.value)
            for row in facts.table("equivalents")
        ),
    )


def _amount(row: Equivalent) -> str:
    if row.standing is Standing.UNVERIFIED:
        return "unconfirmed: check"
    within = "" if row.low_mg is None or row.high_mg is None else span(row.low_mg, row.high_mg)
    if row.mg is None:
        return within
    return f"{rounded(row.mg)} ({within})" if within else rounded(row.mg)


def _source(facts: Knowledge, key: str, locator: str) -> str:
    source = facts.get("sources", key)
    year = f" {source.year}" if source.year else ""
    return f"{source.publisher}{year}, {locator}"
