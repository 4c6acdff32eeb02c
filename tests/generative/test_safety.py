"""What must hold for anybody: the promises of PRODUCT.md and CONTRACTS.md, over people that Hypothesis draws."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.generative.people import ON, people, typed, with_answer, with_medicine, with_problem
from unclench import consult
from unclench.appraisal.appraise import appraise
from unclench.appraisal.findings import Appraisal
from unclench.record import read
from unclench.values import Answer, Effect, Verdict

# Adding one of these never makes a verdict better. Each is something that a record can hold.
HAZARDS = (
    *(
        (with_problem, name)
        for name in ("Myasthenia gravis", "Obstructive sleep apnoea", "Chronic respiratory failure")
    ),
    *(
        (with_problem, name)
        for name in ("Alcohol dependence", "Hepatic encephalopathy", "Schizophrenia", "Cauda equina syndrome")
    ),
    *(
        (with_medicine, words)
        for words in ("oxycodone 5 mg twice a day", "zolpidem 10 mg at night", "sodium oxybate 3 g at night")
    ),
    *((with_medicine, words) for words in ("fluvoxamine 100 mg once a day", "pregabalin 75 mg twice a day")),
)
HAZARD_ANSWERS = (
    ("red-flags", "yes"),
    ("drinks-alcohol", "yes"),
    ("leg-pain", "yes"),
    ("benzodiazepine-allergy", "yes"),
    ("suicidal", "yes"),
)


def appraised(person: dict, jurisdiction: str = "us") -> Appraisal:
    return appraise(read(typed(person), on=ON), ON, jurisdiction)


def rank(verdict: Verdict | None) -> int:
    """Higher is better; no assessment is not comparable and is left out by the callers."""
    return list(Verdict).index(verdict)


@pytest.mark.verifies("A8")
@given(people())
def test_block_or_avoid_means_avoid(person):
    found = appraised(person)
    bad = [f for f in found.findings if f.answer is Answer.YES and f.effect in (Effect.BLOCK, Effect.AVOID)]
    if bad and found.verdict is not None and found.purpose != "stop":
        assert found.verdict is Verdict.AVOID, [f.rule for f in bad]


@pytest.mark.verifies("A8")
@given(people())
def test_cannot_say_is_never_taken_for_no(person):
    """While a contraindication, red flag, pregnancy, opioid or alcohol is open, the verdict is never *reasonable*."""
    found = appraised(person)
    open_ones = [
        f
        for f in found.findings
        if f.answer is Answer.CANNOT_SAY
        and (f.effect is Effect.BLOCK or f.rule in ("IND-08", "POP-11", "INT-01", "INT-03"))
    ]
    if open_ones and found.purpose != "stop":
        assert found.verdict is not Verdict.REASONABLE
        if found.verdict is Verdict.USABLE_WITH_CHANGES:
            assert found.provided_that
            assert found.questions


@pytest.mark.verifies("A8", "A2")
@given(people(), st.sampled_from(HAZARDS))
def test_a_hazard_never_improves_the_verdict(person, hazard):
    add, what = hazard
    before, after = appraised(person), appraised(add(person, what))
    if before.verdict is not None and after.verdict is not None and before.purpose == after.purpose:
        assert rank(after.verdict) <= rank(before.verdict), (what, before.verdict, after.verdict)


@pytest.mark.verifies("A8", "A2")
@given(people(), st.sampled_from(HAZARD_ANSWERS))
def test_a_stated_hazard_never_improves_the_verdict(person, hazard):
    key, value = hazard
    before, after = appraised(person), appraised(with_answer(person, key, value))
    if before.verdict is not None and after.verdict is not None and before.purpose == after.purpose:
        assert rank(after.verdict) <= rank(before.verdict), (key, before.verdict, after.verdict)


@pytest.mark.verifies("P1", "A6")
@given(people(), st.sampled_from(("us", "uk")))
def test_a_regimen_keeps_every_promise(person, jurisdiction):
    """Never above the label, never under avoid, never for a child, and the supply adds up."""
    found = consult(typed(person), on=ON, jurisdiction=jurisdiction)
    appraisal, plan = found.appraisal, found.plan
    spastic = appraisal.indication.entity in ("spasticity", "stiff-person", "athetosis")
    cap = Decimal(40) if jurisdiction == "us" else Decimal(60 if spastic else 15)
    for considered in plan.considered:
        assert considered.candidate.regimen.max_mg_per_day <= cap
        assert considered.candidate.regimen.max_mg_per_dose <= 10
    if plan.regimen is not None:
        assert appraisal.verdict not in (None, Verdict.AVOID)
        assert person["patient"]["age"] >= 18
        assert plan.regimen.max_mg_per_day <= min(cap, appraisal.limits.day_max_mg)
        assert plan.stop_on is not None
        assert plan.supply is not None
        assert sum(line.strength_mg * line.count for line in plan.supply.lines) == plan.supply.total_mg
        assert plan.supply.total_mg == plan.regimen.total_mg


@pytest.mark.verifies("M2")
@given(people())
def test_more_dose_is_more_exposure(person):
    """Among the candidates of one person, a larger steady daily dose never gives a lower level at the end."""
    courses = [c for c in consult(typed(person), on=ON).courses if len(c.regimen.phases) == 1]
    same_times = {}
    for course in courses:
        hours = tuple(dose.clock_h for dose in course.regimen.phases[0].doses)
        same_times.setdefault((hours, course.regimen.days), []).append(course)
    for group in same_times.values():
        ordered = sorted(group, key=lambda course: course.regimen.total_mg)
        levels = [course.end_ng_ml.typical for course in ordered]
        assert levels == sorted(levels)


@pytest.mark.verifies("R3")
@given(people())
def test_every_cannot_say_that_counts_carries_its_question(person):
    """Whoever cannot say must be able to ask, unless it is for information only."""
    silent = [
        f.rule
        for f in appraised(person).findings
        if f.answer is Answer.CANNOT_SAY and not f.missing and f.effect is not Effect.NOTE
    ]

    assert silent == []
