"""Which candidate is the regimen. The candidates alone settle it; only those otherwise alike are compared by level.

The principle: the lowest total exposure that serves the indication. A request that is reasonable is kept; what calls
for care moves the choice to a low start; what harms, an open question that matters, or a place after other treatments
moves it to the least exposure; driving moves it to the night. No added finding ever moves it up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from unclench.appraisal.findings import Appraisal, Finding
from unclench.knowledge import knowledge
from unclench.planning import words
from unclench.planning.candidates import CONTINUE, REQUEST, REQUEST_CUT
from unclench.planning.plan import Candidate
from unclench.values import Answer, Effect, Regimen, Severity, Verdict

STARTS_LOW = ("LOW-NIGHT-THEN-TWICE", "LOW-NIGHT-RISING")
# One dose at night of the size that the label gives for a night-only course.
NIGHT_DOSE = "MIDDLE-NIGHT"
# Stages whose changes mean: acts longer, more strongly, or on someone easily harmed.
BODY_STAGES = frozenset({"interaction", "population", "precaution"})
DRIVING = "POP-29"

Peaks = Callable[[Sequence[Regimen]], Sequence[float]]
"""The typical person's highest level (ng/mL) under each regimen. Asked for only to settle a tie: it may be costly."""


def pick(appraisal: Appraisal, candidates: Sequence[Candidate], peaks: Peaks) -> tuple[Candidate, str]:
    """The chosen candidate, and the key of the sentence that says why."""
    by_id = {candidate.id: candidate for candidate in candidates}
    if CONTINUE in by_id:
        return by_id[CONTINUE], "CONTINUE"
    if appraisal.verdict is Verdict.REASONABLE and REQUEST in by_id and not drives(appraisal):
        return by_id[REQUEST], "REQUEST"
    for holds, key in (
        (speaks_for_less(appraisal, strongly=True), "CAREFUL"),
        (appraisal.provided_that, "OPEN"),
        (appraisal.verdict is Verdict.NOT_FIRST_LINE, "LAST"),
    ):
        if holds:
            return least(candidates, peaks), key
    asked = next((by_id[key] for key in (REQUEST, REQUEST_CUT) if key in by_id), None)
    start = next((by_id[key] for key in STARTS_LOW if key in by_id), None)
    if drives(appraisal):
        return _by_night(appraisal, candidates, asked, peaks), "NIGHT"
    if speaks_for_less(appraisal, strongly=False):
        gentle = [candidate for candidate in (asked, start) if candidate]
        return least(gentle or candidates, peaks), "GENTLE"
    if asked:
        return asked, "REQUEST" if asked.id == REQUEST else "CUT"
    rarely = appraisal.request is not None and (appraisal.request.dosage.doses_per_day or 1) < 1
    return (start, "START") if start and not rarely else (least(candidates, peaks), "LEAST")


def least(among: Sequence[Candidate], peaks: Peaks) -> Candidate:
    """The least exposure: total dose, then the highest level, then doses a day; the id settles what is left."""
    total = min(candidate.regimen.total_mg for candidate in among)
    alike = [candidate for candidate in among if candidate.regimen.total_mg == total]
    if len(alike) == 1:
        return alike[0]
    highest = dict(zip(alike, peaks([candidate.regimen for candidate in alike]), strict=True))
    return min(alike, key=lambda one: (highest[one], max(len(phase.doses) for phase in one.regimen.phases), one.id))


def speaks_for_less(appraisal: Appraisal, *, strongly: bool) -> tuple[str, ...]:
    """Titles of what makes diazepam act longer or more strongly, or harm more easily. Driving is judged apart.

    Strongly: a rule that moves the verdict further than a change, or that is major. Else: what calls for care.
    """
    found = (
        finding
        for finding in appraisal.findings
        if finding.rule != DRIVING
        and finding.answer is Answer.YES
        and finding.stage in BODY_STAGES
        and finding.effect is not Effect.NOTE
        and (finding.effect is not Effect.CHANGE or _limits_dose(finding.rule))
    )
    return tuple(dict.fromkeys(finding.title for finding in found if _is_strong(finding) is strongly))


def _limits_dose(rule: str) -> bool:
    """Whether a change is one of dose. A rule that only adds a check or a review says nothing about how much."""
    facts = knowledge()
    if not facts.has("rules", rule):
        return True
    row = facts.get("rules", rule)
    limits = (row.start_mg, row.dose_max_mg, row.day_max_mg, row.times_max, row.days_max)
    return any(value is not None for value in limits)


def _is_strong(finding: Finding) -> bool:
    return finding.effect is not Effect.CHANGE or finding.severity.rank <= Severity.MAJOR.rank


def drives(appraisal: Appraisal) -> bool:
    return any(finding.rule == DRIVING and finding.answer is Answer.YES for finding in appraisal.findings)


def _by_night(
    appraisal: Appraisal, candidates: Sequence[Candidate], asked: Candidate | None, peaks: Peaks
) -> Candidate:
    """The night dose of the label, unless something calls for care or less is asked for; then the least by day."""
    night = next((candidate for candidate in candidates if candidate.id == NIGHT_DOSE), None)
    less_asked = asked is not None and night is not None and least((asked, night), peaks) is asked
    if night is not None and not less_asked and not speaks_for_less(appraisal, strongly=False):
        return night
    fewest = min(by_day(candidate.regimen) for candidate in candidates)
    return least([candidate for candidate in candidates if by_day(candidate.regimen) == fewest], peaks)


def by_day(regimen: Regimen) -> Decimal:
    """Milligrams taken other than at night, over the course."""
    return sum(
        (
            dose.mg * phase.days
            for phase in regimen.phases
            for dose in phase.doses
            if words.part_of_day(dose.clock_h) != words.AT_NIGHT
        ),
        Decimal(0),
    )
