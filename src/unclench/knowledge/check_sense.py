"""Rows that could do harm together: what an unconfirmed row may do, tables with holes, claims that nothing keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, product
from typing import Any

from unclench.knowledge.load import Fault, Knowledge
from unclench.values import Effect, Standing, Verdict

# Rules whose yes lowers a concern: none of them may rest on something unconfirmed.
SOFTENING_RULES = frozenset({"CI-09", "PRE-05"})
# A threshold that only raises a concern may be unconfirmed; one that caps a regimen may not.
CAPS = ("CAP-", "DAYS-", "TIMES-", "PLAN-", "IX-")
HOLDS = (
    "no-assessment-due",
    "block-or-avoid",
    "unmet-step",
    "second-line",
    "unknown-that-matters",
    "change",
    "otherwise",
)
NEEDS = frozenset({"none", "step-down", "taper", "specialist"})
KEPT_IN = (
    *("rules", "alternatives", "advice", "limits", "parameters", "ratios", "combined_effects", "questions"),
    *("statements", "products", "perpetrators"),
)


def check_standing(facts: Knowledge) -> Iterator[Fault]:
    """An unverified row never clears anything and never shows its number (CONTRACTS 5)."""
    forbidden: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
        ("softenings", lambda row: True, "a confirmed row: it lowers a concern"),
        ("rules", lambda row: row.id in SOFTENING_RULES, "a confirmed row: it lowers a concern"),
        ("limits", lambda row: row.id.startswith(CAPS), "a confirmed row: it caps a regimen"),
        ("alternatives", lambda row: bool(row.dose), "a source, or no dose"),
        ("advice", lambda row: bool(row.rate), "a source, or no rate"),
    )
    for name, bites, need in forbidden:
        for row in facts.table(name):
            if row.standing is Standing.UNVERIFIED and bites(row):
                yield Fault(f"{name} {row.id}", "standing unverified", need)


def check_rules(facts: Knowledge) -> Iterator[Fault]:
    """Rules are left out with a reason or present, never both, and their caps are positive."""
    for row in facts.table("omitted_rules"):
        if facts.has("rules", row.id):
            yield Fault(f"omitted_rules {row.id}", "the rule is present too", "one of the two")
        if not row.reason:
            yield Fault(f"omitted_rules {row.id}", "no reason", "a reason")
    for row in facts.table("rules"):
        where = f"rules {row.id}"
        if row.effect_spasticity and row.effect_spasticity not in set(Effect):
            yield Fault(where, f"effect_spasticity {row.effect_spasticity!r}", "an effect, or empty")
        if row.jurisdiction not in {"", "us", "uk"}:
            yield Fault(where, f"jurisdiction {row.jurisdiction!r}", "us, uk or empty")
        caps = (row.start_mg, row.dose_max_mg, row.day_max_mg, row.days_max, row.times_max, row.review_day)
        if any(cap is not None and cap <= 0 for cap in caps) or (row.refills_max or 0) < 0:
            yield Fault(where, "a cap of nothing", "caps above 0, or empty")
        if not row.say or not row.title:
            yield Fault(where, "no title or no sentence", "both")


def check_verdicts(facts: Knowledge) -> Iterator[Fault]:
    """The table of verdicts is the one of the contract: every case, in order, worst first, a last row for the rest."""
    rows = sorted(facts.table("verdicts"), key=lambda row: row.order)
    if tuple(row.holds for row in rows) != HOLDS:
        yield Fault("verdicts", ", ".join(row.holds for row in rows), ", ".join(HOLDS))
    given = [Verdict(row.verdict) for row in rows if row.verdict in set(Verdict)]
    if set(given) != set(Verdict) or any(one.rank > two.rank for one, two in pairwise(given)):
        yield Fault("verdicts", ", ".join(given), "all four verdicts, worst first")
    for row in rows:
        if row.verdict == Verdict.AVOID and row.regimen != "none":
            yield Fault(f"verdicts {row.order}", f"regimen {row.regimen!r} under avoid", "none")


def check_need(facts: Knowledge) -> Iterator[Fault]:
    """The grid of need for a taper answers every combination of days a week, duration and dose."""
    rows = facts.table("need")
    if not rows:
        return
    axes = [sorted({getattr(row, f"{axis}_{end}") for row in rows for end in ("low", "high")}) for axis in AXES]
    points = [sorted({*axis, *((a + b) / 2 for a, b in pairwise(axis))}) for axis in axes]
    for point in product(*points):
        if not any(_holds(row, point) for row in rows):
            yield Fault("need", f"no row for {dict(zip(AXES, point, strict=True))}", "a row for every case")
    for row in rows:
        if row.need not in NEEDS:
            yield Fault(f"need {row.order}", f"need {row.need!r}", ", ".join(sorted(NEEDS)))


def check_views(facts: Knowledge) -> Iterator[Fault]:
    """A view allows needs that exist, between bounds in order; an unconfirmed one is cautious and says so."""
    for row in facts.table("need_views"):
        where = f"need_views {row.id}"
        if not row.needs or not NEEDS.issuperset(row.needs):
            yield Fault(where, f"needs {'; '.join(row.needs)!r}", ", ".join(sorted(NEEDS)))
        for axis in (*AXES, "age"):
            low, high = getattr(row, f"{axis}_low"), getattr(row, f"{axis}_high")
            if low is not None and high is not None and low >= high:
                yield Fault(where, f"{axis} {low:g} to {high:g}", "a low below its high")
        if row.standing is Standing.UNVERIFIED and (
            not row.say.startswith(UNCONFIRMED) or not CAUTIOUS.issuperset(row.needs)
        ):
            yield Fault(where, "an unconfirmed view", f"{UNCONFIRMED!r} in front, and nothing short of a taper")


def check_stopping_risks(facts: Knowledge) -> Iterator[Fault]:
    """A danger says how urgent it is, and nothing else does; what may speed a taper up is confirmed."""
    for row in facts.table("stopping_risks"):
        where = f"stopping_risks {row.id}"
        if row.kind not in {"danger", "slower", "faster"} or row.early not in {"yes", "no"}:
            yield Fault(where, f"kind {row.kind!r}, early {row.early!r}", "danger, slower or faster; yes or no")
        if row.urgency not in (URGENCIES if row.kind == "danger" else {""}):
            yield Fault(where, f"urgency {row.urgency!r}", f"one of {sorted(URGENCIES)}, of a danger only")
        if row.from_days is not None and (row.kind != "danger" or row.from_days < 0):
            yield Fault(where, f"from {row.from_days:g} days", "days of a danger, 0 or more")
        if (row.kind == "danger" and row.early != "yes") or (row.kind == "faster" and row.early != "no"):
            yield Fault(where, f"early {row.early!r} of a {row.kind}", "yes of a danger, no of what speeds up")
        if row.kind == "faster" and row.standing is Standing.UNVERIFIED:
            yield Fault(where, "standing unverified", "a confirmed row: it lowers a concern")


UNCONFIRMED = "Unconfirmed: check."
CAUTIOUS = frozenset({"taper", "specialist"})
URGENCIES = frozenset({"now", "today", "days", "before-a-cut"})
SCALES = frozenset({"log", "logit", "plain"})
AXES = ("days_per_week", "duration_days", "mg_per_day")


def _holds(row: object, point: tuple[float, ...]) -> bool:
    return all(
        getattr(row, f"{axis}_low") <= value <= getattr(row, f"{axis}_high")
        for axis, value in zip(AXES, point, strict=True)
    )


def check_parameters(facts: Knowledge) -> Iterator[Fault]:
    """A value lies in its own range, and a spread is not negative."""
    for row in facts.table("parameters"):
        low = row.value if row.low is None else row.low
        high = row.value if row.high is None else row.high
        if not low <= row.value <= high or (row.log_sd is not None and row.log_sd < 0):
            yield Fault(f"parameters {row.id}", f"{row.value} in {row.low} to {row.high}", "a value inside its range")
        if row.scale and (row.scale not in SCALES or row.low is None or row.high is None or not row.low < row.high):
            yield Fault(f"parameters {row.id}", f"scale {row.scale!r}", f"one of {sorted(SCALES)}, with low and high")
        elif row.scale in ("log", "logit") and (low <= 0 or (row.scale == "logit" and high >= 1)):
            yield Fault(f"parameters {row.id}", f"{low} to {high}", f"a range inside that of a {row.scale} scale")
    for pair in facts.table("parameter_correlations"):
        for key in (pair.first, pair.second):
            if not facts.has("parameters", key) or not facts.parameter(key).scale:
                yield Fault(f"parameter_correlations {pair.id}", key, "the id of a parameter that has a scale")
        if not -1 < pair.correlation < 1:
            yield Fault(f"parameter_correlations {pair.id}", str(pair.correlation), "between -1 and 1")


def check_equivalents(facts: Knowledge) -> Iterator[Fault]:
    """An equivalent is a value, a range, or a value inside its range; every drug that has a confirmed one can fade."""
    for row in facts.table("equivalents"):
        where = f"equivalents {row.id}"
        given = [mg for mg in (row.low_mg, row.mg, row.high_mg) if mg is not None]
        if row.kind not in {"guideline", "wider"}:
            yield Fault(where, f"kind {row.kind!r}", "guideline or wider")
        if not given or given[0] <= 0 or given != sorted(given) or (row.low_mg is None) != (row.high_mg is None):
            yield Fault(where, f"{row.low_mg}, {row.mg}, {row.high_mg} mg", "a value, or low and high around it")
    fading = {row.drug for row in facts.table("half_lives")}
    for drug in sorted({row.drug for row in facts.table("equivalents") if row.standing is not Standing.UNVERIFIED}):
        if drug not in fading:
            yield Fault(f"equivalents {drug}", "no half-life", "a row of half_lives.csv")
    for row in facts.table("half_lives"):
        if not 0 < row.low_h <= row.value_h <= row.high_h:
            yield Fault(f"half_lives {row.id}", f"{row.value_h} in {row.low_h} to {row.high_h}", "a value in its range")


def check_claims(facts: Knowledge) -> Iterator[Fault]:
    """Every statement of the founding documents is kept by something that exists, or refused with a reason."""
    topics = {row.topic for row in facts.table("advice")}
    own_rules = {row.rule for row in facts.table("alternatives")}
    for row in facts.table("claims"):
        where = f"claims {row.id}"
        refused = [part for part in row.kept_by if part.startswith("refused: ")]
        if row.judged not in {"agrees", "refines", "contradicts"}:
            yield Fault(where, f"judged {row.judged!r}", "agrees, refines or contradicts")
        if row.judged == "contradicts" and not refused:
            yield Fault(where, "nothing refused", "a documented refusal of a statement that is wrong")
        if row.judged != "agrees" and not row.better:
            yield Fault(where, "nothing better", "what better sources say")
        if not row.kept_by:
            yield Fault(where, "nothing", "what keeps it")
        for part in row.kept_by:
            known = part in refused or part in own_rules or part.startswith("requirement:")
            known = known or part.removeprefix("topic:") in topics
            if not known and not any(facts.has(name, part) for name in KEPT_IN):
                yield Fault(where, f"kept by {part!r}", "an id of a fact")


CHECKS = (
    check_standing,
    check_rules,
    check_verdicts,
    check_need,
    check_views,
    check_stopping_risks,
    check_parameters,
    check_equivalents,
    check_claims,
)
