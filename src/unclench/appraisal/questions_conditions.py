"""Questions about the body: breathing, liver, kidney, eyes, mind, pregnancy, falls, frailty."""

from __future__ import annotations

from unclench.appraisal import measures
from unclench.appraisal.findings import Reply
from unclench.appraisal.lookup import condition, conditions, holds_now, last_noted
from unclench.appraisal.medicines import takes_medicine
from unclench.appraisal.questions_general import age_range, at_least, needed, yes_if
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation, all_of, any_of, ask, is_not, question


def measured(situation: Situation, name: str, limit: str, unit: str, *, below: bool) -> Reply:
    """A measurement against a threshold. Without one: no, since the list of problems decides alone."""
    found = measures.latest(situation.patient, name, situation.on)
    bound = situation.limit_of(limit, unit)
    if found is None:
        return Reply(NO, (f"{name} not recorded",))
    return yes_if(found.value < bound if below else found.value > bound, found.words)


@question
def has_severe_respiratory_insufficiency(situation: Situation, of: str, limit: float | None) -> Reply:
    return any_of(
        [
            condition(situation, "severe_respiratory_insufficiency | acute_respiratory_failure | home_oxygen"),
            measured(situation, "spo2", "SPO2-LOW", "%", below=True),
            measured(situation, "pco2", "PCO2-HIGH", "mm[Hg]", below=False),
            measured(situation, "po2", "PO2-LOW", "mm[Hg]", below=True),
        ]
    )


@question
def has_sleep_apnoea(situation: Situation, of: str, limit: float | None) -> Reply:
    return condition(situation, "sleep_apnoea")


@question
def has_lung_disease(situation: Situation, of: str, limit: float | None) -> Reply:
    return all_of(
        [condition(situation, "copd | asthma"), is_not(ask("has_severe_respiratory_insufficiency", situation))]
    )


@question
def may_have_hypoventilation(situation: Situation, of: str, limit: float | None) -> Reply:
    """Obesity hypoventilation, or a very high BMI with pauses in breathing (stated or recorded as sleep apnoea)."""
    recorded = condition(situation, "obesity_hypoventilation")
    heavy = measures.bmi(situation.patient, situation.on)
    if recorded.answer is YES or heavy is None or heavy.value < needed(limit, "may_have_hypoventilation"):
        return recorded
    apnoea = ask("has_sleep_apnoea", situation)
    if apnoea.answer is NO and situation.stated("sleep-apnoea") is None:
        # Pauses in breathing are seen at night and seldom written down: a list of problems is no answer here.
        return Reply(CANNOT_SAY, (heavy.words, "pauses in breathing not recorded"), ("sleep-apnoea",))
    return any_of([recorded, apnoea])


@question
def has_liver_disease(situation: Situation, of: str, limit: float | None) -> Reply:
    return condition(
        situation,
        "hepatic_disease_any | cirrhosis | decompensated_liver | severe_hepatic_insufficiency",
        yes=("mild", "moderate", "severe", "unknown-severity"),
    )


@question
def has_severe_liver_disease(situation: Situation, of: str, limit: float | None) -> Reply:
    """Recorded or stated as severe, or Child-Pugh class C. Liver disease of unknown severity: cannot-say."""
    recorded = condition(situation, "severe_hepatic_insufficiency", yes=("severe",))
    if recorded.answer is YES:
        return recorded
    scored = measures.child_pugh(situation.patient, situation.on)
    if scored.klass == "C":
        return Reply(YES, scored.because)
    said = situation.stated("liver-disease")
    any_liver = ask("has_liver_disease", situation)
    if any_liver.answer is YES and scored.klass is None and said in (None, "unknown-severity"):
        words = ("severity not recorded", *scored.because)
        return Reply(CANNOT_SAY, any_liver.because + words, ("liver-disease",))
    if any_liver.answer is YES:
        return Reply(NO, scored.because or any_liver.because)
    return any_liver if any_liver.answer is CANNOT_SAY else recorded


