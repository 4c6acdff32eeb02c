"""Stated doses with every analyte followed: for tables, other tools and readers, not for choosing among regimens."""

from __future__ import annotations

from unclench.appraisal.findings import Appraisal
from unclench.knowledge.load import knowledge
from unclench.simulation.course import Course
from unclench.simulation.parameters import Numbers
from unclench.simulation.people import METABOLITES
from unclench.simulation.sample import Sample
from unclench.simulation.simulate import PEOPLE, SEED, walk
from unclench.simulation.summary import courses_of
from unclench.values import Regimen


def simulate_doses(
    appraisal: Appraisal, regimen: Regimen, *, seed: int = SEED, people: int = PEOPLE, fed: bool = False
) -> Course:
    """The course of diazepam and all its active metabolites, on top of what is taken already."""
    existing = appraisal.current_use.regimen
    walked = walk(
        body=appraisal.body,
        exposure=appraisal.exposure,
        regimens=(regimen,),
        existing=existing,
        on=appraisal.on,
        numbers=Numbers(knowledge(), {}, Sample(seed, people, appraisal.patient_ref)),
        fed=fed,
        metabolites=len(METABOLITES),
    )
    return courses_of(walked, (regimen,), background=existing is not None)[0]
