"""The answers about effect, as one number per person each, before they become a middle and an interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.models import effects
from unclench.simulation import effects_times as times
from unclench.simulation.effects_draws import Crowd
from unclench.simulation.effects_model import Effects
from unclench.simulation.parameters import Numbers
from unclench.values import DAY_H, Regimen, Standing

Array = NDArray[np.float64]

PERCENT = 100.0
NEAR = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Everyone's lines, (times, people), the typical person last. None: not asked for."""

    effects: Effects
    drowsy: Array
    impaired: Array
    with_alcohol: Array | None
    slope_together: Array | None
    event_log_odds: Array | None
    drive: Array  # of withdrawal, over that of the reference


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """One answer: its id, one number per person, unit, standing, and the scale on which its variance is split."""

    id: str
    values: Array
    unit: str
    standing: Standing
    link: Callable[[Array], Array]


def answers(regimen: Regimen, t_h: Array, lines: Lines, crowd: Crowd, numbers: Numbers) -> list[Answered]:
    """All answers that this regimen and these medicines call for."""
    return [
        *_muscle(regimen, t_h, lines, crowd),
        *_sedation(regimen, t_h, lines, numbers),
        *_breathing(lines),
        *_lasting(regimen, t_h, lines),
    ]


def _muscle(regimen: Regimen, t_h: Array, lines: Lines, crowd: Crowd) -> list[Answered]:
    full = times.full_day(regimen) * DAY_H
    mean = times.mean_over(t_h, full, full + DAY_H)
    peak, average = lines.effects.reflex.max(axis=0), times.read(mean, lines.effects.reflex)
    carry = crowd.constants.tone_carry
    return [
        _share("EFF-OCCUPANCY", lines.effects.occupancy.max(axis=0)),
        _share("EFF-REFLEX-PEAK", peak),
        _share("EFF-REFLEX-MEAN", average),
        _share("EFF-TONE-PEAK", effects.tone_removed(peak, carried_over=carry)),
        _share("EFF-TONE-MEAN", effects.tone_removed(average, carried_over=carry)),
    ]


def _sedation(regimen: Regimen, t_h: Array, lines: Lines, numbers: Numbers) -> list[Answered]:
    full = times.full_day(regimen) * DAY_H
    mean = times.mean_over(t_h, full, full + DAY_H)
    first = t_h <= DAY_H
    found = [
        _share("EFF-DROWSY-DAY-1", lines.drowsy[first].max(axis=0) if first.any() else lines.drowsy[0]),
        _share("EFF-DROWSY-PEAK", lines.drowsy.max(axis=0)),
        _share("EFF-DROWSY-STEADY", times.read(mean, lines.drowsy), Standing.DERIVED),
        _amount("EFF-IMPAIRED-PEAK", lines.impaired.max(axis=0), "g/L"),
    ]
    if lines.with_alcohol is not None:
        found.append(_amount("EFF-IMPAIRED-ALCOHOL", lines.with_alcohol.max(axis=0), "g/L"))
    mornings = times.mornings(
        regimen,
        t_h,
        night_from_h=numbers.value("PD-NIGHT-FROM", "h"),
        from_h=numbers.value("PD-NEXT-MORNING-FROM", "h"),
        to_h=numbers.value("PD-NEXT-MORNING-TO", "h"),
    )
    if mornings is not None:
        found.append(_amount("EFF-NEXT-MORNING", times.read(mornings, lines.impaired).max(axis=0), "g/L"))
    level = numbers.value("PD-BACK-UNDER", "g/L")
    hours = times.hours_above(t_h, lines.impaired, level, _last_dose_h(regimen))
    found.append(Answered("EFF-BACK-UNDER", hours, "h", Standing.PROJECT, np.log1p))
    return found


def _breathing(lines: Lines) -> list[Answered]:
    found = [_share("EFF-CO2-SLOPE", lines.effects.co2_slope.min(axis=0))]
    if lines.slope_together is not None and lines.event_log_odds is not None:
        found.append(_share("EFF-CO2-TOGETHER", lines.slope_together.min(axis=0)))
        worst = lines.event_log_odds.max(axis=0)
        found.append(_amount("EFF-EVENT-TOGETHER", np.exp(worst), "odds ratio"))
    return found


def _lasting(regimen: Regimen, t_h: Array, lines: Lines) -> list[Answered]:
    after = t_h >= _last_dose_h(regimen)
    end = min(int(np.searchsorted(t_h, regimen.days * DAY_H)), t_h.size - 1)
    peak = lines.drive[after].max(axis=0) if after.any() else lines.drive[-1]
    return [
        _amount("EFF-TOLERANCE-END", lines.effects.sedation_shift[end], "ratio"),
        Answered("EFF-WITHDRAWAL-PEAK", PERCENT * peak, "% of reference", Standing.PROJECT, np.log1p),
    ]


def _last_dose_h(regimen: Regimen) -> float:
    return regimen.timed()[-1][0]


def _share(key: str, values: Array, standing: Standing = Standing.PROJECT) -> Answered:
    return Answered(key, PERCENT * values, "%", standing, _logit_of_percent)


def _amount(key: str, values: Array, unit: str) -> Answered:
    return Answered(key, values, unit, Standing.PROJECT, _log_of_positive)


def _logit_of_percent(values: Array) -> Array:
    return effects.logit(np.clip(values / PERCENT, NEAR, 1.0 - NEAR))


def _log_of_positive(values: Array) -> Array:
    logs: Array = np.log(np.maximum(values, NEAR))
    return logs
