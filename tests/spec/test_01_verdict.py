"""The verdict: from findings to one of four words."""

import pytest

from unclench.appraisal.judge import verdict_row
from unclench.appraisal.situation import Situation
from unclench.knowledge import knowledge
from unclench.values import Jurisdiction

title = "The verdict"


@pytest.mark.verifies("A8")
def test_nothing_against(spec):
    """Severe acute spasm, first steps tried, nothing against it, a low dose asked for: *reasonable*."""
    spec(
        """
        request                               | verdict
        --------------------------------------+-----------
        diazepam 2 mg twice a day for 5 days  | reasonable
        diazepam 5 mg at night for 7 days     | reasonable
        """
    )


@pytest.mark.verifies("A8", "A2")
def test_a_contraindication_blocks_alone(spec):
    """One known contraindication is enough, whatever else is missing."""
    spec(
        """
        problem                | rule  | effect | verdict
        -----------------------+-------+--------+--------
        Myasthenia gravis      | CI-03 | block  | avoid
        Obstructive sleep apnoea | CI-05 | block | avoid
        Chronic respiratory failure | CI-04 | block | avoid
        Hepatic encephalopathy | CI-06 | block  | avoid
        Acute angle-closure glaucoma | CI-07 | block | avoid
        """
    )


@pytest.mark.verifies("A8", "A5")
def test_an_unmet_step_comes_before_diazepam(spec):
    """What comes first and was not tried makes diazepam *not first line*, without a regimen."""
    spec(
        """
        answer                        | rule    | effect      | verdict
        ------------------------------+---------+-------------+---------------
        tried-non-drug=not-tried      | PATH-01 | second-line | not-first-line
        tried-relaxant=not-tried      | PATH-06 | second-line | not-first-line
        tried-non-drug=helped         | PATH-01 | second-line | not-first-line
        pain=3, limits-function=no    | PATH-06 | second-line | not-first-line
        """
    )


@pytest.mark.verifies("A8", "A4")
def test_a_change_of_the_plan(spec):
    """A precaution that lowers the dose or adds monitoring: *usable with changes*."""
    spec(
        """
        problem             | rule   | effect | verdict
        --------------------+--------+--------+--------------------
        Asthma              | POP-18 | change | usable-with-changes
        Depression          | POP-23 | change | usable-with-changes
        Epilepsy            | POP-26 | change | usable-with-changes
        """
    )


@pytest.mark.verifies("A8")
def test_what_is_not_known_is_never_taken_for_no(spec):
    """While an answer that matters is missing, the verdict is at best *usable with changes*, provided that."""
    spec(
        """
        answer            | rule   | answered   | verdict
        ------------------+--------+------------+--------------------
        red-flags=?       | IND-08 | cannot-say | usable-with-changes
        drinks-alcohol=?  | INT-03 | cannot-say | usable-with-changes
        leg-pain=?        | IND-07 | cannot-say | usable-with-changes
        tried-non-drug=?  | PATH-01 | cannot-say | usable-with-changes
        """
    )


@pytest.mark.verifies("A8")
@pytest.mark.parametrize(
    ("holds", "verdict", "regimen"),
    [
        ({"no-assessment-due", "block-or-avoid"}, "", "none"),
        ({"block-or-avoid", "change"}, "avoid", "none"),
        ({"unmet-step", "second-line"}, "not-first-line", "none"),
        ({"second-line", "change"}, "not-first-line", "lowest dose"),
        ({"unknown-that-matters"}, "usable-with-changes", "conditional"),
        ({"change"}, "usable-with-changes", "changed"),
        (set(), "reasonable", "as asked or proposed"),
    ],
)
def test_the_table_itself(holds, verdict, regimen):
    """The table of verdicts is data; the first row that holds decides."""
    row = verdict_row(Situation(None, None, Jurisdiction.US, knowledge()), frozenset(holds))

    assert (row.verdict, row.regimen) == (verdict, regimen)
