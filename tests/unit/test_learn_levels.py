"""Learning from measured levels: what comes out, what is said, and how it enters the model of people again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from unclench.appraisal.findings import Body, Exposure
from unclench.individual.levels import LevelsLearnt, learn_levels
from unclench.individual.levels_words import chance_above
from unclench.individual.measured import Level, Measured, log_below
from unclench.individual.posterior import posterior
from unclench.knowledge.load import knowledge
from unclench.simulation.parameters import Numbers
from unclench.simulation.people import people_like
from unclench.simulation.sample import NOTHING_LEARNT, Deviates, Sample
from unclench.values import Answer, Dose, EngineError, Phase, RecordError, Regimen, RegimenError

ON = date(2026, 11, 22)
BODY = Body(44.0, "female", 70.0, 168.0, 42.0, "none", Answer.NO, "NM", Answer.NO)
NO_MEDICINES = Exposure((), (), 1.0, 1.0, 1.0, 0.0)
DAY = (Dose(Decimal(10), 8.0), Dose(Decimal(10), 22.0))
LONG = Regimen(ON - timedelta(days=420), (Phase(420, DAY),))
HIGH = (
    Level(-200.0, "diazepam", 1500.0, 5.0),
    Level(-200.0, "nordazepam", 900.0, 5.0),
    Level(-16.0, "diazepam", 1600.0, 5.0, where="Line 4 of the levels"),
)


def learn(**more: Any) -> LevelsLearnt:
    asked: dict[str, Any] = {
        "body": BODY, "exposure": NO_MEDICINES, "taken": (LONG,), "on": ON, "measured": HIGH, "seed": 3, "draws": 400,
    }  # fmt: skip
    return learn_levels(**(asked | more))


@pytest.mark.verifies("M9")
def test_high_levels_tell_of_slow_clearance() -> None:
    found = learn()
    clearance = found.parameters[0]
    assert (clearance.name, clearance.unit) == ("Clearance of diazepam", "L/h")
    assert clearance.posterior[0] < 0.6 * clearance.prior[0]
    assert clearance.posterior[1] < clearance.posterior[0] < clearance.posterior[2]
    assert 0.5 < clearance.moved < 1
    assert found.map_["clearance"] < -1
    assert not found.contradictory
    assert found.effective > 0.8 * found.draws
    assert {"PK-RESIDUAL", "PK-CL-DIAZEPAM"} <= set(found.facts)


@pytest.mark.verifies("M9")
def test_what_was_learnt_enters_the_same_model_of_people() -> None:
    """The people whom a sample draws with these deviates have the parameters that learning reported."""
    found, known = learn(), knowledge()
    crowd = people_like(BODY, Numbers(known, {}, Sample(99, 400, "anybody", found.deviates)))
    drawn = {quantity.name: quantity.values for quantity in found.drawn}
    assert crowd.disposition.cl_l_per_h[:400] == pytest.approx(drawn["Clearance of diazepam"], rel=1e-12)
    assert crowd.disposition.volumes_l[:, :400].sum(axis=0) == pytest.approx(drawn["Volume of diazepam"], rel=1e-12)
    # The typical person is the likeliest one now, well inside.
    low, high = np.quantile(drawn["Clearance of diazepam"], [0.2, 0.8])
    assert low < crowd.disposition.cl_l_per_h[-1] < high
    # A shorter sample has the first of the draws.
    fewer = people_like(BODY, Numbers(known, {}, Sample(99, 50, "anybody", found.deviates)))
    assert fewer.disposition.cl_l_per_h[:50] == pytest.approx(crowd.disposition.cl_l_per_h[:50], rel=1e-12)


@pytest.mark.verifies("M9")
def test_the_first_draws_are_as_fair_as_all() -> None:
    found = learn(draws=2000)
    logs = np.log(found.drawn[0].values)
    assert logs[:500].mean() == pytest.approx(logs.mean(), abs=4 * logs.std() / np.sqrt(500))


@pytest.mark.verifies("M9")
def test_the_same_question_has_the_same_answer() -> None:
    one, same, other = learn(), learn(), learn(seed=4)
    assert [learnt.posterior for learnt in one.parameters] == [learnt.posterior for learnt in same.parameters]
    assert one.says == same.says
    assert [learnt.posterior for learnt in one.parameters] != [learnt.posterior for learnt in other.parameters]


@pytest.mark.verifies("M9")
def test_the_order_of_levels_does_not_matter() -> None:
    assert learn(measured=HIGH[::-1]).parameters == learn().parameters


@pytest.mark.verifies("M9")
def test_little_is_called_little() -> None:
    found = learn(measured=(Level(-16.0, "diazepam", 5000.0, 5000.0, below=True),))
    assert any(say.startswith("Little was learnt") for say in found.says)
    assert any("below the limit of the assay (1)" in say for say in found.says)
    assert max(learnt.moved for learnt in found.parameters) < 0.05


@pytest.mark.verifies("M9")
@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ((Level(-16.0, "diazepam", 20_000.0, 5.0, where="Line 2 of the levels"),), "Line 2 of the levels: 2e+04 ng/mL"),
        ((Level(-16.0, "diazepam", 100.0, 5.0), Level(-15.0, "diazepam", 2000.0, 5.0)), "fewer than 1 in 1,000 people"),
        ((Level(-16.0, "diazepam", 5.0, 5.0, below=True),), "diazepam below 5 ng/mL, where even the likeliest"),
    ],
)
def test_levels_that_contradict_are_said_to(levels: tuple[Level, ...], said: str) -> None:
    found = learn(measured=levels)
    assert found.contradictory
    assert any(said in say for say in found.says)
    assert "before anything is changed" in found.says[0]


@pytest.mark.verifies("M9")
def test_many_levels_that_agree_with_each_other_and_with_nobody_are_contradictory() -> None:
    """Forty levels a fifteenth of what anybody like this has: each is near the likeliest person, who is nobody."""
    low = tuple(Level(-16.0 - 24.0 * day, "diazepam", 20.0, 1.0) for day in range(40))
    found = learn(measured=low)
    assert found.contradictory
    assert found.surprise < 0.001


@pytest.mark.verifies("M9")
def test_few_effective_draws_are_admitted() -> None:
    """Nobody like this who takes it shows nothing: hardly any draw fits."""
    nothing = tuple(Level(-16.0, analyte, 5.0, 5.0, below=True) for analyte in ("diazepam", "nordazepam"))
    found = learn(measured=nothing)
    assert found.effective < 0.2 * found.draws
    assert any("intervals after learning are rough" in say for say in found.says)


@pytest.mark.verifies("M9")
def test_a_level_just_after_the_first_dose_tells_of_quick_absorption() -> None:
    """The typical person has nothing in the blood yet; the search begins with somebody who has."""
    taken = (Regimen(ON - timedelta(days=1), (Phase(1, (Dose(Decimal(10), 8.0),)),)),)
    found = learn(taken=taken, measured=(Level(-16.0 + 0.2, "diazepam", 60.0, 5.0),))
    lag = next(learnt for learnt in found.parameters if learnt.name == "Delay of absorption")
    assert lag.posterior[2] < 0.2 < lag.prior[2]
    assert not found.contradictory


@pytest.mark.verifies("M9")
def test_doses_after_a_level_do_not_bear_on_it() -> None:
    level = (Level(-200.0, "diazepam", 900.0, 5.0),)
    short = Regimen(LONG.start, (Phase(412, DAY),))
    more = Regimen(LONG.start, (Phase(412, DAY), Phase(8, (Dose(Decimal(40), 8.0),))))
    assert learn(taken=(short,), measured=level).parameters == learn(taken=(more,), measured=level).parameters


@pytest.mark.verifies("M9")
def test_a_body_that_is_not_known_is_learnt_with_the_rest() -> None:
    unknown = replace(BODY, sex=None, weight_kg=None, age_y=None)
    found = learn(body=unknown)
    assert set(np.unique(found.deviates["sex"])) == {0.0, 1.0}
    assert found.parameters[0].prior[2] / found.parameters[0].prior[1] > 3
    assert found.parameters[0].moved > 0.5


@pytest.mark.verifies("M9")
def test_what_cannot_be_learnt_from_is_refused() -> None:
    with pytest.raises(RecordError, match=r"Line 9: found a level .* before the first dose"):
        learn(measured=(Level(-420 * 24 - 2.0, "diazepam", 5.0, where="Line 9"),))
    with pytest.raises(RecordError, match="found none, need at least one level"):
        learn(measured=())
    with pytest.raises(RegimenError, match="doses of one route and form"):
        learn(taken=(LONG, replace(LONG, form="solution")))
    with pytest.raises(RegimenError, match="found none"):
        learn(taken=())
    with pytest.raises(RecordError, match="a level above 0 at a known time"):
        Level(-3.0, "diazepam", 0.0)


@pytest.mark.verifies("M8")
def test_a_sample_without_learning_is_as_before() -> None:
    plain, empty = Sample(7, 40, "x"), Sample(7, 40, "x", Deviates())
    assert np.array_equal(plain.normal("lag"), empty.normal("lag"))
    assert plain == Sample(7, 40, "x", NOTHING_LEARNT)
    assert hash(plain) == hash(Sample(7, 40, "x"))


@pytest.mark.verifies("M9")
def test_given_deviates_replace_their_stream_and_no_other() -> None:
    rng = np.random.default_rng(5)
    own, doubt = rng.standard_normal(60), rng.standard_normal(60)
    given = Deviates({"clearance": own, "unsure PK-KA-ORAL-SOLUTION": doubt}, {"clearance": 0.7})
    sample, plain, known = Sample(7, 40, "", given), Sample(7, 40), knowledge()
    assert np.array_equal(sample.normal("clearance")[:40], own[:40])
    assert np.all(sample.normal("clearance")[40:] == 0.7)
    assert np.array_equal(sample.normal("lag"), plain.normal("lag"))
    found = sample.deviation("PK-KA-ORAL-SOLUTION", known)
    assert np.array_equal(found[:40], doubt[:40])
    assert np.array_equal(found[40:50], doubt[:10])
    assert found[-1] == 0.0
    assert np.array_equal(sample.deviation("PK-CL-DIAZEPAM", known), plain.deviation("PK-CL-DIAZEPAM", known))


@pytest.mark.parametrize(
    "people",
    [{"a": np.zeros(3), "b": np.zeros(4)}, {"a": np.array([0.0, np.nan])}, {"a": np.zeros((2, 2))}],
)
def test_deviates_that_cannot_be_are_refused(people: dict[str, Any]) -> None:
    with pytest.raises(EngineError, match="the same number of finite numbers"):
        Deviates(people)
    with pytest.raises(EngineError, match="one for each of 40 people"):
        Sample(7, 40, "", Deviates({"a": np.zeros(39)}))


@pytest.mark.parametrize("z", [-40.0, -21.0, -19.0, -3.0, 0.0, 4.0])
def test_the_chance_of_being_below_holds_far_out(z: float) -> None:
    from scipy.special import log_ndtr

    assert log_below(np.array([z]))[0] == pytest.approx(log_ndtr(z), rel=2e-5)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 9])
@pytest.mark.parametrize("total", [0.0, 0.3, 4.0, 40.0])
def test_the_chance_of_a_sum_of_squares(total: float, count: int) -> None:
    from scipy.stats import chi2

    assert chance_above(total, count) == pytest.approx(chi2.sf(total, count), rel=1e-9)


def test_an_assay_error_does_not_shrink_with_the_level() -> None:
    """At the limit of quantification a fifth of it, beside the error that grows with the level."""
    errors = Measured.of([Level(-1.0, "diazepam", 5.0, 5.0)], log_sd=0.3, of_lloq=0.2)
    at_limit, far_above = errors.sd(np.log(np.array([[5.0, 5000.0]])))[0]
    assert at_limit == pytest.approx(np.hypot(0.3, 0.2), rel=0.01)
    assert far_above == pytest.approx(0.3, rel=1e-6)


def test_a_proposal_that_cannot_be_computed_explains_nothing() -> None:
    """Levels that contradict each other spread the proposals so far that the model overflows at some."""

    def likelihood(deviates):
        return np.where(np.abs(deviates[0]) > 3.0, np.nan, -0.5 * (deviates[0] - 2.0) ** 2)

    drawn = posterior(
        likelihood, top=np.array([1.0, 0.0]), told=np.array([[1.0, 0.0]]), draws=200, stream=np.random.default_rng(1)
    )
    assert np.isfinite(drawn.weights).all()
    assert np.abs(drawn.deviates[0, drawn.picked]).max() <= 3.0
