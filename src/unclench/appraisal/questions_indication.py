"""Questions about what is treated, red flags, and the steps that come before diazepam."""

from __future__ import annotations

from unclench.appraisal import measures
from unclench.appraisal.findings import Indication, Reply
from unclench.appraisal.indication import OUTSIDE
from unclench.appraisal.lookup import condition, conditions, holds_now, known, last_noted, recently_recorded
from unclench.appraisal.questions_general import needed, yes_if
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation, all_of, any_of, ask, question

SPASTIC = ("spasticity", "stiff-person", "athetosis")


def the_indication(situation: Situation) -> Indication:
    if situation.indication is None:
        raise RuntimeError("the indication is found before any rule is asked")
    return situation.indication


@question
def treats(situation: Situation, of: str, limit: float | None) -> Reply:
    """Whether the thing treated is one of these. Cannot-say while an answer could still make it one."""
    found = the_indication(situation)
    wanted = [part.strip() for part in of.split("|")]
    if found.answer is YES:
        return yes_if(found.entity in wanted, *found.because)
    if found.entity in wanted or any(entity in wanted for entity in found.possible):
        return Reply(CANNOT_SAY, found.because, found.missing)
    return Reply(NO, found.because)


@question
def has_no_documented_indication(situation: Situation, of: str, limit: float | None) -> Reply:
    found = the_indication(situation)
    return yes_if(found.entity == "unknown", *found.because)


@question
def is_outside_scope(situation: Situation, of: str, limit: float | None) -> Reply:
    return yes_if(the_indication(situation).entity == "outside-scope", *the_indication(situation).because)


@question
def is_wanted_for_mental_illness(situation: Situation, of: str, limit: float | None) -> Reply:
    """The request names psychosis or depression as its reason, and no muscle."""
    request = situation.request
    if request is None:
        return Reply(NO, ("nothing is asked for",))
    groups = {group for codes, text in request.reasons for group in known("condition", codes, text).groups}
    return yes_if(
        bool(groups & {"psychosis", "depression"}) and not groups - {"psychosis", "depression"} - OUTSIDE,
        *sorted(groups),
    )


@question
def has_sciatica(situation: Situation, of: str, limit: float | None) -> Reply:
    """Recorded, or stated leg pain. Asked only where a back is treated."""
    found = the_indication(situation)
    if found.entity == "sciatica":
        return Reply(YES, found.because)
    said = situation.stated("leg-pain")
    if said is not None:
        return yes_if(said == "yes", f"stated: leg-pain = {said}")
    if found.entity in SPASTIC or found.body_region in ("limb", "neck"):
        return Reply(NO, ("not a complaint of the lower back",))
    return Reply(CANNOT_SAY, ("leg pain is not recorded",), ("leg-pain",))


@question
def has_red_flag(situation: Situation, of: str, limit: float | None) -> Reply:
    """Recorded disease of the spine, cancer or osteoporosis with back pain, or stated. Symptoms are always asked."""
    found = the_indication(situation)
    spine = found.entity not in (*SPASTIC, "cramp", "outside-scope") and found.body_region != "limb"
    groups = {"red_flag_spine"} | ({"cancer", "osteoporosis"} if spine and found.entity != "unknown" else set())
    flagged = tuple(
        seen.words
        for seen in conditions(situation)
        if seen.recognition.groups & groups and (holds_now(situation, seen) or "cancer" in seen.recognition.groups)
    )
    said = situation.stated("red-flags")
    if said == "yes":
        return Reply(YES, ("stated: red-flags = yes", *flagged))
    sure = recently_recorded(situation, "red_flag_spine")
    if said == "no" and sure:
        return Reply(YES, (*sure, "stated: red-flags = no, which the record contradicts"))
    if said == "no":
        # The question names cancer and osteoporosis: whoever answers no has weighed them.
        return Reply(NO, ("stated: red-flags = no", *(f"weighed: {words}" for words in flagged)))
    if flagged:
        return Reply(YES, flagged)
    if not spine:
        return Reply(NO, ("not a complaint of the spine",))
    return Reply(CANNOT_SAY, ("red flags are not recorded",), ("red-flags",))


@question
def has_known_red_flag(situation: Situation, of: str, limit: float | None) -> Reply:
    """A red flag that is known. For adding a word of care to what is harmless, never for clearing anything."""
    reply = ask("has_red_flag", situation)
    return reply if reply.answer is YES else Reply(NO, ("no red flag is known",))


@question
def has_drug_induced_dystonia(situation: Situation, of: str, limit: float | None) -> Reply:
    return yes_if(the_indication(situation).entity == "drug-induced-dystonia", *the_indication(situation).because)


