"""Questions about other medicines, alcohol and substances."""

from __future__ import annotations

from collections.abc import Callable

from unclench.appraisal import measures
from unclench.appraisal.findings import CurrentMedicine, ExposureChange, Reply
from unclench.appraisal.lookup import condition
from unclench.appraisal.medicines import matches, takes_medicine
from unclench.appraisal.questions_general import at_least, needed, yes_if
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation, all_of, any_of, ask, is_not, question

# Classes that count as sedating besides those with a rule of their own.
OTHER_DEPRESSANTS = (
    "tag:barbiturate | tag:antipsychotic | tag:sedating_antidepressant | tag:tca | tag:sedating_antihistamine | "
    "tag:gabapentinoid | tag:muscle_relaxant | tag:antiseizure | tag:anaesthetic | tag:alpha2_agonist | "
    "tag:orexin_antagonist | tag:hypnotic_other | tag:cns_depressant"
)
# The classes of the Beers list; diazepam itself is one more.
BEERS_CLASSES = (
    *("tca", "ssri", "snri", "antipsychotic", "antiseizure", "gabapentinoid"),
    *("benzodiazepine", "z_drug", "opioid", "muscle_relaxant"),
)


@question
def opioid_with_added_risk(situation: Situation, of: str, limit: float | None) -> Reply:
    """An opioid with older age, lung, liver or severe kidney disease."""
    risk = any_of(
        [
            ask("age_at_least_65", situation),
            condition(situation, "copd"),
            condition(situation, "cirrhosis"),
            ask("has_severe_kidney_disease", situation, limit=situation.limit_of("EGFR-SEVERE", "mL/min/{1.73_m2}")),
        ]
    )
    return all_of([takes_medicine(situation, "tag:opioid"), risk])


@question
def takes_other_benzodiazepine(situation: Situation, of: str, limit: float | None) -> Reply:
    return takes_medicine(situation, "tag:benzodiazepine | tag:z_drug", besides="diazepam")


@question
def takes_other_depressant(situation: Situation, of: str, limit: float | None) -> Reply:
    """A sedating medicine that is no opioid, benzodiazepine, Z-drug, oxybate or herb: those have rules of their own."""
    own = ("opioid", "benzodiazepine", "z_drug", "sodium_oxybate", "herbal_sedative", "cannabinoid")
    hits = [
        medicine
        for medicine in situation.medicines
        if matches(medicine, OTHER_DEPRESSANTS) and not any(tag in medicine.tags for tag in own)
    ]
    sure = tuple(medicine.phrase for medicine in hits if medicine.active is YES)
    if sure:
        return Reply(YES, sure)
    if situation.stated("takes-sedative") == "yes":
        return Reply(YES, ("stated: takes-sedative = yes",))
    reply = takes_medicine(situation, OTHER_DEPRESSANTS)
    if reply.answer is YES:
        return Reply(NO, ("only medicines with rules of their own",))
    return reply


@question
def takes_herbal_sedative(situation: Situation, of: str, limit: float | None) -> Reply:
    """Recorded or stated. A list never says no here: what is bought without a prescription is always asked."""
    reply = takes_medicine(situation, "tag:herbal_sedative | tag:cannabinoid | drug:st johns wort")
    if reply.answer is NO and situation.stated("herbal") is None:
        return Reply(CANNOT_SAY, ("not recorded; such products rarely are",), ("herbal",))
    return reply


@question
def cns_active_count_at_least(situation: Situation, of: str, limit: float | None) -> Reply:
    """Medicines acting on the brain, diazepam counted as one."""
    sure: list[CurrentMedicine] = []
    unsure: list[CurrentMedicine] = []
    for medicine in situation.medicines:
        if set(medicine.drugs) == {"diazepam"} or not any(tag in medicine.tags for tag in BEERS_CLASSES):
            continue
        if medicine.active is not NO:
            (sure if medicine.active is YES else unsure).append(medicine)
    wanted = needed(limit, "cns_active_count_at_least") - 1
    count = len({medicine.drugs for medicine in sure})
    words = tuple(medicine.phrase for medicine in sure)
    if count >= wanted:
        return Reply(YES, words)
    if count + len({medicine.drugs for medicine in unsure}) >= wanted:
        return Reply(CANNOT_SAY, words + tuple(medicine.phrase for medicine in unsure), ("other-medicines",))
    listed = takes_medicine(situation, "tag:cns_active")
    return Reply(NO, words or ("fewer recorded",)) if listed.answer is not CANNOT_SAY else listed


@question
def has_alcohol_risk(situation: Situation, of: str, limit: float | None) -> Reply:
    """A disorder, a positive AUDIT-C, or drinking planned. Only an answer about drinking can say no."""
    disorder = condition(situation, "alcohol_use_disorder | unhealthy_alcohol_use | alcohol_withdrawal")
    scored = audit_c(situation)
    if disorder.answer is YES or scored.answer is YES:
        return any_of([disorder, scored])
    said = situation.stated("drinks-alcohol")
    if said is None and is_too_young_to_ask(situation).answer is YES:
        return disorder
    if said is None:
        return Reply(CANNOT_SAY, (*disorder.because, "drinking during the course is not recorded"), ("drinks-alcohol",))
    if said == "yes":
        return Reply(YES, ("stated: drinks-alcohol = yes",))
    return (
        disorder
        if disorder.answer is CANNOT_SAY and scored.answer is CANNOT_SAY
        else Reply(NO, ("stated: drinks-alcohol = no",))
    )


