"""The patient as one draft order finds them."""

from __future__ import annotations

import pytest

from tests.card_factory import DIAZEPAM, ON, OXYCODONE, order, record
from unclench.appraisal.draft_orders import facing, is_diazepam
from unclench.record import read
from unclench.record.patient import Patient, Status
from unclench.values import Answer

BOTH = [order("d1"), order("d2", mg=2), order("o1", OXYCODONE, "1049621", reason="")]
REFERENCES = [f"MedicationRequest/{one['id']}" for one in BOTH]


def statuses(patient: Patient) -> dict[str, Status]:
    return {entry.ref.rpartition("/")[2]: entry.status for entry in patient.medications}


@pytest.mark.verifies("O6")
@pytest.mark.point(45, 48)
def test_the_order_in_question_stays_a_draft_and_the_others_go_along() -> None:
    patient = read(record(BOTH, medicines=["lisinopril 10 mg"]), on=ON)

    of_first = statuses(facing(patient, REFERENCES[0], beside=REFERENCES, on=ON))
    of_second = statuses(facing(patient, REFERENCES[1], beside=REFERENCES, on=ON))
    of_opioid = statuses(facing(patient, REFERENCES[2], beside=REFERENCES, on=ON))

    assert of_first == {"d1": Status.DRAFT, "o1": Status.ACTIVE, "m0": Status.ACTIVE}
    assert of_second == {"d2": Status.DRAFT, "o1": Status.ACTIVE, "m0": Status.ACTIVE}
    assert of_opioid == {"d1": Status.DRAFT, "o1": Status.ACTIVE, "m0": Status.ACTIVE}


@pytest.mark.verifies("O6")
@pytest.mark.point(45, 83)
def test_drafts_of_the_record_that_are_not_of_this_call_count_for_nothing() -> None:
    patient = read(record(BOTH), on=ON)

    assert statuses(facing(patient, REFERENCES[0], beside=REFERENCES[:1], on=ON)) == {"d1": Status.DRAFT}
    assert statuses(facing(patient, "", beside=(), on=ON)) == {}


@pytest.mark.verifies("O6")
@pytest.mark.point(46, 49)
def test_an_order_is_for_diazepam_or_not_or_not_yet_said() -> None:
    drafts = [order("a", DIAZEPAM, ""), order("b", OXYCODONE, ""), order("c", "", "")]
    found = [is_diazepam(entry) for entry in read(record(drafts), on=ON).medications]

    assert found == [Answer.YES, Answer.NO, Answer.CANNOT_SAY]
