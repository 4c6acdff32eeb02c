"""Everything Unclench thinks about the question, before any regimen: the line of appraisal, top to bottom."""

from __future__ import annotations

from datetime import date

from unclench.appraisal import (  # noqa: F401 - importing registers the questions
    questions_conditions,
    questions_general,
    questions_indication,
    questions_medicines,
    questions_request,
    questions_stopping,
    questions_use,
)
from unclench.appraisal.advice import advice_for
from unclench.appraisal.alternatives import appraise_alternatives
from unclench.appraisal.answers import check_answers
from unclench.appraisal.body import find_body
from unclench.appraisal.combined import combined_effects
from unclench.appraisal.conditional import WIDE_AREAS, asked, conditionals, matters_to, what_for
from unclench.appraisal.current_use import current_use
from unclench.appraisal.dose_limits import dose_limits
from unclench.appraisal.exposure import exposure
from unclench.appraisal.findings import (
    AlternativeAppraisal,
    Appraisal,
    Asked,
    Conditional,
    CurrentUse,
    Finding,
    Need,
    RiskFound,
)
from unclench.appraisal.indication import find_indication
from unclench.appraisal.judge import STEP_STAGES, Judgement, judge, matters, open_title
from unclench.appraisal.lookup import conditions
from unclench.appraisal.measures import problems
from unclench.appraisal.medicines import current_medicines, unread_medicines
from unclench.appraisal.questions_general import age_range, at_least
from unclench.appraisal.questions_request import mg_per_day
from unclench.appraisal.questions_stopping import stopping_risks
from unclench.appraisal.request import find_request, in_words, purpose_of
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation
from unclench.appraisal.stopping import judge_stopping
from unclench.appraisal.taper_need import decide, pace_features
from unclench.knowledge import Knowledge, knowledge
from unclench.record.patient import Patient
from unclench.values import Effect, Jurisdiction, Verdict

DAYS_A_WEEK = 7
NOTHING: tuple[tuple[Conditional, ...], tuple[Asked, ...]] = ((), ())


def set_up(situation: Situation) -> Situation:
    """Medicines, present use, request, purpose, indication, body and exposure: each after what it needs."""
    situation.medicines = current_medicines(situation)
    situation.current_use = current_use(situation)
    situation.purpose = purpose_of(situation.request, situation.current_use)
    situation.indication = find_indication(situation)
    situation.body = find_body(situation)
    # A taper goes on for months, so that a medicine which starts or stops late in it still changes its doses.
    ahead = {"horizon_days": longest_taper_days(situation)} if situation.purpose in ("stop", "continue") else {}
    situation.exposure = exposure(
        situation.medicines, cyp2c19=situation.body.cyp2c19, on=situation.on, facts=situation.facts, **ahead
    )
    return situation


def longest_taper_days(situation: Situation) -> int:
    return int(situation.facts.limit("TAPER-LONGEST", "wk")) * DAYS_A_WEEK


def find_need(situation: Situation) -> Need:
    use = situation.current_use
    request = situation.request
    days = None
    if situation.purpose in ("new", "continue") and request is not None and not request.stop:
        days = request.days
    daily = mg_per_day(request) if request is not None else None
    span = age_range(situation)
    assert use is not None
    risks = stopping_risks(situation)
    return decide(use, days, daily, None if span is None else span[0], risks, situation.facts)


def judged(situation: Situation, *, only: frozenset[str] | None = None, base: Judgement | None = None) -> Judgement:
    """The verdict, that on stopping included."""
    judgement = judge(situation, only=only, base=base)
    if situation.purpose != "stop":
        return judgement
    need = find_need(situation)
    return judge_stopping(situation, judgement, need.need, need.because)


def rejudged(situation: Situation, question: str, base: Judgement, rules: frozenset[str]) -> Judgement:
    """The verdict with one more answer. A narrow answer moves only the rules that wait for it."""
    wide = situation.facts.get("questions", question).area in WIDE_AREAS
    if wide or situation.purpose == "stop":
        return judged(set_up(situation))
    return judged(situation, only=rules, base=base)


def rank(finding: Finding) -> tuple[int, int, int, str]:
    return (finding.answer is not YES, finding.effect.rank, finding.severity.rank, finding.rule)


