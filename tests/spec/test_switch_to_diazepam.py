"""What another benzodiazepine or Z-drug becomes, in which steps, and when no switch is planned.

Diazepam comes from tablets of 2, 5 and 10 mg and halves of 2 and 5 mg; the switch begins on 21 November 2026."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from unclench.knowledge import knowledge
from unclench.knowledge.equivalence import equivalence
from unclench.planning.switch import plan_switch
from unclench.planning.switch_after import after_switch, use_as_diazepam
from unclench.planning.switch_from import switch_of
from unclench.planning.switch_words import rounded, span
from unclench.values import RegimenError

title = "From another benzodiazepine or Z-drug to diazepam"

FACTS = knowledge()
ON = date(2026, 11, 21)
MAKE = tuple(Decimal(halves) / 2 for halves in range(2, 81) if halves != 3)


def steps(switch) -> str:
    return ", ".join(f"{step.other_mg} + {step.diazepam_mg}" for step in switch.steps())


@pytest.mark.verifies("P6")
def test_how_much_each_drug_is_worth(spec):
    """Milligrams said to equal 10 mg of diazepam by mouth. *Used* is the largest amount that a guideline names: the
    least diazepam. Tables named: V VA/DoD, A Ashton (both as the joint guideline of 2025 quotes them), W WHO, S Scotland;
    wider, for the range only: C ClinCalc, L LearnEM."""

    def look(case):
        found = equivalence(FACTS, case["drug"])
        return {
            "used": rounded(found.cautious_mg),
            "guidelines": span(found.guideline_low_mg, found.cautious_mg),
            "every table": span(found.low_mg, found.high_mg),
            "tables": " ".join(row.id.removeprefix(f"EQ-{case['drug'].upper()}-")[0] for row in found.rows),
        }

    spec.shows(
        """
            drug             | used | guidelines  | every table | tables
            -----------------+------+-------------+-------------+------------
            alprazolam       | 1    | 0.5 to 1    | 0.5 to 2    | V A W C L
            bromazepam       | 6    | 6           | 6           | W
            chlordiazepoxide | 25   | 25          | 12 to 50    | V A S C L
            clobazam         | 20   | 20          | 20          | W S
            clonazepam       | 1    | 0.5 to 1    | 0.5 to 4    | V A S C L
            clorazepate      | 15   | 15          | 8 to 30     | V A C
            estazolam        | 2    | 1 to 2      | 1 to 2      | V A
            flunitrazepam    | 2    | 2           | 2           | W
            flurazepam       | 30   | 15 to 30    | 8 to 30     | V A C
            loprazolam       | 2    | 1 to 2      | 1 to 2      | S
            lorazepam        | 2    | 1 to 2      | 1 to 4      | V A W S C L
            lormetazepam     | 2    | 1 to 2      | 1 to 2      | W S
            midazolam        | 5    | 5           | 5 to 10     | W C
            nitrazepam       | 10   | 10          | 10          | W S
            oxazepam         | 30   | 20 to 30    | 5 to 40     | V A W S C
            quazepam         | 20   | 10 to 20    | 10 to 40    | V A C
            temazepam        | 20   | 15 to 20    | 5 to 40     | V A W S C L
            triazolam        | 0.5  | 0.25 to 0.5 | 0.25 to 1   | V A W C
            zolpidem         | 20   | 20          | 20          | S
            zopiclone        | 15   | 15          | 15          | S
        """,
        look,
    )


@pytest.mark.verifies("P6")
def test_what_a_day_becomes(spec):
    """Milligrams a day of the other drug, diazepam in its place with the range of every table, and the steps on the way
    (other drug + diazepam, mg a day). A drug taken several times a day is replaced dose by dose, a single dose by halves."""

    def look(case):
        found = plan_switch(
            FACTS, case["drug"], Decimal(case["mg"]), on=ON, make=MAKE, doses_per_day=int(case["times"])
        )
        return {
            "diazepam": str(found.to_mg),
            "every table": span(found.low_mg, found.high_mg),
            "steps": steps(found),
            "changes": " ".join(str((step.on - ON).days) for step in found.steps()),
        }

    spec.shows(
        """
            drug             | mg   | times | diazepam | every table  | steps                                        | changes
            -----------------+------+-------+----------+--------------+----------------------------------------------+-----------
            temazepam        | 20   | 1     | 10       | 5 to 40      | 10 + 5, 0 + 10                               | 0 7
            temazepam        | 15   | 1     | 7.5      | 3.75 to 30   | 7.5 + 4, 0 + 7.5                             | 0 7
            lorazepam        | 2    | 2     | 10       | 5 to 20      | 1 + 5, 0 + 10                                | 0 7
            lorazepam        | 3    | 3     | 15       | 7.5 to 30    | 2 + 5, 1 + 10, 0 + 15                        | 0 4 9
            lorazepam        | 1    | 3     | 5        | 2.5 to 10    | 0.667 + 2, 0.333 + 3.5, 0 + 5                | 0 4 9
            oxazepam         | 60   | 4     | 20       | 15 to 120    | 45 + 5, 30 + 10, 15 + 15, 0 + 20             | 0 3 7 10
            oxazepam         | 15   | 1     | 5        | 3.75 to 30   | 7.5 + 2.5, 0 + 5                             | 0 7
            alprazolam       | 1.5  | 3     | 15       | 7.5 to 30    | 1 + 5, 0.5 + 10, 0 + 15                      | 0 4 9
            clonazepam       | 1    | 2     | 10       | 2.5 to 20    | 0.5 + 5, 0 + 10                              | 0 7
            zopiclone        | 7.5  | 1     | 5        | 5            | 3.75 + 2.5, 0 + 5                            | 0 7
            zolpidem         | 10   | 1     | 5        | 5            | 5 + 2.5, 0 + 5                               | 0 7
            nitrazepam       | 5    | 1     | 5        | 5            | 2.5 + 2.5, 0 + 5                             | 0 7
            triazolam        | 0.25 | 1     | 5        | 2.5 to 10    | 0.125 + 2.5, 0 + 5                           | 0 7
            chlordiazepoxide | 30   | 3     | 12       | 6 to 25      | 20 + 4, 10 + 8, 0 + 12                       | 0 4 9
        """,
        look,
    )


@pytest.mark.verifies("P6")
def test_twenty_milligrams_of_temazepam_a_night_for_five_years(spec):
    """A whole case, as the record tells it. The first cut waits for two weeks of diazepam alone; the need for a taper is
    that of the years of temazepam, counted as the diazepam that guidelines call equal (low to high)."""

    def look(case):
        appraisal = spec.appraise(case)
        _, found = switch_of(appraisal, FACTS, make=MAKE)
        use = use_as_diazepam(appraisal, FACTS)
        said = " ".join(found.says)
        for part in ("13.3 mg", "cut of up to 25 %", "5 to 40 mg", "No cut before 12 Dec 2026", "odds ratio 0.30"):
            assert part in said
        return {
            "counts as": f"{use.mg_per_day_low} to {use.mg_per_day_high}",
            "diazepam": str(found.to_mg),
            "steps": steps(found),
            "review": f"{found.review[0]} to {found.review[1]}",
            "first cut": str(found.first_cut_on),
            "need": after_switch(appraisal, found, FACTS).taper_need,
        }

    spec.shows(
        """
            entry                                                   | counts as  | diazepam | steps          | review                   | first cut  | need
            --------------------------------------------------------+------------+----------+----------------+--------------------------+------------+------
            medications: temazepam 20 mg at night, since 2021-11-21 | 10 to 13.3 | 10       | 10 + 5, 0 + 10 | 2026-11-26 to 2026-11-28 | 2026-12-12 | taper
        """,
        look,
    )


@pytest.mark.verifies("P6")
def test_what_speaks_against_it(spec):
    """*Stops*: no switch is planned, the present dose goes on, and a specialist is asked. *Care*: it is planned over the
    longest time, and the reason stands beside it."""

    def look(case):
        _, found = switch_of(spec.appraise(case), FACTS, make=MAKE)
        told = " ".join((found.hold, *found.against))
        assert case["because"] in told, (case, told)
        assert bool(found.days) is not bool(found.hold)
        assert (found.to_mg is None) is bool(found.hold)
        if found.hold:
            what = "high" if "above 40 mg" in found.hold else "stops"
        else:
            what = "care" if found.against else "plan"
        return {"what": what}

    spec.shows(
        """
            medicine                        | problem                  | age | answer          | what  | because
            --------------------------------+--------------------------+-----+-----------------+-------+------------------------------
            temazepam 20 mg at night        |                          |     |                 | plan  |
            temazepam 20 mg at night        | cirrhosis of liver       |     |                 | stops | Liver disease of unknown
            temazepam 20 mg at night        |                          |     | liver-disease=mild   | stops | Liver disease: ask
            temazepam 20 mg at night        |                          |     | liver-disease=severe | stops | Severe liver disease
            temazepam 20 mg at night        |                          |     | frail=yes       | stops | Frailty
            temazepam 20 mg at night        |                          | 70  |                 | care  | 65 or older
            temazepam 20 mg at night        |                          | 70  | falls=yes       | stops | 65 or older with falls
            temazepam 20 mg at night        | dementia                 | 70  |                 | stops | Dementia
            temazepam 20 mg at night        | epilepsy                 |     |                 | stops | Epilepsy
            temazepam 20 mg at night        | obstructive sleep apnoea |     |                 | stops | Sleep apnoea
            temazepam 20 mg at night        | myasthenia gravis        |     |                 | stops | Myasthenia
            temazepam 20 mg at night        |                          | 16  |                 | stops | Under 18
            temazepam 20 mg at night + oxycodone 5 mg twice a day   | | |                 | care  | An opioid
            temazepam 20 mg at night + fluvoxamine 100 mg daily     | | |                 | care  | cleared more slowly
            clonazepam 1 mg at night        |                          |     |                 | care  | given for epilepsy
            clonazepam 1 mg at night        |                          |     |                 | care  | long-acting
            zopiclone 7.5 mg at night       |                          |     |                 | care  | difficulty stopping
            lorazepam 2 mg three times a day|                          |     |                 | high  | equals 60 mg
            alprazolam 1 mg three times a day|                         |     |                 | high  | equals 60 mg
            lorazepam 2 mg twice a day      |                          |     |                 | plan  |
        """,
        look,
    )


@pytest.mark.verifies("P6")
def test_what_must_be_known_first(spec):
    """Two drugs of the kind belong to a specialist; what is not certain is found out before anything is planned."""

    def look(case):
        taken, found = switch_of(spec.appraise(case), FACTS, make=MAKE)
        assert found is None
        assert case["hold"] in taken.hold, taken.hold
        return {"drug": taken.drug}

    spec.shows(
        """
            medicine                                               | answer                                    | drug       | hold
            -------------------------------------------------------+-------------------------------------------+------------+---------------------
            lorazepam 1 mg twice a day + zopiclone 7.5 mg at night |                                           |            | lorazepam (2 mg a day) and zopiclone (7.5 mg a day). Ask a specialist
            lorazepam 1 mg twice a day                             | diazepam-now=yes, diazepam-mg-per-day=10  |            | diazepam (10 mg a day). Ask a specialist
            lorazepam                                              |                                           | lorazepam  | The daily dose of lorazepam is not recorded
            lorazepam 1 mg as needed                               |                                           | lorazepam  | taken as needed
            zaleplon 10 mg at night                                |                                           | zaleplon   | No confirmed table compares zaleplon with diazepam
            midazolam 10 mg buccal daily                           |                                           | midazolam  | not recorded as taken by mouth
        """,
        look,
    )


@pytest.mark.verifies("P6")
@pytest.mark.parametrize(
    ("drug", "told"),
    [
        ("zaleplon", "no table that was read"),
        ("eszopiclone", "no table that was read"),
        ("etizolam", "no table that was read"),
        ("prazepam", "only an unconfirmed table"),
        ("ketazolam", "only an unconfirmed table"),
        ("nordazepam", "only an unconfirmed table"),
        ("diazepam", "diazepam"),
        ("ibuprofen", "no benzodiazepine or Z-drug"),
        ("no such drug", "no benzodiazepine or Z-drug"),
    ],
)
def test_without_an_equivalent_nothing_is_guessed(drug, told):
    """The refusal says what is wrong, which drugs can be switched from, and what to do."""
    with pytest.raises(RegimenError) as refused:
        plan_switch(FACTS, drug, Decimal(10), on=ON, make=MAKE)
    assert told in refused.value.found
    assert "lorazepam" in refused.value.need
    assert not any(character.isdigit() for character in refused.value.found + refused.value.fix)
