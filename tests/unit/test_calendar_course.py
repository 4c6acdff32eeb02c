"""The calendar of a consultation: the days of a course, and of the taper that ends it, each with what is taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from tests.consultation_factory import ON, consultation
from tests.pdf_reading import pages, squeezed, whole
from tests.strict_ics import read as read_ics
from unclench.consult import Consultation, consult
from unclench.report.calendar_course import (
    IF_NEEDED,
    consultation_calendar_html,
    consultation_calendar_pdf,
    consultation_ics,
    dated_course,
)
from unclench.report.leaflet import leaflet
from unclench.values import Dose, Jurisdiction, Phase, Regimen, RegimenError

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def found(name: str) -> Consultation:
    return consult(EXAMPLES / name, on=date(2026, 11, 22))


def as_needed() -> Consultation:
    one = consultation("reasonable")
    assert one.plan.supply is not None
    given = Regimen(ON, (Phase(7, (Dose(Decimal(2), 8.0), Dose(Decimal(2), 22.0))),), as_needed=True)
    stock = replace(one.plan.supply, lines=(replace(one.plan.supply.lines[0], count=Decimal(14)),))
    return replace(one, plan=replace(one.plan, regimen=given, supply=stock))


@pytest.mark.verifies("O7")
def test_every_day_of_a_course_is_there_with_its_dose() -> None:
    one = consultation("reasonable")
    days = dated_course(one.plan)
    assert [day.on for day in days] == [ON + timedelta(days=index) for index in range(7)]
    assert [day.mg for day in days] == [Decimal(2)] * 2 + [Decimal(7)] * 5
    assert [day.mark for day in days] == ["", "", "new", "", "", "", ""]


@pytest.mark.verifies("O7")
def test_a_week_fits_on_one_page_and_says_when_it_ends() -> None:
    one = consult(EXAMPLES / "acute-back-spasm.yaml", on=date(2026, 11, 22), jurisdiction=Jurisdiction.UK)
    (page,) = pages(consultation_calendar_pdf(one))
    assert "Your diazepam day by day" in page
    assert "No more diazepam from Sun 29 Nov." in page
    assert squeezed("1 tablet of 5 mg") in squeezed(page)
    assert "Sleepy" in page
    assert "Withdrawal" not in page


@pytest.mark.verifies("O7", "P5")
def test_a_course_and_the_taper_that_ends_it_are_one_calendar() -> None:
    one = found("ms-spasticity.json")
    text = whole(consultation_calendar_pdf(one))
    assert one.plan.taper is not None
    for day in (one.plan.regimen.start, one.plan.taper.days[0].on, one.plan.taper.days[-1].on):
        assert f"{day.day}{day:%b}" in text
    assert "Yourplantocomeoffdiazepam" in text
    entries = read_ics(consultation_ics(one)).parts
    taken = [entry for entry in entries if entry.lines["SUMMARY"].startswith("Diazepam")]
    assert sum(count(entry.lines.get("RRULE", "COUNT=1")) for entry in taken) == 28 + 42


def count(rule: str) -> int:
    return int(rule.partition("COUNT=")[2] or 1)


@pytest.mark.verifies("O7")
def test_what_is_open_is_said_before_it_is_handed_over() -> None:
    html = consultation_calendar_html(found("ms-spasticity.json")).decode()
    assert "do not hand this over until these are ruled out" in html
    assert "do not hand this over" not in consultation_calendar_html(found("acute-back-spasm.yaml")).decode()


@pytest.mark.verifies("O7")
def test_a_course_as_needed_has_no_clock_and_no_alarm() -> None:
    days = dated_course(as_needed().plan)
    assert {take.part for day in days for take in day.takes} == {IF_NEEDED}
    assert {take.row for day in days for take in day.takes} == {"1 tablet of 2 mg at a time, at most twice in 24 hours"}
    assert {take.box for day in days for take in day.takes} == {"up to 4 mg"}
    said = leaflet(as_needed())
    assert said.doses == ()
    assert "Take it only if you need it: 1 tablet of 2 mg at a time, at most twice in 24 hours." in said.dose_notes
    text = consultation_ics(as_needed()).decode()
    assert "VALARM" not in text
    assert "RRULE:FREQ=DAILY;COUNT=7" in text.replace("\r\n ", "")


@pytest.mark.verifies("O7")
def test_a_course_that_nothing_may_end_abruptly_does_not_say_stop() -> None:
    one = consultation("reasonable")
    kept = replace(one, plan=replace(one.plan, taper_needed="specialist"))
    text = consultation_calendar_html(kept).decode()
    assert "No more diazepam from" not in text
    assert "and then you stop" not in text
    assert "no more diazepam" not in consultation_ics(kept).decode()


def test_no_course_and_no_taper_is_no_calendar() -> None:
    for make in (consultation_calendar_pdf, consultation_calendar_html, consultation_ics):
        with pytest.raises(RegimenError, match="a plan without doses"):
            make(consultation("avoid"))
