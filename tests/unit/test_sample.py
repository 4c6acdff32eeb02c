"""Who is who among the columns of a simulation, and what is drawn for each."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from unclench.appraisal.findings import Body
from unclench.knowledge.load import knowledge
from unclench.knowledge.rows import Parameter
from unclench.simulation.parameters import Numbers
from unclench.simulation.people import people_like
from unclench.simulation.sample import Z90, Sample, apply_doubt
from unclench.values import Answer, EngineError, KnowledgeError, Standing

KNOWN = Body(40.0, "male", 70.0, 178.0, 43.0, "none", Answer.NO, "NM", Answer.NO)


def row(scale: str, value: float, low: float | None, high: float | None) -> Parameter:
    return Parameter("X", value, "1", None, low, high, scale, "C", "x", "SRC-PROJECT", "here", Standing.PROJECT)


@pytest.mark.verifies("M8")
def test_people_come_first_and_the_typical_person_last() -> None:
    sample = Sample(7, 40)
    drawn = sample.normal("clearance")
    assert drawn.size == sample.columns == 40 + 10 + 1
    assert np.all(drawn[:40] != 0)
    assert not drawn[40:].any()


@pytest.mark.verifies("M8")
def test_what_is_unsure_differs_in_every_column_but_the_typical_one() -> None:
    sample, known = Sample(7, 40), knowledge()
    parameter = known.parameter("PK-CL-DIAZEPAM")
    drawn = sample.doubt(parameter, known)
    assert drawn[-1] == parameter.value
    assert np.unique(drawn).size == sample.columns


@pytest.mark.verifies("M8")
@pytest.mark.parametrize(
    ("scale", "value", "low", "high"),
    [("log", 1.5, 1.2, 1.875), ("logit", 0.8, 0.6, 0.914), ("plain", -0.3, -0.5, -0.1)],
)
def test_nine_in_ten_draws_lie_in_the_range_of_the_row(scale: str, value: float, low: float, high: float) -> None:
    deviates = np.random.default_rng(3).standard_normal(200_000)
    drawn = apply_doubt(row(scale, value, low, high), deviates)
    found = np.quantile(drawn, [0.05, 0.5, 0.95])
    assert found == pytest.approx([low, value, high], rel=0.02)
    assert scale != "logit" or (drawn.min() > 0 and drawn.max() < 1)


def test_a_row_without_a_scale_is_sure() -> None:
    assert np.all(apply_doubt(row("", 3.0, 1.0, 9.0), np.array([-5.0, 0.0, 5.0])) == 3.0)


def test_a_scale_needs_a_range() -> None:
    with pytest.raises(KnowledgeError, match="a scale without a range"):
        apply_doubt(row("log", 3.0, None, None), np.zeros(3))


@pytest.mark.verifies("M8")
def test_estimates_of_one_fit_are_drawn_together() -> None:
    """The correlations of the rows come back from the draws."""
    known, sample = knowledge(), Sample(5, 20_000)
    pairs = sorted(known.table("parameter_correlations"), key=lambda pair: -abs(pair.correlation))[:6]
    assert pairs
    for pair in pairs:
        # By ranks: each parameter has a scale of its own.
        first, second = (
            sample.doubt(known.parameter(key), known)[:-1].argsort().argsort() for key in (pair.first, pair.second)
        )
        assert np.corrcoef(first, second)[0, 1] == pytest.approx(pair.correlation, abs=0.05), pair.id


@pytest.mark.verifies("M8")
def test_a_patient_has_streams_of_their_own_but_shares_what_studies_leave_unsure() -> None:
    known = knowledge()
    one, same, other = Sample(7, 40, "a"), Sample(7, 40, "a"), Sample(7, 40, "b")
    assert np.array_equal(one.normal("clearance"), same.normal("clearance"))
    assert not np.array_equal(one.normal("clearance")[:40], other.normal("clearance")[:40])
    parameter = known.parameter("PK-CL-DIAZEPAM")
    assert np.array_equal(one.doubt(parameter, known), other.doubt(parameter, known))


def test_purposes_have_streams_of_their_own() -> None:
    sample = Sample(7, 5000)
    one, other = sample.normal("clearance")[:5000], sample.normal("lag")[:5000]
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05


def test_a_longer_sample_begins_with_the_shorter() -> None:
    assert np.array_equal(Sample(7, 90).normal("lag")[:40], Sample(7, 40).normal("lag")[:40])


def test_nobody_is_refused() -> None:
    with pytest.raises(EngineError, match="found 1 people, need at least 2"):
        Sample(7, 1)


@pytest.mark.verifies("M8")
def test_the_second_group_differs_only_by_what_is_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every row sure they all are the typical person, and people still differ."""
    monkeypatch.setattr(
        "unclench.simulation.sample.apply_doubt", lambda parameter, deviates: deviates * 0 + parameter.value
    )
    crowd = people_like(KNOWN, Numbers(knowledge(), {}, Sample(7, 40)))
    clearance = crowd.disposition.cl_l_per_h
    assert np.ptp(clearance[40:]) == 0
    assert np.ptp(clearance[:40]) > 0.2
    assert np.ptp(crowd.absorption.f[40:]) == 0
    assert np.ptp(crowd.formed[:, 40:], axis=1).max() == 0


@pytest.mark.verifies("M8")
def test_people_differ_as_the_rows_say() -> None:
    """Statistics of a large sample: spread, centre, and the correlation of clearance with volume."""
    known, count = knowledge(), 20_000
    crowd = people_like(KNOWN, Numbers(known, {}, Sample(11, count)))
    logs = np.log(crowd.disposition.cl_l_per_h)
    parameter = known.parameter("PK-CL-DIAZEPAM")
    assert parameter.low is not None
    assert parameter.high is not None
    assert parameter.log_sd is not None
    unsure = np.log(parameter.high / parameter.low) / (2 * Z90)
    assert logs[count:-1].std() == pytest.approx(unsure, rel=0.05)
    assert logs[:count].std() == pytest.approx(np.hypot(parameter.log_sd, unsure), rel=0.05)
    assert logs[:count].mean() == pytest.approx(logs[-1], abs=4 * logs[:count].std() / np.sqrt(count))
    sure = dataclasses.replace(crowd.sample)
    own = sure.normal("clearance")[:count]
    volumes = np.log(crowd.disposition.volumes_l[2, :count])
    assert np.corrcoef(own, volumes)[0, 1] == pytest.approx(0.3 * 0.3 / volumes.std(), abs=0.03)
