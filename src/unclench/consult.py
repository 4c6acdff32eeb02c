"""The product on one page: a record in, a consultation out. Each stage is a function of values that returns a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import msgspec
import numpy

from unclench.appraisal.appraise import appraise
from unclench.appraisal.findings import Appraisal
from unclench.knowledge import knowledge
from unclench.planning.candidates import candidates
from unclench.planning.choose import choose
from unclench.planning.pick import pick
from unclench.planning.plan import Candidate, Plan
from unclench.planning.shown import shown
from unclench.planning.stated import stated_regimen
from unclench.planning.taper import plan_taper, with_taper
from unclench.planning.taper_ground import NOTHING_SEEN, Seen
from unclench.planning.taper_plan import Taper
from unclench.planning.taper_wish import ANYTHING, Wish
from unclench.record import read
from unclench.record.patient import Patient, Stated
from unclench.simulation.course import Course
from unclench.simulation.effect_course import EffectCourse
from unclench.simulation.foresee import foresee, foresee_regimen
from unclench.simulation.simulate import PEOPLE, SEED, simulate, typical_peaks
from unclench.simulation.stated import simulate_doses
from unclench.values import VERSION, Jurisdiction, MadeWith, Regimen, RegimenError

MOST_DOSES = 600  # a quarter of a year of the most doses a day that a course can have


@dataclass(frozen=True, slots=True, eq=False)
class Consultation:
    """Everything Unclench thinks about one patient on one day."""

    patient: Patient
    appraisal: Appraisal
    courses: tuple[Course, ...]
    plan: Plan
    made_with: MadeWith
    effects: EffectCourse | None = None  # of the regimen that is shown
    in_full: Course | None = None  # the regimen that is shown once more, with every analyte and fewer people


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Stated doses in one patient's body. Not a recommendation: the verdict stands whatever the curves look like."""

    appraisal: Appraisal
    regimen: Regimen
    course: Course
    made_with: MadeWith
    effects: EffectCourse | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Tapering:
    """How diazepam ends in one patient."""

    appraisal: Appraisal
    taper: Taper
    made_with: MadeWith


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """What a card says in milliseconds: the verdict and the regimen of a consultation, without its curves.

    `appraisal` has no questions and no conditionals; `regimen` is None where a consultation proposes none.
    """

    patient: Patient
    appraisal: Appraisal
    regimen: Candidate | None
    why: str  # the key of the reason for this regimen; "" without one
    made_with: MadeWith


def made_with(seed: int = SEED) -> MadeWith:
    """The versions and the edition that this answer was made with. No clock: the same input gives the same bytes."""
    facts = knowledge()
    packages = (("msgspec", msgspec.__version__), ("numpy", numpy.__version__))
    return MadeWith(VERSION, facts.edition, facts.edition_date, packages, seed)


def consult(
    record: Path | str | bytes | Sequence[Path | str],
    *,
    on: date,
    jurisdiction: Jurisdiction | str = Jurisdiction.US,
    request: str | None = None,
    answers: Sequence[Stated] = (),
    patient_id: str | None = None,
    seed: int = SEED,
) -> Consultation:
    """One patient, one day: read, appraise, simulate every candidate, choose, foresee.

    Raises
    ------
    RecordError
        when the record, the request or an answer cannot be read.
    """
    patient = read(record, on=on, request=request, answers=answers, patient_id=patient_id)
    return consult_patient(patient, on=on, jurisdiction=jurisdiction, seed=seed)


def consult_patient(
    patient: Patient, *, on: date, jurisdiction: Jurisdiction | str = Jurisdiction.US, seed: int = SEED
) -> Consultation:
    """The same for a patient that is already read."""
    appraisal = appraise(patient, on, jurisdiction)
    worth_trying = candidates(appraisal)
    courses = simulate(appraisal, tuple(candidate.regimen for candidate in worth_trying), seed=seed)
    plan = with_taper(appraisal, choose(appraisal, worth_trying, courses), seed=seed)
    ahead = foresee(appraisal, shown(appraisal, courses, plan), seed=seed)
    seen = (ahead.effects, ahead.course) if ahead else (None, None)
    return Consultation(patient, appraisal, courses, plan, made_with(seed), *seen)


