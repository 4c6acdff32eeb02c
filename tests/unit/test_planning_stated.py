"""The doses of a request, as they are: nothing is cut to a limit, and nothing that is not stated is filled in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import appraisal, finding, request
from unclench.planning.stated import above_limits, stated_regimen
from unclench.record import parse_request
from unclench.values import Answer, Regimen, RegimenError


def stated(text: str, *hours: float) -> Regimen:
    return stated_regimen(appraisal(request=parse_request(text)), at_h=hours)


CASES = {
    "diazepam 5 mg three times a day for 7 days": (21, "105", [8.0, 14.0, 22.0]),
    "diazepam 5 mg at night for 3 days": (3, "15", [22.0]),
    "diazepam 15 mg four times a day for 2 days": (8, "120", [8.0, 12.0, 18.0, 22.0]),
    "diazepam 2 to 5 mg twice a day for 2 days": (4, "20", [8.0, 22.0]),
    "diazepam 5 mg as needed up to three times a day for 2 days": (6, "30", [8.0, 14.0, 22.0]),
    "diazepam 5 mg every other day for 6 days": (3, "15", [22.0]),
    "diazepam 5 mg three times a week for 14 days": (6, "30", [22.0]),
    "diazepam 5 mg every 4 hours for 1 day": (6, "30", [0.0, 4.0, 8.0, 12.0, 16.0, 20.0]),
    "diazepam 10 mg once": (1, "10", [22.0]),
}


@pytest.mark.parametrize("text", CASES)
def test_every_dose_is_there(text: str) -> None:
    count, total, first_day = CASES[text]
    found = stated(text)
    assert (len(found.timed()), found.total_mg) == (count, Decimal(total))
    assert [dose.clock_h for dose in found.phases[0].doses] == first_day
    assert found.as_needed == ("as needed" in text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("stop diazepam now", "a request to stop"),
        ("diazepam at night for 3 days", "no dose in mg"),
        ("diazepam 5 mg at night", "no number of days"),
        ("diazepam 5 mg for 3 days", "no number of doses a day"),
    ],
)
def test_what_is_not_stated_is_refused(text: str, wanted: str) -> None:
    with pytest.raises(RegimenError, match=wanted):
        stated(text)


def test_nothing_asked_for_is_refused() -> None:
    with pytest.raises(RegimenError, match="no request"):
        stated_regimen(appraisal())


def test_hours_of_the_clock_replace_those_of_the_plans() -> None:
    found = stated("diazepam 5 mg twice a day for 2 days", 21.5, 6.0)
    assert [at for at, _ in found.timed()] == [6.0, 21.5, 30.0, 45.5]
    assert [at for at, _ in stated("diazepam 5 mg for 1 day", 7.0, 9.0).timed()] == [7.0, 9.0]
    with pytest.raises(RegimenError, match="an hour for each dose"):
        stated("diazepam 5 mg three times a day for 2 days", 6.0)


@given(
    doses=st.integers(1, 24), every=st.integers(1, 14), periods=st.integers(1, 8), mg=st.sampled_from(["2", "2.5", "7"])
)
def test_doses_are_spread_evenly(doses: int, every: int, periods: int, mg: str) -> None:
    rate = Fraction(doses, every)
    asked = request(mg, str(Decimal(doses) / Decimal(every)), every * periods)
    found = stated_regimen(appraisal(request=asked))
    assert found.days == every * periods
    assert len(found.timed()) == doses * periods
    per_day = [len(phase.doses) for phase in found.phases for _ in range(phase.days)]
    assert per_day[0] >= 1
    assert max(per_day) - min(per_day) <= 1
    assert all(abs(sum(per_day[:day]) - rate * day) < 1 for day in range(len(per_day)))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("diazepam 10 mg once", ("oral", "tablet")),
        ("diazepam 10 mg iv once", ("iv", "injection")),
        ("diazepam 10 mg rectally once", ("rectal", "solution")),
        ("diazepam 10 mg intranasally once", ("intranasal", "solution")),
    ],
)
def test_each_route_has_its_usual_form(text: str, wanted: tuple[str, str]) -> None:
    found = stated(text)
    assert (found.route, found.form) == wanted


def test_a_form_is_kept_or_refused() -> None:
    asked = appraisal(request=parse_request("diazepam 10 mg rectally once"))
    assert stated_regimen(asked, form="gel").form == "gel"
    for form in ("tablet", "lozenge", "=1+1"):
        with pytest.raises(RegimenError, match="rectal gel"):
            stated_regimen(asked, form=form)


def test_only_rules_about_the_request_that_hold_are_shown_beside_it() -> None:
    above = finding("DOSE-02", "dosing")
    open_one = replace(finding("DOSE-03", "dosing"), answer=Answer.CANNOT_SAY)
    found = above_limits(appraisal(findings=(above, open_one, finding("DOSE-06", "dosing"), finding("POP-01"))))
    assert found == ("DOSE-02",)
