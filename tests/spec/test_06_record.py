"""What the record supports: a list says *no* only if it can, an order is taken only if something speaks for it, and what
was withdrawn, doubled or contradicted is told and never counts."""

import json

import pytest

from unclench.appraisal.appraise import appraise
from unclench.record import read

title = "What the record supports"


def answered(spec, rule):
    """The answer of one rule for a case."""

    def look(case):
        found = spec.appraise(case)
        by_rule = {each.rule: each for each in (*found.findings, *found.cleared)}
        return {"answered": by_rule[rule].answer.value}

    return look


@pytest.mark.verifies("R3", "A8")
def test_when_a_list_supports_no(spec):
    """INT-01 asks for an opioid. A list without one says *no* only if it holds something else and every entry was
    understood; an answer of the person settles it."""
    spec.shows(
        """
        without     | entry                                                     | answer           | answered
        ------------+-----------------------------------------------------------+------------------+-----------
                    |                                                           | takes-opioid=?   | no
        medications |                                                           | takes-opioid=?   | cannot-say
        medications |                                                           | takes-opioid=no  | no
        medications |                                                           | takes-opioid=yes | yes
                    | medications: blue pills from abroad                       | takes-opioid=?   | cannot-say
                    | medications: blue pills from abroad                       | takes-opioid=no  | no
                    | medications: oxycodone 5 mg twice a day, since 2026-10-01 | takes-opioid=no  | yes
        """,
        answered(spec, "INT-01"),
    )


@pytest.mark.verifies("R3", "R4")
def test_medicines_that_have_ended(spec):
    """What ended on or before the day is not taken now; what ends later is. A suspension is neither."""
    spec.shows(
        """
        entry                                                                                           | answer         | answered
        ------------------------------------------------------------------------------------------------+----------------+---------
        medications: oxycodone 5 mg twice a day, since 2026-10-01                                       | takes-opioid=? | yes
        medications: oxycodone 5 mg twice a day, since 2026-10-01, until 2026-11-10                     | takes-opioid=? | no
        medications: oxycodone 5 mg twice a day, since 2026-10-01, until 2026-12-01                     | takes-opioid=? | yes
        medications: oxycodone 5 mg twice a day, since 2026-10-01, stopped 2026-11-20 because of nausea | takes-opioid=? | no
        """,
        answered(spec, "INT-01"),
    )


@pytest.mark.verifies("R3", "A2")
def test_no_known_allergy_must_be_recorded(spec):
    """An empty allergy list is not "none known". Only a statement, an entry or an answer settles CI-01."""
    spec.shows(
        """
        without   | allergy    | answer                    | answered
        ----------+------------+---------------------------+-----------
                  |            |                           | no
        allergies |            |                           | cannot-say
        allergies |            | benzodiazepine-allergy=no | no
                  | penicillin |                           | no
                  | lorazepam  |                           | yes
        """,
        answered(spec, "CI-01"),
    )


