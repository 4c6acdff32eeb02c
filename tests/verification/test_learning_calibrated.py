"""Simulated patients whose truth is known: what was learnt must be as sure as it says, no more and no less."""

from __future__ import annotations

import pytest
from scipy.stats import chi2

from scripts.calibrate_learning import BINS, PATIENTS, SEED, calibration, judged


@pytest.mark.verifies("M9")
def test_intervals_hold_the_truth_of_some_patients() -> None:
    """A fixed small draw; four standard errors, for there are 16 intervals."""
    found = calibration(judged(60, SEED, draws=300))
    assert found.faults(errors=4.0) == []
    assert found.effective[0] > 100
    # Clearance is what levels tell of most; absorption hardly shows in them.
    moved = dict(zip(found.names, found.moved, strict=True))
    assert moved["Clearance of diazepam"] > 0.5 > 0.2 > moved["Absorption rate"]


@pytest.mark.night
@pytest.mark.verifies("M9")
def test_intervals_hold_the_truth_of_many_patients() -> None:
    """Three standard errors in each of 16 intervals, and ranks that are uniform."""
    found = calibration(judged(PATIENTS, SEED))
    assert found.faults() == []
    assert found.chi_squares.max() < chi2.isf(0.001 / len(found.names), BINS - 1)
    assert found.effective[0] > 200
    assert found.surprised[0] == pytest.approx(0.05, abs=found.slack(0.05))
