"""The tightest of all limits: the caps of the jurisdiction, the course, and every rule that fired."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from unclench.appraisal.findings import DoseLimits, Finding
from unclench.appraisal.questions_indication import SPASTIC
from unclench.appraisal.situation import YES, Situation
from unclench.knowledge.rows import Rule
from unclench.values import Jurisdiction

COLUMNS = {
    "start_mg": "start_mg",
    "dose_max_mg": "dose_max_mg",
    "day_max_mg": "day_max_mg",
    "days_max": "days_max",
    "times_max": "times_max",
    "refills_max": "refills_max",
    "review_day": "review_day",
}


def caps(situation: Situation) -> dict[str, tuple[float, str]]:
    """Caps before any rule: (value, id of the row)."""
    spastic = situation.indication is not None and situation.indication.entity in SPASTIC
    daily = "CAP-US"
    if situation.jurisdiction is Jurisdiction.UK:
        daily = "CAP-UK-SPASTICITY" if spastic else "CAP-UK-SPASM"
    days = "DAYS-SPASTICITY" if spastic else "DAYS-SPASM"
    usual: Rule = situation.facts.get("rules", "DOSE-05" if spastic else "DOSE-01")
    return {
        "start_mg": (usual.start_mg or 0.0, usual.id),
        "dose_max_mg": (situation.limit_of("CAP-DOSE", "mg"), "CAP-DOSE"),
        "day_max_mg": (situation.limit_of(daily, "mg/d"), daily),
        "days_max": (situation.limit_of(days, "d"), days),
        "times_max": (situation.limit_of("TIMES-PER-DAY", "/d"), "TIMES-PER-DAY"),
        "refills_max": (0.0, usual.id),
        "review_day": (situation.limit_of("REVIEW-DAY", "d"), "REVIEW-DAY"),
    }


def dose_limits(situation: Situation, findings: Iterable[Finding]) -> DoseLimits:
    """Every column is the smallest of the caps and of the rules answered yes."""
    tightest = caps(situation)
    for finding in findings:
        if finding.answer is not YES:
            continue
        rule: Rule = situation.facts.get("rules", finding.rule)
        for column in COLUMNS:
            value = getattr(rule, column)
            if value is not None and value < tightest[column][0]:
                tightest[column] = (float(value), rule.id)

    def mg(column: str) -> Decimal:
        return Decimal(f"{tightest[column][0]:g}")

    return DoseLimits(
        start_mg=min(mg("start_mg"), mg("dose_max_mg")),
        dose_max_mg=mg("dose_max_mg"),
        day_max_mg=mg("day_max_mg"),
        days_max=int(tightest["days_max"][0]),
        times_max=int(tightest["times_max"][0]),
        refills_max=int(tightest["refills_max"][0]),
        review_day=int(tightest["review_day"][0]),
        set_by=tuple((column, rule) for column, (_, rule) in tightest.items()),
    )
