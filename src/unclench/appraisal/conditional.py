"""What is asked, in order, and what each possible answer would do to the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from unclench.appraisal.findings import Asked, Conditional
from unclench.appraisal.judge import Judgement, matters
from unclench.appraisal.situation import CANNOT_SAY, Situation
from unclench.knowledge.rows import Question
from unclench.record.patient import Stated
from unclench.values import Effect, Verdict

# Questions whose answer moves what is treated or who takes diazepam, and with it every rule.
WIDE_AREAS = frozenset({"indication", "use"})
# More than this many questions with a possible effect are listed, but not tried out one by one.
TRIED_OUT = 12


def matters_to(judgement: Judgement, extra: tuple[str, ...]) -> dict[str, list[str]]:
    """Question -> rules that wait for it, for every rule that cannot say."""
    waiting: dict[str, list[str]] = {key: [] for key in extra}
    for finding in judgement.of(CANNOT_SAY):
        for key in finding.missing:
            waiting.setdefault(key, []).append(finding.rule)
    return waiting


def weight(judgement: Judgement, rules: list[str]) -> int:
    """The strongest effect that waits for an answer: 0 is a block."""
    effects = [finding.effect.rank for finding in judgement.findings if finding.rule in rules]
    return min(effects, default=Effect.NOTE.rank)


def values_to_try(question: Question) -> tuple[str, ...]:
    """Each allowed answer; for a score its two ends. Open numbers are not tried out."""
    if question.kind != "number":
        return question.allowed
    if question.unit == "{score}" and question.low is not None and question.high is not None:
        return (f"{question.low:g}", f"{question.high:g}")
    return ()


def with_answer(situation: Situation, question: str, value: str) -> Situation:
    """The same situation with one more answer. What was recognised in the record stays known."""
    patient = replace(situation.patient, answers=(*situation.patient.answers, Stated(question, value, "what if")))
    kept = {key: value for key, value in situation.cache.items() if key in KEPT}
    return replace(situation, patient=patient, cache=kept)


KEPT = (("conditions",), ("allergies",), ("unread medicines",))

Rejudge = Callable[[Situation, str, Judgement, frozenset[str]], Judgement]


def conditionals(
    situation: Situation, judgement: Judgement, waiting: dict[str, list[str]], rejudge: Rejudge
) -> tuple[Conditional, ...]:
    """What each possible answer would do, for questions where at least one answer changes the verdict."""
    if judgement.verdict is None:
        return ()
    rows = situation.facts
    ordered = sorted(waiting, key=lambda key: order(situation, judgement, waiting, key))
    found: list[Conditional] = []
    for key in ordered[:TRIED_OUT]:
        rules = frozenset(waiting[key])
        waits = any(finding.rule in rules and matters(finding) for finding in judgement.findings)
        question: Question = rows.get("questions", key)
        if not waits and question.area not in WIDE_AREAS:
            continue
        outcomes = []
        for value in values_to_try(question):
            then = rejudge(with_answer(situation, key, value), key, judgement, rules)
            outcomes.append((value, then.verdict))
        if any(verdict is not judgement.verdict for _, verdict in outcomes):
            found += [Conditional(key, value, verdict) for value, verdict in outcomes if isinstance(verdict, Verdict)]
    return tuple(found)


def order(situation: Situation, judgement: Judgement, waiting: dict[str, list[str]], key: str) -> tuple[int, int, str]:
    """Most likely and most serious first: the priority of the question, then the strongest effect that waits for it."""
    question: Question = situation.facts.get("questions", key)
    return (question.priority, weight(judgement, waiting[key]), key)


def what_for(situation: Situation) -> frozenset[str]:
    """The questions that say what is treated, where nothing does: no other answer is of use before these."""
    indication = situation.indication
    unnamed = indication is not None and indication.entity == "unknown" and situation.purpose != "none"
    return frozenset(indication.missing) if indication is not None and unnamed else frozenset()


def asked(
    situation: Situation, judgement: Judgement, waiting: dict[str, list[str]], changing: frozenset[str]
) -> tuple[Asked, ...]:
    """Every open question: those that change the verdict first, then by the weight of what waits for them."""
    unnamed = what_for(situation)
    ordered = sorted(
        waiting,
        key=lambda key: (key not in unnamed, key not in changing, *order(situation, judgement, waiting, key)),
    )
    rows = situation.facts
    return tuple(
        Asked(
            id=key,
            ask=rows.get("questions", key).ask,
            why=rows.get("questions", key).why,
            kind=rows.get("questions", key).kind,
            allowed=rows.get("questions", key).allowed,
            unit=rows.get("questions", key).unit,
            matters_to=tuple(dict.fromkeys(waiting[key])),
            changes_verdict=key in changing,
        )
        for key in ordered
    )
