"""The request, and people who already take diazepam."""

from dataclasses import replace
from datetime import date

import pytest

from unclench.appraisal.appraise import appraise

ON = date(2026, 11, 21)
title = "The request, and present use"


@pytest.mark.verifies("A6")
def test_limits_by_jurisdiction(spec):
    """US: 10 mg at once, 40 mg a day. UK: 15 mg a day in spasm."""
    spec(
        """
        request                                        | where | rule    | effect | verdict
        -----------------------------------------------+-------+---------+--------+--------------------
        diazepam 15 mg twice a day for 5 days          | us    | DOSE-02 | avoid  | avoid
        diazepam 10 mg five times a day for 5 days     | us    | DOSE-02 | avoid  | avoid
        diazepam 10 mg twice a day for 5 days          | us    | DOSE-07 | change | usable-with-changes
        diazepam 8 mg twice a day for 5 days           | uk    | DOSE-03 | change | usable-with-changes
        diazepam 5 mg twice a day for 14 days          | us    | DOSE-09 | change | usable-with-changes
        diazepam 5 mg twice a day for 20 days          | us    | DEP-01  | change | usable-with-changes
        diazepam 5 mg twice a day for 40 days          | us    | DEP-02  | avoid  | avoid
        diazepam 5 mg as needed up to 3 times a day    | us    | DOSE-08 | change | usable-with-changes
        diazepam 5 mg rectal once a day for 5 days     | us    | DOSE-12 | change | usable-with-changes
        """
    )


@pytest.mark.verifies("A6", "A7")
def test_present_use(spec):
    """Someone who takes it already is asked about going on, reviewing or stopping; never an abrupt stop."""
    spec(
        """
        request           | answer                                                        | rule   | verdict
        ------------------+---------------------------------------------------------------+--------+--------------------
        stop diazepam now | diazepam-now=yes, diazepam-mg-per-day=10, diazepam-months=14  | DEP-08 | avoid
        taper diazepam    | diazepam-now=yes, diazepam-mg-per-day=10, diazepam-months=14  | DEP-08 | usable-with-changes
        stop diazepam     | diazepam-now=yes, diazepam-mg-per-day=4, diazepam-months=0.1  |        | reasonable
        stop diazepam now | diazepam-now=?                                                |        | avoid
                          | diazepam-now=yes, diazepam-mg-per-day=10, diazepam-months=14  | DEP-02 | avoid
                          | diazepam-now=no                                               |        | none
        """
    )


@pytest.mark.verifies("A6", "A7")
def test_going_on_is_no_second_prescription(spec):
    """Asking that present use goes on is judged as that; a new order on top of it is a duplicate."""
    spec(
        """
        request                   | answer                                                     | rule   | answered
        --------------------------+------------------------------------------------------------+--------+---------
        continue diazepam 5 mg bd | diazepam-now=yes, diazepam-mg-per-day=9, diazepam-months=2 | USE-01 | no
        diazepam 5 mg bd          | diazepam-now=yes, diazepam-mg-per-day=9, diazepam-months=2 | USE-01 | yes
        """
    )


@pytest.mark.verifies("A7", "P4")
def test_use_on_few_days_a_week(spec):
    """Known use on three days a week or fewer may be stopped; where the days are not known, dependence counts."""
    spec(
        """
        request       | answer                                                         | rule   | answered | verdict
        --------------+----------------------------------------------------------------+--------+----------+-----------
        stop diazepam | diazepam-now=yes, diazepam-months=10, diazepam-days-per-week=2 | DEP-03 | no       | reasonable
        stop diazepam | diazepam-now=yes, diazepam-months=10, diazepam-days-per-week=5 | DEP-03 | yes      | avoid
        stop diazepam | diazepam-now=yes, diazepam-months=10                           | DEP-03 | yes      | avoid
        """
    )


@pytest.mark.verifies("P1", "P3")
def test_going_on_ends_after_a_fortnight(spec):
    """In acute spasm present use goes on to the fourteenth day at most, and a request for less than daily stays low."""

    def look(case):
        if case["taken"]:
            case |= {"entry": f"medications: diazepam 5 mg at night, since {case['taken']}", "answer": "diazepam-now=?"}
        plan = spec.consult(case).plan
        return {"planned": plan.words.partition(" for as long")[0], "taper": plan.taper_needed}

    spec.shows(
        """
        request                                  | taken      | planned                  | taper
        -----------------------------------------+------------+--------------------------+----------
                                                 | 2026-11-18 | 5 mg at night for 7 days | none
                                                 | 2026-11-11 | 5 mg at night for 4 days | step-down
                                                 | 2026-10-31 | It has been taken        | step-down
        diazepam 5 mg once                       |            | 5 mg at night for 1 day  | none
        """,
        look,
    )


