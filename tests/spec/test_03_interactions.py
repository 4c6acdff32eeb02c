"""Other medicines, alcohol and herbs."""

import pytest

title = "Other medicines, alcohol and herbs"


@pytest.mark.verifies("A3")
def test_opioids(spec):
    """An opioid with acute spasm: avoid. With spasticity or palliative care: a change, and the warning stays."""
    spec(
        """
        medicine                        | problem         | answer           | rule   | effect | verdict
        --------------------------------+-----------------+------------------+--------+--------+--------------------
        oxycodone 5 mg twice a day      |                 | takes-opioid=?   | INT-01 | avoid  | avoid
        tramadol 50 mg twice a day      |                 | takes-opioid=?   | INT-01 | avoid  | avoid
        codeine 30 mg three times a day |                 | takes-opioid=?   | INT-01 | avoid  | avoid
        buprenorphine 8 mg once a day   |                 | takes-opioid=?   | INT-01 | avoid  | avoid
                                        |                 | takes-opioid=yes | INT-01 | avoid  | avoid
        oxycodone 5 mg twice a day      |                 | tone=yes         | INT-01 | change | usable-with-changes
        oxycodone 5 mg twice a day      | Palliative care |                  | INT-01 | change | usable-with-changes
        """
    )


@pytest.mark.verifies("A3")
def test_an_opioid_on_the_problem_list(spec):
    """Long-term use of an opioid counts also where only the problem list says so."""
    spec(
        """
        problem                                   | answer         | rule   | verdict
        ------------------------------------------+----------------+--------+--------
        Long term (current) use of opiate analgesic | takes-opioid=? | INT-01 | avoid
        """
    )


@pytest.mark.verifies("A3")
def test_sedatives(spec):
    """A second benzodiazepine or a Z-drug: avoid. Other sedatives: a low start. Sodium oxybate: never."""
    spec(
        """
        medicine                      | answer           | rule   | effect | verdict
        ------------------------------+------------------+--------+--------+--------------------
        zolpidem 10 mg at night       | takes-sedative=? | INT-04 | avoid  | avoid
        clonazepam 0.5 mg at night    | takes-sedative=? | INT-04 | avoid  | avoid
        gabapentin 300 mg three times a day | takes-sedative=? | INT-05 | change | usable-with-changes
        promethazine 25 mg at night   | takes-sedative=? | INT-05 | change | usable-with-changes
        sodium oxybate 3 g at night   | oxybate=?        | CI-12  | block  | avoid
                                      | herbal=yes       | INT-11 | change | usable-with-changes
        """
    )


@pytest.mark.verifies("A3", "M2")
def test_exposure(spec):
    """A measured ratio goes before the class rule: omeprazole 20 mg asks for less caution than fluvoxamine."""
    spec(
        """
        medicine                        | rule            | verdict
        --------------------------------+-----------------+--------------------
        fluvoxamine 100 mg once a day   | INT-07          | usable-with-changes
        omeprazole 20 mg once a day     | INT-07-MODERATE | usable-with-changes
        pantoprazole 40 mg once a day   |                 | reasonable
        rifampicin 600 mg once a day    | INT-09          | usable-with-changes
        ritonavir 100 mg once a day     | INT-07-RITONAVIR | avoid
        """
    )


@pytest.mark.verifies("A3", "A7")
def test_alcohol_and_substances(spec):
    """Drinking planned, a positive screen or a disorder: avoid."""
    spec(
        """
        problem                     | answer             | rule   | verdict
        ----------------------------+--------------------+--------+--------
                                    | drinks-alcohol=yes | INT-03 | avoid
        Alcohol dependence          |                    | INT-03 | avoid
                                    | audit-c=6          | INT-03 | avoid
        Opioid dependence in remission | drug-use=?      | POP-25 | avoid
        """
    )


@pytest.mark.verifies("A3", "R2")
def test_two_medicines_on_one_line(spec):
    """A typed line may join a second medicine to the first; an opioid must not hide behind it."""
    spec(
        """
        entry                                                     | rule   | answered | verdict
        ----------------------------------------------------------+--------+----------+-----------
        medications: promethazine with codeine syrup at night     | INT-01 | yes      | avoid
        medications: paracetamol and codeine twice a day          | INT-01 | yes      | avoid
        medications: paracetamol 500 mg with codeine 30 mg at night | INT-01 | yes    | avoid
        medications: paracetamol 500 mg/codeine 30 mg at night    | INT-01 | yes      | avoid
        medications: Tylenol #3 as needed                         | INT-01 | yes      | avoid
        medications: metformin 500 mg with food twice a day       | INT-01 | no       | reasonable
        medications: metformin 500 mg with evening meal           | INT-01 | no       | reasonable
        """
    )
