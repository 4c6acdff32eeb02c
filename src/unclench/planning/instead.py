"""What to do instead of diazepam, or before it: danger first, then open steps, then alternatives that suit."""

from __future__ import annotations

from unclench.appraisal.findings import AlternativeAppraisal, Appraisal
from unclench.knowledge.load import Knowledge
from unclench.planning.monitoring import statement
from unclench.values import Answer, Effect, Verdict

STEPS = frozenset({"indication", "pathway"})
CHILD_RULE = "POP-07"
RED_FLAGS = "IND-08"
# What to do while diazepam goes on: said where it does, not where it is to end or never begins.
TERMS_OF_GOING_ON = frozenset({"PATH-10", "PATH-13"})
NOTHING_TO_TREAT = frozenset({"unknown", "outside-scope"})


def instead(appraisal: Appraisal, facts: Knowledge, *, with_regimen: bool) -> tuple[str, ...]:
    """Sentences in the order of doing. A red flag stands alone: it is assessed before anything else is tried."""
    if appraisal.verdict is None and not _asks_what_to_do(appraisal):
        return ()
    danger = tuple(one.say for one in appraisal.findings if one.rule == RED_FLAGS and one.answer is Answer.YES)
    if danger:
        return danger
    said: list[str] = []
    # Whoever takes it already must first hear how not to stop; where the same dose goes on, how it will end one day.
    if appraisal.purpose in ("continue", "stop") and appraisal.taper_need != "none":
        goes_on = with_regimen and appraisal.purpose == "continue"
        said.append(statement(facts, f"PLAN-{'CONTINUE' if goes_on else 'STOP'}-{appraisal.taper_need.upper()}"))
        said += [words for words in (appraisal.taper_urgency, appraisal.taper_hold) if words]
    said += [
        finding.say
        for finding in appraisal.findings
        if finding.stage in STEPS
        and finding.answer is Answer.YES
        and finding.effect is not Effect.NOTE
        and not (appraisal.verdict is Verdict.AVOID and finding.rule in TERMS_OF_GOING_ON)
    ]
    if appraisal.verdict is not Verdict.AVOID:
        said += [
            finding.say for finding in appraisal.findings if finding.rule == CHILD_RULE and finding.answer is Answer.YES
        ]
    if not with_regimen or appraisal.verdict in (None, Verdict.AVOID, Verdict.NOT_FIRST_LINE):
        said += [_offered(one) for one in _suitable(appraisal.alternatives)]
    return tuple(dict.fromkeys(said))


def _asks_what_to_do(appraisal: Appraisal) -> bool:
    """Nothing asked and nothing taken, but something to treat: the question is what to do."""
    deceased = any(one.rule == "DQ-04" and one.answer is Answer.YES for one in appraisal.findings)
    return appraisal.purpose == "none" and appraisal.indication.entity not in NOTHING_TO_TREAT and not deceased


def _suitable(alternatives: tuple[AlternativeAppraisal, ...]) -> list[AlternativeAppraisal]:
    """Offers before cautions, earlier steps first; nothing that was tried already."""
    open_ones = [one for one in alternatives if one.result in ("offer", "caution") and one.tried is not Answer.YES]
    return sorted(open_ones, key=lambda one: (one.result != "offer", one.step, one.id))


def _offered(one: AlternativeAppraisal) -> str:
    dose = f" ({one.dose})" if one.dose else ""
    care = " With care: see its appraisal." if one.result == "caution" else ""
    return f"{one.name[:1].upper()}{one.name[1:]}{dose}: {one.say}{care}"
