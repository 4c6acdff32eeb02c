from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.factories import BODY, appraisal, course, finding, limits, request, spasticity, use
from unclench.appraisal.findings import AlternativeAppraisal
from unclench.planning import candidates, choose
from unclench.values import Answer, Effect, EngineError, Severity, Verdict

pytestmark = pytest.mark.verifies("P1")


def plan_for(given):
    found = candidates(given)
    return choose(given, found, [course(candidate.regimen) for candidate in found])


def test_a_reasonable_request_is_kept():
    plan = plan_for(appraisal(request=request("5", "2", 5)))
    assert plan.words == "5 mg twice a day for 5 days"
    assert plan.chosen.candidate.id == "REQUEST"
    assert "90 % of people like this one" in plan.chosen.reason


def test_a_request_that_is_too_large_is_cut_and_the_plan_says_what_changed():
    plan = plan_for(appraisal(request=request("10", "3", 14), verdict=Verdict.USABLE_WITH_CHANGES))
    assert plan.words == "5 mg three times a day for 7 days"
    assert "asked for: 10 mg three times a day for 14 days" in plan.chosen.reason


def test_without_a_request_it_starts_low_at_night():
    plan = plan_for(appraisal())
    assert plan.words == "2 mg at night for 3 days, then 2 mg twice a day; 7 days in all"
    assert any("drowsiness" in line for line in plan.titration)


@pytest.mark.parametrize(
    "more",
    [
        {
            "findings": (finding("INT-07", "interaction", severity=Severity.MAJOR),),
            "verdict": Verdict.USABLE_WITH_CHANGES,
        },
        {"findings": (finding("POP-01", "population", Effect.SECOND_LINE),), "verdict": Verdict.USABLE_WITH_CHANGES},
        {"provided_that": ("no opioid is taken.",), "verdict": Verdict.USABLE_WITH_CHANGES},
        {"verdict": Verdict.NOT_FIRST_LINE, "regimen_heading": "only if nothing else"},
    ],
    ids=["interaction", "older", "open question", "not first line"],
)
def test_anything_that_makes_it_worse_moves_to_the_least_exposure(more):
    plan = plan_for(appraisal(request=request("5", "3", 7), **more))
    assert plan.words == "2 mg at night for 7 days"
    assert plan.regimen.total_mg == min(one.candidate.regimen.total_mg for one in plan.considered)
    assert plan.heading == more.get("regimen_heading", "")


def test_what_only_calls_for_care_starts_low_instead():
    given = appraisal(
        request=request("5", "3", 7), findings=(finding("POP-17", "population"),), verdict=Verdict.USABLE_WITH_CHANGES
    )
    plan = plan_for(given)
    assert plan.words == "2 mg at night for 3 days, then 2 mg twice a day; 7 days in all"
    assert "Found: POP-17." in plan.chosen.reason
    less = replace(given, request=request("2", "1", 3))
    assert plan_for(less).words == "2 mg at night for 3 days"


def test_a_driver_takes_it_at_night():
    given = appraisal(findings=(finding("POP-29", "population"),), verdict=Verdict.USABLE_WITH_CHANGES)
    plan = plan_for(given)
    assert {dose.clock_h for phase in plan.regimen.phases for dose in phase.doses} == {22.0}


def test_those_not_chosen_say_why_in_numbers():
    plan = plan_for(appraisal())
    others = [one for one in plan.considered if not one.chosen]
    assert len(others) == 7
    assert all(one.reason.startswith("Not chosen") and "mg" in one.reason for one in others)


def test_dates_follow_the_course():
    plan = plan_for(appraisal())
    assert plan.start_on == date(2026, 11, 22)
    assert plan.stop_on == date(2026, 11, 28)
    assert plan.review_on == (date(2026, 11, 24), date(2026, 11, 28))
    assert plan.supply.days == 7
    assert plan.max_daily_mg == 4
    weekly = plan_for(spasticity())
    assert [(day - weekly.start_on).days + 1 for day in weekly.review_on] == [3, 7, 14, 28]


def test_monitoring_is_dated_and_names_its_rules():
    plan = plan_for(appraisal(findings=(finding("INT-01", "interaction"), finding("PRE-04", "precaution"))))
    rules = {watch.rule: watch for watch in plan.monitoring}
    assert {"MON-01", "MON-02", "MON-03", "MON-04", "CNS-02", "PRE-04"} <= set(rules)
    assert rules["MON-02"].when == "day 2 to 3"
    assert rules["MON-02"].on == date(2026, 11, 23)
    assert rules["MON-04"].on is None
    assert all(watch.what for watch in plan.monitoring)


