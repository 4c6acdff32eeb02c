"""From the daily doses of a taper to what is taken at which hour and what is prescribed. Two hours a day are 08:00 and
22:00, one is 22:00, three are 08:00, 14:00 and 22:00."""

from datetime import date
from decimal import Decimal

import pytest

from unclench.knowledge import knowledge
from unclench.planning.dispense import dispensed, reachable, stock_of
from unclench.planning.dispense_supply import said
from unclench.planning.taper_plan import Schedule, Step
from unclench.planning.words import number
from unclench.values import RegimenError

title = "What is dispensed in a taper"

pytestmark = pytest.mark.verifies("P5")
HOURS = {"1": (22.0,), "2": (8.0, 22.0), "3": (8.0, 14.0, 22.0)}
NAMES = {
    "US-TABLET-2": "2 mg", "US-TABLET-5": "5 mg", "US-TABLET-10": "10 mg", "UK-TABLET-2": "2 mg", "UK-TABLET-5": "5 mg",
    "UK-TABLET-10": "10 mg", "US-SOLUTION-1": "mL", "UK-SOLUTION-2-IN-5": "mL", "US-CONCENTRATE-5": "mL concentrate",
}  # fmt: skip


def stock(case):
    return stock_of(knowledge(), case.get("where") or "us", case.get("products", "").split())


def taken(day):
    return "; ".join(" + ".join(said(unit, knowledge()) for unit in intake.units) for intake in day.intakes)


def schedule(text):
    """ "14 d 5, 14 d 4": so many days at so many mg, from 23 November 2026."""
    steps = tuple(Step(int(part.split()[0]), Decimal(part.split()[2])) for part in text.split(", "))
    return Schedule(date(2026, 11, 23), steps[0].mg, steps)


def one_day(case):
    hours = HOURS[case["times"]]
    doses = schedule(f"1 d {case['mg']}")
    try:
        return {"taken": taken(dispensed(doses, stock(case), hours, knowledge())[0][0])}
    except RegimenError as error:
        return {"taken": f"refused: {error.fix}"}


def whole(case):
    days, supply = dispensed(
        schedule(case["taper"]),
        stock(case),
        HOURS[case.get("times") or "2"],
        knowledge(),
        supply_days=int(case["supply"]) if case.get("supply") else None,
        alternate=case.get("alternate") == "yes",
    )
    liquid = next((day.on for day in days[:-1] if "mL" in taken(day)), None)
    return {
        "prescriptions": "; ".join(
            " + ".join(f"{number(line.count)} x {NAMES[line.product]}" for line in part.lines).replace("x mL", "mL")
            for part in supply.prescriptions
        ),
        "liquid from": f"{liquid:%-d %B}" if liquid else "",
        "nothing from": f"{days[-1].on:%-d %B}",
        "first two days": " | ".join(taken(day) for day in days[:2]).replace(" | ", ", then "),
    }


def test_one_day(spec):
    """The units sum to the dose. Parts are as even as whole tablets allow, and the largest is taken at night. Halves only
    where nothing else makes the dose; never quarters. A small dose is taken at once, at night. A liquid is
    not divided into less than 0.5 mL at a time."""
    spec.shows(
        """
        products | times | mg   | taken
        ---------+-------+------+------------------------------------------
                 | 2     | 20   | 2 x 5 mg; 2 x 5 mg
                 | 2     | 15   | 1 x 5 mg; 2 x 5 mg
                 | 2     | 12   | 3 x 2 mg; 3 x 2 mg
                 | 2     | 7    | 1 x 2 mg; 1 x 5 mg
                 | 2     | 6.5  | 0.5 x 5 mg; 2 x 2 mg
                 | 2     | 5.5  | 0.5 x 5 mg; 1.5 x 2 mg
                 | 2     | 5    | 1 x 2 mg; 1.5 x 2 mg
                 | 2     | 4    | 1 x 2 mg; 1 x 2 mg
                 | 2     | 3    | 0.5 x 2 mg; 1 x 2 mg
                 | 2     | 2    | 1 x 2 mg
                 | 2     | 1.5  | 1.5 mL (1.5 mg)
                 | 2     | 1    | 1 mL (1 mg)
                 | 2     | 0.9  | 0.9 mL (0.9 mg)
                 | 2     | 0.1  | 0.1 mL (0.1 mg)
                 | 1     | 20   | 4 x 5 mg
                 | 1     | 30   | 2 x 5 mg + 2 x 10 mg
                 | 3     | 15   | 1 x 5 mg; 1 x 5 mg; 1 x 5 mg
                 | 3     | 2    | 1 x 2 mg
        """,
        one_day,
    )


