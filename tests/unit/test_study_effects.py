"""Effects of virtual studies: read from two kinds of table, and what must hold whatever the constants are."""

from __future__ import annotations

import numpy as np
import pytest

from unclench.knowledge import knowledge
from unclench.simulation.study import study_effect
from unclench.simulation.study_effects import effect_of
from unclench.simulation.study_observed import parse_effect
from unclench.simulation.study_run import read_arms, run
from unclench.values import RecordError

SLOPE = {
    "id": "E1", "endpoint": "CO2 response slope after diazepam", "drug_given": "diazepam", "route": "IV",
    "value": "1.21", "unit": "L/min/mmHg", "comparator": "2.38 control", "dose_text": "0.4 mg/kg",
    "time_h_or_conc": "0.05 h", "population": "healthy", "n": "8",
}  # fmt: skip
DROWSY = {
    "id": "E2", "endpoint": "drowsiness, diazepam", "measure": "drowsy", "drug_given": "diazepam", "route": "oral",
    "value": "5", "denominator": "15", "unit": "count", "regimen": "5 qid, 7 days", "condition": "anxiety", "n": "15",
}  # fmt: skip
REPLICATES = 40


def arm(row, **cells):
    return parse_effect(row | cells, frozenset())


def average(row, **cells) -> float:
    values, _ = effect_of(arm(row, **cells), knowledge(), seed=1, replicates=REPLICATES)
    return float(values.mean())


def test_slopes_are_read_as_a_share_of_the_control():
    read = arm(SLOPE)

    assert (read.measure, read.time_h) == ("co2_slope_ratio", 0.05)
    assert read.observed == pytest.approx(1.21 / 2.38)


def test_counts_are_read_as_a_share():
    assert arm(DROWSY).observed == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "cells",
    [
        {"endpoint": "occupancy by PET", "measure": ""}, {"measure": "mood"}, {"value": "many"}, {"denominator": "0"},
        {"condition": "in love"}, {"drug_given": "midazolam"}, {"time_h": "soon"},
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(cells):
    with pytest.raises(RecordError):
        arm(DROWSY, **cells)


def test_a_slope_without_its_control_is_refused():
    with pytest.raises(RecordError, match="control"):
        arm(SLOPE, comparator="")


def test_an_effect_at_a_time_needs_the_time():
    with pytest.raises(RecordError, match="time_h"):
        study_effect(arm(SLOPE, time_h_or_conc=""), knowledge(), replicates=REPLICATES)


def test_more_drug_lowers_the_slope_and_raises_drowsiness():
    assert average(SLOPE, dose_text="0.4 mg/kg") < average(SLOPE, dose_text="0.1 mg/kg") < 1.0
    assert average(DROWSY, regimen="10 qid, 7 days") > average(DROWSY, regimen="1 qid, 7 days")


def test_older_people_are_drowsier():
    old, young = (average(DROWSY, age_range=ages, n="60") for ages in ("70-80", "20-30"))

    assert old > young


def test_shares_stay_shares():
    values, _ = effect_of(arm(SLOPE), knowledge(), seed=1, replicates=REPLICATES)

    assert np.all((values > 0) & (values <= 1))


def test_the_interval_of_a_small_study_is_wide():
    (few,), _ = study_effect(arm(DROWSY, n="5"), knowledge(), replicates=100)
    (many,), _ = study_effect(arm(DROWSY, n="200"), knowledge(), replicates=100)

    assert few.p95 - few.p5 > many.p95 - many.p5 > 0


def test_a_table_of_effects_is_told_from_a_table_of_kinetics():
    head = ",".join(SLOPE)
    body = ",".join(SLOPE.values())

    found, cannot = run(read_arms(f"{head}\n{body}\n".encode()), replicates=REPLICATES)

    assert [(row.arm, row.quantity, row.time_h) for row in found] == [("E1", "effect", 0.05)]
    assert not cannot


def test_an_hour_within_a_course_is_that_hour():
    """A grid of quarters of a day would answer for the time before the first dose."""
    course = {"regimen": "10 qd days 1-5", "dose_text": "", "route": "oral", "time_h_or_conc": "1 h"}

    assert average(SLOPE, **course) < 0.97
