"""How other medicines and genes change exposure to diazepam: the ratio of exposure with and without, at steady state. The
range in brackets allows for what is uncertain and for genes that are not known; the last column says what it rests on."""

import pytest

title = "Exposure"


def exposure(spec):
    """The combined ratio with its range, what it rests on, and the direction."""

    def look(case):
        found = spec.appraise(case).exposure
        (change,) = found.changes or (None,)
        return {
            "ratio": f"{found.ratio:.2f} ({found.low:.2f} to {found.high:.2f})",
            "rests on": change.basis if change else "",
            "exposure": change.direction if change else "",
        }

    return look


@pytest.mark.verifies("A3", "M2")
def test_measured_in_people(spec):
    """Medicines whose effect on diazepam was measured. The genotype of this patient is not recorded, and the range allows
    for that."""
    spec.shows(
        """
        medicine                         | exposure | ratio               | rests on
        ---------------------------------+----------+---------------------+---------
        fluvoxamine 100 mg once a day    | raises   | 2.86 (1.71 to 4.11) | measured
        fluconazole 400 mg once a day    | raises   | 2.50 (1.45 to 3.84) | measured
        voriconazole 200 mg twice a day  | raises   | 2.20 (1.45 to 3.18) | measured
        disulfiram 250 mg once a day     | raises   | 1.69 (1.21 to 2.37) | measured
        omeprazole 40 mg once a day      | raises   | 1.67 (1.03 to 2.42) | measured
        cimetidine 400 mg twice a day    | raises   | 1.45 (1.07 to 1.87) | measured
        omeprazole 20 mg once a day      | raises   | 1.36 (0.98 to 1.78) | measured
        esomeprazole 30 mg once a day    | raises   | 1.28 (0.94 to 1.66) | measured
        pantoprazole 40 mg once a day    | none     | 1.00 (1.00 to 1.00) | measured
        carbamazepine 400 mg twice a day | lowers   | 0.33 (0.23 to 0.49) | measured
        rifampicin 600 mg once a day     | lowers   | 0.25 (0.19 to 0.34) | measured
        """,
        exposure(spec),
    )


@pytest.mark.verifies("A3", "M2")
def test_predicted_from_two_enzymes(spec):
    """Where nobody measured it, two enzymes are followed, and the range is wider. An estimate from an unconfirmed input
    says so, with a range of at least a factor of 2 each way."""
    spec.shows(
        """
        medicine                          | exposure | ratio               | rests on
        ----------------------------------+----------+---------------------+-------------------------------
        fluoxetine 20 mg once a day       | raises   | 1.54 (0.79 to 2.74) | predicted
        clarithromycin 500 mg twice a day | raises   | 1.27 (0.76 to 2.24) | predicted
        ritonavir 100 mg once a day       | raises   | 1.28 (0.58 to 3.06) | project estimate, not measured
        diltiazem 120 mg twice a day      | raises   | 1.17 (0.55 to 2.58) | project estimate, not measured
        ciprofloxacin 500 mg twice a day  | none     | 1.05 (0.52 to 2.18) | project estimate, not measured
        """,
        exposure(spec),
    )


@pytest.mark.verifies("A3", "M2")
def test_genotype(spec):
    """Poor metabolisers have about twice the exposure. Omeprazole, which blocks the enzyme they lack, adds nothing to it;
    fluvoxamine blocks the other enzyme too."""
    spec.shows(
        """
        answer               | medicine                      | ratio
        ---------------------+-------------------------------+--------------------
        cyp2c19=poor         |                               | 2.08 (1.78 to 2.44)
        cyp2c19=intermediate |                               | 1.35 (1.28 to 1.42)
        cyp2c19=normal       |                               | 1.00 (1.00 to 1.00)
        cyp2c19=ultrarapid   |                               | 0.87 (0.85 to 0.88)
        cyp2c19=poor         | omeprazole 20 mg once a day   | 2.08 (1.78 to 2.44)
        cyp2c19=intermediate | omeprazole 20 mg once a day   | 1.65 (1.10 to 2.48)
        cyp2c19=normal       | omeprazole 20 mg once a day   | 1.36 (1.09 to 1.70)
        cyp2c19=ultrarapid   | omeprazole 20 mg once a day   | 1.24 (0.82 to 1.85)
        cyp2c19=poor         | fluvoxamine 100 mg once a day | 2.90 (1.88 to 4.49)
        cyp2c19=normal       | fluvoxamine 100 mg once a day | 2.86 (2.29 to 3.58)
        """,
        exposure(spec),
    )


@pytest.mark.verifies("R3", "M2")
def test_what_is_not_taken_changes_nothing(spec):
    """A medicine that has ended long ago does not count."""
    spec.shows(
        """
        entry                                                                          | ratio
        -------------------------------------------------------------------------------+--------------------
        medications: fluvoxamine 100 mg once a day, since 2024-01-01, until 2025-01-01 | 1.00 (1.00 to 1.00)
        """,
        exposure(spec),
    )
