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


@pytest.mark.verifies("A1", "R4")
def test_a_recent_entry_is_not_talked_away(spec):
    """A red flag or sciatica of this episode stands, even where an answer denies it. An old one does not."""
    spec(
        """
        problem                        | since      | rule   | answered | verdict
        -------------------------------+------------+--------+----------+-----------
        Cauda equina syndrome          | 2026-11-18 | IND-08 | yes      | avoid
        Vertebral compression fracture | 2026-11-01 | IND-08 | yes      | avoid
        Vertebral compression fracture | 2019-05-01 | IND-08 | no       | reasonable
        Osteoporosis                   | 2026-11-01 | IND-08 | no       | reasonable
        Sciatica                       | 2026-11-10 | IND-07 | yes      | avoid
        Sciatica                       | 2020-11-10 | IND-07 | no       | reasonable
        """
    )


@pytest.mark.verifies("A1")
def test_early_after_a_stroke(spec):
    """In the first months after a stroke or brain injury other treatments are preferred, and the page says so."""
    spec(
        """
        problem                       | since      | only | answer             | rule   | verdict
        ------------------------------+------------+------+--------------------+--------+--------------------
        Ischaemic stroke + Spasticity | 2026-09-20 | yes  | spasm=no, focal=no | IND-11 | usable-with-changes
        """
    )
