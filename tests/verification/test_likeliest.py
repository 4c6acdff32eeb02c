"""The likeliest person against a general optimiser that walks the march for every level of every candidate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from unclench.appraisal.findings import Body, ClearanceSegment, Exposure
from unclench.engine.linear import March
from unclench.individual.kinetics import FOLLOWED, Asked, ask
from unclench.individual.levels import errors_of, likeliest_person
from unclench.individual.measured import Level, Measured
from unclench.simulation.clearance import Spans
from unclench.simulation.existing import advance
from unclench.values import DAY_H, Answer, Dose, Phase, Regimen

Array = NDArray[np.float64]

ON = date(2026, 11, 22)
BODY = Body(44.0, "female", 70.0, 168.0, 42.0, "none", Answer.NO, "NM", Answer.NO)
NO_MEDICINES = Exposure((), (), 1.0, 1.0, 1.0, 0.0)
FLUVOXAMINE = Exposure((), (ClearanceSegment(-150.0, 0.4, 0.8),), 1.0, 1.0, 1.0, 0.3)
DAY = (Dose(Decimal(5), 8.0), Dose(Decimal(5), 22.0))
MONTH = Regimen(ON - timedelta(days=30), (Phase(30, DAY),))
LEVELS = (
    Level(-200.0, "diazepam", 350.0, 5.0),
    Level(-200.0, "nordazepam", 500.0, 5.0),
    Level(-9.0, "diazepam", 520.0, 5.0),
    Level(-9.0, "nordazepam", 700.0, 800.0, below=True),
)


def walked(asked: Asked, spans: Spans, regimen: Regimen, columns: int) -> Array:
    """(levels, columns) in ng/mL, dose by dose."""
    begin_h = (regimen.start - ON).days * DAY_H
    march = March(spans.modes(spans.at(begin_h)), spans.people.absorption.lag_h, series=1, start_h=begin_h)
    for at, mg in regimen.timed():
        march.give(begin_h + at, (1000.0 * float(mg),))
    found = []
    for level in asked.levels:
        advance(march, spans, level.at_h)
        found.append(march.levels()[FOLLOWED.index(level.analyte), 0, :columns].copy())
    return np.array(found)


def by_optimiser(asked: Asked, errors: Measured, regimen: Regimen) -> tuple[Array, float]:
    """Deviates at the top, and its height, from the prior's middle."""
    size, step = len(asked.names), 1e-4

    def heights(deviates: Array) -> Array:
        true = walked(asked, asked.crowd(deviates), regimen, deviates.shape[1])
        found: Array = errors.log_likelihood(np.log(true)) - 0.5 * (deviates**2).sum(axis=0)
        return found

    def fall(at: Array) -> tuple[float, Array]:
        columns = at[:, None] + np.concatenate([np.zeros((size, 1)), step * np.eye(size), -step * np.eye(size)], axis=1)
        found = heights(columns)
        return -float(found[0]), -(found[1 : size + 1] - found[size + 1 :]) / (2 * step)

    found = minimize(fall, np.zeros(size), jac=True, method="BFGS", options={"gtol": 1e-5})
    return found.x, -found.fun


@pytest.mark.verifies("M9")
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"body": replace(BODY, age_y=85.0, cirrhosis="B")},
        {"body": replace(BODY, weight_kg=125.0)},
        {"exposure": FLUVOXAMINE},
        {"measured": LEVELS[:1]},
    ],
    ids=["adult", "old with cirrhosis", "obese", "with a new interaction", "one level"],
)
def test_the_likeliest_person_is_that_of_a_general_optimiser(more: dict[str, Any]) -> None:
    request = {
        "body": BODY, "exposure": NO_MEDICINES, "taken": (MONTH,), "on": ON, "measured": LEVELS, "seed": 1,
        "patient": "", "fed": False,
    } | more  # fmt: skip
    asked = ask(**request)
    errors = errors_of(asked.levels, asked.known)
    slow, height = by_optimiser(asked, errors, MONTH)
    found = likeliest_person(asked, errors)
    pair = np.stack([found.deviates, slow], axis=1)
    true = walked(asked, asked.crowd(pair), MONTH, 2)
    reached = float((errors.log_likelihood(np.log(true)) - 0.5 * (pair**2).sum(axis=0))[0])
    # Standard deviations of the prior; the posterior is never narrower than a tenth of it here.
    assert np.max(np.abs(found.deviates - slow)) < 0.01
    assert reached == pytest.approx(height, abs=5e-4)
    assert found.logs == pytest.approx(np.log(true[:, 0]), abs=2e-3)


@pytest.mark.verifies("M9")
@pytest.mark.parametrize("exposure", [NO_MEDICINES, FLUVOXAMINE])
def test_marched_levels_are_those_of_the_sums(monkeypatch: pytest.MonkeyPatch, exposure: Exposure) -> None:
    """A taper with a gap, levels within it, before and after a dose of the day, and days after the last dose."""
    falling = tuple(Phase(4, (Dose(Decimal(mg), 8.0), Dose(Decimal(mg), 20.0))) for mg in (10, 8, 6, 4, 2))
    early = Regimen(ON - timedelta(days=60), (Phase(30, DAY),))
    taper = Regimen(ON - timedelta(days=26), falling)
    at_h = (-700.0, -620.5, -400.0, -399.9, -160.2, -160.1, -150.0, -149.0, -30.0)
    levels = [Level(at, analyte, 100.0, 5.0) for at in at_h for analyte in FOLLOWED]
    asked = ask(
        body=BODY, exposure=exposure, taken=(taper, early), on=ON, measured=levels, seed=1, patient="", fed=False
    )
    spans = asked.crowd(np.random.default_rng(3).standard_normal((len(asked.names), 25)))
    summed = asked.predict(spans, 25)
    monkeypatch.setattr("unclench.individual.kinetics.MOST_SUMMED", 0)
    assert asked.predict(spans, 25) == pytest.approx(summed, abs=1e-9)