def provided(situation: Situation, judgement: Judgement) -> tuple[str, ...]:
    """What has to be ruled out for the verdict to hold: the titles of what cannot be said yet.

    Nothing has to be ruled out before stopping: harm by diazepam is one more reason to stop.
    """
    if judgement.verdict in (None, Verdict.AVOID) or situation.purpose == "stop":
        return ()
    waiting = sorted((f for f in judgement.of(CANNOT_SAY) if matters(f)), key=rank)
    return tuple(dict.fromkeys(open_title(finding) for finding in waiting))


def may_plan(situation: Situation, judgement: Judgement) -> bool:
    """A regimen may be proposed: not under avoid, an unmet step, for a child, or when stopping is asked."""
    if judgement.verdict in (None, Verdict.AVOID) or judgement.held == "unmet-step" or situation.purpose == "stop":
        return False
    if any(f.effect is Effect.SECOND_LINE and f.stage in STEP_STAGES for f in judgement.of(YES)):
        return False
    return at_least(situation, situation.limit_of("AGE-ADULT", "a")).answer is YES


def heading(judgement: Judgement, allowed: bool, conditions_to_meet: tuple[str, ...]) -> str:
    parts = []
    if judgement.verdict is Verdict.NOT_FIRST_LINE and allowed:
        parts.append("only if nothing else")
    if conditions_to_meet and allowed:
        parts.append("provided that what is listed is ruled out")
    return "; ".join(parts)


def noticed(situation: Situation, told: tuple[str, ...]) -> tuple[str, ...]:
    """What a reader should know about the record itself."""
    data = [f"{item.text} ({item.ref})" if item.ref else item.text for item in situation.patient.noticed]
    odd = contradictions(situation)
    return tuple(dict.fromkeys((*told, *odd, *data, *problems(situation.patient, situation.on))))


def contradictions(situation: Situation) -> tuple[str, ...]:
    """Where an answer and the record cannot both be right. The more cautious one counted."""
    found = []
    use = situation.current_use
    if situation.stated("diazepam-now") == "no" and use is not None and use.answer is YES:
        found.append(
            f"Stated that diazepam is not taken now, but the record says so: {use.because[0]}. The record counts."
        )
    if situation.patient.sex == "male" and situation.stated("pregnant") in ("yes", "trying"):
        found.append("Stated as pregnant, but recorded as male. The answer counts until this is cleared up.")
    return tuple(found)


def unrecognised(situation: Situation) -> tuple[str, ...]:
    """Entries that nobody understood, medicines and problems."""
    problems_unread = tuple(seen.words for seen in conditions(situation) if not seen.recognition.understood)
    return (*unread_medicines(situation), *problems_unread)


def use_in_words(use: CurrentUse) -> str:
    """Present use of diazepam for the head of an answer; nothing where none is known."""
    if use.answer is YES:
        dose = "dose not recorded" if use.mg_per_day_high is None else f"{use.mg_per_day_high} mg a day"
        return f"{dose}, {f'since {use.since}' if use.since else 'for how long is not recorded'}"
    told = any("diazepam" in part.casefold() or "valium" in part.casefold() for part in use.because)
    return f"not certain: {use.because[0]}" if use.answer is CANNOT_SAY and told else ""


