"""For anybody, the quick opinion is the one that the whole consultation gives."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.generative.people import ON, people, typed
from unclench.consult import consult_patient, opinion_of
from unclench.record import read


@pytest.mark.verifies("O6")
@given(people())
def test_the_quick_opinion_is_that_of_the_consultation(person):
    patient = read(typed(person), on=ON)
    whole, brief = consult_patient(patient, on=ON), opinion_of(patient, on=ON)
    assert brief.appraisal.verdict is whole.appraisal.verdict
    assert brief.appraisal.provided_that == whole.appraisal.provided_that
    assert (brief.regimen.regimen if brief.regimen else None) == whole.plan.regimen