def opinion_of(patient: Patient, *, on: date, jurisdiction: Jurisdiction | str = Jurisdiction.US) -> Opinion:
    """The verdict and the regimen that `consult_patient` would give, simulating only what a tie needs."""
    appraisal = appraise(patient, on, jurisdiction, with_questions=False)
    worth_trying = candidates(appraisal)
    chosen: tuple[Candidate | None, str] = (None, "")
    if worth_trying:
        chosen = pick(appraisal, worth_trying, lambda tied: typical_peaks(appraisal, tied))
    return Opinion(patient, appraisal, *chosen, made_with())


def foresee_stated(
    patient: Patient,
    *,
    on: date,
    jurisdiction: Jurisdiction | str = Jurisdiction.US,
    form: str | None = None,
    at_h: Sequence[float] = (),
    seed: int = SEED,
    most_doses: int = MOST_DOSES,
) -> Simulation:
    """What the doses that are asked for will do, quickly: for a page that answers while a slider moves.

    The levels are those of fewer people than in a consultation; the effects are those that a consultation of the same
    regimen shows. The verdict is that of `opinion_of`. `most_doses`: how many a course may have, since each takes time.

    Raises
    ------
    RecordError, RegimenError
        where nothing whole is asked for, or more than `most_doses`.
    """
    appraisal = appraise(patient, on, jurisdiction, with_questions=False)
    regimen = stated_regimen(appraisal, form=form, at_h=at_h)
    if (doses := sum(len(phase.doses) * phase.days for phase in regimen.phases)) > most_doses:
        raise RegimenError(
            where="the regimen to simulate",
            found=f"{doses} doses in {regimen.days} days",
            need=f"at most {most_doses} doses",
            fix="Ask for fewer days.",
        )
    ahead = foresee_regimen(appraisal, regimen, seed=seed)
    return Simulation(appraisal, regimen, ahead.course, made_with(seed), ahead.effects)


def taper(
    record: Path | str | bytes | Sequence[Path | str],
    *,
    on: date,
    jurisdiction: Jurisdiction | str = Jurisdiction.US,
    answers: Sequence[Stated] = (),
    patient_id: str | None = None,
    wish: Wish = ANYTHING,
    seen: Seen = NOTHING_SEEN,
    seed: int = SEED,
) -> Tapering:
    """How diazepam ends for one patient. `seen`: a diary and measured levels since; the rest is then planned again.

    Raises
    ------
    RecordError
        when the record or an answer cannot be read.
    RegimenError
        for a wish that no schedule can keep.
    """
    patient = read(record, on=on, answers=answers, patient_id=patient_id)
    return taper_patient(patient, on=on, jurisdiction=jurisdiction, wish=wish, seen=seen, seed=seed)


def taper_patient(
    patient: Patient,
    *,
    on: date,
    jurisdiction: Jurisdiction | str = Jurisdiction.US,
    wish: Wish = ANYTHING,
    seen: Seen = NOTHING_SEEN,
    seed: int = SEED,
) -> Tapering:
    """The taper of a consultation, with wishes and what was seen since: with neither, that of `consult_patient`."""
    appraisal = appraise(patient, on, jurisdiction)
    worth_trying = candidates(appraisal)
    courses = simulate(appraisal, tuple(candidate.regimen for candidate in worth_trying), seed=seed)
    plan = choose(appraisal, worth_trying, courses)
    return Tapering(appraisal, plan_taper(appraisal, wish, plan=plan, seen=seen, seed=seed), made_with(seed))


def appraise_stated(
    patient: Patient,
    *,
    on: date,
    jurisdiction: Jurisdiction | str = Jurisdiction.US,
    route: str | None = None,
    form: str | None = None,
    at_h: Sequence[float] = (),
) -> tuple[Appraisal, Regimen]:
    """What is thought of a request, and its doses just as stated. A route given here replaces that of the request."""
    appraisal = appraise(patient, on, jurisdiction)
    asked = appraisal.request
    if route is not None and asked is not None:
        asked = replace(asked, dosage=replace(asked.dosage, route=route))
        appraisal = appraise(replace(patient, typed_request=asked), on, jurisdiction)
    return appraisal, stated_regimen(appraisal, form=form, at_h=at_h)


def simulate_stated(
    appraisal: Appraisal, regimen: Regimen, *, seed: int = SEED, people: int = PEOPLE, fed: bool = False
) -> Simulation:
    """Simulate stated doses and what they do, whatever the verdict is."""
    course = simulate_doses(appraisal, regimen, seed=seed, people=people, fed=fed)
    ahead = foresee(appraisal, course, seed=seed, fed=fed)
    return Simulation(appraisal, regimen, course, made_with(seed), ahead.effects if ahead else None)
