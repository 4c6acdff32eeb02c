"""The levels that the fit of effect needs, from this project's own kinetics: nothing is typed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from unclench.appraisal.findings import Body, Exposure
from unclench.knowledge import knowledge
from unclench.simulation import simulate_courses
from unclench.simulation.parameters import Numbers
from unclench.values import Answer, Dose, Phase, Regimen

Array = NDArray[np.float64]

ON = date(2026, 11, 22)
CLOCK_H = 8.0
NG_ML = 1000.0
WEIGHT_KG = 70.0
STEADY_DAYS = 28
STEADY_MG = 20.0


@dataclass(frozen=True, slots=True)
class Levels:
    """Unbound ng/mL of the typical person over hours after midnight of the first day."""

    t_h: Array
    unbound: Mapping[str, Array]

    def between(self, low_h: float, high_h: float) -> Levels:
        inside = (self.t_h >= low_h) & (self.t_h <= high_h)
        return Levels(self.t_h[inside], {name: line[inside] for name, line in self.unbound.items()})


def body(age_y: float, sex: str | None) -> Body:
    return Body(
        age_y=age_y,
        sex=sex,
        weight_kg=WEIGHT_KG,
        height_cm=None,
        albumin_g_per_l=None,
        cirrhosis="none",
        dialysis=Answer.NO,
        cyp2c19="NM",
        pregnant=Answer.NO,
    )


def oral(mg: float, *, age_y: float = 25.0) -> Levels:
    """One dose of a tablet, fasting, in a young person."""
    return _simulated((Phase(1, (Dose(Decimal(str(mg)), CLOCK_H),)),), age_y=age_y)


def steady() -> Levels:
    """20 mg a day in four doses for four weeks, and what follows an abrupt stop."""
    return _simulated((Phase(STEADY_DAYS, _four(5.0)),), age_y=40.0)


def _four(mg: float) -> tuple[Dose, ...]:
    return tuple(Dose(Decimal(str(mg)), clock) for clock in (8.0, 12.0, 16.0, 20.0))


def _simulated(phases: tuple[Phase, ...], *, age_y: float) -> Levels:
    (course,) = simulate_courses(
        body=body(age_y, None),
        exposure=Exposure(changes=(), segments=(), ratio=1.0, low=1.0, high=1.0, log_sd=0.0),
        regimens=(Regimen(ON, phases),),
        existing=None,
        on=ON,
        people=2,
    )
    shown = [curve for curve in course.curves if curve.kind == "unbound"]
    return Levels(shown[0].t_h, {curve.analyte: curve.typical for curve in shown})


def unbound_fractions() -> tuple[float, float]:
    """Of diazepam and nordazepam in the reference person: measured total levels need them."""
    numbers = Numbers(knowledge(), {})
    fraction = numbers.value("PK-FU-DIAZEPAM", "1")
    return fraction, fraction * numbers.value("PK-FU-NORDAZEPAM-RATIO", "ratio")


def intravenous(mg_per_kg: float, t_h: Array) -> Levels:
    """Diazepam after a quick injection, by the matrix of the three compartments of the rows."""
    numbers = Numbers(knowledge(), {})
    volumes = np.array([numbers.value(f"PK-V{n}-DIAZEPAM", "L") for n in (1, 2, 3)])
    flows = np.array([numbers.value(f"PK-Q{n}-DIAZEPAM", "L/h") for n in (2, 3)])
    rates = np.zeros((3, 3))
    rates[0, 0] = -(numbers.value("PK-CL-DIAZEPAM", "L/h") + flows.sum()) / volumes[0]
    for other in (1, 2):
        rates[0, other] = flows[other - 1] / volumes[other]
        rates[other, 0] = flows[other - 1] / volumes[0]
        rates[other, other] = -flows[other - 1] / volumes[other]
    start = np.array([mg_per_kg * WEIGHT_KG * NG_ML, 0.0, 0.0])
    total = np.array([(expm(rates * at) @ start)[0] for at in t_h]) / volumes[0]
    return Levels(t_h, {"diazepam": total * unbound_fractions()[0]})