def facts_used(judgement: Judgement, appraised: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Ids of every row that spoke: rules answered yes or cannot-say, limits, ratios, alternatives."""
    used = {finding.rule for finding in judgement.findings if finding.answer is not NO}
    for ids in appraised:
        used.update(ids)
    return tuple(sorted(used))


def appraise(
    patient: Patient,
    on: date,
    jurisdiction: Jurisdiction | str = Jurisdiction.US,
    facts: Knowledge | None = None,
    *,
    with_questions: bool = True,
) -> Appraisal:
    """Judge diazepam for this patient on this day.

    Parameters
    ----------
    patient
        as `unclench.record.read` gives it; answers that were stated are in it.
    on
        the day of the question. Ages, "now" and "recent" count from it.
    jurisdiction
        "us" or "uk": caps, products, wording.
    with_questions
        whether to work out what is asked and what each answer would do. Without, both are empty and nothing else
        differs; it takes half as long.

    Raises
    ------
    RecordError
        for an answer to an unknown question, two requests, or a request for another medicine.
    """
    facts = facts or knowledge()
    check_answers(patient.answers, facts)
    request, told = find_request(patient)
    situation = set_up(Situation(patient, on, Jurisdiction(jurisdiction), facts, request=request))
    return concluded(situation, judged(situation), told, with_questions=with_questions)


def concluded(situation: Situation, judgement: Judgement, told: tuple[str, ...], *, with_questions: bool) -> Appraisal:
    """Everything that follows from the verdict and its findings, put together."""
    indication, use = situation.indication, situation.current_use
    body, exposed = situation.body, situation.exposure
    assert indication is not None, "made by set_up"
    assert use is not None, "made by set_up"
    assert body is not None, "made by set_up"
    assert exposed is not None, "made by set_up"
    need, risks = find_need(situation), stopping_risks(situation)
    limits = dose_limits(situation, judgement.findings)
    alternatives, combined = appraise_alternatives(situation), combined_effects(situation)
    asks = to_ask_of_stopping(use, need, risks)
    conditional, questions = still_open(situation, judgement, alternatives, asks) if with_questions else NOTHING
    pace = pace_features(risks) if use.answer is not NO else ()
    allowed, to_meet = may_plan(situation, judgement), provided(situation, judgement)
    advice = advice_for(situation, allowed or use.answer is YES)
    spoke = (
        (*need.rules, *(key for key, _, _ in pace), *advice),
        tuple(part for _, part in limits.set_by),
        tuple(one.fact for one in combined),
        *(change.facts for change in exposed.changes),
        *(alternative.facts for alternative in alternatives),
    )
    return Appraisal(
        on=situation.on,
        jurisdiction=situation.jurisdiction,
        purpose=situation.purpose,
        indication=indication,
        request=situation.request,
        request_text=in_words(situation.request),
        current_use=use,
        medicines=situation.medicines,
        findings=tuple(sorted((f for f in judgement.findings if f.answer is not NO), key=rank)),
        cleared=tuple(judgement.of(NO)),
        verdict=judgement.verdict,
        verdict_because=judgement.because,
        provided_that=to_meet,
        conditional_on=conditional,
        questions=questions,
        body=body,
        exposure=exposed,
        limits=limits,
        regimen_allowed=allowed,
        regimen_heading=heading(judgement, allowed, to_meet),
        alternatives=alternatives,
        noticed=noticed(situation, told),
        unrecognised=unrecognised(situation),
        taper_need=need.need,
        taper_because=need.because,
        advice=advice,
        facts=facts_used(judgement, spoke),
        combined=combined,
        takes_now=use_in_words(use),
        patient_ref=situation.patient.ref,
        taper_views=need.views,
        taper_hold=need.hold,
        taper_urgency=need.urgency,
        taper_risks=risks,
        pace_features=pace,
    )


def to_ask_of_stopping(use: CurrentUse, need: Need, risks: tuple[RiskFound, ...]) -> tuple[tuple[str, str], ...]:
    """(question, risk) for everything not ruled out that bears on how present use is stopped."""
    if use.answer is NO or need.need == "none":
        return ()
    return tuple((key, risk.id) for risk in risks if risk.answer is CANNOT_SAY for key in risk.missing)


def still_open(
    situation: Situation,
    judgement: Judgement,
    alternatives: tuple[AlternativeAppraisal, ...],
    of_stopping: tuple[tuple[str, str], ...],
) -> tuple[tuple[Conditional, ...], tuple[Asked, ...]]:
    """What each possible answer would do to the verdict, and every open question in order."""
    indication, use = situation.indication, situation.current_use
    of_indication = indication.missing if indication is not None and judgement.verdict else ()
    of_use = use.missing if use is not None else ()
    # Without a verdict there is nothing that a rule's question could change; what is taken is still worth asking.
    waiting = matters_to(judgement, (*of_indication, *of_use)) if judgement.verdict else {key: [] for key in of_use}
    conditional = conditionals(situation, judgement, waiting, rejudged)
    for alternative in alternatives:
        for key in alternative.missing:
            waiting.setdefault(key, []).append(alternative.id)
    for key, risk in of_stopping if judgement.verdict else ():
        waiting.setdefault(key, []).append(risk)
    holding_back = (f.missing for f in judgement.of(CANNOT_SAY) if matters(f) and judgement.verdict)
    changing = {part.question for part in conditional}.union(*holding_back, what_for(situation) & waiting.keys())
    return conditional, asked(situation, judgement, waiting, frozenset(changing))
