"""Levels for tests of effect: this project's own typical curves, spread over people by plain factors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Body, Exposure
from unclench.simulation import simulate_courses
from unclench.values import Answer, Dose, Phase, Regimen

Array = NDArray[np.float64]
ON = date(2026, 11, 22)


def regimen(mg: str = "5", clocks: tuple[float, ...] = (8.0, 22.0), days: int = 7) -> Regimen:
    return Regimen(ON, (Phase(days, tuple(Dose(Decimal(mg), clock) for clock in clocks)),))


@cache
def typical(asked: Regimen, age_y: float = 40.0) -> tuple[Array, dict[str, Array]]:
    """Times, and unbound ng/mL of the typical person by analyte."""
    (course,) = simulate_courses(
        body=Body(
            age_y=age_y,
            sex=None,
            weight_kg=70.0,
            height_cm=None,
            albumin_g_per_l=None,
            cirrhosis="none",
            dialysis=Answer.NO,
            cyp2c19="NM",
            pregnant=Answer.NO,
        ),
        exposure=Exposure(changes=(), segments=(), ratio=1.0, low=1.0, high=1.0, log_sd=0.0),
        regimens=(asked,),
        existing=None,
        on=ON,
        people=2,
    )
    shown = [curve for curve in course.curves if curve.kind == "unbound"]
    return shown[0].t_h, {curve.analyte: curve.typical for curve in shown}


def spread(asked: Regimen, people: int = 250, seed: int = 5) -> tuple[Array, dict[str, Array]]:
    """Times, and unbound levels (times, people + 1), the typical person last."""
    t_h, lines = typical(asked)
    rng = np.random.default_rng(seed)
    return t_h, {
        name: line[:, None] * np.append(np.exp(0.3 * rng.standard_normal(people)), 1.0) for name, line in lines.items()
    }
