"""What one more answer would do: the quick road asks only the rules that wait for it; its slow twin asks all again."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.generative.people import ON, people, typed, with_answer
from unclench.appraisal.appraise import appraise
from unclench.record import read


@pytest.mark.verifies("A8")
@given(people())
def test_each_conditional_is_what_the_answer_really_gives(person):
    found = appraise(read(typed(person), on=ON), ON)

    for one in found.conditional_on:
        then = appraise(read(typed(with_answer(person, one.question, one.if_answer)), on=ON), ON)

        assert then.verdict == one.verdict, (one, then.verdict_because)