def is_too_young_to_ask(situation: Situation) -> Reply:
    """A small child is asked neither about drinking nor about driving."""
    return is_not(at_least(situation, situation.limit_of("AGE-ASK-HABITS", "a")))


def audit_c_score(situation: Situation) -> tuple[float, str] | None:
    """The AUDIT-C as recorded or stated, and the words for it."""
    found = measures.latest(situation.patient, "audit_c", situation.on)
    if found is not None:
        return found.value, found.words
    said = situation.stated_number("audit-c")
    return None if said is None else (said, f"stated: audit-c = {said:g}")


def audit_c(situation: Situation) -> Reply:
    """AUDIT-C against the cut-off for the sex; the lower one where the sex is not recorded."""
    found = audit_c_score(situation)
    if found is None:
        return Reply(CANNOT_SAY, ("AUDIT-C not recorded",), ("audit-c",))
    score, words = found
    cut = situation.limit_of("AUDIT-C-MEN" if situation.patient.sex == "male" else "AUDIT-C-WOMEN", "{score}")
    return yes_if(score >= cut, words)


@question
def has_substance_use_disorder(situation: Situation, of: str, limit: float | None) -> Reply:
    """Now or in remission; a positive DAST-10 or AUDIT-C counts too, as does opioid agonist treatment."""
    dast = measures.latest(situation.patient, "dast10", situation.on)
    return any_of(
        [
            condition(situation, "substance_use_disorder | opioid_use_disorder | benzodiazepine_dependence", ever=True),
            Reply(NO) if dast is None else yes_if(dast.value >= situation.limit_of("DAST10", "{score}"), dast.words),
            audit_c(situation) if audit_c(situation).answer is YES else Reply(NO),
        ]
    )


@question
def exposure_at_least(situation: Situation, of: str, limit: float | None) -> Reply:
    return exposed(situation, lambda ratio: ratio >= needed(limit, "exposure_at_least"))


@question
def exposure_between(situation: Situation, of: str, limit: float | None) -> Reply:
    """From the limit up to where the stronger rule INT-07 begins."""
    top: float = situation.facts.get("rules", "INT-07").limit
    return exposed(situation, lambda ratio: needed(limit, "exposure_between") <= ratio < top)


@question
def exposure_at_most(situation: Situation, of: str, limit: float | None) -> Reply:
    """Lowered in all, by one medicine alone, or in a direction that is known without a number."""
    bound = needed(limit, "exposure_at_most")
    lowering = tuple(
        reason(change)
        for change in acting(situation)
        if change.ratio <= bound or (change.direction == "lowers" and not change.shows_number)
    )
    return Reply(YES, lowering) if lowering else exposed(situation, lambda ratio: ratio <= bound)


def acting(situation: Situation) -> tuple[ExposureChange, ...]:
    """Changes by medicines that are surely taken and that do something in this person."""
    changes = situation.exposure.changes if situation.exposure is not None else ()
    return tuple(change for change in changes if change.counts and change.direction != "none")


def exposed(situation: Situation, test: Callable[[float], bool]) -> Reply:
    """The combined ratio, where at least one medicine changes it. The genotype alone belongs to POP-22."""
    exposure = situation.exposure
    sure = acting(situation)
    if exposure is not None and sure and test(exposure.ratio):
        return Reply(YES, tuple(reason(change) for change in sure))
    changes = exposure.changes if exposure is not None else ()
    unsure = tuple(reason(change) for change in changes if not change.counts and test(change.ratio))
    if unsure:
        return Reply(CANNOT_SAY, unsure, ("other-medicines",))
    return Reply(NO, tuple(reason(change) for change in changes) or ("no recorded medicine changes exposure",))


def reason(change: ExposureChange) -> str:
    """The sentence as one of several reasons, which are joined by semicolons."""
    return change.say.removesuffix(".")


@question
def is_slow_metaboliser(situation: Situation, of: str, limit: float | None) -> Reply:
    phenotype = situation.body.cyp2c19 if situation.body else None
    if phenotype is None:
        said = situation.stated("cyp2c19") == "unknown"
        return Reply(NO if said else CANNOT_SAY, ("CYP2C19 not recorded",), () if said else ("cyp2c19",))
    return yes_if(phenotype in ("PM", "IM"), f"CYP2C19 {phenotype}")


@question
def drives(situation: Situation, of: str, limit: float | None) -> Reply:
    said = situation.stated("drives")
    if said is None and is_too_young_to_ask(situation).answer is YES:
        return Reply(NO, ("too young to drive",))
    return (
        Reply(CANNOT_SAY, ("not recorded",), ("drives",))
        if said is None
        else yes_if(said == "yes", f"stated: drives = {said}")
    )