@question
def has_nonsevere_liver_disease(situation: Situation, of: str, limit: float | None) -> Reply:
    return all_of([ask("has_liver_disease", situation), is_not(ask("has_severe_liver_disease", situation))])


@question
def has_liver_disease_of_unknown_severity(situation: Situation, of: str, limit: float | None) -> Reply:
    severe = ask("has_severe_liver_disease", situation)
    disease = ask("has_liver_disease", situation)
    if disease.answer is not YES:
        return disease
    return yes_if(severe.answer is CANNOT_SAY, *disease.because)


EGFR_UNIT = "mL/min/{1.73_m2}"


@question
def kidney_function_below(situation: Situation, of: str, limit: float | None) -> Reply:
    """eGFR (recorded, or CKD-EPI 2021 from creatinine) below the limit."""
    found = measures.egfr(situation.patient, situation.on)
    if found is not None:
        return yes_if(found.value < needed(limit, "kidney_function_below"), found.words)
    # Stages 4 and 5 are an eGFR under 30 by their definition; a limit above that holds for them too.
    named = condition(situation, "ckd_severe | dialysis")
    if named.answer is YES and needed(limit, "kidney_function_below") >= situation.limit_of("EGFR-SEVERE", EGFR_UNIT):
        return named
    disease = condition(situation, "ckd | dialysis")
    if disease.answer is NO:
        return Reply(NO, ("kidney disease not recorded",))
    return Reply(CANNOT_SAY, ("kidney function not recorded", *disease.because), ("kidney-disease",))


@question
def has_severe_kidney_disease(situation: Situation, of: str, limit: float | None) -> Reply:
    return any_of([condition(situation, "dialysis"), kidney_function_below(situation, of, limit)])


def glaucoma(situation: Situation, groups: str, *said: str) -> Reply:
    return condition(situation, groups, question="glaucoma", yes=said)


@question
def has_acute_angle_closure(situation: Situation, of: str, limit: float | None) -> Reply:
    vague = glaucoma(situation, "glaucoma_unspecified", "acute-angle-closure")
    reply = glaucoma(situation, "angle_closure_glaucoma_acute", "acute-angle-closure")
    if reply.answer is NO and vague.answer is YES and situation.stated("glaucoma") is None:
        return Reply(CANNOT_SAY, (*vague.because, "the kind of glaucoma is not recorded"), ("glaucoma",))
    return reply


@question
def has_treated_open_angle_glaucoma(situation: Situation, of: str, limit: float | None) -> Reply:
    if situation.stated("glaucoma") == "open-angle-treated":
        return Reply(YES, ("stated: glaucoma = open-angle-treated",))
    return all_of(
        [
            glaucoma(situation, "open_angle_glaucoma", "open-angle-treated"),
            takes_medicine(situation, "tag:ocular_hypotensive"),
        ]
    )


@question
def glaucoma_needs_eye_opinion(situation: Situation, of: str, limit: float | None) -> Reply:
    """Any other angle closure, open-angle glaucoma without treatment, or glaucoma of unknown kind."""
    other = glaucoma(situation, "angle_closure_glaucoma_other", "other-angle-closure")
    open_angle = glaucoma(situation, "open_angle_glaucoma", "open-angle-treated", "open-angle-untreated")
    treated = ask("has_treated_open_angle_glaucoma", situation)
    vague = glaucoma(situation, "glaucoma_unspecified", "other-angle-closure", "open-angle-untreated")
    return any_of([other, all_of([open_angle, is_not(treated)]), all_of([vague, is_not(treated)])])


@question
def is_intoxicated(situation: Situation, of: str, limit: float | None) -> Reply:
    """From a recent entry or a statement. A record is never fresh enough to rule it out, so no entry means no."""
    said = situation.stated("intoxicated")
    if said is not None:
        return yes_if(said == "yes", f"stated: intoxicated = {said}")
    for seen in conditions(situation):
        noted = last_noted(seen.entry)
        today = noted is not None and (situation.on - noted).days <= 1
        if "intoxication" in seen.recognition.groups and holds_now(situation, seen) and today:
            return Reply(YES, (seen.words,))
    return Reply(NO, ("not recorded today",))


