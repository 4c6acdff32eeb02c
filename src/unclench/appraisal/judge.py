"""From rules to findings, and from findings to the verdict: the table of CONTRACTS 1, which is data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from unclench.appraisal.findings import Finding, Reply
from unclench.appraisal.questions_indication import SPASTIC
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation, ask, evaluate
from unclench.knowledge.rows import Rule, Softening, VerdictRow
from unclench.values import Answer, Effect, KnowledgeError, Severity, Verdict

# Someone who asks to stop is judged on stopping alone: that diazepam is contraindicated is no reason to keep taking it.
STAGES_OF_STOPPING = frozenset({"dependence", "taper", "data", "adverse"})
# The one question about medicines that no list holds: it is asked as such, not once for every medicine there is.
UNLISTED = ("other-medicines",)
STEP_STAGES = frozenset({"pathway", "indication"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every rule answered, the verdict, and the row of the table that gave it."""

    findings: tuple[Finding, ...]
    verdict: Verdict | None
    held: str
    because: tuple[str, ...]

    def of(self, answer: Answer) -> Iterator[Finding]:
        return (finding for finding in self.findings if finding.answer is answer)


def is_about_stopping(rule: Rule) -> bool:
    """Rules on how long a course may be say nothing about how to end it."""
    return rule.stage in STAGES_OF_STOPPING and rule.cause != "duration"


def rules_that_apply(situation: Situation) -> list[Rule]:
    """Rules of this jurisdiction and of the question at hand."""
    stopping = situation.purpose == "stop"
    return [
        rule
        for rule in situation.facts.table("rules")
        if rule.jurisdiction in ("", situation.jurisdiction.value) and (not stopping or is_about_stopping(rule))
    ]


def softened(situation: Situation, rule: Rule, effect: Effect) -> tuple[Effect, tuple[str, ...]]:
    """The effect after rules that lower a concern, and why. None of them touches a block."""
    for row in situation.facts.table("softenings"):
        lowers: Softening = row
        milder = lowers.rule == rule.id and effect is not Effect.BLOCK and lowers.effect.rank > effect.rank
        if milder and evaluate(lowers, situation).answer is YES:
            return lowers.effect, (lowers.because,)
    return effect, ()


def finding_of(situation: Situation, rule: Rule) -> Finding:
    """One rule's answer about this patient."""
    reply = evaluate(rule, situation) if rule.when else Reply(YES)
    spastic = situation.indication is not None and situation.indication.entity in SPASTIC
    effect = Effect(rule.effect_spasticity) if spastic and rule.effect_spasticity else rule.effect
    more: tuple[str, ...] = ()
    if reply.answer is not NO:
        effect, more = softened(situation, rule, effect)
    return Finding(
        rule=rule.id,
        stage=rule.stage,
        title=rule.title,
        severity=rule.severity,
        effect=effect,
        answer=reply.answer,
        say=rule.say,
        because=reply.because + more,
        missing=reply.missing,
        standing=rule.standing,
        source=rule.source,
        cause=rule.cause,
    )


def matters(finding: Finding) -> bool:
    """Whether an answer could make the verdict worse than *usable with changes*, by more than a caution."""
    if finding.missing == UNLISTED:
        return False
    return finding.effect.rank <= Effect.SECOND_LINE.rank and finding.severity.rank < Severity.CAUTION.rank


def open_title(finding: Finding) -> str:
    """What has to be ruled out. While nobody knows whether diazepam is taken, that alone, not all it might do."""
    return "Diazepam is already taken" if "diazepam-now" in finding.missing else finding.title


def no_assessment(situation: Situation, findings: Iterable[Finding]) -> str:
    """Why no assessment is due, or nothing."""
    if ask("is_deceased", situation).answer is YES:
        return situation.facts.say("NONE-DUE-DECEASED")
    if situation.purpose == "none":
        use = situation.current_use
        if use is not None and use.answer is CANNOT_SAY and any("diazepam" in m.drugs for m in situation.medicines):
            return situation.facts.say("NONE-DUE-PERHAPS", because=use.because[0])
        return situation.facts.say("NONE-DUE-NOTHING")
    outside = situation.indication is not None and situation.indication.entity == "outside-scope"
    blocked = any(finding.answer is YES and finding.effect in (Effect.BLOCK, Effect.AVOID) for finding in findings)
    if outside and situation.purpose == "new" and not blocked:
        return situation.facts.say("NONE-DUE-OUTSIDE", direction=situation.facts.get("rules", "IND-12").say)
    return ""


def verdict_row(situation: Situation, held: frozenset[str]) -> VerdictRow:
    """The first row of the table that holds."""
    for row in sorted(situation.facts.table("verdicts"), key=lambda row: row.order):
        if row.holds in held or row.holds == "otherwise":
            found: VerdictRow = row
            return found
    raise KnowledgeError(where="verdicts.csv", found="no last row", need="a row 'otherwise'", fix="Add it.")


def holding(findings: tuple[Finding, ...]) -> dict[str, tuple[str, ...]]:
    """Which rows of the table hold, and the titles of the findings that make them hold."""
    yes = [finding for finding in findings if finding.answer is YES]
    unsure = [finding for finding in findings if finding.answer is CANNOT_SAY and matters(finding)]
    second = [finding for finding in yes if finding.effect is Effect.SECOND_LINE]
    groups = {
        "block-or-avoid": [finding for finding in yes if finding.effect in (Effect.BLOCK, Effect.AVOID)],
        "unmet-step": [finding for finding in second if finding.stage in STEP_STAGES],
        "second-line": second,
        "unknown-that-matters": unsure,
        "change": [finding for finding in yes if finding.effect is Effect.CHANGE],
    }
    told = {name: tuple(finding.title for finding in group) for name, group in groups.items() if group}
    if unsure:
        told["unknown-that-matters"] = tuple(dict.fromkeys(open_title(finding) for finding in unsure))
    return told


def judge(situation: Situation, *, only: frozenset[str] | None = None, base: Judgement | None = None) -> Judgement:
    """Ask every rule and give the verdict.

    With `base`, only the rules in `only` are asked again: for what a single answer would change.
    """
    rules = rules_that_apply(situation)
    if base is not None and only is not None:
        known = {finding.rule: finding for finding in base.findings}
        findings = tuple(
            finding_of(situation, rule) if rule.id in only or rule.id not in known else known[rule.id] for rule in rules
        )
    else:
        findings = tuple(finding_of(situation, rule) for rule in rules)
    none_due = no_assessment(situation, findings)
    held = {"no-assessment-due": (none_due,)} if none_due else holding(findings)
    row = verdict_row(situation, frozenset(held))
    verdict = Verdict(row.verdict) if row.verdict else None
    return Judgement(
        findings, verdict, row.holds, held.get(row.holds, ("Nothing recorded or stated speaks against it.",))
    )
