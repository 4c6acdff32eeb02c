"""Which of the simulated courses is shown: one rule for levels, effects and every output."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.appraisal.findings import Appraisal
from unclench.planning.plan import Plan
from unclench.simulation.course import Course


def shown(appraisal: Appraisal, courses: Sequence[Course], plan: Plan) -> Course | None:
    """The course of the proposed regimen; else of the doses taken now; else none: never a hint at a dose."""
    if plan.chosen is not None:
        return plan.chosen.course
    now = appraisal.current_use.regimen
    return next((course for course in courses if now is not None and course.regimen == now), None)