def test_products_can_be_chosen(spec):
    """Tablets only, the liquid only, strengths, whole tablets only, or products by name. The concentrate is used only when
    it is named. A dose that nothing makes is refused, and the nearest doses are said."""
    spec.shows(
        """
        where | products          | times | mg  | taken
        ------+-------------------+-------+-----+--------------------------------------------
        us    | 2                 | 2     | 5   | 1 x 2 mg; 1.5 x 2 mg
        us    | 2 no-halves       | 2     | 6   | 1 x 2 mg; 2 x 2 mg
        us    | 2 no-halves       | 2     | 5   | refused: The nearest: 4 mg and 6 mg.
        us    | tablets           | 2     | 1.5 | refused: The nearest: 1 mg and 2 mg.
        us    | liquid            | 2     | 5   | 2.5 mL (2.5 mg); 2.5 mL (2.5 mg)
        uk    | liquid            | 2     | 5   | 6 mL (2.4 mg); 6.5 mL (2.6 mg)
        uk    | liquid            | 1     | 1   | 2.5 mL (1 mg)
        uk    |                   | 1     | 1.5 | refused: The nearest: 1.4 mg and 1.6 mg.
        us    | US-CONCENTRATE-5  | 1     | 1   | 0.2 mL (1 mg)
        us    | us-tablet-5       | 1     | 7.5 | 1.5 x 5 mg
        """,
        one_day,
    )


def test_a_whole_taper(spec):
    """No more than two strengths where two make every dose, and then those with the fewest halves; 10 mg tablets only where
    there would be more than 4 pieces at one time.
    The liquid is used below 2 mg, and before that only for what tablets cannot make; the change lies in the middle of a
    step. Half tablets are rounded up in each prescription."""
    spec.shows(
        """
        where | products | taper                              | supply | prescriptions                                                   | liquid from | nothing from
        ------+----------+------------------------------------+--------+-----------------------------------------------------------------+-------------+-------------
        us    |          | 14 d 6, 14 d 4, 14 d 2             |        | 42 x 2 mg; 28 x 2 mg; 14 x 2 mg                                 |             | 4 January
        us    |          | 14 d 9, 14 d 8, 14 d 7             |        | 28 x 2 mg + 14 x 5 mg; 56 x 2 mg; 14 x 2 mg + 14 x 5 mg         |             | 4 January
        us    |          | 14 d 18, 14 d 15, 14 d 12          |        | 56 x 2 mg + 28 x 5 mg; 42 x 5 mg; 14 x 2 mg + 28 x 5 mg         |             | 4 January
        us    |          | 14 d 3, 14 d 2, 14 d 1             |        | 21 x 2 mg; 7 x 2 mg + 14 mL; 14 mL                              | 14 December | 4 January
        uk    |          | 14 d 3, 14 d 2, 14 d 1             |        | 21 x 2 mg; 7 x 2 mg + 35 mL; 35 mL                              | 14 December | 4 January
        uk    | tablets  | 14 d 3, 14 d 2, 14 d 1             |        | 21 x 2 mg; 14 x 2 mg; 7 x 2 mg                                  |             | 4 January
        uk    | tablets  | 7 d 3, 7 d 2, 7 d 1                | 7      | 11 x 2 mg; 7 x 2 mg; 4 x 2 mg                                   |             | 14 December
        us    |          | 28 d 50, 28 d 40                   | 28     | 168 x 5 mg + 56 x 10 mg; 224 x 5 mg                             |             | 18 January
        us    | liquid   | 14 d 4, 14 d 3                     |        | 56 mL; 42 mL                                                    | 23 November | 21 December
        """,
        whole,
    )


def test_alternate_days_only_where_the_load_hardly_swings(spec):
    """When asked for: 2 mg and 1 mg in turn make 1.5 mg a day. 1 mg and nothing in turn do not make 0.5 mg a day."""
    spec.shows(
        """
        products | alternate | times | taper   | first two days
        ---------+-----------+-------+---------+--------------------------
        2        | yes       | 1     | 14 d 1.5 | 1 x 2 mg, then 0.5 x 2 mg
        2        | yes       | 1     | 14 d 2.5 | 1.5 x 2 mg, then 1 x 2 mg
        """,
        whole,
    )
    spec.shows(
        """
        products | times | mg  | taken
        ---------+-------+-----+------------------------------
        2        | 1     | 0.5 | refused: The nearest: 1 mg.
        """,
        one_day,
    )


def test_the_doses_that_can_be_reached(spec):
    """Every daily dose up to 4 mg from which a schedule may choose, in two intakes a day."""
    spec.shows(
        """
        where | products          | doses
        ------+-------------------+------------------------------------------------------------------------------------------------------------------
        us    |                   | 4 3.5 3 2.5 2 1.9 1.8 1.7 1.6 1.5 1.4 1.3 1.2 1.1 1 0.9 0.8 0.7 0.6 0.5 0.4 0.3 0.2 0.1
        us    | tablets           | 4 3.5 3 2.5 2 1
        us    | 2                 | 4 3 2 1
        us    | tablets no-halves | 4 2
        us    | no-halves         | 4 3.5 3 2.5 2 1.9 1.8 1.7 1.6 1.5 1.4 1.3 1.2 1.1 1 0.9 0.8 0.7 0.6 0.5 0.4 0.3 0.2 0.1
        uk    | tablets           | 4 3.5 3 2.5 2 1
        """,
        lambda case: {"doses": " ".join(number(mg) for mg in reachable(stock(case), Decimal(4), 2))},
    )
