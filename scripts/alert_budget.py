"""How many cards 1,000 orders give, by loudness, in an invented population; held against the written budget.

python -m scripts.alert_budget [--diazepam N] [--others N] [--write]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts.alert_population import ON, Ordered, diazepam_orders, other_orders
from unclench.appraisal.draft_orders import facing, is_diazepam
from unclench.consult import opinion_of
from unclench.knowledge import knowledge
from unclench.record import read
from unclench.report.cards import answer
from unclench.report.drafts import OrderDraft
from unclench.report.schema_cards import CardsOut, Hook

PAGE = Path(__file__).resolve().parent.parent / "docs" / "alert-budget.md"
TOLD = ("critical", "warning", "info", "nothing")
LOUD = ("critical", "warning")
REFERENCE = "MedicationRequest/r1"
BASE_URL = "https://unclench.example"
HOOK_INSTANCE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Counted:
    """What the loudest card of each order was, and which rule it named."""

    name: str
    budget: str  # id of the limit for critical and warning together; "" for none
    orders: int
    tiers: Counter[str]
    rules: Counter[str]

    def per_thousand(self, *tiers: str) -> float:
        return 1000 * sum(self.tiers[tier] for tier in tiers) / self.orders

    @property
    def within(self) -> bool:
        return not self.budget or self.per_thousand(*LOUD) <= knowledge().limit(self.budget, "1/1000")


def cards_for(ordered: Ordered, hook: Hook) -> CardsOut:
    """The answer to one order or one chart."""
    patient = read(ordered.record, on=ON)
    order, reference = None, ""
    if hook != "patient-view":
        entry = next(one for one in patient.medications if one.ref == REFERENCE)
        order, reference = OrderDraft(ordered.draft, REFERENCE, is_diazepam(entry)), REFERENCE
    opinion = opinion_of(facing(patient, reference, beside=(reference,), on=ON), on=ON)
    return answer([(order, opinion)], hook=hook, hook_instance=HOOK_INSTANCE, base_url=BASE_URL)


def count(name: str, budget: str, orders: Iterable[Ordered], hook: Hook) -> Counted:
    tiers: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for ordered in orders:
        cards = cards_for(ordered, hook).cards
        tiers[cards[0].indicator if cards else "nothing"] += 1
        rules.update(card.source.topic.code for card in cards if card.source.topic)
    return Counted(name, budget, tiers.total(), tiers, rules)


def counted(diazepam: int, others: int) -> tuple[Counted, ...]:
    """Every moment at which a card can come."""
    return (
        count("Diazepam, selected", "CARD-BUDGET-DIAZEPAM", diazepam_orders(diazepam), "order-select"),
        count("Diazepam, signed", "CARD-BUDGET-DIAZEPAM", diazepam_orders(diazepam), "order-sign"),
        count("Other medicines, signed", "CARD-BUDGET-OTHERS", other_orders(others), "order-sign"),
        count("Charts opened", "CARD-BUDGET-CHARTS", other_orders(others), "patient-view"),
    )


def table(found: Iterable[Counted]) -> str:
    lines = [
        "| moment | number | critical | warning | info | nothing | critical and warning | budget |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in found:
        cells = [f"{one.per_thousand(tier):.0f}" for tier in TOLD]
        most = f"{knowledge().limit(one.budget, '1/1000'):g}" if one.budget else ""
        lines.append(f"| {one.name} | {one.orders} | {' | '.join(cells)} | {one.per_thousand(*LOUD):.0f} | {most} |")
    return "\n".join(lines)


def rules_of(found: Iterable[Counted]) -> str:
    lines = ["| moment | rules named most often, per 1,000 |", "|---|---|"]
    for one in found:
        told = ", ".join(f"{rule} {1000 * number / one.orders:.0f}" for rule, number in one.rules.most_common(8))
        lines.append(f"| {one.name} | {told or 'none'} |")
    return "\n".join(lines)


def page(found: tuple[Counted, ...]) -> str:
    budgets = [knowledge().get("limits", one) for one in dict.fromkeys(one.budget for one in found)]
    reasons = "\n".join(f"- **{row.value:g} in 1,000** ({row.id}): {row.what}." for row in budgets)
    return f"""# Alert budget

Written by `make alert-budget WRITE=1`. **The population is invented**: every share in `scripts/alert_population.py` is
a guess of this project, no prescribing data was read. The table shows how the choice of cards behaves, not how often a
card comes at any real site. Replace the shares with those of a site before relying on a number.

Cards per 1,000, by the loudest card of each order or chart:

{table(found)}

## The budget
For critical and warning together, the two that may stop somebody at work:

{reasons}

A test keeps the budget on a smaller draw of the same population. A change of rules that breaks it is a decision to
take, not a number to raise quietly.

## Which rules speak
{rules_of(found)}

## What is quiet, and why
- A chart holds no answers (alcohol, red flags, what was tried), so nearly every order leaves questions open. They are
  told once, as information, at signing; never while the order is being made.
- An order of another medicine gives a card only where diazepam is taken or drafted, and the pair interacts seriously.
- No card does not mean that diazepam suits.
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--diazepam", type=int, default=2000)
    parser.add_argument("--others", type=int, default=3000)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    given = parser.parse_args(arguments)
    found = counted(given.diazepam, given.others)
    sys.stdout.write(f"{table(found)}\n\n{rules_of(found)}\n")
    if given.write:
        PAGE.write_text(page(found), encoding="utf-8")
    return 0 if all(one.within for one in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