@pytest.mark.verifies("P1", "P3")
def test_a_liquid_is_kept_a_liquid(spec):
    """Who asks for a liquid gets the 1 mg/mL solution, in mg and mL, never the concentrate."""

    def look(case):
        return {"product": ", ".join(line.product for line in spec.consult(case).plan.supply.lines)}

    spec.shows(
        """
        request                                               | product
        ------------------------------------------------------+--------------
        diazepam 5 mg twice a day for 5 days                  | US-TABLET-5
        diazepam oral solution 5 mg twice a day for 5 days    | US-SOLUTION-1
        diazepam oral concentrate 5 mg twice a day for 5 days | US-SOLUTION-1
        """,
        look,
    )


@pytest.mark.verifies("A8", "P8")
def test_what_is_said_when_it_is_to_end(spec):
    """Nothing has to be ruled out before stopping, and terms of going on are not given to those who should stop."""

    def look(case):
        made = spec.consult(case)
        return {
            "open": "; ".join(made.appraisal.provided_that),
            "justify": "yes" if any("Justify" in said for said in made.plan.instead) else "no",
            "range": "yes" if any("Label range" in said for said in made.plan.instead) else "no",
        }

    spec.shows(
        """
        age | request          | answer                                                      | open | justify | range
        ----+------------------+-------------------------------------------------------------+------+---------+------
            | taper diazepam   | diazepam-now=yes, diazepam-mg-per-day=9, diazepam-months=14 |      | no      | no
            |                  | diazepam-now=yes, diazepam-mg-per-day=9, diazepam-months=14 |      | no      | no
        0.3 | diazepam 1 mg bd | tone=yes                                                    |      | no      | no
        """,
        look,
    )


@pytest.mark.verifies("A8", "R4")
def test_what_is_asked_first(spec):
    """Where nothing says what is treated, that is asked first: no other answer is of use before it."""

    def look(case):
        found = spec.appraise(case)
        first = sorted(one.id for one in found.questions[:3])
        return {"first": ", ".join(first)}

    spec.shows(
        """
        problem      | only | answer                        | first
        -------------+------+-------------------------------+---------------------
        Hypertension | yes  | spasm=?, falls=?, red-flags=? | purpose, spasm, tone
        """,
        look,
    )


@pytest.mark.verifies("A8", "R4")
def test_unknown_present_use(spec):
    """A stale order leaves open whether it is taken: that alone is to be ruled out, not each harm it might do."""
    case = {"entry": "medications: diazepam 5 mg at night, since 2024-01-01", "answer": "diazepam-now=?"}
    person = spec.patient(case)
    stale = tuple(replace(one, last_seen=one.began) if "diazepam" in one.text else one for one in person.medications)

    found = appraise(replace(person, medications=stale), ON, "us")

    assert found.provided_that == ("Diazepam is already taken",)


@pytest.mark.verifies("A6", "P1", "P2")
def test_what_is_planned_is_never_more_than_was_asked(spec):
    """Rarer than daily: nothing is planned. Spasticity starts low. A driver takes it at night."""
    spec.shows(
        """
        request                                  | answer                | verdict             | plan
        -----------------------------------------+-----------------------+---------------------+-------------------------
        diazepam 5 mg weekly for 7 days          |                       | reasonable          |
        diazepam 5 mg three times a day for 28 days | tone=yes, focal=no, stands-on-tone=no | usable-with-changes | 2 mg twice a day for 28 days
        diazepam 5 mg three times a day for 7 days | drives=yes          | reasonable          | 5 mg at night for 7 days
        """,
        lambda case: {
            "verdict": str(spec.consult(case).appraisal.verdict),
            "plan": spec.consult(case).plan.words if spec.consult(case).plan.regimen else "",
        },
    )


@pytest.mark.verifies("A3")
def test_clozapine(spec):
    """Collapse is described when clozapine and diazepam are started together."""
    spec(
        """
        medicine                  | rule             | verdict
        --------------------------+------------------+---------------
        clozapine 100 mg at night | INT-05-CLOZAPINE | not-first-line
        """
    )
