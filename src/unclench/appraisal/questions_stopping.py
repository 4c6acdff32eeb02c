"""Questions about how diazepam can be stopped: what makes it dangerous, what makes it hard, what nobody ruled out."""

from __future__ import annotations

from collections.abc import Iterator

from unclench.appraisal import measures
from unclench.appraisal.findings import Reply, RiskFound
from unclench.appraisal.lookup import condition, conditions, last_noted, matching
from unclench.appraisal.questions_general import needed, yes_if
from unclench.appraisal.questions_medicines import audit_c_score
from unclench.appraisal.questions_use import duration, regular, when_used
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation, all_of, any_of, ask, evaluate, question
from unclench.knowledge.rows_stopping import StoppingRisk

DANGER = "danger"


def rows_of(situation: Situation, kind: str = "") -> Iterator[StoppingRisk]:
    """What makes stopping harder or easier; of one kind, where it is named."""
    return (row for row in situation.facts.table("stopping_risks") if kind in ("", row.kind))


def stopping_risks(situation: Situation) -> tuple[RiskFound, ...]:
    """What is known, and what is not ruled out."""
    return tuple(
        RiskFound(
            row.id,
            row.title,
            row.kind,
            reply.answer,
            reply.because,
            reply.missing,
            row.urgency,
            row.from_days,
            row.early == "yes",
        )
        for row, reply in ((row, evaluate(row, situation)) for row in rows_of(situation))
        if reply.answer is not NO
    )


@question
def needs_taper(situation: Situation, of: str, limit: float | None) -> Reply:
    """Dependence is likely; or regular use for two weeks or more, with anything that makes stopping harder."""
    likely = ask("dependence_is_likely", situation)
    if likely.answer is YES or ask("uses_diazepam_now", situation).answer is not YES:
        return likely
    long_enough = all_of([duration(situation, situation.limit_of("STEP-DOWN-DAYS", "d")), regular(situation)])
    if long_enough.answer is not YES:
        return any_of([likely, long_enough])
    harder = any_of(evaluate(row, situation) for row in rows_of(situation) if row.early == "yes")
    return any_of([likely, all_of([long_enough, harder])])


@question
def stopping_needs_specialist(situation: Situation, of: str, limit: float | None) -> Reply:
    """A danger, in somebody who takes it and would need a taper; some dangers count however rarely it is taken."""
    anyway = []
    for row in rows_of(situation, DANGER):
        if row.from_days is not None:
            long_enough = [when_used(situation, duration(situation, row.from_days))] if row.from_days else []
            anyway.append(all_of([*long_enough, evaluate(row, situation)]))
    taper = ask("needs_taper", situation)
    if taper.answer is NO:
        return any_of(anyway)
    danger = any_of(evaluate(row, situation) for row in rows_of(situation, DANGER))
    return any_of([all_of([taper, danger]), *anyway])


@question
def had_withdrawal_seizure(situation: Situation, of: str, limit: float | None) -> Reply:
    """On stopping a sedative or alcohol, recorded ever or stated. A record without it denies nothing."""
    recorded = condition(situation, "withdrawal_seizure", ever=True, question="withdrawal-seizure")
    return any_of([recorded, ask("stated", situation, "withdrawal-seizure=yes")])


@question
def has_complicated_withdrawal(situation: Situation, of: str, limit: float | None) -> Reply:
    """A seizure, delirium or psychosis of withdrawal: stated as present, or recorded within the days of the limit."""
    said = situation.stated("withdrawal-crisis")
    if said is not None:
        return yes_if(said == "yes", f"stated: withdrawal-crisis = {said}")
    taken = ask("uses_diazepam_now", situation)
    if taken.answer is NO:
        return taken
    window = needed(limit, "has_complicated_withdrawal")
    for seen, certain in matching(situation, frozenset({"withdrawal_seizure"}), ever=True):
        noted = last_noted(seen.entry)
        if certain and noted is not None and 0 <= (situation.on - noted).days <= window:
            return Reply(YES, (seen.words,))
    if situation.stated("withdrawal-signs") == "no":
        return Reply(NO, ("stated: withdrawal-signs = no",))
    return Reply(CANNOT_SAY, ("not recorded how it is now",), ("withdrawal-crisis",))


def unless_unread(situation: Situation, reply: Reply, asked: str) -> Reply:
    """A no that rests on the list alone, in a list with entries that nobody understood, is no answer."""
    if reply.answer is not NO or situation.stated(asked) is not None:
        return reply
    unread = tuple(seen.words for seen in conditions(situation) if not seen.recognition.understood)
    return Reply(CANNOT_SAY, (f"not understood: {unread[0]}",), (asked,)) if unread else reply


@question
def stops_with_epilepsy(situation: Situation, of: str, limit: float | None) -> Reply:
    return unless_unread(situation, condition(situation, "epilepsy"), "epilepsy")


@question
def stops_with_psychosis(situation: Situation, of: str, limit: float | None) -> Reply:
    return unless_unread(situation, condition(situation, "psychosis"), "psychosis")


@question
def is_suicidal(situation: Situation, of: str, limit: float | None) -> Reply:
    """Recorded, stated, or an answer to item 9 of the PHQ-9."""
    item = measures.latest(situation.patient, "phq9_item9", situation.on)
    least = situation.limit_of("PHQ9-ITEM9", "{score}")
    scored = Reply(NO) if item is None else yes_if(item.value >= least, item.words)
    return any_of([condition(situation, "suicidality"), scored])


@question
def stops_with_alcohol(situation: Situation, of: str, limit: float | None) -> Reply:
    """A disorder, withdrawal from alcohol, or a score of severe use. Drinking as such only slows the taper."""
    found = audit_c_score(situation)
    severe = situation.limit_of("AUDIT-C-SEVERE", "{score}")
    scored = Reply(NO) if found is None else yes_if(found[0] >= severe, found[1])
    return any_of([condition(situation, "alcohol_use_disorder | alcohol_withdrawal"), scored])


@question
def had_failed_taper(situation: Situation, of: str, limit: float | None) -> Reply:
    """Only a person can say: a dose that rose again in the record may have had any reason."""
    said = situation.stated("failed-taper")
    if said is None:
        return Reply(CANNOT_SAY, ("not recorded",), ("failed-taper",))
    return yes_if(said == "yes", f"stated: failed-taper = {said}")
