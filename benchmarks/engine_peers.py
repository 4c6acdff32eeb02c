"""The peers of the compiled engine on the reference workloads: each as its own users would write it."""

from __future__ import annotations

import ctypes
import itertools
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from tests.verification.cascade_twin import rate_matrix
from unclench.engine.cascade import Cascade

Array = NDArray[np.float64]
KA, EC50 = 1.9, 0.15

C_SOURCE = """
#include <stddef.h>
#define L 8
void march(ptrdiff_t people, ptrdiff_t first, ptrdiff_t last, ptrdiff_t times, const double *decay,
           const double *weight, const double *given, const double *dose, double *out) {
  for (ptrdiff_t p = first; p < last; p += L) {
    double z[6][L] = {{0}}, d[6][L], w[4][6][L], g[6][L];
    for (int k = 0; k < 6; k++) for (int i = 0; i < L; i++) {
      d[k][i] = decay[k * people + p + i]; g[k][i] = given[k * people + p + i];
      for (int a = 0; a < 4; a++) w[a][k][i] = weight[(a * 6 + k) * people + p + i];
    }
    for (ptrdiff_t t = 0; t < times; t++) {
      for (int k = 0; k < 6; k++) for (int i = 0; i < L; i++)
        z[k][i] = z[k][i] * (t ? d[k][i] : 1.0) + dose[t] * g[k][i];
      for (int a = 0; a < 4; a++) {
        double c[L] = {0};
        for (int k = 0; k < 6; k++) for (int i = 0; i < L; i++) c[i] += w[a][k][i] * z[k][i];
        for (int i = 0; i < L; i++) out[(a * times + t) * people + p + i] = c[i];
      }
    }
  }
}
"""


def modes(system: Cascade) -> tuple[Array, Array, Array]:
    """Rates (6, people), weights (4, 6, people) and what a unit dose gives each mode (6, people), by NumPy."""
    (v1, v2), (q,) = np.asarray(system.volumes_l), np.asarray(system.exchange_l_per_h)
    matrices, ka, cl = np.zeros((system.people, 6, 6)), np.asarray(system.depot_per_h), np.asarray(system.loss_l_per_h)
    own = (np.asarray(system.daughter_loss_l_per_h) / np.asarray(system.daughter_volume_l)).T
    matrices[:, 0, 0], matrices[:, 1, 0] = -ka, ka
    matrices[:, 1, 1], matrices[:, 1, 2], matrices[:, 2, 1], matrices[:, 2, 2] = -(cl + q) / v1, q / v2, q / v1, -q / v2
    matrices[:, [3, 4, 5], [3, 4, 5]] = -own
    matrices[:, 5, 3:5] = own[:, :2]
    matrices[:, 3:6, 1] = np.asarray(system.formed).T * (cl / v1)[:, None]
    values, vectors = np.linalg.eig(matrices)
    start = np.zeros((system.people, 6, 1))
    start[:, 0, 0] = np.asarray(system.entering)
    given = np.linalg.solve(vectors, start)[..., 0]
    rows = vectors[:, [1, 3, 4, 5], :]
    volumes = np.concatenate([np.asarray(system.volumes_l)[:1], np.asarray(system.daughter_volume_l)])
    return (
        np.ascontiguousarray(-values.real.T),
        np.ascontiguousarray((rows.real / volumes.T[:, :, None]).transpose(1, 2, 0)),
        np.ascontiguousarray(given.real.T),
    )


def by_numpy(system: Cascade, dose: Array, out: Array) -> None:
    """Eigenmodes, people on the last axis, an hour at a time."""
    rates, weights, given = modes(system)
    decay, z = np.exp(-rates), np.zeros_like(rates)
    for j in range(dose.size):
        if j:
            z *= decay
        if dose[j]:
            z += dose[j] * given
        np.einsum("akp,kp->ap", weights, z, out=out[:, j])


@numba.njit(parallel=True, cache=False)
def by_plain_numba(rates: Array, weights: Array, given: Array, dose: Array, out: Array) -> None:
    """What one would write first: a loop over people in threads, times and modes inside."""
    for p in numba.prange(rates.shape[1]):
        z, decay = np.zeros(6), np.exp(-rates[:, p])
        for j in range(dose.size):
            for k in range(6):
                z[k] = z[k] * (decay[k] if j else 1.0) + dose[j] * given[k, p]
            for a in range(4):
                total = 0.0
                for k in range(6):
                    total += weights[a, k, p] * z[k]
                out[p, j, a] = total


class CLoop:
    """The C loop, compiled where gcc is found."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        source, made = Path(self.folder.name) / "loop.c", Path(self.folder.name) / "loop.so"
        source.write_text(C_SOURCE, encoding="utf-8")
        options = ["-O3", "-mavx2", "-mfma", "-ffast-math", "-shared", "-fPIC"]
        subprocess.run(["gcc", *options, str(source), "-o", str(made)], check=True)
        self.march = ctypes.CDLL(str(made)).march

    def __call__(self, numbers: tuple[Array, Array, Array], dose: Array, out: Array, threads: int) -> None:
        rates, weights, given = numbers
        decay, people = np.exp(-rates), rates.shape[1]
        pointers = [each.ctypes.data_as(ctypes.c_void_p) for each in (decay, weights, given, dose, out)]
        edges = [people // 8 * share // threads * 8 for share in range(threads + 1)]

        def part(share: int) -> None:
            first, last = ctypes.c_ssize_t(edges[share]), ctypes.c_ssize_t(edges[share + 1])
            self.march(ctypes.c_ssize_t(people), first, last, ctypes.c_ssize_t(dose.size), *pointers)

        if threads == 1:
            part(0)
            return
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, range(threads)))


def c_loop() -> CLoop | None:
    """The C loop, or nothing without a compiler."""
    return CLoop() if shutil.which("gcc") else None


def slopes(system: Cascade, p: int, effect: Any | None) -> Any:
    """The right side of the person's equations, linear or with effect site and tolerance."""
    matrix = np.ascontiguousarray(rate_matrix(system, p)[:-1, :-1])
    if effect is None:
        return lambda _, y: matrix @ y
    ke0, volume = float(np.asarray(effect.ke0_per_h)[p]), float(np.asarray(system.volumes_l)[0, p])
    emax, ec50, _, kon, koff = (float(x) for x in effect.packed[:, p])

    def slope(_: float, y: Array) -> Array:
        found = np.empty(8)
        found[:6] = matrix @ y[:6]
        found[6] = ke0 * (y[1] / volume - y[6])
        found[7] = kon * emax * y[6] / (ec50 * (1.0 + y[7]) + y[6]) - koff * y[7]
        return found

    return slope