def bundle(case):
    """A FHIR bundle about a made-up woman with one order of oxycodone, changed by the case."""
    about = {"reference": "Patient/example-p"}
    order = {
        "resourceType": "MedicationRequest",
        "id": "opioid",
        "status": case.get("status") or "active",
        "intent": case.get("intent") or "order",
        "subject": about,
        "medicationCodeableConcept": {"text": "Oxycodone 5 MG Oral Tablet"},
        "authoredOn": case.get("written") or "2026-11-01",
    }
    person = {"resourceType": "Patient", "id": "example-p", "gender": "female", "birthDate": "1966-05-01"}
    if case.get("died"):
        person["deceasedDateTime"] = case["died"]
    other = order | {
        "id": "other",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-11-01",
        "medicationCodeableConcept": {"text": "Metformin 500 MG Oral Tablet"},
    }
    resources = [person, order, other]
    if case.get("dispensed"):
        resources.append(
            {
                "resourceType": "MedicationDispense",
                "id": "supply",
                "status": "completed",
                "subject": about,
                "medicationCodeableConcept": order["medicationCodeableConcept"],
                "authorizingPrescription": [{"reference": "MedicationRequest/opioid"}],
                "whenHandedOver": case["dispensed"],
                "daysSupply": {"value": 28, "unit": "days"},
            }
        )
    if case.get("problem status"):
        resources.append(
            {
                "resourceType": "Condition",
                "id": "problem",
                "subject": about,
                "code": {"text": "Myasthenia gravis"},
                "verificationStatus": {"coding": [{"code": case["problem status"]}]},
            }
        )
    resources += [
        {
            "resourceType": "Observation",
            "id": f"weight-{number}",
            "status": "final",
            "subject": about,
            "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Body weight"},
            "valueQuantity": {"value": float(kg), "unit": "kg", "code": "kg"},
            "effectiveDateTime": day,
        }
        for number, (kg, day) in enumerate(
            part.strip().split(" on ") for part in case.get("weights", "").split("+") if part.strip()
        )
    ]
    entries = [{"resource": each} for each in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def looked(spec, case):
    """The appraisal of the bundle, asked whether diazepam may be given."""
    patient = read(bundle(case), on=spec.on, request="diazepam 2 mg at night for 5 days")
    return patient, appraise(patient, spec.on, "us")


def seen(spec, rule):
    """What a FHIR case shows: the answer of a rule, the verdict and what was noticed."""

    def look(case):
        patient, found = looked(spec, case)
        by_rule = {each.rule: each for each in (*found.findings, *found.cleared)}
        return {
            "answered": by_rule[rule].answer.value if rule in by_rule else "not asked",
            "verdict": found.verdict.value if found.verdict else "none",
            "noticed": ", ".join(sorted({each.kind for each in patient.noticed})),
            "weight": f"{found.body.weight_kg:g} kg" if found.body.weight_kg else "not recorded",
        }

    return look


@pytest.mark.verifies("R4")
def test_stale_and_withdrawn_orders(spec):
    """An active status is no proof of use: an order written years ago counts only with a supply that speaks for it. What
    was entered in error or cancelled never counts, and is listed. The day is 21 November 2026; INT-01 asks for an opioid."""
    spec.shows(
        """
        status           | intent | written    | dispensed  | answered   | noticed
        -----------------+--------+------------+------------+------------+-----------------
        active           | order  | 2026-11-01 |            | yes        |
        active           | order  | 2019-03-01 |            | cannot-say |
        active           | order  | 2019-03-01 | 2026-11-10 | yes        |
        completed        | order  | 2026-09-01 |            | no         |
        stopped          | order  | 2026-11-01 |            | no         |
        on-hold          | order  | 2026-11-01 |            | cannot-say |
        entered-in-error | order  | 2026-11-01 |            | no         | entered-in-error
        cancelled        | order  | 2026-11-01 |            | no         | cancelled
        """,
        seen(spec, "INT-01"),
    )


@pytest.mark.verifies("R4", "A2")
def test_refuted_problems(spec):
    """A refuted problem is no problem; it is listed. A suspected one is not cleared."""
    spec.shows(
        """
        problem status   | answered   | noticed
        -----------------+------------+-----------------
        confirmed        | yes        |
        refuted          | cannot-say | refuted
        entered-in-error | cannot-say | entered-in-error
        provisional      | cannot-say |
        """,
        seen(spec, "CI-03"),
    )


@pytest.mark.verifies("R4")
def test_two_weights(spec):
    """The latest weight counts. Two of one day that differ by more than a tenth are a contradiction."""
    spec.shows(
        """
        weights                             | weight       | noticed
        ------------------------------------+--------------+--------------
        80 on 2026-11-01                    | 80 kg        |
        90 on 2025-01-01 + 80 on 2026-11-01 | 80 kg        |
        80 on 2026-11-01 + 82 on 2026-11-01 | 82 kg        |
        80 on 2026-11-01 + 60 on 2026-11-01 | 60 kg        | contradiction
                                            | not recorded |
        """,
        seen(spec, "INT-01"),
    )


@pytest.mark.verifies("R4", "A8")
def test_the_dead(spec):
    """For somebody who died before the day no assessment is due, whatever the orders say."""
    spec.shows(
        """
        died       | verdict
        -----------+--------
        2026-11-01 | none
                   | avoid
        """,
        seen(spec, "DQ-04"),
    )


@pytest.mark.verifies("R4")
def test_a_medicine_listed_twice(spec):
    """The same opioid twice is one opioid: the finding is made once."""
    spec(
        """
        entry                                                                                                    | answer         | rule   | verdict
        ---------------------------------------------------------------------------------------------------------+----------------+--------+--------
        medications: tramadol 50 mg twice a day, since 2026-10-01 + tramadol 50 mg twice a day, since 2026-10-01 | takes-opioid=? | INT-01 | avoid
        """
    )