@question
def breathing_is_depressed(situation: Situation, of: str, limit: float | None) -> Reply:
    """Measured today or yesterday, or at a time that is not recorded: an older value says nothing of now."""
    rate = measures.latest(situation.patient, "respiratory_rate", situation.on)
    spo2 = measures.latest(situation.patient, "spo2", situation.on)
    window = situation.limit_of("NOW-DAYS", "d")

    def now(found: measures.Measured | None, bound: float) -> Reply:
        if found is None or (found.taken is not None and (situation.on - found.taken).days > window):
            return Reply(NO, ("not recorded today",))
        return yes_if(found.value < bound, found.words)

    low = situation.limit_of("SPO2-LOW", "%")
    return any_of([now(rate, needed(limit, "breathing_is_depressed")), now(spo2, low)])


def childbearing_age(situation: Situation) -> Reply:
    span = age_range(situation)
    if span is None:
        return Reply(CANNOT_SAY, ("age not recorded",), ("pregnant",))
    low, high = situation.limit_of("AGE-PREGNANCY-LOW", "a"), situation.limit_of("AGE-PREGNANCY-HIGH", "a")
    return yes_if(span[1] >= low and int(span[0]) <= high, f"age {int(span[0])}")


@question
def could_be_pregnant(situation: Situation, of: str, limit: float | None) -> Reply:
    return all_of([ask("is_female", situation), childbearing_age(situation)])


PREGNANCY_DAYS = 300


@question
def is_pregnant(situation: Situation, of: str, limit: float | None) -> Reply:
    """Stated, recorded as a status, or as a problem noted within a pregnancy's length. A problem list never says no."""
    said = situation.stated("pregnant")
    if said is not None:
        return yes_if(said in ("yes", "trying"), f"stated: pregnant = {said}")
    possible = could_be_pregnant(situation, of, limit)
    if possible.answer is NO:
        return possible
    status = measures.pregnancy_status(situation.patient, situation.on)
    if status is not None:
        return yes_if(status.pregnant, status.words)
    for seen in conditions(situation):
        noted = last_noted(seen.entry)
        recent = noted is None or (situation.on - noted).days <= PREGNANCY_DAYS
        if "pregnancy" in seen.recognition.groups and holds_now(situation, seen) and recent:
            return Reply(
                CANNOT_SAY if seen.recognition.hedged else YES,
                (seen.words,),
                ("pregnant",) if seen.recognition.hedged else (),
            )
    return Reply(CANNOT_SAY, ("pregnancy not recorded",), ("pregnant",))


@question
def pregnancy_is_open(situation: Situation, of: str, limit: float | None) -> Reply:
    pregnant = ask("is_pregnant", situation)
    return yes_if(pregnant.answer is CANNOT_SAY, *pregnant.because)


@question
def is_breastfeeding(situation: Situation, of: str, limit: float | None) -> Reply:
    said = situation.stated("breastfeeding")
    if said is not None:
        return yes_if(said == "yes", f"stated: breastfeeding = {said}")
    possible = could_be_pregnant(situation, of, limit)
    if possible.answer is NO:
        return possible
    recorded = condition(situation, "breastfeeding", question="breastfeeding")
    return (
        recorded if recorded.answer is YES else Reply(CANNOT_SAY, ("breastfeeding not recorded",), ("breastfeeding",))
    )


@question
def has_depression_or_suicidality(situation: Situation, of: str, limit: float | None) -> Reply:
    item = measures.latest(situation.patient, "phq9_item9", situation.on)
    score = measures.latest(situation.patient, "phq9", situation.on)
    scored = [
        Reply(NO) if item is None else yes_if(item.value >= situation.limit_of("PHQ9-ITEM9", "{score}"), item.words),
        Reply(NO)
        if score is None
        else yes_if(score.value >= situation.limit_of("PHQ9-DEPRESSION", "{score}"), score.words),
    ]
    return any_of([condition(situation, "depression"), condition(situation, "suicidality"), *scored])


@question
def has_psychosis(situation: Situation, of: str, limit: float | None) -> Reply:
    return condition(situation, "psychosis")


