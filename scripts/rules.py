"""Print the rules, the alternatives and the rules left out as docs/rules.md."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.manual import markdown
from unclench.knowledge.load import Knowledge, knowledge_with_manual
from unclench.knowledge.rows import Alternative, AlternativeCheck, Rule
from unclench.knowledge.rows_stopping import NeedView, StoppingRisk
from unclench.report.explained import asked_by

HEAD = """# The rules

Made by `make docs` from `src/unclench/knowledge/data/`; do not edit. `unclench explain ID` shows a rule or fact in
full, and [the manual](manual.md) shows how the rules work together.

**Effect**: *block* and *avoid* make the verdict "avoid"; *second-line* makes it "not first line"; *change* makes it
"usable with changes"; *note* leaves it alone. Where spasticity is treated, the effect after the stroke counts.
**Standing**: *read* in the source named, *derived* from it, a *project* choice that waits for a sign-off, or
*unverified*, which can only make an answer more cautious. **Asks**: what is asked when the record does not settle it.
"""


def rules_page() -> str:
    """docs/rules.md."""
    facts = knowledge_with_manual()
    rules: tuple[Rule, ...] = facts.table("rules")
    parts = [HEAD, f"{len(rules)} rules in {len({rule.stage for rule in rules})} stages."]
    for stage in dict.fromkeys(rule.stage for rule in rules):
        parts += [f"\n## {stage.capitalize()}\n", _rules(facts, [rule for rule in rules if rule.stage == stage])]
    parts += ["\n## What lowers a concern\n", _softenings(facts)]
    parts += ["\n## Alternatives\n", _alternatives(facts)]
    parts += ["\n## Why an alternative may not suit\n", _checks(facts)]
    parts += ["\n## What makes stopping dangerous, slower or faster\n", _stopping_risks(facts)]
    parts += ["\n## What the sources say of the need for a taper\n", _views(facts)]
    parts += [
        "\n## Rules of the evidence that are left out\n",
        _table(["id", "why"], ((row.id, row.reason) for row in facts.table("omitted_rules"))),
    ]
    return "\n".join(parts) + "\n"


def _table(head: list[str], rows: Iterable[Iterable[str]]) -> str:
    return markdown([head, *([cell.replace("|", "\\|") for cell in row] for row in rows)])


def _rules(facts: Knowledge, rules: Iterable[Rule]) -> str:
    head = ["id", "when", "effect", "says", "because", "source", "standing", "asks"]
    return _table(
        head,
        (
            (
                f"{rule.id}{_where(rule)}",
                rule.title,
                _effect(rule),
                rule.say,
                rule.because,
                _source(facts, rule),
                rule.standing,
                ", ".join(sorted(asked_by().get(rule.id, ()))),
            )
            for rule in rules
        ),
    )


def _where(rule: Rule) -> str:
    return f" ({rule.jurisdiction.upper()})" if rule.jurisdiction else ""


def _effect(rule: Rule) -> str:
    other = rule.effect_spasticity
    return f"{rule.effect.value} / {other}" if other and other != rule.effect else str(rule.effect.value)


def _source(facts: Knowledge, row: Rule | Alternative | AlternativeCheck | NeedView | StoppingRisk) -> str:
    source = facts.get("sources", row.source)
    year = f" {source.year}" if source.year else ""
    return f"{source.publisher}{year}, {row.locator}"


def _stopping_risks(facts: Knowledge) -> str:
    """A danger makes stopping a specialist's matter; `early`: a step-down becomes a taper."""
    rows: tuple[StoppingRisk, ...] = facts.table("stopping_risks")
    cells = (
        (row.id, row.title, row.kind, row.urgency, _days(row.from_days), row.early, _source(facts, row), row.standing)
        for row in rows
    )
    return _table(["id", "what", "kind", "seen", "however rare, from days", "early", "source", "standing"], cells)


def _days(days: float | None) -> str:
    return "" if days is None else f"{days:g}"


def _views(facts: Knowledge) -> str:
    rows: tuple[NeedView, ...] = facts.table("need_views")
    cells = ((row.id, row.name, " or ".join(row.needs), row.say, _source(facts, row), row.standing) for row in rows)
    return _table(["id", "source", "need", "says", "read in", "standing"], cells)


def _softenings(facts: Knowledge) -> str:
    return _table(
        ["id", "rule", "when", "effect then", "because", "standing"],
        (
            (row.id, row.rule, f"{_holds(row)}", row.effect.value, row.because, row.standing)
            for row in facts.table("softenings")
        ),
    )


def _holds(row: object) -> str:
    """The questions of a row in words: "takes: tag:opioid"."""
    when: tuple[str, ...] = row.when  # type: ignore[attr-defined]
    of: str = row.of  # type: ignore[attr-defined]
    limit: float | None = row.limit  # type: ignore[attr-defined]
    about = ", ".join(filter(None, (of, "" if limit is None else f"{limit:g}")))
    return " and ".join(name.replace("_", " ") for name in when) + (f": {about}" if about else "")


def _alternatives(facts: Knowledge) -> str:
    return _table(
        ["id", "rule", "what", "for", "evidence", "strength", "dose", "says", "source", "standing"],
        (
            (
                row.id,
                row.rule,
                row.name,
                ", ".join(row.uses),
                row.evidence,
                row.strength,
                row.dose,
                row.say,
                _source(facts, row),
                row.standing,
            )
            for row in facts.table("alternatives")
        ),
    )


def _checks(facts: Knowledge) -> str:
    return _table(
        ["alternative", "when", "then", "says", "source", "standing"],
        (
            (
                facts.get("alternatives", row.alternative).name,
                _holds(row),
                row.result.replace("-", " "),
                row.say,
                _source(facts, row),
                row.standing,
            )
            for row in facts.table("alternative_checks")
        ),
    )
