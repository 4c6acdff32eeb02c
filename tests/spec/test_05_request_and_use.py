"""The request, and people who already take diazepam."""

import pytest

title = "The request, and present use"


@pytest.mark.verifies("A6")
def test_limits_by_jurisdiction(spec):
    """US: 10 mg at once, 40 mg a day. UK: 15 mg a day in spasm."""
    spec(
        """
        request                                        | where | rule    | effect | verdict
        -----------------------------------------------+-------+---------+--------+--------------------
        diazepam 15 mg twice a day for 5 days          | us    | DOSE-02 | avoid  | avoid
        diazepam 10 mg five times a day for 5 days     | us    | DOSE-02 | avoid  | avoid
        diazepam 10 mg twice a day for 5 days          | us    | DOSE-07 | change | usable-with-changes
        diazepam 8 mg twice a day for 5 days           | uk    | DOSE-03 | change | usable-with-changes
        diazepam 5 mg twice a day for 14 days          | us    | DOSE-09 | change | usable-with-changes
        diazepam 5 mg twice a day for 20 days          | us    | DEP-01  | change | usable-with-changes
        diazepam 5 mg twice a day for 40 days          | us    | DEP-02  | avoid  | avoid
        diazepam 5 mg as needed up to 3 times a day    | us    | DOSE-08 | change | usable-with-changes
        diazepam 5 mg rectal once a day for 5 days     | us    | DOSE-12 | change | usable-with-changes
        """
    )


@pytest.mark.verifies("A6", "A7")
def test_present_use(spec):
    """Someone who takes it already is asked about going on, reviewing or stopping; never an abrupt stop."""
    spec(
        """
        request           | answer                                                        | rule   | verdict
        ------------------+---------------------------------------------------------------+--------+--------------------
        stop diazepam now | diazepam-now=yes, diazepam-mg-per-day=10, diazepam-months=14  | DEP-08 | avoid
        taper diazepam    | diazepam-now=yes, diazepam-mg-per-day=10, diazepam-months=14  | DEP-08 | usable-with-changes
        stop diazepam     | diazepam-now=yes, diazepam-mg-per-day=4, diazepam-months=0.1  |        | reasonable
        stop diazepam now | diazepam-now=?                                                |        | avoid
                          | diazepam-now=yes, diazepam-mg-per-day=10, diazepam-months=14  | DEP-02 | avoid
                          | diazepam-now=no                                               |        | none
        """
    )
