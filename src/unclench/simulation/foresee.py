"""The stage between plan and report: the regimen that is shown, followed once more in full, and what it will do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Appraisal, CurrentMedicine, Indication
from unclench.knowledge.load import Knowledge, knowledge
from unclench.models import pk
from unclench.simulation import effects
from unclench.simulation.course import Course
from unclench.simulation.effect_course import EffectCourse, EffectCurve
from unclench.simulation.effects_draws import CoMedication, PastUse
from unclench.simulation.existing import advance, looks_back
from unclench.simulation.kinetic_causes import causes_of, level_drivers
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.simulation.people import METABOLITES
from unclench.simulation.sample import Sample
from unclench.simulation.simulate import walk
from unclench.simulation.summary import Walked, courses_of, numbers_of
from unclench.values import DAY_H, Answer, Regimen

Array = NDArray[np.float64]

PEOPLE = 200
OPIOID, ALCOHOL = "INT-01", "INT-03"
EQUIVALENT = "PD-EQ-"
ACUTE = "acute-spasm"
LATE = "withdrawal-drive"
# Days after everybody is clear of the drug.
AFTER_D = (1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 23.0, 32.0)


@dataclass(frozen=True, slots=True, eq=False)
class Foreseen:
    """The shown regimen in full: all analytes, and effects."""

    course: Course
    effects: EffectCourse


def foresee(appraisal: Appraisal, course: Course | None, *, seed: int, fed: bool = False) -> Foreseen | None:
    """Levels of every analyte and effects of a course on people like this patient; None where nothing is simulated."""
    return None if course is None else foresee_regimen(appraisal, course.regimen, seed=seed, fed=fed)


def foresee_regimen(appraisal: Appraisal, regimen: Regimen, *, seed: int, fed: bool = False) -> Foreseen:
    """The same for any regimen, chosen or not, on top of what is taken already."""
    known, existing = knowledge(), appraisal.current_use.regimen
    walked = walk(
        body=appraisal.body,
        exposure=appraisal.exposure,
        regimens=(regimen,),
        existing=existing,
        on=appraisal.on,
        numbers=Numbers(known, {}, Sample(seed, PEOPLE, appraisal.patient_ref)),
        fed=fed,
        metabolites=len(METABOLITES),
        keep=True,
    )
    numbers = numbers_of(walked)
    (in_full,) = courses_of(walked, (regimen,), background=existing is not None, numbers=numbers)
    causes = causes_of(walked)
    drivers = level_drivers(walked, causes, numbers[0])
    t_h, levels = _followed(walked)
    found = effects.foresee(
        regimen=regimen,
        t_h=t_h,
        unbound_ng_ml=_unbound(walked, levels),
        age_y=_people(walked, walked.people.age_y),
        history=_history(walked, existing, appraisal.on),
        co_medication=_co_medication(appraisal.medicines, known),
        opioid=_answer(appraisal, OPIOID),
        alcohol=_answer(appraisal, ALCOHOL),
        indication=_of_trials(appraisal.indication),
        causes=causes,
        seed=seed,
    )
    return Foreseen(replace(in_full, drivers=drivers), _shown(found, len(walked.watch.times)))


def _people(walked: Walked, columns: Array) -> Array:
    """The people and the typical person, without those who differ only by what is unsure of the kinetics."""
    return np.concatenate([columns[..., : walked.people.sample.people], columns[..., -1:]], axis=-1)


def _followed(walked: Walked) -> tuple[Array, Array]:
    """The times that are shown and some after them, and (times, analytes, people) there.

    Adaptation outlasts the drug: what is left of it shows only once the drug is gone.
    """
    watch, march = walked.watch, walked.watch.march
    times, kept = list(watch.times), [np.concatenate(watch.kept)[:, :, 0]]
    for at, levels in watch.late:
        times.append(at)
        kept.append(levels[None, :, 0])
    last_h = times[-1]
    for days in AFTER_D:
        advance(march, walked.spans, last_h + days * DAY_H)
        times.append(march.now_h)
        kept.append(march.levels()[None, :, 0])
    return np.array(times), _people(walked, np.concatenate(kept))


def _shown(found: EffectCourse, count: int) -> EffectCourse:
    """The curves as far as levels are shown; that of withdrawal, which comes later, to its end."""
    curves = tuple(curve if curve.effect == LATE else _first(curve, count) for curve in found.curves)
    return replace(found, curves=curves)


def _first(curve: EffectCurve, count: int) -> EffectCurve:
    arrays = ("t_h", "typical", "p05", "p25", "p50", "p75", "p95")
    return replace(curve, **{name: getattr(curve, name)[:count] for name in arrays})


def _unbound(walked: Walked, levels: Array) -> dict[str, Array]:
    fractions = walked.people.disposition.unbound
    # Rounding may leave a hair below nothing before the first dose has reached anybody.
    return {
        name: np.maximum(pk.unbound(levels[:, analyte], fractions[analyte]), 0.0)
        for analyte, name in enumerate(ANALYTES)
    }


def _history(walked: Walked, existing: Regimen | None, on: date) -> tuple[PastUse, ...]:
    """What was taken before the first time, oldest first."""
    if existing is None:
        return ()
    fractions = walked.people.disposition.unbound
    out = []
    for days, levels in looks_back(walked.spans, existing, on, scale=pk.NG_ML_PER_MG_L):
        kept = np.maximum(_people(walked, levels), 0.0)
        by_name = {name: pk.unbound(kept[at], fractions[at]) for at, name in enumerate(ANALYTES)}
        out.append(PastUse(days, by_name))
    return tuple(out)


def _co_medication(medicines: tuple[CurrentMedicine, ...], known: Knowledge) -> tuple[CoMedication, ...]:
    """Other benzodiazepines that are surely taken, in a dose that is known and that tables compare with diazepam."""
    out = []
    for medicine in medicines:
        for drug in medicine.drugs:
            if (
                medicine.active is Answer.YES
                and medicine.mg_per_day
                and known.has("parameters", f"{EQUIVALENT}{drug.upper()}")
            ):
                out.append(CoMedication(drug, float(medicine.mg_per_day)))
    return tuple(out)


def _of_trials(found: Indication) -> str:
    """The indication; none where the spasm is elsewhere than in the back, of which the trials say nothing."""
    elsewhere = found.entity == ACUTE and found.body_region not in ("", "back")
    return "" if elsewhere else found.entity


def _answer(appraisal: Appraisal, rule: str) -> Answer:
    """What appraisal found of one rule; no where it was cleared."""
    return next((finding.answer for finding in appraisal.findings if finding.rule == rule), Answer.NO)
