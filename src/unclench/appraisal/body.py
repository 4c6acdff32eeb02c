"""What the kinetic model needs to know of this body, from measurements, problems and answers."""

from __future__ import annotations

from unclench.appraisal import measures
from unclench.appraisal.findings import Body
from unclench.appraisal.lookup import condition
from unclench.appraisal.questions_general import age_range
from unclench.appraisal.situation import YES, Situation, ask
from unclench.values import Answer

PHENOTYPES = {"poor": "PM", "intermediate": "IM", "normal": "NM", "rapid": "RM", "ultrarapid": "UM"}


def measured_or_stated(situation: Situation, name: str, question: str) -> tuple[float | None, str]:
    """The measurement and its words; else what was stated."""
    found = measures.latest(situation.patient, name, situation.on)
    if found is not None:
        return found.value, found.words
    said = situation.stated_number(question)
    return said, "" if said is None else f"stated: {question} = {said:g}"


def find_body(situation: Situation) -> Body:
    span = age_range(situation)
    weight, weight_words = measured_or_stated(situation, "weight", "weight-kg")
    height, height_words = measured_or_stated(situation, "height", "height-cm")
    albumin = measures.latest(situation.patient, "albumin", situation.on)
    said = situation.stated("cyp2c19")
    phenotype = PHENOTYPES.get(said or "") or measures.cyp2c19(situation.patient, situation.on)
    words = (weight_words, height_words, albumin.words if albumin else "", f"CYP2C19 {phenotype}" if phenotype else "")
    return Body(
        age_y=None if span is None else (span[0] + span[1]) / 2,
        sex=situation.patient.sex,
        weight_kg=weight,
        height_cm=height,
        albumin_g_per_l=albumin.value if albumin else None,
        cirrhosis=cirrhosis(situation),
        dialysis=condition(situation, "dialysis").answer,
        cyp2c19=phenotype,
        pregnant=ask("is_pregnant", situation).answer,
        facts=tuple(part for part in words if part),
    )


def cirrhosis(situation: Situation) -> str | None:
    """Child-Pugh class, "unclassed", "none", or None when liver disease is not known."""
    severe = ask("has_severe_liver_disease", situation)
    if severe.answer is YES:
        return "C"
    recorded = condition(
        situation, "cirrhosis | decompensated_liver", question="liver-disease", yes=("moderate", "severe")
    )
    if recorded.answer is YES:
        return measures.child_pugh(situation.patient, situation.on).klass or "unclassed"
    return "none" if recorded.answer is Answer.NO else None
