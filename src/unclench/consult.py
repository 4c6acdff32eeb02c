"""The product on one page: what a consultation is."""

from __future__ import annotations

from dataclasses import dataclass

from unclench.appraisal.findings import Appraisal
from unclench.planning.plan import Plan
from unclench.record.patient import Patient
from unclench.simulation.course import Course
from unclench.values import MadeWith


@dataclass(frozen=True, slots=True, eq=False)
class Consultation:
    """Everything Unclench thinks about one patient on one day."""

    patient: Patient
    appraisal: Appraisal
    courses: tuple[Course, ...]
    plan: Plan
    made_with: MadeWith
