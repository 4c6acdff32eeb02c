"""Whatever appraisal hands over, a plan keeps its limits and adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import BODY, appraisal, course, finding, limits, request, use
from unclench.appraisal.findings import Indication
from unclench.knowledge import knowledge
from unclench.planning import candidates, choose
from unclench.planning.candidates import day_cap
from unclench.planning.plan import Plan
from unclench.planning.supply import strength
from unclench.values import Answer, Dose, Effect, Jurisdiction, Phase, Regimen, Severity, Verdict

pytestmark = pytest.mark.verifies("P1")
AMOUNTS = ("0.5", "1", "2", "2.5", "3", "4", "5", "7.5", "10", "15", "20", "60")
RULES = ("POP-29", "PRE-01", "POP-28", "POP-22", "INT-01", "INT-07", "PRE-04", "IND-08", "POP-07", "MON-08")


@st.composite
def appraisals(draw):
    amount = st.sampled_from(AMOUNTS)
    purpose = draw(st.sampled_from(("new", "new", "continue", "stop", "none")))
    entity = draw(st.sampled_from(("acute-spasm", "spasticity", "stiff-person", "unknown", "sciatica")))
    given = limits(
        start_mg=Decimal(draw(amount)),
        dose_max_mg=Decimal(draw(amount)),
        day_max_mg=Decimal(draw(amount)),
        days_max=draw(st.integers(1, 60)),
        times_max=draw(st.integers(1, 6)),
        review_day=draw(st.integers(1, 40)),
    )
    present = use(draw(st.none() | amount), draw(st.none() | st.integers(1, 900)), draw(st.none() | st.just(7.0)))
    if draw(st.booleans()):
        doses = tuple(Dose(Decimal(draw(amount)), hour) for hour in (7.5, 19.0)[: draw(st.integers(1, 2))])
        present = replace(present, regimen=Regimen(appraisal().on - timedelta(days=9), (Phase(9, doses),)))
    asked = draw(
        st.none()
        | st.builds(
            request,
            st.none() | amount,
            st.none() | st.sampled_from(("0", "0.5", "1", "1.5", "2", "3", "4", "6", "9")),
            st.none() | st.integers(0, 90),
            as_needed=st.none() | st.booleans(),
            route=st.sampled_from((None, "oral", "rectal", "iv")),
        )
    )
    verdict = draw(st.none() | st.sampled_from(list(Verdict)))
    answers = st.sampled_from((Answer.YES, Answer.CANNOT_SAY))
    stages = st.sampled_from(("population", "interaction", "precaution", "pathway", "indication", "monitoring"))
    found = [
        finding(rule, draw(stages), answer=draw(answers))
        for rule in draw(st.lists(st.sampled_from(RULES), unique=True))
    ]
    return appraisal(
        jurisdiction=draw(st.sampled_from(list(Jurisdiction))),
        purpose=purpose,
        indication=Indication(entity, entity, Answer.YES, ()),
        limits=given,
        current_use=present,
        request=asked,
        verdict=verdict,
        regimen_allowed=verdict not in (None, Verdict.AVOID) and draw(st.booleans()),
        body=replace(BODY, age_y=draw(st.none() | st.floats(0, 110))),
        findings=tuple(found),
        provided_that=draw(st.sampled_from(((), ("no opioid is taken.",)))),
        taper_need=draw(st.sampled_from(("none", "step-down", "taper", "specialist"))),
    )


def made(case) -> tuple[tuple, Plan]:
    found = candidates(case)
    return found, choose(case, found, [course(candidate.regimen) for candidate in found])


@given(appraisals())
def test_no_candidate_exceeds_a_limit_of_the_patient_or_of_the_label(case):
    facts = knowledge()
    found = candidates(case)
    assert len(found) <= 8
    for candidate in found:
        regimen = candidate.regimen
        assert regimen.max_mg_per_day <= min(case.limits.day_max_mg, day_cap(case, facts))
        assert regimen.max_mg_per_dose <= min(case.limits.dose_max_mg, Decimal(str(facts.limit("CAP-DOSE", "mg"))))
        assert regimen.days <= case.limits.days_max
        assert all(len(phase.doses) <= case.limits.times_max for phase in regimen.phases)
        assert regimen.start == case.on
        if case.purpose == "new":
            assert all(dose.mg <= case.limits.start_mg for dose in regimen.phases[0].doses)


@given(appraisals())
def test_no_regimen_where_none_is_allowed(case):
    found, plan = made(case)
    child = case.body.age_y is None or case.body.age_y < 18
    if not case.regimen_allowed or case.verdict is None or child or case.purpose in ("stop", "none"):
        assert found == ()
    assert (plan.regimen is None) == (found == ())
    assert plan.words
    if plan.regimen is None:
        assert (plan.supply, plan.stop_on, plan.max_daily_mg, plan.chosen) == (None, None, None, None)


@given(appraisals())
def test_supply_adds_up_and_dates_follow(case):
    _, plan = made(case)
    if plan.regimen is None:
        return
    assert plan.supply.total_mg == plan.regimen.total_mg
    stock = {row.id: row for row in knowledge().table("products")}
    assert sum(strength(stock[line.product]) * line.count for line in plan.supply.lines) == plan.regimen.total_mg
    assert all(stock[line.product].jurisdiction == case.jurisdiction for line in plan.supply.lines)
    assert plan.regimen.form == "solution" or all(line.count == int(line.count) for line in plan.supply.lines)
    assert plan.supply.refills == 0
    assert plan.stop_on == plan.start_on + timedelta(days=plan.regimen.days - 1)
    assert all(plan.start_on <= day <= plan.stop_on for day in plan.review_on)
    assert all(watch.on is None or plan.start_on <= watch.on <= plan.stop_on for watch in plan.monitoring)
    covered = [day for first, last, _ in plan.supply.per_day for day in range(first, last + 1)]
    assert covered == list(range(1, plan.regimen.days + 1))


@given(appraisals())
def test_one_is_chosen_every_other_says_why_and_it_is_the_same_each_time(case):
    found, plan = made(case)
    again, same = made(case)
    assert found == again
    assert [(one.candidate, one.chosen, one.reason) for one in plan.considered] == [
        (one.candidate, one.chosen, one.reason) for one in same.considered
    ]
    assert sum(one.chosen for one in plan.considered) == (1 if found else 0)
    assert all(one.reason for one in plan.considered)
    assert len({candidate.id for candidate in found}) == len(found)


@given(
    appraisals(),
    st.sampled_from(("interaction", "population", "precaution")),
    st.sampled_from(list(Severity)),
    st.sampled_from((Effect.CHANGE, Effect.SECOND_LINE)),
    st.sampled_from(("POP-29", "ADDED")),
)
def test_an_added_hazard_never_raises_the_dose(case, stage, severity, effect, rule):
    added = finding(rule, stage, effect, severity=severity)
    _, plan = made(case)
    _, after = made(replace(case, findings=(*case.findings, added)))
    if plan.regimen is not None and after.regimen is not None and case.purpose == "new":
        assert after.regimen.total_mg <= plan.regimen.total_mg


@given(appraisals())
def test_present_use_is_never_raised(case):
    if case.purpose != "continue":
        return
    for candidate in candidates(case):
        use_now = case.current_use
        present = use_now.regimen.phases[-1].mg_per_day if use_now.regimen else use_now.mg_per_day_high
        assert candidate.regimen.max_mg_per_day <= present