@question
def has_recent_brain_injury(situation: Situation, of: str, limit: float | None) -> Reply:
    """Spasticity, and a stroke or brain injury noted within the limit (days)."""
    window = needed(limit, "has_recent_brain_injury")
    recent = [
        seen.words
        for seen in conditions(situation)
        if seen.recognition.groups & {"stroke", "brain_injury"}
        and (noted := last_noted(seen.entry)) is not None
        and (situation.on - noted).days <= window
    ]
    return all_of([treats(situation, "spasticity", None), yes_if(bool(recent), *recent)])


def in_region(situation: Situation, *regions: str) -> Reply:
    found = the_indication(situation)
    pain = treats(situation, "acute-spasm | low-back-pain-without-spasm", None)
    return all_of([pain, yes_if(found.body_region in regions, *found.because)])


@question
def treats_recent_back_pain(situation: Situation, of: str, limit: float | None) -> Reply:
    """Acute or subacute trouble of back or neck; an unnamed place counts as the back."""
    return in_region(situation, "back", "neck", "")


@question
def treats_recent_limb_injury(situation: Situation, of: str, limit: float | None) -> Reply:
    return in_region(situation, "limb")


def is_severe(situation: Situation) -> Reply:
    """Pain from the row PAIN-SEVERE, or everyday life stopped."""
    bound = situation.limit_of("PAIN-SEVERE", "{score}")
    said = situation.stated_number("pain")
    found = measures.latest(situation.patient, "pain", situation.on)
    if said is not None:
        painful = yes_if(said >= bound, f"stated: pain = {said:g}")
    elif found is not None:
        painful = yes_if(found.value >= bound, found.words)
    else:
        painful = Reply(CANNOT_SAY, ("pain not recorded",), ("pain",))
    limited = situation.stated("limits-function")
    if limited is None:
        function = Reply(CANNOT_SAY, ("function not recorded",), ("limits-function",))
    else:
        function = yes_if(limited == "yes", f"stated: limits-function = {limited}")
    return any_of([painful, function])


@question
def gate_for_diazepam_met(situation: Situation, of: str, limit: float | None) -> Reply:
    """Severe or limiting, an NSAID or paracetamol tried or ruled out, and another relaxant tried or ruled out."""
    analgesic = ask("was_tried", situation, "tag:nsaid | tag:paracetamol | tag:topical_nsaid")
    return all_of([is_severe(situation), analgesic, ask("was_tried", situation, "tag:muscle_relaxant")])


@question
def nsaid_ruled_out(situation: Situation, of: str, limit: float | None) -> Reply:
    return ask("was_tried", situation, "tag:nsaid")


@question
def treats_spasticity(situation: Situation, of: str, limit: float | None) -> Reply:
    """The same question with its own words, for rules whose `of` says something else."""
    return treats(situation, "spasticity", None)


def caused_by(situation: Situation, disease: str) -> Reply:
    """Whether this disease is recorded, or stated as the cause of the spasticity."""
    return condition(situation, disease, question="spasticity-cause", yes=(disease.replace("_", "-"),))


@question
def treats_spasticity_of_ms(situation: Situation, of: str, limit: float | None) -> Reply:
    return all_of([treats(situation, "spasticity", None), caused_by(situation, "multiple_sclerosis")])


@question
def ms_steps_tried(situation: Situation, of: str, limit: float | None) -> Reply:
    """Baclofen or gabapentin, and tizanidine or dantrolene."""
    first = any_of([ask("was_tried", situation, "drug:baclofen"), ask("was_tried", situation, "tag:gabapentinoid")])
    second = any_of([ask("was_tried", situation, "drug:tizanidine"), ask("was_tried", situation, "drug:dantrolene")])
    return all_of([first, second])


@question
def treats_child_with_cerebral_palsy(situation: Situation, of: str, limit: float | None) -> Reply:
    return all_of(
        [ask("age_below_18", situation), treats(situation, "spasticity", None), caused_by(situation, "cerebral_palsy")]
    )


@question
def treats_focal_spasticity(situation: Situation, of: str, limit: float | None) -> Reply:
    spastic = treats(situation, "spasticity", None)
    return spastic if spastic.answer is NO else all_of([spastic, ask("stated", situation, "focal=yes")])


@question
def needs_geriatric_dose(situation: Situation, of: str, limit: float | None) -> Reply:
    """Older, debilitated, or the rules on liver, kidney or albumin hold; each with its own limit."""
    rule = situation.facts
    return any_of(
        [
            ask("age_at_least_65", situation),
            ask("is_debilitated", situation, limit=rule.get("rules", "POP-06").limit),
            ask("has_nonsevere_liver_disease", situation),
            ask("has_severe_kidney_disease", situation, limit=rule.get("rules", "POP-17").limit),
            ask("has_low_albumin", situation, limit=rule.get("rules", "POP-21").limit),
        ]
    )
