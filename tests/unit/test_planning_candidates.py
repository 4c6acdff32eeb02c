from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.factories import BODY, appraisal, finding, limits, request, spasticity, use
from unclench.knowledge import knowledge
from unclench.planning import candidates
from unclench.values import Answer, Dose, Jurisdiction, Phase, Regimen, Verdict

pytestmark = pytest.mark.verifies("P1")


def ids(given):
    return [candidate.id for candidate in candidates(given)]


def test_an_adult_with_acute_spasm_has_low_night_split_and_as_needed_courses_to_compare():
    found = {candidate.id: candidate for candidate in candidates(appraisal())}
    assert len(found) == 8
    assert found["LOW-NIGHT"].words == "2 mg at night for 7 days"
    assert found["LOW-NIGHT-THEN-TWICE"].words == "2 mg at night for 3 days, then 2 mg twice a day; 7 days in all"
    assert found["NIGHT-WEIGHTED"].words == "2 mg in the morning and 5 mg at night for 7 days"
    assert found["LOW-AS-NEEDED"].words == (
        "2 mg only when needed, at most three times a day (6 mg in 24 hours), for 7 days"
    )


def test_an_older_adult_gets_at_most_two_small_doses():
    older = limits(start_mg=Decimal(2), dose_max_mg=Decimal("2.5"), day_max_mg=Decimal(5), times_max=2)
    found = candidates(appraisal(limits=older))
    assert [candidate.id for candidate in found] == ["LOW-NIGHT", "LOW-NIGHT-THEN-TWICE", "LOW-TWICE"]
    assert max(candidate.regimen.max_mg_per_day for candidate in found) == 4


def test_spasticity_rises_weekly_until_the_review():
    found = {candidate.id: candidate for candidate in candidates(spasticity())}
    rising = found["LOW-NIGHT-RISING"].regimen
    assert [phase.days for phase in rising.phases] == [7, 7, 14]
    assert [phase.mg_per_day for phase in rising.phases] == [2, 4, 6]
    assert rising.days == 28


def test_a_request_within_the_limits_is_kept_and_one_above_is_cut():
    assert ids(appraisal(request=request("2", "3", 5)))[0] == "REQUEST"
    cut = candidates(appraisal(request=request("10", "3", 14)))[0]
    assert cut.id == "REQUEST-CUT"
    assert cut.words == "5 mg three times a day for 7 days"
    assert "asked for: 10 mg three times a day for 14 days" in cut.why


def test_a_request_that_cannot_be_read_is_not_guessed():
    for odd in (request(None), request("5", None), request("5", "0"), request("5", "1", route="rectal")):
        assert not any(name.startswith("REQUEST") for name in ids(appraisal(request=odd)))


def test_a_request_as_needed_keeps_its_ceiling():
    asked = candidates(appraisal(request=request("2", "2", 5, as_needed=True)))[0]
    assert asked.regimen.as_needed
    assert asked.words == "2 mg only when needed, at most twice a day (4 mg in 24 hours), for 5 days"


@pytest.mark.parametrize(
    "given",
    [
        appraisal(regimen_allowed=False, verdict=Verdict.AVOID),
        appraisal(verdict=None, purpose="none"),
        appraisal(body=replace(BODY, age_y=17.9)),
        appraisal(body=replace(BODY, age_y=None)),
        appraisal(purpose="stop", current_use=use("10", 200)),
    ],
    ids=["avoid", "no assessment due", "child", "age not known", "stopping"],
)
def test_none_where_no_regimen_may_be_proposed(given):
    assert candidates(given) == ()


def test_continuing_keeps_the_present_dose_and_never_raises_it():
    present = Regimen(appraisal().on, (Phase(1, (Dose(Decimal(5), 8.0), Dose(Decimal(5), 20.0))),))
    taking = replace(use("10", 60), regimen=present)
    found = candidates(spasticity(purpose="continue", current_use=taking))
    assert [candidate.words for candidate in found] == ["5 mg twice a day for 28 days"]
    known_only_by_day = candidates(spasticity(purpose="continue", current_use=use("4", 60)))
    assert [candidate.words for candidate in known_only_by_day] == ["4 mg at night for 28 days"]


def test_a_present_amount_in_doses_no_tablet_gives_is_spread_differently_but_stays_the_same():
    present = Regimen(appraisal().on, (Phase(1, (Dose(Decimal("7.5"), 8.0), Dose(Decimal("7.5"), 22.0))),))
    found = candidates(spasticity(purpose="continue", current_use=replace(use("15", 60), regimen=present)))
    assert [candidate.words for candidate in found] == ["5 mg three times a day for 28 days"]


def test_continuing_above_the_limits_or_at_an_unknown_dose_is_not_proposed():
    assert candidates(spasticity(purpose="continue", current_use=use("80", 60))) == ()
    assert candidates(spasticity(purpose="continue", current_use=use(None, 60))) == ()


def test_uk_spasm_stays_at_15_mg_a_day_even_when_limits_arrive_wider():
    given = appraisal(jurisdiction=Jurisdiction.UK, request=request("5", "4", 7))
    cap = knowledge().limit("CAP-UK-SPASM", "mg/d")
    assert all(candidate.regimen.max_mg_per_day <= Decimal(str(cap)) for candidate in candidates(given))


def test_unsafe_swallowing_moves_to_a_confirmed_liquid():
    given = appraisal(findings=(finding("PRE-01", "precaution"),))
    assert {candidate.regimen.form for candidate in candidates(given)} == {"solution"}
    unsure = appraisal(findings=(finding("PRE-01", "precaution", answer=Answer.CANNOT_SAY),))
    assert {candidate.regimen.form for candidate in candidates(unsure)} == {"tablet"}


def test_a_ceiling_in_the_order_counts_when_it_names_no_times():
    asked = candidates(appraisal(request=request("5", None, 5, as_needed=True, max_mg_per_day=Decimal(12))))[0]
    assert asked.words == "5 mg only when needed, at most twice a day (10 mg in 24 hours), for 5 days"


def test_no_course_is_longer_than_asked_for():
    assert {candidate.regimen.days for candidate in candidates(appraisal(request=request("2", "2", 3)))} == {3}
