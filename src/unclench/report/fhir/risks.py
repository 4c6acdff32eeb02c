"""What is expected to happen, as RiskAssessments: effects with their intervals, and dependence without a number."""

from __future__ import annotations

from unclench.appraisal.findings import Appraisal
from unclench.consult import Consultation
from unclench.knowledge import knowledge
from unclench.planning.taper_plan import Taper
from unclench.report import wording as words
from unclench.report.effects import AnswerLine, answer
from unclench.report.fhir.narrative import narrative
from unclench.report.fhir.parts import Json, absent, coding, concept, filled, period, quantity, remarks
from unclench.report.fhir.scene import DEVICE, FACT, RULE, Scene
from unclench.simulation.effect_course import EffectCourse, EffectNumber
from unclench.values import Answer

KIND = "RiskAssessment"
EFFECTS, DEPENDENCE = "effects", "dependence"
# Chances of one person. Every other number of effect is an amount, a ratio or a time, and no probability is made of it.
CHANCES = frozenset({"EFF-DROWSY-DAY-1", "EFF-DROWSY-PEAK", "EFF-DROWSY-STEADY"})
# The withdrawal drive is unvalidated and looks like a chance: it is left to the report, which shows what it is.
LEFT_OUT = frozenset({"EFF-WITHDRAWAL-PEAK"})
BASIS = ("Condition", "Observation", "MedicationRequest", "MedicationStatement", "AllergyIntolerance", "Procedure")


def effects_risk(scene: Scene, consultation: Consultation) -> Json | None:
    """The effects of the regimen that is shown, or None where nothing is simulated."""
    course, appraisal = consultation.effects, consultation.appraisal
    if course is None:
        return None
    kept = [number for number in course.numbers if number.id not in LEFT_OUT]
    lines = [answer(number, course, appraisal.jurisdiction) for number in kept]
    say = knowledge().say
    proposed = consultation.plan.chosen is not None
    about = say("FHIR-RISK-PROPOSED" if proposed else "FHIR-RISK-NOW")
    method = say("FHIR-RISK-METHOD", people=course.people)
    return filled(
        **scene.base(KIND, EFFECTS),
        text=narrative(say("FHIR-RISK-EFFECTS"), about, (line.says for line in lines), method),
        status="preliminary",
        method=concept([], method),
        code=concept([], say("FHIR-RISK-EFFECTS")),
        subject=scene.subject,
        occurrenceDateTime=scene.day(),
        performer=scene.link(DEVICE),
        basis=scene.evidence((*appraisal.body.facts, *appraisal.current_use.because), BASIS),
        prediction=[_prediction(number, line, course) for number, line in zip(kept, lines, strict=True)],
        note=remarks((about, say("FHIR-PROPOSAL"), *course.assumed)),
    )


def _prediction(number: EffectNumber, line: AnswerLine, course: EffectCourse) -> Json:
    why = [line.says, f"{words.capital(line.mark)}." if line.mark else ""]
    why += [knowledge().say("FHIR-HANGS-ON", what=line.hangs_on)] if line.hangs_on else []
    return filled(
        outcome=concept([coding(FACT, number.id)], number.name),
        probabilityRange=_range(number) if number.id in CHANCES else absent("not-applicable"),
        whenPeriod=period(course.regimen.start, course.regimen.last_day),
        rationale=words.clean(" ".join(filter(None, why))),
    )


def _range(number: EffectNumber) -> Json:
    """The middle 90 % of people like this one, in per cent, and never beyond what a chance can be."""
    low, high = (words.significant(min(max(value, 0.0), 100.0), 2) for value in (number.low, number.high))
    return {"low": quantity(low, "%"), "high": quantity(high, "%")}


def dependence_risk(scene: Scene, appraisal: Appraisal, taper: Taper | None, doing: str) -> Json | None:
    """What is known of dependence. No probability: none has been validated for one person. `doing`: what to do."""
    found = [one for one in appraisal.findings if one.stage in ("dependence", "taper") and one.answer is Answer.YES]
    need, because = appraisal.taper_need, appraisal.taper_because
    if taper is not None:
        need, because = taper.need, taper.because
    if need == "none" and not found:
        return None
    say = knowledge().say
    rules = tuple(dict.fromkeys(one.rule for one in found))
    why = words.clean(" ".join((f"{words.TAPERS[need]}.", *because)))
    outcome = say("FHIR-DEPENDENCE")
    return filled(
        **scene.base(KIND, DEPENDENCE),
        text=narrative(outcome, why, (f"{one.rule}: {one.title}" for one in found), say("FHIR-NO-NUMBER")),
        status="preliminary",
        method=concept([], say("FHIR-DEPENDENCE-METHOD")),
        code=concept([coding(RULE, rule) for rule in rules], outcome),
        subject=scene.subject,
        occurrenceDateTime=scene.day(),
        performer=scene.link(DEVICE),
        basis=scene.evidence((*appraisal.current_use.because, *(text for one in found for text in one.because)), BASIS),
        prediction=[{"outcome": concept([], outcome), "probabilityRange": absent("unknown"), "rationale": why}],
        mitigation=words.clean(doing),
        note=remarks((say("FHIR-NO-NUMBER"), say("FHIR-PROPOSAL"))),
    )
