"""What each medicine that is taken does together with diazepam to effect, apart from exposure (A3)."""

from __future__ import annotations

from unclench.appraisal.findings import CombinedFound, CurrentMedicine
from unclench.appraisal.situation import NO, Situation
from unclench.knowledge.rows import CombinedEffect

ORDER = ("contraindicated", "major", "moderate", "minor")


def rows_for(situation: Situation, medicine: CurrentMedicine) -> list[CombinedEffect]:
    """Rows about the medicine itself; where there is none, rows about its classes."""
    rows: tuple[CombinedEffect, ...] = situation.facts.table("combined_effects")
    own = [row for row in rows if row.drug and row.drug in medicine.drugs]
    return own or [row for row in rows if row.tag and row.tag in medicine.tags]


def combined_effects(situation: Situation) -> tuple[CombinedFound, ...]:
    """One entry a row, with the medicines it is about; the most serious first."""
    taken: dict[str, tuple[CombinedEffect, list[CurrentMedicine]]] = {}
    for medicine in situation.medicines:
        if medicine.active is NO or set(medicine.drugs) == {"diazepam"}:
            continue
        for row in rows_for(situation, medicine):
            taken.setdefault(row.id, (row, []))[1].append(medicine)
    found = [
        CombinedFound(
            fact=row.id,
            title=row.title,
            medicines=tuple(dict.fromkeys(row.drug or " + ".join(one.drugs) or one.name for one in medicines)),
            mechanism=row.mechanism,
            effect=row.effect,
            severity=row.severity,
            do=row.do,
            evidence=row.evidence,
            standing=row.standing,
            certain=any(medicine.active is not NO and medicine.active.value == "yes" for medicine in medicines),
        )
        for row, medicines in taken.values()
    ]
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.severity), one.fact)))
