"""Whether stopping needs nothing, a short step-down, a taper or a specialist; which sources agree; and what to do until
a specialist has seen the patient. `views`: the sources that agree with the need are marked +, the others -.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.factories import NOT_TAKEN, use
from unclench.appraisal.taper_need import cell, decide, taper_need
from unclench.appraisal.taper_views import NEEDS
from unclench.knowledge import knowledge
from unclench.values import Answer

title = "The need for a taper"
pytestmark = pytest.mark.verifies("P4")

GRID = [
    # days a week, days, mg a day, need, rule
    (3, 10, 5, "none", "DEP-05"),
    (3, 400, 30, "none", "DEP-05"),
    (7, 7, 15, "none", "DEP-06"),
    (4, 13, 40, "none", "DEP-06"),
    (7, 14, 10, "step-down", "DEP-06"),
    (7, 27, 40, "step-down", "DEP-06"),
    (7, 28, 10, "taper", "DEP-07"),
    (7, 60, 10, "taper", "DEP-07"),
    (7, 60, 11, "taper", "DEP-04"),
    (4, 60, 20, "taper", "DEP-04"),
    (7, 90, 2, "taper", "DEP-08"),
    (5, 2000, 30, "taper", "DEP-08"),
    (7, 20, 41, "specialist", "TAP-03"),
    (7, 60, 41, "specialist", "TAP-03"),
    (7, 400, 60, "specialist", "TAP-03"),
]


@pytest.mark.parametrize(("weekly", "days", "mg", "need", "rule"), GRID)
def test_the_grid(weekly, days, mg, need, rule):
    found, because, rules = taper_need(use(str(mg), days, weekly), None, None, 40, (), knowledge())
    assert (found, rules[0]) == (need, rule)
    assert because


def test_the_grid_has_no_gap():
    for weekly in (0.5, 1, 3, 3.5, 4, 7):
        for days in (0, 1, 13, 14, 27, 28, 29, 89, 90, 91, 3650):
            for mg in (0.5, 2, 10, 10.5, 15, 15.5, 40, 40.5, 200):
                assert cell(knowledge(), weekly, days, mg).need in NEEDS


@pytest.mark.parametrize("days", [10, 20, 40, 100])
@pytest.mark.parametrize("weekly", [2, 3, 4, 7])
@pytest.mark.parametrize("mg", ["5", "12", "30", "45"])
def test_longer_oftener_or_more_never_needs_less(days, weekly, mg):
    def rank(d, w, m):
        return NEEDS.index(taper_need(use(str(m), d, w), None, None, 40, (), knowledge())[0])

    here = rank(days, weekly, mg)
    assert here <= rank(days * 3, weekly, mg)
    assert here <= rank(days, min(7, weekly + 2), mg)
    assert here <= rank(days, weekly, Decimal(mg) * 2)


def test_a_short_new_course_needs_none():
    assert taper_need(NOT_TAKEN, 7, Decimal(15), 44, (), knowledge())[0] == "none"


def test_nothing_taken_and_nothing_planned_needs_none():
    assert taper_need(NOT_TAKEN, None, None, 44, (), knowledge()) == (
        "none",
        ("Diazepam is not taken now and none is planned.",),
        (),
    )


def test_planned_days_come_on_top_of_present_use():
    assert taper_need(use("5", 21), 7, Decimal(5), 44, (), knowledge())[0] == "taper"


def test_an_uncertain_range_is_read_at_its_most_cautious_corner_and_says_so():
    unsure = replace(use("8", 10), duration_days_high=200)
    need, because, _ = taper_need(unsure, None, None, 44, (), knowledge())
    assert need == "taper"
    assert any("more cautious" in line for line in because)


def test_unknown_duration_counts_as_long_and_unknown_dose_is_said():
    need, because, _ = taper_need(use(None, None, None), None, None, 44, (), knowledge())
    assert need == "taper"
    assert any("long use is assumed" in line for line in because)
    assert any("The dose is not known" in line for line in because)


def test_use_that_is_not_certain_does_not_clear_a_new_course():
    unsure = use(None, None, None, Answer.CANNOT_SAY)
    need, because, _ = taper_need(unsure, 7, Decimal(6), 44, (), knowledge())
    assert need == "none"
    assert any("is not certain" in line for line in because)


def test_older_people_taper_after_two_weeks():
    assert taper_need(use("4", 14), None, None, 64, (), knowledge())[0] == "step-down"
    need, _, rules = taper_need(use("4", 14), None, None, 65, (), knowledge())
    assert (need, rules) == ("taper", ("DEP-06", "TAP-01"))
    assert taper_need(use("4", 15, 2), None, None, 80, (), knowledge())[0] == "none"


@pytest.mark.parametrize("reason", ["an earlier withdrawal seizure", "epilepsy", "pregnancy", "alcohol"])
def test_special_reasons_send_it_to_a_specialist_once_the_body_may_be_used_to_it(reason):
    need, because, rules = taper_need(use("10", 100), None, None, 44, (reason,), knowledge())
    assert (need, rules[-1]) == ("specialist", "TAP-03")
    assert any(reason in line for line in because)
    short, said, _ = taper_need(NOT_TAKEN, 3, Decimal(4), 44, (reason,), knowledge())
    assert short == "none"
    assert any("more closely" in line for line in said)


def test_sources_that_disagree_are_named():
    because = taper_need(use("10", 20), None, None, 44, (), knowledge())[1]
    assert "RACGP" in because[0]
    assert "National Center for PTSD" in because[0]


SHORT = {"ASAM and nine societies, 2025": "ASAM", "VA National Center for PTSD, 2013": "NCPTSD", "RACGP, 2015": "RACGP"}
SHORT |= {"FDA, 2020, and the label of diazepam": "FDA", "NICE CKS, 2019 text": "CKS"}
SHORT |= {"Deprescribing guideline for insomnia, Canada 2018": "Pottie", "STOPP criteria, version 2": "STOPP"}
SHORT |= {"Authors of the Maudsley Deprescribing Guidelines, 2024": "Maudsley", "British National Formulary": "BNF"}
SHORT |= {"An Australian state's pharmacy branch, 2015": "PSB"}
# All that makes stopping dangerous or hard is ruled out; each case below takes one thing back.
RULED_OUT = (
    "withdrawal-crisis=no, withdrawal-seizure=no, epilepsy=no, suicidal=no, psychosis=no, alcohol-problem=no, "
    "failed-taper=no, withdrawal-signs=no, anxiety=no, diazepam-now=yes, "
)


def taking(case):
    """The case with present use of diazepam, as stated, and nothing that makes stopping dangerous or hard."""
    use_now = f"diazepam-mg-per-day={case['mg']}, diazepam-months={int(case['days']) / 30.44:.4f}"
    weekly = f", diazepam-days-per-week={case['weekly']}" if case.get("weekly") else ""
    answers = f"{RULED_OUT}{use_now}{weekly}, {case.get('answer', '')}"
    return {"request": "taper diazepam"} | case | {"answer": answers}


def look(spec):
    def found(case):
        seen = spec.appraise(taking(case))
        told = (f"{'+' if view.agrees else '-'}{SHORT[view.name]} {view.need}" for view in seen.taper_views)
        pace = (f"{direction}: {words}" for _, words, direction in seen.pace_features)
        return {
            "need": seen.taper_need,
            "views": ", ".join(told),
            "urgent": seen.taper_urgency.partition(",")[0],
            "hold": " ".join(seen.taper_hold.split()[:4]),
            "pace": "; ".join(pace),
        }

    return found


def test_what_the_sources_say(spec):
    """Dose in mg a day, days taken, days a week. Where sources differ, all are shown; one that asks for a taper is not
    against a specialist who plans it."""
    spec.shows(
        """
        mg | days | weekly | age | need       | views
        ---+------+--------+-----+------------+------
        5  | 5    |        |     | none       | +ASAM none, +RACGP none
        5  | 10   |        |     | none       | +ASAM none, +RACGP none, -FDA taper
        5  | 20   |        |     | step-down  | +ASAM step-down, -NCPTSD taper, -RACGP none, -FDA taper, -BNF taper
        5  | 20   |        | 70  | taper      | -ASAM step-down, +NCPTSD taper, -RACGP none, +FDA taper, +Pottie taper, +STOPP taper, +BNF taper
        10 | 60   |        |     | taper      | +ASAM taper, +NCPTSD taper, +RACGP taper, +FDA taper, +Pottie taper, +Maudsley taper
        20 | 400  |        |     | taper      | +ASAM taper, +NCPTSD taper, +RACGP taper, +FDA taper, +Pottie taper, +Maudsley taper, +CKS taper
        5  | 400  | 2      |     | none       | +ASAM none, -NCPTSD taper
        50 | 60   |        |     | specialist | +ASAM taper, +NCPTSD taper, +RACGP taper, +FDA taper, +Pottie taper, +Maudsley taper, +PSB specialist
        """,
        look(spec),
    )


def test_a_short_step_down_is_for_those_in_whom_nothing_makes_stopping_harder(spec):
    """Two to four weeks of use: one thing that makes stopping harder, and it is a taper. Under two weeks it is not."""
    spec.shows(
        """
        mg | days | answer               | medicine                  | age | need
        ---+------+----------------------+---------------------------+-----+----------
        5  | 20   |                      |                           |     | step-down
        5  | 20   | failed-taper=yes     |                           |     | taper
        5  | 20   | withdrawal-signs=yes |                           |     | taper
        5  | 20   | drinks-alcohol=yes   |                           |     | taper
        5  | 20   |                      | codeine 30 mg twice a day |     | taper
        5  | 20   |                      |                           | 65  | taper
        5  | 20   | anxiety=yes          |                           |     | step-down
        5  | 10   | failed-taper=yes     |                           |     | none
        """,
        look(spec),
    )


def test_dangers_that_make_it_a_specialists_matter(spec):
    """Each danger alone, after 100 days: a specialist, how soon, and the present dose until then."""
    spec.shows(
        """
        mg | days | problem                         | answer                 | medicine                | sex    | need       | urgent                            | hold
        ---+------+---------------------------------+------------------------+-------------------------+--------+------------+-----------------------------------+-------------------
        10 | 100  |                                 |                        |                         |        | taper      |                                   |
        10 | 100  |                                 | withdrawal-crisis=yes  |                         |        | specialist | Emergency now                     | Do not cut diazepam
        10 | 100  | benzodiazepine withdrawal fits  |                        |                         |        | specialist | To be seen before any cut is made | Do not stop diazepam
        10 | 100  | delirium tremens                |                        |                         |        | specialist | To be seen within a few days      | Do not stop diazepam
        10 | 100  |                                 | withdrawal-seizure=yes |                         |        | specialist | To be seen before any cut is made | Do not stop diazepam
        10 | 100  | epilepsy                        |                        |                         |        | specialist | To be seen before any cut is made | Do not stop diazepam
        10 | 100  |                                 | epilepsy=yes           |                         |        | specialist | To be seen before any cut is made | Do not stop diazepam
        10 | 100  | suicidal ideation               |                        |                         |        | specialist | To be seen today                  | Do not stop diazepam
        10 | 100  |                                 | suicidal=yes           |                         |        | specialist | To be seen today                  | Do not stop diazepam
        10 | 100  | schizophrenia                   |                        |                         |        | specialist | To be seen within a few days      | Do not stop diazepam
        10 | 100  |                                 | pregnant=yes           |                         | female | specialist | To be seen within a few days      | Do not stop diazepam
        10 | 100  | alcohol dependence              |                        |                         |        | specialist | To be seen within a few days      | Do not stop diazepam
        10 | 100  |                                 | audit-c=9              |                         |        | specialist | To be seen within a few days      | Do not stop diazepam
        10 | 100  | cocaine dependence              |                        |                         |        | specialist | To be seen before any cut is made | Do not stop diazepam
        10 | 100  |                                 | drug-use=yes           |                         |        | specialist | To be seen before any cut is made | Do not stop diazepam
        10 | 100  |                                 |                        | lorazepam 1 mg at night |        | specialist | To be seen before any cut is made | Do not stop diazepam
        10 | 100  |                                 |                        | zopiclone 7.5 mg at night |      | specialist | To be seen before any cut is made | Do not stop diazepam
        10 | 100  |                                 | takes-sedative=yes     |                         |        | specialist | To be seen before any cut is made | Do not stop diazepam
        45 | 100  |                                 |                        |                         |        | specialist | To be seen before any cut is made | Do not stop diazepam
        10 | 100  | epilepsy                        | suicidal=yes           |                         |        | specialist | To be seen today                  | Do not stop diazepam
        """,
        look(spec),
    )


def test_dangers_and_short_or_rare_use(spec):
    """A danger does not make a problem of a course of days. Where seizures are near, rare use is not simply stopped."""
    spec.shows(
        """
        mg | days | weekly | problem            | answer                | need       | urgent
        ---+------+--------+--------------------+-----------------------+------------+----------------------------------
        5  | 10   |        | epilepsy           |                       | none       |
        5  | 10   |        | alcohol dependence |                       | none       |
        5  | 20   |        | alcohol dependence |                       | specialist | To be seen within a few days
        5  | 100  | 2      | alcohol dependence |                       | none       |
        5  | 100  | 2      | epilepsy           |                       | specialist | To be seen before any cut is made
        5  | 5    | 2      |                    | withdrawal-crisis=yes | specialist | Emergency now
        """,
        look(spec),
    )


def test_what_speaks_for_a_slower_or_faster_pace(spec):
    """Faster only where all that slows is ruled out: up to 10 mg a day for less than three months."""
    spec.shows(
        """
        mg | days | age | answer              | problem        | pace
        ---+------+-----+---------------------+----------------+-----
        10 | 60   |     |                     |                | faster: up to 10 mg a day for less than three months
        10 | 60   |     | failed-taper=?      |                |
        10 | 60   |     | failed-taper=yes    |                | slower: an earlier taper that failed
        10 | 60   | 70  |                     |                | slower: 65 years or older
        10 | 60   |     |                     | panic disorder | slower: an anxiety disorder
        10 | 60   |     | drinks-alcohol=yes  |                | slower: alcohol
        20 | 60   |     |                     |                | slower: more than 15 mg a day
        10 | 100  |     |                     |                |
        10 | 400  |     |                     |                | slower: a year of use or longer
        """,
        look(spec),
    )


# The question that would settle it, and the words of the danger that stays open without its answer.
OPEN = [
    ("withdrawal-crisis=?, withdrawal-signs=?", "withdrawal-crisis", "a seizure, delirium or psychosis of withdrawal"),
    ("withdrawal-seizure=?", "withdrawal-seizure", "an earlier seizure or delirium on stopping"),
    ("epilepsy=?", "epilepsy", "epilepsy"),
    ("suicidal=?", "suicidal", "suicidality"),
    ("psychosis=?", "psychosis", "psychosis"),
    ("alcohol-problem=?", "alcohol-problem", "alcohol use disorder"),
    ("drug-use=?", "drug-use", "misuse of drugs or medicines"),
]


@pytest.mark.parametrize(("answer", "asked", "words"), OPEN)
def test_what_is_not_known_clears_nothing_and_is_asked(spec, answer, asked, words):
    """A problem list with an entry that nobody understands rules nothing out."""
    case = taking({"mg": "10", "days": "100", "answer": answer, "problem": "Blorf of the wug"})
    found = spec.appraise(case)
    assert found.taper_need == "taper"
    assert any(line.startswith("Not ruled out") and words in line for line in found.taper_because)
    assert asked in {one.id for one in found.questions}
    assert (found.taper_hold, found.taper_urgency) == ("", "")


def test_an_unknown_pregnancy_is_not_ruled_out(spec):
    found = spec.appraise(taking({"mg": "10", "days": "100", "sex": "female"}))
    assert any("Not ruled out" in line and "pregnancy" in line for line in found.taper_because)
    assert "pregnant" in {one.id for one in found.questions}


def test_an_unknown_dose_is_not_taken_for_a_low_one(spec):
    found = spec.appraise(taking({"mg": "10", "days": "100"} | {"answer": "diazepam-mg-per-day=?"}))
    assert any("ore than 40 mg of diazepam a day" in line for line in found.taper_because)
    assert "diazepam-mg-per-day" in {one.id for one in found.questions}
    assert "faster" not in {direction for *_, direction in found.pace_features}


def test_a_step_down_says_what_would_make_it_a_taper(spec):
    found = spec.appraise(taking({"mg": "5", "days": "20", "answer": "failed-taper=?"}))
    assert found.taper_need == "step-down"
    assert any(
        "an earlier taper that failed" in line and "gradual taper instead" in line for line in found.taper_because
    )


def test_a_known_danger_says_what_else_would_be_more_urgent(spec):
    found = spec.appraise(taking({"mg": "45", "days": "100", "answer": "suicidal=?", "problem": "Blorf of the wug"}))
    assert "before any cut" in found.taper_urgency
    assert found.taper_urgency.endswith("Sooner if one of these holds, which is not known: suicidality.")


def test_a_new_course_of_a_person_with_a_danger_ends_with_a_specialist(spec):
    """Spasticity, epilepsy, four weeks planned: who ends it is agreed before the first dose."""
    made = spec.consult(
        {"request": "", "problem": "Spasticity + Multiple sclerosis + Epilepsy", "only": "yes", "since": "2026-11-01"}
        | {"answer": "tone=yes, focal=no, stands-on-tone=no, tried-baclofen=failed, tried-tizanidine=failed"}
        | {"request": "diazepam 2 mg at night for 28 days"}
    )
    assert made.plan.regimen is not None
    assert made.plan.taper_needed == "specialist"
    assert made.plan.taper_hold.startswith("Before the first dose")
    assert "epilepsy" in made.plan.taper_urgency
    assert any(view.need == "specialist" for view in made.plan.taper_views)


def test_nothing_taken_and_nothing_planned_has_no_views():
    assert decide(NOT_TAKEN, None, None, 44, (), knowledge()).views == ()


def test_who_goes_on_hears_how_it_will_end_and_not_to_stop_now(spec):
    """Present use goes on to the review: that it will end by a taper is said beside it, not "stop"."""
    made = spec.consult(
        {"request": "continue diazepam 2 mg twice a day", "problem": "Spasticity + Multiple sclerosis", "only": "yes"}
        | {"entry": "medications: diazepam 2 mg twice a day, since 2026-08-01", "since": "2026-06-01"}
        | {"answer": f"{RULED_OUT}tone=yes, focal=no, stands-on-tone=no, gain=yes, side-effect=none"}
    )
    assert made.plan.regimen is not None
    assert made.appraisal.purpose == "continue"
    assert any(line.startswith("Agree how it will end") for line in made.plan.instead)
    assert not any(line.startswith("Stop") for line in made.plan.instead)
