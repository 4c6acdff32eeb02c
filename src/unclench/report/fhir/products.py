"""Which product a request names, in the codes of the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable

from unclench.knowledge import knowledge
from unclench.knowledge.rows import Drug, Product
from unclench.planning.plan import Supply
from unclench.report.fhir.parts import ATC, RXNORM, Json, coding, concept
from unclench.report.wording import amount, listed
from unclench.values import Jurisdiction, Regimen

DIAZEPAM = "diazepam"


def medication(regimen: Regimen, jurisdiction: Jurisdiction, products: Iterable[str]) -> Json:
    """One product by its own code. Several strengths have no code together, so they are named by their ingredient."""
    chosen: list[Product] = [knowledge().get("products", key) for key in products]
    if len(chosen) == 1 and chosen[0].rxnorm:
        return concept([coding(RXNORM, chosen[0].rxnorm, chosen[0].name)], chosen[0].name)
    text = " and ".join(row.name for row in chosen) or f"{DIAZEPAM} {regimen.form}"
    return concept(_ingredient(jurisdiction), text)


def _ingredient(jurisdiction: Jurisdiction) -> list[Json]:
    """RxNorm is the system of the United States; elsewhere ATC is known better. Both name the ingredient."""
    drug: Drug = knowledge().get("drugs", DIAZEPAM)
    both = [coding(RXNORM, drug.rxnorm, drug.name), coding(ATC, drug.atc, drug.name)]
    return both if jurisdiction is Jurisdiction.US else both[::-1]


def counted(supply: Supply) -> str:
    """What to dispense, product by product."""
    return listed(tuple(f"{amount(line.count)} x {line.name}" for line in supply.lines))
