"""How a taper is made: the caps that bind every schedule, its pace, its length, and what it does beside other medicines.

The caps: within any 14 days the daily dose falls by at most a quarter of the dose at their start, or by 1 mg where that
is more; the first cut takes a tenth, or 1 mg; the last dose before the end is 1 mg or less."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.taper_people import ON, breaks_of_the_window, takes
from unclench.knowledge import knowledge
from unclench.planning.taper import plan_taper
from unclench.planning.taper_caps import caps_of, worst_window
from unclench.planning.taper_plan import Schedule, Step
from unclench.planning.taper_shapes import published
from unclench.planning.taper_wish import Wish
from unclench.values import RegimenError

title = "Schedules of a taper"

FACTS = knowledge()
CAPS = caps_of(FACTS)
MARGIN = [Decimal(0)] * 15


def daily(text: str) -> list[Decimal]:
    """ "0:20 14:18 28:0": the dose from each day on, as one dose for every day until nothing is taken."""
    marks = [(int(day), Decimal(mg)) for day, _, mg in (part.partition(":") for part in text.split())]
    return [mg for (day, mg), (until, _) in pairwise(marks) for _ in range(until - day)]


def evenly(interval: int, doses: str) -> str:
    """Doses that change each time after so many days, the last to nothing."""
    return " ".join(f"{interval * (count + 1)}:{mg}" for count, mg in enumerate(f"{doses} 0".split()))


# Facts read in the sources named; where a source gives only percentages, the start is 20 mg by way of example.
EXAMPLES = {
    "US clinic sheet, 2014": (15, "0:15 7:11 21:8.5 35:6 49:4.75 63:3.5 77:2.5 91:2 105:1.5 119:1 133:0.75 147:0.5 161:0.25 175:0"),
    "NICE CKS, fastest from 40 mg": (40, evenly(7, "36 32 28 24 20 18 16 14 12 10 9 8 7 6 5 4 3 2 1")),
    "NICE CKS, slowest from 40 mg": (40, evenly(14, "38 36 34 32 30 28 26 24 22 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4.5 4 3.5 3 2.5 2 1.5 1 0.5")),
    "NICE CKS, fastest from 20 mg": (20, evenly(7, "18 16 14 12 10 9 8 7 6 5 4 3 2 1")),
    "NICE CKS, slowest from 20 mg": (20, evenly(14, "19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4.5 4 3.5 3 2.5 2 1.5 1 0.5")),
    "Oude Voshaar 2003": (20, "0:15 7:10 14:5 21:2.5 25:0"),
    "Garfinkel 1999": (20, "0:10 14:5 28:0"),
    "Schweizer and Rickels 1990": (20, "0:15 7:10 14:5 21:0"),
    "Winokur 1980, at once": (20, "0:0"),
    "Family Practice Notebook, rapid": (50, "0:30 3:20 6:15 9:10 12:5 15:0"),
    "Therapeutic Guidelines, inpatients": (60, "0:60 1:54 2:48 3:42 4:36 5:30 6:24 7:20 8:20"),
    "Brenner 1991, inpatients": (40, "0:20 5:10 10:5 15:2.5 20:1.25 25:0"),
    "ASAM 2025, a tenth each fortnight": (20, evenly(14, "18 16.2 14.58 13.122 11.8098 10.6288 9.5659 8.6093 7.7484 6.9736 6.2762 5.6486 5.0837 4.5754 4.1178 3.706 3.3354 3.0019 2.7017 2.4315 2.1884 1.9695 1.7726 1.5953 1.4358 1.2922 1.163 1.0467 0.942 0.8478 0.763 0.6867 0.6181 0.5563 0.5006")),
    "ASAM 2025, a twentieth each four weeks": (20, evenly(28, "19 18.05 17.1475 16.2901 15.4756 14.7018 13.9667 13.2684 12.605 11.9747 11.376 10.8072 10.2668 9.7535 9.2658 8.8025 8.3624 7.9443 7.5471 7.1697 6.8112 6.4707 6.1471 5.8398 5.5478 5.2704 5.0069 4.7565 4.5187 4.2928 4.0781 3.8742 3.6805 3.4965 3.3217 3.1556 2.9978 2.8479 2.7055 2.5702 2.4417 2.3196 2.2037 2.0935 1.9888 1.8894 1.7949 1.7052 1.6199 1.5389 1.462 1.3889 1.3194 1.2534 1.1908 1.1312 1.0747 1.0209 0.9699 0.9214 0.8753 0.8316 0.79 0.7505 0.713 0.6773 0.6434 0.6113 0.5807 0.5517 0.5241")),
    "ASAM 2025, a quarter each fortnight": (20, evenly(14, "15 11.25 8.4375 6.3281 4.7461 3.5596 2.6697 2.0023 1.5017 1.1263 0.8447 0.6335")),
    "a published program, as stated": (20, evenly(14, "18 16 14.5 13 11.5 10.5 9.5 8.5 7.5 7 6.5 6 5.5 5 4.5 4 3.5 3 2.5 2")),
    "a published program, as its tablets add up": (20, evenly(14, "18 16 15 13 9 9 9 9 9 7 9 6 3 5 3 4 3 3 3 2")),
}  # fmt: skip


@pytest.mark.verifies("P5")
def test_published_schedules_against_the_caps(spec):
    """*Worst*: the fall of the 14 days that break the cap most, or come nearest, in % of what may go; *from* that day,
    counted from the first. Doses rounded to a ten-thousandth of a milligram may exceed a cap by a thousandth."""

    def look(case):
        from_mg, marks = EXAMPLES[case["schedule"]]
        doses = daily(marks)
        before = [Decimal(from_mg)] * 14
        share, at, _ = worst_window([*before, *doses, *MARGIN], CAPS)
        broken = breaks_of_the_window(before, doses, slack="0.001")
        # Counted twice: as the product counts, and day by day against each of the 14 that follow.
        excess = (share - 1) * CAPS.most([*before, *doses, *MARGIN][at])
        assert bool(broken) == (excess > Decimal("0.001"))
        return {
            "keeps the cap": "no" if broken else "yes",
            "worst": f"{share * 100:.0f}",
            "only in its last jump": "yes" if broken and min(broken) >= len(doses) - 14 else "",
        }

    spec.shows(
        """
            schedule                                   | keeps the cap | only in its last jump | worst
            -------------------------------------------+---------------+-----------------------+------
            NICE CKS, slowest from 40 mg               | yes           |                       | 67
            NICE CKS, slowest from 20 mg               | yes           |                       | 67
            ASAM 2025, a tenth each fortnight          | yes           |                       | 50
            ASAM 2025, a twentieth each four weeks     | yes           |                       | 52
            ASAM 2025, a quarter each fortnight        | yes           |                       | 100
            US clinic sheet, 2014                      | no            |                       | 118
            NICE CKS, fastest from 40 mg               | no            |                       | 200
            NICE CKS, fastest from 20 mg               | no            |                       | 200
            Oude Voshaar 2003                          | no            |                       | 400
            Garfinkel 1999                             | no            |                       | 400
            Schweizer and Rickels 1990                 | no            |                       | 400
            Winokur 1980, at once                      | no            | yes                   | 400
            Family Practice Notebook, rapid            | no            |                       | 400
            Therapeutic Guidelines, inpatients         | no            |                       | 400
            Brenner 1991, inpatients                   | no            |                       | 400
            a published program, as stated             | no            | yes                   | 200
            a published program, as its tablets add up | no            |                       | 200
        """,
        look,
    )


@pytest.mark.verifies("P5")
def test_rows_of_bands_give_the_published_doses(spec):
    """What the rows of guidelines make of a dose, written out: to the ten-thousandth of a milligram."""

    def look(case):
        from_mg, marks = EXAMPLES[case["schedule"]]
        row = next(one for one in published(FACTS, Decimal(from_mg)) if one.id == case["row"])
        made = [mg for step in row.steps for mg in [step.mg] * step.days]
        written = daily(marks)
        start = next((at for at, mg in enumerate(written) if mg < from_mg), 0)
        wrong = [
            at
            for at, (one, two) in enumerate(zip(made, written[start:], strict=True))
            if abs(one - two) > Decimal("0.0002")
        ]
        return {"differ": str(len(wrong)), "weeks": f"{row.weeks:g}"}

    spec.shows(
        """
            schedule                               | row            | weeks | differ
            ---------------------------------------+----------------+-------+-------
            NICE CKS, fastest from 40 mg           | GUIDE-CKS-FAST | 19    | 0
            NICE CKS, slowest from 40 mg           | GUIDE-CKS-SLOW | 68    | 0
            NICE CKS, fastest from 20 mg           | GUIDE-CKS-FAST | 14    | 0
            NICE CKS, slowest from 20 mg           | GUIDE-CKS-SLOW | 48    | 0
            ASAM 2025, a tenth each fortnight      | GUIDE-ASAM-10  | 70    | 0
            ASAM 2025, a twentieth each four weeks | GUIDE-ASAM-5   | 284   | 0
            ASAM 2025, a quarter each fortnight    | GUIDE-ASAM-CAP | 24    | 0
            Schweizer and Rickels 1990             | GUIDE-QUARTERS | 3     | 0
        """,
        look,
    )


@pytest.mark.verifies("P5")
def test_pace_by_what_is_found(spec):
    """The pace of somebody who takes so much a day for so many months. Nothing that is not known makes it faster; three
    features or more that ask for slower make it slow. *Days*: between cuts."""

    def look(case):
        answers = [part.strip() for part in case["answers"].split(",") if part.strip()]
        appraisal = takes(
            case["mg"], float(case["months"]), age=int(case["age"]) if case["age"] else None, answers=answers
        )
        found = plan_taper(appraisal, Wish(quick=True, pace=case["asked"] or "auto"))
        days = FACTS.get("paces", found.pace).interval_days if found.pace else ""
        return {"pace": found.pace, "days": str(days), "first cut": f"{found.cuts[0].to_mg:f}"}

    spec.shows(
        """
            mg | months | age | answers                                                        | asked | pace  | days | first cut
            ---+--------+-----+----------------------------------------------------------------+-------+-------+------+----------
            20 | 14     |     |                                                                |       | usual | 14   | 18
            20 | 14     |     |                                                                | slow  | slow  | 28   | 18
            20 | 14     |     |                                                                | fast  | fast  | 7    | 18
            20 | 14     | 75  | takes-opioid=yes                                               |       | slow  | 28   | 18
            5  | 2      |     |                                                                |       | usual | 14   | 4.5
        """,
        look,
    )


@pytest.mark.verifies("P5")
def test_what_cannot_be_planned_says_what_can(spec):
    """Weeks asked for, products and starts that do not work, and the words that say what would."""

    def look(case):
        products = tuple(part for part in case["products"].split(",") if part)
        start = date.fromisoformat(case["start"]) if case["start"] else None
        wish = Wish(quick=True, weeks=int(case["weeks"]) if case["weeks"] else None, products=products, start_on=start)
        try:
            found = plan_taper(takes(case["mg"], where=case["where"] or "us"), wish)
        except RegimenError as refused:
            told = str(refused)
            return {"answer": "refused", "told": case["told"] if case["told"] in told else told}
        return {"answer": f"{found.weeks:g} weeks", "told": ""}

    spec.shows(
        """
            mg   | weeks | products         | start      | where | answer   | told
            -----+-------+------------------+------------+-------+----------+-------------------------------------------
            20   |       |                  |            |       | 44 weeks |
            20   | 30    |                  |            |       | 30 weeks |
            20   | 20    |                  |            |       | 20 weeks |
            20   | 19    |                  |            |       | refused  | at least 20 weeks
            20   |       | no-halves,tablets |           |       | refused  | halves of tablets, or the oral solution
            20   |       | 5                |            |       | refused  | halves of tablets, or the oral solution
            20   |       | 3                |            |       | refused  | tablets of 2, 5 and 10 mg
            20   |       |                  | 2026-11-21 |       | refused  | 2026-11-22 or later
            3.33 |       |                  |            |       | refused  | The nearest: 3 mg and 3.5 mg
            7.3  |       |                  |            | uk    | refused  | The nearest: 7 mg and 7.5 mg
        """,
        look,
    )


@pytest.mark.verifies("P5")
def test_a_taper_never_goes_up():
    """A schedule with a rise is no taper, and a dose of nothing is no step: neither can be written down."""
    for steps in ((Step(14, Decimal(10)), Step(14, Decimal(11))), (Step(14, Decimal(21)),)):
        with pytest.raises(RegimenError, match="doses that only fall"):
            Schedule(ON, Decimal(20), steps)
    for days, mg in ((0, 5), (14, 0), (14, -1)):
        with pytest.raises(RegimenError, match="at least 1 day above 0 mg"):
            Step(days, Decimal(mg))


@pytest.mark.verifies("P4", "P5")
def test_a_short_step_down(spec):
    """After two to four weeks, where dependence is unlikely: three equal parts, three days each. It is exempt from the caps
    of pace, a project choice that each proof says."""

    def look(case):
        found = plan_taper(takes(case["mg"], 0.7, where=case["where"]), Wish(quick=True))
        assert all(proof.holds for proof in found.proofs)
        return {
            "need": found.need,
            "doses": ", ".join(f"{step.mg:f} for {step.days}" for step in found.schedule.steps),
            "said to be exempt": str(sum("exempt" in proof.say for proof in found.proofs)),
        }

    spec.shows(
        """
            mg | where | need      | doses                         | said to be exempt
            ---+-------+-----------+-------------------------------+------------------
            10 | us    | step-down | 7.5 for 3, 5 for 3, 2.5 for 3 | 3
            6  | uk    | step-down | 4.5 for 3, 3 for 3, 1 for 3   | 3
        """,
        look,
    )


@pytest.mark.verifies("P5")
def test_a_step_down_from_the_smallest_dose_keeps_it_for_one_part():
    found = plan_taper(takes(1, 0.7, where="uk"), Wish(quick=True, products=("tablets",)))
    assert [(step.days, step.mg) for step in found.schedule.steps] == [(3, Decimal(1))]
    assert found.supply.total_mg == 3


@pytest.mark.verifies("P5", "M2")
def test_a_hidden_change_of_the_dose(spec):
    """Another medicine starts or stops while the dose falls. *Acts like*: what the dose of that day then acts like, in
    time, typically. From a week before that day until two weeks after it there is no cut."""

    def look(case):
        turn = date.fromisoformat(case["on"])
        medicine = {"name": case["medicine"], "dose": case["dose"], "how": "once a day", "status": "active"}
        medicine |= {"since": case["on"]} if case["turn"] == "starts" else {"since": "2020-01-01", "until": case["on"]}
        found = plan_taper(takes(20, medicines=[medicine]), Wish(quick=True))
        free = [cut for cut in found.cuts if turn - timedelta(days=7) <= cut.on <= turn + timedelta(days=14)]
        seen = [one for one in found.hidden if one.medicine == case["medicine"]]
        assert all(proof.holds for proof in found.proofs)
        for one in seen:
            low, typical, high = one.as_if_mg
            assert low <= typical <= high
            assert (typical > one.dose_mg) == (case["turn"] == "starts")
        return {
            "cuts within": str(len(free)),
            "shown": ", ".join(f"{one.on}" for one in seen),
            "more or less": ", ".join("more" if one.as_if_mg[1] > one.dose_mg else "less" for one in seen),
        }

    spec.shows(
        """
            medicine    | dose   | turn   | on         | cuts within | shown      | more or less
            ------------+--------+--------+------------+-------------+------------+-------------
            omeprazole  | 20 mg  | starts | 2027-01-20 | 0           | 2027-01-20 | more
            omeprazole  | 20 mg  | stops  | 2027-01-20 | 0           | 2027-01-21 | less
            fluvoxamine | 100 mg | starts | 2027-02-10 | 0           | 2027-02-10 | more
            fluvoxamine | 100 mg | stops  | 2027-02-10 | 0           | 2027-02-11 | less
        """,
        look,
    )
