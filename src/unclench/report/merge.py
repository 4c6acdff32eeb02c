"""One page, not thirty alerts: findings with one cause become one, and the worst comes first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from unclench.appraisal.findings import Finding
from unclench.values import Answer, Effect, Severity, Standing


@dataclass(frozen=True, slots=True)
class Merged:
    """All findings with one cause and one kind of answer, told by the worst of them."""

    cause: str
    rule: str
    title: str
    say: str
    answer: Answer  # yes, or cannot-say: "not known"
    effect: Effect
    severity: Severity
    standing: Standing
    source: str
    because: tuple[str, ...]
    missing: tuple[str, ...]
    others: tuple[str, ...]  # the other rules with this cause, worst first

    @property
    def is_note(self) -> bool:
        return self.effect is Effect.NOTE


def _rank(finding: Finding) -> tuple[int, int, str]:
    return finding.effect.rank, finding.severity.rank, finding.rule


def _one(cause: str, group: list[Finding]) -> Merged:
    group = sorted(group, key=_rank)
    head = group[0]
    return Merged(
        cause=cause,
        rule=head.rule,
        title=head.title,
        say=head.say,
        answer=head.answer,
        effect=head.effect,
        severity=min((finding.severity for finding in group), key=lambda severity: severity.rank),
        standing=head.standing,
        source=head.source,
        because=tuple(dict.fromkeys(chain.from_iterable(finding.because for finding in group))),
        missing=tuple(dict.fromkeys(chain.from_iterable(finding.missing for finding in group))),
        others=tuple(dict.fromkeys(finding.rule for finding in group[1:])),
    )


def merged(findings: tuple[Finding, ...]) -> tuple[Merged, ...]:
    """Worst first by effect, then severity; what is not known comes last. The answer *no* is left out."""
    groups: dict[tuple[bool, str], list[Finding]] = {}
    for finding in findings:
        if finding.answer is Answer.NO:
            continue
        groups.setdefault((finding.answer is Answer.CANNOT_SAY, finding.cause or finding.rule), []).append(finding)
    made = [_one(cause, group) for (_, cause), group in groups.items()]
    return tuple(
        sorted(
            made,
            key=lambda one: (one.answer is Answer.CANNOT_SAY, one.effect.rank, one.severity.rank, one.rule),
        )
    )
