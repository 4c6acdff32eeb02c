"""Daily loads of people who stop diazepam at once, or by a quarter each week: from this project's own kinetics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from scripts import effect_kinetics as kinetics
from unclench.appraisal.findings import Exposure
from unclench.knowledge import knowledge
from unclench.models import pk
from unclench.simulation import effects_model as model
from unclench.simulation.clearance import spans_of
from unclench.simulation.effects_constants import Constants
from unclench.simulation.existing import advance, begin
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.simulation.people import METABOLITES, people_like
from unclench.simulation.sample import Sample
from unclench.values import DAY_H, Dose, Phase, Regimen

Array = NDArray[np.float64]

SEED = 20261122
AGE_Y = 40.0
BEFORE_D = 120  # days on the full dose before the stop: everything is at steady state
FOLLOWED_D = 100  # days without any after the last dose
ABRUPT: tuple[float, ...] = ()
QUARTERS = (15.0,) * 7 + (10.0,) * 7 + (5.0,) * 7  # 25 % of 20 mg a day less each week
HOURS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """Unbound ng/mL by analyte, each (hours, people), the typical person last; hour 0 is a day before the stop."""

    hourly: Mapping[str, Array]

    def load(self, per_ng_ml: Mapping[str, Array]) -> Array:
        """(hours, people)."""
        return model.summed(self.hourly, per_ng_ml)


def daily(hourly: Array) -> Array:
    """(days, people): means of days, the first of them the last on the full dose."""
    whole: Array = hourly.reshape(-1, HOURS, hourly.shape[1]).mean(axis=1)
    return whole


def stopping(daily_mg: Sequence[float], *, people: int) -> Stop:
    """20 mg a day in four doses for months, then these doses, then none."""
    crowd = people_like(kinetics.body(AGE_Y, None), Numbers(knowledge(), {}, Sample(SEED, people)))
    spans = spans_of(
        Exposure(changes=(), segments=(), ratio=1.0, low=1.0, high=1.0, log_sd=0.0), crowd, metabolites=len(METABOLITES)
    )
    before = Regimen(kinetics.ON - timedelta(days=BEFORE_D), (Phase(BEFORE_D, _four(kinetics.STEADY_MG)),))
    march = begin(spans, before, kinetics.ON, scale=pk.NG_ML_PER_MG_L)
    seen = []
    for day, mg in enumerate((kinetics.STEADY_MG, *daily_mg, *(0.0,) * FOLLOWED_D)):
        for dose in _four(mg):
            march.give(day * DAY_H + dose.clock_h, (float(dose.mg) * pk.NG_ML_PER_MG_L,))
        for hour in range(1, HOURS + 1):
            advance(march, spans, day * DAY_H + hour)
            seen.append(march.levels()[:, 0].copy())
    kept = [*range(people), -1]
    total = np.stack(seen)
    return Stop(
        {
            name: np.maximum(pk.unbound(total[:, at], crowd.disposition.unbound[at]), 0.0)[:, kept]
            for at, name in enumerate(ANALYTES)
        }
    )


def of_each(constants: Constants, people: int) -> Constants:
    """The same constants for everybody."""
    return Constants(**{field.name: np.full(people, getattr(constants, field.name)[0]) for field in fields(Constants)})


def _four(mg: float) -> tuple[Dose, ...]:
    if mg == 0.0:
        return ()
    return tuple(Dose(Decimal(str(mg / 4.0)), clock) for clock in (8.0, 12.0, 16.0, 20.0))