@question
def has_falls_risk(situation: Situation, of: str, limit: float | None) -> Reply:
    """A falls problem that is still open, a fall noted within a year, a hip fracture ever, or stated."""
    window = situation.limit_of("FALLS-DAYS", "d")
    for seen in conditions(situation):
        noted = last_noted(seen.entry)
        recent_fall = noted is None or (situation.on - noted).days <= window
        fell = "falls" in seen.recognition.groups and (recent_fall or holds_now(situation, seen))
        if fell or "hip_fracture" in seen.recognition.groups:
            return Reply(YES, (seen.words,))
    counted = measures.latest(situation.patient, "falls_past_year", situation.on)
    if counted is not None and counted.value > 0:
        return Reply(YES, (counted.words,))
    said = situation.stated("falls")
    if said is not None:
        return yes_if(said == "yes", f"stated: falls = {said}")
    # Falls rarely reach a problem list, so its silence does not say no.
    return Reply(CANNOT_SAY, ("falls not recorded",), ("falls",))


@question
def has_memory_trouble(situation: Situation, of: str, limit: float | None) -> Reply:
    return condition(situation, "dementia | delirium")


@question
def is_debilitated(situation: Situation, of: str, limit: float | None) -> Reply:
    weight = measures.latest(situation.patient, "weight", situation.on)
    kilos = weight.value if weight else situation.stated_number("weight-kg")
    adult = at_least(situation, situation.limit_of("AGE-ADULT", "a")).answer is YES
    light = Reply(NO)
    if kilos is not None and adult:
        light = yes_if(kilos < needed(limit, "is_debilitated"), weight.words if weight else f"stated: {kilos:g} kg")
    return any_of([light, condition(situation, "frailty | malnutrition")])


@question
def has_low_albumin(situation: Situation, of: str, limit: float | None) -> Reply:
    found = measures.latest(situation.patient, "albumin", situation.on)
    if found is not None:
        return yes_if(found.value < needed(limit, "has_low_albumin"), found.words)
    return condition(situation, "hypoalbuminaemia")


@question
def has_low_blood_pressure(situation: Situation, of: str, limit: float | None) -> Reply:
    pressure = measures.latest(situation.patient, "systolic", situation.on)
    low = (
        Reply(NO)
        if pressure is None
        else yes_if(pressure.value < needed(limit, "has_low_blood_pressure"), pressure.words)
    )
    lowering = takes_medicine(situation, "tag:antihypertensive | drug:tizanidine | tag:opioid", besides="diazepam")
    return any_of([low, condition(situation, "hypotension"), lowering])


def plain(name: str, groups: str, *, ever: bool = False) -> None:
    """Register a question that is one group of conditions and nothing more."""

    def asked(situation: Situation, of: str, limit: float | None) -> Reply:
        return condition(situation, groups, ever=ever)

    asked.__name__ = name
    question(asked)


plain("has_epilepsy", "epilepsy")
plain("has_porphyria", "porphyria_acute", ever=True)
plain("has_lactose_intolerance", "lactose_intolerance")
plain("has_unsafe_swallowing", "dysphagia")
plain("in_palliative_care", "palliative_hospice")


@question
def has_bulbar_motor_neurone_disease(situation: Situation, of: str, limit: float | None) -> Reply:
    """Unsafe swallowing where motor neurone disease is recorded; it is not suspected in anybody else."""
    disease = condition(situation, "motor_neurone_disease")
    return all_of([disease, ask("has_unsafe_swallowing", situation)]) if disease.answer is YES else Reply(NO)


@question
def is_small_child(situation: Situation, of: str, limit: float | None) -> Reply:
    """Younger than the row AGE-SMALL-CHILD, or lighter than the limit."""
    young = is_not(at_least(situation, situation.limit_of("AGE-SMALL-CHILD", "a")))
    weight = measures.latest(situation.patient, "weight", situation.on)
    light = Reply(NO) if weight is None else yes_if(weight.value < needed(limit, "is_small_child"), weight.words)
    return any_of([young, light])
