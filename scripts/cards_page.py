"""Print how cards are chosen as docs/cards.md: the tiers, reasons and products as they stand in the rows."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.manual import markdown
from unclench.knowledge.load import Knowledge, knowledge_with_manual
from unclench.report.card_links import REASON_SYSTEM, RULE_SYSTEM

ABOUT = {
    "order": "An order for diazepam",
    "other": "An order for another medicine, while diazepam is taken or drafted",
    "use": "A chart of somebody who takes diazepam now",
}
HEAD = """# CDS Hooks cards

Made by `make docs` from `card_tiers.csv`, `override_reasons.csv` and `replacements.csv` in
`src/unclench/knowledge/data/`; do not edit. Not yet reviewed by a clinician.

A card is made from an *opinion*: the verdict and the regimen of a consultation, without its curves. Nothing is computed
for a card that a consultation would not say.

## What is said, and how loudly
The first row that holds decides, and it decides alone: **at most one primary card for an order**, none where none
holds. *Critical* is kept for contraindications that the label names. An empty `hooks` silences a row.

"""
RULES = """
- An order that names no medicine yet gets no card. Nor does an order that has nothing to do with diazepam.
- Only selected orders are judged; other drafts of the call count as taken from today on.
- A pair is told once: on the card for diazepam where that is judged, else on the card of the other medicine.
- Of two drafts for diazepam the second gets a warning of its own, with its removal as suggestion.
- Worst first, and at most one card of information in an answer.
- A rule that a dose answers (half the dose with fluvoxamine) warns only while the order is above that dose.
- What no chart holds (red flags, alcohol, what was tried) is asked on the page and in a consultation, not by a card: it
  would come with every order. Only a contraindication, an opioid or a pregnancy that cannot be ruled out from what
  was sent is told, once, at signing. **No card does not mean that diazepam suits.** Fill `hooks` of TIER-OPEN with
  `order-sign` to be told at every order.
- Where diazepam is taken for so long that it must not stop suddenly, the sentence says so whatever else leads.

## What a card holds
`summary`: one sentence below 140 characters, in our own words; no patient data, only the reason. `detail`: at most four
reasons with their rules and what in the record they rest on, at most three things to do, the regimen within the limits,
what is not known and would change it, what was not sent, and what it was made with. Text of a record is escaped for
Markdown and for HTML, links in it are broken, and it is cut short.

`source.topic` is the rule that leads, in our own code system `{rules}`, which is registered nowhere. Links are
absolute: the rule, the page that asks for the record, the taper planner. They carry a rule and never a value of the
patient. There are no smart links: launching is out of scope.

A uuid is made of hook instance, rule and order, so that the same call gives the same uuid and feedback can name it.
The rest of the answer does not depend on the hook instance: the same input gives the same bytes.

## Suggestions
- *Change to the regimen of the plan*, where one is proposed and differs from what is asked for. Recommended where the
  verdict allows it and nothing is left open.
- *The nearest to what is asked for that keeps the limits*, or *a stop date*, where the order is above a limit or has no
  end. Beside the first, never recommended.
- *Another first medicine, by name*, under *avoid* or *not first line*, where its own appraisal says *offer* and it was
  not tried. Recommended.
- *Remove the order*, under *avoid* or *not first line*, or where diazepam is taken for a few days. Recommended only for
  a new course that is to be avoided.
- *Nothing* where diazepam is taken, or may be, for so long that it must not stop suddenly: the draft may be its
  renewal, or a step of a taper. Nor for a use that is not judged here (seizures, alcohol withdrawal), where diazepam
  may be right.
- No change of an injection or an enema, and none that would make a dose counted in tablets larger for a client that
  applies the medicine alone.

Where only the dose or the duration asked for is at fault, the order is judged once more without it, and what is then
proposed is offered. A removal is never recommended where diazepam is taken. An opioid is
never offered for removal. Every changed order is the whole order under its own id; tests read each one again and judge
it: never *avoid*, never above a limit, never longer than asked for.

Named products that may be ordered instead:

"""
REASONS = f"""
## Reasons for setting a card aside
Of the code system `{REASON_SYSTEM}`
(CDS Hooks 3.0.0-ballot, trial use), with its displays. Each belongs to one of its six categories.

"""
BUDGET = """
## Budget
[The alert budget](alert-budget.md) says how many orders in 1,000 may give a warning or worse; `make alert-budget`
counts them in an invented population, and a test keeps it.
"""


def cards_page() -> str:
    """docs/cards.md."""
    facts = knowledge_with_manual()
    tiers = [f"### {title}\n\n{_tiers(facts, about)}\n" for about, title in ABOUT.items()]
    return "".join(
        (
            HEAD,
            "\n".join(tiers),
            RULES.format(rules=RULE_SYSTEM),
            _table(
                ["product", "how", "where", "source"],
                (
                    (
                        row.name,
                        f"{row.mg:g} mg, {row.times} a day, {row.days} days",
                        row.jurisdiction,
                        row.source,
                    )
                    for row in facts.table("replacements")
                ),
            ),
            "\n",
            REASONS,
            _table(
                ["code", "display", "category", "offered on cards"],
                ((row.code, row.display, row.category, row.offered) for row in facts.table("override_reasons")),
            ),
            "\n",
            BUDGET,
        )
    )


def _tiers(facts: Knowledge, about: str) -> str:
    rows = sorted((row for row in facts.table("card_tiers") if row.about == about), key=lambda row: row.order)
    return _table(
        ["tier", "loudness", "hooks", "when", "summary"],
        (
            (row.id, row.indicator, ", ".join(row.hooks) or "nowhere", row.what, facts.get("statements", row.say).text)
            for row in rows
        ),
    )


def _table(head: list[str], rows: Iterable[Iterable[str]]) -> str:
    return markdown([head, *([cell.replace("|", "\\|") for cell in row] for row in rows)])