def test_a_two_day_course_has_no_check_after_its_end():
    plan = plan_for(appraisal(limits=limits(days_max=2)))
    assert all(watch.on is None or watch.on <= plan.stop_on for watch in plan.monitoring)
    assert all(day <= plan.stop_on for day in plan.review_on)


def alternative(key, result, step=1, tried=Answer.NO):
    dose = "" if result == "cannot-say" else "some"
    return AlternativeAppraisal(key, key.lower(), "drug", result, "Do it.", dose, "", "low", (), (), (), tried, step)


def test_avoid_gives_no_regimen_but_what_to_do_instead_in_order():
    given = appraisal(
        verdict=Verdict.AVOID,
        regimen_allowed=False,
        findings=(finding("IND-06", "indication", Effect.AVOID),),
        alternatives=(
            alternative("CAREFUL", "caution"),
            alternative("LATER", "offer", 2),
            alternative("FIRST", "offer", 1),
            alternative("TRIED", "offer", 1, Answer.YES),
            alternative("NOT", "not-for-this-patient"),
            alternative("OPEN", "cannot-say"),
        ),
    )
    plan = choose(given, (), ())
    assert plan.regimen is None
    assert plan.words == "No diazepam regimen."
    assert plan.instead[0] == "What IND-06 says."
    assert [line.split()[0] for line in plan.instead[1:]] == ["First", "Later", "Careful"]
    assert (plan.taper_needed, plan.taper_because) == ("none", ())


def test_a_red_flag_stands_alone():
    flagged = finding("IND-08", "indication", Effect.AVOID, say="Red flags first.")
    given = appraisal(
        verdict=Verdict.AVOID, regimen_allowed=False, findings=(flagged,), alternatives=(alternative("FIRST", "offer"),)
    )
    assert choose(given, (), ()).instead == ("Red flags first.",)


def test_a_child_gets_words_and_no_regimen():
    given = appraisal(body=replace(BODY, age_y=9.0), findings=(finding("POP-07"),), verdict=Verdict.USABLE_WITH_CHANGES)
    plan = plan_for(given)
    assert plan.regimen is None
    assert "specialist" in plan.words
    assert "What POP-07 says." in plan.instead


def test_stopping_says_how_and_keeps_the_need():
    given = appraisal(purpose="stop", current_use=use("10", 200), taper_need="taper", taper_because=("Because.",))
    plan = plan_for(given)
    assert plan.regimen is None
    assert "gradual taper" in plan.words
    assert (plan.taper_needed, plan.taper_because, plan.taper) == ("taper", ("Because.",), None)


def test_a_dose_above_the_limits_is_not_continued_and_not_stopped_suddenly():
    plan = plan_for(spasticity(purpose="continue", current_use=use("80", 400), taper_need="specialist"))
    assert plan.regimen is None
    assert "Do not stop suddenly" in plan.words


def test_a_candidate_without_its_course_is_an_error():
    given = appraisal()
    with pytest.raises(EngineError, match="no simulated course"):
        choose(given, candidates(given), ())


def test_uk_dysphagia_uses_the_confirmed_solution_and_mg_stay_exact():
    given = appraisal(
        findings=(finding("PRE-01", "precaution"),), limits=limits(start_mg=Decimal(2), dose_max_mg=Decimal(2))
    )
    assert plan_for(given).supply.lines[0].product == "US-SOLUTION-1"


def test_the_need_for_a_taper_is_that_of_the_course_planned():
    longer_asked = appraisal(request=request("5", "3", 21), taper_need="step-down", verdict=Verdict.USABLE_WITH_CHANGES)
    assert plan_for(longer_asked).taper_needed == "none"
    assert plan_for(spasticity()).taper_needed == "taper"
    assert plan_for(spasticity(taper_need="specialist", taper_because=("Epilepsy.",))).taper_needed == "specialist"
    taking = spasticity(purpose="continue", current_use=use("4", 400), taper_need="taper", taper_because=("Long use.",))
    plan = plan_for(taking)
    assert plan.words == "4 mg at night for 28 days"
    assert plan.taper_needed == "taper"
    assert any("gradual taper" in line for line in plan.instead)
    assert {watch.when for watch in plan.monitoring if watch.rule == "MON-01"} == {"today"}


def test_avoid_for_someone_who_takes_it_never_reads_as_stop_at_once():
    given = spasticity(
        purpose="continue", current_use=use("10", 400), verdict=Verdict.AVOID, regimen_allowed=False, taper_need="taper"
    )
    words = choose(given, (), ()).words
    assert words.startswith("Not to be carried on as it is.")
    assert "never at once" in words
