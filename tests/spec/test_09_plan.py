"""From what is asked to what is proposed: the regimen in words, the most in a day, what to dispense, the dates, and the
need for a taper. Day 1 is 21 November 2026."""

import pytest

from unclench.planning.words import number

title = "The plan"


def planned(spec):
    """What the plan says, in the words of the report."""

    def look(case):
        plan = spec.consult(case).plan
        supply = plan.supply.lines if plan.supply else ()
        return {
            "regimen": plan.words,
            "heading": plan.heading,
            "most mg a day": number(plan.max_daily_mg) if plan.max_daily_mg else "",
            "days": str(plan.regimen.days) if plan.regimen else "",
            "dispense": ", ".join(f"{number(line.count)} x {line.name}" for line in supply),
            "review": ", ".join(str(day.day) for day in plan.review_on),
            "stop": f"{plan.stop_on:%-d %B}" if plan.stop_on else "",
            "taper": plan.taper_needed,
        }

    return look


@pytest.mark.verifies("P1", "P2", "P3")
def test_nothing_speaks_against_it(spec):
    """What is asked is kept, as far as the limits of the jurisdiction go: never above 10 mg at once, 7 days in acute spasm,
    and in the UK 15 mg a day."""
    spec.shows(
        """
        where | request                                                | regimen                                                                          | most mg a day | dispense                  | review | stop
        ------+--------------------------------------------------------+----------------------------------------------------------------------------------+---------------+---------------------------+--------+------------
        us    | diazepam 2 mg twice a day for 5 days                   | 2 mg twice a day for 5 days                                                      | 4             | 10 x diazepam 2 mg tablet | 23, 25 | 25 November
        us    | diazepam 5 mg twice a day for 3 days                   | 5 mg twice a day for 3 days                                                      | 10            | 6 x diazepam 5 mg tablet  | 23     | 23 November
        us    | diazepam 5 mg three times a day for 7 days             | 5 mg three times a day for 7 days                                                | 15            | 21 x diazepam 5 mg tablet | 23, 27 | 27 November
        us    | diazepam 5 mg three times a day for 14 days            | 5 mg three times a day for 7 days                                                | 15            | 21 x diazepam 5 mg tablet | 23, 27 | 27 November
        us    | diazepam 5 mg as needed up to 3 times a day for 5 days | 5 mg only when needed, at most three times a day (15 mg in 24 hours), for 5 days | 15            | 15 x diazepam 5 mg tablet | 23, 25 | 25 November
        uk    | diazepam 5 mg three times a day for 7 days             | 5 mg three times a day for 7 days                                                | 15            | 21 x diazepam 5 mg tablet | 23, 27 | 27 November
        uk    | diazepam 10 mg three times a day for 7 days            | 5 mg three times a day for 7 days                                                | 15            | 21 x diazepam 5 mg tablet | 23, 27 | 27 November
        """,
        planned(spec),
    )


@pytest.mark.verifies("P1", "P2", "P3", "M2")
def test_something_calls_for_care(spec):
    """Asked for is always 5 mg twice a day for 7 days. Age, a slower body, another medicine or weak lungs start low, and at
    night first."""
    spec.shows(
        """
        age | problem   | medicine                      | answer             | heading                                   | regimen                                                        | dispense
        ----+-----------+-------------------------------+--------------------+-------------------------------------------+----------------------------------------------------------------+------------------------------------
        70  |           |                               |                    | only if nothing else                      | 2 mg at night for 7 days                                       | 7 x diazepam 2 mg tablet
        42  |           | fluvoxamine 100 mg once a day |                    |                                           | 2 mg at night for 7 days                                       | 7 x diazepam 2 mg tablet
        42  |           | omeprazole 20 mg once a day   |                    |                                           | 2 mg at night for 3 days, then 2 mg twice a day; 7 days in all | 11 x diazepam 2 mg tablet
        42  | Cirrhosis |                               | liver-disease=mild |                                           | 2 mg at night for 7 days                                       | 7 x diazepam 2 mg tablet
        42  | Asthma    |                               |                    |                                           | 2 mg at night for 7 days                                       | 7 x diazepam 2 mg tablet
        42  | Dysphagia |                               |                    |                                           | 2 mg at night for 7 days                                       | 14 x diazepam 1 mg/mL oral solution
        42  |           |                               | red-flags=?        | provided that what is listed is ruled out | 2 mg at night for 7 days                                       | 7 x diazepam 2 mg tablet
        """,
        lambda case: planned(spec)(case | {"request": "diazepam 5 mg twice a day for 7 days"}),
    )


@pytest.mark.verifies("P1", "P3")
def test_no_regimen(spec):
    """Under *avoid*, before a step that comes first, below 18 years and where nothing is asked: no dose, nothing to
    dispense."""
    spec.shows(
        """
        age | problem           | request                               | answer                   | regimen                                                                                            | most mg a day | dispense
        ----+-------------------+---------------------------------------+--------------------------+----------------------------------------------------------------------------------------------------+---------------+---------
        42  | Myasthenia gravis | diazepam 2 mg twice a day for 5 days  |                          | No diazepam regimen.                                                                               |               |
        42  |                   | diazepam 15 mg twice a day for 5 days |                          | No diazepam regimen.                                                                               |               |
        42  |                   | diazepam 2 mg twice a day for 5 days  | tried-relaxant=not-tried | No diazepam regimen yet: a step that comes first is open.                                          |               |
        10  |                   | diazepam 2 mg twice a day for 5 days  | tone=yes, focal=no       | No automatic regimen below 18 years: a specialist sets it from the label range, checked by weight. |               |
        42  |                   |                                       |                          | No assessment is due.                                                                              |               |
        """,
        planned(spec),
    )


@pytest.mark.verifies("P3", "P4", "A7")
def test_longer_use(spec):
    """Four weeks in spasticity end with a taper. Somebody who already takes it for long is never told to stop at once."""
    spec.shows(
        """
        problem            | only | request                               | answer                                                       | regimen                                                                              | days | review     | taper
        -------------------+------+---------------------------------------+--------------------------------------------------------------+--------------------------------------------------------------------------------------+------+------------+------
        Spastic hemiplegia | yes  | diazepam 5 mg twice a day for 28 days | spasm=?, tone=yes, focal=no, stands-on-tone=no               | 2 mg twice a day for 28 days                                                         | 28   | 23, 27, 18 | taper
                           |      |                                       | diazepam-now=yes, diazepam-mg-per-day=10, diazepam-months=14 | Not to be carried on as it is. Stop by a gradual taper, never at once.               |      |            | taper
                           |      | stop diazepam now                     | diazepam-now=yes, diazepam-mg-per-day=10, diazepam-months=14 | No new regimen: the question is how to stop. Stop by a gradual taper, never at once. |      |            | taper
                           |      | diazepam 5 mg twice a day for 7 days  |                                                              | 5 mg twice a day for 7 days                                                          | 7    | 23, 27     | none
        """,
        planned(spec),
    )


@pytest.mark.verifies("P3")
@pytest.mark.parametrize(
    "asked",
    ["diazepam 5 mg three times a day for 7 days", "diazepam 2 mg twice a day for 5 days", "diazepam 10 mg at night"],
)
def test_the_supply_is_the_regimen(spec, asked):
    """What is dispensed adds up to what is taken, to the milligram, and nothing is left to refill."""
    plan = spec.consult({"request": asked}).plan

    dispensed = sum(line.count * line.strength_mg for line in plan.supply.lines)

    assert dispensed == plan.supply.total_mg == plan.regimen.total_mg
    assert plan.supply.refills == 0
