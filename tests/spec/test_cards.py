"""Cards: what is said while diazepam is being ordered, how loudly, and what can be accepted with one touch."""

from __future__ import annotations

import pytest

from tests.card_factory import of_person

title = "Cards"


def said(spec, case: dict[str, str]) -> dict[str, str]:
    """The one card of a case as a pharmacist would tell it."""
    hook = case.get("hook") or "order-sign"
    _, cards = of_person(spec.patient(case), hook, law=case.get("where") or "us")
    assert len(cards) <= 1
    if not cards:
        return {"tier": "nothing", "summary": "", "suggests": "", "recommends": ""}
    card = cards[0]
    return {
        "tier": card.indicator,
        "summary": card.summary,
        "suggests": "; ".join(one.label for one in card.suggestions),
        "recommends": next((one.label for one in card.suggestions if one.is_recommended), ""),
    }


@pytest.mark.verifies("O6", "W2")
@pytest.mark.point(54, 85)
def test_nothing_to_say_is_said_with_nothing(spec):
    """An order that is reasonable, with everything known and nothing to change, gets no card at any moment."""
    spec.shows(
        """
        request                              | hook         | tier
        -------------------------------------+--------------+--------
        diazepam 2 mg twice a day for 5 days | order-select | nothing
        diazepam 2 mg twice a day for 5 days | order-sign   | nothing
        diazepam 5 mg at night for 7 days    | order-sign   | nothing
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6")
@pytest.mark.point(57)
def test_critical_is_kept_for_named_contraindications(spec):
    """Only a contraindication of the label is critical; it says which, and offers to remove the order."""
    spec.shows(
        """
        problem                  | tier     | summary                                                    | suggests
        -------------------------+----------+------------------------------------------------------------+---------
        Myasthenia gravis        | critical | Do not order diazepam: myasthenia gravis, now or ever.     | Remove this order for diazepam
        Obstructive sleep apnoea | critical | Do not order diazepam: sleep apnea, treated or not.        | Remove this order for diazepam
        Hepatic encephalopathy   | critical | Do not order diazepam: severe liver disease.               | Remove this order for diazepam
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6")
def test_each_country_reads_its_own_spelling(spec):
    """The same card in both countries, spelt as they spell."""
    spec.shows(
        """
        problem                  | where | summary
        -------------------------+-------+---------------------------------------------------------
        Obstructive sleep apnoea | us    | Do not order diazepam: sleep apnea, treated or not.
        Obstructive sleep apnoea | uk    | Do not order diazepam: sleep apnoea, treated or not.
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6")
@pytest.mark.point(57, 125)
def test_a_warning_is_for_avoid_and_for_major_interactions(spec):
    """One warning for an order, whatever is found; an opioid comes first."""
    spec.shows(
        """
        medicine                                | tier    | summary
        ----------------------------------------+---------+-----------------------------------------------
        oxycodone 5 mg twice a day              | warning | Choose another treatment than diazepam: together with an opioid it can stop breathing.
        oxycodone 5 mg twice a day + zolpidem 10 mg at night | warning | Choose another treatment than diazepam: together with an opioid it can stop breathing.
        zolpidem 10 mg at night                 | warning | Avoid diazepam here: another benzodiazepine or a Z-drug is taken.
        ritonavir 100 mg once a day             | warning | Avoid diazepam here: ritonavir is taken.
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6")
@pytest.mark.point(57, 85)
def test_an_interaction_that_a_lower_dose_answers_warns_until_the_dose_is_that(spec):
    """Above the dose that the interaction allows: a warning. At it: told once, at signing."""
    spec.shows(
        """
        medicine                      | request                                      | hook         | tier    | summary
        ------------------------------+----------------------------------------------+--------------+---------+--------
        fluvoxamine 100 mg once a day | diazepam 5 mg three times a day for 5 days   | order-select | warning | Lower the dose of diazepam, or choose another treatment: exposure to diazepam is doubled or more.
        fluvoxamine 100 mg once a day | diazepam 2 mg twice a day for 5 days         | order-select | nothing |
        fluvoxamine 100 mg once a day | diazepam 2 mg twice a day for 5 days         | order-sign   | info    | Use diazepam with care: exposure to diazepam is doubled or more.
        pregabalin 75 mg twice a day  | diazepam 5 mg three times a day for 5 days   | order-sign   | warning | Lower the dose of diazepam, or choose another treatment: another sedating medicine is taken.
        pregabalin 75 mg twice a day  | diazepam 2 mg twice a day for 5 days         | order-sign   | info    | Use diazepam with care: another sedating medicine is taken.
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6")
@pytest.mark.point(64, 65, 66, 74)
def test_an_order_above_its_limits_is_changed_not_refused(spec):
    """Where only the amount is at fault the card says by how much, and offers an order that keeps the limits."""
    spec.shows(
        """
        request                                | tier    | summary                                                                              | recommends
        ---------------------------------------+---------+--------------------------------------------------------------------------------------+-----------
        diazepam 20 mg twice a day for 5 days  | warning | Lower or shorten this diazepam order: a dose of 20 mg where 10 mg is the most.       | Change to 2 mg at night for 3 days, then 2 mg twice a day; 5 days in all
        diazepam 5 mg at night for 40 days     | warning | Lower or shorten this diazepam order: 40 days where 7 days is the most.              | Change to 2 mg at night for 3 days, then 2 mg twice a day; 7 days in all
        diazepam 5 mg three times a day        | info    | Change this diazepam order: it names no stop date.                                   | Add a stop date: 5 mg three times a day for 7 days
        diazepam 10 mg twice a day for 5 days  | info    | Change this diazepam order: a first dose of 10 mg where 5 mg is the start.           | Change to 5 mg twice a day for 5 days
        diazepam 5 mg at night for 10 days     | info    | Change this diazepam order: 10 days where 7 days is the most.                        | Change to 5 mg at night for 7 days
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6")
def test_care_is_told_once_at_signing(spec):
    """What only calls for care stays silent while the order is being made."""
    spec.shows(
        """
        problem    | hook         | tier    | summary
        -----------+--------------+---------+---------------------------------------------------------------
        Epilepsy   | order-select | nothing |
        Epilepsy   | order-sign   | nothing |
        Depression | order-select | nothing |
        Depression | order-sign   | info    | Use diazepam with care: depression or thoughts of suicide.
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6")
def test_what_comes_first_is_information(spec):
    """A step that comes before diazepam, and the age of 65, are told without a warning."""
    spec.shows(
        """
        age | answer                   | tier | summary
        ----+--------------------------+------+--------------------------------------------------------
        42  | tried-relaxant=not-tried | info | Try what comes before diazepam first: the place of diazepam is not reached.
        70  |                          | info | Diazepam is not first line here: 65 years or older.
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6")
def test_what_is_not_known_is_told_at_signing(spec):
    """A danger that what was sent cannot rule out is told once, at signing, by its name. The rest is asked elsewhere."""
    spec.shows(
        """
        answer                          | without     | hook         | tier    | summary
        --------------------------------+-------------+--------------+---------+-----------------------------------------
        red-flags=?                     |             | order-select | nothing |
        red-flags=?                     |             | order-sign   | nothing |
        drinks-alcohol=?, red-flags=?   |             | order-sign   | nothing |
        takes-opioid=?                  | medications | order-select | nothing |
                                        | allergies   | order-sign   | info    | Rule out before signing diazepam: allergy to a benzodiazepine.
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6", "A7")
def test_diazepam_that_is_taken_is_never_stopped_suddenly(spec):
    """An order on top of long use: not added, not stopped, and no one touch that removes what may be its renewal."""
    spec.shows(
        """
        medicine                  | problem            | tier    | summary                                                        | suggests                       | recommends
        --------------------------+--------------------+---------+----------------------------------------------------------------+--------------------------------+-----------
        diazepam 5 mg twice a day |                    | warning | Diazepam is already taken, for longer than a course: do not add to it, do not stop it suddenly, plan its taper. | |
        diazepam 5 mg twice a day | Myasthenia gravis  | critical | Do not add to diazepam, and do not stop it suddenly: myasthenia gravis, now or ever. | |
        diazepam 5 mg twice a day + oxycodone 5 mg twice a day | | warning | Diazepam and an opioid are taken together: review both, offer naloxone, and stop neither suddenly. | |
        diazepam 5 mg twice a day + methadone 30 mg once a day | | warning | Diazepam and an opioid are taken together: review both, offer naloxone, and stop neither suddenly. | |
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6", "A7")
def test_opening_a_chart_is_quiet_unless_something_is_to_be_done(spec):
    """patient-view speaks only where diazepam is taken now: with an opioid, against a rule, or for too long."""
    spec.shows(
        """
        medicine                                               | request | answer         | hook         | tier    | summary
        -------------------------------------------------------+---------+----------------+--------------+---------+--------
        lisinopril 10 mg once a day                            |         |                | patient-view | nothing |
        oxycodone 5 mg twice a day                             |         |                | patient-view | nothing |
        diazepam 5 mg twice a day + oxycodone 5 mg twice a day |         | diazepam-now=? | patient-view | warning | Diazepam and an opioid are taken together: review both, offer naloxone, and stop neither suddenly.
        diazepam 5 mg twice a day + zolpidem 10 mg at night    |         | diazepam-now=? | patient-view | warning | Review diazepam, which is taken now: another benzodiazepine or a Z-drug is taken.
        diazepam 5 mg twice a day                              |         | diazepam-now=? | patient-view | info    | Review diazepam: it has been taken for 51 days, and it must not stop suddenly.
        """,
        lambda case: said(spec, case),
    )


@pytest.mark.verifies("O6")
def test_another_first_medicine_is_offered_by_name_where_its_own_appraisal_says_offer(spec):
    """Naproxen by its code in the United States, where nothing speaks against it; nothing by name otherwise."""
    spec.shows(
        """
        without     | entry                                         | answer               | where | recommends
        ------------+-----------------------------------------------+----------------------+-------+-----------
        medications | medications: omeprazole 20 mg once a day      | tried-nsaid=not-tried | us   | Order naproxen 500 mg tablet instead: 500 mg twice a day for 7 days
        medications | medications: omeprazole 20 mg once a day      | tried-nsaid=not-tried | uk   |
        medications | medications: warfarin 3 mg once a day         | tried-nsaid=not-tried | us   |
        """,
        lambda case: said(spec, case),
    )
