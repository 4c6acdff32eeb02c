"""Whole patients, as a pharmacist reads a taper before signing it: what comes first, when it begins, and when it may not
begin at all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from unclench.consult import consult_patient, taper_patient
from unclench.individual.diary_file import read_diary
from unclench.planning import taper_ground
from unclench.planning.replan import decide
from unclench.planning.taper_ground import Seen
from unclench.record import parse_answer, read

title = "Tapers of whole patients"
ON = date(2026, 11, 22)


def patient(*medicines, age=51, problems=("Multiple sclerosis, since 2010", "Spasticity, since 2012"), answers=()):
    """A short record of somebody who takes these."""
    lines = [f"patient: {{age: {age}, sex: female, weight: 62 kg, height: 165 cm}}", "problems:"]
    lines += [f"  - {one}" for one in problems] + ["medications:"] + [f"  - {one}" for one in medicines]
    return read("\n".join(lines).encode(), on=ON, answers=tuple(map(parse_answer, answers)))


def tapered(*medicines, **more):
    return taper_patient(patient(*medicines, **more), on=ON, jurisdiction="uk").taper


THREE_A_DAY = "diazepam 5 mg three times a day, since 2017-03"
BACK = ("Chronic low back pain, since 2015",)


@pytest.mark.verifies("P5")
def test_what_stays_the_same_until_the_review_is_not_cut_before_it():
    plan = consult_patient(patient(THREE_A_DAY), on=ON, jurisdiction="uk").plan
    assert plan.regimen is not None
    assert plan.taper is not None
    assert plan.taper.schedule is not None
    assert plan.taper.schedule.start_on == plan.regimen.last_day + timedelta(days=1)
    assert plan.taper.days[0].on > plan.regimen.last_day


@pytest.mark.verifies("P4")
@pytest.mark.parametrize(
    ("medicine", "age", "need"),
    [
        (THREE_A_DAY, 51, "taper"),
        ("diazepam 20 mg three times a day, since 2017-03", 51, "specialist"),
        ("diazepam 2 mg twice a day, since 2025-01", 9, "specialist"),
    ],
)
def test_an_emergency_is_told_first_and_to_everybody_who_takes_it(medicine, age, need):
    taper = tapered(medicine, age=age)
    assert taper.need == need
    assert taper.holds_at[0][0] == "RATE-EMERGENCY"


@pytest.mark.verifies("P4")
def test_a_child_is_not_tapered_by_what_was_written_for_adults():
    taper = tapered("diazepam 2 mg twice a day, since 2025-01", age=9, problems=("Spasticity, since 2019",))
    assert (taper.need, taper.days) == ("specialist", ())
    assert "under 18 years" in taper.urgency


OPEN = [
    # what is recorded, what may be taken in a day, whether a schedule is made
    ("diazepam 5 mg three times a day, since 2024-10", (15, 15), True),
    ("diazepam 2-5 mg three times a day, since 2024-10", (6, 15), False),
    ("diazepam 5-10 mg at night, since 2024-10", (5, 10), False),
    ("diazepam 5 mg three times a day as needed, since 2024-10", (15, 15), False),
]


@pytest.mark.verifies("P5")
@pytest.mark.parametrize(("medicine", "mg", "planned"), OPEN)
def test_no_schedule_begins_from_a_range(medicine, mg, planned):
    made = taper_patient(patient(medicine, problems=BACK), on=ON)
    use = made.appraisal.current_use
    assert (use.mg_per_day_low, use.mg_per_day_high) == mg
    assert bool(made.taper.days) is planned
    assert ("Ask what is really taken" in made.taper.hold) is not planned


@pytest.mark.verifies("P4")
def test_the_need_of_a_range_is_that_of_its_top():
    need = taper_patient(patient("diazepam 10-20 mg three times a day, since 2024-10", problems=BACK), on=ON).taper
    assert need.need == "specialist"
    assert "40 mg" in need.urgency


@pytest.mark.verifies("P4")
def test_to_hold_diazepam_is_to_hold_the_other_one_too():
    taper = tapered(THREE_A_DAY, "temazepam 20 mg at night, since 2022-01", problems=BACK)
    assert "The same holds for the other sedative" in taper.hold
    assert "other sedative" not in tapered("diazepam 20 mg three times a day, since 2017-03", problems=BACK).hold


@pytest.mark.verifies("P4")
def test_that_the_dose_is_high_is_said_once():
    said = tapered("diazepam 20 mg three times a day, since 2017-03", problems=BACK).because
    assert sum("40 mg" in one for one in said) == 1


@pytest.mark.verifies("P6")
def test_another_drug_is_counted_in_words_before_it_is_called_too_much():
    taper = tapered("alprazolam 1 mg three times a day, since 2021-10", problems=("Panic disorder, since 2019",))
    assert taper.need == "specialist"
    assert taper.because[0].startswith("Alprazolam 3 mg a day is counted as 30 to 60 mg of diazepam")


@pytest.mark.verifies("P6")
def test_age_and_years_of_use_still_ask_for_slower_after_a_switch():
    taper = tapered("temazepam 20 mg at night, since 2014-10", age=81, problems=("Insomnia, since 2012",))
    assert taper.schedule is not None
    assert "65 years or older; a year of use or longer" in taper.pace_because[-1]


@pytest.mark.verifies("P5")
def test_an_opioid_and_a_new_inhibitor_are_told_before_the_model():
    says = tapered(
        THREE_A_DAY, "morphine sulfate 10 mg twice a day, since 2022", "fluvoxamine 100 mg at night, since 2026-11-10"
    ).says
    assert "Naloxone" in says[0]
    assert says[1].startswith("fluvoxamine began on 10 Nov 2026")
    assert not any("Naloxone" in one or " began on " in one for one in tapered(THREE_A_DAY).says)


@pytest.mark.verifies("P5")
def test_a_pace_does_not_promise_the_size_of_every_cut():
    taper = tapered(THREE_A_DAY, problems=BACK)
    largest = max((cut.from_mg - cut.to_mg) / cut.from_mg for cut in taper.cuts if cut.from_mg - cut.to_mg > 1)
    assert largest > 0.1  # where the sentence on a tenth alone would mislead
    assert "A single cut may be larger, up to 15 %" in " ".join(taper.pace_because)


@pytest.mark.verifies("M9")
@pytest.mark.parametrize(("since", "days_between"), [("2024-10", 14), ("2026-09-24", 7)])
def test_quiet_days_make_nobody_faster_who_has_reasons_to_go_slowly(since, days_between, monkeypatch):
    # Whatever the ratings teach: the decision on the diary alone is "faster" here.
    monkeypatch.setattr(taper_ground, "decide", lambda *diary: replace(decide(*diary), decision="faster"))
    first = date(2026, 10, 25)
    lines = [f"{first + timedelta(days=day)},{10 if day < 7 else 9},1,2" for day in range(28)]
    diary = read_diary("\n".join(["date,mg_taken,withdrawal,spasm", *lines]).encode(), until=ON)
    no = (
        "takes-opioid=no",
        "drinks-alcohol=no",
        "failed-taper=no",
        "withdrawal-signs=no",
        "takes-sedative=no",
        "anxiety=no",
    )
    who = patient(f"diazepam 5 mg twice a day, since {since}", problems=BACK, answers=no)
    taper = taper_patient(who, on=ON, seen=Seen(diary=diary)).taper
    assert taper.learning is not None
    assert taper.learning.decision == "faster"
    assert (taper.cuts[1].on - taper.cuts[0].on).days == days_between
    assert any("a year of use or longer" in one for one in taper.says) is (days_between == 14)


@pytest.mark.verifies("P4")
@pytest.mark.parametrize(
    ("course", "need"),
    [
        ("since 2019-10, stopped 2026-11-19 because ran out", "specialist"),
        ("since 2026-11-10, stopped 2026-11-19 because better", "none"),
        ("since 2019-10, stopped 2025-11-19 because better", "none"),
    ],
)
def test_diazepam_that_has_just_run_out_is_not_called_done(course, need):
    taper = tapered(f"diazepam 5 mg twice a day, {course}", "naproxen 500 mg twice a day", problems=BACK)
    assert taper.need == need
    assert taper.hold.startswith("See the patient today") is (need == "specialist")


@pytest.mark.verifies("P5")
@pytest.mark.parametrize("where", ["us", "uk"])
def test_a_step_down_from_one_small_tablet_has_no_part_that_is_no_cut(where):
    taper = taper_patient(
        patient("diazepam 2 mg at night, since 2026-11-01", problems=BACK, answers=NO), on=ON, jurisdiction=where
    ).taper
    assert taper.need == "step-down"
    assert [float(day.mg) for day in taper.days] == [1.0, 1.0, 1.0, 0.0]


NO = ("takes-opioid=no", "drinks-alcohol=no", "failed-taper=no", "withdrawal-signs=no", "takes-sedative=no")