def by_scipy(system: Cascade, people: int, dose: Array, effect: Any | None, method: str, tight: bool) -> Array:
    """(outputs, times, people) by solve_ivp, restarted at every dose."""
    found = np.zeros((6 if effect else 4, dose.size, people))
    stops = [*np.flatnonzero(dose).tolist(), dose.size - 1]
    tolerances = {"rtol": 1e-12, "atol": 1e-15} if tight else {"rtol": 1e-8, "atol": 1e-12}
    for p in range(people):
        slope, y = slopes(system, p, effect), np.zeros(8 if effect else 6)
        for first, last in itertools.pairwise(stops):
            y[0] += dose[first] * np.asarray(system.entering)[p]
            hours = np.arange(first, last + 1.0)
            path = solve_ivp(slope, (first, last), y, method=method, t_eval=hours, **tolerances).y
            found[:, first : last + 1, p] = outputs(system, p, path, effect)
            y = path[:, -1].copy()
    return found


def outputs(system: Cascade, p: int, path: Array, effect: Any | None) -> Array:
    """States over time as what is asked for."""
    volumes = np.array([np.asarray(system.volumes_l)[0, p], *np.asarray(system.daughter_volume_l)[:, p]])
    found = path[[1, 3, 4, 5]] / volumes[:, None]
    if effect is None:
        return found
    emax, ec50 = effect.packed[0, p], effect.packed[1, p]
    return np.concatenate([found, [emax * path[6] / (ec50 * (1 + path[7]) + path[6]), path[7]]])


class RoadRunner:
    """The same equations as SBML rate rules; parameters set for each person, doses between segments."""

    def __init__(self, nonlinear: bool) -> None:
        import libsbml
        import roadrunner

        roadrunner.Logger.disableLogging()
        self.names = ["ka", "CL", "V1", "Q", "V2", "CLn", "Vn", "CLt", "Vt", "CLo", "Vo"]
        rules = {
            "a": "-ka*a",
            "x": "ka*a - (CL+Q)/V1*x + Q/V2*y",
            "y": "Q/V1*x - Q/V2*y",
            "n": "0.725*CL/V1*x - CLn/Vn*n",
            "t": "0.275*CL/V1*x - CLt/Vt*t",
            "o": "CLn/Vn*n + CLt/Vt*t - CLo/Vo*o",
        }
        if nonlinear:
            self.names += ["ke0", "emax", "ec50", "kon", "koff"]
            rules |= {"c": "ke0*(x/V1-c)", "q": "kon*emax*c/(ec50*(1+q)+c) - koff*q"}
        document = libsbml.SBMLDocument(3, 1)
        model = document.createModel()
        for name in [*self.names, *rules]:
            parameter = model.createParameter()
            parameter.setId(name)
            parameter.setConstant(name not in rules)
            parameter.setValue(0.0 if name in rules else 1.0)
        for name, text in rules.items():
            rule = model.createRateRule()
            rule.setVariable(name)
            rule.setMath(libsbml.parseL3Formula(text))
        self.states = list(rules)
        self.run = roadrunner.RoadRunner(libsbml.writeSBMLToString(document))
        self.run.integrator.relative_tolerance, self.run.integrator.absolute_tolerance = 1e-8, 1e-12
        self.run.timeCourseSelections = self.states

    def __call__(self, system: Cascade, people: int, dose: Array, effect: Any | None) -> Array:
        found = np.zeros((6 if effect else 4, dose.size, people))
        stops = [*np.flatnonzero(dose).tolist(), dose.size - 1]
        for p in range(people):
            values = [np.asarray(system.depot_per_h)[p], np.asarray(system.loss_l_per_h)[p]]
            values += [np.asarray(system.volumes_l)[0, p], np.asarray(system.exchange_l_per_h)[0, p]]
            values += [np.asarray(system.volumes_l)[1, p]]
            for d in range(3):
                values += [np.asarray(system.daughter_loss_l_per_h)[d, p], np.asarray(system.daughter_volume_l)[d, p]]
            if effect:
                values += [np.asarray(effect.ke0_per_h)[p], *effect.packed[[0, 1, 3, 4], p]]
            self.run.resetAll()
            for name, value in zip(self.names, values, strict=True):
                self.run[name] = float(value)
            for first, last in itertools.pairwise(stops):
                self.run["a"] = self.run["a"] + float(dose[first] * np.asarray(system.entering)[p])
                path = np.array(self.run.simulate(float(first), float(last), int(last - first) + 1)).T
                found[:, first : last + 1, p] = outputs(system, p, path, effect)
        return found
