"""What is being treated."""

import pytest

title = "What is being treated"


@pytest.mark.verifies("A1")
def test_entities_are_kept_apart(spec):
    """Spasm, sciatica, chronic pain, cramp and pain without spasm are different things with different answers."""
    spec(
        """
        answer                                 | rule    | verdict
        ---------------------------------------+---------+--------
        spasm=yes                              | IND-01  | reasonable
        leg-pain=yes                           | IND-07  | avoid
        onset-days=200                         | PATH-04 | avoid
        cramp=yes                              | IND-09  | avoid
        red-flags=yes                          | IND-08  | avoid
        tone=yes                               | IND-02  |
        """
    )


@pytest.mark.verifies("A1")
def test_pain_without_spasm(spec):
    """Back pain without spasm is no reason for diazepam: the trials show no gain."""
    spec(
        """
        problem       | only | answer   | rule   | verdict
        --------------+------+----------+--------+--------
        Low back pain | yes  | spasm=no | IND-06 | avoid
        Low back pain | yes  | spasm=yes | IND-01 | reasonable
        """
    )


@pytest.mark.verifies("A1")
def test_a_disease_is_not_spasticity(spec):
    """Multiple sclerosis may cause spasticity; the name of the disease does not show it. Tone is asked."""
    spec(
        """
        problem            | only | answer           | rule   | answered   | verdict
        -------------------+------+------------------+--------+------------+---------------
        Multiple sclerosis | yes  | spasm=?          | IND-02 | cannot-say | usable-with-changes
        Multiple sclerosis | yes  | spasm=?, tone=yes | PATH-07 | cannot-say | usable-with-changes
        Multiple sclerosis | yes  | tone=yes, tried-baclofen=not-tried | PATH-07 | yes | not-first-line
        Spastic hemiplegia | yes  | spasm=?          | IND-02 | yes        |
        """
    )


@pytest.mark.verifies("A1")
def test_no_reason_recorded(spec):
    """Without a documented reason no dose is planned."""
    spec(
        """
        problem              | only | answer             | rule   | verdict
        ---------------------+------+--------------------+--------+---------------
        Essential hypertension | yes | spasm=?           | IND-05 | not-first-line
        """
    )


@pytest.mark.verifies("A1")
def test_other_uses_are_refused_with_a_direction(spec):
    """Sleep, anxiety, seizures and alcohol withdrawal are outside: no verdict, and where to go instead."""
    spec(
        """
        answer                    | rule   | verdict
        --------------------------+--------+--------
        purpose=sleep             | IND-12 | none
        purpose=anxiety           | IND-12 | none
        purpose=alcohol-withdrawal | IND-12 | none
        """
    )
