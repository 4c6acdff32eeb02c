"""The stage between plan and report: what the regimen that is shown will do."""

from __future__ import annotations

from unclench.appraisal.findings import Appraisal
from unclench.simulation.course import Course
from unclench.simulation.effect_course import EffectCourse


def foresee(appraisal: Appraisal, course: Course | None, *, seed: int) -> EffectCourse | None:
    """Effects of a course on this patient and people like them; None where nothing is simulated.

    Until the model of effect is connected nothing is foreseen, and every output says so.
    """
    return None
