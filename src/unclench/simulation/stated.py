"""Stated doses with every analyte followed: for tables, other tools and readers, not for choosing among regimens."""

from __future__ import annotations

from datetime import date

from unclench.appraisal.findings import Appraisal, Body, Exposure
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
    return whole_course(
        body=appraisal.body,
        exposure=appraisal.exposure,
        regimen=regimen,
        existing=appraisal.current_use.regimen,
        on=appraisal.on,
        seed=seed,
        people=people,
        patient=appraisal.patient_ref,
        fed=fed,
    )


def whole_course(
    *,
    body: Body,
    exposure: Exposure,
    regimen: Regimen,
    on: date,
    existing: Regimen | None = None,
    seed: int = SEED,
    people: int = PEOPLE,
    patient: str = "",
    fed: bool = False,
) -> Course:
    """The same for a body that nobody appraised. Raises as `walk` does."""
    walked = walk(
        body=body,
        exposure=exposure,
        regimens=(regimen,),
        existing=existing,
        on=on,
        numbers=Numbers(knowledge(), {}, Sample(seed, people, patient)),
        fed=fed,
        metabolites=len(METABOLITES),
    )
    return courses_of(walked, (regimen,), background=existing is not None)[0]
