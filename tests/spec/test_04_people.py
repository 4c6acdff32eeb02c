"""Who the person is: age, pregnancy, liver, kidney, genes."""

import pytest

title = "Who the person is"


@pytest.mark.verifies("A4")
def test_older_adults(spec):
    """65 and nothing else: not first line, lowest dose. With falls, dementia or other brain-acting medicines: avoid."""
    spec(
        """
        age | problem          | answer      | rule   | effect      | verdict
        ----+------------------+-------------+--------+-------------+---------------
        64  |                  |             |        |             | reasonable
        65  |                  |             | POP-01 | second-line | not-first-line
        78  |                  | falls=yes   | POP-02 | avoid       | avoid
        78  | Dementia         |             | POP-03 | avoid       | avoid
        """
    )


@pytest.mark.verifies("A4")
def test_women_who_could_be_pregnant(spec):
    """From 12 to 55 pregnancy is always asked."""
    spec(
        """
        age | sex    | answer                       | rule   | answered   | verdict
        ----+--------+------------------------------+--------+------------+--------------------
        30  | female | pregnant=yes                 | POP-11 | yes        | avoid
        30  | female | pregnant=trying              | POP-11 | yes        | avoid
        30  | female | breastfeeding=no             | POP-11 | cannot-say | usable-with-changes
        30  | female | pregnant=no, breastfeeding=no | POP-11 | no        | reasonable
        30  | female | pregnant=no, breastfeeding=yes | POP-13 | yes      | avoid
        56  | female |                              | POP-11 | no         | reasonable
        """
    )


@pytest.mark.verifies("A4")
def test_liver_kidney_albumin_and_genes(spec):
    """Milder liver disease halves the dose, severe disease blocks, unknown severity asks."""
    spec(
        """
        problem          | measured          | answer                        | rule   | answered | verdict
        -----------------+-------------------+-------------------------------+--------+----------+--------------------
        Cirrhosis        |                   | liver-disease=mild            | POP-15 | yes      | usable-with-changes
        Cirrhosis        |                   | liver-disease=severe          | CI-06  | yes      | avoid
        Cirrhosis        |                   |                               | CI-06  | cannot-say | usable-with-changes
                         | egfr = 25 mL/min/1.73m2 |                         | POP-17 | yes      | usable-with-changes
                         | albumin = 29 g/L  |                               | POP-21 | yes      | usable-with-changes
                         |                   | cyp2c19=poor                  | POP-22 | yes      | usable-with-changes
        Morbid obesity   |                   |                               | POP-20 | no       |
        """
    )


@pytest.mark.verifies("A4")
def test_children(spec):
    """Below 18 no automatic regimen; below six months never."""
    spec(
        """
        age    | answer                 | rule   | verdict
        -------+------------------------+--------+--------------------
        10     | tone=yes, focal=no     | POP-07 | usable-with-changes
        0.3    | tone=yes, focal=no     | CI-02  | avoid
        """
    )


@pytest.mark.verifies("A4")
def test_concerns_can_be_lowered(spec):
    """Palliative care lowers limits of age and duration, never a contraindication."""
    spec(
        """
        age | problem                            | answer    | rule   | effect | verdict
        ----+------------------------------------+-----------+--------+--------+--------
        78  | Palliative care                    | falls=yes | POP-02 | note   | usable-with-changes
        78  | Palliative care + Myasthenia gravis | falls=yes | CI-03 | block  | avoid
        """
    )


@pytest.mark.verifies("A4")
def test_a_small_child_is_not_asked_about_habits(spec):
    """Below twelve years neither drinking nor driving is asked."""
    spec(
        """
        age | answer                                        | rule            | answered
        ----+-----------------------------------------------+-----------------+-----------
        6   | tone=yes, drinks-alcohol=?, drives=?          | INT-03, POP-29  | no
        13  | tone=yes, drinks-alcohol=?, drives=?          | INT-03, POP-29  | cannot-say
        """
    )


@pytest.mark.verifies("A4")
def test_very_high_bmi_asks_for_pauses_in_breathing(spec):
    """From a BMI of 40 a silent problem list does not clear sleep apnoea: it is asked."""
    spec(
        """
        weight | height | answer         | rule   | answered   | verdict
        -------+--------+----------------+--------+------------+--------------------
        140 kg | 178 cm |                | POP-19 | cannot-say | usable-with-changes
        140 kg | 178 cm | sleep-apnoea=no | POP-19 | no        | usable-with-changes
        140 kg | 178 cm | sleep-apnoea=yes | CI-05 | yes       | avoid
        100 kg | 178 cm |                | POP-19 | no         | usable-with-changes
        """
    )


@pytest.mark.verifies("A4")
def test_bulbar_weakness(spec):
    """Unsafe swallowing lowers the dose; in motor neurone disease diazepam is avoided."""
    spec(
        """
        problem                                      | rule          | verdict
        ---------------------------------------------+---------------+--------------------
        Dysphagia                                    | PRE-01        | usable-with-changes
        Amyotrophic lateral sclerosis + Dysphagia    | PRE-01-BULBAR | avoid
        Progressive bulbar palsy                     | PRE-01-BULBAR | avoid
        """
    )


@pytest.mark.verifies("A2")
def test_breathing_now(spec):
    """An old saturation speaks of the lungs, not of an emergency today."""
    spec(
        """
        measured    | rule   | answered | verdict
        ------------+--------+----------+--------
        SpO2 = 86 % | CI-04  | yes      | avoid
        SpO2 = 86 % | MON-04 | no       | avoid
        """
    )


@pytest.mark.verifies("P8")
def test_sedating_alternatives_in_sleep_apnoea(spec):
    """What sedates calls for care where diazepam is forbidden for the same reason."""

    def look(case):
        return {one.name: one.result for one in spec.appraise(case).alternatives}

    spec.shows(
        """
        problem                  | cyclobenzaprine | methocarbamol | tizanidine
        -------------------------+-----------------+---------------+-----------
                                 | offer           | offer         | offer
        Obstructive sleep apnoea | caution         | caution       | caution
        """,
        look,
    )


@pytest.mark.verifies("A4")
def test_kidney_disease_by_its_name(spec):
    """Stages 4 and 5 mean an eGFR under 30, also where no value is recorded."""
    spec(
        """
        problem                        | measured                | rule   | answered   | verdict
        -------------------------------+-------------------------+--------+------------+--------------------
        Chronic kidney disease stage 5 |                         | POP-17 | yes        | usable-with-changes
        Chronic kidney disease stage 3 |                         | POP-17 | cannot-say | reasonable
        Chronic kidney disease stage 3 | egfr = 45 mL/min/1.73m2 | POP-17 | no         | reasonable
        """
    )
