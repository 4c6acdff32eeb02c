"""What a study would have measured in each person: peaks, areas, clearances, volumes, half-lives, levels."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.simulation.study_arm import Arm
from unclench.simulation.study_model import Kinetics
from unclench.values import DAY_H, RecordError

Array = NDArray[np.float64]

ML_MIN_PER_L_H = 1000.0 / 60.0
# Times at which a peak is looked for where the paper does not say when it sampled: a usual dense scheme.
USUAL_TIMES_H = (0.083, 0.167, 0.25, 0.333, 0.5, 0.667, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0)
# A half-life is read off the last part of the window, at so many samples.
TAIL_FROM = 0.4
TAIL_SAMPLES = 6
LONGEST_HALF_LIFE = 3.0  # windows
UNSTATED_TAIL_H = 2000.0


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One arm, ready to be measured: everybody's kinetics, doses and weight."""

    arm: Arm
    kinetics: Kinetics
    weight_kg: Array
    plasma_over_blood: float
    extrapolated: tuple[str, ...] = ()

    def doses(self, quantity: str) -> tuple[tuple[float, Array], ...]:
        """(hours, mg of each person).

        Raises
        ------
        RecordError
            where the quantity depends on a dose that is not stated.
        """
        stated: Array | None = None
        if self.arm.dose_mg is not None:
            stated = np.broadcast_to(np.float64(self.arm.dose_mg), self.weight_kg.shape)
        elif self.arm.dose_mg_per_kg is not None:
            stated = self.arm.dose_mg_per_kg * self.weight_kg
        found = []
        for at_h, mg in self.arm.doses or ():
            amount = stated if mg is None else np.broadcast_to(np.float64(mg), self.weight_kg.shape)
            if amount is None:
                raise self._cannot(quantity, "no dose in mg or mg/kg", "one dose")
            found.append((at_h, amount))
        if not found:
            raise self._cannot(quantity, "a course without an end", "a regimen such as 'once daily, 30 days'")
        return tuple(found)

    def _cannot(self, quantity: str, found: str, need: str) -> RecordError:
        return RecordError(where=quantity, found=found, need=need, fix="Complete the arm.")

    def level(self, at_h: float, quantity: str = "level_ng_ml") -> Array:
        """ng/mL at a time; a dose given at that very time does not count yet."""
        total = sum(
            (mg * self.kinetics.level(at_h - given_h) for given_h, mg in self.doses(quantity) if given_h < at_h),
            start=np.zeros_like(self.weight_kg),
        )
        return self.in_matrix(np.asarray(total), quantity)

    def in_matrix(self, plasma: Array, quantity: str) -> Array:
        """A level or area of plasma, in what was sampled.

        Raises
        ------
        RecordError
            for a metabolite in blood, whose ratio to plasma was not read.
        """
        if not self.arm.blood:
            return plasma
        if self.arm.analyte != "diazepam":
            raise self._cannot(quantity, f"{self.arm.analyte} in blood", "plasma or serum")
        return plasma / self.plasma_over_blood

    def one_dose(self, quantity: str) -> Array:
        """mg of the only dose."""
        doses = self.doses(quantity)
        if len(doses) > 1:
            raise self._cannot(quantity, f"{len(doses)} doses", "one dose")
        return doses[0][1]


def measure(subject: Measured, quantity: str, at_h: float | None = None) -> Array:
    """A quantity of everybody, as the study would have measured it."""
    if quantity == "level_ng_ml":
        return subject.level(at_h or 0.0)
    return MEASURES[quantity](subject)


def _peak(subject: Measured, quantity: str) -> tuple[Array, Array]:
    """Highest level among the samples, and its time. Into a vein there is no peak to compare."""
    if subject.arm.route in ("iv", ""):
        raise RecordError(
            where=quantity,
            found="a dose into a vein",
            need="a route with absorption",
            fix="Compare levels instead.",
        )
    subject.one_dose(quantity)
    times = subject.arm.sampled_h or USUAL_TIMES_H
    best, when = np.full(subject.weight_kg.shape, -np.inf), np.zeros(subject.weight_kg.shape)
    for at_h in times:
        level = subject.level(at_h, quantity)
        higher = level > best
        best, when = np.where(higher, level, best), np.where(higher, at_h, when)
    return best, when


