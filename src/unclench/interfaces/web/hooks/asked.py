"""What is asked of a client beforehand: the prefetch templates, each with what it is for.

They stay in the subset of searches that the standard recommends: reading one resource, one type by reference, codes by
equality, `_sort` and `_count`. No `today()`, no FHIRPath: not every client knows them. A list limited by status or date
could not show that something is absent, so the lists of problems, medicines and allergies are asked for whole, the
latest first and one page long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from unclench.knowledge import knowledge

# Only measurements that a rule asks for and that are seldom taken: no vital signs by the hundred.
MEASURES = (
    "weight", "bmi", "albumin", "bilirubin", "inr", "creatinine", "egfr", "pco2", "pregnancy_status",
    "cyp2c19_phenotype",
)  # fmt: skip
TOKEN = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
PATIENT_ID = "context.patientId"


@dataclass(frozen=True, slots=True)
class Asked:
    """One prefetch key."""

    key: str
    template: str
    kinds: tuple[str, ...]  # resource types that are read from what comes; the first is the one it is a list of
    name: str  # what it tells us, in the words of `report.drafts.SENT`
    purpose: str
    required: bool = False  # without it there is no answer
    may_lack: bool = False  # many servers have no such type: absent, it is not said to be missing

    @property
    def is_read(self) -> bool:
        """One resource by its id, not a search."""
        return "?" not in self.template

    def address(self, patient_id: str) -> str:
        """The template for one patient, relative to the FHIR server."""
        return TOKEN.sub(lambda _: quote(patient_id, safe=""), self.template)


@cache
def asked_for() -> tuple[Asked, ...]:
    """Every key, the same for all services: an answer must not change between two hooks for want of data."""
    who = f"patient={{{{{PATIENT_ID}}}}}"
    return (
        Asked("patient", f"Patient/{{{{{PATIENT_ID}}}}}", ("Patient",), "patient", "age and sex", required=True),
        Asked(
            "conditions",
            f"Condition?{who}&_count=100",
            ("Condition",),
            "conditions",
            "what is treated, contraindications, past dependence",
        ),
        Asked(
            "medications",
            f"MedicationRequest?{who}&_sort=-authoredon&_count=100",
            ("MedicationRequest", "Medication"),
            "medications",
            "diazepam taken already, opioids and other interactions",
        ),
        Asked(
            "statements",
            f"MedicationStatement?{who}&_count=100",
            ("MedicationStatement", "Medication"),
            "medications",
            "medicines that were not ordered here",
            may_lack=True,
        ),
        Asked(
            "allergies",
            f"AllergyIntolerance?{who}&_count=50",
            ("AllergyIntolerance",),
            "allergies",
            "allergy to a benzodiazepine or to an alternative",
        ),
        Asked(
            "observations",
            f"Observation?{who}&code={','.join(_codes())}&_sort=-date&_count=50",
            ("Observation",),
            "observations",
            "weight, liver and kidney function, pregnancy, genotype",
        ),
    )


def _codes() -> tuple[str, ...]:
    rows = knowledge().table("measures")
    return tuple(code for row in rows if row.id in MEASURES for code in row.loinc)
