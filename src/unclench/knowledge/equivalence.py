"""What tables of equivalence say of one drug, together: amounts of it that they call equal to 10 mg of diazepam.

Tables differ up to eightfold and none is a measurement. A switch goes by guidelines alone, and by the largest amount
that any of them names: that gives the least diazepam. An unconfirmed row takes no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import exp, log

from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows_equivalents import Equivalent, HalfLife
from unclench.values import Standing

DIAZEPAM_MG = 10.0  # every row is equal to so much
GUIDELINE = "guideline"


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Milligrams of one drug said to equal 10 mg of diazepam by mouth."""

    drug: str
    rows: tuple[Equivalent, ...]  # the confirmed ones
    cautious_mg: float  # the largest that a guideline names: the least diazepam
    guideline_low_mg: float
    low_mg: float  # of every table read
    high_mg: float
    middle_mg: float  # geometric mean of the tables
    half_life: HalfLife

    @property
    def facts(self) -> tuple[str, ...]:
        return (*(row.id for row in self.rows), self.half_life.id)

    def cautious_diazepam_mg(self, mg_per_day: Decimal) -> Decimal:
        """The least diazepam a day that a guideline names for it, exactly."""
        return Decimal(str(DIAZEPAM_MG)) * mg_per_day / Decimal(str(self.cautious_mg))

    def diazepam_mg(self, mg_per_day: float, equal_mg: float) -> float:
        """Diazepam a day that so much of the drug equals when `equal_mg` of it equals 10 mg."""
        return DIAZEPAM_MG * mg_per_day / equal_mg


def equivalence(facts: Knowledge, drug: str) -> Equivalence | None:
    """All that confirmed tables say of a drug; None where no confirmed guideline names it."""
    rows = tuple(
        row for row in facts.table("equivalents") if row.drug == drug and row.standing is not Standing.UNVERIFIED
    )
    guideline = [mg for row in rows if row.kind == GUIDELINE for mg in _amounts(row)]
    if not guideline:
        return None
    every = [mg for row in rows for mg in _amounts(row)]
    middles = [log(_middle(row)) for row in rows]
    return Equivalence(
        drug=drug,
        rows=rows,
        cautious_mg=max(guideline),
        guideline_low_mg=min(guideline),
        low_mg=min(every),
        high_mg=max(every),
        # A mean of equal logs may miss them by the last bit.
        middle_mg=min(max(exp(sum(middles) / len(middles)), min(every)), max(every)),
        half_life=next(row for row in facts.table("half_lives") if row.drug == drug),
    )


def unconfirmed(facts: Knowledge, drug: str) -> tuple[Equivalent, ...]:
    """Rows of a drug that nothing confirms: they may be named, never counted."""
    return tuple(row for row in facts.table("equivalents") if row.drug == drug and row.standing is Standing.UNVERIFIED)


def drugs_with_equivalent(facts: Knowledge) -> tuple[str, ...]:
    """Every drug that a confirmed guideline compares with diazepam, by name."""
    named = {row.drug for row in facts.table("equivalents")}
    return tuple(drug for drug in sorted(named) if equivalence(facts, drug) is not None)


def _amounts(row: Equivalent) -> tuple[float, ...]:
    return tuple(mg for mg in (row.low_mg, row.mg, row.high_mg) if mg is not None)


def _middle(row: Equivalent) -> float:
    """The value of a row, or the geometric middle of its range."""
    if row.mg is not None:
        return row.mg
    amounts = _amounts(row)
    return exp(sum(log(mg) for mg in amounts) / len(amounts))