def _tail(subject: Measured) -> Array:
    """Rate of the tail, by regression of log levels over the last part of the window; the slowest mode without one."""
    end = subject.arm.sampled_to_h or UNSTATED_TAIL_H
    times = np.linspace(TAIL_FROM * end, end, TAIL_SAMPLES)
    if subject.arm.sampled_to_h is None:
        # Nobody samples for so long: without a window the true terminal rate stands for what the study fitted.
        slowest: Array = np.where(np.abs(subject.kinetics.per_mg) > 0, subject.kinetics.rates, np.inf).min(axis=0)
        return slowest
    levels = np.stack([np.log(np.maximum(subject.kinetics.level(float(at)), 1e-300)) for at in times])
    centred = times - times.mean()
    rate: Array = -(centred[:, None] * levels).sum(axis=0) / (centred**2).sum()
    # A level that hardly falls within the window gives no half-life, and the study would have reported none.
    return np.where(rate > math.log(2.0) / (LONGEST_HALF_LIFE * end), rate, np.nan)


def _exposure(subject: Measured) -> Array:
    """ng.h/mL per mg: to the end of the window, and on along the tail."""
    end = subject.arm.sampled_to_h
    if end is None:
        return subject.kinetics.area(math.inf)
    return subject.kinetics.area(end) + subject.kinetics.level(end) / _tail(subject)


def _clearance(subject: Measured) -> Array:
    """L/h: dose over area, so over F where there is a depot; a metabolite that was formed has its own clearance.

    Measured in blood, the area is that in blood, so clearance and volume are those of blood.
    """
    if subject.arm.analyte != subject.arm.given:
        return subject.in_matrix(subject.kinetics.cl_l_per_h, "cl_ml_min")
    return 1000.0 / subject.in_matrix(_exposure(subject), "cl_ml_min")


def _steady(subject: Measured) -> Array:
    """Average level over the last interval of the course."""
    doses = subject.doses("css_ng_ml")
    if len(doses) < 2:
        raise RecordError(where="css_ng_ml", found="one dose", need="a course", fix="Give the regimen.")
    last = doses[-1][0]
    end = last + min(last - doses[-2][0], DAY_H)
    kinetics = subject.kinetics
    total = sum(
        (mg * (kinetics.area(end - at) - kinetics.area(last - at)) for at, mg in doses),
        start=np.zeros_like(subject.weight_kg),
    )
    return subject.in_matrix(np.asarray(total) / (end - last), "css_ng_ml")


def _area(subject: Measured, to_h: float | None, quantity: str) -> Array:
    mg = subject.one_dose(quantity)
    per_mg = _exposure(subject) if to_h is None else subject.kinetics.area(to_h)
    return subject.in_matrix(mg * per_mg, quantity)


MEASURES: dict[str, Callable[[Measured], Array]] = {
    "cmax_ng_ml": lambda s: _peak(s, "cmax_ng_ml")[0],
    "tmax_h": lambda s: _peak(s, "tmax_h")[1],
    "auc_inf_ng_h_ml": lambda s: _area(s, None, "auc_inf_ng_h_ml"),
    "auc_window_ng_h_ml": lambda s: _area(s, s.arm.window_h, "auc_window_ng_h_ml"),
    "cl_ml_min": lambda s: _clearance(s) * ML_MIN_PER_L_H,
    "cl_ml_min_kg": lambda s: _clearance(s) * ML_MIN_PER_L_H / s.weight_kg,
    "vd_l": lambda s: _clearance(s) / _tail(s),
    "vd_l_kg": lambda s: _clearance(s) / _tail(s) / s.weight_kg,
    "t_half_h": lambda s: math.log(2.0) / _tail(s),
    "css_ng_ml": _steady,
}
