"""Writes docs/code-lists.md: how many codes, words and drugs each group has, and what was left out of published sets.

Run with `python -m tests.knowledge.code_lists`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from unclench.knowledge.load import knowledge_with_manual

PAGE = Path(__file__).resolve().parents[2] / "docs" / "code-lists.md"
SYSTEMS = ("snomed", "icd10cm", "atc", "loinc")
HEAD = """# Code lists

Made by `python -m tests.knowledge.code_lists` from the data files; do not edit by hand.

Every published value set that is used was read code by code. ICD-10-CM and ATC are kept as prefixes: one row stands for
all codes below it, and a longer prefix in the group "nothing" takes its codes out again. SNOMED CT codes are exact. A
group that starts with "?" is what an entry *could* bear on: it is asked about and never taken as present.
"""


def page() -> str:
    facts = knowledge_with_manual()
    codes: dict[str, Counter[str]] = defaultdict(Counter)
    for row in facts.table("codes"):
        codes[row.group][row.system] += 1
    words: Counter[str] = Counter()
    for term in facts.table("terms"):
        if term.kind == "condition":
            words[term.group] += len(term.words.split(";"))
    lines = [
        HEAD,
        "## Groups",
        "",
        "| group | SNOMED CT | ICD-10-CM | ATC | LOINC | words and phrases |",
        "|---|---|---|---|---|---|",
    ]
    for group in sorted(set(codes) | set(words), key=lambda name: (name.lstrip("?"), name)):
        counts = codes[group]
        lines.append("| " + " | ".join([group, *(str(counts[name]) for name in SYSTEMS), str(words[group])]) + " |")
    drugs, products = facts.table("drugs"), facts.table("drug_products")
    bearing = sum(1 for drug in drugs if drug.tags != ("none",))
    lines += [
        "",
        "## Drugs",
        "",
        f"{len(drugs)} ingredients, of which {bearing} bear on a rule and {len(drugs) - bearing} on none;",
    ]
    lines += [
        f"{sum(1 for drug in drugs if drug.rxnorm)} with an RxNorm code, "
        f"{sum(1 for drug in drugs if drug.atc)} with an ATC code;"
    ]
    lines += [f"{sum(len(drug.names) for drug in drugs)} further names and brands; {len(products)} product codes.", ""]
    lines += ["## Codes left out of published sets", ""]
    removed: Counter[tuple[str, str, str]] = Counter(
        (row.value_set, row.group, row.reason) for row in facts.table("removed_codes")
    )
    lines += [f"{sum(removed.values())} codes, each with its reason in `removed_codes.csv`:", ""]
    lines += ["| value set | not in the group | codes | why |", "|---|---|---|---|"]
    lines += [f"| {name} | {group} | {count} | {reason} |" for (name, group, reason), count in sorted(removed.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
